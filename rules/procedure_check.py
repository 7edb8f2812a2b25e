"""What makes the procedures of a plan sound: steps that somebody can take, and reasons to give.

Finds every problem at once, like `rules.plan`, which asks this module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from schemas.plan import Plan
from schemas.reason import ErrorKind, Param, Reason

_ACTS = {"contest": "contest_days", "change": "request_change"}
"""The act that opens a matter of each kind; a request for more time is an act of whoever has the duty."""


def procedure_problems(plan: Plan) -> Iterator[Reason]:
    """Yield everything that is wrong with procedures and baseline, apart from names of roles and parties."""
    for kind, steps in plan.procedures.items():
        place = f"procedures.{kind}"
        if not steps:
            yield _bad(plan, "policy.no_step", place=place)
        for key, count in Counter(step.key for step in steps).items():
            if count > 1:
                yield _bad(plan, "policy.duplicate", place=place, value=key)
        for step in steps:
            if not step.by:
                yield _bad(plan, "policy.no_decider", place=f"{place}.{step.key}")
    yield from _extension(plan)
    for needed, act in _ACTS.items():
        if plan.may.get(act) and needed not in plan.procedures:
            yield _bad(plan, "policy.act_without_procedure", act=act, value=needed)
    if "change" in plan.procedures and not plan.reasons.get("change"):
        yield _bad(plan, "policy.no_change_reason")
    yield from _baseline(plan)


def roles(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the roles that procedures name, with the place of each."""
    for kind, steps in plan.procedures.items():
        for step in steps:
            place = f"procedures.{kind}.{step.key}"
            yield f"{place}.owner", step.owner
            yield from ((f"{place}.by", role) for role in step.by)


def parties(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the parties that procedures name, with the place of each."""
    for kind, steps in plan.procedures.items():
        yield from ((f"procedures.{kind}.{step.key}.party", step.party) for step in steps)
    if plan.may.get("record_outage"):
        yield "may.record_outage", "system"


def _extension(plan: Plan) -> Iterator[Reason]:
    """Yield what is wrong with the procedure of a request for more time: granting or denying it is one step."""
    steps = plan.procedures.get("extension", ())
    if len(steps) > 1:
        yield _bad(plan, "policy.extension_steps", count=len(steps))
    granting = plan.may.get("grant_extension", ())
    for step in steps[:1]:
        if set(step.by) != set(granting):
            yield _bad(plan, "policy.extension_by", value=", ".join(step.by), granting=", ".join(granting) or "—")


def _baseline(plan: Plan) -> Iterator[Reason]:
    if plan.baseline is None:
        return
    known = [stage.key for stage in plan.stages]
    if plan.baseline.stage not in known:
        known_text = ", ".join(known)
        yield _bad(plan, "policy.unknown_stage", place="baseline.stage", value=plan.baseline.stage, known=known_text)
    if not plan.may.get("request_change"):
        yield _bad(plan, "policy.baseline_without_change")


def _bad(plan: Plan, code: str, **params: Param) -> Reason:
    name = f"{plan.name}@{plan.version}"
    return Reason(code=code, params={"document": name, **params}, kind=ErrorKind.INVALID)
