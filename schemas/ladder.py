"""The reminder and escalation ladder, as data."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from schemas.message import Document, Title
from schemas.policy import PolicyDocument


def _clock_text(value: object) -> object:
    """Refuse the number that YAML makes of an unquoted 10:00."""
    if isinstance(value, int | float):
        raise PydanticCustomError("time_of_day", "write the time in quotes, for example '09:00'")
    return value


ClockTime = Annotated[time, BeforeValidator(_clock_text)]
"""Local time of day, written as `'09:00'`."""

RungKind = Literal["reminder", "escalation", "elapse", "milestone"]


class RungRule(Document):
    """One rung.

    Attributes:
        key: Code, unique in the ladder.
        title: Name for readers, for example 督办 / supervision order.
        offset_days: Working days from the due day: negative for reminders, positive for escalations.
        level: 0 for reminders, then 1, 2, ... for escalations; never falls with growing offset.
        to: Roles that receive it, by the role that owns the duty; `default` where a role has no line of its own.
            The word `owner` stands for the owning role itself.
        reply_days: Working days within which a written reply is due; None when none is asked.
        consequence: What follows besides the message, for example `freeze_retained_payment`.
    """

    key: str
    title: Title
    offset_days: int
    level: int
    to: dict[str, tuple[str, ...]]
    reply_days: int | None = None
    consequence: str | None = None


class GapTier(Document):
    """What follows while a batch is behind its last milestone by a share of what was required.

    Attributes:
        key: Code, unique in the ladder.
        title: Name for readers.
        gap: Least gap, 0 to 1, from which the tier applies.
        level: Level of escalation.
        to: Roles that are told when it is entered or left.
        withheld_share: Share of support that is withheld in it.
        consequence: What follows besides.
        reply_days: Working days within which a written plan or report is due; None when none is asked.
    """

    key: str
    title: Title
    gap: float
    level: int
    to: tuple[str, ...]
    withheld_share: float = 0.0
    consequence: str | None = None
    reply_days: int | None = None


class Ladder(PolicyDocument):
    """A whole ladder.

    Attributes:
        fires_at: Local time of the day at which a rung is due.
        rungs: All rungs by growing offset.
        faster_tiers: Priority tiers for which every escalation comes one level earlier.
        quiet_share: Share of a term, from its opening, in which no reminder is due (0.5: none in the first half).
        gap_tiers: Tiers of a batch that is behind its milestones, by growing gap.
    """

    kind: Literal["ladder"] = "ladder"
    hierarchy: str
    fires_at: ClockTime = time(9, 0)
    rungs: tuple[RungRule, ...]
    faster_tiers: tuple[str, ...] = ()
    quiet_share: float = Field(default=0.0, ge=0, lt=1)
    gap_tiers: tuple[GapTier, ...] = ()
