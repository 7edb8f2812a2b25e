"""Who may do what, when, and how often: what all acts of people have in common."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from rules import clock
from rules.project import Accepted, Refused, Repeated
from schemas import event as e
from schemas.command import (
    Act,
    Actor,
    Cancel,
    ClearObstacle,
    Close,
    Command,
    Correct,
    DenyExtension,
    GrantExtension,
    HoldProject,
    Reassign,
    Refuse,
    Reject,
    Report,
    ReportObstacle,
    ResumeProject,
    Return,
)
from tests.support import people
from tests.support.acts import (
    ASK_30,
    DUPLICATE,
    LOOSE_POLES,
    NO_POWER,
    RESUME,
    SNOW,
    TAKE_OUT,
    close,
    life_at,
    promise,
    take_out,
)
from tests.support.life import Life, shown
from tests.support.people import (
    AUDITOR,
    BUILDER,
    BUILDER_PROVINCE,
    COUNTY,
    MINISTRY,
    NEIGHBOUR,
    NOBODY,
    OTHER_PROVINCE,
    POWER,
    PREFECTURE,
    PREFECTURE_DEPUTY,
    PROVINCE,
    PROVINCE_DEPUTY,
    RIVAL,
    TOWER,
)

# The way through


@pytest.mark.parametrize("plan", ["universal-service-fibre", "universal-service-4g", "universal-service-both"])
def test_a_project_goes_from_funding_to_the_end_of_its_upkeep(plan: str) -> None:
    """Each stage is closed once, by its proper act and person, upkeep year by year; then the project is complete."""
    life = Life.begin(plan)
    while not life.state.is_over:
        life.pass_days(3)
        life.close(life.state.open_stages()[0])
    assert life.state.status == "completed"
    closed = [event for event in life.events if isinstance(event, e.StageClosed)]
    assert sorted(event.stage for event in closed) == sorted([*life.book.stages, *["upkeep"] * 5])
    assert all(event.act == life.book.stages[event.stage].closed_by.act for event in closed)
    assert isinstance(life.events[-1], e.ProjectCompleted)
    rounds = {key: [turn.round for turn in life.opened(key)] for key in life.book.stages}
    assert rounds.pop("upkeep") == [1, 2, 3, 4, 5, 6]
    assert set(map(tuple, rounds.values())) == {(1,)}


def test_closing_a_stage_opens_the_next_one_for_its_owner() -> None:
    """The contract stage opens with its own owner, party, budget and due instant."""
    life = Life.begin()
    closed, opened = life.ok(PROVINCE, close(life, "funding"))
    assert isinstance(closed, e.StageClosed)
    assert isinstance(opened, e.TurnOpened)
    assert (opened.stage, opened.owner, opened.party) == ("contract", "provincial_supervisor", "funding_office")
    assert (opened.budget_days, shown(opened.due_at)) == (60, "2018-08-01 00:00")
    assert life.stage("funding").closed_by == "province"
    assert life.stage("funding").closed_at == life.now


def test_parallel_branches_are_joined() -> None:
    """Fibre and tower go on side by side; the self-check waits for both."""
    life = life_at("route", "universal-service-both")
    assert life.state.open_stages() == ["route", "tower"]
    life.close("route", "cable", "equipment")
    assert life.state.open_stages() == ["tower"]
    life.close("tower")
    assert life.state.open_stages() == ["power", "transmission"]
    life.close("power", "transmission", "base_station")
    assert life.open() == "self_check"


def test_a_stage_need_not_be_named_when_only_one_fits() -> None:
    life = life_at("route", "universal-service-both")
    assert life.code(BUILDER, Close(act="submit", facts={"route_km": 3})) == "stage.which"
    life.close("tower", "power", "transmission", "base_station")
    life.ok(BUILDER, Close(act="submit", facts={"route_km": 3}))
    assert life.open() == "cable"


# Who may


@pytest.mark.parametrize(
    ("stage", "actor", "code"),
    [
        ("funding", COUNTY, "authority.wrong_role"),
        ("funding", BUILDER, "authority.wrong_role"),
        ("funding", AUDITOR, "authority.wrong_role"),
        ("funding", NOBODY, "authority.wrong_role"),
        ("funding", OTHER_PROVINCE, "authority.outside_area"),
        ("cable", RIVAL, "authority.outside_area"),
        ("cable", TOWER, "authority.wrong_role"),
        ("cable", MINISTRY, "authority.wrong_role"),
        ("preliminary_acceptance", BUILDER, "authority.wrong_role"),
        ("preliminary_acceptance", BUILDER_PROVINCE, "authority.wrong_role"),
        ("preliminary_acceptance", COUNTY, "authority.wrong_role"),
        ("preliminary_acceptance", OTHER_PROVINCE, "authority.outside_area"),
        ("final_acceptance", PREFECTURE, "authority.wrong_role"),
    ],
)
def test_a_stage_is_closed_only_by_its_own_people(stage: str, actor: Actor, code: str) -> None:
    """Wrong role, wrong area, wrong organisation: the ministry does not build, the builder does not accept."""
    life = life_at(stage)
    assert life.code(actor, close(life, stage)) == code
    assert life.open() == stage


@pytest.mark.parametrize(
    ("stage", "actor"),
    [
        ("funding", MINISTRY),
        ("cable", BUILDER_PROVINCE),
        ("preliminary_acceptance", PREFECTURE_DEPUTY),
        ("preliminary_acceptance", PROVINCE),
        ("final_acceptance", PROVINCE_DEPUTY),
    ],
)
def test_a_superior_of_the_same_side_may_act(stage: str, actor: Actor) -> None:
    life = life_at(stage)
    life.ok(actor, close(life, stage))
    assert life.stage(stage).closed_by == actor.person_id


@pytest.mark.parametrize("actor", [TOWER, BUILDER])
def test_the_tower_is_handed_in_by_the_tower_company_or_the_builder(actor: Actor) -> None:
    life = life_at("tower", "universal-service-4g")
    life.ok(actor, close(life, "tower"))


@pytest.mark.parametrize(
    ("act", "allowed", "refused"),
    [
        (SNOW, [PREFECTURE, PROVINCE, MINISTRY], [COUNTY, BUILDER, AUDITOR, NEIGHBOUR]),
        (NO_POWER, [BUILDER, COUNTY, BUILDER_PROVINCE], [RIVAL, POWER, NEIGHBOUR]),
        (ASK_30, [BUILDER, BUILDER_PROVINCE], [RIVAL, COUNTY, PROVINCE]),
        (Report(percent=40), [BUILDER, COUNTY], [RIVAL, AUDITOR, TOWER]),
        (LOOSE_POLES, [COUNTY, PREFECTURE], [BUILDER, AUDITOR, NEIGHBOUR]),
        (TAKE_OUT, [BUILDER, COUNTY, PREFECTURE, PROVINCE], [AUDITOR, RIVAL, OTHER_PROVINCE]),
        (Correct(seq=1, note="wrong number"), [COUNTY, PROVINCE], [BUILDER, AUDITOR]),
        (
            Reassign(role="builder", person_id="nobody", reason="leave"),
            [PREFECTURE],
            [COUNTY, BUILDER, BUILDER_PROVINCE],
        ),
    ],
    ids=lambda value: value.act if hasattr(value, "act") else "",
)
def test_every_act_has_its_people(act: Act, allowed: list[Actor], refused: list[Actor]) -> None:
    for actor in allowed:
        life_at("cable").ok(actor, act)
    for actor in refused:
        assert life_at("cable").code(actor, act).startswith("authority.")


def test_who_may_cancel_before_the_baseline() -> None:
    for actor in (PROVINCE, MINISTRY):
        life_at("contract").ok(actor, DUPLICATE)
    for actor in (PREFECTURE, BUILDER, OTHER_PROVINCE):
        assert life_at("contract").code(actor, DUPLICATE).startswith("authority.")


# Out of turn


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (Close(act="approve", stage="funding"), "stage.done"),
        (Close(act="approve"), "act.not_for_stage"),
        (Close(act="submit", stage="self_check"), "stage.pending"),
        (Close(act="accept", stage="cable"), "act.not_for_stage"),
        (Close(act="submit", stage="castle"), "stage.unknown"),
        (Refuse(stage="cable", item="x"), "act.not_for_stage"),
        (Refuse(item="x"), "act.not_for_stage"),
        (Reject(code="FILES", note="x"), "act.not_for_stage"),
        (Report(stage="contract", percent=1), "stage.done"),
        (Return(stage="cable", code="QUALITY", note="x"), "return.not_done"),
        (Return(stage="upkeep", code="QUALITY", note="x"), "return.not_done"),
        (Return(stage="castle", code="QUALITY", note="x"), "stage.unknown"),
        (Return(stage="route", code="WHIM", note="x"), "reason.unknown"),
        (GrantExtension(), "extension.none_pending"),
        (DenyExtension(reason="x"), "extension.none_pending"),
        (ResumeProject(), "project.not_held"),
        (HoldProject(code="WHIM"), "reason.unknown"),
        (ReportObstacle(code="WHIM", note="x"), "reason.unknown"),
        (ClearObstacle(), "obstacle.none"),
        (Reassign(role="king", person_id="nobody", reason="x"), "role.unknown"),
        (Cancel(code="WHIM", decision_no="x"), "reason.unknown"),
        (Correct(seq=999, note="x"), "correct.no_entry"),
    ],
)
def test_an_act_out_of_turn_is_refused(act: Act, code: str) -> None:
    """In the cable stage, by somebody who holds every post: only the state or the code is wrong."""
    life = life_at("cable")
    everything = people.actor("all", *(post for who in (PROVINCE, PREFECTURE, COUNTY, BUILDER) for post in who.posts))
    assert life.code(everything, act) == code


def test_a_stage_that_ends_by_itself_is_left_alone() -> None:
    """Nobody closes, extends or obstructs a public notice, and it is not returned to."""
    life = life_at("public_notice")
    everything = people.actor("all", *PREFECTURE.posts, *BUILDER.posts, *PROVINCE.posts)
    for act in (Close(act="accept"), Close(act="submit"), NO_POWER):
        assert life.code(everything, act) == "stage.ends_by_itself"
    assert life.code(everything, ASK_30) == "stage.ends_by_itself"
    assert life.code(everything, promise(life, 3)) == "acknowledge.nothing"
    life.close("public_notice")
    assert life.code(everything, Return(stage="public_notice", code="QUALITY", note="x")) == "return.not_done"


# Funding rejected, project cancelled


def test_rejected_funding_ends_the_project() -> None:
    life = Life.begin()
    assert life.code(PROVINCE, Reject(code="WHIM", note="x")) == "reason.unknown"
    assert life.code(COUNTY, Reject(code="FILES", note="x")) == "authority.wrong_role"
    life.ok(PROVINCE, Reject(code="DOUBLE_FUNDING", note="paid by another programme"))
    assert (life.state.status, life.state.open_stages()) == ("rejected", [])


@pytest.mark.parametrize("is_held", [False, True])
def test_a_cancelled_project_has_no_clock_left(*, is_held: bool) -> None:
    """Also from a hold; the days until then stay counted."""
    life = life_at("cable")
    life.pass_days(20)
    if is_held:
        life.ok(PREFECTURE, SNOW)
        life.pass_days(20)
    take_out(life)
    assert (life.state.status, life.state.hold, life.rungs()) == ("cancelled", None, [])
    life.pass_days(500)
    days = clock.days_by_party(clock.segments(life.stage("cable")), life.book.calendar, life.now)
    assert days == ({"builder": 14, "weather": 15} if is_held else {"builder": 14})
    assert life.fired() == []


def test_over_is_over() -> None:
    """A project that has ended takes nothing any more."""
    life = life_at("cable")
    take_out(life)
    late = Correct(seq=2, note="decision No. 8, not No. 7")
    for act in (DUPLICATE, SNOW, RESUME, Report(percent=1), LOOSE_POLES, ASK_30, close(life, "cable"), late):
        assert life.code(MINISTRY, act) == "project.over"
    assert life.state.status == "cancelled"


# Reassign, correct


def test_nobody_names_themselves_builder_of_what_they_supervise() -> None:
    """A role is taken by oneself only by somebody who may act in it already."""
    life = life_at("cable")
    mine = Reassign(role="builder", person_id=PREFECTURE.person_id, reason="faster")
    assert life.code(PREFECTURE, mine) == "authority.wrong_role"


def test_a_named_person_takes_a_role_for_this_project_only() -> None:
    """Whoever is named may act without a post; given back, they may not."""
    life = life_at("cable")
    assert life.code(NOBODY, close(life, "cable")) == "authority.wrong_role"
    life.ok(PREFECTURE, Reassign(role="builder", person_id="nobody", reason="illness"))
    assert life.state.assigned == {"builder": "nobody"}
    life.ok(NOBODY, close(life, "cable"))
    life.ok(PREFECTURE, Reassign(role="builder", person_id="", reason="back again"))
    assert life.state.assigned == {}
    assert life.code(NOBODY, close(life, "equipment")) == "authority.wrong_role"


@pytest.mark.parametrize("role", ["provincial_supervisor", "ministry_supervisor", "auditor", "operator"])
def test_nobody_makes_themselves_a_superior(role: str) -> None:
    """A prefecture officer names builders and officers, not supervisors or auditors."""
    life = life_at("cable")
    act = Reassign(role=role, person_id=PREFECTURE.person_id, reason="convenience")
    assert life.code(PREFECTURE, act) == "authority.wrong_role"
    life.ok(PREFECTURE, Reassign(role="county_officer", person_id="nobody", reason="vacant"))


def test_a_correction_is_a_further_entry() -> None:
    """Nothing is edited: the earlier entry stays as it was."""
    life = life_at("cable")
    before = life.journal
    life.ok(COUNTY, Correct(seq=3, note="contract no. 18, not 81"))
    assert life.journal[:-1] == before
    assert life.journal[-1].event == e.EntryCorrected(corrected_seq=3, note="contract no. 18, not 81")


# Sent twice


def test_the_same_command_twice_is_carried_out_once() -> None:
    """Sent again it is answered from memory; with another body or person it is a conflict."""
    life = life_at("cable")
    command = Command(command_id="once", actor=BUILDER, act=Report(percent=10))
    assert isinstance(life.send(command), Accepted)
    seq = life.state.seq
    again = life.send(command)
    assert isinstance(again, Repeated)
    assert (again.done.seq, life.state.seq) == (seq, seq)
    for changed in ({"act": Report(percent=11)}, {"actor": COUNTY}):
        answer = life.send(command.model_copy(update=changed))
        assert isinstance(answer, Refused)
        assert (answer.reason.code, answer.reason.kind.value) == ("command.id_reused", "conflict")


def test_a_command_that_was_refused_may_be_sent_again() -> None:
    """A refusal leaves no trace: the same id is free until it is carried out."""
    life = life_at("cable")
    command = Command(command_id="once", actor=BUILDER, act=close(life, "cable", spare_cores=3))
    assert isinstance(life.send(command), Refused)
    assert isinstance(life.send(command.model_copy(update={"act": close(life, "cable")})), Accepted)


# What does not even reach the rules


@pytest.mark.parametrize(
    "act",
    [
        {"act": "dance"},
        {"act": "reject", "code": "FILES", "note": "  "},
        {"act": "refuse", "item": ""},
        {"act": "hold"},
        {"act": "request_extension", "days": 0, "reason": "x"},
        {"act": "acknowledge", "promised_at": "2018-08-01T10:00:00"},
        {"act": "acknowledge", "promised_at": "0001-01-01T00:00:00+08:00"},
        {"act": "approve", "facts": {"central_cny": float("inf")}},
        {"act": "cancel", "code": "DUPLICATE", "decision_no": ""},
        {"act": "correct", "seq": 0, "note": "x"},
    ],
)
def test_a_malformed_act_is_no_act(act: dict[str, object]) -> None:
    """No reason given, no such act, no time zone, an instant before time: told by the field, not by a crash."""
    with pytest.raises(ValidationError):
        TypeAdapter(Act).validate_python(act)
