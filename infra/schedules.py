"""Schedules of the engine: made once, and brought up to what the settings say at every start."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from infra.settings import Settings
from schemas import names
from schemas.audit import AuditOrder
from schemas.letter import RoundOrder

_CATCH_UP = timedelta(minutes=1)
"""What was missed while the engine was away is not made up for: the next round does it all."""


async def ensure(  # noqa: PLR0913 - what a schedule is made of
    client: Client,
    schedule_id: str,
    workflow: str,
    order: BaseModel,
    every: timedelta,
    *,
    task_queue: str,
    summary: str = "",
    offset: timedelta = timedelta(0),
) -> None:
    """Have a workflow started at an interval, one at a time; an existing schedule is brought up to date.

    A schedule that a person has paused stays paused.

    Args:
        client: The engine.
        schedule_id: Id of the schedule, and of its workflows with the instant behind.
        workflow: Workflow type by its wire name.
        order: Its argument.
        every: The interval.
        task_queue: Where its worker listens.
        summary: What the engine's page says of it.
        offset: Shift within the interval, so that several do not start at one instant.
    """
    wanted = Schedule(
        action=ScheduleActionStartWorkflow(
            workflow, order, id=schedule_id, task_queue=task_queue, static_summary=summary or None
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every, offset=offset % every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_CATCH_UP),
    )
    try:
        await client.create_schedule(schedule_id, wanted)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(schedule_id).update(lambda known: _keeping_state(known, wanted))


async def ensure_all(client: Client, settings: Settings) -> None:
    """Have letters written and the records audited as the settings say."""
    await ensure_letters(client, timedelta(seconds=settings.letters_every_seconds), settings.letter_shards)
    await ensure_audit(client, timedelta(seconds=settings.audit_every_seconds))


async def ensure_letters(client: Client, every: timedelta, shards: int) -> None:
    """Have the letters of every shard of people written at an interval, one shard after the other.

    Schedules of shards that are no more are removed.
    """
    for shard in range(shards):
        await ensure(
            client,
            names.letters_schedule_id(shard),
            names.LETTERS_WORKFLOW,
            RoundOrder(shard=shard, shards=shards),
            every,
            task_queue=names.DELIVERY_QUEUE,
            summary=f"信函撰写 Letters · {shard + 1}/{shards}",
            offset=every * shard / shards,
        )
    gone = shards
    while await _removed(client, names.letters_schedule_id(gone)):
        gone += 1


async def ensure_audit(client: Client, every: timedelta) -> None:
    """Have the records audited at an interval."""
    await ensure(
        client,
        names.AUDIT_SCHEDULE,
        names.AUDIT_WORKFLOW,
        AuditOrder(),
        every,
        task_queue=names.DELIVERY_QUEUE,
        summary="稽核 Audit",
    )


async def _removed(client: Client, schedule_id: str) -> bool:
    try:
        await client.get_schedule_handle(schedule_id).delete()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


def _keeping_state(known: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate:
    """Return the schedule as wanted, paused or not as a person has left it."""
    state = known.description.schedule.state
    return ScheduleUpdate(Schedule(action=wanted.action, spec=wanted.spec, policy=wanted.policy, state=state))
