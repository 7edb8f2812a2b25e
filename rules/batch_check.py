"""What makes a plan of a batch and the gap tiers of a ladder sound: shares that grow in time, facts that are stated.

What goes by the names of roles is checked with all other names in `rules.plan`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from schemas.ladder import GapTier, Ladder
from schemas.plan import BatchRule, Milestone, Plan
from schemas.policy import PolicyDocument
from schemas.reason import ErrorKind, Param, Reason


def milestone_problems(plan: Plan) -> Iterator[Reason]:
    """Yield everything that is wrong with what a plan counts, and with the dates by which it wants it."""
    if plan.batch is None:
        if plan.technology == "batch" or plan.milestones:
            yield _bad(plan, "policy.batch_without_rule")
        return
    yield from _facts(plan, plan.batch)
    yield from _duplicates(plan, "milestones", [one.key for one in plan.milestones])
    for one in plan.milestones:
        if (one.on is None) == (one.after_months is None):
            yield _bad(plan, "policy.milestone_date", milestone=one.key)
    for before, after in pairwise(plan.milestones):
        yield from _order(plan, before, after)


def tier_problems(ladder: Ladder) -> Iterator[Reason]:
    """Yield everything that is wrong with the gap tiers of a ladder."""
    keys = [tier.key for tier in ladder.gap_tiers]
    yield from _duplicates(ladder, "gap_tiers", [*keys, *(rung.key for rung in ladder.rungs if rung.key in keys)])
    for tier in ladder.gap_tiers:
        yield from _tier(ladder, tier)
    for before, tier in pairwise(ladder.gap_tiers):
        for field in ("gap", "level", "withheld_share"):
            was, value = getattr(before, field), getattr(tier, field)
            if value < was or (field == "gap" and value == was):
                yield _bad(ladder, f"policy.tier_{field}_falls", tier=tier.key, value=value, before=was)


def tier_roles(ladder: Ladder) -> Iterator[tuple[str, str]]:
    """Yield the roles that gap tiers speak to, with their places."""
    yield from ((f"gap_tiers.{tier.key}.to", role) for tier in ladder.gap_tiers for role in tier.to)


def _facts(plan: Plan, rule: BatchRule) -> Iterator[Reason]:
    """A total is stated once; whatever changes it later is a change with a reason, never a further return."""
    for place, key in (("total_fact", rule.total_fact), ("built_fact", rule.built_fact)):
        stated = [(stage, fact) for stage in plan.stages for fact in stage.closed_by.facts if fact.key == key]
        if not stated:
            yield _bad(plan, "policy.batch_fact_missing", place=place, value=key)
        for stage, fact in stated:
            if fact.type != "number" or fact.required != "always":
                yield _bad(plan, "policy.batch_fact_type", place=f"stages.{stage.key}", value=key)
        if place == "total_fact" and (len(stated) > 1 or any(stage.recurs for stage, _ in stated)):
            stages = ", ".join(stage.key for stage, _ in stated)
            yield _bad(plan, "policy.batch_total_twice", value=key, stages=stages)


def _order(plan: Plan, before: Milestone, after: Milestone) -> Iterator[Reason]:
    if after.share <= before.share:
        yield _bad(plan, "policy.milestone_share", milestone=after.key, value=after.share, before=before.share)
    if after.on and before.on:
        is_later = after.on > before.on
    elif after.after_months and before.after_months:
        is_later = after.after_months > before.after_months
    else:
        is_later = False
    if not is_later:
        yield _bad(plan, "policy.milestone_order", milestone=after.key, before=before.key)


def _tier(ladder: Ladder, tier: GapTier) -> Iterator[Reason]:
    if not 0 < tier.gap <= 1:
        yield _bad(ladder, "policy.tier_gap", tier=tier.key, value=tier.gap)
    if not 0 <= tier.withheld_share <= 1:
        yield _bad(ladder, "policy.tier_withheld", tier=tier.key, value=tier.withheld_share)
    if tier.level < 1:
        yield _bad(ladder, "policy.tier_level", tier=tier.key, value=tier.level)
    if not tier.to:
        yield _bad(ladder, "policy.no_recipient", rung=tier.key, place="to")


def _duplicates(document: PolicyDocument, place: str, keys: list[str]) -> Iterator[Reason]:
    for key, count in Counter(keys).items():
        if count > 1:
            yield _bad(document, "policy.duplicate", place=place, value=key)


def _bad(document: PolicyDocument, code: str, **params: Param) -> Reason:
    name = f"{document.name}@{document.version}"
    return Reason(code=code, params={"document": name, **params}, kind=ErrorKind.INVALID)
