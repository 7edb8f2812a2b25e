"""What makes the acceptances, payments and spot checks of a plan sound. Called from `rules.plan`.

Parts must be used, thresholds must be met by some value, and stages and facts that are named must exist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rules.payment import RELEASED, RETAINED
from schemas.plan import Closing, Fact, Payment, Plan, SpotCheck, Stage
from schemas.reason import ErrorKind, Param, Reason

DERIVED = (RETAINED, RELEASED)
"""Amounts that the rules put on record themselves; no fact may be named like them."""


def acceptance_problems(plan: Plan) -> Iterator[Reason]:
    """Yield everything that is wrong with the acceptances of a plan and with what depends on them."""
    for stage in plan.stages:
        yield from _parts(plan, stage)
        yield from _facts(plan, stage)
        yield from _choices(plan, stage)
    if plan.payment:
        yield from _payment(plan, plan.payment)
    if plan.spot_check:
        yield from _spot_check(plan, plan.spot_check)
    if plan.sampling:
        for tier, weight in plan.sampling.weights.items():
            if weight <= 0:
                yield _bad(plan, "policy.weight_not_positive", tier=tier, value=weight)


def _parts(plan: Plan, stage: Stage) -> Iterator[Reason]:
    closing = stage.closed_by
    keys = [part.key for part in closing.parts]
    place = f"stages.{stage.key}.closed_by.parts"
    if keys and closing.act != "accept":
        yield _bad(plan, "policy.parts_without_acceptance", stage=stage.key, value=closing.act)
    for key, count in Counter((*keys, *(fact.key for fact in closing.facts if keys))).items():
        if count > 1 and key in keys:
            yield _bad(plan, "policy.duplicate", place=place, value=key)
    used = {fact.part for fact in closing.facts}
    for fact in closing.facts:
        if fact.part and fact.part not in keys:
            yield _bad(
                plan,
                "policy.unknown_part",
                stage=stage.key,
                fact=fact.key,
                value=fact.part,
                known=", ".join(keys) or "—",
            )
    for key in keys:
        if key not in used:
            yield _bad(plan, "policy.part_unused", stage=stage.key, value=key)


def _facts(plan: Plan, stage: Stage) -> Iterator[Reason]:
    for fact in stage.closed_by.facts:
        least, most = fact.minimum, fact.maximum
        if least is not None and most is not None and least > most:
            yield _bad(
                plan, "policy.minimum_above_maximum", stage=stage.key, fact=fact.key, minimum=least, maximum=most
            )
        if fact.key in DERIVED:
            yield _bad(plan, "policy.derived_fact", stage=stage.key, value=fact.key)


def _choices(plan: Plan, stage: Stage) -> Iterator[Reason]:
    for name, group in _groups(stage.closed_by).items():
        for fact in group:
            if fact.required != "never":
                yield _bad(plan, "policy.one_of_required", stage=stage.key, fact=fact.key, value=fact.required)
        if len(group) == 1:
            yield _bad(plan, "policy.one_of_single", stage=stage.key, fact=group[0].key, value=name)
        parts = sorted({fact.part for fact in group})
        if len(parts) > 1:
            yield _bad(
                plan, "policy.one_of_parts", stage=stage.key, value=name, parts=", ".join(p or "—" for p in parts)
            )


def _groups(closing: Closing) -> dict[str, list[Fact]]:
    groups: dict[str, list[Fact]] = {}
    for fact in closing.facts:
        if fact.one_of:
            groups.setdefault(fact.one_of, []).append(fact)
    return groups


def _payment(plan: Plan, payment: Payment) -> Iterator[Reason]:
    stages = {stage.key: stage for stage in plan.stages}
    named = (("payment.settled_by", payment.settled_by), ("payment.released_after", payment.released_after))
    for place, key in named:
        if key and key not in stages:
            yield _bad(plan, "policy.unknown_stage", place=place, value=key, known=", ".join(stages))
    money = _facts_of(plan, "money")
    yield from _known_fact(plan, "payment.amount_fact", payment.amount_fact, money)
    if payment.retained_fact:
        beside = [
            fact.key
            for stage in plan.stages
            if payment.amount_fact in {fact.key for fact in stage.closed_by.facts}
            for fact in stage.closed_by.facts
            if fact.type == "number"
        ]
        yield from _known_fact(plan, "payment.retained_fact", payment.retained_fact, beside)
    settling = stages.get(payment.settled_by)
    paid = [fact.key for fact in settling.closed_by.facts if fact.type == "money"] if settling else money
    yield from _known_fact(plan, "payment.paid_fact", payment.paid_fact, paid)
    if payment.released_after and not plan.may.get("release_payment"):
        yield _bad(plan, "policy.nobody_may", place="payment.released_after", value="release_payment")


def _spot_check(plan: Plan, check: SpotCheck) -> Iterator[Reason]:
    stages = {stage.key: stage for stage in plan.stages}
    for place, key in (("spot_check.after", check.after), ("spot_check.reopens", check.reopens)):
        if key not in stages:
            yield _bad(plan, "policy.unknown_stage", place=place, value=key, known=", ".join(stages))
    reopened = stages.get(check.reopens)
    if reopened and reopened.rectification is None:
        yield _bad(plan, "policy.reopens_no_acceptance", value=check.reopens)
    if not plan.may.get("spot_check"):
        yield _bad(plan, "policy.nobody_may", place="spot_check", value="spot_check")


def _facts_of(plan: Plan, kind: str) -> list[str]:
    return [fact.key for stage in plan.stages for fact in stage.closed_by.facts if fact.type == kind]


def _known_fact(plan: Plan, place: str, key: str, known: list[str]) -> Iterator[Reason]:
    if key not in known:
        names = ", ".join(dict.fromkeys(known)) or "—"
        yield _bad(plan, "policy.unknown_fact", place=place, value=key, known=names)


def _bad(plan: Plan, code: str, **params: Param) -> Reason:
    name = f"{plan.name}@{plan.version}"
    return Reason(code=code, params={"document": name, **params}, kind=ErrorKind.INVALID)
