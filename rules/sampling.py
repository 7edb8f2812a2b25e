"""Draws samples for acceptances: reproducible by seed, with a part of every county and more of priority areas.

Source of what is drawn: the rule of Hunan (3 % of the stations and one in each county at least; Xiangxi drew 8 on
2023-02-17). Source of how: weighted sampling without replacement by Efraimidis and Spirakis, "Weighted random sampling
with a reservoir", Information Processing Letters 97 (2006) 181-185: each site gets the key u^(1/w) of an even number
u between 0 and 1 and its weight w, and the largest keys are drawn. Here u comes from SHA-256 over seed and site, and
-ln(u)/w is compared instead, which gives the same order. The logarithm is that of `decimal`, rounded correctly on
every machine, so that a sample drawn years ago is drawn again to the letter.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import ROUND_CEILING, Context, Decimal

from rules import authority
from rules.policy import Rulebook
from schemas.command import Actor
from schemas.plan import SamplingRule
from schemas.policy import Pins
from schemas.project import Project
from schemas.reason import ErrorKind, Refusal
from schemas.sample import Sample, Site
from schemas.state import ProjectState
from schemas.view import ProjectRow

_DIGITS = Context(prec=30)
_RANGE = 1 << 128
_NUMBER_LENGTH = 16
_PREFIX = "S-"


def draw(rule: SamplingRule, seed: str, sites: Iterable[Site]) -> Sample:
    """Return the sample of some sites: the same for the same rule, seed and sites, in whatever order they come.

    At least `share` of all sites (rounded up) and `per_county` of each county (all, where there are fewer) are drawn.
    A larger share draws the same sites and further ones.

    Raises:
        Refusal: There are no sites, or one stands there twice with different county or tier.
    """
    known = _by_id(sites)
    if not known:
        raise Refusal("sample.no_sites", ErrorKind.INVALID)
    order = sorted(known.values(), key=lambda site: (_arrival(site, seed, rule), site.project_id))
    chosen = _per_county(order, rule.per_county)
    wanted = smallest(rule, len(known))
    for site in order:
        if len(chosen) >= wanted:
            break
        chosen.add(site.project_id)
    ordered = tuple(known[key] for key in sorted(known))
    return Sample(
        draw_no=number(rule, seed, ordered), seed=seed, rule=rule, sites=ordered, chosen=tuple(sorted(chosen))
    )


def among(
    rows: Iterable[ProjectRow], stage: str, actor: Actor, book_of: Callable[[Pins], Rulebook]
) -> tuple[SamplingRule, list[Site]]:
    """Return the rule of the plans of some projects, and the sites they are.

    Whoever may close the stage may draw for it.

    Args:
        rows: Projects in which the stage is open.
        stage: An acceptance.
        actor: Who draws.
        book_of: Finds the policies of a project.

    Raises:
        Refusal: The stage is no acceptance, a plan has no rule for samples, two plans have different ones, or the
            actor may not close the stage in one of the projects.
    """
    found: dict[str, SamplingRule] = {}
    sites = []
    for row in rows:
        pins = Pins(plan=row.plan, ladder=row.ladder, hierarchy=row.hierarchy, calendar=row.calendar)
        book = book_of(pins)
        closing = book.stages[stage].closed_by
        if closing.act != "accept":
            raise Refusal("sample.no_acceptance", ErrorKind.INVALID, stage=book.title(stage))
        if book.plan.sampling is None:
            raise Refusal("sample.no_rule", ErrorKind.INVALID, plan=book.plan.title, project_id=row.project_id)
        found.setdefault(row.plan, book.plan.sampling)
        state = ProjectState(project=Project.model_validate(row.model_dump()), pins=pins)
        if reason := authority.may(actor, closing.by, state, book):
            raise Refusal(reason.code, reason.kind, **reason.params)
        sites.append(Site(project_id=row.project_id, county=row.county_code, tier=row.tier))
    if not found:
        raise Refusal("sample.no_sites", ErrorKind.INVALID)
    rule = next(iter(found.values()))
    if any(other != rule for other in found.values()):
        raise Refusal("sample.rules_differ", ErrorKind.INVALID, plans=", ".join(sorted(found)))
    return rule, sites


def smallest(rule: SamplingRule, count: int) -> int:
    """Return how many of `count` sites the share asks for, by its decimal text: 7 % of 100 are 7."""
    return int((Decimal(str(rule.share)) * count).to_integral_value(ROUND_CEILING))


def number(rule: SamplingRule, seed: str, sites: Iterable[Site]) -> str:
    """Return the number of a draw: a digest of rule, seed and sites."""
    meaning = [rule.model_dump(mode="json"), seed, [site.model_dump(mode="json") for site in sites]]
    text = json.dumps(meaning, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _PREFIX + hashlib.sha256(text.encode()).hexdigest()[:_NUMBER_LENGTH]


def _by_id(sites: Iterable[Site]) -> dict[str, Site]:
    known: dict[str, Site] = {}
    for site in sites:
        if known.setdefault(site.project_id, site) != site:
            raise Refusal("sample.site_twice", ErrorKind.INVALID, project_id=site.project_id)
    return known


def _arrival(site: Site, seed: str, rule: SamplingRule) -> Decimal:
    digest = hashlib.sha256(f"{seed}|{site.project_id}".encode()).digest()
    even = _DIGITS.divide(Decimal(int.from_bytes(digest[:16], "big") + 1), Decimal(_RANGE + 1))
    weight = Decimal(str(rule.weights.get(site.tier, 1.0)))
    return _DIGITS.divide(-_DIGITS.ln(even), weight)


def _per_county(order: Iterable[Site], least: int) -> set[str]:
    drawn: defaultdict[str, list[str]] = defaultdict(list)
    for site in order:
        if len(drawn[site.county]) < least:
            drawn[site.county].append(site.project_id)
    return {project_id for county in drawn.values() for project_id in county}
