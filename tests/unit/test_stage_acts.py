"""Acts on a stage: facts, reports, acceptance with its rectification, and the way back."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from rules import clock
from schemas import event as e
from schemas.command import ClearObstacle, FactValue, Refuse, Report, ReportObstacle, Return
from tests.support import people
from tests.support.acts import LOOSE_POLES, MENDED, NO_POWER, TOO_SLOW, close, life_at
from tests.support.life import Life
from tests.support.people import BUILDER, COUNTY, PREFECTURE, PREFECTURE_DEPUTY, PROVINCE, PROVINCE_DEPUTY, TWO_HATS

# Facts


@pytest.mark.parametrize(
    ("stage", "changes", "code"),
    [
        ("funding", {"document_no": None}, "fact.missing"),
        ("funding", {"document_no": ""}, "fact.missing"),
        ("funding", {"document_no": "  "}, "fact.missing"),
        ("funding", {"colour": "red"}, "fact.unknown"),
        ("funding", {"central_cny": "much"}, "fact.not_a_number"),
        ("funding", {"central_cny": True}, "fact.not_a_number"),
        ("funding", {"central_cny": "inf"}, "fact.not_a_number"),
        ("funding", {"central_cny": "nan"}, "fact.not_a_number"),
        ("funding", {"central_cny": -1}, "fact.below_minimum"),
        ("funding", {"no_double_funding": False}, "fact.not_confirmed"),
        ("funding", {"no_double_funding": "maybe"}, "fact.not_confirmed"),
        ("contract", {"signed_on": "2018-02-30"}, "fact.not_a_date"),
        ("contract", {"signed_on": "last week"}, "fact.not_a_date"),
        ("cable", {"spare_cores": 3}, "fact.below_minimum"),
        ("self_check", {"fibre_mbps": 11.9}, "fact.below_minimum"),
        ("preliminary_acceptance", {"fibre_mbps": "11.9"}, "fact.below_minimum"),
        ("final_acceptance", {"list_reconciled": None}, "fact.missing"),
    ],
)
def test_a_stage_is_not_closed_on_bad_facts(stage: str, changes: dict[str, FactValue | None], code: str) -> None:
    life = life_at(stage)
    assert life.code(people.BY_ROLE[life.turn().owner], close(life, stage, **changes)) == code
    assert life.open() == stage


def test_a_signal_below_the_threshold_is_refused() -> None:
    """-105 dBm passes, -106 dBm does not."""
    life = life_at("self_check", "universal-service-4g")
    assert life.code(BUILDER, close(life, "self_check", rsrp_dbm=-106)) == "fact.below_minimum"
    life.ok(BUILDER, close(life, "self_check", rsrp_dbm=-105))


def test_facts_are_recorded_in_the_types_of_the_plan() -> None:
    """Numbers with thousands separators, a Chinese yes, a date: what is recorded survives its own JSON."""
    life = Life.begin()
    changes: dict[str, FactValue | None] = {"central_cny": "1,200,000", "no_double_funding": "是", "own_cny": ""}
    closed, *_ = life.ok(PROVINCE, close(life, "funding", document_no=" 2018-05-03 ", **changes))
    assert isinstance(closed, e.StageClosed)
    assert closed.facts == {"document_no": "2018-05-03", "central_cny": 1200000.0, "no_double_funding": True}
    assert e.StageClosed.model_validate_json(closed.model_dump_json()) == closed
    signed, *_ = life.ok(PROVINCE, close(life, "contract", signed_on=" 2018-06-01"))
    assert isinstance(signed, e.StageClosed)
    assert signed.facts["signed_on"] == "2018-06-01"


# Reports


def test_a_report_changes_the_percentage_and_no_clock() -> None:
    life = life_at("cable")
    due = life.due()
    life.ok(BUILDER, Report(percent=40, note="12 of 30 km", evidence=("photo-1",)))
    assert (life.stage("cable").percent, life.due()) == (40, due)


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_percentage_lies_between_nothing_and_all(percent: int) -> None:
    with pytest.raises(ValidationError):
        Report(percent=percent)


# Acceptance


def test_refused_rectified_rechecked_accepted() -> None:
    """Each step has an owner and a clock of its own, and the first result stays on record."""
    life = life_at("preliminary_acceptance")
    life.ok(PREFECTURE, TOO_SLOW)
    assert (life.turn().kind, life.turn().owner, life.turn().budget_days) == ("rectification", "builder", 30)
    assert life.code(PREFECTURE, close(life, "preliminary_acceptance")) == "acceptance.in_rectification"
    assert life.code(PREFECTURE, TOO_SLOW) == "acceptance.in_rectification"
    assert life.code(COUNTY, MENDED) == "authority.wrong_role"
    life.pass_days(10)
    life.ok(BUILDER, MENDED)
    assert (life.turn().kind, life.turn().owner, life.turn().budget_days) == ("recheck", "prefecture_officer", 15)
    assert life.code(BUILDER, MENDED) == "act.not_for_stage"
    life.ok(PREFECTURE, close(life, "preliminary_acceptance"))
    stage = life.stage("preliminary_acceptance")
    assert (stage.status, stage.refusals, stage.round) == ("done", 1, 1)
    assert [turn.kind for turn in stage.past] == ["work", "rectification", "recheck"]
    assert [event.item for event in life.events if isinstance(event, e.AcceptanceRefused)] == [TOO_SLOW.item]


def test_an_acceptance_may_be_refused_again_at_the_recheck() -> None:
    life = life_at("final_acceptance")
    for _ in range(2):
        life.ok(PROVINCE, Refuse(item="fibre_mbps"))
        life.ok(BUILDER, MENDED)
    life.close("final_acceptance")
    assert life.stage("final_acceptance").refusals == 2


def test_nobody_is_judged_while_somebody_else_holds_the_ball() -> None:
    """With an obstacle open the acceptance can be neither given nor refused."""
    life = life_at("preliminary_acceptance")
    life.ok(COUNTY, ReportObstacle(code="NO_ROAD", note="bridge washed away"))
    assert life.code(PREFECTURE, TOO_SLOW) == "obstacle.open"
    assert life.code(PREFECTURE, close(life, "preliminary_acceptance")) == "obstacle.open"
    life.ok(COUNTY, ClearObstacle())
    life.ok(PREFECTURE, TOO_SLOW)


@pytest.mark.parametrize("built", ["survey_design", "route", "cable", "equipment", "self_check"])
def test_who_built_never_accepts(built: str) -> None:
    """A person with posts on both sides who handed in any stage neither accepts nor refuses the work."""
    life = Life.begin()
    while life.stage("preliminary_acceptance").status == "pending":
        key = life.state.open_stages()[0]
        life.close(key, actor=TWO_HATS if key == built else None)
    for act in (close(life, "preliminary_acceptance"), TOO_SLOW):
        assert life.code(TWO_HATS, act) == "authority.own_work"
    life.ok(PREFECTURE_DEPUTY, close(life, "preliminary_acceptance"))


def test_who_accepted_first_does_not_accept_last() -> None:
    life = life_at("preliminary_acceptance")
    life.close("preliminary_acceptance", actor=PROVINCE)
    life.close("public_notice")
    assert life.code(PROVINCE, close(life, "final_acceptance")) == "authority.own_work"
    life.ok(PROVINCE_DEPUTY, close(life, "final_acceptance"))


def test_who_rectified_does_not_recheck() -> None:
    """A person with posts on both sides does not pass their own rectification."""
    life = life_at("preliminary_acceptance")
    life.ok(PREFECTURE, TOO_SLOW)
    life.ok(TWO_HATS, MENDED)
    assert life.code(TWO_HATS, close(life, "preliminary_acceptance")) == "authority.own_work"
    assert life.code(TWO_HATS, TOO_SLOW) == "authority.own_work"
    life.ok(PREFECTURE, close(life, "preliminary_acceptance"))


# Return


def test_a_return_resets_exactly_what_was_built_upon_it() -> None:
    """Fibre goes back to its poles; the 4G branch beside it keeps its results and its clocks."""
    life = life_at("route", "universal-service-both")
    life.close("route", "cable", "tower", "power")
    assert life.state.open_stages() == ["equipment", "transmission"]
    before = life.state.stages
    life.pass_days(10)
    returned, opened = life.ok(COUNTY, LOOSE_POLES)
    assert isinstance(returned, e.StageReturned)
    assert isinstance(opened, e.TurnOpened)
    assert returned.reset == ("route", "cable", "equipment")
    assert (opened.stage, opened.round) == ("route", 2)
    assert life.state.open_stages() == ["route", "transmission"]
    assert {key for key in before if life.stage(key) != before[key]} == set(returned.reset)
    life.close("route", "cable")
    assert [life.stage(key).round for key in ("route", "cable", "equipment", "tower")] == [2, 2, 2, 1]


def test_a_return_from_acceptance_keeps_the_refusals() -> None:
    life = life_at("final_acceptance")
    life.ok(PROVINCE, Refuse(item="fibre_mbps"))
    life.ok(PREFECTURE, LOOSE_POLES)
    assert life.open() == "route"
    assert life.stage("final_acceptance").status == "pending"
    assert life.stage("final_acceptance").refusals == 1
    assert [turn.kind for turn in life.stage("final_acceptance").past] == ["work", "rectification"]


def test_a_return_ends_an_obstacle_above_it() -> None:
    """The obstacle goes with the stage it stood in; its days stay counted for its party."""
    life = life_at("cable")
    life.ok(BUILDER, NO_POWER)
    life.pass_days(7)
    life.ok(COUNTY, LOOSE_POLES)
    assert life.stage("cable").suspended is None
    assert life.code(COUNTY, ClearObstacle()) == "obstacle.none"
    days = clock.days_by_party(clock.segments(life.stage("cable")), life.book.calendar, life.now)
    assert days == {"power": 5}


# The frozen payment


def test_a_frozen_payment_is_settled_only_by_a_decision() -> None:
    """The ladder's last rung froze it; naming the decision that lifts this lets it pass."""
    life = life_at("cable")
    life.pass_days(400)
    assert life.state.is_frozen
    life.close_before("settlement")
    assert life.code(PROVINCE, close(life, "settlement", release_decision_no=None)) == "payment.frozen"
    life.ok(PROVINCE, close(life, "settlement", release_decision_no="No. 12"))


def test_a_payment_that_was_never_frozen_needs_no_decision() -> None:
    life = life_at("settlement")
    assert not life.state.is_frozen
    life.ok(PROVINCE, close(life, "settlement", release_decision_no=None))


# Authority


@pytest.mark.parametrize("stage", ["funding", "contract", "preliminary_acceptance"])
def test_nobody_below_undoes_what_a_superior_decided(stage: str) -> None:
    """A county sends the builder's work back, never a decision of the province or the prefecture."""
    life = life_at("final_acceptance")
    back = Return(stage=stage, code="EVIDENCE", note="again")
    assert life.code(COUNTY, back) == "authority.wrong_role"
    life.ok(PROVINCE, back)


def test_everybody_who_rectified_is_kept_from_accepting() -> None:
    """Two rectifications by two people: neither of them judges."""
    life = life_at("preliminary_acceptance")
    for rectifier in (TWO_HATS, BUILDER):
        life.ok(PREFECTURE, TOO_SLOW)
        life.ok(rectifier, MENDED)
    assert life.code(TWO_HATS, close(life, "preliminary_acceptance")) == "authority.own_work"
    life.ok(PREFECTURE, close(life, "preliminary_acceptance"))


def test_a_note_of_any_length_or_with_control_characters_is_refused() -> None:
    """What rests in histories and is read on screens is bounded and printable."""
    for note in ("x" * 2001, "red \x1b[31m"):
        with pytest.raises(ValidationError):
            Report(percent=1, note=note)
