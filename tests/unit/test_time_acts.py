"""Acts on time: hold, extension, obstacle and promise, and whose days they are."""

from __future__ import annotations

import pytest

from rules import clock
from schemas import event as e
from schemas.command import (
    ClearObstacle,
    Correct,
    DenyExtension,
    GrantExtension,
    Reassign,
    Report,
    ReportObstacle,
    RequestExtension,
)
from tests.support.acts import ASK_30, LOOSE_POLES, NO_POWER, RESUME, SNOW, TOO_SLOW, close, life_at, promise
from tests.support.life import Life, shown
from tests.support.people import BUILDER, COUNTY, MINISTRY, POWER, PREFECTURE, PROVINCE, PROVINCE_DEPUTY, RIVAL, TOWER

# Hold and resume


def test_a_hold_stops_the_clock_and_resume_gives_back_what_was_left() -> None:
    """Held days go to the party of the reason; what was left stays left."""
    life = life_at("cable")
    life.pass_days(30)
    left = clock.left(life.turn(), life.book.calendar, life.now)
    life.ok(PREFECTURE, SNOW)
    assert (life.state.status, life.turn().is_held, life.rungs()) == ("held", True, [])
    life.pass_days(100)
    (resumed,) = life.ok(PREFECTURE, RESUME)
    assert isinstance(resumed, e.ProjectResumed)
    assert clock.left(life.turn(), life.book.calendar, life.now) == left == 60
    assert resumed.dues == {"cable": clock.due_at(life.turn(), life.book.calendar)}
    days = clock.days_by_party(clock.segments(life.stage("cable")), life.book.calendar, life.now)
    assert set(days) == {"builder", "weather"}
    assert life.fired() == []


def test_a_hold_is_not_held_twice_and_not_resumed_twice() -> None:
    life = life_at("cable")
    life.ok(PREFECTURE, SNOW)
    assert life.code(PREFECTURE, SNOW) == "project.held"
    assert life.code(BUILDER, RESUME) == "authority.wrong_role"
    life.ok(PREFECTURE, RESUME)
    assert life.code(PREFECTURE, RESUME) == "project.not_held"


def test_while_held_only_what_does_not_need_the_clock_is_done() -> None:
    life = life_at("cable")
    life.ok(BUILDER, ASK_30)
    life.ok(PREFECTURE, SNOW)
    for act in (close(life, "cable"), LOOSE_POLES, NO_POWER, GrantExtension(), promise(life, 3), ASK_30):
        assert life.code(MINISTRY, act) == "project.held"
    life.ok(BUILDER, Report(percent=10))
    life.ok(PROVINCE, DenyExtension(reason="snow counts as hold"))
    life.ok(PREFECTURE, Reassign(role="builder", person_id="nobody", reason="leave"))
    life.ok(COUNTY, Correct(seq=1, note="name"))


def test_a_hold_stops_every_branch_and_an_obstacle_too() -> None:
    """The obstacle's own clock stands still; afterwards it goes on, and what is below it stays suspended."""
    life = life_at("route", "universal-service-both")
    life.ok(BUILDER, ReportObstacle(stage="route", code="LAND_DISPUTE", note="grave on the line"))
    life.pass_days(7)
    life.ok(PREFECTURE, SNOW)
    assert [life.turn(key).is_held for key in life.state.open_stages()] == [True, True]
    life.pass_days(28)
    life.ok(PREFECTURE, RESUME)
    assert clock.left(life.turn("route"), life.book.calendar, life.now) == 15
    suspended = life.stage("route").suspended
    assert suspended is not None
    assert len(suspended.segments) == 1
    life.ok(COUNTY, ClearObstacle())
    days = clock.days_by_party(clock.segments(life.stage("route")), life.book.calendar, life.now)
    assert days == {"land": 5, "weather": 20}


def test_a_public_notice_does_not_run_out_while_held() -> None:
    """Held on its second day for a month, it ends as many days later."""
    life = life_at("public_notice")
    life.pass_days(2)
    life.ok(PREFECTURE, SNOW)
    life.pass_days(30)
    assert life.open() == "public_notice"
    life.ok(PREFECTURE, RESUME)
    assert clock.left(life.turn(), life.book.calendar, life.now) == 5
    life.close("public_notice")
    assert life.open() == "final_acceptance"


def test_a_hold_during_rectification_keeps_the_rectification() -> None:
    life = life_at("preliminary_acceptance")
    life.ok(PREFECTURE, TOO_SLOW)
    life.pass_days(10)
    life.ok(PREFECTURE, SNOW)
    life.pass_days(50)
    life.ok(PREFECTURE, RESUME)
    assert (life.turn().kind, clock.left(life.turn(), life.book.calendar, life.now)) == ("rectification", 20)


# Extension


def test_an_extension_keeps_original_previous_and_new_dates() -> None:
    """Twice extended, each grant tells all three, and the turn still knows its first due day."""
    life = life_at("cable")
    first = life.turn().original_due_at
    dues = [first]
    for days in (30, 20):
        life.ok(BUILDER, RequestExtension(days=days, reason="rain"))
        assert life.stage("cable").request is not None
        granted = life.ok(PROVINCE, GrantExtension())[0]
        assert isinstance(granted, e.ExtensionGranted)
        assert (granted.original_due_at, granted.previous_due_at) == (first, dues[-1])
        assert granted.reason == "rain"
        assert granted.due_at is not None
        dues.append(granted.due_at)
    assert [shown(due) for due in dues] == ["2018-08-07 00:00", "2018-09-05 00:00", "2018-09-26 00:00"]
    assert (life.turn().original_due_at, life.turn().budget_days, life.turn().generation) == (first, 140, 2)
    assert life.stage("cable").request is None


def test_a_pending_request_does_not_stop_the_clock() -> None:
    life = life_at("cable")
    ahead = life.rungs("cable")
    life.ok(BUILDER, ASK_30)
    assert life.rungs("cable") == ahead
    assert life.code(BUILDER, ASK_30) == "extension.pending"


def test_a_request_may_be_granted_in_part_or_denied() -> None:
    life = life_at("cable")
    life.ok(BUILDER, ASK_30)
    life.ok(PROVINCE, GrantExtension(days=10))
    assert life.turn().budget_days == 100
    life.ok(BUILDER, ASK_30)
    due = life.due()
    life.ok(PROVINCE, DenyExtension(reason="no rain fell"))
    assert (life.due(), life.stage("cable").request) == (due, None)
    assert life.code(PROVINCE, GrantExtension()) == "extension.none_pending"


def test_nobody_grants_their_own_request() -> None:
    """The province owns the contract stage and may ask, but another person has to grant."""
    life = life_at("contract")
    life.ok(PROVINCE, ASK_30)
    assert life.code(PROVINCE, GrantExtension()) == "authority.own_request"
    life.ok(PROVINCE_DEPUTY, GrantExtension())


@pytest.mark.parametrize("days", [181, 9999])
def test_an_extension_has_a_limit(days: int) -> None:
    life = life_at("cable")
    assert life.code(BUILDER, RequestExtension(days=days, reason="rain")) == "extension.too_long"
    life.ok(BUILDER, ASK_30)
    assert life.code(PROVINCE, GrantExtension(days=days)) == "extension.too_long"


def test_an_extension_into_the_past_is_refused() -> None:
    """100 days overdue, 30 more days would be due long ago; enough days are granted."""
    life = life_at("cable")
    life.pass_days(190)
    life.ok(BUILDER, ASK_30)
    assert life.code(PROVINCE, GrantExtension()) == "extension.into_past"
    life.ok(PROVINCE, GrantExtension(days=120))
    assert clock.left(life.turn(), life.book.calendar, life.now) == 20


def test_a_request_stays_with_whom_it_is_for() -> None:
    """The builder's request waits while the power company holds the ball, and lengthens the builder's term."""
    life = life_at("cable")
    life.ok(BUILDER, ASK_30)
    life.ok(BUILDER, NO_POWER)
    assert life.code(PROVINCE, GrantExtension()) == "obstacle.open"
    life.ok(POWER, RequestExtension(days=5, reason="transformer"))
    life.ok(PROVINCE, GrantExtension())
    assert (life.turn().kind, life.turn().budget_days) == ("obstacle", 25)
    life.ok(POWER, RequestExtension(days=5, reason="transformer"))
    life.ok(COUNTY, ClearObstacle())
    assert life.turn().budget_days == 90
    life.ok(PROVINCE, GrantExtension())
    assert life.turn().budget_days == 120
    assert life.code(PROVINCE, GrantExtension()) == "extension.none_pending"


def test_a_request_ends_with_its_turn() -> None:
    """What was asked for the work is not granted to the rectification."""
    life = life_at("preliminary_acceptance")
    life.ok(PREFECTURE, ASK_30)
    life.ok(PREFECTURE, TOO_SLOW)
    assert life.code(PROVINCE, GrantExtension()) == "extension.none_pending"


# Obstacle


def test_an_obstacle_passes_the_ball_and_the_clock_and_gives_them_back() -> None:
    """The power company has 20 working days of its own; the builder's days wait, and go on with what was left."""
    life = life_at("cable")
    life.pass_days(28)
    life.ok(BUILDER, NO_POWER)
    turn = life.turn()
    assert (turn.kind, turn.owner, turn.party, turn.budget_days) == ("obstacle", "power_company", "power", 20)
    assert life.code(BUILDER, close(life, "cable")) == "obstacle.open"
    assert life.code(BUILDER, NO_POWER) == "obstacle.open"
    assert life.code(BUILDER, ClearObstacle()) == "authority.wrong_role"
    life.pass_days(21)
    life.ok(POWER, ClearObstacle())
    assert (life.turn().kind, life.turn().owner) == ("work", "builder")
    assert clock.left(life.turn(), life.book.calendar, life.now) == 62
    days = clock.days_by_party(clock.segments(life.stage("cable")), life.book.calendar, life.now)
    assert days == {"builder": 20, "power": 14}


def test_an_obstacle_in_one_branch_leaves_the_other_alone() -> None:
    life = life_at("route", "universal-service-both")
    ahead = life.rungs("tower")
    assert life.code(BUILDER, NO_POWER) == "stage.which"
    life.ok(BUILDER, ReportObstacle(stage="route", code="NO_ROAD", note="landslide"))
    assert life.rungs("tower") == ahead
    life.ok(TOWER, close(life, "tower"))
    life.ok(COUNTY, ClearObstacle())
    assert life.turn("route").kind == "work"


def test_an_obstacle_that_is_cleared_at_once_costs_nothing() -> None:
    """Reported and cleared at the same instant: segments stay in order, and nobody's days change."""
    life = life_at("cable")
    due = life.due()
    life.ok(BUILDER, NO_POWER)
    life.ok(COUNTY, ClearObstacle())
    life.pass_days(7)
    segments = clock.segments(life.stage("cable"))
    assert [one.until_at for one in segments[:-1]] == [other.since_at for other in segments[1:]]
    assert life.due() == due
    assert clock.days_by_party(segments, life.book.calendar, life.now) == {"builder": 5}


# Acknowledge


def overdue() -> Life:
    """Return a cable stage two working days overdue."""
    life = life_at("cable")
    assert life.due() == "2018-08-06"
    life.until_day("2018-08-08")
    return life


def test_an_acknowledgement_needs_something_to_acknowledge() -> None:
    life = life_at("cable")
    assert life.code(BUILDER, promise(life, 3)) == "acknowledge.nothing"
    late = overdue()
    assert late.code(RIVAL, promise(late, 3)) == "authority.outside_area"
    late.ok(BUILDER, promise(late, 3))


@pytest.mark.parametrize("days", [0, -1, -900, 95, 40000])
def test_a_promise_lies_ahead_and_not_too_far(days: int) -> None:
    """Not now, not before, not beyond 60 working days, and not beyond all calendars."""
    life = overdue()
    assert life.code(BUILDER, promise(life, days)) in {"acknowledge.bad_promise", "calendar.outside"}


def test_a_promise_is_kept_or_waited_for() -> None:
    """No second promise before the first is due, and none after it until the ladder has spoken again."""
    life = overdue()
    life.ok(BUILDER, promise(life, 9))
    assert life.code(COUNTY, promise(life, 20)) == "acknowledge.already"
    life.pass_days(9.5)
    assert shown(life.now) == "2018-08-17 22:00"
    assert life.code(BUILDER, promise(life, 20)) == "acknowledge.nothing"
    life.pass_days(3)
    assert life.fired()[-1].rung == "supervision-order"
    life.ok(BUILDER, promise(life, 20))


def test_an_extension_lifts_a_promise() -> None:
    """A new due day makes the old promise pointless: the ladder starts anew, unpaused."""
    life = overdue()
    life.ok(BUILDER, promise(life, 60))
    life.ok(BUILDER, ASK_30)
    life.ok(PROVINCE, GrantExtension())
    assert (life.due(), life.turn().acknowledged) == ("2018-09-04", None)
    assert life.rungs()[0].key == "reminder-7"
    assert life.code(BUILDER, promise(life, 3)) == "acknowledge.nothing"
