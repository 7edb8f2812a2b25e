"""Every recorded history still replays: a project that runs today goes on under the code of today."""

from __future__ import annotations

import gzip
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from rules import policy
from schemas.command import ACT_MODELS
from schemas.event import EVENT_TYPES
from tests.support import engine, record_histories, recordings
from tests.support.recordings import FOLDER, HISTORIES, POLICIES, Recorded
from workflows.runner import WORKFLOWS, runner

RECORDINGS = [
    pytest.param(path, id=path.relative_to(HISTORIES).as_posix().removesuffix(".json.gz"))
    for path in recordings.recordings()
]
EARLIER = {"2018.1": 47}
"""Files of the editions before the present one, their policies among them."""

REMEDY = "if the change is meant, record anew with `make histories` and say so in CHANGELOG.md"


@pytest.fixture(scope="module", autouse=True)
def _policies() -> None:
    """Put the policies of the recordings on the shelf, whatever has become of their files."""
    for raw in recordings.read_policies():
        policy.installed.put(raw)


def replayer() -> Replayer:
    """Return a replayer that is set up as a worker is in production."""
    return Replayer(workflows=[*WORKFLOWS], workflow_runner=runner(), data_converter=pydantic_data_converter)


def test_every_path_is_recorded_and_nothing_else() -> None:
    recorded = {path.name.removesuffix(".json.gz") for path in FOLDER.iterdir() if path.name != POLICIES}
    assert recorded == set(record_histories.names()), REMEDY


def test_what_earlier_versions_recorded_is_still_here() -> None:
    """Projects that run already began under these; a recording of theirs never goes."""
    assert {path.name: len(list(path.glob("*.json.gz"))) for path in HISTORIES.iterdir() if path != FOLDER} == EARLIER


@pytest.mark.parametrize("path", RECORDINGS)
async def test_replays(path: Path) -> None:
    """All runs of a recording, each from its beginning."""
    for number, run in enumerate(recordings.read(path).runs, start=1):
        result = await replayer().replay_workflow(run, raise_on_replay_failure=False)
        assert result.replay_failure is None, f"run {number} of {path.name}: {result.replay_failure}\n{REMEDY}"


@pytest.mark.parametrize("path", RECORDINGS)
def test_no_run_is_missing(path: Path) -> None:
    """The first run began with nothing before it, each goes on where the one before ended, and the last is the last."""
    recorded = recordings.read(path)
    started = [run.events[0].workflow_execution_started_event_attributes for run in recorded.runs]
    ended = [run.events[-1].workflow_execution_continued_as_new_event_attributes for run in recorded.runs]
    assert [run.continued_execution_run_id for run in started] == [
        "",
        *(run.original_execution_run_id for run in started[:-1]),
    ]
    assert [run.new_execution_run_id for run in ended] == [*(run.original_execution_run_id for run in started[1:]), ""]
    for run in recorded.runs:
        assert [event.event_id for event in run.events] == list(range(1, len(run.events) + 1))


def test_every_act_and_every_event_is_in_a_recording() -> None:
    acts: set[str] = set()
    told: set[str] = set()
    runs = (run for path in recordings.recordings() for run in recordings.read(path).runs)
    for event in (event for run in runs for event in run.events):
        acts.add(event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name)
        told.update(re.findall(r"[a-z_]+", event.user_metadata.summary.data.decode()))
    assert set(ACT_MODELS) - acts == set()
    assert set(EVENT_TYPES) - told == set()


def test_recordings_tell_nothing_of_the_machine() -> None:
    tree = str(Path(__file__).parents[2])
    for path in HISTORIES.glob("*/*.json.gz"):
        text = gzip.decompress(path.read_bytes()).decode()
        assert not [word for word in (socket.gethostname(), tree, "/home/", "/root/", ".py") if word in text], path.name
        assert set(re.findall(r'"identity":"([^"]*)"', text)) <= {engine.IDENTITY}


def _other_activity(events: list[Any]) -> None:
    scheduled = next(event for event in events if event.HasField("activity_task_scheduled_event_attributes"))
    scheduled.activity_task_scheduled_event_attributes.activity_type.name = "records.forget"


def _no_timer(events: list[Any]) -> None:
    """Leave out the first timer with whatever became of it; the events after it move up."""
    first = next(event.event_id for event in events if event.HasField("timer_started_event_attributes"))
    ends = ("timer_fired_event_attributes", "timer_canceled_event_attributes")
    kept = [
        event
        for event in events
        if event.event_id != first and first not in [getattr(event, end).started_event_id for end in ends]
    ]
    moved = {event.event_id: place for place, event in enumerate(kept, start=1)}
    for event in kept:
        event.event_id = moved[event.event_id]
        attributes = getattr(event, event.WhichOneof("attributes"))
        for field, value in attributes.ListFields():
            if field.name.endswith("_event_id") and value in moved:
                setattr(attributes, field.name, moved[value])
    events[:] = kept


def _other_end(events: list[Any]) -> None:
    ended = events[-1]
    ended.ClearField("workflow_execution_continued_as_new_event_attributes")
    ended.event_type = 2
    ended.workflow_execution_completed_event_attributes.SetInParent()


@pytest.mark.parametrize(
    ("tamper", "path"), [(_other_activity, "records-away"), (_no_timer, "records-away"), (_other_end, "on-time")]
)
async def test_a_tampered_history_does_not_replay(tamper: Callable[[list[Any]], None], path: str) -> None:
    """The gate closes: what the code would do otherwise is noticed."""
    recorded: Recorded = recordings.read(FOLDER / f"universal-service-fibre-{path}.json.gz")
    events = list(recorded.runs[0].events)
    tamper(events)
    result = await replayer().replay_workflow(
        WorkflowHistory(recorded.workflow_id, events), raise_on_replay_failure=False
    )
    assert "[TMPRL1100] Nondeterminism error" in str(result.replay_failure)
