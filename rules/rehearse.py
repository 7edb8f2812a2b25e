"""Rehearses policies over a whole ledger, without the engine.

Projects that start at the same instant under the same policies, priority and seasons have the same course, so it is
played once and counted for all of them. Who hears of it is found once for each role, county and builder.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time
from functools import partial
from itertools import repeat

from rules.calendar import WorkingCalendar
from rules.course import Planned, Policies, course, finest_area, kin_of
from rules.load import Tally
from rules.policy import Rulebook
from schemas.directory import Seat
from schemas.policy import Pins
from schemas.project import Start
from schemas.rehearsal import Assumption, Rehearsal

_Group = tuple[Policies, str, str, str, datetime, int]
"""What projects have in common that count alike: policies, tier, place, builder, start and lateness."""


def plan_starts(orders: Sequence[Start], assumed: Assumption, calendar: WorkingCalendar) -> list[Planned]:
    """Return every project with the instant of its start and how late it will be.

    The counties of a province start in order of code, evenly over the working days of the spread. Projects are given
    to the classes of lateness in the order they come, each to the class that is furthest behind its share.
    """
    first = calendar.next_working(calendar.day_of(assumed.start_on))
    places = Counter(order.project.village_code[:6] for order in orders)
    provinces: defaultdict[str, list[str]] = defaultdict(list)
    for county in sorted(places):
        provinces[county[:2]].append(county)
    starts = {
        county: calendar.time_on(calendar.shift(first, days), time(assumed.starting_hour))
        for counties in provinces.values()
        for county, days in _spread(counties, assumed.spread_days)
    }
    late = _dealt([one.share for one in assumed.late], len(orders))
    return [
        Planned(order, starts[order.project.village_code[:6]], assumed.late[which].days)
        for order, which in zip(orders, late, strict=True)
    ]


def rehearse(
    planned: Iterable[Planned], seats: Sequence[Seat], assumed: Assumption, book_of: Callable[[Pins], Rulebook]
) -> Rehearsal:
    """Return what would be sent over all projects.

    Args:
        planned: The projects.
        seats: Posts with their holders.
        assumed: How people behave.
        book_of: Policies by their references; all of them count by the days of one calendar.

    Raises:
        ValueError: There is no project.
    """
    books: dict[Policies, Rulebook] = {}
    digits: dict[Policies, int] = {}
    groups: Counter[_Group] = Counter()
    samples: dict[_Group, Planned] = {}
    for one in planned:
        project, pins = one.order.project, one.order.pins
        policies = (pins.plan, pins.ladder, pins.hierarchy, pins.calendar)
        if policies not in books:
            books[policies] = book_of(pins)
            digits[policies] = finest_area(books[policies])
        place = project.village_code[: digits[policies]]
        group = (policies, project.tier, place, project.builder, one.at, one.days_late)
        groups[group] += 1
        if group not in samples:
            samples[group] = one
    if not groups:
        raise ValueError("there is no project to rehearse")
    tally = Tally(seats, assumed)
    for group, count in groups.items():
        policies, sample, book = group[0], samples[group], books[group[0]]
        kin = kin_of(sample, policies, book)
        tally.play(kin, partial(course, sample, assumed.closing_hour, book))
        tally.add(kin, sample.order.project, book, count)
    return tally.result(list(books.values()))


def _spread(counties: Sequence[str], days: int) -> Iterator[tuple[str, int]]:
    return ((county, number * days // len(counties)) for number, county in enumerate(counties))


def _dealt(shares: Sequence[float], count: int) -> Iterator[int]:
    """Yield, so many times, the index of the share that is furthest behind; the first one of equals."""
    if len(shares) == 1:
        yield from repeat(0, count)
        return
    dealt = [0] * len(shares)
    for number in range(1, count + 1):
        behind = [share * number - had for share, had in zip(shares, dealt, strict=True)]
        which = behind.index(max(behind))
        dealt[which] += 1
        yield which
