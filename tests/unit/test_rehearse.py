"""A rehearsal says what playing every project singly would say, only sooner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from infra.db.registry import project_of
from infra.files.national import national_ledger
from rules.course import Planned, course
from rules.policy import Shelf, reference
from rules.rehearse import plan_starts, rehearse
from rules.staffing import invented_seats
from schemas.directory import Seat
from schemas.event import TurnOpened
from schemas.ledger import LedgerRow
from schemas.project import Start
from schemas.rehearsal import Assumption, Lateness, Rehearsal
from tests.support import books
from tests.support.single import Counted, counted, played

PLANS = {"fibre": "universal-service-fibre", "4g": "universal-service-4g", "both": "universal-service-both"}
MONDAY = date(2018, 5, 7)
FULL_LADDER = 61


def orders(rows: Sequence[LedgerRow]) -> list[Start]:
    return [Start(project=project_of(str(row.row), row, "US"), pins=books.pins(PLANS[row.technology])) for row in rows]


def seats_of(started: Sequence[Start], vacant_share: float = 0.0) -> list[Seat]:
    return invented_seats([books.book().hierarchy], (order.project for order in started), vacant_share)


def rehearsed(planned: Sequence[Planned], seats: Sequence[Seat], assumed: Assumption) -> Rehearsal:
    return rehearse(planned, seats, assumed, books.shelf().book)


def assert_same(found: Rehearsal, expected: Counted, capacity: int) -> None:
    """Every number of a rehearsal is the one that was counted message by message."""
    assert Counter(found.rungs_by_level) == +expected.rungs
    assert found.rungs == expected.rungs.total()
    assert found.messages == expected.days.total()
    by_day = {(day.day, level): messages for day in found.days for level, messages in day.by_level.items()}
    assert +Counter(by_day) == +expected.days
    messages, most, over = Counter[str](), Counter[str](), Counter[str]()
    busiest, over_on = Counter[str](), Counter[str]()
    for (person, day), count in expected.people.items():
        messages[person] += count
        most[person] = max(most[person], count)
        busiest[day] = max(busiest[day], count)
        over[person] += count > capacity
        over_on[day] += count > capacity
    assert {one.person_id: one.messages for one in found.people} == messages
    assert {one.person_id: one.on_busiest_day for one in found.people} == most
    assert {one.person_id: one.days_over for one in found.people} == over
    assert all(expected.people[one.person_id, one.busiest_day] == one.on_busiest_day for one in found.people)
    loaded = [day for day in found.days if day.messages]
    assert {day.day: day.busiest for day in loaded} == busiest
    assert {day.day: day.over_capacity for day in loaded} == over_on
    nobody, upward = Counter[str](), Counter[tuple[str, str]]()
    for gap in found.nobody:
        nobody[gap.role] += gap.rungs
    for gap in found.upward:
        upward[gap.role, gap.person_id] += gap.rungs
    assert nobody == +expected.nobody
    assert upward == +expected.upward


def small_ledger() -> list[LedgerRow]:
    """Thirty villages: plateau and plain, every technology, tier and builder among them."""
    rows = list(national_ledger(3_000))
    near = [row for row in rows if row.village_code.startswith(("5333", "1302"))]
    return [*near[:15], *rows[::200]]


@pytest.fixture(scope="module")
def started() -> list[Start]:
    return orders(small_ledger())


def test_the_small_ledger_is_mixed(started: list[Start]) -> None:
    projects = [order.project for order in started]
    assert len(projects) == 30
    assert {one.technology for one in projects} == {"fibre", "4g", "both"}
    assert len({one.tier for one in projects}) >= 4
    assert len({one.county_code for one in projects}) >= 10


@pytest.mark.parametrize(
    ("late", "spread", "vacant"),
    [
        ((Lateness(days=-3),), 1, 0.3),
        ((Lateness(days=FULL_LADDER),), 1, 0.0),
        ((Lateness(days=0, share=0.6), Lateness(days=9, share=0.3), Lateness(days=FULL_LADDER, share=0.1)), 10, 0.3),
    ],
)
def test_it_counts_what_single_projects_would_receive(
    started: list[Start], late: tuple[Lateness, ...], spread: int, vacant: float
) -> None:
    assumed = Assumption(start_on=MONDAY, late=late, spread_days=spread, capacity=1)
    seats = seats_of(started, vacant)
    planned = plan_starts(started, assumed, books.book().calendar)
    found = rehearsed(planned, seats, assumed)
    assert_same(found, counted(planned, seats, assumed, books.shelf().book), assumed.capacity)
    assert bool(found.upward) == bool(vacant)


def test_a_return_that_comes_again_is_closed_period_by_period(started: list[Start]) -> None:
    """A watch that people close themselves, every year for six or more, climbs the ladder each time."""
    raw = yaml.safe_load(yaml.safe_dump(next(one for one in books.raws() if one["name"] == PLANS["fibre"])))
    upkeep = next(stage for stage in raw["stages"] if stage["key"] == "upkeep")
    upkeep |= {"closed_by": {"act": "submit", "by": ["builder"]}, "is_watched": True}
    assert upkeep["recurs"]["times"] > 1
    shelf = Shelf()
    for one in (*books.raws(), {**raw, "version": "returns"}):
        shelf.put(one)
    pins = books.pins(PLANS["fibre"]).model_copy(update={"plan": reference({**raw, "version": "returns"})})
    fibre = [order for order in started if order.project.technology == "fibre"]
    changed = [order.model_copy(update={"pins": pins}) for order in fibre]
    assumed = Assumption(start_on=MONDAY, late=(Lateness(days=2),), capacity=1)
    seats = seats_of(fibre)
    planned = plan_starts(changed, assumed, books.book().calendar)
    found = rehearse(planned, seats, assumed, shelf.book)
    assert_same(found, counted(planned, seats, assumed, shelf.book), assumed.capacity)
    unchanged = rehearsed(plan_starts(fibre, assumed, books.book().calendar), seats, assumed)
    assert found.rungs >= unchanged.rungs + 6 * len(fibre)


def test_the_full_ladder_fires_every_rung(started: list[Start]) -> None:
    """Late enough, every watched stage of a general project reaches the ministry."""
    general = [order for order in started if order.project.tier == "general"]
    assumed = Assumption(start_on=MONDAY, late=(Lateness(days=FULL_LADDER),))
    found = rehearsed(plan_starts(general, assumed, books.book().calendar), [], assumed)
    watched = sum(stage.is_watched for order in general for stage in books.shelf().book(order.pins).plan.stages)
    escalations = {rung.level for rung in books.book().ladder.rungs if rung.level}
    assert {level: found.rungs_by_level[level] for level in escalations} == dict.fromkeys(escalations, watched)


@given(
    data=st.data(),
    days_late=st.lists(st.integers(-10, 70), min_size=1, max_size=3),
    spread=st.integers(1, 40),
)
@settings(max_examples=5, deadline=None)
def test_grouping_changes_nothing(started: list[Start], data: st.DataObject, days_late: list[int], spread: int) -> None:
    """Whatever is counted together, the sum over parts of a ledger is the whole, in any order."""
    share = 1 / len(days_late)
    assumed = Assumption(
        start_on=MONDAY, spread_days=spread, late=tuple(Lateness(days=days, share=share) for days in days_late)
    )
    seats = seats_of(started, 0.2)
    planned = plan_starts(started, assumed, books.book().calendar)
    whole = rehearsed(planned, seats, assumed)
    shuffled = data.draw(st.permutations(planned))
    assert rehearsed(shuffled, seats, assumed) == whole
    singles = [rehearsed([one], seats, assumed) for one in planned]
    assert sum(one.rungs for one in singles) == whole.rungs
    assert sum(one.moved for one in singles) == whole.moved
    by_day: Counter[str] = Counter()
    by_person: Counter[str] = Counter()
    for one in singles:
        by_day.update({day.day: day.messages for day in one.days})
        by_person.update({person.person_id: person.messages for person in one.people})
    assert by_day == {day.day: day.messages for day in whole.days}
    assert by_person == {person.person_id: person.messages for person in whole.people}


def test_shares_are_kept_to_the_project(started: list[Start]) -> None:
    late = (Lateness(days=0, share=0.5), Lateness(days=5, share=0.3), Lateness(days=60, share=0.2))
    planned = plan_starts(started, Assumption(start_on=MONDAY, late=late), books.book().calendar)
    assert Counter(one.days_late for one in planned) == {0: 15, 5: 9, 60: 6}


def test_counties_of_a_province_start_one_after_the_other(started: list[Start]) -> None:
    planned = plan_starts(started, Assumption(start_on=MONDAY, spread_days=5), books.book().calendar)
    calendar = books.book().calendar
    starts = {one.order.project.county_code: calendar.label(calendar.day(one.at)) for one in planned}
    nujiang = [day for county, day in sorted(starts.items()) if county.startswith("5333")]
    assert nujiang == sorted(nujiang)
    assert set(starts.values()) <= {"2018-05-07", "2018-05-08", "2018-05-09", "2018-05-10", "2018-05-11"}
    assert len(set(starts.values())) > 1


def test_a_start_on_a_free_day_waits_for_the_next_working_day(started: list[Start]) -> None:
    planned = plan_starts(started, Assumption(start_on=date(2018, 10, 1)), books.book().calendar)
    calendar = books.book().calendar
    assert {calendar.label(calendar.day(one.at)) for one in planned} == {"2018-10-08"}


def test_long_holidays_are_named_with_what_waits_at_their_end(started: list[Start]) -> None:
    """The National Day week of 2018 was 1 to 7 October; a weekend is no long holiday."""
    assumed = Assumption(start_on=MONDAY)
    found = rehearsed(plan_starts(started, assumed, books.book().calendar), seats_of(started), assumed)
    (week,) = [one for one in found.holidays if one.since == "2018-10-01"]
    assert (week.until, week.free_days, week.resumes_on) == ("2018-10-07", 7, "2018-10-08")
    assert all(one.free_days >= 3 for one in found.holidays)
    on = {day.day: day.messages for day in found.days}
    assert all(one.messages == on.get(one.resumes_on, 0) for one in found.holidays)
    assert sum(one.moved for one in found.holidays) <= found.moved


def test_a_term_in_calendar_days_that_ends_on_a_free_day_is_counted_as_moved(started: list[Start]) -> None:
    assumed = Assumption(start_on=MONDAY)
    one = plan_starts(started[:1], assumed, books.book().calendar)[0]
    book = books.shelf().book(one.order.pins)
    moved = []
    for entry in played(one, seats_of(started), assumed, book).journal:
        if isinstance(entry.event, TurnOpened):
            calendar = book.calendar_of(entry.event.stage, one.order.project)
            term = entry.event.budget_days, entry.event.unit
            if calendar.last_day(entry.at, *term) != calendar.after(entry.at, *term):
                moved.append(entry.event.stage)
    assert len(course(one, assumed.closing_hour, book).moved) == len(moved) > 0


def test_without_people_every_rung_is_told_as_a_gap(started: list[Start]) -> None:
    assumed = Assumption(start_on=MONDAY, late=(Lateness(days=2),))
    found = rehearsed(plan_starts(started, assumed, books.book().calendar), [], assumed)
    assert (found.messages, found.people, found.upward) == (0, (), ())
    areas = {(gap.role, gap.area, gap.organisation) for gap in found.nobody}
    for order in started:
        county, builder = order.project.county_code, order.project.builder
        assert {("county_officer", county, ""), ("builder", county, builder)} <= areas
    assert all(len(gap.area) == 2 for gap in found.nobody if gap.role == "provincial_supervisor")


def test_due_days_after_the_last_published_year_are_told(started: list[Start]) -> None:
    last_year = books.book().calendar.document.last_year
    assert last_year
    early, late = Assumption(start_on=MONDAY), Assumption(start_on=date(last_year, 12, 1))
    assert rehearsed(plan_starts(started, early, books.book().calendar), [], early).provisional == 0
    assert rehearsed(plan_starts(started, late, books.book().calendar), [], late).provisional > 0


def test_nothing_cannot_be_rehearsed() -> None:
    with pytest.raises(ValueError, match="no project"):
        rehearsed([], [], Assumption(start_on=MONDAY))


@pytest.mark.parametrize("late", [(), (Lateness(share=0.5),), (Lateness(share=0.7), Lateness(share=0.7))])
def test_shares_add_up_to_one(late: tuple[Lateness, ...]) -> None:
    with pytest.raises(ValidationError):
        Assumption(start_on=MONDAY, late=late)


def posts(seats: Sequence[Seat]) -> Iterator[tuple[str, str, str]]:
    return ((seat.post.role, seat.post.area, seat.post.organisation) for seat in seats)


def test_a_holder_is_invented_for_every_post_once(started: list[Start]) -> None:
    seats = seats_of(started)
    known = list(posts(seats))
    assert len(known) == len(set(known))
    assert all(seat.person_id for seat in seats)
    assert ("ministry_supervisor", "", "") in known
    for order in started:
        code, builder = order.project.village_code, order.project.builder
        assert {("county_officer", code[:6], ""), ("builder_province", code[:2], builder)} <= set(known)


def test_vacancies_are_drawn_from_a_seed(started: list[Start]) -> None:
    projects, hierarchy = [order.project for order in started], [books.book().hierarchy]
    some = invented_seats(hierarchy, projects, 0.5, seed=1)
    vacant = [seat.post.post_id for seat in some if not seat.person_id]
    assert invented_seats(hierarchy, projects, 0.5, seed=1) == some
    assert invented_seats(hierarchy, projects, 0.5, seed=2) != some
    assert 0.3 < len(vacant) / len(some) < 0.7
    assert all(seat.person_id for seat in some if not seat.post.area)
