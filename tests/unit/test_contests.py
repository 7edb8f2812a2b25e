"""Days that are counted to another party than before: contested days, and an outage of the system itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import clock
from schemas import event as e
from schemas.command import Agree, ContestDays, Decline, RecordOutage
from schemas.plan import Unit
from schemas.turn import Segment, Turn
from tests.support import books
from tests.support.acts import ASK_30, NO_POWER, RESUME, SNOW, life_at
from tests.support.life import Life, beijing, shown
from tests.support.people import (
    AUDITOR,
    BUILDER,
    COUNTY,
    NEIGHBOUR,
    POWER,
    PREFECTURE,
    PREFECTURE_DEPUTY,
    PROVINCE,
    actor,
    post,
)

OPERATOR = actor("operator", post("operator"))
"""Who runs the platform."""


def contest(
    since: str = "2018-05-14", until: str = "2018-05-21", party: str = "authority", stage: str = "route"
) -> ContestDays:
    """Return a claim on whole days, from the first midnight to the last."""
    since_at, until_at = beijing(since, "00:00"), beijing(until, "00:00")
    return ContestDays(stage=stage, party=party, reason="the road was closed", since_at=since_at, until_at=until_at)


def outage(since: str = "2018-05-14", until: str = "2018-05-17", clock_at: str = "00:00") -> RecordOutage:
    return RecordOutage(since_at=beijing(since, clock_at), until_at=beijing(until, clock_at), note="server room")


def building(until: str = "2018-06-04") -> Life:
    """Return a project whose route has been under construction since 7 May 2018, ninety calendar days."""
    life = life_at("route")
    life.until_day(until)
    return life


def days(life: Life, stage: str = "route") -> dict[str, int]:
    return clock.days_by_party(clock.segments(life.stage(stage)), life.book.calendar, life.now)


# Contested days


def test_upheld_days_are_given_back() -> None:
    """Seven calendar days go to the authority: the due day moves by as many, original and previous stay on record."""
    life = building()
    before, due = days(life), clock.due_at(life.turn("route"), life.book.calendar)
    life.ok(BUILDER, contest())
    assert days(life) == before
    assert clock.due_at(life.turn("route"), life.book.calendar) == due
    closed, moved = life.ok(PREFECTURE, Agree())
    assert isinstance(closed, e.MatterClosed)
    assert isinstance(moved, e.DaysReattributed)
    assert (moved.cause, moved.matter, moved.party, moved.previous_due_at) == ("contest", "M1", "authority", due)
    assert days(life) == {"authority": 5, "builder": before["builder"] - 5}
    turn = life.turn("route")
    assert moved.due_at == clock.due_at(turn, life.book.calendar)
    assert (turn.original_due_at, turn.previous_due_at) == (due, due)
    assert due is not None
    assert moved.due_at is not None
    assert (moved.due_at - due).days == 7


def test_a_contest_that_is_refused_changes_nothing() -> None:
    life = building()
    life.ok(BUILDER, contest())
    before = life.state.stages
    life.ok(PREFECTURE, Decline(reason="the road was open"))
    assert (life.state.stages, life.state.matters) == (before, ())


def test_nobody_decides_their_own_contest() -> None:
    """The prefecture may contest what it owns, here its own acceptance, but another person has to decide."""
    life = life_at("preliminary_acceptance")
    life.pass_days(20)
    claim = contest("2018-05-08", "2018-05-12", "weather", "preliminary_acceptance")
    life.ok(PREFECTURE, claim)
    assert life.code(PREFECTURE, Agree()) == "matter.own_request"
    life.ok(PREFECTURE_DEPUTY, Agree())
    assert days(life, "preliminary_acceptance")["weather"] == 3  # 12 May is a Saturday


def test_days_of_a_stage_that_is_done() -> None:
    """They change hands too; there is no due day to move."""
    life = building()
    life.close("route")
    life.ok(BUILDER, contest())
    moved = life.ok(PREFECTURE, Agree())[-1]
    assert isinstance(moved, e.DaysReattributed)
    assert (moved.previous_due_at, moved.due_at) == (None, None)
    assert days(life)["authority"] == 5


def test_days_of_an_obstacle() -> None:
    """Those the power company held go to the road, and the power company has its budget back."""
    life = building("2018-05-10")
    life.ok(BUILDER, NO_POWER)
    life.until_day("2018-06-04")
    left = clock.left(life.turn("route"), life.book.calendar, life.now)
    life.ok(POWER, contest(party="road"))
    life.ok(PREFECTURE, Agree())
    assert clock.left(life.turn("route"), life.book.calendar, life.now) == left + 5
    assert (life.turn("route").kind, days(life)["road"]) == ("obstacle", 5)


def test_a_due_day_that_lies_ahead_again_starts_the_ladder_anew() -> None:
    life = building("2018-08-09")
    assert "overdue" in life.turn("route").fired
    life.ok(BUILDER, contest("2018-05-14", "2018-07-14"))
    life.ok(PREFECTURE, Agree())
    turn = life.turn("route")
    assert (turn.fired, turn.level, turn.generation) == ((), 0, 1)
    assert [rung.key for rung in life.rungs("route")][:2] == ["reminder-7", "reminder-1"]


def test_what_was_due_before_now_towards_the_new_day_is_past() -> None:
    """The first reminder of the new due day would have come last week: it does not come at once."""
    life = Life.begin(book=books.changed_ladder(quiet_share=0.5))
    life.close_before("route")
    life.until_day("2018-07-16")
    assert life.turn("route").fired == ("reminder-30",)
    life.ok(BUILDER, contest("2018-05-14", "2018-05-16"))
    before = len(life.fired("route"))
    life.ok(PREFECTURE, Agree())
    life.wake()
    assert len(life.fired("route")) == before
    assert next(rung.key for rung in life.rungs("route")) == "reminder-7"


def test_a_turn_that_stays_late_keeps_what_has_fired() -> None:
    life = building("2018-09-10")
    before = life.turn("route")
    life.ok(BUILDER, contest("2018-05-14", "2018-05-21"))
    life.ok(PREFECTURE, Agree())
    after = life.turn("route")
    assert (after.fired, after.level, after.generation) == (before.fired, before.level, before.generation)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (contest("2018-05-21", "2018-05-14"), "days.empty"),
        (contest("2018-05-14", "2018-05-14"), "days.empty"),
        (contest("2018-06-01", "2018-06-05"), "days.future"),
        (contest("2018-05-01", "2018-05-14"), "contest.outside"),
        (contest(party="builder"), "contest.already"),
        (contest(party="moon"), "contest.unknown_party"),
        (contest(stage="cable"), "stage.pending"),
        (contest(stage="moon"), "stage.unknown"),
        (contest(stage="survey_design"), "contest.outside"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_contests_that_cannot_be(act: ContestDays, code: str) -> None:
    assert building().code(BUILDER, act) == code


@pytest.mark.parametrize(("person", "code"), [(AUDITOR, "authority.wrong_role"), (NEIGHBOUR, "authority.outside_area")])
def test_who_may_not_contest(person: Any, code: str) -> None:  # noqa: ANN401 - a person
    assert building().code(person, contest()) == code


def test_the_same_days_are_contested_once_at_a_time() -> None:
    life = building()
    life.ok(BUILDER, contest())
    assert life.code(COUNTY, contest("2018-05-20", "2018-05-25")) == "contest.pending"
    life.ok(COUNTY, contest("2018-05-21", "2018-05-25"))
    assert life.code(PREFECTURE, Agree()) == "matter.which"
    life.ok(PREFECTURE, Agree(matter="M2"))
    life.ok(PREFECTURE, Agree(matter="M1"))
    assert life.code(BUILDER, contest()) == "contest.already"


def test_a_request_for_more_time_is_not_decided_by_agreeing() -> None:
    life = building()
    life.ok(BUILDER, ASK_30)
    assert life.code(PROVINCE, Agree()) == "matter.none_waiting"
    assert life.code(PROVINCE, Agree(matter="M1")) == "matter.by_own_act"


# Outage


def test_an_outage_is_counted_to_the_system() -> None:
    """In every open stage, only its own overlap; the due days move, and what had fired stays on record."""
    life = life_at("route", "universal-service-both")
    life.until_day("2018-06-04")
    left = {key: clock.left(life.turn(key), life.book.calendar, life.now) for key in life.state.open_stages()}
    events = life.ok(OPERATOR, outage())
    assert [event.stage for event in events if isinstance(event, e.DaysReattributed)] == list(left)
    for key, before in left.items():
        assert clock.left(life.turn(key), life.book.calendar, life.now) == before + 3
        assert days(life, key)["system"] == 3
    assert life.code(OPERATOR, outage("2018-05-16", "2018-05-18")) == "outage.recorded"
    life.ok(OPERATOR, outage("2018-05-17", "2018-05-18"))


def test_rungs_that_fired_in_an_outage_stay_on_record() -> None:
    life = building("2018-08-09")
    fired = life.fired()
    life.ok(OPERATOR, outage("2018-08-01", "2018-08-09"))
    assert life.fired() == fired


def test_days_that_a_hold_had_stopped_are_nobodys_to_give_back() -> None:
    life = building("2018-05-15")
    life.ok(PREFECTURE, SNOW)
    life.until_day("2018-05-16")
    life.ok(PREFECTURE, RESUME)
    life.until_day("2018-06-04")
    events = life.ok(OPERATOR, outage())
    spans = [(shown(one.since_at), shown(one.until_at)) for one in events if isinstance(one, e.DaysReattributed)]
    assert spans == [("2018-05-14 00:00", "2018-05-15 10:00"), ("2018-05-16 10:00", "2018-05-17 00:00")]
    last = events[-1]
    assert isinstance(last, e.DaysReattributed)
    assert last.due_at == clock.due_at(life.turn("route"), life.book.calendar)


@pytest.mark.parametrize(
    ("person", "act", "code"),
    [
        (OPERATOR, outage("2018-05-17", "2018-05-14"), "days.empty"),
        (OPERATOR, outage("2018-06-03", "2018-06-09"), "days.future"),
        (OPERATOR, outage("2018-05-01", "2018-05-02"), "outage.nothing"),
        (BUILDER, outage(), "authority.wrong_role"),
        (PROVINCE, outage(), "authority.wrong_role"),
    ],
    ids=["backwards", "future", "nothing", "builder", "province"],
)
def test_outages_that_cannot_be(person: Any, act: RecordOutage, code: str) -> None:  # noqa: ANN401 - a person
    assert building().code(person, act) == code


# Whatever is re-attributed


@given(
    cuts=st.lists(st.integers(0, 400), min_size=1, max_size=6, unique=True),
    parties=st.lists(st.tuples(st.sampled_from(["builder", "road", "weather"]), st.booleans()), min_size=7, max_size=7),
    span=st.tuples(st.integers(-20, 420), st.integers(-20, 420)).filter(lambda pair: pair[0] < pair[1]),
    party=st.sampled_from(["builder", "road", "system"]),
    unit=st.sampled_from(["working", "calendar"]),
)
def test_days_change_hands_and_none_is_lost(
    cuts: list[int], parties: list[tuple[str, bool]], span: tuple[int, int], party: str, unit: Unit
) -> None:
    """The total stays, the segments still fill the same time without gap, and the budget never shrinks by it."""
    calendar = books.book().calendar
    now = _at(450)
    edges = [_at(hour) for hour in sorted(cuts)]
    segments = [
        Segment(party=whose, since_at=since, until_at=until, is_running=until is None or is_running)
        for (whose, is_running), since, until in zip(parties, edges, [*edges[1:], None], strict=False)
    ]
    turn = Turn(
        kind="work",
        owner="builder",
        party="builder",
        budget_days=60,
        unit=unit,
        original_due_at=now,
        segments=tuple(segments),
    )
    moved = clock.reattributed(turn, _at(span[0]), _at(span[1]), party)
    before = clock.days_by_party(turn.segments, calendar, now)
    after = clock.days_by_party(moved.segments, calendar, now)
    assert sum(after.values()) == sum(before.values())
    assert all(one.until_at == other.since_at for one, other in zip(moved.segments, moved.segments[1:], strict=False))
    assert (moved.opened_at, moved.segments[-1].until_at) == (turn.opened_at, None)
    assert all(one.since_at < (one.until_at or now) for one in moved.segments)
    assert after.get(party, 0) >= before.get(party, 0)
    assert clock.left(moved, calendar, now) >= clock.left(turn, calendar, now)
    assert clock.reattributed(moved, _at(span[0]), _at(span[1]), party) == moved


def _at(hours: int) -> datetime:
    return datetime.fromtimestamp(beijing("2018-05-07").timestamp() + hours * 3600, tz=beijing("2018-05-07").tzinfo)


@pytest.mark.parametrize("actor", [COUNTY, OPERATOR])
def test_the_end_of_all_time_is_refused_like_any_day_to_come(actor: Any) -> None:  # noqa: ANN401 - a person
    """The last hour of the year 9999 has no local time in China; the reason is told all the same."""
    last = datetime.max.replace(tzinfo=UTC)
    since = beijing("2018-05-07")
    if actor is OPERATOR:
        act: RecordOutage | ContestDays = RecordOutage(since_at=since, until_at=last, note="x")
    else:
        act = ContestDays(since_at=since, until_at=last, party="road", reason="x")
    assert Life.begin().code(actor, act) == "days.future"
