"""Acceptances in parts, the spot check from above, and the way through both: who, what, in which order."""

from __future__ import annotations

from typing import Any

import pytest

from rules import acceptance, explain
from rules.outbox import withdrawals
from rules.project import Refused
from rules.text import LANGUAGES, render
from schemas import event as e
from schemas.command import Check, Close, HoldProject, Refuse, ReportObstacle, SpotCheckResult
from tests.support import accepting
from tests.support.accepting import G4, PARTS, life_at, part_facts
from tests.support.acts import MENDED, close
from tests.support.life import Life
from tests.support.people import BUILDER, COUNTY, MINISTRY, PREFECTURE, PROVINCE, PROVINCE_DEPUTY, TWO_HATS

FINAL = "final_acceptance"
PASSED = SpotCheckResult(result="passed", report_no="No. 1")
FAILED = SpotCheckResult(result="failed", report_no="No. 2", item="fibre_mbps")
ACCEPT = Close(act="accept", stage=FINAL)


def check(life: Life, part: str, **changes: Any) -> Check:  # noqa: ANN401 - values of facts
    facts = {**part_facts(life.book.stages[FINAL], part), **changes}
    return Check(part=part, facts={key: value for key, value in facts.items() if value is not None})


def accepted(plan: str = accepting.FIBRE) -> Life:
    """Return a project just accepted, in three parts by two people."""
    life = life_at(FINAL, plan)
    for part in PARTS:
        life.ok(PROVINCE, check(life, part))
    life.ok(PROVINCE_DEPUTY, ACCEPT)
    return life


# Parts


def test_parts_are_passed_one_after_the_other_and_the_acceptance_holds_all_facts() -> None:
    life = life_at(FINAL)
    due = life.due()
    for done, part in enumerate(PARTS):
        life.ok(PROVINCE if done else PROVINCE_DEPUTY, check(life, part))
        assert tuple(life.stage(FINAL).checked) == PARTS[: done + 1]
        assert (life.open(), life.due()) == (FINAL, due), "a part stops no clock"
    closed, *_ = life.ok(PROVINCE, ACCEPT)
    assert isinstance(closed, e.StageClosed)
    assert set(closed.facts) == {fact.key for fact in life.book.stages[FINAL].closed_by.facts if fact.part in PARTS}
    assert life.stage(FINAL).checked_by == {"list": "province-deputy", "field": "province", "files": "province"}


def test_an_acceptance_may_also_be_given_at_once_or_with_what_is_left() -> None:
    whole = life_at(FINAL)
    whole.close(FINAL)
    part = life_at(FINAL)
    part.ok(PROVINCE, check(part, "list"))
    rest = {**part_facts(part.book.stages[FINAL], "field"), **part_facts(part.book.stages[FINAL], "files")}
    part.ok(PROVINCE, Close(act="accept", facts=rest))
    assert [life.stage(FINAL).status for life in (whole, part)] == ["done", "done"]


@pytest.mark.parametrize(
    ("part", "changes", "code"),
    [
        ("list", {"list_reconciled": False}, "fact.not_confirmed"),
        ("list", {"list_reconciled": None}, "fact.missing"),
        ("list", {"files_checked": True}, "fact.unknown"),
        ("field", {"fibre_mbps": 11.9}, "fact.below_minimum"),
        ("lists", {}, "part.unknown"),
    ],
)
def test_a_part_is_not_passed_on_bad_facts(part: str, changes: dict[str, Any], code: str) -> None:
    life = life_at(FINAL)
    assert life.code(PROVINCE, check(life, part, **changes)) == code
    assert life.stage(FINAL).checked == {}


def test_what_stands_is_not_stated_again() -> None:
    life = life_at(FINAL)
    life.ok(PROVINCE, check(life, "list"))
    assert life.code(PROVINCE, check(life, "list")) == "part.passed"
    assert life.code(PROVINCE, close(life, FINAL)) == "fact.already_checked"
    assert life.code(PROVINCE, ACCEPT) == "fact.missing"


def test_parts_are_for_the_people_of_the_acceptance() -> None:
    life = life_at(FINAL)
    assert life.code(BUILDER, check(life, "list")) == "authority.wrong_role"
    assert life.code(PREFECTURE, check(life, "list")) == "authority.own_work", "who gave the preliminary acceptance"
    life.ok(PROVINCE, check(life, "list"))


def test_nobody_passes_a_part_of_their_own_work() -> None:
    life = Life.begin()
    life.close_before("self_check")
    life.close("self_check", actor=TWO_HATS)
    life.close_before(FINAL)
    assert life.code(TWO_HATS, check(life, "list")) == "authority.own_work"


def test_a_plan_without_parts_knows_none() -> None:
    life = life_at("preliminary_acceptance")
    assert life.code(PREFECTURE, Check(part="list")) == "part.none"


def test_no_part_passes_during_an_obstacle_a_hold_or_rectification() -> None:
    life = life_at(FINAL)
    life.ok(COUNTY, ReportObstacle(code="NO_ROAD", note="bridge washed away"))
    assert life.code(PROVINCE, check(life, "list")) == "obstacle.open"
    held = life_at(FINAL)
    held.ok(PREFECTURE, HoldProject(code="WINTER_STOP"))
    assert held.code(PROVINCE, check(held, "list")) == "project.held"
    mending = life_at(FINAL)
    mending.ok(PROVINCE, Refuse(item="field"))
    assert mending.code(PROVINCE, check(mending, "list")) == "acceptance.in_rectification"


# Refusal


def test_a_refusal_names_a_part_or_a_fact_and_clears_what_had_passed() -> None:
    life = life_at(FINAL)
    life.ok(PROVINCE, check(life, "list"))
    answer = life.do(PROVINCE, Refuse(item="速率不够"))
    assert isinstance(answer, Refused)
    assert answer.reason.code == "acceptance.unknown_item"
    assert all("fibre_mbps" in render(answer.reason, lang) for lang in LANGUAGES)
    life.ok(PROVINCE, Refuse(item="fibre_mbps", note="11 Mbps at the school"))
    assert (life.stage(FINAL).checked, life.stage(FINAL).refusals) == ({}, 1)
    life.ok(BUILDER, MENDED)
    life.close(FINAL)
    first = next(event for event in life.events if isinstance(event, e.PartPassed))
    assert first.facts == {"list_reconciled": True}, "the first result stays on record"


def test_without_parts_any_text_names_the_item() -> None:
    life = life_at("preliminary_acceptance")
    life.ok(PREFECTURE, Refuse(item="速率不够"))


# Alternatives and upper limits


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "fact.one_of_missing"),
        ({"station_km": 5}, ""),
        ({"station_km": 4.99, "points_covered_percent": 100}, ""),
        ({"points_covered_percent": 100}, ""),
        ({"station_km": 5.01}, "fact.above_maximum"),
        ({"station_km": 7, "points_covered_percent": 100}, "fact.above_maximum"),
        ({"points_covered_percent": 99}, "fact.below_minimum"),
        ({"station_km": " "}, "fact.one_of_missing"),
    ],
)
def test_4g_covers_by_a_near_station_or_by_a_signal_at_all_points(facts: dict[str, Any], code: str) -> None:
    """2018 definition: a 4G station within 5 km of the village committee, or a signal at every point."""
    life = life_at(FINAL, G4)
    choice: dict[str, Any] = {"station_km": None, "points_covered_percent": None}
    stated = check(life, "field", **{**choice, **facts})
    if code:
        assert life.code(PROVINCE, stated) == code
    else:
        life.ok(PROVINCE, stated)


def test_an_alternative_may_stand_from_a_part() -> None:
    life = life_at(FINAL, G4)
    life.ok(PROVINCE, check(life, "field", station_km=3))
    rest = {**part_facts(life.book.stages[FINAL], "list"), **part_facts(life.book.stages[FINAL], "files")}
    life.ok(PROVINCE, Close(act="accept", facts=rest))


def test_progress_names_what_has_passed_and_what_is_missing() -> None:
    life = life_at(FINAL, G4)
    life.ok(PROVINCE, check(life, "list"))
    found = acceptance.progress(life.book.stages[FINAL], life.stage(FINAL))
    assert [(part.key, person) for part, person in found.passed] == [("list", "province")]
    assert [part.key for part in found.waiting] == ["field", "files"]
    needed = ["rsrp_dbm", "sinr_db", "download_mbps", "files_checked", "funds_checked"]
    assert [fact.key for fact in found.missing] == [*needed, "station_km", "points_covered_percent"]


def test_an_explanation_tells_how_far_an_acceptance_is_and_who_may_go_on() -> None:
    life = life_at(FINAL)
    life.ok(PROVINCE, check(life, "list"))
    found = explain.why(life.state, life.book, life.now)
    part = next(move for move in found.moves if move.kind == "check")
    assert (part.stage, part.acts, part.not_by) == (FINAL, ("check",), ("builder", "prefecture"))
    assert part.roles == ("provincial_supervisor", "prefecture_officer")
    told = "\n".join(explain.text(found, life.book, "en"))
    assert "Parts that have passed: List reconciliation (province)" in told
    assert "Parts still to be passed: Field sample; Files and use of funds" in told
    assert "Facts still to be stated: " in told
    assert "待验收的部分：实地抽验、资料核查与资金使用" in "\n".join(explain.text(found, life.book, "zh-CN"))


def test_an_explanation_names_the_spot_check_while_it_is_possible() -> None:
    life = accepted()
    moves = {move.kind: move for move in explain.why(life.state, life.book, life.now).moves}
    assert moves["spot_check"].roles == ("ministry_supervisor",)
    assert moves["spot_check"].not_by == ("prefecture", "province", "province-deputy")
    life.ok(MINISTRY, FAILED)
    assert "spot_check" not in {move.kind for move in explain.why(life.state, life.book, life.now).moves}


# Spot check


def test_a_passed_spot_check_is_on_record_and_changes_nothing() -> None:
    life = accepted()
    before = life.state
    life.ok(MINISTRY, PASSED)
    changed = life.state.model_copy(update={"seq": before.seq, "done": before.done})
    assert changed == before


def test_a_failed_spot_check_opens_rectification_and_what_was_open_waits_again() -> None:
    life = accepted()
    assert life.open() == "settlement"
    found, reopened, opened = life.ok(MINISTRY, FAILED)
    assert isinstance(found, e.SpotChecked)
    assert isinstance(reopened, e.AcceptanceReopened)
    assert reopened.reset == (FINAL, "settlement")
    assert isinstance(opened, e.TurnOpened)
    assert (life.open(), life.turn().kind, life.turn().owner) == (FINAL, "rectification", "builder")
    assert life.turn().budget_days == 30
    assert life.stage("settlement").status == "pending"
    assert life.rungs(), "the rectification has a clock and a ladder of its own"
    life.ok(BUILDER, MENDED)
    assert life.turn().kind == "recheck"
    life.close(FINAL)
    assert (life.open(), life.stage(FINAL).reopened) == ("settlement", 1)


def test_what_is_paid_stays_paid_and_upkeep_begins_again() -> None:
    life = accepted()
    life.close("settlement")
    assert life.open() == "upkeep"
    _, reopened, _ = life.ok(MINISTRY, FAILED)
    assert isinstance(reopened, e.AcceptanceReopened)
    assert reopened.reset == (FINAL, "upkeep")
    life.ok(BUILDER, MENDED)
    life.close(FINAL)
    assert (life.open(), life.stage("settlement").status, life.stage("settlement").round) == ("upkeep", "done", 1)
    life.close(*["upkeep"] * 6)
    assert life.state.status == "completed"


def test_nothing_behind_a_reopened_acceptance_goes_on_by_another_way() -> None:
    """Settlement stays done, and a branch beside it ends: upkeep waits all the same until the recheck."""

    def branch(raw: dict[str, Any]) -> None:
        settlement = accepting.stage_of(raw, "settlement")
        raw["stages"].append({**settlement, "key": "archive", "after": ["baseline"]})
        accepting.stage_of(raw, "upkeep")["after"] = ["settlement", "archive"]

    life = Life.begin(book=accepting.book(accepting.FIBRE, branch))
    while life.stage("settlement").status != "done":
        life.close(next(key for key in life.state.open_stages() if key != "archive"))
    life.ok(MINISTRY, FAILED)
    life.close("archive", facts={"voucher_no": "1", "paid_cny": 0})
    assert life.state.open_stages() == [FINAL]
    life.ok(BUILDER, MENDED)
    life.close(FINAL)
    assert life.open() == "upkeep"


def test_a_spot_check_may_fail_twice() -> None:
    life = accepted()
    for times in (1, 2):
        life.ok(MINISTRY, FAILED)
        assert life.code(MINISTRY, FAILED) == "acceptance.in_rectification"
        life.ok(BUILDER, MENDED)
        assert life.code(MINISTRY, FAILED) == "spot_check.too_early"
        life.close(FINAL)
        assert life.stage(FINAL).reopened == times
    assert [turn.kind for turn in life.stage(FINAL).past] == ["work", *["rectification", "recheck"] * 2]


@pytest.mark.parametrize(
    ("at", "actor", "act", "code"),
    [
        (FINAL, MINISTRY, PASSED, "spot_check.too_early"),
        ("settlement", PROVINCE, PASSED, "authority.wrong_role"),
        ("settlement", MINISTRY, FAILED.model_copy(update={"item": ""}), "spot_check.no_item"),
        ("settlement", MINISTRY, FAILED.model_copy(update={"item": "速率"}), "acceptance.unknown_item"),
    ],
)
def test_a_spot_check_has_its_time_its_people_and_its_item(at: str, actor: Any, act: Any, code: str) -> None:  # noqa: ANN401 - rows of a table
    assert life_at(at).code(actor, act) == code


def test_a_plan_without_spot_checks_takes_none() -> None:
    life = life_at("settlement", accepting.FIBRE, lambda raw: raw.pop("spot_check"))
    assert life.code(MINISTRY, PASSED) == "act.not_in_plan"


@pytest.mark.parametrize("role", ["closes", "passes a part", "closes the preliminary one"])
def test_nobody_spot_checks_what_they_accepted(role: str) -> None:
    """A supervisor of the ministry may act in every office below, and then may not look at it again."""
    life = life_at("preliminary_acceptance")
    life.close("preliminary_acceptance", actor=MINISTRY if role == "closes the preliminary one" else None)
    life.close_before(FINAL)
    if role == "passes a part":
        life.ok(MINISTRY, check(life, "list"))
        rest = {**part_facts(life.book.stages[FINAL], "field"), **part_facts(life.book.stages[FINAL], "files")}
        life.ok(PROVINCE, Close(act="accept", facts=rest))
    else:
        life.close(FINAL, actor=MINISTRY if role == "closes" else None)
    assert life.code(MINISTRY, PASSED) == "authority.own_work"


def test_messages_about_what_waits_again_are_taken_back() -> None:
    life = accepted()
    life.ok(MINISTRY, FAILED)
    entry = next(entry for entry in life.journal if isinstance(entry.event, e.AcceptanceReopened))
    (one,) = withdrawals(entry)
    assert (one.reason_code, one.stages) == ("acceptance_reopened", (FINAL, "settlement"))


def test_an_obstacle_or_a_request_does_not_survive_the_reopening() -> None:
    life = accepted()
    life.ok(COUNTY, ReportObstacle(stage="settlement", code="NO_ROAD", note="office cut off"))
    life.ok(MINISTRY, FAILED)
    assert (life.stage("settlement").turn, life.stage("settlement").suspended) == (None, None)
