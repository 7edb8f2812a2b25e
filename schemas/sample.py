"""Samples for acceptances: which sites were drawn, by which rule and seed."""

from __future__ import annotations

from schemas.message import Instant, Message
from schemas.plan import SamplingRule


class Site(Message):
    """A site that may be drawn.

    Attributes:
        project_id: The project; the sample is drawn by its id.
        county: Six-digit code of its county.
        tier: Priority tier, by which its weight is found.
    """

    project_id: str
    county: str
    tier: str = "general"


class Sample(Message):
    """A sample: all that is needed to draw it again.

    Attributes:
        draw_no: Number, made of the rule, the seed and the sites.
        seed: The seed.
        rule: The rule.
        sites: All sites, by id.
        chosen: Ids of those that were drawn, by id.
    """

    draw_no: str
    seed: str
    rule: SamplingRule
    sites: tuple[Site, ...]
    chosen: tuple[str, ...]


class LoggedSample(Message):
    """A sample as it stands in the log.

    Attributes:
        sample: The sample.
        at: When it was drawn.
        person_id: Who drew it.
    """

    sample: Sample
    at: Instant
    person_id: str
