"""Stages that come again: which period a turn is for, when it is due, and that nothing drifts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import clock
from rules.explain import text, why
from rules.narrate import narrate
from rules.project import evolve, fold
from rules.recurrence import Series
from schemas.command import Close, GrantExtension, HoldProject, RequestExtension, ResumeProject, Return
from schemas.event import ProjectCompleted, StageClosed, TurnOpened
from schemas.plan import Recurrence
from tests.support import books, returns
from tests.support.life import Life, beijing, shown
from tests.support.people import COUNTY, PREFECTURE, PROVINCE

CHINA = books.book().calendar
COMPRESSED = books.book(calendar="compressed").calendar
SUBMIT = Close(act="submit", stage="report")


def begun(at: str = "2018-05-07", **changes: Any) -> Life:  # noqa: ANN401 - see `returns.book`
    life = Life.begin(at=beijing(at), book=returns.book(**changes))
    life.close("prepare")
    return life


def series(first: str, *, compressed: bool = False, **recurs: Any) -> Series:  # noqa: ANN401 - fields of a recurrence
    calendar = COMPRESSED if compressed else CHINA
    rule = Recurrence(**{"months": 3, "times": 24, **recurs})
    return Series(rule, "calendar", passes=False, count=rule.times, first_at=beijing(first), calendar=calendar)


def turns(life: Life, stage: str) -> list[tuple[int, int, str]]:
    """Return round, period and due day of every opening."""
    return [(one.round, one.period, shown(one.due_at - timedelta(days=1))[:10]) for one in life.opened(stage)]


# Periods


@pytest.mark.parametrize(
    ("first", "recurs", "ends"),
    [
        ("2018-05-07", {"is_aligned": True}, ["2018-06-30", "2018-09-30", "2018-12-31", "2019-03-31"]),
        ("2018-06-30", {"is_aligned": True}, ["2018-06-30", "2018-09-30"]),
        ("2018-07-01", {"is_aligned": True}, ["2018-09-30", "2018-12-31"]),
        ("2018-05-07", {"is_aligned": True, "months": 1}, ["2018-05-31", "2018-06-30", "2018-07-31"]),
        ("2018-05-07", {"is_aligned": True, "months": 6}, ["2018-06-30", "2018-12-31"]),
        ("2018-05-07", {"is_aligned": True, "months": 12}, ["2018-12-31", "2019-12-31"]),
        ("2018-05-07", {"is_aligned": True, "months": 24}, ["2019-12-31", "2021-12-31"]),
        ("2018-05-07", {}, ["2018-08-07", "2018-11-07", "2019-02-07"]),
        ("2018-11-30", {}, ["2019-02-28", "2019-05-30", "2019-08-30"]),
        ("2020-02-29", {"months": 12}, ["2021-02-28", "2022-02-28", "2023-02-28", "2024-02-29"]),
    ],
)
def test_periods_end_where_the_plan_says(first: str, recurs: dict[str, Any], ends: list[str]) -> None:
    periods = series(first, **recurs)
    assert [CHINA.label(periods.last_day(number)) for number in range(1, len(ends) + 1)] == ends


def test_a_month_of_a_demonstration_calendar_is_thirty_of_its_days() -> None:
    day = COMPRESSED.day(beijing("2018-05-07"))
    plain, aligned = series("2018-05-07", compressed=True), series("2018-05-07", compressed=True, is_aligned=True)
    assert [plain.last_day(number) - day for number in (1, 2, 24)] == [90, 180, 2160]
    assert [(aligned.last_day(number) + 1) % 90 for number in (1, 2, 24)] == [0, 0, 0]
    assert 0 <= aligned.last_day(1) - day < 90


@given(
    first=st.dates(date(2017, 1, 1), date(2024, 12, 31)),
    months=st.sampled_from([1, 2, 3, 4, 6, 12, 24]),
    is_aligned=st.booleans(),
    number=st.integers(1, 20),
    due_days=st.integers(0, 40),
    unit=st.sampled_from(["working", "calendar"]),
    hours=st.integers(0, 24 * 900),
)
def test_a_turn_is_due_after_its_period_and_never_in_the_past(  # noqa: PLR0913 - a whole recurrence
    first: date,
    months: int,
    is_aligned: bool,  # noqa: FBT001
    number: int,
    due_days: int,
    unit: Any,  # noqa: ANN401
    hours: int,
) -> None:
    """The ordinary clock finds the due day from the budget: a working day, so many days after the period."""
    start = datetime(first.year, first.month, first.day, 2, tzinfo=UTC)
    rule = Recurrence(months=months, times=24, is_aligned=is_aligned, due_days=due_days)
    periods = Series(rule, unit, passes=False, count=24, first_at=start, calendar=CHINA)
    now = start + timedelta(hours=hours)
    budget = periods.budget_days(number, now)
    due = CHINA.after(now, budget, unit)
    assert budget >= 1
    assert CHINA.is_working(due)
    assert due >= CHINA.day(now) + 1
    end = CHINA.opens_at(periods.last_day(number))
    wanted = CHINA.after(end, due_days, unit) if due_days else CHINA.next_working(periods.last_day(number))
    assert due == max(wanted, CHINA.after(now, max(due_days, 1), unit))
    assert periods.last_day(number + 1) > periods.last_day(number)


# A stage that people close


def test_twenty_four_quarters_each_due_on_the_fifteenth_after_it() -> None:
    """Closed in time or weeks late, each return stays due 15 days after its own quarter, moved on from free days."""
    life = begun("2018-05-07")
    for number in range(24):
        due = clock.due_at(life.turn("report"), CHINA)
        assert due
        late = timedelta(days=20) if number % 5 == 4 else -timedelta(days=7)
        life.until(due + late)
        life.ok(COUNTY, SUBMIT)
    opened = turns(life, "report")
    assert [(number, period) for number, period, _ in opened] == [(n, n) for n in range(1, 25)]
    assert [due for *_, due in opened[:6]] == [
        "2018-07-16",  # the 15th is a Sunday
        "2018-10-15",
        "2019-01-15",
        "2019-04-15",
        "2019-07-15",
        "2019-10-15",
    ]
    assert opened[-1] == (24, 24, "2024-04-15")
    assert life.stage("report").status == "done"
    assert life.stage("report").period == 24
    life.until_day("2024-05-08")  # and the six years of the watch have passed
    life.close("last")
    assert isinstance(life.events[-1], ProjectCompleted)
    assert fold(life.journal) == life.state


def test_a_further_period_begins_with_nothing_of_the_one_before() -> None:
    life = begun()
    life.until_day("2018-07-10")
    life.ok(COUNTY, SUBMIT)
    stage = life.stage("report")
    assert (stage.status, stage.round, stage.period, stage.percent) == ("open", 2, 1, 0)
    assert (stage.closed_by, stage.closed_at) == ("", None)
    assert life.turn("report").period == 2
    assert life.turn("report").fired == ()
    closed = next(event for event in life.events if isinstance(event, StageClosed) and event.stage == "report")
    assert closed.period == 1


def test_a_return_of_a_past_quarter_still_gets_its_days() -> None:
    """Closed three quarters late, the next one is over already: it is owed all the same, within its 15 days."""
    life = begun()
    life.until_day("2019-03-20")
    life.ok(COUNTY, SUBMIT)
    assert turns(life, "report")[-1] == (2, 2, "2019-04-04")
    assert next(rung.kind for rung in life.rungs("report")) == "reminder"
    life.ok(COUNTY, SUBMIT)
    life.ok(COUNTY, SUBMIT)
    assert turns(life, "report")[-1] == (4, 4, "2019-04-15")


def test_an_extension_moves_one_period_and_no_later_one() -> None:
    life = begun()
    life.until_day("2018-07-10")
    life.ok(COUNTY, RequestExtension(stage="report", days=30, reason="census"))
    life.ok(PROVINCE, GrantExtension(stage="report"))
    assert life.due("report") == "2018-08-15"
    (why_report,) = (one for one in why(life.state, life.book, life.now).stages if one.stage == "report")
    assert why_report.extension_days == 30
    life.ok(COUNTY, SUBMIT)
    assert life.due("report") == "2018-10-15"


def test_returned_it_is_for_the_last_period_again() -> None:
    """The figures of a quarter prove wrong after the next has opened: that quarter is owed once more, then the next."""
    life = begun()
    life.until_day("2018-07-10")
    life.ok(COUNTY, SUBMIT)
    life.until_day("2018-07-20")
    assert life.code(COUNTY, Return(stage="watch", code="WRONG", note="-")) == "return.not_done"
    life.ok(PREFECTURE, Return(stage="report", code="WRONG", note="households counted twice"))
    assert (life.stage("report").period, life.turn("report").period, life.stage("report").round) == (0, 1, 3)
    assert life.due("report") == "2018-08-06"  # the quarter is over, so the 15 days begin now: a Saturday moves on
    life.ok(COUNTY, SUBMIT)
    assert (life.turn("report").period, life.due("report")) == (2, "2018-10-15")
    assert life.code(PREFECTURE, Return(stage="last", code="WRONG", note="-")) == "return.not_done"


def test_before_any_period_is_over_there_is_nothing_to_return() -> None:
    assert begun().code(PREFECTURE, Return(stage="report", code="WRONG", note="-")) == "return.not_done"


def test_what_is_returned_below_takes_its_place_again() -> None:
    """The stage before is returned in the third quarter: periods that are over stay so, the broken one begins again."""
    life = begun()
    for day in ("2018-07-10", "2018-10-10"):
        life.until_day(day)
        life.ok(COUNTY, SUBMIT)
    life.until_day("2018-11-05")
    life.ok(PREFECTURE, Return(stage="prepare", code="WRONG", note="-"))
    assert (life.stage("report").status, life.stage("report").period) == ("pending", 2)
    life.until_day("2018-11-12")
    life.close("prepare")
    assert turns(life, "report")[-1] == (4, 3, "2019-01-15")
    assert turns(life, "watch")[-1] == (2, 1, "2019-05-07")


# A stage that only passes


@pytest.mark.parametrize(("tier", "years"), [("general", 6), ("border", 10)])
def test_a_yearly_watch_of_six_years_and_ten_at_the_border(tier: str, years: int) -> None:
    """Each year ends on the day of the first opening, on the next working day when that is free; nothing drifts."""
    life = Life.begin(at=beijing("2018-05-07"), book=returns.book(quarterly={"times": 1}), tier=tier)
    life.close("prepare")
    life.ok(COUNTY, SUBMIT)
    life.until(beijing(f"{2018 + years}-06-01"))
    expected = [CHINA.label(CHINA.next_working(CHINA.day_of(date(2018 + n, 5, 7)))) for n in range(1, years + 1)]
    assert turns(life, "watch") == [(n, n, due) for n, due in enumerate(expected, start=1)]
    assert life.stage("watch").status == "done"
    assert life.fired("watch") == []


def test_a_held_watch_ends_with_the_years_all_the_same() -> None:
    """Held for two years: the year that was running ends later, those that passed meanwhile are over with it."""
    life = begun(quarterly={"times": 1})
    life.ok(COUNTY, SUBMIT)
    life.until_day("2018-11-05")
    life.ok(PREFECTURE, HoldProject(code="DISASTER"))
    life.until_day("2020-11-05")
    life.ok(PREFECTURE, ResumeProject())
    life.until_day("2024-06-01")
    assert [(period, due) for _, period, due in turns(life, "watch")] == [
        (1, "2019-05-07"),
        (4, "2022-05-07"),  # a Saturday that is worked
        (5, "2023-05-08"),
        (6, "2024-05-07"),
    ]
    assert life.stage("watch").status == "done"


@settings(max_examples=25)
@given(
    first=st.dates(date(2018, 1, 1), date(2020, 12, 31)),
    months=st.sampled_from([1, 3, 12]),
    times=st.integers(1, 12),
)
def test_a_watch_has_all_its_periods_without_gap(first: date, months: int, times: int) -> None:
    life = begun(first.isoformat(), quarterly={"times": 1}, yearly={"months": months, "times": times})
    life.ok(COUNTY, SUBMIT)
    life.until(life.now + timedelta(days=31 * months * times + 15))
    opened, turns_past = life.opened("watch"), life.stage("watch").past
    assert [one.period for one in opened] == list(range(1, times + 1))
    for before, after in pairwise(turns_past):
        assert before.segments[-1].until_at == after.opened_at
    days = clock.days_by_party(clock.segments(life.stage("watch")), CHINA, life.now)
    assert sum(days.values()) == CHINA.between(
        turns_past[0].opened_at, turns_past[-1].segments[-1].until_at or life.now
    )


def test_a_stage_opened_under_a_plan_without_periods_goes_on_under_one_with_them() -> None:
    """Its turn is for no period: when it is over the first one is, or as many as have passed meanwhile."""
    life = begun(quarterly={"times": 1})
    step = life.steps[-1]
    old = [
        one.entry.model_copy(update={"event": one.entry.event.model_copy(update={"period": 0})})
        if isinstance(one.entry.event, TurnOpened)
        else one.entry
        for one in life.steps
    ]
    state = None
    for entry in old:
        state = evolve(state, entry)
    assert state
    life.steps[-1] = type(step)(step.before, step.entry, state)
    life.until_day("2019-05-09")
    assert turns(life, "watch")[-1] == (2, 2, "2020-05-07")


# In words


def test_periods_are_told() -> None:
    life = begun()
    life.until_day("2018-07-10")
    life.ok(COUNTY, SUBMIT)
    lines = [narrate(entry, life.book, "zh-CN") for entry in life.journal[-2:]]
    assert "（第 1 期）" in lines[0]
    assert "（第 2 期）" in lines[1]
    assert "Period 2 of 24, which ends on 2018-09-30" in "\n".join(
        text(why(life.state, life.book, life.now), life.book, "en")
    )
