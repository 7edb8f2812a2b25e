"""What becomes of a project under other policies: whether it can go on under them, and which dates move.

The act and the preview ask the same functions, so that what was shown is what then happens. A term that runs keeps
its clock, its extensions and its original date; only the length of its budget, and the days that are counted, become
those of the new policies.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rules import batch, clock
from rules.calendar import WorkingCalendar
from rules.evolve import evolve
from rules.policy import Rulebook
from rules.text import both
from schemas.event import Entry, PoliciesMigrated
from schemas.message import Instant
from schemas.plan import Budget, Plan, Stage
from schemas.reason import Refusal
from schemas.state import ProjectState, StageState
from schemas.turn import Turn


def moved(  # noqa: PLR0913 - one act, and who decided it
    state: ProjectState,
    old: Rulebook,
    new: Rulebook,
    now: datetime,
    *,
    fires_past: bool = False,
    decision_no: str = "",
    approved_by: str = "",
) -> tuple[PoliciesMigrated, ProjectState]:
    """Return the event by which a project goes on under the policies of `new`, and the state after it.

    Raises:
        Refusal: It cannot go on under them; names what stands in the way.
    """
    _check(state, old, new)
    live = {key: stage.turn for key, stage in state.stages.items() if stage.turn}
    below = {key: stage.suspended for key, stage in state.stages.items() if stage.suspended}
    event = PoliciesMigrated(
        pins=new.pins,
        stages=tuple(new.stages),
        budgets=_budgets(live, old, new),
        suspended_budgets=_budgets(below, old, new),
        is_silent=not fires_past,
        decision_no=decision_no,
        approved_by=approved_by,
    )
    before, dues = _dues(state, old), _dues(_after(state, event, now), new)
    changed = {key: due for key, due in before.items() if dues.get(key) != due}
    event = event.model_copy(update={"dues": dues, "previous_dues": changed})
    return event, _after(state, event, now)


def _after(state: ProjectState, event: PoliciesMigrated, now: datetime) -> ProjectState:
    return evolve(state, Entry(seq=state.seq + 1, at=now, event=event))


def _dues(state: ProjectState, book: Rulebook) -> dict[str, Instant]:
    turns = {key: stage.turn for key, stage in state.stages.items() if stage.turn}
    dues = {key: clock.due_at(turn, book.calendar_of(key, state.project)) for key, turn in turns.items()}
    return {key: due for key, due in dues.items() if due}


# Budgets


def _budgets(turns: dict[str, Turn], old: Rulebook, new: Rulebook) -> dict[str, int]:
    found = {key: _budget(turn, key, old, new) for key, turn in turns.items()}
    return {key: days for key, days in found.items() if days is not None and days != turns[key].budget_days}


def _budget(turn: Turn, key: str, old: Rulebook, new: Rulebook) -> int | None:
    """Return the budget of a running turn under the new policies, extensions on top; None when it keeps its own.

    A turn whose budget is counted in another unit now ends as it began, and so does a period of a stage that recurs,
    since its length comes from the calendar.
    """
    before, after = _rule(turn, old.stages[key], old.plan), _rule(turn, new.stages[key], new.plan)
    if before is None or after is None or not turn.unit == before.unit == after.unit:
        return None
    return max(after.days, turn.budget_days + after.days - before.days)


def _rule(turn: Turn, stage: Stage, plan: Plan) -> Budget | None:
    """Return the budget that the policies give a turn of that kind."""
    if turn.kind == "obstacle":
        return plan.obstacle_budget
    if turn.kind == "work":
        return None if stage.recurs else stage.budget
    mending = stage.rectification
    if mending is None:
        return None
    return mending.budget if turn.kind == "rectification" else mending.recheck


# What stands in the way


def _check(state: ProjectState, old: Rulebook, new: Rulebook) -> None:
    if new.pins == old.pins:
        raise Refusal("migrate.same", plan=new.pins.plan)
    if new.problems:
        first = new.problems[0]
        raise Refusal(first.code, first.kind, **first.params)
    _check_whole(state, old, new)
    missing = [key for key, stage in state.stages.items() if _has_begun(stage) and key not in new.stages]
    if missing:
        titles = ", ".join(missing)
        raise Refusal("migrate.stage_missing", stages=titles, plan=new.pins.plan, known=", ".join(new.stages))
    for key, stage in state.stages.items():
        kinds = {turn.kind for turn in (stage.turn, stage.suspended) if turn}
        if kinds & {"rectification", "recheck"} and new.stages[key].rectification is None:
            raise Refusal("migrate.no_rectification", stage=old.title(key), plan=new.pins.plan)
    _check_matters(state, new)
    begun = batch.started_at(state)
    if begun:
        new.calendar.count(begun)  # days that are over are counted again: the calendar has to reach back to all of them
    _check_provisional(state, old, new)


def _check_whole(state: ProjectState, old: Rulebook, new: Rulebook) -> None:
    if new.plan.technology != state.project.technology:
        wanted, found = (both(f"technology.{name}") for name in (state.project.technology, new.plan.technology))
        raise Refusal("migrate.technology", plan=new.pins.plan, technology=found, project=wanted)
    if {new.plan.hierarchy, new.ladder.hierarchy} != {new.hierarchy.name}:
        plan, ladder = new.plan.hierarchy, new.ladder.hierarchy
        raise Refusal("migrate.hierarchy", plan=plan, ladder=ladder, hierarchy=new.pins.hierarchy)
    unknown = sorted(set(_roles(state)) - set(new.roles))
    if unknown:
        raise Refusal("migrate.role_missing", roles=", ".join(unknown), hierarchy=new.pins.hierarchy)
    lengths = (old.calendar.document.day_seconds, new.calendar.document.day_seconds)
    if lengths[0] != lengths[1]:
        raise Refusal("migrate.day_length", calendar=new.pins.calendar, old=lengths[0], new=lengths[1])


def _check_matters(state: ProjectState, new: Rulebook) -> None:
    for matter in state.matters:
        steps = [step.key for step in new.plan.procedures.get(matter.kind, ())]
        if matter.step not in steps:
            raise Refusal("migrate.matter_step", matter=matter.key, step=matter.step, plan=new.pins.plan)


def _check_provisional(state: ProjectState, old: Rulebook, new: Rulebook) -> None:
    """Refuse to fall back behind a published year: a date that was final would become provisional again."""
    years = (old.calendar.document.last_year, new.calendar.document.last_year)
    if years[1] is None or (years[0] is not None and years[1] >= years[0]):
        return
    for key, stage in state.stages.items():
        before, after = (book.calendar_of(key, state.project) for book in (old, new))
        if stage.turn and _is_final(stage.turn, before) and not _is_final(stage.turn, after):
            raise Refusal("migrate.provisional", stage=old.title(key), calendar=new.pins.calendar, year=years[1])


def _is_final(turn: Turn, calendar: WorkingCalendar) -> bool:
    day = clock.due_day(turn, calendar)
    return day is None or not calendar.is_provisional(day)


def _has_begun(stage: StageState) -> bool:
    return stage.status != "pending" or bool(stage.past)


def _roles(state: ProjectState) -> Iterator[str]:
    """Yield the roles in duty now, and those that somebody was named for."""
    yield from state.assigned
    for stage in state.stages.values():
        yield from (turn.owner for turn in (stage.turn, stage.suspended) if turn)
    yield from (matter.turn.owner for matter in state.matters)
