"""Publishes the form of each kind of policy as JSON Schema, for editors and other programs."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from infra.files.policies import TREE
from schemas.calendar import Calendar
from schemas.hierarchy import Hierarchy
from schemas.ladder import Ladder
from schemas.messaging import LetterTemplates, MessagingPolicy
from schemas.plan import Plan
from schemas.policy import PolicyDocument

KINDS: dict[str, type[BaseModel]] = {
    "plan": Plan,
    "ladder": Ladder,
    "hierarchy": Hierarchy,
    "calendar": Calendar,
    "messaging": MessagingPolicy,
    "letters": LetterTemplates,
}
_BESIDE = {"letters": ("texts",)}
"""Fields that lie in files beside the document."""
FOLDER = TREE / "schema"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TIME = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"
_ATTRIBUTE = re.compile(r"^    (\w+): (.+(?:\n {8,}.+)*)", re.MULTILINE)


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of policy, with the docstrings of the models as descriptions."""
    form: dict[str, Any] = _read(KINDS[kind].model_json_schema())
    form["required"] = ["kind", *(name for name in form["required"] if name not in _BESIDE.get(kind, ()))]
    return {"$schema": _DIALECT, "$id": f"urn:cuntong:policy:{kind}", **form}


def schema_text(kind: str) -> str:
    """Return the JSON Schema of a kind as it is written to its file."""
    return json.dumps(schema(kind), ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path = FOLDER) -> list[Path]:
    """Write the schema of every kind as `<kind>.json`, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{kind}.json" for kind in KINDS]
    for path, kind in zip(paths, KINDS, strict=True):
        path.write_text(schema_text(kind), encoding="utf-8")
    return paths


def _read(node: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    """Give fields the descriptions that stand in the docstring of their model, and times the form people write."""
    if isinstance(node, list):
        return [_read(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _read(value) for key, value in node.items()}
    if node.get("format") == "time":
        node = {key: value for key, value in node.items() if key != "format"} | {"pattern": _TIME}
    docstring = node.get("description")
    if "properties" in node and isinstance(docstring, str):
        promise = inspect.cleandoc(docstring).partition("\n\nAttributes:\n")[0]
        told = _attributes(PolicyDocument.__doc__ or "") | _attributes(docstring)
        fields = {
            name: {**field, "description": told[name]} if name in told else field
            for name, field in node["properties"].items()
        }
        node |= {"description": " ".join(promise.split()), "properties": fields}
    return node


def _attributes(docstring: str) -> dict[str, str]:
    told = inspect.cleandoc(docstring).partition("\n\nAttributes:\n")[2]
    return {name: " ".join(words.split()) for name, words in _ATTRIBUTE.findall(told)}
