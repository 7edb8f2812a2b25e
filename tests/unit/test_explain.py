"""An explanation says what the rules do: its numbers are theirs, and each of its lines can be read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import clock, ladder
from rules.explain import text, why
from rules.text import LANGUAGES
from schemas.explanation import Explanation, Move, StageWhy
from tests.support import books, journals
from tests.support.journals import Journal

MAY = datetime(2018, 5, 7, 2, 0, tzinfo=UTC)


def explained(journal: Journal) -> Explanation:
    explanation = why(journal.now, journal.book, journal.at)
    assert Explanation.model_validate_json(explanation.model_dump_json()) == explanation
    return explanation


def only(journal: Journal) -> StageWhy:
    (stage,) = explained(journal).stages
    return stage


def lines(journal: Journal, lang: str = "en") -> str:
    return "\n".join(text(explained(journal), journal.book, lang))


def building(at: datetime = MAY) -> Journal:
    """Return a project in which survey and design has just opened."""
    journal = Journal(at=at)
    for _ in range(3):
        journal.close()
    return journal


def test_the_due_day_follows_from_the_budget() -> None:
    journal = Journal(at=MAY)
    stage = only(journal)
    assert (stage.stage, stage.owner, stage.party) == ("funding", "provincial_supervisor", "funding_office")
    assert (stage.budget_days, stage.unit, stage.used_days, stage.left_days) == (20, "working", 0, 20)
    assert stage.due_at == stage.original_due_at == datetime(2018, 6, 4, 16, 0, tzinfo=UTC)
    assert "Due: 2018-06-04 (counted from 2018-05-07 10:00 +08:00, that day not included, with 20" in lines(journal)
    assert "Originally due" not in lines(journal)


def test_used_and_left_add_up_to_the_budget() -> None:
    journal = Journal(at=MAY)
    journal.days(10)
    stage = only(journal)
    assert (stage.used_days, stage.left_days) == (8, 12)
    assert sum(stretch.used_days for stretch in stage.stretches) == stage.used_days
    journal.days(30)
    assert only(journal).left_days < 0
    assert f"overdue by {-only(journal).left_days} working days" in lines(journal)
    assert f"逾期 {-only(journal).left_days}个工作日" in lines(journal, "zh-CN")


def test_a_hold_stops_the_clock_and_is_told() -> None:
    journal = building()
    journal.days(10)
    journal.act("hold", "prefecture_officer", code="WINTER_STOP")
    journal.days(20)
    explanation, stage = explained(journal), only(journal)
    assert explanation.hold
    assert (stage.due_at, stage.next_rung, stage.left_days) == (None, None, 50)
    assert [stretch.party for stretch in stage.stretches] == ["builder", "weather"]
    assert [stretch.used_days for stretch in stage.stretches] == [10, 0]
    assert explanation.moves == (Move(kind="resume", acts=("resume",), roles=("prefecture_officer",)),)
    assert "On hold since 2018-05-17 10:00 +08:00, reason 'Winter stop'" in lines(journal)
    assert "not while the clock stands still; it goes on with 50 calendar days" in lines(journal)

    journal.act("resume", "prefecture_officer")
    stage = only(journal)
    assert stage.running_since == journal.at
    assert stage.left_at_running == stage.left_days == 50
    assert stage.due_at
    assert stage.due_at >= stage.original_due_at + timedelta(days=20)
    assert "Originally due: 2018-07-06" in lines(journal)


def test_an_extension_shows_what_was_and_what_is() -> None:
    journal = building()
    journal.act("request_extension", "builder", days=30, reason="雨季")
    asked = lines(journal)
    assert "Extension asked for: 30 days, by of-builder at 2018-05-07 10:00 +08:00, reason: 雨季" in asked
    decide = next(move for move in explained(journal).moves if move.kind == "decide_extension")
    assert (decide.acts, decide.not_by) == (("grant_extension", "deny_extension"), ("of-builder",))
    journal.days(1)
    journal.act("grant_extension", "provincial_supervisor", days=20)
    stage = only(journal)
    assert (stage.extensions, stage.extension_days, stage.budget_days) == (1, 20, 80)
    assert "Budget: 80 calendar days, from 2018-05-07 10:00 +08:00; 20 of them by 1 extension(s)" in lines(journal)
    assert "Due: 2018-07-26" in lines(journal)
    assert "Originally due: 2018-07-06" in lines(journal)


def test_a_last_day_that_is_free_moves() -> None:
    """60 calendar days from Wednesday 9 May end on Sunday 8 July 2018."""
    journal = building(MAY + timedelta(days=2))
    assert only(journal).is_moved_to_working_day
    assert "Due: 2018-07-09" in lines(journal)
    assert "末日为休息日，顺延至其后首个工作日" in lines(journal, "zh-CN")


def test_beyond_the_published_years_a_day_is_provisional() -> None:
    journal = Journal(at=datetime(2026, 12, 20, 2, 0, tzinfo=UTC))
    assert only(journal).is_provisional
    assert "Provisional" in lines(journal)
    assert not only(Journal(at=MAY)).is_provisional


def test_the_next_rung_is_the_one_the_ladder_arms() -> None:
    journal = Journal(at=MAY)
    journal.days(30)
    rung, following = ladder.next_rung(journal.now, journal.book), only(journal).next_rung
    assert rung
    assert following
    assert (following.key, following.at, following.to) == (rung.key, rung.at, rung.to)
    assert only(journal).fired == ("reminder-7", "reminder-1", "overdue")
    assert only(journal).level == 1
    assert "Sent so far: Reminder, 7 working days ahead; Reminder, 1 working day ahead; Overdue reminder" in lines(
        journal
    )
    assert "Next: 2018-06-13 09:00 +08:00 Supervision order (level 2), to Provincial supervisor" in lines(journal)


def test_the_last_rung_comes_with_its_consequence() -> None:
    journal = building()
    while (rung := only(journal).next_rung) and rung.key != "ministry-report":
        journal.until(rung.at)
    assert "With it: retained payment frozen" in lines(journal)
    journal.until(rung.at if rung else journal.at)
    assert only(journal).next_rung is None
    assert "Next: nothing will be sent" in lines(journal)


def test_a_faster_place_is_told() -> None:
    journal = Journal(journals.project(tier="three-regions"), at=MAY)
    journal.days(29)
    assert only(journal).next_rung
    assert "One level earlier, because of the priority of the place" in lines(journal)


def test_a_promise_postpones_and_is_told() -> None:
    journal = building()
    journal.days(65)
    assert only(journal).fired[-1] == "overdue"
    journal.act("acknowledge", "builder", promised_at=journal.at + timedelta(days=20))
    stage = only(journal)
    assert stage.acknowledged
    assert stage.next_rung
    assert stage.next_rung.at >= stage.acknowledged.promised_at
    assert stage.next_rung.postponed_to == stage.acknowledged.promised_at
    assert "Acknowledged by of-builder at 2018-07-11 10:00 +08:00 with a promise for 2018-07-31" in lines(journal)
    assert "Later than the ladder says, because of the promise" in lines(journal)


def test_an_obstacle_tells_who_holds_the_ball_and_what_waits_below() -> None:
    journal = building()
    journal.days(10)
    journal.act("report_obstacle", "builder", code="NO_POWER", note="未通市电")
    stage = only(journal)
    assert (stage.turn, stage.owner, stage.party, stage.suspended_left_days) == (
        "obstacle",
        "power_company",
        "power",
        50,
    )
    assert "Obstacle: No mains power; when it is cleared, the work below it goes on with the 50 calendar" in lines(
        journal
    )
    (move,) = explained(journal).moves
    assert (move.kind, move.acts, move.roles) == ("clear", ("clear_obstacle",), ("power_company", "county_officer"))
    assert explained(journal).days_by_party == {"builder": 8}


def test_an_acceptance_tells_who_must_stand_back() -> None:
    journal = building()
    while journal.now.open_stages() != ["preliminary_acceptance"]:
        journal.close()
    (move,) = explained(journal).moves
    assert (move.kind, move.acts, move.not_by) == ("close", ("accept", "refuse"), ("of-builder",))
    assert "accept; refuse, by Prefecture officer, but not by of-builder (own work)" in lines(journal)
    journal.act("refuse", "prefecture_officer", item="速率不达标")
    (move,) = explained(journal).moves
    assert (move.kind, move.acts, move.roles) == ("rectify", ("submit",), ("builder",))
    assert "round 1, rectification" in lines(journal)


def test_a_stage_that_ends_by_itself_says_so() -> None:
    journal = building()
    while journal.now.open_stages() != ["public_notice"]:
        journal.close()
    assert explained(journal).moves[0].kind == "wait"
    assert "Public notice: ends by itself, nothing to do" in lines(journal)
    rung = only(journal).next_rung
    assert rung
    assert rung.kind == "elapse"
    assert "its time is over, and it ends by itself" in lines(journal)


def test_a_person_named_for_the_project_is_told() -> None:
    journal = building()
    journal.act("reassign", "prefecture_officer", role="builder", person_id="zhang", reason="出差")
    assert "Duty: Builder, county branch, in this project zhang" in lines(journal)


def test_parallel_stages_are_told_each() -> None:
    journal = Journal(journals.project(technology="both"), books.book("universal-service-both"), MAY)
    for _ in range(4):
        journal.close()
    journal.days(7)
    explanation = explained(journal)
    assert [stage.stage for stage in explanation.stages] == ["route", "tower"]
    assert explanation.days_by_party == {"builder": 5, "tower": 5}


def test_a_project_that_is_over_leaves_nothing_to_do() -> None:
    journal = journals.on_time()
    explanation = explained(journal)
    assert (explanation.status, explanation.stages) == ("completed", ())
    assert explanation.moves == ()
    assert "Project US18F-000001: completed" in lines(journal)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_line_can_be_read(lang: str) -> None:
    """No code shows through, whatever happened."""
    journal = journals.eventful()
    for told in (lines(journal, lang), lines(building(), lang)):
        bare = re.sub(r"of-\w+|US18F-\d+|（\w+）", "", told)
        assert not re.search(r"[{}_]|None|zh=", bare)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.sampled_from(["china", "compressed"]))
def test_every_elapsed_working_day_belongs_to_one_party(waits: list[int], calendar: str) -> None:
    """Holds, obstacles and work share the days among them, and the explanation adds up to what went by."""
    journal = Journal(book=books.book(calendar=calendar), at=MAY)
    started = journal.at
    for number, wait in enumerate(waits):
        journal.days(wait)
        if journal.now.hold:
            journal.act("resume", "prefecture_officer")
        elif number % 2:
            journal.act("hold", "prefecture_officer", code="DISASTER")
        else:
            journal.close()
        explanation = explained(journal)
        assert sum(explanation.days_by_party.values()) == journal.book.calendar.between(started, journal.at)
        for stage in explanation.stages:
            turn = journal.now.stages[stage.stage].turn
            assert turn
            assert stage.due_at == clock.due_at(turn, journal.book.calendar)
            assert stage.used_days + stage.left_days == stage.budget_days


def test_a_compressed_project_is_told_to_the_second() -> None:
    journal = Journal(book=books.book(calendar="compressed"), at=datetime(2026, 11, 24, 4, 5, 6, tzinfo=UTC))
    assert "Due: 2026-11-24 12:05:27.0 +08:00" in lines(journal)
