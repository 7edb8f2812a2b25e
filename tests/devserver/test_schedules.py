"""Rounds of letter writing are started by schedules: made once, brought up to date, removed when there are fewer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio import activity
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from infra import schedules
from infra.engine import engine_binary
from schemas import names
from schemas.letter import RoundOrder, RoundReport
from workflows.letters import LetterRound
from workflows.ports import LettersPort
from workflows.runner import runner


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    async with await WorkflowEnvironment.start_local(
        data_converter=pydantic_data_converter, dev_server_existing_path=str(engine_binary())
    ) as environment:
        yield environment.client


class Writer(LettersPort):
    """Writes nothing, and remembers what it was told."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.orders: list[RoundOrder] = []

    @activity.defn(name=names.LETTERS_WRITE)
    async def write(self, order: RoundOrder) -> RoundReport:
        """Remember."""
        self.orders.append(order)
        return RoundReport(people=1)


async def test_schedules_follow_the_settings_and_stay_paused(client: Client) -> None:
    for _ in range(2):
        await schedules.ensure_letters(client, timedelta(minutes=60), 3)
    await client.get_schedule_handle("letters/0").pause()
    await schedules.ensure_letters(client, timedelta(minutes=30), 2)
    found = [(await client.get_schedule_handle(f"letters/{shard}").describe()).schedule for shard in range(2)]
    assert [one.spec.intervals[0].every for one in found] == [timedelta(minutes=30)] * 2
    assert [one.spec.intervals[0].offset or timedelta(0) for one in found] == [timedelta(0), timedelta(minutes=15)]
    assert [one.state.paused for one in found] == [True, False]
    with pytest.raises(RPCError) as gone:
        await client.get_schedule_handle("letters/2").describe()
    assert gone.value.status == RPCStatusCode.NOT_FOUND


async def test_a_scheduled_round_has_its_shard_written(client: Client) -> None:
    writer = Writer()
    async with Worker(
        client,
        task_queue=names.DELIVERY_QUEUE,
        workflows=[LetterRound],
        activities=[writer.write],
        workflow_runner=runner(),
    ):
        order = RoundOrder(shard=1, shards=2)
        report = await client.execute_workflow(
            LetterRound.run, order, id="letters/1/by-hand", task_queue=names.DELIVERY_QUEUE
        )
    assert report == RoundReport(people=1)
    assert writer.orders == [order]
