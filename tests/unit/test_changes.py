"""Changes of a task: asked for, agreed step by step by different people, and what each leads to."""

from __future__ import annotations

from typing import Any

import pytest

from rules import baseline
from schemas import event as e
from schemas.command import Agree, Cancel, Decline, RequestChange, Withdraw
from schemas.matter import ChangeKind
from tests.support.acts import RESUME, SNOW, life_at
from tests.support.life import Life, shown
from tests.support.people import (
    AUDITOR,
    BUILDER,
    COUNTY,
    MINISTRY,
    NEIGHBOUR,
    PREFECTURE,
    PREFECTURE_DEPUTY,
    PROVINCE,
    PROVINCE_DEPUTY,
    VILLAGE,
)

NEW_CODE = "533301102203"
OTHER_COUNTY = "533323103201"
NUMBER = "云通〔2018〕21号"
AGREED = Agree(number=NUMBER)


def asking(kind: ChangeKind = "move", code: str = "RELOCATED", **fields: Any) -> RequestChange:  # noqa: ANN401
    """Return a request for a change."""
    if kind == "move" and not fields:
        fields = {"place": "安置点"}
    return RequestChange.model_validate({"kind": kind, "code": code, "note": "整村搬迁", **fields})


def frozen() -> Life:
    """Return a project whose list of tasks is registered: every change goes through the whole procedure."""
    return life_at("route")


def asked(act: RequestChange | None = None) -> Life:
    """Return a project of which the county has asked for a change."""
    life = frozen()
    life.ok(COUNTY, act or asking())
    return life


def step(life: Life) -> str:
    return life.state.matters[0].step


# The way through


def test_a_change_passes_its_steps_and_takes_effect() -> None:
    """Prefecture, province, filing: each with its own clock, each by somebody else; the last one changes the task."""
    life = asked(asking("recode", "RECODED", village_code=NEW_CODE, village_name="新村"))
    assert [step(life), life.state.matters[0].turn.owner] == ["prefecture", "prefecture_officer"]
    life.pass_days(2)
    (passed,) = life.ok(PREFECTURE, Agree())
    assert isinstance(passed, e.MatterPassed)
    assert (passed.passed, passed.step, passed.owner) == ("prefecture", "province", "provincial_supervisor")
    assert life.state.matters[0].turn.opened_at == life.now
    life.ok(PROVINCE, AGREED)
    assert (step(life), life.state.matters[0].passed_by) == ("filing", ("prefecture", "province"))
    assert life.state.project.village_code == VILLAGE
    closed, effected = life.ok(PROVINCE_DEPUTY, AGREED)
    assert isinstance(closed, e.MatterClosed)
    assert isinstance(effected, e.ChangeEffected)
    assert (closed.outcome, closed.number, effected.number) == ("granted", NUMBER, NUMBER)
    assert life.state.matters == ()
    assert (life.state.project.village_code, life.state.project.village_name) == (NEW_CODE, "新村")
    done = life.state.changes[0]
    assert (done.kind, done.code, done.from_code, done.to_code) == ("recode", "RECODED", VILLAGE, NEW_CODE)


def pass_all(life: Life) -> tuple[e.Event, ...]:
    """Let every step agree and return what follows."""
    life.ok(PREFECTURE, Agree())
    life.ok(PROVINCE, AGREED)
    return life.ok(PROVINCE_DEPUTY, AGREED)


@pytest.mark.parametrize(
    ("act", "expected", "status"),
    [
        (asking("move", place="云南省怒江州泸水市安置点"), {"place": "云南省怒江州泸水市安置点"}, "running"),
        (asking("move", village_code=OTHER_COUNTY), {"village_code": OTHER_COUNTY, "county_code": "533323"}, "running"),
        (asking("replace", village_code=NEW_CODE, village_name="乙村"), {"village_code": NEW_CODE}, "running"),
        (asking("split", "SPLIT", successors=(NEW_CODE,)), {"village_code": VILLAGE}, "running"),
        (asking("merge", "MERGED", into="P-2"), {"village_code": VILLAGE}, "cancelled"),
        (asking("cancel", "COVERED_BY_OTHER"), {"village_code": VILLAGE}, "cancelled"),
    ],
    ids=["move", "move-county", "replace", "split", "merge", "cancel"],
)
def test_each_change_has_its_effect(act: RequestChange, expected: dict[str, str], status: str) -> None:
    life = asked(act)
    events = pass_all(life)
    assert {name: getattr(life.state.project, name) for name in expected} == expected
    assert life.state.status == status
    ended = status == "cancelled"
    assert isinstance(events[-1], e.ProjectCancelled) == ended
    if ended:
        assert (life.state.ended_code, life.rungs()) == (act.code, [])
        assert isinstance(events[-1], e.ProjectCancelled)
        assert events[-1].decision_no == NUMBER
    assert life.state.merged_into == act.into


def test_a_new_county_decides_from_then_on() -> None:
    """The project follows its village: posts of the new county serve it, those of the old one no longer do."""
    life = asked(asking("move", village_code=OTHER_COUNTY))
    pass_all(life)
    assert life.code(COUNTY, asking("cancel", "RELOCATED")) == "authority.outside_area"
    life.ok(NEIGHBOUR, asking("cancel", "RELOCATED"))


def test_a_change_stops_no_clock() -> None:
    life = frozen()
    before = life.rungs("route")
    life.ok(COUNTY, asking())
    assert life.rungs("route") == before


# Who may decide


def test_four_eyes_at_every_step() -> None:
    life = frozen()
    life.ok(PREFECTURE, asking())
    assert life.code(PREFECTURE, Agree()) == "matter.own_request"
    assert life.code(PREFECTURE, Decline(reason="no")) == "matter.own_request"
    life.ok(PREFECTURE_DEPUTY, Agree())
    life.ok(PROVINCE, AGREED)
    assert life.code(PROVINCE, AGREED) == "matter.passed_already"
    life.ok(PROVINCE, Decline(reason="withdrawn by the village"))  # who agreed before may still stop it
    assert life.state.matters == ()


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (BUILDER, "authority.wrong_role"),
        (COUNTY, "authority.wrong_role"),
        (AUDITOR, "authority.wrong_role"),
        (NEIGHBOUR, "authority.wrong_role"),
    ],
)
@pytest.mark.parametrize("act", [Agree(), Decline(reason="no")], ids=["agree", "decline"])
def test_who_may_not_decide(person: Any, code: str, act: Any) -> None:  # noqa: ANN401 - people and acts
    assert asked().code(person, act) == code


def test_a_superior_may_decide_for_the_step_below() -> None:
    life = asked()
    life.ok(MINISTRY, Agree())
    assert step(life) == "province"


def test_who_may_not_ask() -> None:
    assert frozen().code(AUDITOR, asking()) == "authority.wrong_role"
    assert frozen().code(NEIGHBOUR, asking()) == "authority.outside_area"


def test_declined_and_withdrawn() -> None:
    """Either way nothing has changed, and it may be asked again."""
    life = asked()
    assert life.code(PREFECTURE, Withdraw()) == "matter.not_yours"
    before = life.state.project
    (closed,) = life.ok(PREFECTURE, Decline(reason="not proven"))
    assert isinstance(closed, e.MatterClosed)
    assert (closed.outcome, closed.note) == ("refused", "not proven")
    life.ok(COUNTY, asking())
    (closed,) = life.ok(COUNTY, Withdraw())
    assert isinstance(closed, e.MatterClosed)
    assert closed.outcome == "withdrawn"
    assert (life.state.project, life.state.changes, life.state.matters) == (before, (), ())


# What is refused


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (asking("merge", "MERGED", into="P-1"), "change.onto_itself"),
        (asking("merge", "MERGED"), "change.missing"),
        (asking("recode", "RECODED"), "change.missing"),
        (asking("recode", "RECODED", village_code=VILLAGE), "change.same_code"),
        (asking("replace", "RELOCATED", village_code=VILLAGE), "change.same_code"),
        (asking("recode", "RECODED", village_code="5333"), "change.bad_code"),
        (asking("recode", "RECODED", village_code="99330110120A"), "change.bad_code"),
        (asking("recode", "RECODED", village_code="993301101201"), "change.bad_code"),
        (asking("split", "SPLIT", successors=("53",)), "change.bad_code"),
        (asking("split", "SPLIT"), "change.missing"),
        (asking("split", "SPLIT", successors=(NEW_CODE, NEW_CODE)), "change.successor_twice"),
        (asking("split", "SPLIT", successors=(VILLAGE,)), "change.successor_twice"),
        (asking("move", village_code=VILLAGE), "change.nothing"),
        (asking("move", into="P-2"), "change.needless"),
        (asking("cancel", village_code=NEW_CODE), "change.needless"),
        (asking("cancel", "NO_SUCH_CODE"), "reason.unknown"),
        (asking("add_units", units=({"unit": "U1", "code": "RELOCATED"},)), "change.not_for_plan"),
        (asking("remove_units", units=({"unit": "U1", "code": "RELOCATED"},)), "change.not_for_plan"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.kind,
)
def test_changes_that_cannot_be(act: RequestChange, code: str) -> None:
    assert frozen().code(COUNTY, act) == code


def test_one_change_at_a_time() -> None:
    assert asked().code(BUILDER, asking("cancel", "DUPLICATE")) == "change.pending"


def test_a_step_that_needs_a_number() -> None:
    life = asked()
    life.ok(PREFECTURE, Agree())
    assert life.code(PROVINCE, Agree()) == "matter.needs_number"


def test_acts_in_the_wrong_state() -> None:
    life = frozen()
    for act in (Agree(), Decline(reason="no"), Withdraw()):
        assert life.code(PREFECTURE, act) == "matter.none_waiting"
    life.ok(COUNTY, asking())
    assert life.code(PREFECTURE, Agree(matter="M7")) == "matter.unknown"
    pass_all(life)
    assert life.code(PREFECTURE, Agree(matter="M1")) == "matter.unknown"


def test_a_hold_waits_for_just_such_a_decision() -> None:
    """Asked for, agreed to and in force while the project stands still; then it goes on as the new village."""
    life = frozen()
    life.ok(PREFECTURE, SNOW)
    life.ok(COUNTY, asking("recode", "RECODED", village_code=NEW_CODE))
    pass_all(life)
    assert (life.state.status, life.state.project.village_code) == ("held", NEW_CODE)
    life.ok(PREFECTURE, RESUME)
    life.ok(COUNTY, asking("recode", "RECODED", village_code=VILLAGE))
    life.ok(PREFECTURE, SNOW)
    life.ok(COUNTY, Withdraw())


def test_the_end_takes_what_waits() -> None:
    life = asked(asking("cancel", "DUPLICATE"))
    pass_all(life)
    assert life.code(COUNTY, asking()) == "project.over"
    assert life.code(PREFECTURE, Agree()) == "project.over"


# The baseline


def test_before_the_baseline_the_last_step_is_enough() -> None:
    life = life_at("contract")
    life.ok(COUNTY, asking("cancel", "DUPLICATE"))
    assert step(life) == "filing"
    life.ok(PROVINCE, AGREED)
    assert life.state.status == "cancelled"


def test_a_task_is_cancelled_directly_only_before_the_baseline() -> None:
    duplicate = Cancel(code="DUPLICATE", decision_no="No. 7")
    early = life_at("contract")
    early.ok(PROVINCE, duplicate)
    assert early.state.status == "cancelled"
    assert frozen().code(PROVINCE, duplicate) == "change.baseline_frozen"


def test_the_list_is_frozen_thirty_days_after_the_contract_at_the_latest() -> None:
    life = life_at("contract")
    assert baseline.frozen_at(life.state, life.book) is None
    life.close("contract")
    contract_on = shown(life.now)[:10]
    frozen_at = baseline.frozen_at(life.state, life.book)
    assert frozen_at is not None
    assert (contract_on, shown(frozen_at)) == ("2018-05-07", "2018-06-07 00:00")
    life.pass_days(29)
    assert not baseline.is_frozen(life.state, life.now, life.book)
    life.pass_days(2)
    assert baseline.is_frozen(life.state, life.now, life.book)


def test_registering_the_list_freezes_it_at_once() -> None:
    life = life_at("baseline")
    assert not baseline.is_frozen(life.state, life.now, life.book)
    life.close("baseline")
    assert baseline.frozen_at(life.state, life.book) == life.now
