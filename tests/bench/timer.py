"""How late short timers fire with our settings of the engine, against its defaults."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from statistics import median, quantiles
from unittest.mock import patch

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from infra import engine
from schemas.names import PROJECT_QUEUE
from tests.bench.figure import Figure
from tests.bench.ground import Ground, ground
from tests.bench.start import start_bare

WORKFLOWS = 20
TIMERS = 5
SECONDS = 0.5
_SHIFT = "history.timerProcessorMaxTimeShift"


async def measure() -> list[Figure]:
    """Let workflows wait half a second at a time on both engines, and read in the histories when they woke."""
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(ground(is_bare=True))
        with patch.dict(engine.DYNAMIC_CONFIG):
            del engine.DYNAMIC_CONFIG[_SHIFT]
            floor = await stack.enter_async_context(ground(is_bare=True))
        late, floor_late = await _lateness(ours), await _lateness(floor)
    about = (
        f"{WORKFLOWS} workflows with {TIMERS} timers of {SECONDS} s one after the other; floor: the engine's defaults"
    )
    return [
        Figure(name="timer.late_median", value=median(late), unit="s", floor=median(floor_late), note=about),
        Figure(name="timer.late_p95", value=_p95(late), unit="s", floor=_p95(floor_late)),
    ]


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


async def _lateness(where: Ground) -> list[float]:
    """Return by how many seconds each timer fired late."""
    ids = await start_bare(where.client, PROJECT_QUEUE, WORKFLOWS, SECONDS, TIMERS)
    late: list[float] = []
    for workflow_id in ids:
        await where.client.get_workflow_handle(workflow_id).result()
        late += await _of_one(where.client, workflow_id)
    return late


async def _of_one(client: Client, workflow_id: str) -> list[float]:
    due: dict[str, datetime] = {}
    late: list[float] = []
    for event in (await client.get_workflow_handle(workflow_id).fetch_history()).events:
        at = event.event_time.ToDatetime()
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
            begun = event.timer_started_event_attributes
            span: timedelta = begun.start_to_fire_timeout.ToTimedelta()
            due[begun.timer_id] = at + span
        elif event.event_type == EventType.EVENT_TYPE_TIMER_FIRED:
            late.append((at - due[event.timer_fired_event_attributes.timer_id]).total_seconds())
    return late
