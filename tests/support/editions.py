"""Further versions of the policies of the tree, made for tests by changing what is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from rules.policy import Raw, Rulebook
from schemas.policy import Pins
from tests.support import books

WEEKDAYS_OFF_2027 = ("01-01", "02-08", "02-09", "02-10", "02-11", "02-12", "04-05", "05-03", "05-04", "10-01", "10-04")
"""A made-up notice for 2027."""


def edition(kind: str, name: str, version: str, change: Callable[[Raw], Any] = lambda raw: raw) -> Raw:
    """Return a further version of the policy a project of the tree starts with, changed."""
    made = deepcopy(next(raw for raw in books.raws() if (raw["kind"], raw["name"]) == (kind, name)))
    made["version"] = version
    change(made)
    return made


def china_2027() -> Raw:
    """Return the national calendar with one more year."""

    def published(raw: Raw) -> None:
        raw["last_year"] = 2027
        raw["holidays"][2027] = list(WEEKDAYS_OFF_2027)
        raw["makeup"][2027] = ["02-06", "02-20"]

    return edition("calendar", "china", "2027.1", published)


def budgets(plan: str = books.PLAN, version: str = "2099.1", days: Mapping[str, int] | None = None) -> Raw:
    """Return a plan in which some stages have another budget."""

    def changed(raw: Raw) -> None:
        for stage in raw["stages"]:
            stage["budget"]["days"] = (days or {}).get(stage["key"], stage["budget"]["days"])
        raw["may"]["migrate"] = ["provincial_supervisor"]

    return edition("plan", plan, version, changed)


def pins(old: Pins, *raws: Raw) -> Pins:
    """Return pins with some policies in place of those of their kind; they are on the shelf then."""
    return old.model_copy(update={raw["kind"]: books.shelf().put(raw) for raw in raws})


def book(old: Pins, *raws: Raw) -> Rulebook:
    """Return the rulebook of such pins."""
    return books.shelf().book(pins(old, *raws))
