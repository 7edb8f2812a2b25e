"""How fast projects start, against bare starts of an idle workflow on the same server; and what durability costs."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from statistics import median

from sqlalchemy import func, select
from temporalio.client import Client

from cli.start import AT_ONCE, start_all
from infra.db.engine import reading
from infra.db.tables import project
from infra.gateway import Gateway
from tests.bench import bare
from tests.bench.figure import Figure
from tests.bench.ground import Ground, Ledger, bare_worker, ground, until

PROJECTS = 400
ROUNDS = 4
WARM_UP = 60
_IDLE_SECONDS = 30 * 86400.0

Round = Callable[[int], Awaitable[float]]


async def measure() -> list[Figure]:
    """Start projects and bare workflows in turn; each counts when its first task has done its work."""
    async with ground() as where, bare_worker(where):
        ledger = Ledger(where.settings)
        ours, floor = await _in_turn(
            lambda count: projects(where, ledger, count), lambda count: bare_starts(where, count)
        )
    return [
        Figure(
            name="start.rate",
            value=ours,
            unit="starts/s",
            floor=floor,
            goal=0.9,
            sense=">=",
            of="ratio",
            note=f"median of {ROUNDS} rounds of {PROJECTS}, from registration until the first entry of each is in the "
            "journal (SQLite, synchronous=FULL); floor: idle timer workflows until each has begun",
        )
    ]


async def durability() -> list[Figure]:
    """Start bare workflows on an engine that waits for the disk, and on one that does not."""
    async with AsyncExitStack() as stack:
        waiting, hasty = [await _bare_ground(stack, synchronous) for synchronous in ("full", "normal")]
        full, normal = await _in_turn(waiting, hasty)
    return [
        Figure(
            name="durability.rate",
            value=full,
            unit="starts/s",
            floor=normal,
            note="bare starts with the engine's file at synchronous=full, the default; floor: at synchronous=normal, "
            "which may lose the last moments at a power cut",
        )
    ]


async def _bare_ground(stack: AsyncExitStack, synchronous: str) -> Round:
    where = await stack.enter_async_context(ground(synchronous=synchronous))
    await stack.enter_async_context(bare_worker(where))
    return lambda count: bare_starts(where, count)


async def _in_turn(one: Round, other: Round) -> tuple[float, float]:
    """Return the median rates of two kinds of rounds, taken in turn, each as often first, after a warm-up of both."""
    ones, others = list[float](), list[float]()
    await one(WARM_UP)
    await other(WARM_UP)
    for number in range(ROUNDS):
        for kind, rates in ((one, ones), (other, others))[:: 1 if number % 2 else -1]:
            rates.append(await kind(PROJECTS))
    return median(ones), median(others)


async def projects(where: Ground, ledger: Ledger, count: int) -> float:
    """Start projects and return projects started a second, with everything that `start` does once the file is read."""
    rows, before, since = ledger.rows(count), _journaled(ledger), time.monotonic()
    await start_all(Gateway(where.client), ledger.register(rows), ledger.shelf)
    await until(lambda: _journaled(ledger) >= before + count, "projects are not journaled")
    return count / (time.monotonic() - since)


async def bare_starts(where: Ground, count: int) -> float:
    """Start idle workflows and return how many were started a second."""
    before, since = where.begun(), time.monotonic()
    await start_bare(where.client, bare.QUEUE, count)
    await until(lambda: where.begun() >= before + count, "bare workflows do not begin")
    return count / (time.monotonic() - since)


async def start_bare(
    client: Client, queue: str, count: int, seconds: float = _IDLE_SECONDS, times: int = 1
) -> list[str]:
    """Start idle workflows, as many at a time as projects are, and return their ids."""
    gate, batch = asyncio.Semaphore(AT_ONCE), uuid.uuid4().hex[:8]
    ids = [f"bare/{batch}-{number}" for number in range(count)]

    async def one(workflow_id: str) -> None:
        async with gate:
            await client.start_workflow(bare.IDLE, args=[seconds, times], id=workflow_id, task_queue=queue)

    await asyncio.gather(*(one(workflow_id) for workflow_id in ids))
    return ids


def _journaled(ledger: Ledger) -> int:
    with reading(ledger.records) as connection:
        return connection.execute(select(func.count()).select_from(project).where(project.c.seq > 0)).scalar_one()
