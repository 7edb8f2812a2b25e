"""Plans with parts of an acceptance, spot checks and payments, made of the shipped ones; and lives under them."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from rules.policy import Rulebook, Shelf
from schemas.plan import Stage
from tests.support import books
from tests.support.life import Life, good_facts

FIBRE, G4 = "universal-service-fibre", "universal-service-4g"
PARTS = ("list", "field", "files")
Change = Callable[[dict[str, Any]], object]


def raw_plan(plan: str = FIBRE, *changes: Change) -> dict[str, Any]:
    """Return a shipped plan as it is written, with a final acceptance in three parts and everything that pays it."""
    raw = deepcopy(next(raw for raw in books.raws() if raw["kind"] == "plan" and raw["name"] == plan))
    raw["version"] = "2018.9"
    raw["may"] |= {"spot_check": ["ministry_supervisor"], "release_payment": ["provincial_supervisor"]}
    raw["spot_check"] = {"after": "final_acceptance", "reopens": "final_acceptance"}
    raw["payment"] = {
        "amount_fact": "amount_cny",
        "retained_share": 0.25,
        "settled_by": "settlement",
        "paid_fact": "paid_cny",
        "released_after": "preliminary_acceptance",
    }
    _in_parts(stage_of(raw, "final_acceptance")["closed_by"])
    for change in changes:
        change(raw)
    return raw


def stage_of(raw: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a stage of a written plan."""
    found: dict[str, Any] = next(stage for stage in raw["stages"] if stage["key"] == key)
    return found


def _in_parts(closing: dict[str, Any]) -> None:
    titles = {"list": ("清单核对", "List"), "field": ("实地抽验", "Field sample"), "files": ("资料核查", "Files")}
    closing["parts"] = [{"key": key, "title": {"zh": zh, "en": en}} for key, (zh, en) in titles.items()]
    by_fact = {"list_reconciled": "list", "files_checked": "files"}
    for fact in closing["facts"]:
        fact["part"] = by_fact.get(fact["key"], "field")


def covered(raw: dict[str, Any]) -> None:
    """Change a plan for 4G: covered by a station within 5 km, or by a signal at all points (2018 definition)."""
    facts: list[dict[str, Any]] = stage_of(raw, "final_acceptance")["closed_by"]["facts"]
    choice = {"part": "field", "required": "never", "one_of": "coverage"}
    facts += [
        {"key": "station_km", "type": "number", "title": {"zh": "基站距离(km)", "en": "Station, km"}, "maximum": 5}
        | choice,
        {"key": "signal_at_points", "type": "flag", "title": {"zh": "各点有信号", "en": "Signal at all points"}}
        | choice,
    ]


def book(plan: str = FIBRE, *changes: Change) -> Rulebook:
    """Return the rulebook of such a plan."""
    shelf = Shelf()
    for raw in books.raws():
        shelf.put(raw)
    return shelf.book(books.pins(plan).model_copy(update={"plan": shelf.put(raw_plan(plan, *changes))}))


def life_at(stage: str, plan: str = FIBRE, *changes: Change) -> Life:
    """Return a project under such a plan in which a stage has just opened."""
    life = Life.begin(plan, book=book(plan, *changes))
    life.close_before(stage)
    return life


def part_facts(rule: Stage, part: str) -> dict[str, Any]:
    """Return good facts of one part."""
    own = {fact.key for fact in rule.closed_by.facts if fact.part == part}
    return {key: value for key, value in good_facts(rule).items() if key in own}
