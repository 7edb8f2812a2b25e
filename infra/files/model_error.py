"""Turns what pydantic found wrong in a file into reasons that a person can act on: file, line, place, value, rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from infra.files.yaml_text import Place
from rules.text import both
from rules.texts import CATALOGUE
from schemas.message import Title
from schemas.reason import ErrorKind, Reason

_SHOWN = 80


def reasons(error: ValidationError, file: str, raw: dict[str, Any], line: Callable[[Place], int]) -> list[Reason]:
    """Return one reason for each thing that is wrong, in the order of the file."""
    found = [_reason(detail, file, raw, line) for detail in error.errors(include_url=False)]
    return sorted(found, key=lambda reason: int(str(reason.params["line"])))


def _reason(detail: ErrorDetails, file: str, raw: dict[str, Any], line: Callable[[Place], int]) -> Reason:
    place = _place(detail, raw)
    is_missing = detail["type"] in {"missing", "union_tag_not_found"}
    return Reason(
        code="policy.invalid",
        kind=ErrorKind.INVALID,
        params={
            "file": file,
            "line": line(place),
            "place": _shown_place(place, raw),
            "value": "—" if is_missing else _shown(detail.get("ctx", {}).get("tag", detail["input"])),
            "rule": rule(detail),
        },
    )


def _place(detail: ErrorDetails, raw: dict[str, Any]) -> Place:
    """Return the place inside the document; the first step of pydantic is the kind of document, not a place."""
    place = detail["loc"]
    tagged = place[1:] if place and place[0] == raw.get("kind") else place
    return (*tagged, "kind") if detail["type"].startswith("union_tag") else tagged


def _shown_place(place: Place, raw: dict[str, Any]) -> str:
    """Return the place with dots, and the names of the list items on the way: `stages.4.budget (route)`."""
    names: list[str] = []
    node: Any = raw
    for step in place:
        try:
            node = node[step]
        except (LookupError, TypeError):
            break
        name = node.get("key") or node.get("code") if isinstance(node, dict) and isinstance(step, int) else None
        names += [str(name)] if name else []
    dotted = ".".join(str(step) for step in place) or "—"
    return f"{dotted} ({', '.join(names)})" if names else dotted


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def rule(detail: ErrorDetails) -> Title:
    """Return the broken rule in both languages; rules without a sentence of their own keep pydantic's words."""
    code = f"rule.{detail['type']}"
    if code not in CATALOGUE:
        return Title(zh=detail["msg"], en=detail["msg"])
    values = {key: str(value) for key, value in detail.get("ctx", {}).items()}
    if "expected" in values:  # pydantic joins the last two with an English word
        values["expected"] = values["expected"].replace("' or '", "', '")
    return both(code, **values)
