"""A real installation in processes of its own, with simulated people and a mail server around it, that can be killed.

What is killed is killed by the process ids that the installation itself tells in `up.json`, never by name.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from temporalio.client import Client
from temporalio.service import RPCError

from cli.agreement import SETTLED, Agreement, judge
from cli.crowd import Crowd, Habit
from cli.desk import Desk, Shared
from cli.start import publish, start_all
from infra import engine
from infra.channels.letter import message_id
from infra.channels.sink import MailSink
from infra.db.directory import People
from infra.db.registry import Registry
from infra.files.directory import read_directory
from infra.files.ledger import read_ledger
from infra.gateway import Gateway
from infra.settings import Settings
from schemas import names
from schemas.event import RungFired
from schemas.project import Project, Start
from schemas.reason import Refusal
from tests.support.ports import free_port

TREE = Path(__file__).parents[2]
SAMPLES = TREE / "samples" / "nujiang"
PATIENCE = 40.0
LEASE_SECONDS = 5.0
"""Lease of messages, shorter than in earnest (120 s): what a killed worker had claimed is waited for."""

_UP = """
import asyncio, sys
from cli.up import serve
from infra.settings import Settings
sys.exit(asyncio.run(serve(Settings(), worker=(sys.executable, "-c", sys.argv[1]), as_json=True)))
"""
_WORKER = f"""
import os
from activities import delivery
delivery.LEASE_SECONDS = {LEASE_SECONDS}
import worker
os._exit(worker.main())
"""
_BAD_WORDS = re.compile(r"Traceback|[Nn]ondeterminis|TMPRL1100|panic|JournalConflict")


class Rig:
    """One installation with its surroundings; leaving it ends every process.

    Attributes:
        settings: Settings of the installation.
        desk: The way to its records.
        projects: Projects that were started, by id.
    """

    def __init__(self, folder: Path, *, day_seconds: float) -> None:
        """Prepare; nothing is started yet."""
        self._folder, self._day_seconds = folder, day_seconds
        self._sinks: list[MailSink] = []
        self._is_mail_open = False
        self._up: subprocess.Popen[str] | None = None
        self._crowd: Crowd | None = None
        self.projects: dict[str, Project] = {}
        port, ui_port, self._mail_port = (free_port() for _ in range(3))
        self.settings = Settings(
            data=folder / "data",
            port=port,
            ui_port=ui_port,
            console_port=0,
            smtp_url=f"smtp://127.0.0.1:{self._mail_port}",
            delivery_poll_seconds=0.1,
            letters_every_seconds=1.0,
        )
        self.desk = Desk(Shared(lang="en"))
        self.desk.settings = self.settings

    async def __aenter__(self) -> Self:
        self.open_mail()
        await self.start()
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.cut_power)
        self.close_mail()

    # Processes

    async def start(self) -> None:
        """Start `up`, and return once everything is ready."""
        ours = {f"CUNTONG_{key.upper()}": str(value) for key, value in self.settings.model_dump(mode="json").items()}
        with (self._folder / "up.err").open("a", encoding="utf-8") as said:
            self._up = subprocess.Popen(  # noqa: ASYNC220 - read from a thread, ended in `cut_power`
                [sys.executable, "-c", _UP, _WORKER],
                cwd=TREE,
                env={**os.environ, **ours},
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            )
        assert self._up.stdout
        async with asyncio.timeout(PATIENCE):
            line = await asyncio.to_thread(self._up.stdout.readline)
        assert line, (self._folder / "up.err").read_text(encoding="utf-8")

    def pid(self, child: str) -> int:
        """Return the process id of `engine` or `worker`; 0 while it is down."""
        try:
            told = json.loads((self.settings.data / "up.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return 0
        return int(told["children"].get(child, 0))

    async def kill(self, child: str) -> None:
        """Kill a child the hard way, and return once another has taken its place."""
        await until(lambda: self.pid(child) != 0, f"{child} does not run")
        old = self.pid(child)
        os.kill(old, signal.SIGKILL)
        await until(lambda: self.pid(child) not in {0, old}, f"{child} does not come back")

    def cut_power(self) -> None:
        """Kill the supervisor the hard way, and return once its children are gone with it."""
        if self._up is None or self._up.poll() is not None:
            return
        children = [pid for pid in map(self.pid, ("engine", "worker")) if pid]
        self._up.kill()
        self._up.communicate()
        end = time.monotonic() + PATIENCE
        while any(map(_is_alive, children)):
            assert time.monotonic() < end, "a child outlives its supervisor"
            time.sleep(0.02)

    async def client(self) -> Client:
        """Return a connection to the engine."""
        return await engine.connect(self.settings, wait=PATIENCE, embedded=True)

    # Mail

    def open_mail(self) -> None:
        """Let the mail server listen."""
        sink = MailSink(self._folder / f"mail-{len(self._sinks)}", port=self._mail_port)
        sink.start()
        self._sinks.append(sink)
        self._is_mail_open = True

    def close_mail(self) -> None:
        """Let the mail server be gone; what it has received stays known."""
        if self._is_mail_open:
            self._sinks[-1].stop()
        self._is_mail_open = False

    @property
    def received(self) -> list[str]:
        """Message-IDs that the mail server has taken, in order, repeats included."""
        return [mail for sink in self._sinks for mail, _ in sink.received]

    # Projects and people

    async def begin(self, count: int) -> None:
        """Start projects of the sample ledger, spread over it, and return once each has its first entry."""
        now = datetime.now(UTC)
        People(self.desk.records).import_directory(read_directory(SAMPLES / "people.yaml"), now)
        self.pins = publish(self.desk, "compressed", self._day_seconds)
        rows = read_ledger(SAMPLES / "ledger-2018.csv").rows
        chosen = [rows[number * len(rows) // count] for number in range(count)]
        known = [one.project for one in Registry(self.desk.records).register(chosen, "US", now)]
        orders = [Start(project=one, pins=self.pins[one.technology], ordered_by="test") for one in known]
        await start_all(Gateway(await self.client()), orders, self.desk.shelf)
        self.projects = {one.project_id: one for one in known}
        await until(lambda: all(map(self.desk.views.journal, self.projects)), "projects do not begin")

    async def live(self, habits: Sequence[Habit], seed: int) -> None:
        """Let people act until every project is settled."""
        people = People(self.desk.records)
        self._crowd = crowd = Crowd(
            gateway=Gateway(await self.client(), recall=self.desk.views.receipt),
            projects={
                key: (one, habits[number % len(habits)]) for number, (key, one) in enumerate(self.projects.items())
            },
            books={technology: self.desk.shelf.book(pin) for technology, pin in self.pins.items()},
            seats=people.seats(datetime.now(UTC)),
            actors=functools.cache(people.actor),
            look=self.desk.views.open_stages,
            rng=random.Random(seed),  # noqa: S311 - chance of a play
        )
        await crowd.live(self.is_settled)

    def is_settled(self) -> bool:
        """Whether every project has been paid."""
        rows = [row for key in self.projects for row in self.desk.views.stages(key) if row.stage == "settlement"]
        return len(rows) == len(self.projects) and all(row.status == "done" for row in rows)

    async def plight(self) -> str:
        """Return what is left undone and what the engine says of it, for whoever reads of a failure."""
        lines = [f"processes: {[(child, self.pid(child)) for child in ('engine', 'worker')]}"]
        waiting = self._crowd.waiting if self._crowd else {}
        lines += [f"tries again: {key} after {reason}" for key, reason in waiting.items()]
        rows = [row for row in self.desk.views.open_stages() if row.project_id in self.projects]
        lines += [f"open: {row}" for row in rows]
        try:
            client = await engine.connect(self.settings, wait=5.0, embedded=True)
            for project_id in sorted({row.project_id for row in rows}):
                handle = client.get_workflow_handle(names.project_workflow_id(project_id))
                raw = (await handle.describe(rpc_timeout=timedelta(seconds=5))).raw_description
                lines.append(f"{project_id}: {raw.pending_workflow_task} {list(raw.pending_activities)}")
        except (Refusal, RPCError) as error:
            lines.append(f"the engine does not tell: {error!r}")
        for file in sorted((self.settings.data / "logs").iterdir()):
            lines += [file.name, *file.read_text(encoding="utf-8", errors="replace").splitlines()[-10:]]
        return "\n".join(lines)

    def fired(self, project_id: str) -> list[RungFired]:
        """Return the rungs in the journal of a project."""
        return [entry.event for entry in self.desk.views.journal(project_id) if isinstance(entry.event, RungFired)]

    # Judgement

    async def delivered(self) -> None:
        """Return once no notice is waiting for its letter any more, nor any letter for its delivery."""
        await until(
            lambda: all(row.state in SETTLED for row in self.desk.views.outbox_counts()),
            "messages are left waiting",
        )

    async def judged(self) -> Agreement:
        """Return what the judge of the demonstration finds."""
        return await judge(list(self.projects), self.desk.views, self.received, await self.client())

    def unexplained_duplicates(self) -> list[str]:
        """Return mails that came more often than tries of unknown outcome explain."""
        tries = [row for key in self.projects for row in self.desk.views.attempts(key)]
        unknown = Counter(message_id(row.key) for row in tries if row.state == "unknown")
        return [mail for mail, count in Counter(self.received).items() if count - 1 > unknown[mail]]

    def complaints(self) -> list[str]:
        """Return the lines of all logs that should not be there, whatever was killed."""
        files = [*(self.settings.data / "logs").iterdir(), self._folder / "up.err"]
        lines = [line for file in files for line in file.read_text(encoding="utf-8", errors="replace").splitlines()]
        return [line for line in lines if _BAD_WORDS.search(line)]


async def until(claim: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until a claim holds, but not for ever."""
    end = time.monotonic() + patience
    while not await asyncio.to_thread(claim):
        assert time.monotonic() < end, what
        await asyncio.sleep(0.05)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
