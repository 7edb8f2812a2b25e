"""`up`: the whole system on this machine, in the foreground, until Ctrl-C."""

from __future__ import annotations

import asyncio
import math
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.service import RPCError

from cli import console
from cli.desk import Shared
from cli.screen import clean, json_line
from cli.trouble import checked_url, read_settings
from infra import engine, port
from infra.db.migrate import upgrade
from infra.settings import Settings
from infra.supervisor import Child, ChildEvent, Supervisor, hold
from rules.text import both, say
from schemas.names import NAMESPACE, PROJECT_QUEUE
from schemas.reason import Param

WORKER = (sys.executable, str(Path(__file__).parent.parent / "worker.py"))
"""Command of the worker process."""

_HTTP_OFFSET = 10  # the engine's HTTP interface, where a cluster has it by default as well
_METRICS_OFFSET = 2000
_PASSING_AWAY_SECONDS = 5.0


async def up(
    *,
    port: Annotated[int | None, Parameter(help="引擎端口 / port of the engine (CUNTONG_PORT)")] = None,
    ui_port: Annotated[int | None, Parameter(help="网页端口 / port of its web page (CUNTONG_UI_PORT)")] = None,
    console_port: Annotated[
        int | None, Parameter(help="签收网页端口，0 为不开 / port of the console, 0 for none (CUNTONG_CONSOLE_PORT)")
    ] = None,
    shared: Shared | None = None,
) -> int:
    """Run the engine, its web page, the worker and the console on this machine until Ctrl-C, and restart what dies.

    A mail server is told by `CUNTONG_SMTP_URL` or in `.env` only: everybody on a machine can read command lines.

    Raises:
        Refusal: What hinders the start, with the remedy; nothing is running then.
    """
    shared = shared or Shared()
    ports = {"port": port, "ui_port": ui_port, "console_port": console_port}
    own = {**ports, "lang": shared.lang, "data": shared.data, "acting_as": shared.acting_as}
    settings = read_settings({key: value for key, value in own.items() if value not in {None, ""}})
    checked_url(settings)
    return await serve(settings, as_json=shared.json)


async def serve(
    settings: Settings,
    *,
    worker: Sequence[str] = WORKER,
    migrate: Callable[[str], object] = upgrade,
    as_json: bool = False,
) -> int:
    """Do what `up` promises, with these settings; return the exit code.

    Args:
        settings: Where everything is kept and listens.
        worker: Command of the worker.
        migrate: Brings the records at a URL up to date.
        as_json: As in `up`.

    Raises:
        Refusal: As in `up`.
    """
    settings = reachable(settings.model_copy(update={"data": settings.data.expanduser().resolve()}))
    tell = _Teller(settings)
    with hold(settings.data) as was_cut_off:
        await port.check_ports(settings, patience=_PASSING_AWAY_SECONDS if was_cut_off else 0.0)
        tell.warnings()
        if engine.discard_half_made(engine_database(settings)):
            tell.line("up.half_made", path=str(engine_database(settings)))
        await asyncio.to_thread(migrate, settings.records_url)
        supervisor = embedded(settings, worker=worker, on_event=tell.event)
        with _stopped_by_signals(supervisor, tell):
            running = asyncio.create_task(supervisor.run())
            everything_up = asyncio.create_task(supervisor.up.wait())
            await asyncio.wait({running, everything_up}, return_when=asyncio.FIRST_COMPLETED)
            if supervisor.up.is_set():
                tell.addresses(supervisor.addresses, as_json=as_json)
            everything_up.cancel()
            await running
    tell.line("up.ended")
    return 0


def embedded(settings: Settings, *, worker: Sequence[str], on_event: Callable[[ChildEvent], None]) -> Supervisor:
    """Return the supervisor, not yet running, of an embedded engine and a worker with exactly these settings."""
    http_port = port.pick_port(settings, settings.port + _HTTP_OFFSET)
    metrics_port = port.pick_port(settings, settings.port + _METRICS_OFFSET)
    command = engine.engine_command(settings, engine_database(settings), http_port=http_port, metrics_port=metrics_port)

    async def engine_ready() -> None:
        client = await engine.connect(settings, wait=30, embedded=True)
        await engine.wait_ready(client)
        await engine.ensure_search_attributes(client)

    async def worker_ready() -> None:
        await _wait_polled(settings, PROJECT_QUEUE)

    async def console_ready() -> None:
        await _wait_answered(settings)

    page = engine.page_address(settings)
    children = [
        Child("engine", both("up.engine"), command, _environment(), engine_ready),
        Child("worker", both("up.worker"), worker, _worker_environment(settings), worker_ready),
    ]
    addresses = {"engine": engine.engine_address(settings), "page": page}
    if settings.console_port:
        own = {**_worker_environment(settings), "PYTHONPATH": str(console.TREE)}
        children.append(Child("console", both("up.console"), console.COMMAND, own, console_ready))
        addresses["console"] = settings.public_url
    return Supervisor(
        settings.data,
        children,
        addresses={
            **addresses,
            "metrics": f"{page.rpartition(':')[0]}:{metrics_port}/metrics",
            "data": str(settings.data),
        },
        on_event=on_event,
    )


def reachable(settings: Settings) -> Settings:
    """Return the settings with an address for links in letters: when none is set, the one of this machine's console."""
    if settings.public_url or not settings.console_port:
        return settings
    own = settings.console_host if settings.console_host in port.LOOPBACK else port.LOOPBACK[0]
    return settings.model_copy(update={"public_url": f"http://{own}:{settings.console_port}"})


def engine_database(settings: Settings) -> Path:
    """Return the file of the embedded engine, which is never touched but by the engine."""
    return settings.data / "engine.db"


def _environment() -> dict[str, str]:
    """Return our environment without what `TEMPORAL_*` and `CUNTONG_*` say: it may lead elsewhere, and hold secrets."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("TEMPORAL_", "CUNTONG_"))}


def _worker_environment(settings: Settings) -> dict[str, str]:
    """Return the environment of a worker that must use the embedded engine and exactly these settings.

    A `TEMPORAL_*` variable or profile that leads to a production cluster must not lead this worker there.
    """
    ours = {f"CUNTONG_{key.upper()}": str(value) for key, value in settings.model_dump(mode="json").items()}
    address = {"TEMPORAL_ADDRESS": engine.engine_address(settings), "TEMPORAL_NAMESPACE": NAMESPACE}
    return {**_environment(), **ours, **address, "TEMPORAL_CONFIG_FILE": os.devnull, "PYTHONUNBUFFERED": "1"}


async def _wait_polled(settings: Settings, queue: str) -> None:
    """Return when a worker has asked for work on `queue` after this call; the engine may take its time."""
    since = datetime.now(UTC)
    client = await engine.connect(settings, wait=math.inf, embedded=True)
    question = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    while True:
        try:
            answer = await client.workflow_service.describe_task_queue(question)
        except RPCError:
            answer = None
        if answer and any(poller.last_access_time.ToDatetime(tzinfo=UTC) >= since for poller in answer.pollers):
            return
        await asyncio.sleep(0.1)


async def _wait_answered(settings: Settings) -> None:
    """Return when the console answers that it is well; it may take its time."""
    own = settings.console_host if settings.console_host in port.LOOPBACK else port.LOOPBACK[0]
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(own, settings.console_port)
            writer.write(b"GET /healthz HTTP/1.0\r\n\r\n")
            status = await reader.readline()
            writer.close()
            if b" 200 " in status:
                return
        await asyncio.sleep(0.1)


@contextmanager
def _stopped_by_signals(supervisor: Supervisor, tell: _Teller) -> Iterator[None]:
    def stop() -> None:
        tell.line("up.stopping")
        supervisor.stop()

    loop = asyncio.get_running_loop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # `nohup` asks to live on
        numbers.append(signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


class _Teller:
    """Tells the person at the terminal what happens: progress on stderr, the result on stdout."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def line(self, code: str, **params: Param) -> None:
        print(clean(say(code, self._settings.reader_lang, **params)), file=sys.stderr, flush=True)

    def event(self, event: ChildEvent) -> None:
        code = signal.Signals(-event.code).name if event.code < 0 else event.code
        more: dict[str, Param] = {"exit_code": code, "pause": event.pause, "log": str(event.log)}
        self.line(f"up.{event.kind}", name=event.child.title, pid=event.pid, **more)

    def warnings(self) -> None:
        ignored = sorted(key for key in os.environ if key.startswith("TEMPORAL_"))
        if ignored:
            self.line("up.environment_ignored", names=", ".join(ignored))
        if self._settings.host not in port.LOOPBACK:
            self.line("up.exposed", host=self._settings.host)

    def addresses(self, addresses: dict[str, str], *, as_json: bool) -> None:
        if as_json:
            print(json_line(addresses), flush=True)
        else:
            for key, address in addresses.items():
                print(clean(say(f"up.address_{key}", self._settings.reader_lang, address=address)), flush=True)
        used = Settings()
        if (used.port, used.data.resolve()) != (self._settings.port, self._settings.data):
            data = shlex.quote(str(self._settings.data))
            variables = f"export CUNTONG_DATA={data} CUNTONG_PORT={self._settings.port}"
            self.line("up.use_these", variables=variables)
        self.line("up.running")
