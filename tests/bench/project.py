"""What a project costs from its start to the end of its upkeep, under the official calendar with a clock we turn."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.records import RecordsActivity
from infra import engine
from infra.db import migrate
from infra.db.engine import open_engine
from infra.db.records import Records
from infra.db.views import Views
from infra.gateway import Gateway
from rules import clock, policy
from rules.attributes import at_start
from rules.policy import Rulebook
from schemas import names
from schemas.command import Command
from schemas.plan import Stage
from schemas.project import Start
from schemas.state import ProjectState
from tests.bench import bare
from tests.bench.figure import Figure
from tests.bench.history import Cost, cost
from tests.support import books, journals
from workflows.project import VillageProject
from workflows.runner import runner

ON_TIME = 0.6
"""Share of its term after which a punctual stage is closed."""

ON_THE_LAST_DAY = 1.0
_EVENING = timedelta(hours=8)
_AN_INSTANT = timedelta(milliseconds=1)
_POLL = 0.02
_PATIENCE = 30.0
_KIB = 1024


@dataclass
class _Stand:
    """A server whose clocks can be turned, with our worker and that of the floor."""

    env: WorkflowEnvironment
    views: Views


async def measure() -> list[Figure]:
    """Follow a fibre project closed on time, one closed on the last day of each stage, and one of both kinds."""
    fibre, both = "universal-service-fibre", "universal-service-both"
    async with _stand() as stand:
        lives = [_Life(stand, fibre, ON_TIME), _Life(stand, fibre, ON_THE_LAST_DAY), _Life(stand, both, ON_TIME)]
        with stand.env.with_time_skipping_disabled():  # else the clock of an idle workflow runs on by itself
            for life in lives:
                await life.begin()
            floors = [await _begin_bare(stand, books.book(plan)) for plan in (fibre, both)]
        on_time, last_day, of_both = await asyncio.gather(*(life.live() for life in lives))
        floor, floor_of_both = [await _live_bare(stand, handle, book) for handle, book in floors]
    about = f"each stage closed when {ON_TIME:.0%} of its term have passed, with the reminders until then; "
    least = "floor: the same commands as updates and one timer a stage in one run, without records, reminders and lists"
    return [
        *_figures("project.on_time", on_time, floor, about + least, goals=(250, 60)),
        *_figures("project.last_day", last_day, floor, "each stage closed on its last day, after every reminder"),
        *_figures("project.both_on_time", of_both, floor_of_both, "fibre and 4G as parallel branches, closed on time"),
    ]


def _figures(name: str, ours: Cost, floor: Cost, note: str, goals: tuple[float, float] | None = None) -> list[Figure]:
    """Return events, actions and payload; the goals are of events and actions."""
    events, actions = goals or (None, None)
    note = f"{ours.runs} runs; {note}"
    return [
        Figure(name=f"{name}.events", value=ours.events, unit="events", floor=floor.events, goal=events, note=note),
        Figure(
            name=f"{name}.actions",
            value=ours.actions,
            unit="actions",
            floor=floor.actions,
            goal=actions,
            note="a stage costs a command, a writing, a timer and a new run; each reminder a writing and a timer more",
        ),
        Figure(name=f"{name}.payload", value=ours.payload_bytes / _KIB, unit="KiB"),
    ]


@asynccontextmanager
async def _stand() -> AsyncIterator[_Stand]:
    extra = ["--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"]
    for name, kind in names.SEARCH_ATTRIBUTES.items():
        extra += ["--search-attribute", f"{name}={kind}"]
    for raw in books.raws():
        policy.installed.put(raw)
    with tempfile.TemporaryDirectory(prefix="cuntong-bench-") as folder, ThreadPoolExecutor(4) as threads:
        url = f"sqlite:///{Path(folder) / 'records.db'}"
        migrate.upgrade(url)
        records = open_engine(url)
        activities = RecordsActivity(Records(records, policy.installed))
        with _stdout_to_stderr():
            env = await WorkflowEnvironment.start_time_skipping_v2(
                dev_server_existing_path=str(engine.engine_binary()),
                dev_server_extra_args=extra,
                dev_server_log_level="never",
                data_converter=pydantic_data_converter,
            )
        async with (
            env,
            Worker(
                env.client,
                task_queue=names.PROJECT_QUEUE,
                workflows=[VillageProject],
                activities=[activities.commit],
                activity_executor=threads,
                workflow_runner=runner(),
            ),
            Worker(env.client, task_queue=bare.QUEUE, workflows=[bare.Stages]),
        ):
            yield _Stand(env, Views(records))


@contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """Let a process started meanwhile write its greeting to stderr: stdout is for the figures."""
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


@dataclass
class _Life:
    """A project from its start to the end of its upkeep."""

    stand: _Stand
    plan: str
    share: float

    @property
    def project_id(self) -> str:
        return f"US18-{self.plan.rpartition('-')[2]}-{self.share:.1f}"

    async def begin(self) -> None:
        """Start the project."""
        book = books.book(self.plan)
        subject = journals.project(self.project_id, batch=self.project_id, technology=book.plan.technology)
        order = Start(project=subject, pins=book.pins, ordered_by="bench")
        await Gateway(self.stand.env.client).start(order, at_start(order, datetime.now(UTC), book))

    async def live(self) -> Cost:
        """Let time pass and people act until it is over, and return what it cost."""
        env, book = self.stand.env, books.book(self.plan)
        gateway, sent = Gateway(env.client), 0
        handle = env.client.get_workflow_handle(names.project_workflow_id(self.project_id))
        while not (state := await self._at_rest(handle)).is_over:
            at, key = min(_next_acts(state, book, self.share))
            await env.fast_forward(handle, max(at - await env.get_current_time(handle), _AN_INSTANT))
            rule = book.stages[key]
            if rule.closed_by.act != "elapse":
                sent += 1
                await gateway.send(self.project_id, _closing(rule, sent))
        return await cost(env.client, handle.id)

    async def _at_rest(self, handle: WorkflowHandle[Any, Any]) -> ProjectState:
        """Return the state once the workflow only waits: the clock must not run past timers not yet armed."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                seen = await handle.describe()
                is_busy = seen.raw_description.HasField("pending_workflow_task")
                # A run is at rest once its first task, of four events, is behind it and no other is under way.
                if not is_busy and seen.history_length > 4:
                    return await asyncio.to_thread(self.stand.views.state, self.project_id)
                await asyncio.sleep(_POLL)


def _next_acts(state: ProjectState, book: Rulebook, share: float) -> list[tuple[datetime, str]]:
    """Return when which open stage is to be closed, or closes by itself."""
    acts = []
    for key in state.open_stages():
        turn = state.stages[key].turn
        due = clock.due_at(turn, book.calendar) if turn else None
        if turn is None or due is None:
            continue
        if book.stages[key].closed_by.act == "elapse":
            acts.append((due + timedelta(hours=1), key))
        else:
            at = turn.opened_at + (due - turn.opened_at) * share
            acts.append((min(at, due - _EVENING), key))
    return acts


def _closing(rule: Stage, number: int) -> Command:
    act = {"act": rule.closed_by.act, "stage": rule.key, "facts": journals.facts(rule)}
    return Command.model_validate(
        {"command_id": f"bench-{number}", "actor": journals.holder(rule.closed_by.by[0]), "act": act}
    )


async def _begin_bare(stand: _Stand, book: Rulebook) -> tuple[WorkflowHandle[Any, Any], Rulebook]:
    days = [stage.budget.days for stage in book.plan.stages]
    workflow_id = f"bare/{book.plan.name}"
    handle = await stand.env.client.start_workflow(bare.Stages.run, days, id=workflow_id, task_queue=bare.QUEUE)
    return handle, book


async def _live_bare(stand: _Stand, handle: WorkflowHandle[Any, Any], book: Rulebook) -> Cost:
    """Return what the least costs that can follow the same stages."""
    for stage in book.plan.stages:
        if stage.closed_by.act == "elapse":
            await stand.env.fast_forward(handle, timedelta(days=stage.budget.days, hours=1))
        else:
            await handle.execute_update(bare.Stages.close, stage.key)
    await handle.result()
    return await cost(stand.env.client, handle.id)
