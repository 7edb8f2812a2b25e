"""The policies of a scenario: those of the tree, and those under which projects were recorded before, with changes."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from infra.files.policies import version_key
from rules.policy import Raw, Rulebook, Shelf
from schemas.policy import Pins
from tests.support import books, recordings
from tests.support.scenario import Changes, Scenario


@cache
def known_policies() -> tuple[Raw, ...]:
    """Return the policies of the tree, and those under which projects were recorded before."""
    return (*books.raws(), *recordings.read_policies(before=recordings.EDITION))


def newest(kind: str, wanted: str) -> Raw:
    """Return the newest policy of a name, or the very one when given as `name@version`."""
    found = [
        raw
        for raw in known_policies()
        if raw["kind"] == kind and wanted in {raw["name"], f"{raw['name']}@{raw['version']}"}
    ]
    assert found, f"there is no {kind} {wanted}"
    return max(found, key=lambda raw: version_key(str(raw["version"])))


def changed(raw: Raw, changes: Changes, suffix: str) -> Raw:
    """Return a policy with some of it changed, as a version of its own."""
    if not changes:
        return raw
    new = copy.deepcopy(raw)
    for path, value in changes.items():
        *way, last = path.split(".")
        node: Any = new
        for step in way:
            node = _below(node, step)
        if isinstance(node, list):
            place = node.index(_below(node, last))
            node[place : place + 1] = [] if value is None else [value]
        elif value is None:
            del node[_key(node, last)]
        else:
            node[_key(node, last)] = value
    return {**new, "version": f"{raw['version']}-{suffix}"}


def _below(node: Any, step: str) -> Any:  # noqa: ANN401 - any part of a document
    if isinstance(node, list):
        return next(item for item in node if step in {item.get("key"), item.get("code")})
    return node.setdefault(_key(node, step), {})


def _key(node: dict[Any, Any], step: str) -> Any:  # noqa: ANN401 - YAML has numbers as keys, too
    return next((key for key in node if str(key) == step), step)


def documents(scenario: Scenario, suffix: str, calendar: Raw | None = None) -> dict[str, Raw]:
    """Return the policies of a scenario by kind, under a calendar other than the official one when one is given."""
    plan = changed(newest("plan", scenario.plan), scenario.change, suffix)
    days = calendar or newest("calendar", scenario.calendar_name)
    return {
        "plan": plan,
        "ladder": changed(newest("ladder", plan["ladder"]), scenario.ladder, suffix),
        "hierarchy": newest("hierarchy", plan["hierarchy"]),
        "calendar": changed(days, scenario.calendar, suffix),
    }


def book_of(raws: dict[str, Raw], shelf: Shelf) -> Rulebook:
    """Return the rulebook of some policies, which stand on the shelf from now on."""
    return shelf.book(Pins(**{kind: shelf.put(raw) for kind, raw in raws.items()}))
