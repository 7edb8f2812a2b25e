"""The course of a project: what the clock would do to it if people behaved as assumed.

It asks the same functions as a real project does, `begin`, `advance` and `after_closing`, and keeps what a rehearsal
counts. That people close a stage properly is assumed, not checked: facts, authority and four eyes play no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import NamedTuple

from rules import clock, ladder, project, recurrence
from rules.acts import stage
from rules.acts.ask import Ask
from rules.policy import Rulebook
from schemas.command import Actor
from schemas.event import Event, RungFired, StageClosed, TurnOpened
from schemas.project import Project, Start
from schemas.state import ProjectState

Policies = tuple[str, str, str, str]
"""References of plan, ladder, hierarchy and calendar."""


COUNTY_DIGITS = 6
"""No post is bound to less than a county."""


class Planned(NamedTuple):
    """A project that is to be rehearsed.

    Attributes:
        order: The order to start it.
        at: When it starts.
        days_late: Working days after its due day on which people close each of its stages.
    """

    order: Start
    at: datetime
    days_late: int = 0


class Kin(NamedTuple):
    """What projects have in common that go through the same course.

    Attributes:
        policies: References of plan, ladder, hierarchy and calendar.
        pace: What their priority tier changes: whether they are escalated faster, and how often each stage recurs.
        seasons: Codes of the seasons in which work stops there.
        at: When they start.
        days_late: How late people close their stages.
    """

    policies: Policies
    pace: tuple[int, ...]
    seasons: tuple[str, ...]
    at: datetime
    days_late: int


class Volley(NamedTuple):
    """A rung of a course, as far as it matters who hears of it when.

    Attributes:
        day: Number of the day in the calendar on which it fires.
        level: Its level.
        to: Roles that receive it.
        is_provisional: Whether its due day lies beyond the last published year.
    """

    day: int
    level: int
    to: tuple[str, ...]
    is_provisional: bool


class Course(NamedTuple):
    """What a project would go through.

    Attributes:
        rungs: Everything that would fire, in order of time.
        moved: Due days that were to fall on these free days and moved to the next working day.
    """

    rungs: tuple[Volley, ...]
    moved: tuple[int, ...]


def finest_area(book: Rulebook) -> int:
    """Return how many digits of a code tell posts and seasons apart: those of a county, or more where a season says."""
    return max([COUNTY_DIGITS, *(len(area) for season in book.plan.seasons for area in season.areas)])


def kin_of(planned: Planned, policies: Policies, book: Rulebook) -> Kin:
    """Return the kin of a project.

    Args:
        planned: The project.
        policies: References of its policies.
        book: The policies themselves.
    """
    project = planned.order.project
    seasons = tuple(one.code for one in book.plan.seasons if project.village_code.startswith(one.areas))
    return Kin(policies, _pace(project.tier, book), seasons, planned.at, planned.days_late)


def course(planned: Planned, closing_hour: int, book: Rulebook) -> Course:
    """Return what a project would go through.

    Args:
        planned: The project.
        closing_hour: Local hour of the day at which people close a stage.
        book: Its policies.
    """
    at = planned.at
    events: Iterable[Event] = project.begin(planned.order, at, book)
    state = project.fold(project.entries(None, events, at))
    rungs: list[Volley] = []
    moved = _moved(events, at, planned.order.project, book)
    while not state.is_over:
        closing = _next_closing(state, planned.days_late, closing_hour, book)
        rung = ladder.next_rung(state, book)
        if closing and (rung is None or closing[0] < rung.at):
            at, key = closing
            events = _closed(key, state, at, book)
        elif rung:
            at = max(at, rung.at)
            events = project.carry_out(rung, state, at, book)
        else:
            break
        rungs += [_volley(event, book) for event in events if isinstance(event, RungFired)]
        moved += _moved(events, at, planned.order.project, book)
        state = project.fold(project.entries(state, events, at), state)
    return Course(tuple(rungs), tuple(moved))


def _pace(tier: str, book: Rulebook) -> tuple[int, ...]:
    again = (stage.recurs for stage in book.plan.stages if stage.recurs)
    return (tier in book.ladder.faster_tiers, *(one.times_by_tier.get(tier, one.times) for one in again))


def _next_closing(state: ProjectState, days_late: int, hour: int, book: Rulebook) -> tuple[datetime, str] | None:
    """Return when people would close the next of the open stages, and which; None when none is theirs to close."""
    found = []
    for key in state.open_stages():
        turn = state.stages[key].turn
        if turn is None or book.stages[key].closed_by.act == ladder.ELAPSE:
            continue
        calendar = book.calendar_of(key, state.project)
        due = clock.due_day(turn, calendar)
        if due is not None:
            day = calendar.shift(due, days_late)
            found.append((max(calendar.time_on(day, time(hour)), turn.opened_at), key))
    return min(found, default=None)


def _closed(key: str, state: ProjectState, at: datetime, book: Rulebook) -> list[Event]:
    ask = Ask(state, Actor(person_id=project.CLOCK), at, book)
    rule = book.stages[key]
    period = recurrence.current(state.stages[key]) if rule.recurs else 0
    return [StageClosed(stage=key, act=rule.closed_by.act, period=period), *stage.after_closing(key, ask)]


def _volley(event: RungFired, book: Rulebook) -> Volley:
    calendar = book.calendar
    is_provisional = calendar.is_provisional(calendar.day(event.due_at) - 1)
    return Volley(calendar.day(event.nominal_at), event.level, event.to, is_provisional)


def _moved(events: Iterable[Event], at: datetime, one: Project, book: Rulebook) -> list[int]:
    """Return the free days on which terms that open now would have ended."""
    moved = []
    for event in events:
        if isinstance(event, TurnOpened):
            calendar = book.calendar_of(event.stage, one)
            last = calendar.last_day(at, event.budget_days, event.unit)
            moved += [] if calendar.is_working(last) else [last]
    return moved
