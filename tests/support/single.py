"""One project after the other, each played singly by the commands of its proper people: what a rehearsal must equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from rules import clock, ladder, project
from rules.course import Planned
from rules.policy import Rulebook
from rules.post import resolve, serves
from schemas.command import Actor
from schemas.directory import Seat
from schemas.policy import Pins
from schemas.project import Project
from schemas.rehearsal import Assumption
from tests.support.life import Life, closing, good_facts


@dataclass
class Counted:
    """What all projects together would receive, counted message by message.

    Attributes:
        rungs: Rungs by level.
        days: Messages by day and level.
        people: Messages by person and day.
        nobody: Rungs by role and county that nobody receives.
        upward: Rungs by role and receiver that a superior receives.
    """

    rungs: Counter[int] = field(default_factory=Counter)
    days: Counter[tuple[str, int]] = field(default_factory=Counter)
    people: Counter[tuple[str, str]] = field(default_factory=Counter)
    nobody: Counter[str] = field(default_factory=Counter)
    upward: Counter[tuple[str, str]] = field(default_factory=Counter)


def counted(
    planned: Iterable[Planned], seats: Sequence[Seat], assumed: Assumption, book_of: Callable[[Pins], Rulebook]
) -> Counted:
    """Return what is counted when each project is played singly."""
    found = Counted()
    for one in planned:
        book = book_of(one.order.pins)
        for rung in played(one, seats, assumed, book).fired():
            day = book.calendar.label(book.calendar.day(rung.nominal_at))
            found.rungs[rung.level] += 1
            people = set()
            for role in rung.to:
                who = resolve(role, one.order.project, seats, {}, book)
                if who.person_id:
                    people.add(who.person_id)
                    found.upward[role, who.person_id] += bool(who.vacant)
                else:
                    found.nobody[role] += 1
            found.days[day, rung.level] += len(people)
            found.people.update((person, day) for person in people)
    return found


def played(planned: Planned, seats: Sequence[Seat], assumed: Assumption, book: Rulebook) -> Life:
    """Return the life of a project whose people close every stage as assumed, by commands that are decided upon."""
    life = Life(book, planned.at)
    life.write(project.begin(planned.order, planned.at, book))
    while not life.state.is_over:
        closings = [
            (_closing_at(key, life, planned.days_late, assumed.closing_hour), key)
            for key in life.state.open_stages()
            if book.stages[key].closed_by.act != ladder.ELAPSE
        ]
        rung = ladder.next_rung(life.state, book)
        if rung and all(rung.at <= at for at, _ in closings):
            life.until(rung.at)
            continue
        at, key = min(closings)
        life.until(at)
        rule = book.stages[key]
        frozen = {fact.key: "No. 2" for fact in rule.closed_by.facts if fact.required == "frozen"}
        facts = {**good_facts(rule), **(frozen if life.state.is_frozen else {})}
        life.ok(_proper(rule.closed_by.by[0], planned.order.project, seats, book), closing(rule, facts))
    return life


def _closing_at(key: str, life: Life, days_late: int, hour: int) -> datetime:
    turn, calendar = life.turn(key), life.book.calendar_of(key, life.state.project)
    day = clock.due_day(turn, calendar)
    assert day is not None
    return max(calendar.time_on(calendar.shift(day, days_late), time(hour)), life.now)


def _proper(role: str, one: Project, seats: Sequence[Seat], book: Rulebook) -> Actor:
    """Return somebody who holds the post of a role here, also when the directory says that it is vacant."""
    post = next(seat.post for seat in seats if seat.post.role == role and serves(seat.post, one, book))
    return Actor(person_id=f"acting.{post.post_id}", posts=(post,))
