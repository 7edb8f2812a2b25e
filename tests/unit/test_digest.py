"""Digests go out in the office hours of working days, spread and always at the same instant; nights are quiet."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.files.policies import compressed
from rules.calendar import WorkingCalendar
from rules.digest import after_quiet, goes_alone, is_quiet, latest, letter_key, may_send, next_due
from schemas.calendar import Calendar
from schemas.directory import Person
from schemas.messaging import Hours, LetterKind, MessagingPolicy
from tests.support import books

HEAD: dict[str, Any] = {
    "name": "test",
    "version": "1",
    "title": {"zh": "测试", "en": "Test"},
    "source": "test",
    "calendar": "china",
    "letters": "standard",
}
POLICY = MessagingPolicy(**HEAD)
HE = Person(person_id="p1", name="和建国")


@cache
def china() -> WorkingCalendar:
    return books.book().calendar


@cache
def short(day_seconds: float) -> WorkingCalendar:
    raw = next(raw for raw in books.raws() if raw["kind"] == "calendar" and raw["name"] == "compressed")
    return WorkingCalendar(Calendar.model_validate(compressed(raw, day_seconds)))


def policy(**changes: Any) -> MessagingPolicy:  # noqa: ANN401 - any field
    return MessagingPolicy(**{**HEAD, **changes})


def at(text: str) -> datetime:
    """Return an instant of local time in China."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def local(instant: datetime) -> str:
    return f"{instant + timedelta(hours=8):%Y-%m-%d %H:%M}"


instants = st.datetimes(datetime(2016, 2, 1), datetime(2026, 12, 20)).map(lambda found: found.replace(tzinfo=UTC))  # noqa: DTZ001
clocks = st.times().map(lambda found: found.replace(microsecond=0))
persons = st.builds(
    lambda number, hour: Person(person_id=f"p{number}", name="某", digest_at=hour),
    st.integers(0, 5000),
    st.none() | clocks,
)
policies = st.builds(
    lambda hours, digest_at, jitter, quiet: policy(
        office={"since": min(hours), "until": max(hours)},
        digest_at=digest_at,
        jitter_minutes=jitter,
        quiet={"since": quiet[0], "until": quiet[1]},
    ),
    st.tuples(clocks, clocks).filter(lambda pair: pair[0] != pair[1]),
    clocks,
    st.integers(0, 240),
    st.tuples(clocks, clocks),
)
calendars = st.sampled_from([china(), short(1.0), short(60.0)])


# Which day


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2018-07-20T09:00:00", "2018-07-19"),  # its hour has not come
        ("2018-07-20T10:00:00", "2018-07-20"),
        ("2018-07-22T12:00:00", "2018-07-20"),  # a Sunday
        ("2018-09-29T10:00:00", "2018-09-29"),  # 调休: a Saturday worked before National Day
        ("2018-09-30T10:00:00", "2018-09-30"),  # and a Sunday
        ("2018-10-01T10:00:00", "2018-09-30"),  # National Day
        ("2018-10-07T23:59:59", "2018-09-30"),  # its last day, a Sunday
        ("2018-10-08T10:00:00", "2018-10-08"),
        ("2018-02-24T10:00:00", "2018-02-24"),  # a Saturday worked after Spring Festival
    ],
)
def test_the_newest_digest_is_that_of_the_last_working_day_whose_hour_has_come(now: str, day: str) -> None:
    found = latest(POLICY, china(), HE, at(now))
    assert found is not None
    assert found.label == day
    assert f"{day} 09:30" <= local(found.at) < f"{day} 09:50"


@pytest.mark.parametrize(
    ("since", "day"),
    [
        ("2018-07-20T09:00:00", "2018-07-20"),
        ("2018-07-20T10:00:00", "2018-07-23"),
        ("2018-09-28T12:00:00", "2018-09-29"),
        ("2018-09-30T12:00:00", "2018-10-08"),
        ("2018-10-03T09:00:00", "2018-10-08"),
    ],
)
def test_the_next_digest_skips_holidays_and_takes_worked_weekends(since: str, day: str) -> None:
    assert next_due(POLICY, china(), HE, at(since)).label == day


def test_before_the_first_working_day_of_the_calendar_there_is_no_digest() -> None:
    assert latest(POLICY, china(), HE, at("2016-01-03T12:00:00")) is None
    assert latest(POLICY, china(), HE, at("2015-06-01T12:00:00")) is None


@settings(deadline=None)  # the first builds a calendar
@given(policies, calendars, persons, instants)
def test_a_digest_hour_lies_in_the_office_hours_of_a_working_day(
    rules: MessagingPolicy, calendar: WorkingCalendar, person: Person, now: datetime
) -> None:
    for found in (latest(rules, calendar, person, now), next_due(rules, calendar, person, now)):
        assert found is not None
        day = calendar.day(found.at)
        assert calendar.is_working(day)
        assert calendar.label(day) == found.label
        assert calendar.time_on(day, rules.office.since) <= found.at <= calendar.time_on(day, rules.office.until)


@settings(deadline=None)  # the first builds a calendar
@given(policies, calendars, persons, instants)
def test_the_newest_and_the_next_digest_enclose_every_instant(
    rules: MessagingPolicy, calendar: WorkingCalendar, person: Person, now: datetime
) -> None:
    before, after = latest(rules, calendar, person, now), next_due(rules, calendar, person, now)
    assert before is not None
    assert before.at <= now < after.at
    assert latest(rules, calendar, person, after.at) == after
    assert latest(rules, calendar, person, after.at - timedelta(microseconds=1)) == before
    assert next_due(rules, calendar, person, before.at) == after


@settings(deadline=None)  # the first builds a calendar
@given(policies, calendars, persons, instants, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_later_asked_later_told(
    rules: MessagingPolicy, calendar: WorkingCalendar, person: Person, now: datetime, later: timedelta
) -> None:
    first, second = latest(rules, calendar, person, now), latest(rules, calendar, person, now + later)
    assert first is not None
    assert second is not None
    assert first.at <= second.at
    assert next_due(rules, calendar, person, now).at <= next_due(rules, calendar, person, now + later).at


# Jitter and one's own hour


def test_digests_are_spread_over_the_jitter_and_each_stays_where_it_is() -> None:
    now = at("2018-07-20T12:00:00")
    found = [latest(POLICY, china(), Person(person_id=f"p{n}", name="某"), now) for n in range(2000)]
    minutes = [(one.at - at("2018-07-20T09:30:00")) / timedelta(minutes=1) for one in found if one]
    by_minute = [sum(minute <= value < minute + 1 for value in minutes) for minute in range(20)]
    assert sum(by_minute) == 2000
    assert min(by_minute) > 60  # 100 on the average
    assert max(by_minute) < 140
    again = [latest(POLICY, china(), Person(person_id=f"p{n}", name="另"), now) for n in range(2000)]
    assert again == found


def test_a_person_is_not_always_the_last() -> None:
    days = [at(f"2018-07-{day}T12:00:00") for day in (16, 17, 18, 19, 20)]
    found = [latest(POLICY, china(), HE, day) for day in days]
    assert len({local(one.at)[11:] for one in found if one}) > 1


@pytest.mark.parametrize(
    ("own", "earliest", "last"),
    [
        (time(14, 0), "14:00", "14:20"),
        (time(9, 0), "09:00", "09:20"),
        (time(6, 30), "09:00", "09:20"),  # before office hours: when they begin
        (time(0, 0), "09:00", "09:20"),
        (time(17, 30), "17:30", "17:50"),
        (time(18, 0), "17:37", "17:57"),  # so late that the jitter would not fit
        (time(23, 30), "17:37", "17:57"),  # after office hours: the last of them
    ],
)
def test_ones_own_hour_counts_and_is_moved_into_office_hours(own: time, earliest: str, last: str) -> None:
    found = [
        latest(POLICY, china(), Person(person_id=f"p{n}", name="某", digest_at=own), at("2018-07-20T19:00:00"))
        for n in range(50)
    ]
    shown = [local(one.at) for one in found if one]
    assert len(shown) == 50
    assert min(shown) >= f"2018-07-20 {earliest}"
    assert max(shown) <= f"2018-07-20 {last}"
    assert len(set(shown)) > 10


def test_without_jitter_everybody_is_told_on_the_minute() -> None:
    found = latest(policy(jitter_minutes=0), china(), HE, at("2018-07-20T12:00:00"))
    assert found is not None
    assert found.at == at("2018-07-20T09:30:00")


def test_a_day_of_one_second_has_its_digest_at_the_same_part_of_it() -> None:
    calendar = short(1.0)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    found = next_due(policy(jitter_minutes=0), calendar, HE, now)
    part = (found.at - calendar.opens_at(calendar.day(found.at))) / timedelta(seconds=1)
    assert part == pytest.approx(9.5 / 24, abs=1e-5)
    assert found.label == f"day {calendar.day(found.at)}"


# When digests may go out


@pytest.mark.parametrize(
    ("now", "may"),
    [
        ("2018-07-20T08:59:59", False),
        ("2018-07-20T09:00:00", True),
        ("2018-07-20T17:59:59", True),
        ("2018-07-20T18:00:00", False),
        ("2018-07-21T10:00:00", False),  # Saturday
        ("2018-09-29T10:00:00", True),  # a Saturday worked
        ("2018-10-03T10:00:00", False),  # National Day
        ("2018-07-20T00:00:00", False),
    ],
)
def test_digests_go_out_in_office_hours_of_working_days(now: str, may: bool) -> None:  # noqa: FBT001 - a table
    assert may_send(POLICY, china(), at(now)) is may


def test_a_quiet_hour_at_noon_holds_digests_back() -> None:
    noon = policy(quiet={"since": "12:00", "until": "14:00"})
    asked = ("11:59:59", "12:00:00", "13:59:59", "14:00:00")
    assert [may_send(noon, china(), at(f"2018-07-20T{clock}")) for clock in asked] == [True, False, False, True]


# Quiet hours


@pytest.mark.parametrize(
    ("asked", "free"),
    [
        ("2018-07-20T19:59:59", "2018-07-20T19:59:59"),
        ("2018-07-20T20:00:00", "2018-07-21T08:00:00"),
        ("2018-07-20T23:59:59", "2018-07-21T08:00:00"),
        ("2018-07-21T00:00:00", "2018-07-21T08:00:00"),
        ("2018-07-21T07:59:59", "2018-07-21T08:00:00"),
        ("2018-07-21T08:00:00", "2018-07-21T08:00:00"),  # a Saturday: urgent letters go on any day
    ],
)
def test_quiet_hours_go_over_midnight(asked: str, free: str) -> None:
    assert after_quiet(POLICY, china(), at(asked)) == at(free)


def test_hours_that_begin_as_they_end_are_no_quiet_hours() -> None:
    never = policy(quiet={"since": "08:00", "until": "08:00"})
    assert after_quiet(never, china(), at("2018-07-20T08:00:00")) == at("2018-07-20T08:00:00")


@settings(deadline=None)  # the first builds a calendar
@given(policies, calendars, instants)
def test_after_quiet_hours_it_is_not_quiet_and_no_instant_before_was_free(
    rules: MessagingPolicy, calendar: WorkingCalendar, now: datetime
) -> None:
    free = after_quiet(rules, calendar, now)
    assert now <= free <= now + (calendar.opens_at(1) - calendar.opens_at(0))
    assert after_quiet(rules, calendar, free) == free
    assert is_quiet(rules, calendar, now) == (free > now)
    if free > now:
        assert is_quiet(rules, calendar, free - timedelta(microseconds=1))
    assert not (may_send(rules, calendar, now) and is_quiet(rules, calendar, now))


# What goes alone, and keys


@pytest.mark.parametrize(
    ("since", "level", "alone"), [(3, 2, False), (3, 3, True), (3, 5, True), (None, 5, False), (0, 0, True)]
)
def test_urgent_notices_go_alone_where_the_policy_says_so(since: int | None, level: int, alone: bool) -> None:  # noqa: FBT001 - a table
    assert goes_alone(policy(alone_from_level=since), level) is alone


def test_a_letter_has_one_key_for_person_kind_and_day() -> None:
    kinds: tuple[LetterKind, ...] = ("digest", "alone")
    days = ("2018-07-20", "2018-07-23")
    keys = {letter_key(person, kind, day) for person in ("p1", "p2") for kind in kinds for day in days}
    assert len(keys) == 8
    assert (
        letter_key("p1", "digest", "2018-07-20") == "dd9ee155fb01804cec85c09cdc54bdec4c10e613510a18114a31bb2bc1cfa715"
    )


def test_hours_are_written_in_quotes() -> None:
    assert Hours.model_validate({"since": "20:00", "until": "08:00"}).since == time(20, 0)
