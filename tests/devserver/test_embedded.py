"""The embedded installation on the real server: it starts whole, survives kill -9, refuses clearly and ends cleanly."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
    RemoveSearchAttributesRequest,
)
from temporalio.client import Client, WorkflowExecutionStatus

from infra import engine, port, supervisor
from infra.settings import Settings
from infra.supervisor import Child, ChildEvent, Supervisor, hold
from rules.text import render
from schemas.message import Title
from schemas.names import PROJECT_QUEUE, SEARCH_ATTRIBUTES
from schemas.reason import Refusal

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0

RUN_UP = """
import asyncio, sys
from cli.up import serve
from infra.settings import Settings
from rules.text import render
from schemas.reason import Refusal

worker = (sys.executable, "-c", sys.argv[1])
try:
    sys.exit(asyncio.run(serve(Settings(), worker=worker, migrate=lambda url: None, as_json=True)))
except Refusal as refusal:
    sys.exit(f"{refusal.reason.code}: {render(refusal.reason, 'en')}")
"""

STAND_IN_WORKER = f"""
import asyncio, os
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

@workflow.defn(name="Idle", sandboxed=False)
class Idle:
    @workflow.run
    async def run(self, seconds: float) -> str:
        await workflow.sleep(seconds)
        return "woke"

async def main():
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"])
    await Worker(client, task_queue={PROJECT_QUEUE!r}, workflows=[Idle]).run()

asyncio.run(main())
"""


class Up:
    """One `up` in a process of its own, with a stand-in for the worker."""

    def __init__(self, settings: Settings, worker: str = STAND_IN_WORKER) -> None:
        self.settings = settings
        ours = {f"CUNTONG_{key.upper()}": str(value) for key, value in settings.model_dump(mode="json").items()}
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN_UP, worker],
            cwd=ROOT,
            # Leads elsewhere, as on the machine of someone who also works with a cluster: `up` must not follow.
            env={**os.environ, **ours, "TEMPORAL_ADDRESS": "127.0.0.1:1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    async def addresses(self) -> dict[str, str]:
        """Return what it prints once everything is ready."""
        assert self.process.stdout
        async with asyncio.timeout(PATIENCE):
            line = await asyncio.to_thread(self.process.stdout.readline)
        assert line, self.process.communicate()[1]
        return dict(json.loads(line))

    async def ended(self) -> tuple[int, str]:
        """Return its exit code and what it said."""
        async with asyncio.timeout(PATIENCE):
            said = (await asyncio.to_thread(self.process.communicate))[1]
        return self.process.returncode, said

    def record(self) -> dict[str, Any]:
        return dict(json.loads((self.settings.data / "up.json").read_text()))

    def pid(self, child: str) -> int:
        return int(self.record()["children"].get(child, 0))

    async def client(self) -> Client:
        return await engine.connect(self.settings, wait=PATIENCE, embedded=True)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        port, page = one.getsockname()[1], two.getsockname()[1]
    return Settings(data=tmp_path / "data", port=port, ui_port=page, console_port=0, engine_synchronous="normal")


@pytest.fixture
def start(settings: Settings) -> Iterator[Callable[[], Up]]:
    """Starts an `up`; whatever is left of it after the test is killed."""
    started: list[Up] = []

    def start() -> Up:
        started.append(Up(settings))
        return started[-1]

    yield start
    for up in started:
        up.process.kill()
        up.process.communicate()


def is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def until(claim: Callable[[], object], patience: float = PATIENCE) -> None:
    """Wait until the claim holds, but not for ever."""
    async with asyncio.timeout(patience):
        while not claim():  # noqa: ASYNC110 - what is claimed happens in other processes
            await asyncio.sleep(0.02)


async def test_starts_whole(start: Callable[[], Up], settings: Settings) -> None:
    """Engine, web page and worker are ready, the search attributes known, and the file is in WAL mode."""
    up = start()
    addresses = await up.addresses()
    assert addresses["engine"] == f"127.0.0.1:{settings.port}"
    assert up.record()["addresses"] == addresses
    assert all(map(is_alive, up.record()["children"].values()))

    client = await up.client()
    known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    kinds = {name: IndexedValueType.Name(kind).split("_")[-1] for name, kind in known.custom_attributes.items()}
    assert kinds.items() >= {name: kind.upper() for name, kind in SEARCH_ATTRIBUTES.items()}.items()
    with closing(sqlite3.connect(settings.data / "engine.db")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert not [path for path in (settings.data, *settings.data.rglob("*")) if path.stat().st_mode & 0o077]
    for address in (addresses["page"], addresses["metrics"]):
        with await asyncio.to_thread(urllib.request.urlopen, address) as answer:
            assert answer.status == 200


async def test_survives_kill_of_engine_and_worker(start: Callable[[], Up]) -> None:
    """A killed engine comes back with every workflow, a timer that was running fires, a killed worker comes back."""
    up = start()
    await up.addresses()
    client = await up.client()
    sleepers = [
        await client.start_workflow("Idle", 86400, id=f"sleeper-{number}", task_queue=PROJECT_QUEUE)
        for number in range(5)
    ]
    soon = await client.start_workflow("Idle", 2, id="soon", task_queue=PROJECT_QUEUE, result_type=str)

    old_engine, old_worker = up.pid("engine"), up.pid("worker")
    os.kill(old_engine, signal.SIGKILL)
    await until(lambda: up.pid("engine") not in {0, old_engine})
    await engine.wait_ready(client)
    for sleeper in sleepers:
        seen = await sleeper.describe()
        assert (seen.status, seen.run_id) == (WorkflowExecutionStatus.RUNNING, sleeper.first_execution_run_id)

    os.kill(old_worker, signal.SIGKILL)
    await until(lambda: up.pid("worker") not in {0, old_worker})
    async with asyncio.timeout(PATIENCE):
        assert await soon.result() == "woke"

    up.process.terminate()
    code, said = await up.ended()
    assert code == 0
    assert said.count("died, exit code SIGKILL") == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_ends_cleanly(start: Callable[[], Up], settings: Settings, number: signal.Signals) -> None:
    up = start()
    await up.addresses()
    children = up.record()["children"]
    up.process.send_signal(number)
    code, said = await up.ended()
    assert code == 0
    assert said.splitlines()[-1] == "Everything has stopped, everything is kept."
    assert said.index("The worker has stopped") < said.index("The engine has stopped")
    assert not any(map(is_alive, children.values()))
    assert not (settings.data / "up.json").exists()


async def test_leaves_nothing_behind_when_killed(start: Callable[[], Up]) -> None:
    """After kill -9 of the supervisor the children are gone, and the next `up` has every workflow."""
    up = start()
    await up.addresses()
    await (await up.client()).start_workflow("Idle", 86400, id="kept", task_queue=PROJECT_QUEUE)
    children = up.record()["children"]
    up.process.kill()
    await up.ended()
    again = start()
    await until(lambda: not any(map(is_alive, children.values())), patience=5)
    await again.addresses()
    kept = await (await again.client()).get_workflow_handle("kept").describe()
    assert kept.status == WorkflowExecutionStatus.RUNNING


async def test_refuses_a_second_up(start: Callable[[], Up]) -> None:
    up = start()
    await up.addresses()
    code, said = await start().ended()
    assert code == 1
    assert said.startswith("data.in_use: ")
    assert f"process {up.process.pid};" in said
    assert up.process.poll() is None


@pytest.mark.parametrize(
    ("setting", "flag", "variable"), [("port", "--port", "CUNTONG_PORT"), ("ui_port", "--ui-port", "CUNTONG_UI_PORT")]
)
async def test_refuses_a_taken_port(
    start: Callable[[], Up], settings: Settings, setting: str, flag: str, variable: str
) -> None:
    """Before anything is started; the sentence names port, holder and remedy."""
    port = getattr(settings, setting)
    with socket.create_server(("127.0.0.1", port)):
        code, said = await start().ended()
    assert code == 1
    assert said.startswith(f"engine.port_taken: The port {port} is taken (process: {os.getpid()} ")
    assert f"{flag} ({variable})" in said
    assert not (settings.data / "engine.db").exists()


@pytest.mark.parametrize("place", ["{tmp}/file/data", "/proc/cuntong", "/proc/self"])
async def test_refuses_a_folder_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    path = Path(place.format(tmp=tmp_path))
    with pytest.raises(Refusal) as refused, hold(path):
        pass
    assert refused.value.reason.code == "data.not_writable"
    assert str(path) in render(refused.value.reason, "zh-CN")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"host": "192.0.2.7"}, "engine.host_unsupported"),
        *(({name: number}, "engine.port_invalid") for name, number in (("port", 70000), ("ui_port", 0))),
        ({"port": 7000, "ui_port": 7000}, "engine.ports_equal"),
        ({"port": 7000, "console_port": 7000}, "console.port_shared"),
    ],
)
async def test_refuses_wrong_addresses(settings: Settings, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        await port.check_ports(settings.model_copy(update=change))
    assert refused.value.reason.code == code
    assert str(next(iter(change.values()))) in render(refused.value.reason, "en")


async def test_makes_a_half_made_engine_database_anew(start: Callable[[], Up], settings: Settings) -> None:
    """The server makes its tables only when there is no file; one cut off meanwhile must not hinder it for ever."""
    settings.data.mkdir()
    with closing(sqlite3.connect(settings.data / "engine.db")) as database:
        database.execute("CREATE TABLE namespaces (id)")
        database.execute("CREATE TABLE executions (id)")
    await start().addresses()


def test_refuses_a_damaged_engine_database(tmp_path: Path) -> None:
    database = tmp_path / "engine.db"
    database.write_text("no database at all, but what somebody copied over it" * 100)
    with pytest.raises(Refusal) as refused:
        engine.discard_half_made(database)
    assert refused.value.reason.code == "engine.database_damaged"
    assert database.exists()


async def test_tells_when_no_engine_answers(settings: Settings) -> None:
    with pytest.raises(Refusal) as refused:
        async with asyncio.timeout(3):
            await engine.connect(settings, wait=0.3)
    assert refused.value.reason.code == "engine.unreachable"
    assert refused.value.reason.params["address"] == f"127.0.0.1:{settings.port}"


@pytest.mark.parametrize(
    ("variable", "value", "code"),
    [
        ("TEMPORAL_ADDRESS", "127.0.0.1:2", "engine.unreachable"),
        ("TEMPORAL_ADDRESS", ":::", "engine.address_invalid"),
        ("TEMPORAL_PROFILE", "nowhere", "engine.profile_invalid"),
        ("TEMPORAL_TLS_CLIENT_CERT_PATH", "/nowhere.pem", "engine.profile_invalid"),
    ],
)
async def test_follows_the_environment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, code: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(Refusal) as refused:
        await engine.connect(settings, wait=0)
    assert refused.value.reason.code == code
    assert render(refused.value.reason, "zh-CN")
    assert render(refused.value.reason, "zh-CN")


@asynccontextmanager
async def supervised(
    data: Path, *command: str, grace: float = 15.0
) -> AsyncIterator[tuple[Supervisor, list[ChildEvent]]]:
    """Run one child until the end of the block."""
    heard: list[ChildEvent] = []
    child = Child("child", Title(zh="child", en="child"), command)
    with hold(data):
        keeper = Supervisor(data, [child], addresses={}, on_event=heard.append, grace=grace)
        running = asyncio.create_task(keeper.run())
        try:
            yield keeper, heard
        finally:
            keeper.stop()
            await asyncio.wait_for(running, PATIENCE)


async def test_registers_missing_search_attributes(settings: Settings) -> None:
    """On an engine that is not ours: all or, when one exists with another type, none; and only once."""
    wrong = {"ProjectDueAt": IndexedValueType.INDEXED_VALUE_TYPE_TEXT}
    command = engine.engine_command(settings, settings.data / "engine.db")
    ours = {"--search-attribute", *(f"{name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items())}
    async with supervised(settings.data, *(word for word in command if word not in ours)):
        client = await engine.connect(settings, wait=PATIENCE)
        await engine.wait_ready(client)
        operator = client.operator_service
        await operator.add_search_attributes(AddSearchAttributesRequest(namespace="default", search_attributes=wrong))
        with pytest.raises(Refusal) as refused:
            await engine.ensure_search_attributes(client)
        assert refused.value.reason.code == "engine.attribute_type"
        assert refused.value.reason.params == {"name": "ProjectDueAt", "found": "Text", "wanted": "Datetime"}

        await operator.remove_search_attributes(
            RemoveSearchAttributesRequest(namespace="default", search_attributes=[*wrong])
        )
        assert await engine.ensure_search_attributes(client) == list(SEARCH_ATTRIBUTES)
        assert await engine.ensure_search_attributes(client) == []


async def test_gives_up_on_a_child_that_never_becomes_ready(tmp_path: Path) -> None:
    """Three deaths before it was ever ready; each pause is longer, and the person reads the last words."""
    heard: list[ChildEvent] = []
    command = ("/bin/sh", "-c", "echo no such file; exit 7")
    child = Child("child", Title(zh="child", en="child"), command, ready=asyncio.Event().wait)
    with hold(tmp_path), pytest.raises(Refusal) as refused:
        await Supervisor(tmp_path, [child], addresses={}, on_event=heard.append).run()
    assert refused.value.reason.code == "up.child_failed"
    assert "(exit code 7): no such file. See the log" in render(refused.value.reason, "en")
    assert [event.pause for event in heard if event.kind == "died"] == [0.2, 0.4]
    assert [event.kind for event in heard if event.kind != "died"] == ["started", "restarted", "restarted", "stopped"]


@pytest.mark.parametrize(("grace", "asked"), [(0.2, 1), (60.0, 2)])
async def test_kills_a_child_that_does_not_stop(tmp_path: Path, grace: float, asked: int) -> None:
    """After the grace, together with what it started; asked a second time, at once."""
    words = tmp_path / "logs" / "child.log"
    stubborn = "trap '' TERM; sleep 1000 & echo pid $!; wait"
    async with supervised(tmp_path, "/bin/sh", "-c", stubborn, grace=grace) as (keeper, heard):
        await until(lambda: words.exists() and "pid" in words.read_text())
        for _ in range(asked - 1):
            keeper.stop()
    assert [event.kind for event in heard] == ["started", "ready", "killed", "stopped"]
    grandchild = int(words.read_text().split()[-1])
    await until(lambda: not is_alive(grandchild))


async def test_starts_a_new_log_when_the_old_one_is_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LOG_BYTES", 100)
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "child.log").write_text("old " * 100)
    async with supervised(tmp_path, "/bin/sleep", "1000") as (keeper, _):
        await keeper.up.wait()
    assert (logs / "child.log.1").read_text().startswith("old ")
    assert "old" not in (logs / "child.log").read_text()
