"""A real Temporal server for tests, and workers on it that are built exactly as in production.

One server serves a whole folder of tests; every test has a `Site` of its own on it: a task queue, records, policies.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from inspect import isawaitable
from itertools import count
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, Interceptor, OutboundInterceptor, StartWorkflowInput, WorkflowHandle
from temporalio.common import SearchAttributeKey
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import Worker

from infra.engine import DYNAMIC_CONFIG, engine_binary
from infra.gateway import Gateway
from rules import policy
from rules.attributes import at_start
from rules.policy import Rulebook
from schemas import names
from schemas.command import Command, Receipt
from schemas.event import Entry
from schemas.project import Start
from schemas.rung import Rung
from schemas.state import ProjectState
from tests.support import books, journals, people
from tests.support.memory_records import MemoryRecords
from workflows.ports import RecordsPort
from workflows.runner import WORKFLOWS, runner

IDENTITY = "cuntong-tests"
"""Instead of process and machine, so that recorded histories name neither."""

SKIPPING = {
    "frontend.WorkflowTimeSkippingEnabled": "true",  # its name up to server 1.32
    "system.workflowTimeSkippingEnabled": "true",  # and after it
    # A run that continues as new within a second waits for the rest of it. A clock that jumps would jump over that
    # wait, and with it over every timer the next run has not armed yet.
    "history.workflowIdReuseMinimalInterval": '"0s"',
}

_COMMITS_AT_ONCE = 4
_PATIENCE = timedelta(seconds=60)
"""Longer than in production: where a machine stalls, every task that is lost costs the engine ten seconds."""

_SETTLE_SECONDS = 1.0
_POLL_SECONDS = 0.01
_TAKEN_IN_SECONDS = 0.2
_MAKERS: dict[str, Callable[[str], SearchAttributeKey[Any]]] = {
    "Keyword": SearchAttributeKey.for_keyword,
    "Int": SearchAttributeKey.for_int,
    "Datetime": SearchAttributeKey.for_datetime,
}
_numbers = count(1)


@asynccontextmanager
async def server(*, skipping: bool = False) -> AsyncIterator[WorkflowEnvironment]:
    """Run a development server in memory.

    Args:
        skipping: Whether the clock of a workflow can be turned (`fast_forward`). It never turns by itself.
    """
    config = {**DYNAMIC_CONFIG, **(SKIPPING if skipping else {})}
    options: dict[str, Any] = {
        "data_converter": pydantic_data_converter,
        "identity": IDENTITY,
        "search_attributes": [_MAKERS[kind](name) for name, kind in names.SEARCH_ATTRIBUTES.items()],
        "dev_server_existing_path": str(engine_binary()),
        "dev_server_log_level": "error",
        "dev_server_extra_args": [
            part for item in config.items() for part in ("--dynamic-config-value", "=".join(item))
        ],
        "dev_server_startup_timeout": timedelta(seconds=30),
    }
    if skipping:
        env = await WorkflowEnvironment.start_time_skipping_v2(ts_config=TimeSkippingConfig(enabled=False), **options)
    else:
        env = await WorkflowEnvironment.start_local(**options)
    try:
        yield env
    finally:
        await env.shutdown()
        # The library's threads can abort the interpreter when it ends right after them.
        await asyncio.sleep(_SETTLE_SECONDS)


@asynccontextmanager
async def working(client: Client, queue: str, records: RecordsPort, *, cached: int = 500) -> AsyncIterator[Worker]:
    """Run a worker of projects, with the workflows and the sandbox of production.

    Args:
        client: Connection to the server.
        queue: Task queue.
        records: In memory or real.
        cached: How many projects it remembers between tasks; 0 replays each from its history at every task.
    """
    with ThreadPoolExecutor(_COMMITS_AT_ONCE, thread_name_prefix="records") as threads:
        worker = Worker(
            client,
            task_queue=queue,
            workflows=[*WORKFLOWS],
            activities=[records.commit],
            activity_executor=threads,
            workflow_runner=runner(),
            max_cached_workflows=cached,
            max_concurrent_activities=_COMMITS_AT_ONCE,
            max_concurrent_local_activities=_COMMITS_AT_ONCE,
        )
        async with worker:
            yield worker


class Site:
    """One project on a server, with a task queue and records of its own.

    Attributes:
        env: The server.
        project_id: The project.
        queue: Its task queue.
        client: A client that starts everything on that queue.
        gateway: The supervisors' way in, as in production.
        records: Records in memory.
    """

    def __init__(self, env: WorkflowEnvironment, project_id: str = "", task_timeout: timedelta | None = None) -> None:
        """Take a new task queue on the server.

        Args:
            env: The server.
            project_id: Id of the project; a new one when empty.
            task_timeout: Time after which a failed workflow task is tried again; ten seconds when None.
        """
        number = next(_numbers)
        self.env = env
        self.project_id = project_id or f"project-{number}"
        self.queue = f"queue-{number}"
        config = env.client.config()
        config["interceptors"] = [*config["interceptors"], _OwnQueue(self.queue, task_timeout)]
        self.client = Client(**config)
        self.gateway = Gateway(self.client, _PATIENCE)
        self.records = MemoryRecords()

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """The project on the engine, over all its runs."""
        return self.client.get_workflow_handle(names.project_workflow_id(self.project_id))

    @property
    def journal(self) -> list[Entry]:
        """What the project has put on record."""
        return self.records.journal(self.project_id)

    def working(self, *, cached: int = 500) -> AbstractAsyncContextManager[Worker]:
        """Run a worker on this queue."""
        return working(self.client, self.queue, self.records, cached=cached)

    def order(self, book: Rulebook, **changes: Any) -> Start:  # noqa: ANN401 - fields of Project
        """Return the order that starts the project."""
        place = {"village_code": people.VILLAGE, "builder": people.BUILDING_COMPANY, "technology": book.plan.technology}
        project = journals.project(self.project_id, **{**place, **changes})
        return Start(project=project, pins=book.pins, ordered_by=people.PROVINCE.person_id)

    async def start(self, book: Rulebook, **changes: Any) -> Start:  # noqa: ANN401 - fields of Project
        """Start the project as production does, and return its order once it stands in the journal."""
        order = self.order(book, **changes)
        assert await self.gateway.start(order, at_start(order, datetime.now(UTC), book))
        await self.state()
        await eventually(self.is_at_rest)
        return order

    async def send(self, command: Command) -> Receipt:
        """Send a command as production does."""
        return await self.gateway.send(self.project_id, command)

    async def state(self) -> ProjectState:
        """Ask for the state; the answer comes when everything before has been worked off."""
        state: ProjectState = await self.handle.query(names.STATE_QUERY, result_type=ProjectState)
        return state

    async def rungs(self) -> list[Rung]:
        """Ask what lies ahead."""
        rungs: list[Rung] = await self.handle.query(names.RUNGS_QUERY, result_type=list[Rung])
        return rungs

    async def until(self, at: datetime) -> None:
        """Turn the clock of the project to an instant; everything due before has been done then."""
        ahead = at - await self.env.get_current_time(self.handle)
        assert ahead > timedelta(0), f"the clock is past {at} already"
        await self.env.fast_forward(self.handle, ahead)

    async def has_come(self, at: datetime) -> bool:
        """Return whether the clock of the project has reached an instant."""
        return await self.env.get_current_time(self.handle) >= at

    async def is_at_rest(self) -> bool:
        """Return whether no worker has anything to do for the project just now."""
        described = await self.handle.describe()
        return not described.raw_description.HasField("pending_workflow_task")

    async def events(self) -> list[HistoryEvent]:
        """Return the history of the current run."""
        return [event async for event in self.handle.fetch_history_events()]


class _OwnQueue(Interceptor):
    def __init__(self, queue: str, task_timeout: timedelta | None) -> None:
        self._queue = queue
        self._task_timeout = task_timeout

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002 - the SDK's name
        return _Starts(next, self._queue, self._task_timeout)


class _Starts(OutboundInterceptor):
    def __init__(self, following: OutboundInterceptor, queue: str, task_timeout: timedelta | None) -> None:
        super().__init__(following)
        self._queue = queue
        self._task_timeout = task_timeout

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:  # noqa: A002 - the SDK's name
        input.task_queue = self._queue
        input.task_timeout = self._task_timeout
        return await super().start_workflow(input)


def calendar_where_it_is(local: str, name: str = "china") -> policy.Raw:
    """Return a calendar for a country whose clocks show `local` at this moment.

    Its days are those of the official one, its time zone lies years away: tests speak of days of 2018, on whatever
    day they run.
    """
    raw = next(raw for raw in books.raws() if raw["kind"] == "calendar" and raw["name"] == name)
    offset = datetime.fromisoformat(local).replace(tzinfo=UTC) - datetime.now(UTC)
    return {**raw, "name": f"{name}-moved", "utc_offset_hours": offset.total_seconds() / 3600}


def book_under(calendar: policy.Raw, plan: str = books.PLAN) -> Rulebook:
    """Return the rulebook of a plan under a calendar; its policies are on the shelf of this process, as a worker's."""
    for raw in books.raws():
        policy.installed.put(raw)
    pins = books.pins(plan).model_copy(update={"calendar": policy.installed.put(calendar)})
    return policy.installed.book(pins)


def book_where_it_is(local: str, plan: str = books.PLAN) -> Rulebook:
    """Return the rulebook of a plan where the clocks show `local` at this moment."""
    return book_under(calendar_where_it_is(local), plan)


def instant(book: Rulebook, local: str) -> datetime:
    """Return the instant of a local time, for example `2018-05-21 10:00`."""
    offset = timedelta(hours=book.calendar.document.utc_offset_hours)
    return datetime.fromisoformat(local).replace(tzinfo=UTC) - offset


def shown(book: Rulebook, at: datetime) -> str:
    """Return an instant as a local time, to the minute."""
    return f"{at + timedelta(hours=book.calendar.document.utc_offset_hours):%Y-%m-%d %H:%M}"


async def taken_in() -> None:
    """Let the server take in what was just sent while no worker is there; it gives no sign of that."""
    await asyncio.sleep(_TAKEN_IN_SECONDS)


async def eventually(claim: Callable[[], object | Awaitable[object]], seconds: float = 30.0) -> None:
    """Return when a claim holds.

    Raises:
        TimeoutError: It does not come to hold.
    """
    async with asyncio.timeout(seconds):
        while True:
            answer = claim()
            if await answer if isawaitable(answer) else answer:
                return
            await asyncio.sleep(_POLL_SECONDS)
