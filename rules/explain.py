"""Explains where a project stands and why: from the same clocks, ladder and policies that move it.

Nothing here is a second opinion: every number comes from `rules.clock` and `rules.ladder`. `rules.explain_text` puts
it into words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rules import batch, batch_why, clock, explain_acceptance, ladder, recurrence
from rules.calendar import WorkingCalendar
from rules.explain_text import text
from rules.policy import Rulebook
from schemas.explanation import Explanation, MatterWhy, Move, NextRung, StageWhy, Stretch
from schemas.matter import Matter
from schemas.rung import Rung
from schemas.state import ProjectState, StageState
from schemas.turn import Segment, Turn

__all__ = ["text", "why"]


def why(state: ProjectState, book: Rulebook, now: datetime) -> Explanation:
    """Return the explanation of a project at `now`."""
    opened = [(key, stage, stage.turn) for key, stage in state.stages.items() if stage.turn]
    ahead: dict[tuple[str, str], Rung] = {}
    for rung in ladder.rungs(state, book):
        ahead.setdefault((rung.stage, rung.matter), rung)
    days: Counter[str] = Counter()
    for key, stage in state.stages.items():
        days.update(clock.days_by_party(clock.segments(stage), book.calendar_of(key, state.project), now))
    return Explanation(
        project_id=state.project.project_id,
        at=now,
        status=state.status,
        hold=state.hold,
        pins=state.pins,
        pinned_since_at=state.migrated_at or batch.started_at(state),
        stages=tuple(_stage(key, stage, turn, state, book, now, ahead.get((key, ""))) for key, stage, turn in opened),
        matters=tuple(_matter(one, state, book, now, ahead.get((one.stage, one.key))) for one in state.matters),
        moves=tuple(_moves(state, book)),
        retained=explain_acceptance.retained(state, book),
        batch=batch_why.why(state, book),
        days_by_party=dict(sorted(days.items())),
    )


def _stage(  # noqa: PLR0913 - one stage, and all that its explanation rests on
    key: str, stage: StageState, turn: Turn, state: ProjectState, book: Rulebook, now: datetime, rung: Rung | None
) -> StageWhy:
    calendar, running = book.calendar_of(key, state.project), turn.segments[-1]
    left, used_before = clock.left(turn, calendar, now), clock.consumed(turn, calendar)
    day = clock.due_day(turn, calendar)
    left_at_running = turn.budget_days - used_before
    below, extension_days = stage.suspended, turn.budget_days - _first_budget(key, turn, book, calendar)
    return StageWhy(
        stage=key,
        round=stage.round,
        turn=turn.kind,
        owner=turn.owner,
        person=state.assigned.get(turn.owner, ""),
        party=turn.party,
        code=turn.code,
        percent=stage.percent,
        opened_at=turn.opened_at,
        budget_days=turn.budget_days,
        extension_days=extension_days,
        extensions=turn.generation if extension_days else 0,  # days given back begin a generation too
        unit=turn.unit,
        used_days=turn.budget_days - left,
        left_days=left,
        stretches=tuple(stretch(segment, turn, calendar, now) for segment in turn.segments),
        running_since=None if day is None else running.since_at,
        left_at_running=left_at_running,
        due_at=None if day is None else calendar.closes_at(day),
        original_due_at=turn.original_due_at,
        is_moved_to_working_day=day is not None and _is_moved(turn, calendar, day, left_at_running),
        is_provisional=day is not None and calendar.is_provisional(day),
        next_rung=_next(rung) if rung else None,
        fired=turn.fired,
        level=turn.level,
        acknowledged=turn.acknowledged,
        request=turn.request,
        suspended_turn=below.kind if below else None,
        suspended_left_days=clock.left(below, calendar, now) if below else 0,
        suspended_unit=below.unit if below else "working",
        acceptance=explain_acceptance.accepting(book.stages[key], stage, state),
        seasons=tuple(season.code for season in calendar.seasons),
        **_period(key, stage, state, book, now),
    )


def _period(key: str, stage: StageState, state: ProjectState, book: Rulebook, now: datetime) -> dict[str, Any]:
    series = recurrence.series(key, state, book, now)
    if series is None:
        return {}
    number = recurrence.current(stage)
    return {"period": number, "periods": series.count, "period_ends_on": series.calendar.label(series.last_day(number))}


def _matter(one: Matter, state: ProjectState, book: Rulebook, now: datetime, rung: Rung | None) -> MatterWhy:
    return MatterWhy(
        matter=one,
        person=state.assigned.get(one.turn.owner, ""),
        due_at=clock.due_at(one.turn, book.calendar),
        left_days=clock.left(one.turn, book.calendar, now),
        next_rung=_next(rung) if rung else None,
    )


def _first_budget(key: str, turn: Turn, book: Rulebook, calendar: WorkingCalendar) -> int:
    """Return the budget with which the turn opened; extensions are what it has grown by since."""
    rule = book.stages[key]
    mending = rule.rectification
    if turn.generation == 0:
        return turn.budget_days
    if turn.kind == "obstacle":
        return book.plan.obstacle_budget.days
    if turn.kind == "rectification" and mending:
        return mending.budget.days
    if turn.kind == "recheck" and mending:
        return mending.recheck.days
    if rule.recurs:
        due = calendar.day(turn.original_due_at) - 1
        return calendar.between(turn.opened_at, calendar.opens_at(due), turn.unit)
    return rule.budget.days


def stretch(segment: Segment, turn: Turn, calendar: WorkingCalendar, now: datetime) -> Stretch:
    """Return a segment of a clock as it is to be read at `now`."""
    until = segment.until_at or now
    stopped = sum(calendar.stopped(segment.since_at, until).values())
    return Stretch(
        party=segment.party,
        since_at=segment.since_at,
        until_at=segment.until_at,
        is_running=segment.is_running,
        working_days=calendar.between(segment.since_at, until) + stopped,
        stopped_days=stopped,
        used_days=calendar.between(segment.since_at, until, turn.unit) if segment.is_running else 0,
    )


def _is_moved(turn: Turn, calendar: WorkingCalendar, day: int, left: int) -> bool:
    return turn.unit == "calendar" and day != calendar.last_day(turn.segments[-1].since_at, left, turn.unit)


def _next(rung: Rung) -> NextRung:
    return NextRung(
        key=rung.key,
        kind=rung.kind,
        level=rung.level,
        at=rung.at,
        to=rung.to,
        consequence=rung.consequence,
        postponed_to=rung.derivation.postponed_to,
        is_faster=rung.derivation.is_faster,
    )


def _moves(state: ProjectState, book: Rulebook) -> Iterator[Move]:
    may = book.plan.may
    if state.is_over:
        return
    if state.hold:
        yield Move(kind="resume", acts=("resume",), roles=may.get("resume", ()))
        yield from _decisions(state, book)
        return
    for key, stage in state.stages.items():
        if stage.turn:
            move = _move(key, stage, stage.turn, state, book)
            yield move
            yield from explain_acceptance.part_move(book.stages[key], stage, state, book, move)
            if stage.turn.request:
                yield Move(
                    kind="decide_extension",
                    stage=key,
                    acts=("grant_extension", "deny_extension"),
                    roles=may.get("grant_extension", ()),
                    not_by=(stage.turn.request.requested_by,),
                )
    yield from _decisions(state, book)
    yield from explain_acceptance.whole_moves(state, book)


def _decisions(state: ProjectState, book: Rulebook) -> Iterator[Move]:
    """Yield who may decide what waits; a request for more time is a move of its stage."""
    for one in state.matters:
        step = next((step for step in book.plan.procedures.get(one.kind, ()) if step.key == one.step), None)
        if step and one.kind != "extension":
            own = tuple(dict.fromkeys((one.asked_by, *one.passed_by)))
            acts = ("agree", "decline")
            yield Move(kind="decide", stage=one.stage, matter=one.key, acts=acts, roles=step.by, not_by=own)


def _move(key: str, stage: StageState, turn: Turn, state: ProjectState, book: Rulebook) -> Move:
    rule = book.stages[key]
    closing = rule.closed_by
    if turn.kind == "obstacle":
        roles = tuple(dict.fromkeys((turn.owner, *book.plan.may.get("clear_obstacle", ()))))
        return Move(kind="clear", stage=key, acts=("clear_obstacle",), roles=roles)
    if turn.kind == "rectification":
        return Move(kind="rectify", stage=key, acts=("submit",), roles=(turn.owner,))
    if closing.act == ladder.ELAPSE:
        return Move(kind="wait", stage=key, acts=(closing.act,))
    before = (state.stages.get(other) for other in closing.not_by_closer_of)
    own = [*(other.closed_by for other in before if other), *stage.rectified_by]
    refusing = ("refuse",) if rule.rectification else ("reject",) if closing.act == "approve" else ()
    return Move(
        kind="close",
        stage=key,
        acts=(closing.act, *refusing),
        roles=closing.by,
        not_by=tuple(dict.fromkeys(person for person in own if person)),
    )
