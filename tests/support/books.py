"""The policies of this tree, ready for tests."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rules.policy import Raw, Rulebook, Shelf
from schemas.policy import Pins

POLICIES = Path(__file__).parents[2] / "policies"
PLAN = "universal-service-fibre"


@cache
def raws() -> tuple[Raw, ...]:
    """Return every policy document of the tree as it is written."""
    files = sorted(POLICIES.glob("*/*.yaml"))
    return tuple(yaml.safe_load(file.read_text(encoding="utf-8")) for file in files)


@cache
def shelf() -> Shelf:
    """Return a shelf with every policy of the tree, shared: policies never change."""
    made = Shelf()
    for raw in raws():
        made.put(raw)
    return made


@cache
def pins(plan: str = PLAN, calendar: str = "china") -> Pins:
    """Return references by name, with the ladder and hierarchy the plan asks for."""
    raw = next(raw for raw in raws() if raw["kind"] == "plan" and raw["name"] == plan)
    named = {"plan": plan, "ladder": raw["ladder"], "hierarchy": raw["hierarchy"], "calendar": calendar}
    return Pins(**{kind: _reference(kind, name) for kind, name in named.items()})


def book(plan: str = PLAN, calendar: str = "china") -> Rulebook:
    """Return the rulebook of a plan under a calendar."""
    return shelf().book(pins(plan, calendar))


def changed_ladder(plan: str = PLAN, calendar: str = "china", **changes: Any) -> Rulebook:  # noqa: ANN401 - any field
    """Return the rulebook of a plan with some fields of its ladder changed."""
    known = pins(plan, calendar)
    name = known.ladder.partition("@")[0]
    raw = next(raw for raw in raws() if raw["kind"] == "ladder" and raw["name"] == name)
    return shelf().book(known.model_copy(update={"ladder": shelf().put({**raw, **changes})}))


def changed_plan(change: Callable[[Raw], None], plan: str = PLAN, calendar: str = "china") -> Rulebook:
    """Return the rulebook of a plan after `change` has worked on a copy of its document."""
    raw = deepcopy(next(raw for raw in raws() if raw["kind"] == "plan" and raw["name"] == plan))
    change(raw)
    return shelf().book(pins(plan, calendar).model_copy(update={"plan": shelf().put(raw)}))


def _reference(kind: str, name: str) -> str:
    found: dict[str, Any] = next(raw for raw in raws() if raw["kind"] == kind and raw["name"] == name)
    return shelf().put(found)
