"""When reminders and escalations come, to the minute, in the real calendar."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from math import ceil

import pytest

from rules import clock
from rules.ladder import rules_for
from schemas.command import (
    ClearObstacle,
    GrantExtension,
    HoldProject,
    ReportObstacle,
    RequestExtension,
    ResumeProject,
)
from tests.support import books
from tests.support.life import Life, beijing, shown
from tests.support.people import BUILDER, COUNTY, MINISTRY, PREFECTURE, PROVINCE

ROAD_BLOCKED = ReportObstacle(code="NO_ROAD", note="landslide")
SNOW = HoldProject(code="WINTER_STOP")

WHOLE = books.changed_ladder(quiet_share=0.0)
"""Policies under which every reminder is due that the term has room for."""


def at_contract(tier: str = "general", *, is_prompt: bool = True) -> Life:
    """Return a project whose contract stage (60 working days) opened on 7 May 2018 and is due on 31 July."""
    life = Life.begin(tier=tier, is_prompt=is_prompt, book=WHOLE)
    life.close("funding")
    return life


def at_cable(due: str = "2018-06-01") -> Life:
    """Return a project in the cable stage (90 calendar days of the builder), due on a working day in 2018."""
    life = Life.begin(at=beijing(due) - timedelta(days=90), book=WHOLE)
    life.close_before("cable")
    assert life.due() == due
    return life


# The ladder as it is


def test_the_whole_ladder_of_one_stage() -> None:
    """Every rung comes at 09:00; Dragon Boat, Mid-Autumn, Golden Week and the worked 29 and 30 September count."""
    life = at_contract()
    assert life.due() == "2018-07-31"
    assert life.table() == [
        ("reminder-30", "2018-06-19 09:00", 0),
        ("reminder-7", "2018-07-20 09:00", 0),
        ("reminder-1", "2018-07-30 09:00", 0),
        ("overdue", "2018-08-01 09:00", 1),
        ("supervision-order", "2018-08-09 09:00", 2),
        ("circular", "2018-08-21 09:00", 3),
        ("interview", "2018-09-11 09:00", 4),
        ("ministry-report", "2018-10-29 09:00", 5),
    ]
    assert {shown(rung.due_at) for rung in life.rungs()} == {"2018-08-01 00:00"}


def test_priority_areas_climb_one_level_faster() -> None:
    """In the three regions every escalation comes at the day of the one before it; reminders stay."""
    life = at_contract("three-regions")
    assert life.table() == [
        ("reminder-30", "2018-06-19 09:00", 0),
        ("reminder-7", "2018-07-20 09:00", 0),
        ("reminder-1", "2018-07-30 09:00", 0),
        ("supervision-order", "2018-08-01 09:00", 2),
        ("circular", "2018-08-09 09:00", 3),
        ("interview", "2018-08-21 09:00", 4),
        ("ministry-report", "2018-09-11 09:00", 5),
    ]
    assert [rung.derivation.is_faster for rung in life.rungs()] == [False] * 3 + [True] * 4


def test_a_short_term_has_no_early_reminder() -> None:
    """A term of 15 days has no reminder 30 working days ahead, none in its first half, and none is stored up."""
    life = Life.begin()
    life.close_before("self_check")
    assert life.due() == "2018-05-22"
    assert life.table()[:2] == [("reminder-1", "2018-05-21 09:00", 0), ("overdue", "2018-05-23 09:00", 1)]


@pytest.mark.parametrize(
    ("share", "reminders"),
    [
        (0.0, ["reminder-30", "reminder-7", "reminder-1"]),
        (0.5, ["reminder-30", "reminder-7", "reminder-1"]),
        (0.51, ["reminder-7", "reminder-1"]),
        (0.88, ["reminder-7", "reminder-1"]),
        (0.89, ["reminder-1"]),
        (0.99, []),
    ],
)
def test_no_reminder_comes_in_the_quiet_part_of_a_term(share: float, reminders: list[str]) -> None:
    """Of 60 working days 30, 53 and 59 are used when the reminders come; escalations are never quiet."""
    life = Life.begin(book=books.changed_ladder(quiet_share=share))
    life.close("funding")
    rungs = life.rungs()
    assert [rung.key for rung in rungs if rung.kind == "reminder"] == reminders
    assert len([rung for rung in rungs if rung.kind == "escalation"]) == 5
    assert {rung.derivation.quiet_days for rung in rungs if rung.kind == "reminder"} <= {ceil(share * 60)}
    assert {rung.derivation.quiet_days for rung in rungs if rung.kind == "escalation"} == {0}


def test_held_days_do_not_end_the_quiet_part_of_a_term() -> None:
    """What counts is the clock: after a hold the reminder comes by as many days later as the project stood still."""
    life = Life.begin(book=books.changed_ladder(quiet_share=0.6))
    life.close("funding")
    before = life.table()
    life.pass_days(3)
    life.ok(PREFECTURE, SNOW)
    life.pass_days(28)
    life.ok(PREFECTURE, ResumeProject())
    assert [key for key, *_ in life.table()] == [key for key, *_ in before]
    assert life.table()[0][1] > before[0][1]


@pytest.mark.parametrize(
    ("opened", "due", "why"),
    [
        ("2018-05-07", "2018-06-06", "a Wednesday stays"),
        ("2018-05-10", "2018-06-11", "a Saturday moves to Monday"),
        ("2018-05-19", "2018-06-19", "Dragon Boat Monday moves to Tuesday"),
        ("2018-09-03", "2018-10-08", "a day in Golden Week moves behind it"),
        ("2018-08-31", "2018-09-30", "a Sunday that is worked stays"),
    ],
)
def test_a_term_in_calendar_days_that_ends_on_a_free_day_moves_on(opened: str, due: str, why: str) -> None:
    life = Life.begin(at=beijing(opened))
    life.close("funding", "contract")
    assert life.due("baseline") == due, why


def test_a_term_in_working_days_skips_the_spring_festival() -> None:
    """20 working days from 1 February 2018: the festival is left out, the worked 11 and 24 February are counted."""
    assert Life.begin(at=beijing("2018-02-01")).due() == "2018-03-06"


def test_recipients_follow_the_owner() -> None:
    """What is overdue at the builder climbs from the county to the ministry; the builder's head office learns of it."""
    to = {rung.key: rung.to for rung in at_cable().rungs()}
    assert to["reminder-30"] == to["overdue"] == ("builder", "county_officer")
    assert to["supervision-order"] == ("builder", "county_officer", "prefecture_officer")
    assert to["circular"] == ("builder", "builder_province", "county_officer", "prefecture_officer")
    assert to["interview"] == ("builder_province", "prefecture_officer", "provincial_supervisor")
    assert to["ministry-report"] == ("builder_province", "provincial_supervisor", "ministry_supervisor")


def test_the_last_rung_freezes_the_retained_payment() -> None:
    assert [rung.key for rung in at_cable().rungs() if rung.consequence] == ["ministry-report"]


def test_a_stage_that_ends_by_itself_is_not_watched() -> None:
    """The public notice has one instant ahead, the midnight that ends it, and no ladder."""
    life = Life.begin()
    life.close_before("public_notice")
    assert [(rung.kind, shown(rung.at)) for rung in life.rungs()] == [("elapse", "2018-05-15 00:00")]
    life.pass_days(8)
    assert life.open() == "final_acceptance"
    assert shown(life.turn().opened_at) == "2018-05-15 00:00"
    assert life.fired() == []


def test_beyond_the_published_years_days_are_provisional() -> None:
    """A due day of 2027 may still move and says so; one of 2026 does not."""
    life = Life.begin(at=beijing("2026-12-01"))
    assert (life.due(), life.rungs()[0].derivation.is_provisional) == ("2026-12-29", False)
    life.close("funding", "contract")
    life.pass_days(10)
    assert (life.due(), {rung.derivation.is_provisional for rung in life.rungs()}) == ("2026-12-31", {False})
    life.close("baseline")
    assert {rung.derivation.is_provisional for rung in life.rungs()} == {True}


@pytest.mark.parametrize(("at", "missing"), [("2016-01-04", "reminder-30"), ("2066-10-20", "ministry-report")])
def test_a_rung_beyond_the_calendar_does_not_exist(at: str, missing: str) -> None:
    """At either end of the calendar the rungs that no day can be named for are left out; the others come."""
    life = Life.begin(at=beijing(at))
    keys = [rung.key for rung in life.rungs()]
    assert missing not in keys
    assert "overdue" in keys


# What fires


@pytest.mark.parametrize("tier", ["general", "three-regions"])
@pytest.mark.parametrize("stage", ["funding", "cable", "preliminary_acceptance"])
def test_what_is_foretold_comes_true(stage: str, tier: str) -> None:
    """When nobody acts, exactly the foretold rungs fire, each once, at its instant, and then nothing more."""
    life = Life.begin(tier=tier)
    life.close_before(stage)
    foretold = [(rung.key, rung.at, rung.level) for rung in life.rungs()]
    life.pass_days(1000)
    assert [(event.rung, event.nominal_at, event.level) for event in life.fired()] == foretold
    assert [step.entry.at for step in life.steps if step.entry.event in life.fired()] == [at for _, at, _ in foretold]
    assert life.rungs() == []


def test_a_late_wake_up_fires_each_rung_once_in_order_and_marks_it_late() -> None:
    """After a month without a worker everything due is taken up at once, with the instants at which it was due."""
    prompt, late = at_contract(), at_contract(is_prompt=False)
    for life in (prompt, late):
        life.until_day("2018-08-25")
    assert late.fired() == []
    late.wake()
    assert late.fired() == prompt.fired()
    assert [event.rung for event in late.fired()] == [
        "reminder-30",
        "reminder-7",
        "reminder-1",
        "overdue",
        "supervision-order",
        "circular",
    ]
    assert {shown(entry.at) for entry in late.journal[-6:]} == {"2018-08-25 10:00"}
    assert late.rungs() == prompt.rungs()


def test_a_late_wake_up_at_the_end_of_a_notice_does_not_shorten_the_next_stage() -> None:
    """The acceptance team has its whole term from the moment at which the system could tell them."""
    life = Life.begin(is_prompt=False)
    life.close_before("public_notice")
    life.until_day("2018-06-20")
    life.wake()
    assert life.open() == "final_acceptance"
    assert life.due() == "2018-08-20"


def test_nothing_fires_once_the_stage_is_done() -> None:
    """A stage closed on the morning of its overdue notice, before 09:00, is never called overdue."""
    life = at_contract()
    life.until_day("2018-08-01", "08:59")
    life.close("contract")
    life.pass_days(200)
    assert [event.level for event in life.fired("contract")] == [0, 0, 0]


def test_a_command_at_the_very_instant_of_a_rung_comes_after_it() -> None:
    """At 09:00 sharp the overdue notice goes first; the clock is heard before anybody."""
    life = at_contract(is_prompt=False)
    life.until_day("2018-08-01", "09:00")
    life.close("contract")
    assert [event.rung for event in life.fired("contract")][-1] == "overdue"


# Holds, obstacles, extensions


def test_a_hold_moves_every_rung_by_the_held_working_days() -> None:
    """Held from 11 June to 25 June (nine working days, Dragon Boat among the free ones): no rung in between."""
    life = at_contract()
    before = {rung.key: rung.at for rung in life.rungs()}
    life.until_day("2018-06-11", "14:00")
    life.ok(PREFECTURE, SNOW)
    assert life.rungs() == []
    life.until_day("2018-06-25", "15:00")
    life.ok(PREFECTURE, ResumeProject())
    calendar = life.book.calendar
    assert calendar.between(beijing("2018-06-11"), beijing("2018-06-25")) == 9
    assert {calendar.between(before[rung.key], rung.at) for rung in life.rungs()} == {9}
    assert life.fired() == []


def test_a_hold_over_the_morning_of_an_escalation_does_not_lose_it() -> None:
    """Held from 08:00 to 10:00 on the day of the last escalation: it comes the next morning, and only it."""
    life = at_contract()
    life.until_day("2018-10-29", "08:00")
    life.ok(PREFECTURE, SNOW)
    life.until_day("2018-10-29", "10:00")
    life.ok(PREFECTURE, ResumeProject())
    assert life.table() == [("ministry-report", "2018-10-30 09:00", 5)]


def test_a_hold_over_the_morning_of_a_reminder_lets_it_go() -> None:
    """A reminder whose morning went by is no use later; the next one comes as it would have."""
    life = at_contract()
    life.until_day("2018-07-20", "08:00")
    life.ok(PREFECTURE, SNOW)
    life.until_day("2018-07-20", "10:00")
    life.ok(PREFECTURE, ResumeProject())
    assert [rung.key for rung in life.rungs()][:2] == ["reminder-1", "overdue"]


def test_escalations_keep_their_distance_when_a_free_day_swallows_the_hold() -> None:
    """A term in calendar days due on a Saturday gains nothing by a hold of the weekend before its Monday."""
    life = Life.begin(at=beijing("2018-05-10"))
    life.close("funding", "contract")
    assert life.due() == "2018-06-11"
    life.until_day("2018-06-20", "08:00")
    life.ok(PREFECTURE, SNOW)
    life.until_day("2018-06-22", "10:00")
    life.ok(PREFECTURE, ResumeProject())
    assert [event.rung for event in life.fired()][-1] == "overdue"
    mornings = [rung.at for rung in life.rungs()]
    assert [life.book.calendar.between(*pair) for pair in pairwise(mornings)] == [8, 15, 30]


def test_an_obstacle_has_a_ladder_of_its_own_and_gives_the_old_one_back() -> None:
    """While the county holds the ball the builder is not reminded; then the builder's rungs go on, moved."""
    life = at_cable("2018-06-01")
    before = life.rungs()[0]
    life.pass_days(5)
    life.ok(BUILDER, ROAD_BLOCKED)
    assert {rung.turn for rung in life.rungs()} == {"obstacle"}
    assert life.rungs()[0].to == ("county_officer",)
    life.pass_days(14)
    life.ok(COUNTY, ClearObstacle())
    assert {rung.turn for rung in life.rungs()} == {"work"}
    assert life.rungs()[0].key == before.key
    assert life.due() == "2018-06-15"


def test_an_extension_begins_the_ladder_anew() -> None:
    """After an extension the reminders towards the new due day come again, and the level falls back."""
    life = at_contract()
    life.until_day("2018-08-10")
    assert life.turn().level == 2
    life.ok(PROVINCE, RequestExtension(days=40, reason="second tender"))
    life.ok(MINISTRY, GrantExtension())
    assert (life.due(), life.turn().level, life.turn().fired) == ("2018-09-26", 0, ())
    assert life.table()[:2] == [("reminder-30", "2018-08-14 09:00", 0), ("reminder-7", "2018-09-14 09:00", 0)]


# The rules behind


def test_faster_tiers_keep_every_consequence() -> None:
    """One level faster leaves out the mildest rung, never the last."""
    book = books.book()
    general, faster = rules_for("general", book), rules_for("three-regions", book)
    assert [rule.key for rule in faster] == [rule.key for rule in general if rule.key != "overdue"]
    assert [rule.level for rule in faster] == sorted(rule.level for rule in faster)


def test_the_derivation_tells_how_the_day_was_found() -> None:
    """Budget, days used, running since, due day and offset give the instant by hand."""
    life = at_contract()
    life.until_day("2018-05-21")
    life.ok(PREFECTURE, SNOW)
    life.until_day("2018-05-28")
    life.ok(PREFECTURE, ResumeProject())
    derivation = life.rungs()[0].derivation
    assert (derivation.budget_days, derivation.unit, derivation.consumed_days) == (60, "working", 10)
    assert (shown(derivation.opened_at), shown(derivation.running_since)) == ("2018-05-07 10:00", "2018-05-28 10:00")
    assert (derivation.due_on, derivation.offset_days) == ("2018-08-07", -30)
    assert clock.left(life.turn(), life.book.calendar, life.now) == 50
