"""When a message is due: the only place that knows.

`rungs` lists everything that lies ahead of a project, each with its derivation. The workflow arms its one timer by
the first of them; the rehearsal, `why` and the tests read the same list.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from rules import batch, clock
from rules.policy import Rulebook
from schemas.ladder import RungRule
from schemas.matter import Matter
from schemas.reason import Refusal
from schemas.rung import Derivation, Rung
from schemas.state import ProjectState, StageState
from schemas.turn import Turn

ELAPSE = "elapse"


def rungs(state: ProjectState, book: Rulebook) -> list[Rung]:
    """Return every rung that lies ahead, earliest first; equal instants in plan and ladder order.

    Nothing lies ahead of a project that is over. While it is held only its matters go on: a hold often waits for just
    such a decision. A reminder that would have been due before its clock began to run (30 days ahead of a term of 15)
    does not exist, so nothing is ever stored up. Neither does a rung that other policies would have had due before
    they came into force (`Turn.silent_before`).
    """
    if state.is_over:
        return []
    ahead = [rung for matter in state.matters for rung in _of_matter(matter, state, book)]
    if not state.hold:
        of_stages = (
            rung
            for key, stage in state.stages.items()
            if stage.status == "open" and stage.turn
            for rung in _of_turn(key, stage, stage.turn, state, book)
        )
        ahead = [*of_stages, *ahead, *batch.rungs(state, book)]
    return sorted(ahead, key=lambda rung: rung.at)


def next_rung(state: ProjectState, book: Rulebook) -> Rung | None:
    """Return the rung for which the timer is armed."""
    ahead = rungs(state, book)
    return ahead[0] if ahead else None


def rules_for(tier: str, book: Rulebook) -> tuple[RungRule, ...]:
    """Return the ladder as it applies to a priority tier."""
    return book.faster_rungs if tier in book.ladder.faster_tiers else book.ladder.rungs


def recipients(rule: RungRule, owner: str) -> tuple[str, ...]:
    """Return the roles that receive a rung when `owner` holds the duty, each once, in order."""
    named = rule.to.get(owner, rule.to.get("default", ("owner",)))
    return tuple(dict.fromkeys(owner if role == "owner" else role for role in named))


def quiet_days(turn: Turn, book: Rulebook) -> int:
    """Return how many days of the budget have to be used before a reminder makes sense; 0 when any time is right.

    A reminder 30 days ahead of a term of 35 would come when nobody can have begun yet.
    """
    return ceil(Fraction(str(book.ladder.quiet_share)) * turn.budget_days)


def is_quiet(turn: Turn, at: datetime, book: Rulebook) -> bool:
    """Whether no reminder is due at an instant of the running segment, because too little of the budget is used.

    Args:
        turn: A turn whose clock runs.
        at: The instant.
        book: Policies with the calendar by which the turn is counted (`Rulebook.counting`).
    """
    used = clock.consumed(turn, book.calendar) + book.calendar.between(turn.segments[-1].since_at, at, turn.unit)
    return used < quiet_days(turn, book)


class _Place(NamedTuple):
    """Whose clock it is: that of a stage in a round, or of a matter."""

    stage: str
    round: int
    matter: str = ""


def _of_turn(key: str, stage: StageState, turn: Turn, state: ProjectState, book: Rulebook) -> Iterator[Rung]:
    place, rule = _Place(key, stage.round), book.stages[key]
    book = book.counting(key, state.project)
    day = clock.due_day(turn, book.calendar)
    if day is None:
        return
    if rule.closed_by.act == ELAPSE and turn.kind == "work":
        yield _rung(place, turn, book, day, None, book.calendar.closes_at(day))
    if rule.is_watched:
        yield from _climb(place, turn, day, state.project.tier, book)


def _of_matter(matter: Matter, state: ProjectState, book: Rulebook) -> Iterator[Rung]:
    stage = state.stages.get(matter.stage)
    day = clock.due_day(matter.turn, book.calendar)
    if day is not None:
        place = _Place(matter.stage, stage.round if stage else 0, matter.key)
        yield from _climb(place, matter.turn, day, state.project.tier, book)


def _climb(place: _Place, turn: Turn, day: int, tier: str, book: Rulebook) -> Iterator[Rung]:
    """Yield the rungs of the ladder that a turn has not passed."""
    rules = rules_for(tier, book)
    before = last = _last_fired(turn, rules)
    for rule in rules:
        if rule.key in turn.fired or rule.level < turn.level or (last is not None and rule.offset_days < last[0]):
            continue  # the ladder goes up only: what a promise had taken away does not come back
        at, moved = _instant(rule, turn, day, book, before)
        if at is None or (turn.silent_before and at < turn.silent_before):
            continue  # a migration to other policies stores nothing up either
        before = (rule.offset_days, at)
        yield _rung(place, turn, book, day, rule, at, moved, is_faster=tier in book.ladder.faster_tiers)


def _instant(
    rule: RungRule, turn: Turn, due: int, book: Rulebook, before: tuple[int, datetime] | None
) -> tuple[datetime | None, datetime | None]:
    """Return the instant of a rung, and the promise that moved it; no instant when the rung does not exist.

    - A reminder from before the clock began to run, from the quiet part of a term, or moved past the due day, does not
      exist.
    - An escalation whose morning went by while the clock stood still comes on the next one; it is never lost.
    - What falls within a promise waits for its end.
    - Reminders, and escalations, keep their distance from the one before, so that a broken promise does not bring the
      whole ladder down in one morning.
    """
    calendar, since, promise = book.calendar, turn.segments[-1].since_at, turn.acknowledged
    is_reminder = rule.offset_days < 0
    try:
        nominal = calendar.time_on(calendar.shift(due, rule.offset_days), book.ladder.fires_at)
        at = nominal
        if before is not None and is_reminder == (before[0] < 0):
            at = max(at, _spaced(turn, before[1], rule.offset_days - before[0], book))
        if at <= since and is_reminder:
            return None, None
        at = at if at > since else _morning(since, book)
        if promise and promise.at < at < promise.promised_at:
            at = _morning(promise.promised_at, book)
    except Refusal:  # beyond the calendar at either end: no day can be named, and none lies ahead
        return None, None
    if is_reminder and (at >= calendar.closes_at(due) or is_quiet(turn, at, book)):
        return None, None
    return at, promise.promised_at if promise and at > nominal else None


def _last_fired(turn: Turn, rules: tuple[RungRule, ...]) -> tuple[int, datetime] | None:
    """Return offset and instant of the rung that fired last in this generation."""
    if turn.last_rung_at is None:
        return None
    at = turn.last_rung_at
    return next(((rule.offset_days, at) for rule in rules if rule.key == turn.fired[-1]), None)


def _spaced(turn: Turn, before: datetime, working_days: int, book: Rulebook) -> datetime:
    """Return the firing time on the day by which the clock has run for `working_days` since `before`."""
    calendar = book.calendar
    used = sum(
        calendar.between(max(segment.since_at, before), segment.until_at)
        for segment in turn.segments
        if segment.is_running and segment.until_at is not None and segment.until_at > before
    )
    start = max(turn.segments[-1].since_at, before)
    return calendar.time_on(calendar.after(start, working_days - used, "working"), book.ladder.fires_at)


def _morning(at: datetime, book: Rulebook) -> datetime:
    """Return the first firing time on a working day that is not before `at`."""
    calendar, fires_at = book.calendar, book.ladder.fires_at
    first = calendar.time_on(calendar.next_working(calendar.day(at)), fires_at)
    return first if first >= at else calendar.time_on(calendar.shift(calendar.day(at), 1), fires_at)


def _rung(  # noqa: PLR0913 - everything a rung is made of, in one place
    place: _Place,
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
        quiet_days=quiet_days(turn, book) if rule and rule.offset_days < 0 else 0,
    )
    return Rung(
        stage=place.stage,
        round=place.round,
        turn=turn.kind,
        generation=turn.generation,
        key=rule.key if rule else ELAPSE,
        kind="elapse" if rule is None else "reminder" if rule.offset_days < 0 else "escalation",
        level=rule.level if rule else 0,
        at=at,
        due_at=calendar.closes_at(day),
        to=recipients(rule, turn.owner) if rule else (),
        consequence=(rule.consequence or "") if rule else "",
        matter=place.matter,
        derivation=derivation,
    )
