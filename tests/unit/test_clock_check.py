"""What makes the seasons and the recurring stages of a plan sound: each way to be unsound is named."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from rules.plan import plan_problems
from rules.text import LANGUAGES, render
from schemas.hierarchy import Hierarchy
from schemas.plan import Plan
from tests.support import books
from tests.support.seasons import WINTER

Change = Callable[[dict[str, Any]], object]


def problems(change: Change) -> dict[str, dict[str, Any]]:
    """Return the problems of the fibre plan after a change, by code, each a sentence in both languages."""
    raw = deepcopy(next(raw for raw in books.raws() if raw["kind"] == "plan" and raw["name"] == books.PLAN))
    raw["seasons"] = [deepcopy(WINTER)]
    change(raw)
    hierarchy = next(raw for raw in books.raws() if raw["kind"] == "hierarchy" and raw["name"] == "china")
    found = plan_problems(Plan.model_validate(raw), Hierarchy.model_validate(hierarchy))
    for reason in found:
        assert all(str(reason.params["document"]) in render(reason, lang) for lang in LANGUAGES)
    return {reason.code: dict(reason.params) for reason in found}


def season(**changes: Any) -> Change:  # noqa: ANN401 - fields of a season
    return lambda raw: raw["seasons"][0].update(changes)


def indoors(raw: dict[str, Any]) -> None:
    for stage in raw["stages"]:
        stage["is_outdoor"] = False


def target(value: float, **changes: Any) -> Change:  # noqa: ANN401 - fields of a fact
    def change(raw: dict[str, Any]) -> None:
        facts = next(stage for stage in raw["stages"] if stage["key"] == "cable")["closed_by"]["facts"]
        facts[0] |= {"target": value, **changes}

    return change


def recurs(**changes: Any) -> Change:  # noqa: ANN401 - fields of a recurrence
    def change(raw: dict[str, Any]) -> None:
        raw["stages"][-1]["recurs"] = {"months": 12, "times": 6, **changes}

    return change


CASES: list[tuple[Change, str, dict[str, Any]]] = [
    (season(party="snow"), "policy.unknown_party", {"place": "seasons.WINTER_STOP.party", "value": "snow"}),
    (season(areas=[]), "policy.season_no_area", {"season": "WINTER_STOP"}),
    (season(areas=["533"]), "policy.season_area", {"value": "533"}),
    (season(areas=["53", "云南"]), "policy.season_area", {"value": "云南"}),
    (season(until="02-30"), "policy.season_no_date", {"place": "until", "value": "02-30"}),
    (season(since="04-31"), "policy.season_no_date", {"place": "since", "value": "04-31"}),
    (season(since="01-01", until="12-31"), "policy.season_whole_year", {"area": "5333"}),
    (season(since="03-16"), "policy.season_whole_year", {"season": "WINTER_STOP"}),
    (
        lambda raw: raw["seasons"].append(
            {**WINTER, "code": "REST", "since": "03-01", "until": "12-01", "areas": ["53"]}
        ),
        "policy.season_whole_year",
        {"area": "5333", "season": "WINTER_STOP, REST"},
    ),
    (lambda raw: raw["seasons"].append(WINTER), "policy.duplicate", {"place": "seasons", "value": "WINTER_STOP"}),
    (indoors, "policy.season_without_stage", {"season": "WINTER_STOP"}),
    (recurs(is_aligned=True, months=5), "policy.recurs_alignment", {"stage": "upkeep", "value": 5}),
    (target(3), "policy.target", {"stage": "cable", "fact": "spare_cores", "value": 3.0}),
    (target(13, maximum=12), "policy.target", {"value": 13.0}),
    (target(5, type="text", minimum=None), "policy.target", {"value": 5.0}),
    (recurs(times=41), "policy.recurs_too_long", {"months": 492, "limit": 480}),
    (recurs(times_by_tier={"border": 10**9}), "policy.recurs_too_long", {"stage": "upkeep"}),
    (recurs(times_by_tier={"border": 0}), "policy.recurs_times", {"tier": "border", "value": 0}),
    (recurs(times_by_tier={"island": 10}), "policy.recurs_tier", {"value": "island"}),
]


@pytest.mark.parametrize(("change", "code", "params"), CASES)
def test_each_way_to_be_unsound_is_named(change: Change, code: str, params: dict[str, Any]) -> None:
    found = problems(change)
    assert set(found) == {code}
    assert found[code].items() >= params.items()


@pytest.mark.parametrize(
    "change",
    [
        season(),
        season(since="02-29", until="02-29"),
        season(areas=["53", "5333", "533301", "533301101", "533301101201"]),
        recurs(is_aligned=True, months=3, times_by_tier={"border": 40}),
        recurs(is_aligned=True, months=24),
        recurs(months=5),
        target(4),
        target(8, maximum=8),
    ],
)
def test_what_is_sound_passes(change: Change) -> None:
    assert problems(change) == {}
