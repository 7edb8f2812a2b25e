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


def _keeping_state(known: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate:
    """Return the schedule as wanted, paused or not as a person has left it."""
    state = known.description.schedule.state
    return ScheduleUpdate(Schedule(action=wanted.action, spec=wanted.spec, policy=wanted.policy, state=state))
