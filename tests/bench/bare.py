"""The floor: what a worker of the bare engine does with workflows that wait, and nothing else."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from tests.bench import tally

IDLE = "BareIdle"
QUEUE = "bare"
STAGES = "BareStages"


@workflow.defn(name=IDLE)
class Idle:
    """Waits, once or several times; counted when it has begun."""

    @workflow.run
    async def run(self, seconds: float, times: int = 1) -> None:
        """Wait."""
        tally.one()
        for _ in range(times):
            await workflow.sleep(seconds)


@workflow.defn(name=STAGES)
class Stages:
    """The least that can follow a project: a timer for each stage, ended by an update or by itself."""

    def __init__(self) -> None:
        """Begin."""
        self._closed = 0

    @workflow.run
    async def run(self, days: list[int]) -> None:
        """Wait for one stage after the other."""
        for number, limit in enumerate(days):
            try:
                await workflow.wait_condition(lambda n=number: self._closed > n, timeout=timedelta(days=limit))  # type: ignore[misc] # the default binds n
            except TimeoutError:
                self._closed = number + 1

    @workflow.update
    async def close(self, note: str) -> int:  # noqa: ARG002 - a command carries something
        """Close a stage."""
        self._closed += 1
        return self._closed


def run() -> None:
    """Work until the process is ended; address, task queue and file to count in are the arguments of the process."""
    address, queue, path = sys.argv[1:]
    tally.open_at(path)
    asyncio.run(_work(address, queue))


async def _work(address: str, queue: str) -> None:
    client = await Client.connect(address)
    shared = SandboxRestrictions.default.with_passthrough_modules(tally.__name__)
    runner = SandboxedWorkflowRunner(restrictions=shared)
    await Worker(client, task_queue=queue, workflows=[Idle, Stages], workflow_runner=runner).run()
