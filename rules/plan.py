"""What makes a policy sound beyond the types of its fields: a graph that can be walked, names that exist.

Finds every problem at once; each names the document, the place and the value. Nothing here reads a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from rules import batch_check, clock_check, procedure_check
from rules.acceptance_check import acceptance_problems
from schemas.command import ACT_MODELS
from schemas.hierarchy import Hierarchy
from schemas.ladder import Ladder, RungRule
from schemas.plan import Plan, Stage
from schemas.policy import PolicyDocument
from schemas.reason import ErrorKind, Param, Reason

_CLOCKED_REASONS = ("hold", "obstacle")
_ACTS = ("start", *ACT_MODELS)


def problems(plan: Plan, ladder: Ladder, hierarchy: Hierarchy) -> list[Reason]:
    """Return everything that is wrong with three policies that belong together; empty when they are sound."""
    return [
        *hierarchy_problems(hierarchy),
        *ladder_problems(ladder, hierarchy),
        *plan_problems(plan, hierarchy),
    ]


def plan_problems(plan: Plan, hierarchy: Hierarchy) -> list[Reason]:
    """Return everything that is wrong with a plan whose roles and parties come from `hierarchy`."""
    return [
        *_duplicates(plan, "stages", (stage.key for stage in plan.stages)),
        *_graph(plan),
        *(problem for stage in plan.stages for problem in _stage(plan, stage)),
        *_reasons(plan),
        *_acts(plan),
        *acceptance_problems(plan),
        *batch_check.milestone_problems(plan),
        *clock_check.clock_problems(plan),
        *procedure_check.procedure_problems(plan),
        *_unknown(plan, "policy.unknown_role", _plan_roles(plan), [role.key for role in hierarchy.roles]),
        *_unknown(plan, "policy.unknown_party", _plan_parties(plan), [party.key for party in hierarchy.parties]),
    ]


def ladder_problems(ladder: Ladder, hierarchy: Hierarchy) -> list[Reason]:
    """Return everything that is wrong with a ladder whose roles come from `hierarchy`."""
    pairs = zip((None, *ladder.rungs), ladder.rungs, strict=False)
    return [
        *_duplicates(ladder, "rungs", (rung.key for rung in ladder.rungs)),
        *(problem for before, rung in pairs for problem in _rung(ladder, before, rung)),
        *batch_check.tier_problems(ladder),
        *_unknown(ladder, "policy.unknown_role", _ladder_roles(ladder), [role.key for role in hierarchy.roles]),
    ]


def hierarchy_problems(hierarchy: Hierarchy) -> list[Reason]:
    """Return everything that is wrong with a hierarchy."""
    superiors = {role.key: (role.superior,) for role in hierarchy.roles if role.superior in _keys(hierarchy)}
    known = ", ".join(role.key for role in hierarchy.roles)
    return [
        *_duplicates(hierarchy, "roles", (role.key for role in hierarchy.roles)),
        *_duplicates(hierarchy, "parties", (party.key for party in hierarchy.parties)),
        *(
            _bad(hierarchy, "policy.unknown_superior", role=role.key, value=role.superior, known=known)
            for role in hierarchy.roles
            if role.superior and role.superior not in _keys(hierarchy)
        ),
        *(_bad(hierarchy, "policy.superior_circle", circle=" → ".join(circle)) for circle in _circles(superiors)),
    ]


def ancestors(plan: Plan, stage: str) -> set[str]:
    """Return every stage that must be done before `stage` opens, near and far."""
    after = {rule.key: rule.after for rule in plan.stages}
    found: set[str] = set()
    frontier = set(after.get(stage, ()))
    while frontier:
        found |= frontier
        frontier = {further for key in frontier for further in after.get(key, ())} - found
    return found


# The graph of stages


def _graph(plan: Plan) -> Iterator[Reason]:
    if not plan.stages:
        yield _bad(plan, "policy.no_stage")
        return
    known = {stage.key for stage in plan.stages}
    for stage in plan.stages:
        for name in stage.after:
            if name not in known:
                names = ", ".join(known_stage.key for known_stage in plan.stages)
                yield _bad(plan, "policy.unknown_prerequisite", stage=stage.key, value=name, known=names)
    if all(stage.after for stage in plan.stages):
        yield _bad(plan, "policy.no_first_stage")
    circles = _circles({stage.key: stage.after for stage in plan.stages})
    for circle in circles:
        yield _bad(plan, "policy.cycle", circle=" → ".join(reversed(circle)))
    yield from _unreachable(plan, known, {key for circle in circles for key in circle})


def _unreachable(plan: Plan, known: set[str], circled: set[str]) -> Iterator[Reason]:
    """Yield the stages behind a circle or an unknown stage; those in the circle itself are told there."""
    reached: set[str] = set()
    while found := {s.key for s in plan.stages if s.key not in reached and reached.issuperset(s.after)}:
        reached |= found
    for stage in plan.stages:
        blocked = next((name for name in stage.after if name in known and name not in reached), None)
        if stage.key not in reached | circled and blocked:
            yield _bad(plan, "policy.unreachable", stage=stage.key, value=blocked)


def _circles(after: Mapping[str, tuple[str | None, ...]]) -> list[list[str]]:
    """Return circles in the order in which things wait for each other, first one again at the end; each node once.

    A walk from every node along what it waits for; what leads back into the walk is a circle.
    """
    circles: list[list[str]] = []
    finished: set[str] = set()
    for start in after:
        walk: list[str] = []
        waiting = [(start, 0)]
        while waiting:
            key, depth = waiting.pop()
            for left in walk[depth:]:
                finished.add(left)
            del walk[depth:]
            if key in walk:
                circles.append([*walk[walk.index(key) :], key])
            elif key not in finished:
                walk.append(key)
                waiting += [(name, depth + 1) for name in reversed(after.get(key, ())) if name]
        finished.update(walk)
    return circles


# Single parts


def _stage(plan: Plan, stage: Stage) -> Iterator[Reason]:
    closing = stage.closed_by
    yield from _duplicates(plan, f"stages.{stage.key}.closed_by.facts", (fact.key for fact in closing.facts))
    if closing.act != "elapse" and not closing.by:
        yield _bad(plan, "policy.no_closer", stage=stage.key, value=closing.act)
    if closing.act == "accept" and stage.rectification is None:
        yield _bad(plan, "policy.no_rectification", stage=stage.key)
    if closing.act != "accept" and stage.rectification is not None:
        yield _bad(plan, "policy.rectification_without_acceptance", stage=stage.key, value=closing.act)
    known = [rule.key for rule in plan.stages]
    before = ancestors(plan, stage.key) - {stage.key}
    for name in closing.not_by_closer_of:
        if name not in known:
            yield _bad(plan, "policy.not_by_unknown", stage=stage.key, value=name, known=", ".join(known))
        elif name not in before:
            yield _bad(plan, "policy.not_by_no_ancestor", stage=stage.key, value=name)


def _reasons(plan: Plan) -> Iterator[Reason]:
    for group, coded in plan.reasons.items():
        yield from _duplicates(plan, f"reasons.{group}", (reason.code for reason in coded))
        for reason in coded:
            if group in _CLOCKED_REASONS and not reason.party:
                yield _bad(plan, "policy.reason_without_party", group=group, value=reason.code)


def _acts(plan: Plan) -> Iterator[Reason]:
    for act in plan.may:
        if act not in _ACTS:
            yield _bad(plan, "policy.unknown_act", value=act, known=", ".join(_ACTS))


def _rung(ladder: Ladder, before: RungRule | None, rung: RungRule) -> Iterator[Reason]:
    offset, level = rung.offset_days, rung.level
    if offset == 0:
        yield _bad(ladder, "policy.offset_zero", rung=rung.key)
    if offset < 0 and level != 0:
        yield _bad(ladder, "policy.reminder_level", rung=rung.key, value=level)
    if offset > 0 and level < 1:
        yield _bad(ladder, "policy.escalation_level", rung=rung.key, value=level)
    if before and offset <= before.offset_days:
        yield _bad(ladder, "policy.offset_not_growing", rung=rung.key, value=offset, before=before.offset_days)
    if before and level < before.level:
        yield _bad(ladder, "policy.level_falls", rung=rung.key, value=level, before=before.level)
    if not rung.to:
        yield _bad(ladder, "policy.no_recipient", rung=rung.key, place="to")
    for owner, roles in rung.to.items():
        if not roles:
            yield _bad(ladder, "policy.no_recipient", rung=rung.key, place=f"to.{owner}")


# Names and where they stand


def _plan_roles(plan: Plan) -> Iterator[tuple[str, str]]:
    for stage in plan.stages:
        place = f"stages.{stage.key}"
        yield f"{place}.owner", stage.owner
        yield from ((f"{place}.closed_by.by", role) for role in stage.closed_by.by)
        if stage.rectification:
            yield f"{place}.rectification.owner", stage.rectification.owner
    yield from ((f"may.{act}", role) for act, roles in plan.may.items() for role in roles)
    if plan.batch:
        yield "batch.owner", plan.batch.owner
    yield from procedure_check.roles(plan)
    for group, coded in plan.reasons.items():
        yield from ((f"reasons.{group}.{reason.code}.owner", reason.owner) for reason in coded if reason.owner)


def _plan_parties(plan: Plan) -> Iterator[tuple[str, str]]:
    for stage in plan.stages:
        yield f"stages.{stage.key}.party", stage.party
        if stage.rectification:
            yield f"stages.{stage.key}.rectification.party", stage.rectification.party
    for group, coded in plan.reasons.items():
        yield from ((f"reasons.{group}.{reason.code}.party", reason.party) for reason in coded if reason.party)
    yield from clock_check.season_parties(plan)
    yield from procedure_check.parties(plan)


def _ladder_roles(ladder: Ladder) -> Iterator[tuple[str, str]]:
    for rung in ladder.rungs:
        place = f"rungs.{rung.key}.to"
        yield from ((place, owner) for owner in rung.to if owner != "default")
        yield from ((f"{place}.{owner}", role) for owner, roles in rung.to.items() for role in roles if role != "owner")
    yield from batch_check.tier_roles(ladder)


def _unknown(
    document: PolicyDocument, code: str, named: Iterable[tuple[str, str]], known: list[str]
) -> Iterator[Reason]:
    for place, name in named:
        if name not in known:
            yield _bad(document, code, place=place, value=name, known=", ".join(known))


def _duplicates(document: PolicyDocument, place: str, keys: Iterable[str]) -> Iterator[Reason]:
    for key, count in Counter(keys).items():
        if count > 1:
            yield _bad(document, "policy.duplicate", place=place, value=key)


def _keys(hierarchy: Hierarchy) -> set[str]:
    return {role.key for role in hierarchy.roles}


def _bad(document: PolicyDocument, code: str, **params: Param) -> Reason:
    name = f"{document.name}@{document.version}"
    return Reason(code=code, params={"document": name, **params}, kind=ErrorKind.INVALID)
