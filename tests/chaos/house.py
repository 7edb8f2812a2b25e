"""A whole installation in processes of its own: PostgreSQL, engine, two workers, a mail server and a gateway.

Every process is known by its id, restarted when it is killed, and ended when the house is left, however it is left.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml
from sqlalchemy import Engine
from temporalio.client import Client

from cli.up import engine_database
from infra import engine
from infra.db import migrate
from infra.db.engine import open_engine
from infra.settings import Settings
from infra.supervisor import _LEASH
from schemas.names import NAMESPACE
from tests.chaos import taken
from tests.chaos.script import SINKS, Person
from tests.chaos.verdict import Got
from tests.support import postgresql
from tests.support.ports import free_port

TREE = Path(__file__).parents[2]
WORKERS = ("worker-1", "worker-2")
PATIENCE = 60.0
RESTART_SECONDS = 0.3
SLOW_SECONDS = 2.0
SECRET = "whsec_Y3VudG9uZy1jaGFvcy1jdW50b25nLWNoYW9z"
_POSTED = {"ok": "ok", "busy": "429", "error": "500", "slow": "slow", "hang": "hang", "drop": "drop"}
_MAILED = {"ok": "ok", "busy": "451", "error": "451", "slow": "451", "hang": "hang", "drop": "drop"}
MODES = {"hook": _POSTED, "sms": _POSTED, "email": _MAILED}
"""What each sink can be told for each mode of the script."""


class Process:
    """A program that is started again whenever it has died."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        """Take what to run; nothing is started yet."""
        self.name, self._command, self._env, self._log = name, command, env, log
        self._running: subprocess.Popen[bytes] | None = None
        self._died_at = 0.0
        self._since = 0

    def has_said(self, word: str) -> bool:
        """Whether its log has a word since it was last started."""
        return word in self._log.read_bytes()[self._since :].decode(errors="replace")

    def start(self) -> None:
        """Start it."""
        self._since = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _LEASH, str(os.getpid()), *self._command],
                cwd=TREE,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def keep(self) -> None:
        """Start it again when it has been dead for a moment."""
        if self._running is None or self._running.poll() is None:
            self._died_at = 0.0
            return
        self._died_at = self._died_at or time.monotonic()
        if time.monotonic() - self._died_at >= RESTART_SECONDS:
            self.start()

    def send(self, number: signal.Signals) -> None:
        """Signal it; one that is dead hears nothing."""
        if self._running:
            self._running.send_signal(number)

    def end(self) -> None:
        """Kill it for good, and wait until it is gone."""
        if self._running:
            self._running.kill()
            self._running.wait()
        self._running = None


class House:
    """One installation with its surroundings; leaving it ends every process.

    Attributes:
        settings: Settings of the installation.
        records: Its database.
        url: URL of the database for plain SQL.
        processes: Everything that can be killed by name, PostgreSQL apart.
        kills: How often each was killed or stopped.
    """

    def __init__(
        self, folder: Path, *, worker: Sequence[str], env: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        """Prepare; nothing is started yet.

        Args:
            folder: For everything that is kept.
            worker: Command of the workers.
            env: Further environment variables by process.
        """
        self.folder, self._worker, self._more = folder, worker, env or {}
        self.processes: dict[str, Process] = {}
        self.kills: dict[str, int] = {}
        self._stack = ExitStack()
        self._crashing = threading.Lock()
        self._keeper: asyncio.Task[None] | None = None
        (folder / "logs").mkdir(parents=True)

    async def __aenter__(self) -> Self:
        try:
            self.postgresql = self._stack.enter_context(postgresql.running())
            self._stack.callback(self._end)
            self.url = self.postgresql.create_database("chaos")
            await asyncio.to_thread(migrate.upgrade, self.url)
            self.records: Engine = open_engine(self.url)
            self._stack.callback(self.records.dispose)
            self._open_sinks()
            self._configure()
            self._open_engine()
            self._keeper = asyncio.create_task(self._keep())
            client = await self.client()
            await engine.wait_ready(client)
            await engine.ensure_search_attributes(client)
        except BaseException:
            self._stack.close()
            raise
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._keeper:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        self._stack.close()

    def open_workers(self) -> None:
        """Start the workers."""
        for name in WORKERS:
            self._begin(name, self._worker, self._environment(name))

    def is_ready(self, *names: str) -> bool:
        """Whether these workers have said that they are ready since they were last started."""
        return all(self.processes[name].has_said("worker_ready") for name in names)

    async def client(self) -> Client:
        """Return a connection to the engine."""
        return await engine.connect(self.settings, wait=PATIENCE, embedded=True)

    # Faults

    async def kill(self, victim: str) -> None:
        """Kill a process the hard way; it comes back by itself."""
        self.kills[victim] = self.kills.get(victim, 0) + 1
        if victim == "postgresql":
            await asyncio.to_thread(self._crash)
        else:
            self.processes[victim].send(signal.SIGKILL)

    async def pause(self, victim: str, seconds: float) -> None:
        """Stop a process in its tracks, and let it go on after a while as if nothing had happened."""
        self.kills[f"{victim} stopped"] = self.kills.get(f"{victim} stopped", 0) + 1
        self.processes[victim].send(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            self.processes[victim].send(signal.SIGCONT)

    async def calm(self) -> None:
        """Wait until PostgreSQL is back, and let the sinks behave."""
        await asyncio.to_thread(self._crashing.acquire)
        self._crashing.release()
        for sink in SINKS:
            self.switch(sink, "ok")

    def switch(self, sink: str, mode: str) -> None:
        """Let a sink behave in another way from now on."""
        place = "sms" if sink == "sms" else "hook"
        wanted = {"mode": MODES[sink][mode], "seconds": SLOW_SECONDS}
        path = "mail" if sink == "email" else "mode"
        url = f"http://127.0.0.1:{self._gateways[place]}/-/{path}"
        request = urllib.request.Request(url, json.dumps(wanted).encode(), method="PUT")
        urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 - the same

    def got(self, people: Mapping[str, Person]) -> list[Got]:
        """Return everything that the sinks have taken so far, in no order."""
        return taken.everything(self.folder, self.settings.data, people)

    # Processes

    def _crash(self) -> None:
        with self._crashing:
            self.postgresql.stop(crash=True)
            self.postgresql.start()

    def _open_sinks(self) -> None:
        """Start a gateway for webhooks with a mail server beside it, and one for SMS."""
        self._gateways = {name: free_port() for name in ("hook", "sms")}
        self._mail_port = free_port()
        for name, port in self._gateways.items():
            command = [sys.executable, "-m", "tests.support.gateway", "--folder", str(self.folder / name)]
            command += ["--port", str(port)]
            command += ["--mail-port", str(self._mail_port)] if name == "hook" else []
            self._begin(f"gateway-{name}", command, self._neutral())

    def _configure(self) -> None:
        port, ui_port = free_port(), free_port()
        self.settings = Settings(
            data=self.folder / "data",
            database_url=self.url,
            port=port,
            ui_port=ui_port,
            console_port=0,
            smtp_url=f"smtp://127.0.0.1:{self._mail_port}",
            delivery_poll_seconds=0.2,
            letters_every_seconds=1.0,
            audit_every_seconds=5.0,
            engine_synchronous="normal",
        )
        self.settings.data.mkdir(mode=0o700)
        secret = self.folder / "secret"
        secret.write_text(SECRET, encoding="ascii")
        secret.chmod(0o600)
        lines = [
            {"name": name, "type": kind, "url": f"http://127.0.0.1:{self._gateways[name]}/{name}"}
            for name, kind in (("hook", "webhook"), ("sms", "sms"))
        ]
        lines[0]["secret_file"] = str(secret)
        here = ["127.0.0.1"]
        document = {"kind": "channels", "allow_private": here, "allow_plain": here, "channels": lines}
        (self.settings.data / "channels.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")

    def _open_engine(self) -> None:
        command = engine.engine_command(self.settings, engine_database(self.settings))
        self._begin("engine", command, self._neutral())

    def _begin(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.processes[name] = Process(name, command, env, self.folder / "logs" / f"{name}.log")
        self.processes[name].start()

    async def _keep(self) -> None:
        while True:
            for process in self.processes.values():
                process.keep()
            await asyncio.sleep(0.1)

    def _end(self) -> None:
        for process in reversed(self.processes.values()):
            process.end()

    def _neutral(self) -> dict[str, str]:
        return {key: value for key, value in os.environ.items() if not key.startswith(("TEMPORAL_", "CUNTONG_"))}

    def _environment(self, name: str) -> dict[str, str]:
        ours = {f"CUNTONG_{key.upper()}": str(value) for key, value in self.settings.model_dump(mode="json").items()}
        address = {"TEMPORAL_ADDRESS": engine.engine_address(self.settings), "TEMPORAL_NAMESPACE": NAMESPACE}
        here = {"TEMPORAL_CONFIG_FILE": os.devnull, "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}
        return {**self._neutral(), **ours, **address, **here, **self._more.get(name, {})}


async def until(claim: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until a claim holds, but not for ever; a database that is away is waited for.

    Raises:
        TimeoutError: It did not come to hold.
    """
    end = time.monotonic() + patience
    while not await asyncio.to_thread(claim):
        if time.monotonic() > end:
            raise TimeoutError(what)
        await asyncio.sleep(0.1)
