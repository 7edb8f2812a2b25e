"""Lives under shipped plans that were changed, and good facts for the parts of their final acceptance."""

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
    """Return a shipped plan as it is written, changed."""
    raw = deepcopy(next(raw for raw in books.raws() if raw["kind"] == "plan" and raw["name"] == plan))
    for change in changes:
        change(raw)
    return raw


def stage_of(raw: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a stage of a written plan."""
    found: dict[str, Any] = next(stage for stage in raw["stages"] if stage["key"] == key)
    return found


def book(plan: str = FIBRE, *changes: Change) -> Rulebook:
    """Return the rulebook of a changed plan."""
    shelf = Shelf()
    for raw in books.raws():
        shelf.put(raw)
    return shelf.book(books.pins(plan).model_copy(update={"plan": shelf.put(raw_plan(plan, *changes))}))


def life_at(stage: str, plan: str = FIBRE, *changes: Change) -> Life:
    """Return a project under a changed plan in which a stage has just opened."""
    life = Life.begin(plan, book=book(plan, *changes))
    life.close_before(stage)
    return life


def part_facts(rule: Stage, part: str) -> dict[str, Any]:
    """Return good facts of one part."""
    own = {fact.key for fact in rule.closed_by.facts if fact.part == part}
    return {key: value for key, value in good_facts(rule).items() if key in own}
