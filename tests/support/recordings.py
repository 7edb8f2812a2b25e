"""Recorded histories as they are kept: where they stand, and how they are read and written."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from rules import policy
from tests.support.engine import IDENTITY

Json = dict[str, Any]

HISTORIES = Path(__file__).parents[1] / "replay" / "histories"
EDITION = "2018.2"
FOLDER = HISTORIES / EDITION
POLICIES = "policies.json.gz"
"""The policies the recorded projects run under: as in production they outlive their files under `policies/`."""


@dataclass(frozen=True)
class Recorded:
    """A workflow over all its runs."""

    workflow_id: str
    runs: tuple[WorkflowHistory, ...]


def recordings() -> list[Path]:
    """Return every recording of every edition."""
    return sorted(path for path in HISTORIES.glob("*/*.json.gz") if path.name != POLICIES)


def read(path: Path) -> Recorded:
    """Return a recording."""
    stored = _unpacked(path)
    runs = (WorkflowHistory.from_json(stored["workflow_id"], as_written(run)) for run in stored["runs"])
    return Recorded(stored["workflow_id"], tuple(runs))


def read_policies(*, before: str = "") -> list[policy.Raw]:
    """Return the policies of all recordings, or of the editions before one."""
    editions = [path for path in sorted(HISTORIES.glob(f"*/{POLICIES}")) if not before or path.parent.name < before]
    return [raw for path in editions for raw in _unpacked(path)["policies"]]


def as_kept(node: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a history as it is kept: payloads readable, and nothing that tells of the machine that recorded it."""
    if isinstance(node, list):
        return [as_kept(each) for each in node]
    if not isinstance(node, dict):
        return node
    told = {key: IDENTITY if key == "identity" else as_kept(each) for key, each in node.items() if key != "stackTrace"}
    if isinstance(data := told.get("data"), str):  # of a payload
        told["text"] = b64decode(data).decode()
        del told["data"]
    return told


def as_written(node: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a history as the engine writes it."""
    if isinstance(node, list):
        return [as_written(each) for each in node]
    if not isinstance(node, dict):
        return node
    meant = {key: as_written(each) for key, each in node.items()}
    if isinstance(text := meant.get("text"), str):
        meant["data"] = b64encode(text.encode()).decode()
        del meant["text"]
    return meant


def pack(path: Path, content: Json) -> None:
    """Write a compressed file that is the same for the same content."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _unpacked(path: Path) -> Json:
    content: Json = json.loads(gzip.decompress(path.read_bytes()))
    return content
