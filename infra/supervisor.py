"""Keeps the processes of an embedded installation alive: started in order, restarted when dead, stopped in reverse.

A child is a name, a command and a way to tell that it is ready; this module knows neither engine nor projects.
It prints nothing: whoever runs it hears `ChildEvent`s.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from io import FileIO
from pathlib import Path
from typing import Any, TextIO

from infra.process import OTHERS_READ_NOTHING
from schemas.message import Title
from schemas.reason import ErrorKind, Refusal

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
STEADY_SECONDS = 30.0
START_ATTEMPTS = 3
LOG_BYTES = 10_000_000

# Runs between us and the child's own program: a child must not outlive a supervisor that was killed, and only the
# child itself can ask the kernel for that. Its parent may be gone before it has asked, hence the second look.
_LEASH = """
import os, signal, sys
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
os.execvp(sys.argv[2], sys.argv[2:])
"""


class ChildEventKind(StrEnum):
    """What can happen to a child."""

    STARTED = "started"
    READY = "ready"
    DIED = "died"
    RESTARTED = "restarted"
    KILLED = "killed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Child:
    """A process to keep alive.

    Attributes:
        name: Key in `up.json`, and name of the log file.
        title: Name for people.
        command: Program and arguments.
        env: Its whole environment; None inherits ours.
        ready: Returns once the child does its work; None counts it as ready once started. A `Refusal` from it means
            that the child will not become ready: it is killed, and counts as dead.
    """

    name: str
    title: Title
    command: Sequence[str]
    env: Mapping[str, str] | None = None
    ready: Callable[[], Awaitable[object]] | None = None


@dataclass(frozen=True)
class ChildEvent:
    """Something happened to a child.

    Attributes:
        kind: What.
        child: To which.
        pid: Its process id; 0 when it could not be started at all.
        code: Exit code of a dead child, negative for a signal.
        pause: Seconds until a dead child is started again.
        log: File with its output.
    """

    kind: ChildEventKind
    child: Child
    pid: int
    log: Path
    code: int = 0
    pause: float = 0.0


class Supervisor:
    """Runs children until it is asked to stop; in the main thread, for the children end with the thread that made them.

    Attributes:
        up: Set once every child is ready.
        addresses: What `up.json` tells.
    """

    def __init__(
        self,
        data: Path,
        children: Sequence[Child],
        *,
        addresses: Mapping[str, str],
        on_event: Callable[[ChildEvent], None],
        grace: float = 15.0,
    ) -> None:
        """Take what to run; nothing is started yet.

        Args:
            data: Data folder, held by the caller (`hold`): `logs/` and `up.json` are written there.
            children: In the order of their start.
            addresses: Addresses to tell in `up.json`.
            on_event: Hears everything that happens to a child.
            grace: Seconds that a child has to end after SIGTERM before it is killed.
        """
        self.up = asyncio.Event()
        self.addresses = dict(addresses)
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._record = _Record(data / "up.json", addresses)
        self._on_event = on_event
        self._grace = grace
        self._keepers = [_Keeper(child, data / "logs" / f"{child.name}.log", self._tell) for child in children]

    def stop(self) -> None:
        """Ask for an orderly stop; asked again, the children are killed at once."""
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    async def run(self) -> None:
        """Start the children one after the other, keep them alive until `stop`, then stop them in reverse order.

        Raises:
            Refusal: `up.child_failed`: a child died three times before it was ever ready.
        """
        stop = asyncio.create_task(self._stop.wait())
        keeping: set[asyncio.Task[None]] = set()
        async with AsyncExitStack() as stack:
            stack.callback(stop.cancel)
            stack.callback(self._record.remove)
            self._record.write()
            for keeper in self._keepers:
                keeping.add(keeper.start())
                stack.push_async_callback(keeper.stop, self._grace, self._hurry)
                ready = asyncio.create_task(keeper.ready.wait())
                stack.callback(ready.cancel)
                await _first({stop, ready, *keeping})
                if stop.done():
                    return
            self.up.set()
            await _first({stop, *keeping})

    def _tell(self, event: ChildEvent) -> None:
        if event.kind in {ChildEventKind.STARTED, ChildEventKind.RESTARTED}:
            self._record.pids[event.child.name] = event.pid
        elif event.kind in {ChildEventKind.DIED, ChildEventKind.STOPPED}:
            self._record.pids.pop(event.child.name, None)
        self._record.write()
        self._on_event(event)


class _Keeper:
    """Keeps one child alive."""

    def __init__(self, child: Child, log: Path, tell: Callable[[ChildEvent], None]) -> None:
        self.ready = asyncio.Event()
        self._task: asyncio.Task[None]
        self._child = child
        self._log = log
        self._tell = tell
        self._stopping = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None

    def start(self) -> asyncio.Task[None]:
        self._task = asyncio.create_task(self._keep(), name=self._child.name)
        return self._task

    async def stop(self, grace: float, hurry: asyncio.Event) -> None:
        self._stopping.set()
        self._signal(signal.SIGTERM)
        hurried = asyncio.create_task(hurry.wait())
        await asyncio.wait({self._task, hurried}, timeout=grace, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not self._task.done():
            self._signal(signal.SIGKILL)
            self._tell(self._event(ChildEventKind.KILLED))
        await asyncio.wait({self._task})
        self._tell(self._event(ChildEventKind.STOPPED))

    async def _keep(self) -> None:
        pause, deaths = FIRST_PAUSE, 0
        kind = ChildEventKind.STARTED
        while not self._stopping.is_set():
            born = asyncio.get_running_loop().time()
            code = await self._live(kind)
            if self._stopping.is_set():
                return
            deaths += 1
            if asyncio.get_running_loop().time() - born >= STEADY_SECONDS:
                pause = FIRST_PAUSE
            if deaths >= START_ATTEMPTS and not self.ready.is_set():
                raise self._failed(code)
            self._tell(self._event(ChildEventKind.DIED, code=code, pause=pause))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            kind = ChildEventKind.RESTARTED

    async def _live(self, kind: ChildEventKind) -> int:
        """Start the child, and return its exit code when it has ended."""
        self._process = None
        try:
            self._process = await _spawn(self._child, self._log)
        except OSError as error:
            return error.errno or 1
        ended = asyncio.create_task(self._process.wait())
        probe = asyncio.create_task(self._probe())
        try:
            self._tell(self._event(kind))
            if self._stopping.is_set():  # asked while the process was being made
                self._signal(signal.SIGTERM)
            await _first({ended, probe})  # an error in the probe is a bug, and must be seen
            return await ended
        finally:
            probe.cancel()
            self._signal(signal.SIGKILL)
            await ended

    async def _probe(self) -> None:
        if self._child.ready:
            try:
                await self._child.ready()
            except Refusal:
                self._signal(signal.SIGKILL)
                return
        self.ready.set()
        self._tell(self._event(ChildEventKind.READY))

    def _signal(self, number: signal.Signals) -> None:
        """Signal the child; a kill reaches what it started as well, also when the child itself is gone."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            if number is signal.SIGKILL:
                os.killpg(self._process.pid, number)
            else:
                self._process.send_signal(number)

    def _event(self, kind: ChildEventKind, *, code: int = 0, pause: float = 0.0) -> ChildEvent:
        pid = self._process.pid if self._process else 0
        return ChildEvent(kind, self._child, pid, self._log, code, pause)

    def _failed(self, code: int) -> Refusal:
        return Refusal(
            "up.child_failed",
            ErrorKind.UNAVAILABLE,
            name=self._child.title,
            exit_code=code,
            log=str(self._log),
            detail=_last_line(self._log),
        )


class _Record:
    """The file `up.json`: who runs and where, for `doctor` and for tests.

    It is removed at the end; one that stays although nobody holds the folder tells of a supervisor that was killed.
    """

    def __init__(self, path: Path, addresses: Mapping[str, str]) -> None:
        self.pids: dict[str, int] = {}
        self._path = path
        self._fixed = {"pid": os.getpid(), "started_at": datetime.now(UTC).isoformat(), "addresses": dict(addresses)}

    def write(self) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps({**self._fixed, "children": self.pids}, indent=2) + "\n", encoding="utf-8")
        new.replace(self._path)

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


@contextmanager
def hold(data: Path) -> Iterator[bool]:
    """Make the data folder, hold it against every other supervisor, and say whether the last one was cut off.

    The kernel lets go of the lock when we die, however we die. A folder that we make is our user's alone, and so is
    what we and our children make in it meanwhile: it holds names, addresses and letters.

    Raises:
        Refusal: `data.not_writable`, or `data.in_use` with the process id of the other supervisor.
    """
    before = os.umask(OTHERS_READ_NOTHING)
    try:
        with _locked(data):
            yield (data / "up.json").exists()
    finally:
        os.umask(before)


def _locked(data: Path) -> TextIO:
    try:
        return _lock(data)
    except OSError as error:
        detail = error.strerror or str(error)
        raise Refusal("data.not_writable", ErrorKind.UNAVAILABLE, path=str(data), detail=detail) from error


def _lock(data: Path) -> TextIO:
    """Lock the folder after writing for a trial: permissions do not tell of read-only or full disks."""
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=data) as trial:
        trial.write(b"?")
        trial.flush()
    for path in data.glob("*.db"):
        if not os.access(path, os.W_OK):  # not opened: to close a database file drops the locks that SQLite has on it
            raise PermissionError(errno.EACCES, f"{path.name}: {os.strerror(errno.EACCES)}")
    lock = (data / "lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        with lock:
            lock.seek(0)
            pid = lock.read().strip() or "?"
        raise Refusal("data.in_use", ErrorKind.CONFLICT, path=str(data), pid=pid) from error
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


async def _spawn(child: Child, log: Path) -> asyncio.subprocess.Process:
    with _open_log(log) as output:
        output.write(f"--- {datetime.now(UTC).isoformat(timespec='seconds')} start\n".encode())
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-c", _LEASH, str(os.getpid()), *child.command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=child.env,
            process_group=0,  # Ctrl-C in the terminal is for us alone, we stop the children in order
        )


def _open_log(log: Path) -> FileIO:
    log.parent.mkdir(exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(log.name + ".1"))
    return log.open("ab", buffering=0)


async def _first(tasks: set[asyncio.Task[Any]]) -> None:
    """Return when one of the tasks is done; raise what it raised."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


def _last_line(log: Path) -> str:
    with suppress(OSError), log.open("rb") as lines:
        lines.seek(max(0, log.stat().st_size - 4096))
        said = [line for line in lines.read().decode(errors="replace").splitlines() if line and line[:4] != "--- "]
        return said[-1][:300] if said else ""
    return ""
