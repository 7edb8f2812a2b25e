"""Matters that wait for a decision: their own clock and ladder, beside those of the stages."""

from __future__ import annotations

from rules import clock, outbox
from schemas import event as e
from schemas.command import ClearObstacle, DenyExtension, GrantExtension
from schemas.matter import Matter
from tests.support.acts import ASK_30, NO_POWER, RESUME, SNOW, life_at, take_out
from tests.support.life import Life, shown
from tests.support.people import BUILDER, COUNTY, POWER, PREFECTURE, PROVINCE


def asked(life: Life) -> Matter:
    """Return the only matter that waits."""
    (matter,) = life.state.matters
    return matter


def waiting() -> Life:
    """Return a project whose builder has asked for thirty more days of survey and design."""
    life = life_at("survey_design")
    life.ok(BUILDER, ASK_30)
    return life


def matter_rungs(life: Life) -> list[tuple[str, str, int, tuple[str, ...]]]:
    return [(rung.key, shown(rung.at), rung.level, rung.to) for rung in life.rungs() if rung.matter]


def test_a_request_for_more_time_has_a_clock_of_its_own() -> None:
    """Ten working days for the province; the stage's own clock and rungs stay exactly as they were."""
    before = life_at("survey_design")
    life = waiting()
    matter = asked(life)
    assert (matter.key, matter.kind, matter.stage, matter.step) == ("M1", "extension", "survey_design", "decision")
    assert (matter.asked_by, matter.turn.owner, matter.turn.kind) == ("builder", "provincial_supervisor", "decision")
    assert life.book.calendar.label(life.book.calendar.shift(life.book.calendar.day(life.now), 10)) == "2018-05-21"
    assert matter.turn.original_due_at == life.book.calendar.closes_at(life.book.calendar.day(life.now) + 14)
    own = [rung for rung in life.rungs() if not rung.matter]
    assert own == before.rungs()


def test_a_matter_climbs_the_same_ladder() -> None:
    """Reminders before the day, escalations after it, to the owner of the step and above."""
    life = waiting()
    rungs = matter_rungs(life)
    assert [key for key, *_ in rungs][:2] == ["reminder-1", "overdue"]
    life.until_day("2018-06-04")
    fired = [rung for rung in life.fired() if rung.matter]
    assert [(rung.rung, rung.matter, rung.turn, rung.stage) for rung in fired][:2] == [
        ("reminder-1", "M1", "decision", "survey_design"),
        ("overdue", "M1", "decision", "survey_design"),
    ]
    assert asked(life).turn.fired == tuple(rung.rung for rung in fired)
    assert life.turn("survey_design").fired == tuple(rung.rung for rung in life.fired() if not rung.matter)
    assert all("provincial_supervisor" in rung.to for rung in fired)


def test_a_decision_closes_the_matter_and_its_ladder() -> None:
    for act, outcome in ((GrantExtension(), "granted"), (DenyExtension(reason="no ground"), "refused")):
        life = waiting()
        events = life.ok(PROVINCE, act)
        closed = events[-1]
        assert isinstance(closed, e.MatterClosed)
        assert (closed.key, closed.kind, closed.outcome) == ("M1", "extension", outcome)
        assert life.state.matters == ()
        assert matter_rungs(life) == []


def test_keys_are_never_used_again() -> None:
    life = waiting()
    life.ok(PROVINCE, DenyExtension(reason="no ground"))
    life.ok(BUILDER, ASK_30)
    assert asked(life).key == "M2"


def test_a_request_goes_with_its_stage() -> None:
    """Closed, returned or cancelled: nobody is urged any more to decide on more time."""
    life = waiting()
    life.close("survey_design")
    assert life.state.matters == ()
    assert matter_rungs(life) == []


def test_a_request_below_an_obstacle_waits_silently() -> None:
    """It cannot be decided before the obstacle is cleared: its clock stands still, and goes on with what was left."""
    life = waiting()
    life.ok(BUILDER, NO_POWER)
    assert matter_rungs(life) == []
    assert asked(life).turn.segments[-1].party == "power"
    left = clock.left(asked(life).turn, life.book.calendar, life.now)
    life.pass_days(20)
    life.ok(COUNTY, ClearObstacle())
    assert clock.left(asked(life).turn, life.book.calendar, life.now) == left
    assert matter_rungs(life)[0][0] == "reminder-1"


def test_a_request_of_an_obstacle_goes_when_it_is_cleared() -> None:
    life = life_at("route")
    life.ok(BUILDER, NO_POWER)
    life.ok(POWER, ASK_30)
    assert asked(life).stage == "route"
    life.ok(POWER, ClearObstacle())
    assert life.state.matters == ()


def test_matters_go_on_while_the_project_is_held() -> None:
    life = waiting()
    life.ok(PREFECTURE, SNOW)
    assert {rung.matter for rung in life.rungs()} == {"M1"}
    life.ok(PREFECTURE, RESUME)
    assert {rung.matter for rung in life.rungs()} == {"", "M1"}


def test_messages_of_a_matter_go_with_it_alone() -> None:
    """What ends a turn of the stage leaves them, a hold too; the decision takes them."""
    life = waiting()
    life.ok(PREFECTURE, SNOW)
    life.ok(PREFECTURE, RESUME)
    life.ok(PROVINCE, GrantExtension())
    taken = [
        (step.entry.event.type, one.reason_code)
        for step in life.steps
        for one in (*outbox.withdrawals(step.entry), *outbox.passed_on(step.before, step.after))
        if one.covers("survey_design", "M1")
    ]
    assert taken == [("extension_granted", "matter_closed")]


def test_the_end_of_a_project_ends_its_matters() -> None:
    life = waiting()
    take_out(life)
    assert life.state.matters == ()
    assert life.rungs() == []
