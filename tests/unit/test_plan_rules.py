"""What makes a plan, a ladder and a hierarchy sound: each way to be unsound is named, with its place and value."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.plan import ancestors, hierarchy_problems, ladder_problems, plan_problems, problems
from rules.policy import parse
from rules.text import LANGUAGES, render
from schemas.hierarchy import Hierarchy
from schemas.ladder import Ladder
from schemas.plan import Plan
from schemas.reason import ErrorKind, Reason
from tests.support import books

Change = Callable[[dict[str, Any]], object]


def raw(kind: str, name: str) -> dict[str, Any]:
    return deepcopy(next(raw for raw in books.raws() if raw["kind"] == kind and raw["name"] == name))


def hierarchy(change: Change = lambda _raw: None) -> Hierarchy:
    written = raw("hierarchy", "china")
    change(written)
    return Hierarchy.model_validate(written)


def ladder(change: Change = lambda _raw: None) -> Ladder:
    written = raw("ladder", "supervision")
    change(written)
    return Ladder.model_validate(written)


def plan(change: Change = lambda _raw: None, name: str = "universal-service-both") -> Plan:
    written = raw("plan", name)
    change(written)
    return Plan.model_validate(written)


def stage(written: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(stage for stage in written["stages"] if stage["key"] == key)
    return found


def told(found: list[Reason]) -> dict[str, dict[str, Any]]:
    """Return the problems by code, each one checked to be a sentence in both languages that names its document."""
    for reason in found:
        assert reason.kind is ErrorKind.INVALID
        for lang in LANGUAGES:
            assert str(reason.params["document"]) in render(reason, lang)
    return {reason.code: dict(reason.params) for reason in found}


@pytest.mark.parametrize("name", ["universal-service-fibre", "universal-service-4g", "universal-service-both"])
def test_the_shipped_policies_are_sound(name: str) -> None:
    assert problems(plan(name=name), ladder(), hierarchy()) == []


PLAN_CHANGES: dict[str, tuple[Change, str, dict[str, object]]] = {
    "a procedure without a step": (
        lambda raw: raw["procedures"].update(contest=[]),
        "policy.no_step",
        {"place": "procedures.contest"},
    ),
    "two steps of one key": (
        lambda raw: raw["procedures"]["change"][1].update(key="prefecture"),
        "policy.duplicate",
        {"place": "procedures.change", "value": "prefecture"},
    ),
    "a step that nobody decides": (
        lambda raw: raw["procedures"]["change"][0].update(by=[]),
        "policy.no_decider",
        {"place": "procedures.change.prefecture"},
    ),
    "a step of an unknown role": (
        lambda raw: raw["procedures"]["change"][0].update(by=["boss"]),
        "policy.unknown_role",
        {"place": "procedures.change.prefecture.by", "value": "boss"},
    ),
    "a step of an unknown owner": (
        lambda raw: raw["procedures"]["contest"][0].update(owner="boss"),
        "policy.unknown_role",
        {"place": "procedures.contest.decision.owner", "value": "boss"},
    ),
    "a step of an unknown party": (
        lambda raw: raw["procedures"]["contest"][0].update(party="moon"),
        "policy.unknown_party",
        {"place": "procedures.contest.decision.party", "value": "moon"},
    ),
    "more than one step for more time": (
        lambda raw: raw["procedures"].update(extension=raw["procedures"]["change"]),
        "policy.extension_steps",
        {"count": 3},
    ),
    "more time decided by others than grant it": (
        lambda raw: raw["may"].update(grant_extension=["prefecture_officer"]),
        "policy.extension_by",
        {"value": "provincial_supervisor", "granting": "prefecture_officer"},
    ),
    "days that may be contested before nobody": (
        lambda raw: raw["procedures"].pop("contest"),
        "policy.act_without_procedure",
        {"act": "contest_days", "value": "contest"},
    ),
    "changes without a reason": (lambda raw: raw["reasons"].pop("change"), "policy.no_change_reason", {}),
    "a baseline of an unknown stage": (
        lambda raw: raw["baseline"].update(stage="signing"),
        "policy.unknown_stage",
        {"place": "baseline.stage", "value": "signing"},
    ),
    "a baseline that nothing can change": (
        lambda raw: raw["may"].pop("request_change"),
        "policy.baseline_without_change",
        {},
    ),
    "two stages of one key": (
        lambda raw: raw["stages"].append(stage(raw, "cable")),
        "policy.duplicate",
        {"place": "stages", "value": "cable"},
    ),
    "no stage": (lambda raw: raw.update(stages=[]), "policy.no_stage", {}),
    "unknown prerequisite": (
        lambda raw: stage(raw, "cable").update(after=["rout"]),
        "policy.unknown_prerequisite",
        {"stage": "cable", "value": "rout"},
    ),
    "circle": (
        lambda raw: stage(raw, "route").update(after=["survey_design", "equipment"]),
        "policy.cycle",
        {"circle": "route → cable → equipment → route"},
    ),
    "waiting for itself": (
        lambda raw: stage(raw, "cable").update(after=["cable"]),
        "policy.cycle",
        {"circle": "cable → cable"},
    ),
    "behind a circle": (
        lambda raw: stage(raw, "route").update(after=["equipment"]),
        "policy.unreachable",
        {"stage": "upkeep", "value": "settlement"},
    ),
    "behind an unknown stage": (
        lambda raw: stage(raw, "settlement").update(after=["nothing"]),
        "policy.unreachable",
        {"stage": "upkeep", "value": "settlement"},
    ),
    "no first stage": (lambda raw: stage(raw, "funding").update(after=["upkeep"]), "policy.no_first_stage", {}),
    "unknown owner": (
        lambda raw: stage(raw, "cable").update(owner="builders"),
        "policy.unknown_role",
        {"place": "stages.cable.owner", "value": "builders"},
    ),
    "unknown closer": (
        lambda raw: stage(raw, "cable")["closed_by"].update(by=["builders"]),
        "policy.unknown_role",
        {"place": "stages.cable.closed_by.by", "value": "builders"},
    ),
    "unknown rectifier": (
        lambda raw: stage(raw, "final_acceptance")["rectification"].update(owner="builders"),
        "policy.unknown_role",
        {"place": "stages.final_acceptance.rectification.owner", "value": "builders"},
    ),
    "unknown role that may": (
        lambda raw: raw["may"].update(hold=["boss"]),
        "policy.unknown_role",
        {"place": "may.hold", "value": "boss"},
    ),
    "unknown owner of an obstacle": (
        lambda raw: raw["reasons"]["obstacle"][0].update(owner="grid"),
        "policy.unknown_role",
        {"place": "reasons.obstacle.NO_POWER.owner", "value": "grid"},
    ),
    "unknown party": (
        lambda raw: stage(raw, "cable").update(party="somebody"),
        "policy.unknown_party",
        {"place": "stages.cable.party", "value": "somebody"},
    ),
    "unknown party of a rectification": (
        lambda raw: stage(raw, "final_acceptance")["rectification"].update(party="somebody"),
        "policy.unknown_party",
        {"place": "stages.final_acceptance.rectification.party", "value": "somebody"},
    ),
    "unknown party of a hold": (
        lambda raw: raw["reasons"]["hold"][0].update(party="somebody"),
        "policy.unknown_party",
        {"place": "reasons.hold.WINTER_STOP.party", "value": "somebody"},
    ),
    "unknown act": (lambda raw: raw["may"].update(fly=["builder"]), "policy.unknown_act", {"value": "fly"}),
    "nobody closes": (
        lambda raw: stage(raw, "cable")["closed_by"].update(by=[]),
        "policy.no_closer",
        {"stage": "cable", "value": "submit"},
    ),
    "four eyes on an unknown stage": (
        lambda raw: stage(raw, "final_acceptance")["closed_by"].update(not_by_closer_of=["build"]),
        "policy.not_by_unknown",
        {"stage": "final_acceptance", "value": "build"},
    ),
    "four eyes on a later stage": (
        lambda raw: stage(raw, "final_acceptance")["closed_by"].update(not_by_closer_of=["settlement"]),
        "policy.not_by_no_ancestor",
        {"stage": "final_acceptance", "value": "settlement"},
    ),
    "acceptance without rectification": (
        lambda raw: stage(raw, "final_acceptance").pop("rectification"),
        "policy.no_rectification",
        {"stage": "final_acceptance"},
    ),
    "rectification without acceptance": (
        lambda raw: stage(raw, "cable").update(rectification=stage(raw, "final_acceptance")["rectification"]),
        "policy.rectification_without_acceptance",
        {"stage": "cable", "value": "submit"},
    ),
    "two reasons of one code": (
        lambda raw: raw["reasons"]["cancel"].append(raw["reasons"]["cancel"][0]),
        "policy.duplicate",
        {"place": "reasons.cancel", "value": "DUPLICATE"},
    ),
    "two facts of one key": (
        lambda raw: stage(raw, "route")["closed_by"]["facts"].append(stage(raw, "route")["closed_by"]["facts"][0]),
        "policy.duplicate",
        {"place": "stages.route.closed_by.facts", "value": "route_km"},
    ),
    "hold without party": (
        lambda raw: raw["reasons"]["hold"][0].pop("party"),
        "policy.reason_without_party",
        {"group": "hold", "value": "WINTER_STOP"},
    ),
    "obstacle without party": (
        lambda raw: raw["reasons"]["obstacle"][0].pop("party"),
        "policy.reason_without_party",
        {"group": "obstacle", "value": "NO_POWER"},
    ),
}


@pytest.mark.parametrize("name", PLAN_CHANGES)
def test_an_unsound_plan_is_told(name: str) -> None:
    change, code, params = PLAN_CHANGES[name]
    found = plan_problems(plan(change), hierarchy())
    told(found)
    named = [reason.params for reason in found if reason.code == code]
    assert [
        given for given in named if {"document": "universal-service-both@2018.2", **params}.items() <= given.items()
    ]


def test_every_circle_is_told_once_and_what_lies_behind_it_besides() -> None:
    def change(written: dict[str, Any]) -> None:
        stage(written, "route").update(after=["equipment"])
        stage(written, "power").update(after=["base_station"])

    found = plan_problems(plan(change), hierarchy())
    circles = [reason.params["circle"] for reason in found if reason.code == "policy.cycle"]
    assert circles == ["route → cable → equipment → route", "power → base_station → power"]
    behind = [reason.params["stage"] for reason in found if reason.code == "policy.unreachable"]
    assert behind[0] == "self_check"
    assert behind[-1] == "upkeep"
    assert {reason.code for reason in found} == {"policy.cycle", "policy.unreachable"}


def test_ancestors_are_near_and_far() -> None:
    assert ancestors(plan(), "cable") == {"route", "survey_design", "baseline", "contract", "funding"}
    assert ancestors(plan(), "funding") == set()


@given(st.integers(2, 12), st.data())
def test_an_edge_against_the_order_makes_a_circle(length: int, data: st.DataObject) -> None:
    """A chain of any length with one edge back: the circle is exactly the stages between."""
    late = data.draw(st.integers(0, length - 1))
    early = data.draw(st.integers(0, late))

    def change(written: dict[str, Any]) -> None:
        keys = [f"s{number}" for number in range(length)]
        chain = zip(keys, [[], *([key] for key in keys)], strict=False)
        model = stage(written, "route")
        written["stages"] = [{**model, "key": key, "after": list(after)} for key, after in chain]
        written["stages"][early]["after"].append(keys[late])

    found = told(plan_problems(plan(change), hierarchy()))
    circle = [f"s{number}" for number in [*range(early, late + 1), early]]
    assert found["policy.cycle"]["circle"] == " → ".join(circle)
    assert ("policy.unreachable" in found) == (late < length - 1)


LADDER_CHANGES: dict[str, tuple[Change, str, dict[str, object]]] = {
    "two rungs of one key": (
        lambda raw: raw["rungs"][1].update(key="reminder-30"),
        "policy.duplicate",
        {"place": "rungs", "value": "reminder-30"},
    ),
    "on the due day": (
        lambda raw: raw["rungs"][2].update(offset_days=0),
        "policy.offset_zero",
        {"rung": "reminder-1"},
    ),
    "not growing": (
        lambda raw: raw["rungs"][1].update(offset_days=-30),
        "policy.offset_not_growing",
        {"rung": "reminder-7", "value": -30, "before": -30},
    ),
    "level falls": (
        lambda raw: raw["rungs"][5].update(level=1),
        "policy.level_falls",
        {"rung": "circular", "value": 1, "before": 2},
    ),
    "reminder with a level": (
        lambda raw: raw["rungs"][0].update(level=1),
        "policy.reminder_level",
        {"rung": "reminder-30", "value": 1},
    ),
    "escalation without level": (
        lambda raw: raw["rungs"][3].update(level=0),
        "policy.escalation_level",
        {"rung": "overdue", "value": 0},
    ),
    "sent to nobody": (
        lambda raw: raw["rungs"][3].update(to={}),
        "policy.no_recipient",
        {"rung": "overdue", "place": "to"},
    ),
    "sent to nobody for one owner": (
        lambda raw: raw["rungs"][3]["to"].update(builder=[]),
        "policy.no_recipient",
        {"rung": "overdue", "place": "to.builder"},
    ),
    "unknown owner": (
        lambda raw: raw["rungs"][3]["to"].update(boss=["owner"]),
        "policy.unknown_role",
        {"place": "rungs.overdue.to", "value": "boss"},
    ),
    "unknown receiver": (
        lambda raw: raw["rungs"][3]["to"].update(default=["boss"]),
        "policy.unknown_role",
        {"place": "rungs.overdue.to.default", "value": "boss"},
    ),
}


@pytest.mark.parametrize("name", LADDER_CHANGES)
def test_an_unsound_ladder_is_told(name: str) -> None:
    change, code, params = LADDER_CHANGES[name]
    found = told(ladder_problems(ladder(change), hierarchy()))
    assert found[code].items() >= {"document": "supervision@2018.2", **params}.items()


HIERARCHY_CHANGES: dict[str, tuple[Change, str, dict[str, object]]] = {
    "two roles of one key": (
        lambda raw: raw["roles"].append(raw["roles"][-1]),
        "policy.duplicate",
        {"place": "roles", "value": "operator"},
    ),
    "two parties of one key": (
        lambda raw: raw["parties"].append(raw["parties"][-1]),
        "policy.duplicate",
        {"place": "parties", "value": "system"},
    ),
    "unknown superior": (
        lambda raw: raw["roles"][1].update(superior="premier"),
        "policy.unknown_superior",
        {"role": "provincial_supervisor", "value": "premier"},
    ),
    "circle of superiors": (
        lambda raw: raw["roles"][1].update(superior="county_officer"),
        "policy.superior_circle",
        {"circle": "provincial_supervisor → county_officer → prefecture_officer → provincial_supervisor"},
    ),
}


@pytest.mark.parametrize("name", HIERARCHY_CHANGES)
def test_an_unsound_hierarchy_is_told(name: str) -> None:
    change, code, params = HIERARCHY_CHANGES[name]
    found = told(hierarchy_problems(hierarchy(change)))
    assert found[code].items() >= {"document": "china@2018.2", **params}.items()


def test_three_policies_are_judged_together() -> None:
    found = problems(
        plan(PLAN_CHANGES["unknown owner"][0]),
        ladder(LADDER_CHANGES["on the due day"][0]),
        hierarchy(HIERARCHY_CHANGES["unknown superior"][0]),
    )
    assert {"policy.unknown_role", "policy.offset_zero", "policy.unknown_superior"} <= set(told(found))


def test_every_shipped_document_is_of_a_kind_that_is_judged_here_or_needs_no_judgement() -> None:
    kinds = {type(parse(raw)).__name__ for raw in books.raws()}
    assert kinds == {"Plan", "Ladder", "Hierarchy", "Calendar", "MessagingPolicy"}
