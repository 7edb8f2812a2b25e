"""The ground to measure on: the embedded installation as `up` runs it, in a temporary folder on free ports."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from temporalio.client import Client

from cli.desk import Desk, Shared
from cli.start import publish
from cli.up import WORKER, embedded
from infra import engine
from infra.db import migrate
from infra.db.directory import People
from infra.db.registry import Registered, Registry
from infra.files.directory import read_directory
from infra.files.ledger import read_ledger
from infra.settings import Settings
from rules.policy import Shelf
from schemas.ledger import LedgerRow
from schemas.names import PROJECT_QUEUE
from schemas.policy import Pins
from schemas.project import Start
from tests.bench import bare

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "nujiang"
PATIENCE = 120.0


@dataclass
class Ground:
    """A running installation.

    Attributes:
        settings: Its settings.
        client: Connection to its engine.
        pids: Process ids of engine and worker.
    """

    settings: Settings
    client: Client
    pids: dict[str, int]

    def begun(self) -> int:
        """Return how many workflows of the floor have begun."""
        tally = _tally(self.settings)
        return tally.stat().st_size if tally.exists() else 0


class Ledger:
    """Projects to start on a ground: the sample ledger, as often as needed, each time for further villages."""

    def __init__(self, settings: Settings) -> None:
        """Import the people and publish the policies."""
        self._desk = Desk(Shared())
        self._desk.settings = settings
        self._rows = read_ledger(SAMPLES / "ledger-2018.csv").rows
        self._used = 0
        People(self._desk.records).import_directory(read_directory(SAMPLES / "people.yaml"), datetime.now(UTC))
        self.pins: dict[str, Pins] = publish(self._desk, "china", None)

    @property
    def records(self) -> Engine:
        """The records database."""
        return self._desk.records

    @property
    def shelf(self) -> Shelf:
        """The published policies."""
        return self._desk.shelf

    def rows(self, count: int) -> list[LedgerRow]:
        """Return rows that were not returned before."""
        found = []
        for number in range(self._used, self._used + count):
            row = self._rows[number % len(self._rows)]
            code = f"{row.village_code[:6]}{200000 + number}"  # nothing is paid for twice in a village
            found.append(row.model_copy(update={"village_code": code}))
        self._used += count
        return found

    def register(self, rows: Sequence[LedgerRow]) -> list[Start]:
        """Give the rows their ids and return the orders to start them."""
        registered: list[Registered] = Registry(self.records).register(rows, "US", datetime.now(UTC))
        return [
            Start(project=one.project, pins=self.pins[one.project.technology], ordered_by="bench", command_id="bench")
            for one in registered
        ]


@asynccontextmanager
async def ground(
    *,
    is_bare: bool = False,
    synchronous: str = "full",
    prepare: Callable[[str], object] = migrate.upgrade,
    **more: Any,  # noqa: ANN401 - fields of the settings
) -> AsyncIterator[Ground]:
    """Yield a running installation and leave nothing behind.

    Args:
        is_bare: Whether its worker is that of the floor; otherwise it is ours, as in production.
        synchronous: How the engine treats its file.
        prepare: Makes the records at a URL, before anything looks at them.
        more: Further settings.
    """
    with tempfile.TemporaryDirectory(prefix="cuntong-bench-") as folder:
        data = Path(folder)
        port, ui_port = free_ports(2)
        more.setdefault("console_port", 0)
        chosen = Settings(_env_file=None, data=data, engine_synchronous=synchronous, port=port, ui_port=ui_port, **more)
        await asyncio.to_thread(prepare, chosen.records_url)
        pids: dict[str, int] = {}
        command = bare_command(chosen, PROJECT_QUEUE) if is_bare else WORKER
        supervisor = embedded(chosen, worker=command, on_event=lambda event: pids.update({event.child.name: event.pid}))
        running = asyncio.create_task(supervisor.run())
        up = asyncio.create_task(supervisor.up.wait())
        try:
            await asyncio.wait({running, up}, return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE)
            if running.done():
                running.result()
            client = await engine.connect(chosen, embedded=True)
            yield Ground(chosen, client, pids)
        finally:
            up.cancel()
            supervisor.stop()
            await running


@asynccontextmanager
async def bare_worker(where: Ground) -> AsyncIterator[int]:
    """Yield the process id of a worker of the floor beside our own."""
    process = await asyncio.create_subprocess_exec(*bare_command(where.settings, bare.QUEUE), cwd=ROOT)
    try:
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


def bare_command(settings: Settings, queue: str) -> tuple[str, ...]:
    """Return the command of a worker of the floor."""
    program = "import sys; sys.path.insert(0, sys.argv.pop(1)); from tests.bench.bare import run; run()"
    arguments = (str(ROOT), engine.engine_address(settings), queue, str(_tally(settings)))
    return (sys.executable, "-c", program, *arguments)


def _tally(settings: Settings) -> Path:
    return settings.data / "tally"


def free_ports(count: int) -> list[int]:
    """Return ports on which nobody listens."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(listener.getsockname()[1]) for listener in listeners]


def quiet_environment() -> None:
    """Take our own variables away: settings of the machine must not lead a measurement elsewhere."""
    for name in [name for name in os.environ if name.startswith(("CUNTONG_", "TEMPORAL_"))]:
        del os.environ[name]
    # As in an installation that has run before: programs are there as bytecode.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(tempfile.gettempdir()) / "cuntong-bench-bytecode"))


async def until(claim: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until a claim holds.

    Raises:
        TimeoutError: It does not come to hold.
    """
    end = time.monotonic() + patience
    while not await asyncio.to_thread(claim):
        if time.monotonic() > end:
            raise TimeoutError(what)
        await asyncio.sleep(0.02)
