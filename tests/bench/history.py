"""What a workflow costs by its histories: events, payload bytes, and the actions that Temporal's price list counts.

A history cannot tell of rejected updates and of queries, which count as well; a measurement must not use them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

_TOOLS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
}
"""Events of the turning of the clock, which a project that waits for the years to pass does not have."""

_ONE_ACTION = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
}


@dataclass(frozen=True)
class Cost:
    """What a workflow cost over all its runs.

    Attributes:
        runs: How many runs there were.
        events: Events of all histories.
        actions: Billable actions.
        payload_bytes: Bytes of everything that was handed in, out and along.
    """

    runs: int
    events: int
    actions: int
    payload_bytes: int


async def cost(client: Client, workflow_id: str) -> Cost:
    """Return what a workflow cost from its start to now."""
    runs = [_without_tools(events) async for events in _runs(client, workflow_id)]
    every = [event for events in runs for event in events]
    return Cost(
        runs=len(runs),
        events=len(every),
        actions=1 + sum(_actions(events) for events in runs),
        payload_bytes=sum(len(payload.data) for event in every for payload in _payloads(event)),
    )


async def _runs(client: Client, workflow_id: str):  # type: ignore[no-untyped-def] # noqa: ANN202
    last = await client.get_workflow_handle(workflow_id).fetch_history()
    run_id = last.events[0].workflow_execution_started_event_attributes.first_execution_run_id
    while run_id:
        history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        yield list(history.events)
        run_id = history.events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id


def _without_tools(events: Iterable[HistoryEvent]) -> list[HistoryEvent]:
    return [event for event in events if event.event_type not in _TOOLS]


def _actions(events: Iterable[HistoryEvent]) -> int:
    """Return the actions of one run but for its start: local activities count once for each task they ran in."""
    single, tasks = 0, set[int]()
    for event in events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            single += event.activity_task_started_event_attributes.attempt
        elif event.event_type in _ONE_ACTION:
            single += 1
        elif event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
            marker = event.marker_recorded_event_attributes
            if marker.marker_name == "core_local_activity":
                tasks.add(marker.workflow_task_completed_event_id)
    return single + len(tasks)


def _payloads(message: Message) -> Iterator[Payload]:
    """Yield every payload inside a message, however deep."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.type != FieldDescriptor.TYPE_MESSAGE:
            continue
        if isinstance(value, Message):
            yield from _payloads(value)
        else:
            values = value.values() if hasattr(value, "values") else value
            for inner in values:
                if isinstance(inner, Message):
                    yield from _payloads(inner)
