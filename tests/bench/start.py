"""How fast projects start, against bare starts of an idle workflow on the same server; and what durability costs."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
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
    async with ground() as where, bare_worker(where) as bare_pid:
        ledger, pids = Ledger(where.settings), (*where.pids.values(), bare_pid)
        ours = _Metered(lambda count: projects(where, ledger, count), pids)
        floor = _Metered(lambda count: bare_starts(where, count), pids)
        rate, floor_rate = await _in_turn(ours, floor)
    about = (
        f"median of {ROUNDS} rounds of {PROJECTS}, from registration until the first entry of each is in the journal "
    )
    return [
        Figure(
            name="start.rate",
            value=rate,
            unit="starts/s",
            floor=floor_rate,
            goal=0.9,
            sense=">=",
            of="ratio",
            note=f"{about}(SQLite, synchronous=FULL); floor: idle timer workflows until each has begun",
        ),
        Figure(
            name="start.cpu",
            value=ours.milliseconds,
            unit="ms",
            floor=floor.milliseconds,
            note="processor time of engine, worker and starter for each start, whatever else the machine does; ours "
            "pays for a larger workflow in the sandbox, a local activity, and a transaction with some fifteen rows",
        ),
    ]


class _Metered:
    """A kind of rounds whose processor time is read as well."""

    def __init__(self, kind: Round, pids: Sequence[int]) -> None:
        self._kind, self._pids = kind, pids
        self._used: list[float] = []

    async def __call__(self, count: int) -> float:
        before = self._seconds()
        rate = await self._kind(count)
        self._used.append((self._seconds() - before) / count)
        return rate

    @property
    def milliseconds(self) -> float:
        """Processor time of one start, median of all rounds."""
        return 1000 * median(self._used)

    def _seconds(self) -> float:
        """Return the processor time of all processes so far, ours among them."""
        stats = [Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split() for pid in self._pids]
        ticks = sum(int(user) + int(system) for stat in stats for user, system in [stat[11:13]])
        return ticks / os.sysconf("SC_CLK_TCK") + time.process_time()


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
