"""Seasons in which outdoor work stops: their days count for nobody's term, and for the season's party."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import clock, ladder
from rules.calendar import WorkingCalendar
from rules.explain import text, why
from rules.projection import project_row, stage_row, stage_rows
from schemas.command import (
    Acknowledge,
    Agree,
    ClearObstacle,
    GrantExtension,
    HoldProject,
    ReportObstacle,
    RequestChange,
    RequestExtension,
    ResumeProject,
)
from schemas.event import ExtensionGranted, RungFired
from schemas.plan import Season
from schemas.turn import Segment, Turn
from tests.support import books, seasons
from tests.support.life import Life, beijing, shown
from tests.support.people import BUILDER, COUNTY, PREFECTURE, PROVINCE, PROVINCE_DEPUTY

CHINA = books.book().calendar
WINTER = Season.model_validate(seasons.WINTER)
RAIN = Season.model_validate({**seasons.WINTER, "code": "RAIN", "party": "road", "since": "07-01", "until": "08-31"})
NOVEMBER = Season.model_validate({**seasons.WINTER, "code": "NOV", "party": "land", "since": "11-01", "until": "11-30"})
SETS = [(), (WINTER,), (WINTER, RAIN), (NOVEMBER, WINTER), (WINTER, NOVEMBER)]
CALENDARS = [WorkingCalendar(CHINA.document, chosen) for chosen in SETS]

instants = st.integers(0, 7 * 365 * 24).map(lambda hours: datetime(2017, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
units = st.sampled_from(["working", "calendar"])


def building(at: str, stage: str = "cable", **changes: Any) -> Life:  # noqa: ANN401 - fields of the season
    """Return a project in Nujiang whose outdoor stage has just opened, under a winter stop."""
    life = Life.begin(at=beijing(at), book=seasons.book({**seasons.WINTER, **changes}))
    life.close_before(stage)
    return life


def is_stopped(day: int, chosen: tuple[Season, ...]) -> bool:
    on = (date(1970, 1, 1) + timedelta(days=day)).strftime("%m-%d")
    return any(s.since <= on <= s.until if s.since <= s.until else on >= s.since or on <= s.until for s in chosen)


# The calendar, as properties


@given(since=instants, length=st.timedeltas(timedelta(), timedelta(days=900)), calendar=st.sampled_from(CALENDARS))
def test_days_that_count_and_days_that_are_stopped_are_all_working_days(
    since: datetime, length: timedelta, calendar: WorkingCalendar
) -> None:
    until = since + length
    assert calendar.between(since, until) + sum(calendar.stopped(since, until).values()) == CHINA.between(since, until)


@given(since=instants, days=st.integers(1, 400), unit=units, calendar=st.sampled_from(CALENDARS))
def test_no_term_ends_in_a_stop(since: datetime, days: int, unit: Any, calendar: WorkingCalendar) -> None:  # noqa: ANN401
    """It ends on a working day outside every season, after exactly its days; a calendar term may move on from there."""
    due = calendar.after(since, days, unit)
    assert CHINA.is_working(due)
    assert not is_stopped(due, calendar.seasons)
    counted = calendar.between(since, calendar.opens_at(due), unit)
    assert counted == days if unit == "working" else counted >= days
    assert due >= CHINA.after(since, days, unit)


@given(day=instants, offset=st.integers(-80, 80).filter(bool), calendar=st.sampled_from(CALENDARS))
def test_no_rung_lies_in_a_stop(day: datetime, offset: int, calendar: WorkingCalendar) -> None:
    due = calendar.after(day, 30, "calendar")
    shifted = calendar.shift(due, offset)
    assert not is_stopped(shifted, calendar.seasons)
    low, high = sorted((due, shifted))
    assert calendar.between(calendar.opens_at(low), calendar.opens_at(high)) == abs(offset)


@given(
    cuts=st.lists(instants, min_size=2, max_size=6, unique=True), calendar=st.sampled_from(CALENDARS), data=st.data()
)
def test_each_working_day_goes_to_exactly_one_party(
    cuts: list[datetime], calendar: WorkingCalendar, data: st.DataObject
) -> None:
    """Whoever had the ball, running or held: the parties' days add up to the working days from first to last."""
    cuts = sorted(cuts)
    parties = data.draw(st.lists(st.sampled_from(["builder", "weather", "power"]), min_size=5, max_size=5))
    running = data.draw(st.lists(st.booleans(), min_size=5, max_size=5))
    spans = [
        Segment(party=party, since_at=since, until_at=until, is_running=is_running)
        for since, until, party, is_running in zip(cuts, cuts[1:], parties, running, strict=False)
    ]
    days = clock.days_by_party(spans, calendar, cuts[-1])
    assert sum(days.values()) == CHINA.between(cuts[0], cuts[-1])


@given(opened=instants, budget=st.integers(5, 200), before=st.integers(0, 300), held=st.integers(0, 400), unit=units)
def test_a_hold_keeps_what_was_left_across_seasons(
    opened: datetime,
    budget: int,
    before: int,
    held: int,
    unit: Any,  # noqa: ANN401
) -> None:
    calendar = CALENDARS[2]
    segment = Segment(party="builder", since_at=opened)
    turn = Turn(
        kind="work",
        owner="builder",
        party="builder",
        budget_days=budget,
        unit=unit,
        original_due_at=opened,
        segments=(segment,),
    )
    stopped_at = opened + timedelta(days=before)
    resumed_at = stopped_at + timedelta(days=held)
    left = clock.left(turn, calendar, stopped_at)
    again = clock.running(clock.held(turn, stopped_at, "weather"), resumed_at)
    assert clock.left(again, calendar, resumed_at) == left
    due = clock.due_day(again, calendar)
    assert due is not None
    assert not is_stopped(due, calendar.seasons)


def test_where_seasons_overlap_the_first_has_the_day() -> None:
    november = CALENDARS[3].stopped(beijing("2018-10-31"), beijing("2018-12-31"))
    assert november == {"land": 22, "weather": 21}


def test_calendars_for_demonstrations_know_no_seasons() -> None:
    book = seasons.book(calendar="compressed")
    assert book.calendar_of("cable", Life.begin(book=book).state.project) is book.calendar
    assert WorkingCalendar(book.calendar.document, (WINTER,)).seasons == ()


# A project under them


def test_the_due_day_leaps_over_the_winter() -> None:
    """90 calendar days from 8 October: 37 until the stop, 53 from 16 March, which makes 7 May."""
    life = building("2018-10-08")
    assert life.due("cable") == "2019-05-07"
    assert CHINA.label(CHINA.after(beijing("2018-10-08"), 90, "calendar")) == "2019-01-07"


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2018-12-24", "2019-06-13"),  # within the stop: as if it had opened on its last day
        ("2019-03-15", "2019-06-13"),
        ("2019-03-16", "2019-06-14"),
        ("2018-08-16", "2018-11-14"),  # ends on the last day before the stop
        ("2018-08-17", "2019-03-18"),  # a day later, and it ends after it: 16 March is a Saturday
    ],
)
def test_a_term_around_the_edges_of_a_stop(opened: str, due: str) -> None:
    assert building(opened).due("cable") == due


def test_no_rung_fires_in_the_stop_and_nothing_is_stored_up() -> None:
    """The due day is 31 October; of what follows only the overdue reminder and the order come before the winter."""
    life = building("2018-08-02")
    assert life.due("cable") == "2018-10-31"
    rungs = {key: at for key, at, _ in life.table()}
    assert rungs["overdue"] == "2018-11-01 09:00"
    assert rungs["supervision-order"] == "2018-11-09 09:00"
    assert rungs["circular"] == "2019-03-22 09:00"  # three working days were left before the stop, five come after it
    ahead = [(rung.key, rung.at) for rung in life.rungs()]
    life.until(beijing("2019-03-18"))
    assert [rung.rung for rung in life.fired("cable")] == [key for key, at in ahead if at <= beijing("2018-11-14")]
    life.until(beijing("2019-04-30"))
    assert [(rung.rung, rung.nominal_at) for rung in life.fired("cable")] == [
        (key, at) for key, at in ahead if at <= life.now
    ]


def test_an_indoor_stage_and_another_area_go_on() -> None:
    assert building("2018-10-08", stage="equipment").due("equipment") == "2018-12-07"
    assert building("2018-10-08", areas=["5334", "54"]).due("cable") == "2019-01-07"
    assert building("2018-10-08", areas=["533301101"]).due("cable") == "2019-05-07"


def test_days_of_the_stop_go_to_the_weather_in_every_place_that_tells() -> None:
    life = building("2018-10-08")
    life.until(beijing("2019-04-01"))
    assert life.state.stages["cable"].turn
    calendar = life.book.calendar_of("cable", life.state.project)
    spans = clock.segments(life.stage("cable"))
    days = clock.days_by_party(spans, calendar, life.now)
    assert days == {"builder": CHINA.between(spans[0].since_at, life.now) - days["weather"], "weather": 83}
    row = stage_row("cable", 0, life.state, life.book, life.now)
    assert row.days_by_party == f'{{"builder":{days["builder"]},"weather":83}}'
    assert row.due_at == project_row(life.state, life.book, life.now).next_due_at == life.rungs()[0].due_at
    explained = why(life.state, life.book, life.now)
    (stage,) = explained.stages
    assert stage.seasons == ("WINTER_STOP",)
    assert [(s.working_days, s.stopped_days) for s in stage.stretches] == [(sum(days.values()), 83)]
    assert stage.left_days == 90 - stage.used_days == 90 - 37 - 17
    told = "\n".join(text(explained, life.book, "zh-CN"))
    assert "冬季停工期（每年 11-15 至 03-15）不计天数，工作日计入天气与灾害" in told
    assert "其中停工季 83 个工作日" in told


def test_a_hold_across_the_winter_keeps_every_day() -> None:
    """Held from 5 November to 5 April: ten days of the term are lost neither to the hold nor to the season."""
    life = building("2018-10-08")
    life.until(beijing("2018-11-05"))
    left = clock.left(life.turn(), life.book.calendar_of("cable", life.state.project), life.now)
    life.ok(PREFECTURE, HoldProject(code="MATERIAL"))
    life.until(beijing("2019-04-08"))
    life.ok(PREFECTURE, ResumeProject())
    calendar = life.book.calendar_of("cable", life.state.project)
    assert clock.left(life.turn(), calendar, life.now) == left == 62
    assert life.due("cable") == calendar.label(calendar.after(life.now, left, "calendar"))
    days = clock.days_by_party(clock.segments(life.stage("cable")), calendar, life.now)
    assert days["weather"] == 83
    assert sum(days.values()) == CHINA.between(life.turn().opened_at, life.now)


def test_an_extension_that_reaches_into_the_winter_ends_after_it() -> None:
    life = building("2018-08-02")
    life.until(beijing("2018-10-15"))
    life.ok(BUILDER, RequestExtension(days=30, reason="snow comes"))
    life.ok(PROVINCE, GrantExtension())
    assert life.due("cable") == "2019-04-01"  # 14 of the 30 days before the stop, 16 after it: a Sunday moves on
    (granted,) = (event for event in life.events if isinstance(event, ExtensionGranted))
    assert granted.due_at
    assert shown(granted.due_at) == "2019-04-02 00:00"


def test_an_obstacle_of_an_outdoor_stage_stands_still_too() -> None:
    life = building("2018-10-08")
    life.until(beijing("2018-11-12"))
    life.ok(COUNTY, ReportObstacle(code="NO_POWER", note="transformer"))
    assert life.due("cable") == "2019-04-11"  # 2 working days before the stop, 18 after it
    life.until(beijing("2019-03-20"))
    life.ok(COUNTY, ClearObstacle())
    assert life.turn().kind == "work"
    days = clock.days_by_party(
        clock.segments(life.stage("cable")), life.book.calendar_of("cable", life.state.project), life.now
    )
    assert (days["power"], days["weather"]) == (5, 83)


def test_a_promise_over_the_winter_costs_only_days_that_count() -> None:
    """Sixty working days are the limit of promises; those of the stop are not among them."""
    life = building("2018-08-02")
    life.until(beijing("2018-11-02"))
    life.ok(BUILDER, Acknowledge(promised_at=beijing("2019-03-29")))
    assert life.turn().promised_days == 18
    assert min(rung.at for rung in life.rungs("cable")) >= beijing("2019-03-29", "00:00")


def test_a_calendar_with_stops_is_built_once_and_shared() -> None:
    book = seasons.book()
    first, second = (
        Life.begin(book=book).state.project.model_copy(update={"village_code": code})
        for code in ("533301101201", "533324999999")
    )
    assert book.calendar_of("cable", first) is book.calendar_of("route", second)
    assert book.counting("cable", first) is book.counting("route", second)
    assert book.calendar_of("contract", first) is book.calendar
    assert ladder.rungs(Life.begin(book=book).state, book)


# A village that moves out of the season


def test_a_move_out_of_the_season_fires_nothing_past() -> None:
    """The winter did not stop work in the new village: the term is over at once, but nothing comes down at once."""
    book = seasons.book({**seasons.WINTER, "areas": ["533301"]})
    life = Life.begin(at=beijing("2018-09-03"), book=book)
    while "survey_design" not in life.state.open_stages():
        life.pass_days(7)
        life.close(life.state.open_stages()[0])
    life.until_day("2019-03-20")
    ahead = life.rungs("survey_design")
    act = RequestChange(kind="move", code="RELOCATED", village_code="533323103201", note="relocated")
    life.ok(COUNTY, act)
    before = len(life.events)
    deciders = iter((PREFECTURE, PROVINCE, PROVINCE_DEPUTY))
    while life.state.matters:
        life.ok(next(deciders), Agree(number="No. 9"))
    assert life.rungs("survey_design") != ahead
    assert all(rung.at >= life.now for rung in life.rungs("survey_design"))
    life.wake()
    assert not [event for event in life.events[before:] if isinstance(event, RungFired)]


def test_rows_of_stages_that_are_done_follow_a_move() -> None:
    """What is written in steps is what a rebuild writes: the days of the winter are another party's there."""
    book = seasons.book({**seasons.WINTER, "areas": ["533323"]})
    life = Life.begin(at=beijing("2018-09-03"), book=book)
    while "survey_design" not in life.state.open_stages():
        life.pass_days(7)
        life.close(life.state.open_stages()[0])
    life.until_day("2019-01-20")
    life.close("survey_design")
    before, known = life.state, stage_rows(life.state, book, life.now)
    act = RequestChange(kind="move", code="RELOCATED", village_code="533323103201", note="relocated")
    life.ok(COUNTY, act)
    deciders = iter((PREFECTURE, PROVINCE, PROVINCE_DEPUTY))
    while life.state.matters:
        life.ok(next(deciders), Agree(number="No. 9"))
    rows = {row.stage: row for row in [*known, *stage_rows(life.state, book, life.now, before)]}
    assert list(rows.values()) == stage_rows(life.state, book, life.now)
    assert "weather" in rows["survey_design"].days_by_party
