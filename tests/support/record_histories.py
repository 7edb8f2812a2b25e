"""Records the histories that `tests/replay` replays: `make histories`, or `python -m tests.support.record_histories`.

A recording is a project over all its runs, under the name of its plan and of the path it took. Record anew when the
workflows have changed on purpose; what is recorded here is what running projects of today will look like.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from rules import policy
from tests.replay import paths
from tests.support import books
from tests.support.engine import IDENTITY, Site, book_under, calendar_where_it_is, server
from tests.timeskip.course import Course
from tests.timeskip.script import BEGINS, FIBRE, Timeline
from tests.timeskip.timelines import TIMELINES

FOLDER = Path(__file__).parents[1] / "replay" / "histories"
POLICIES = FOLDER.with_name("policies.json.gz")
"""The policies the recorded projects run under: as in production they outlive their files under `policies/`."""

Json = dict[str, Any]
Recorder = Callable[[WorkflowEnvironment, policy.Raw], Awaitable[str]]
"""Lets something happen on a server, under a calendar, and returns the id of the workflow."""


@dataclass(frozen=True)
class Recorded:
    """A workflow over all its runs."""

    workflow_id: str
    runs: tuple[WorkflowHistory, ...]


def names() -> dict[str, Recorder]:
    """Return everything that is recorded, and who records it."""
    timelines = {f"{plan}-{line.path}": partial(_timeline, line, plan) for line in TIMELINES for plan in line.plans}
    others = {f"{FIBRE}-{path}": partial(_path, act, path) for path, act in paths.PROJECTS.items()}
    return {**timelines, **others, "delivery-stints": _delivery}


def read(name: str) -> Recorded:
    """Return a recording."""
    stored = _unpacked(FOLDER / f"{name}.json.gz")
    runs = (WorkflowHistory.from_json(stored["workflow_id"], _meant(run)) for run in stored["runs"])
    return Recorded(stored["workflow_id"], tuple(runs))


def read_policies() -> list[policy.Raw]:
    """Return the policies of all recordings."""
    policies: list[policy.Raw] = _unpacked(POLICIES)["policies"]
    return policies


async def record() -> None:
    """Record everything anew; what was recorded before goes only when all is there."""
    calendar = calendar_where_it_is(BEGINS)
    recorded: dict[str, Json] = {}
    async with server(skipping=True) as env:
        for name, recorder in names().items():
            workflow_id = await recorder(env, calendar)
            runs = [_told(run.to_json_dict()) for run in await _chain(env.client, workflow_id)]
            recorded[name] = {"workflow_id": workflow_id, "runs": runs}
            print(f"{name}: {len(runs)} runs, {sum(len(run['events']) for run in runs)} events")
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json.gz"):
        old.unlink()
    _pack(POLICIES, {"policies": [*(raw for raw in books.raws() if raw["kind"] != "calendar"), calendar]})
    for name, content in recorded.items():
        _pack(FOLDER / f"{name}.json.gz", content)


async def _timeline(line: Timeline, plan: str, env: WorkflowEnvironment, calendar: policy.Raw) -> str:
    site = Site(env, f"{plan}-{line.path}")
    async with site.working():
        await Course(site, line, book_under(calendar, plan)).play()
        await site.handle.result()
    return site.handle.id


async def _path(act: paths.Path, path: str, env: WorkflowEnvironment, calendar: policy.Raw) -> str:
    site = Site(env, f"{FIBRE}-{path}")
    await act(site, book_under(calendar))
    return site.handle.id


async def _delivery(env: WorkflowEnvironment, _calendar: policy.Raw) -> str:
    return await paths.delivery(Site(env))


async def _chain(client: Client, workflow_id: str) -> list[WorkflowHistory]:
    """Return the histories of all runs of a workflow, in order."""
    latest = await client.get_workflow_handle(workflow_id).fetch_history()
    started = latest.events[0].workflow_execution_started_event_attributes
    runs: list[WorkflowHistory] = []
    run_id = started.first_execution_run_id
    while run_id:
        runs.append(await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history())
        last = runs[-1].events[-1]
        run_id = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    return runs


def _told(node: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a history as it is kept: payloads readable, and nothing that tells of the machine that recorded it."""
    if isinstance(node, list):
        return [_told(each) for each in node]
    if not isinstance(node, dict):
        return node
    told = {key: IDENTITY if key == "identity" else _told(each) for key, each in node.items() if key != "stackTrace"}
    if isinstance(data := told.get("data"), str):  # of a payload
        told["text"] = b64decode(data).decode()
        del told["data"]
    return told


def _meant(node: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a history as the engine writes it."""
    if isinstance(node, list):
        return [_meant(each) for each in node]
    if not isinstance(node, dict):
        return node
    meant = {key: _meant(each) for key, each in node.items()}
    if isinstance(text := meant.get("text"), str):
        meant["data"] = b64encode(text.encode()).decode()
        del meant["text"]
    return meant


def _pack(path: Path, content: Json) -> None:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _unpacked(path: Path) -> Json:
    content: Json = json.loads(gzip.decompress(path.read_bytes()))
    return content


if __name__ == "__main__":
    asyncio.run(record())
    sys.stdout.flush()
