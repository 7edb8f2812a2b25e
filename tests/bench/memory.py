"""How much memory a worker holds for each project it has in its cache."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench import start
from tests.bench.figure import Figure
from tests.bench.ground import Ledger, bare_worker, ground

FEW, MANY = 300, 900
"""Both within the 1,000 runs that the SDK caches by default."""

_REST_SECONDS = 3.0
_KIB = 1024


async def measure() -> list[Figure]:
    """Read the resident memory of the worker with few and with many idle projects; the floor likewise."""
    async with ground() as where, bare_worker(where) as bare_pid:
        ledger = Ledger(where.settings)
        ours = await _growth(where.pids["worker"], lambda count: start.projects(where, ledger, count))
        floor = await _growth(bare_pid, lambda count: start.bare_starts(where, count))
    return [
        Figure(
            name="memory.project",
            value=ours,
            unit="KiB",
            floor=floor,
            goal=150,
            note=f"growth of the worker's resident memory from {FEW} to {MANY} cached idle projects, for each of them; "
            "floor: idle timer workflows in the same sandbox",
        )
    ]


async def _growth(pid: int, more: Callable[[int], Awaitable[float]]) -> float:
    """Return by how many KiB a process grows with each workflow it takes in."""
    await more(FEW)
    few = await _resident(pid)
    await more(MANY - FEW)
    return (await _resident(pid) - few) / (MANY - FEW)


async def _resident(pid: int) -> float:
    await asyncio.sleep(_REST_SECONDS)
    return await asyncio.to_thread(_resident_now, pid)


def _resident_now(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _KIB
