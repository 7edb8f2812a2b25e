"""What makes acceptances, payments and spot checks of a plan sound: each fault is named, with its place and value."""

from __future__ import annotations

from typing import Any

import pytest

from rules.acceptance_check import acceptance_problems
from rules.plan import plan_problems
from rules.text import LANGUAGES, render
from schemas.hierarchy import Hierarchy
from schemas.plan import Plan
from tests.support import books
from tests.support.accepting import FIBRE, G4, Change, raw_plan, stage_of


def final(raw: dict[str, Any]) -> dict[str, Any]:
    """Return how the final acceptance is closed."""
    closing: dict[str, Any] = stage_of(raw, "final_acceptance")["closed_by"]
    return closing


def fact(raw: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a fact of the final acceptance."""
    found: dict[str, Any] = next(fact for fact in final(raw)["facts"] if fact["key"] == key)
    return found


@pytest.mark.parametrize("name", [FIBRE, G4])
def test_a_plan_with_parts_payment_and_spot_check_is_sound(name: str) -> None:
    hierarchy = Hierarchy.model_validate(next(raw for raw in books.raws() if raw["kind"] == "hierarchy"))
    assert plan_problems(Plan.model_validate(raw_plan(name)), hierarchy) == []


FAULTS: dict[str, tuple[Change, str, dict[str, object]]] = {
    "a part twice": (
        lambda raw: final(raw)["parts"].append(final(raw)["parts"][0]),
        "policy.duplicate",
        {"place": "stages.final_acceptance.closed_by.parts", "value": "list"},
    ),
    "a part named like a fact": (
        lambda raw: final(raw)["parts"][0].update(key="files_checked"),
        "policy.duplicate",
        {"value": "files_checked"},
    ),
    "a fact of no part": (
        lambda raw: fact(raw, "files_checked").update(part="papers"),
        "policy.unknown_part",
        {"stage": "final_acceptance", "fact": "files_checked", "value": "papers", "known": "list, field, files"},
    ),
    "a part without facts": (
        lambda raw: [one.update(part="list") for one in final(raw)["facts"] if one["part"] == "files"],
        "policy.part_unused",
        {"stage": "final_acceptance", "value": "files"},
    ),
    "parts of a settlement": (
        lambda raw: stage_of(raw, "settlement")["closed_by"].update(parts=final(raw)["parts"]),
        "policy.parts_without_acceptance",
        {"stage": "settlement", "value": "settle"},
    ),
    "thresholds that nothing meets": (
        lambda raw: fact(raw, "rsrp_dbm").update(minimum=-85, maximum=-105),
        "policy.minimum_above_maximum",
        {"stage": "final_acceptance", "fact": "rsrp_dbm", "minimum": -85, "maximum": -105},
    ),
    "an amount that is worked out": (
        lambda raw: stage_of(raw, "settlement")["closed_by"]["facts"][1].update(key="retained_cny"),
        "policy.derived_fact",
        {"stage": "settlement", "value": "retained_cny"},
    ),
    "an alternative that is required": (
        lambda raw: fact(raw, "station_km").update(required="always"),
        "policy.one_of_required",
        {"fact": "station_km", "value": "always"},
    ),
    "a single alternative": (
        lambda raw: fact(raw, "station_km").update(one_of="near"),
        "policy.one_of_single",
        {"fact": "station_km", "value": "near"},
    ),
    "alternatives of two parts": (
        lambda raw: fact(raw, "station_km").update(part="list"),
        "policy.one_of_parts",
        {"value": "coverage", "parts": "field, list"},
    ),
    "settled by no stage": (
        lambda raw: raw["payment"].update(settled_by="payday"),
        "policy.unknown_stage",
        {"place": "payment.settled_by", "value": "payday"},
    ),
    "released after no stage": (
        lambda raw: raw["payment"].update(released_after="party"),
        "policy.unknown_stage",
        {"place": "payment.released_after", "value": "party"},
    ),
    "no such amount": (
        lambda raw: raw["payment"].update(amount_fact="contract_no"),
        "policy.unknown_fact",
        {"place": "payment.amount_fact", "value": "contract_no"},
    ),
    "paid elsewhere": (
        lambda raw: raw["payment"].update(paid_fact="amount_cny"),
        "policy.unknown_fact",
        {"place": "payment.paid_fact", "value": "amount_cny", "known": "paid_cny"},
    ),
    "no such share": (
        lambda raw: raw["payment"].update(retained_fact="share_percent"),
        "policy.unknown_fact",
        {"place": "payment.retained_fact", "value": "share_percent"},
    ),
    "nobody releases": (
        lambda raw: raw["may"].pop("release_payment"),
        "policy.nobody_may",
        {"place": "payment.released_after", "value": "release_payment"},
    ),
    "nobody spot checks": (
        lambda raw: raw["may"].pop("spot_check"),
        "policy.nobody_may",
        {"place": "spot_check", "value": "spot_check"},
    ),
    "a spot check after nothing": (
        lambda raw: raw["spot_check"].update(after="party"),
        "policy.unknown_stage",
        {"place": "spot_check.after", "value": "party"},
    ),
    "a spot check that opens no acceptance": (
        lambda raw: raw["spot_check"].update(reopens="settlement"),
        "policy.reopens_no_acceptance",
        {"value": "settlement"},
    ),
    "a weight of nothing": (
        lambda raw: raw.update(sampling={"share": 0.03, "per_county": 1, "weights": {"three-regions": 0}}),
        "policy.weight_not_positive",
        {"tier": "three-regions", "value": 0},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_place_and_value(fault: str) -> None:
    change, code, params = FAULTS[fault]
    found = list(acceptance_problems(Plan.model_validate(raw_plan(G4, change))))
    reason = next(reason for reason in found if reason.code == code)
    assert {key: reason.params[key] for key in params} == params
    assert all(str(reason.params["document"]) in render(reason, lang) for lang in LANGUAGES)


@pytest.mark.parametrize("share", [0, -0.1, 1.1])
def test_shares_lie_between_nothing_and_all(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        Plan.model_validate(raw_plan(G4) | {"sampling": {"share": share, "per_county": 1}})
