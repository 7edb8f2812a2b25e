"""When a message is due: the only place that knows.

`rungs` lists everything that lies ahead of a project, each with its derivation. The workflow arms its one timer by
the first of them; the rehearsal, `why` and the tests read the same list.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rules import clock
from rules.policy import Rulebook
from schemas.ladder import RungRule
from schemas.rung import Derivation, Rung
from schemas.state import ProjectState, StageState, Turn

ELAPSE = "elapse"


def rungs(state: ProjectState, book: Rulebook) -> list[Rung]:
    """Return every rung that lies ahead, earliest first; equal instants in plan and ladder order.

    Nothing lies ahead of a project that is over or held. A rung that would have been due before its clock began
    to run (a reminder 30 days ahead of a term of 15) does not exist, so nothing is ever stored up.
    """
    if state.is_over or state.hold:
        return []
    ahead = [
        rung
        for key, stage in state.stages.items()
        if stage.status == "open" and stage.turn
        for rung in _of_turn(key, stage, stage.turn, state, book)
    ]
    return sorted(ahead, key=lambda rung: rung.at)


def next_rung(state: ProjectState, book: Rulebook) -> Rung | None:
    """Return the rung for which the timer is armed."""
    ahead = rungs(state, book)
    return ahead[0] if ahead else None


def rules_for(tier: str, book: Rulebook) -> tuple[RungRule, ...]:
    """Return the ladder as it applies to a priority tier.

    For the faster tiers every escalation comes at the offset of the one before it, and the first is left out:
    one level earlier all the way up.
    """
    ladder = book.ladder
    if tier not in ladder.faster_tiers:
        return ladder.rungs
    reminders = tuple(rule for rule in ladder.rungs if rule.offset_days < 0)
    upward = [rule for rule in ladder.rungs if rule.offset_days > 0]
    earlier = (
        rule.model_copy(update={"offset_days": before.offset_days})
        for before, rule in zip(upward, upward[1:], strict=False)
    )
    return (*reminders, *earlier)


def recipients(rule: RungRule, owner: str) -> tuple[str, ...]:
    """Return the roles that receive a rung when `owner` holds the duty, each once, in order."""
    named = rule.to.get(owner, rule.to.get("default", ("owner",)))
    return tuple(dict.fromkeys(owner if role == "owner" else role for role in named))


def _of_turn(key: str, stage: StageState, turn: Turn, state: ProjectState, book: Rulebook) -> Iterator[Rung]:
    day = clock.due_day(turn, book.calendar)
    if day is None:
        return
    rule_of_stage = book.stages[key]
    if rule_of_stage.closed_by.act == ELAPSE and turn.kind == "work":
        yield _rung(key, stage, turn, book, day, None, book.calendar.closes_at(day))
    if not rule_of_stage.is_watched:
        return
    tier = state.project.tier
    previous: tuple[int, datetime] | None = None
    for rule in rules_for(tier, book):
        if rule.key in turn.fired:
            continue
        at, moved = _instant(rule, turn, day, book, previous)
        if at <= turn.segments[-1].since_at or (rule.offset_days < 0 and at >= book.calendar.closes_at(day)):
            continue
        previous = (rule.offset_days, at) if moved else None
        yield _rung(key, stage, turn, book, day, rule, at, moved, is_faster=tier in book.ladder.faster_tiers)


def _instant(
    rule: RungRule, turn: Turn, due: int, book: Rulebook, previous: tuple[int, datetime] | None
) -> tuple[datetime, datetime | None]:
    """Return the instant of a rung, and the promise that moved it.

    A rung that falls within a promise waits for its end; those after it keep their distance, so that a broken
    promise does not bring the whole ladder down in one morning.
    """
    calendar, fires_at = book.calendar, book.ladder.fires_at
    at = calendar.time_on(calendar.shift(due, rule.offset_days), fires_at)
    promise = turn.acknowledged
    if promise is None:
        return at, None
    if previous is not None:
        offset, before = previous
        spaced = calendar.time_on(calendar.shift(calendar.day(before), rule.offset_days - offset), fires_at)
        return (spaced, promise.promised_at) if spaced > at else (at, None)
    if promise.at < at < promise.promised_at:
        day = calendar.next_working(calendar.day(promise.promised_at))
        first = calendar.time_on(day, fires_at)
        return (first if first >= promise.promised_at else calendar.time_on(calendar.shift(day, 1), fires_at)), (
            promise.promised_at
        )
    return at, None


def _rung(  # noqa: PLR0913 - everything a rung is made of, in one place
    key: str,
    stage: StageState,
    turn: Turn,
    book: Rulebook,
    day: int,
    rule: RungRule | None,
    at: datetime,
    moved: datetime | None = None,
    *,
    is_faster: bool = False,
) -> Rung:
    calendar = book.calendar
    derivation = Derivation(
        opened_at=turn.opened_at,
        budget_days=turn.budget_days,
        unit=turn.unit,
        consumed_days=clock.consumed(turn, calendar),
        running_since=turn.segments[-1].since_at,
        due_on=calendar.label(day),
        offset_days=rule.offset_days if rule else 0,
        postponed_to=moved,
        is_provisional=calendar.is_provisional(day),
        is_faster=is_faster and rule is not None and rule.offset_days > 0,
    )
    return Rung(
        stage=key,
        round=stage.round,
        turn=turn.kind,
        generation=turn.generation,
        key=rule.key if rule else ELAPSE,
        kind="elapse" if rule is None else "reminder" if rule.offset_days < 0 else "escalation",
        level=rule.level if rule else 0,
        at=at,
        due_at=calendar.closes_at(day),
        to=recipients(rule, turn.owner) if rule else (),
        consequence=(rule.consequence or "") if rule else "",
        derivation=derivation,
    )
