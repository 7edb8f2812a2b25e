"""The calendar data are the official ones, and what is counted with them adds up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.files.policies import compressed
from rules.calendar import WorkingCalendar
from schemas.calendar import Calendar
from schemas.plan import Unit
from schemas.reason import ErrorKind, Refusal
from tests.support import books

YEARS = range(2016, 2027)
WORKING_DAYS = {2018: 250, 2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}
UNITS: tuple[Unit, ...] = ("working", "calendar")

instants = st.datetimes(datetime(2016, 1, 2), datetime(2030, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
units = st.sampled_from(UNITS)


@cache
def china() -> WorkingCalendar:
    return books.book().calendar


@cache
def short(day_seconds: float) -> WorkingCalendar:
    raw = next(raw for raw in books.raws() if raw["kind"] == "calendar" and raw["name"] == "compressed")
    return WorkingCalendar(Calendar.model_validate(compressed(raw, day_seconds)))


def morning(text: str) -> datetime:
    """Return ten in the morning of a date in China."""
    return datetime.fromisoformat(f"{text}T10:00:00+08:00").astimezone(UTC)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - first).days)]


def is_working(on: date) -> bool:
    return china().is_working(china().day_of(on))


# The data


@pytest.mark.parametrize("year", YEARS)
def test_every_day_is_as_two_other_sources_have_it(year: int) -> None:
    official = holidays.country_holidays("CN", years=year)
    ours = {on: is_working(on) for on in days_of(year)}
    assert {on: chinese_calendar.is_workday(on) for on in ours} == ours
    assert {on: official.is_working_day(on) for on in ours} == ours


@pytest.mark.parametrize("year", WORKING_DAYS)
def test_the_working_days_of_a_year(year: int) -> None:
    assert sum(is_working(on) for on in days_of(year)) == WORKING_DAYS[year]


def test_days_off_are_weekdays_and_made_up_days_are_not() -> None:
    """Each entry does something: a holiday on a Sunday, or a Monday made up, would be an error in the data."""
    document = china().document
    off = [date.fromisoformat(f"{year}-{text}") for year, texts in document.holidays.items() for text in texts]
    extra = [date.fromisoformat(f"{year}-{text}") for year, texts in document.makeup.items() for text in texts]
    assert [on for on in off if on.isoweekday() in document.weekend] == []
    assert [on for on in extra if on.isoweekday() not in document.weekend] == []
    assert sorted(document.holidays) == sorted(document.makeup) == list(YEARS)
    assert (document.first_year, document.last_year) == (YEARS[0], YEARS[-1])


def test_a_term_over_the_spring_festival_of_2018() -> None:
    """20 working days from 5 February skip 15 to 21 February, and count Sunday the 11th and Saturday the 24th."""
    calendar, start = china(), morning("2018-02-05")
    counted = [on for on in days_of(2018) if date(2018, 2, 5) < on <= date(2018, 3, 8) and is_working(on)]
    assert date(2018, 2, 11) in counted
    assert date(2018, 2, 24) in counted
    assert not {date(2018, 2, day) for day in range(15, 22)} & {*counted}
    assert len(counted) == 20
    assert calendar.label(calendar.after(start, 20, "working")) == "2018-03-08"


# The edges


def test_beyond_the_last_published_year_a_day_is_provisional() -> None:
    calendar = china()
    assert not calendar.is_provisional(calendar.day_of(date(2026, 12, 31)))
    assert calendar.is_provisional(calendar.day_of(date(2027, 1, 1)))
    assert calendar.label(calendar.after(morning("2026-12-30"), 5, "working")) == "2027-01-06"


@pytest.mark.parametrize("text", ["2015-12-31", "2099-01-01"])
def test_a_day_outside_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        china().count(morning(text))
    reason = caught.value.reason
    assert (reason.code, reason.kind) == ("calendar.outside", ErrorKind.INVALID)
    assert reason.params == {"day": text, "calendar": "china@2026.1", "first": 2016, "last": 2066}


@pytest.mark.parametrize(("text", "days"), [("2016-01-04", -1), ("2066-12-30", 5)])
def test_a_term_that_leads_outside_is_refused(text: str, days: int) -> None:
    with pytest.raises(Refusal, match=r"calendar\.outside"):
        china().after(morning(text), days, "working")


# Counting


@given(st.lists(instants, min_size=3, max_size=3).map(sorted), units)
def test_adjoining_stretches_add_up(at: list[datetime], unit: Unit) -> None:
    first, middle, last = at
    calendar = china()
    whole = calendar.between(first, last, unit)
    assert whole == calendar.between(first, middle, unit) + calendar.between(middle, last, unit)
    assert whole >= 0
    assert calendar.between(last, first, unit) == -whole


@given(instants, st.integers(1, 400))
def test_a_term_of_working_days_ends_on_the_day_that_counts_so_many(at: datetime, days: int) -> None:
    calendar = china()
    day = calendar.after(at, days, "working")
    assert calendar.is_working(day)
    assert calendar.between(at, calendar.opens_at(day)) == days
    assert calendar.between(at, calendar.opens_at(day - 1)) == days - 1


@given(instants, st.integers(1, 400))
def test_a_term_of_calendar_days_ends_then_or_on_the_next_working_day(at: datetime, days: int) -> None:
    calendar = china()
    last, day = calendar.day(at) + days, calendar.after(at, days, "calendar")
    assert calendar.is_working(day)
    assert not any(calendar.is_working(between) for between in range(last, day))


@given(instants, st.integers(-200, 200))
def test_shift_leads_back(at: datetime, days: int) -> None:
    """From a working day, so many days on and back is the day itself; the days between are as many."""
    calendar = china()
    day = calendar.next_working(calendar.day(at))
    try:
        moved = calendar.shift(day, days)
    except Refusal:
        assert days < 0
        return
    assert calendar.is_working(moved)
    assert calendar.shift(moved, -days) == day
    assert calendar.between(calendar.opens_at(day), calendar.opens_at(moved)) == days


@given(instants, st.integers(1, 200))
def test_shift_from_a_free_day_counts_from_the_side_it_goes_to(at: datetime, days: int) -> None:
    calendar = china()
    day = calendar.day(at)
    ahead, behind = calendar.next_working(day), calendar.shift(day, -1) if at.year > 2017 else None
    assert calendar.shift(day, days) == calendar.shift(ahead, days - (0 if calendar.is_working(day) else 1))
    assert behind is None or (behind < day and not any(calendar.is_working(d) for d in range(behind + 1, day)))


@given(instants)
def test_a_day_lasts_from_midnight_to_midnight_in_china(at: datetime) -> None:
    calendar = china()
    day = calendar.day(at)
    assert calendar.opens_at(day) <= at < calendar.closes_at(day)
    assert calendar.opens_at(day).hour == 16
    assert calendar.label(day) == (at + timedelta(hours=8)).date().isoformat()


# Days that last a moment


@given(instants, st.integers(0, 400), st.sampled_from([0.2, 0.25, 0.5, 1.0, 3.0, 60.0]), units)
def test_every_compressed_day_works(at: datetime, days: int, seconds: float, unit: Unit) -> None:
    calendar = short(seconds)
    day = calendar.after(at, days, unit)
    assert day == calendar.day(at) + days == calendar.shift(calendar.day(at), days)
    assert calendar.is_working(day)
    assert not calendar.is_provisional(day)
    assert calendar.between(at, calendar.opens_at(day), unit) == days
    assert calendar.label(day) == f"day {day}"


@given(instants, st.integers(100, 1_000_000))
def test_a_compressed_day_begins_in_itself(at: datetime, microseconds: int) -> None:
    """Whatever its length: the instant at which a clock is stopped exactly at midnight belongs to the new day."""
    calendar = short(microseconds / 100_000)
    day = calendar.day(at)
    assert [calendar.day(calendar.opens_at(day + step)) for step in range(3)] == [day, day + 1, day + 2]


def test_a_compressed_morning_comes_in_proportion() -> None:
    calendar = short(10.0)
    day = calendar.day(morning("2026-11-24"))
    assert calendar.time_on(day, books.book().ladder.fires_at) - calendar.opens_at(day) == timedelta(seconds=3.75)
