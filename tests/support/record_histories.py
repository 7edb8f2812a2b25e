"""Records the histories that `tests/replay` replays: `make histories`, or `python -m tests.support.record_histories`.

A recording is a project over all its runs, under the name of its plan and of the path it took, or of its scenario.
Recordings stand in editions, named after the default plans of their time. Only the present edition is recorded anew,
when workflows or plans have changed on purpose; those before it stay as they are: they are what projects look like that
run already.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial

from temporalio.client import Client, WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from rules import policy
from tests.replay import paths
from tests.support import books
from tests.support.engine import Site, book_under, calendar_where_it_is, server
from tests.support.recordings import FOLDER, POLICIES, Json, as_kept, pack
from tests.support.scenario import scenarios
from tests.support.scenario_engine import live_one
from tests.support.scenario_play import villages
from tests.support.scenario_policies import book_of, documents
from tests.timeskip.course import Course
from tests.timeskip.script import BEGINS, FIBRE, Timeline
from tests.timeskip.timelines import TIMELINES

_met: list[policy.Raw] = []
"""Policies that have been put on the shelf by what was recorded: scenarios change some for themselves."""

Recorder = Callable[[WorkflowEnvironment, policy.Raw], Awaitable[str]]
"""Lets something happen on a server, under a calendar, and returns the id of the workflow."""


def names() -> dict[str, Recorder]:
    """Return everything that is recorded, and who records it."""
    timelines = {f"{plan}-{line.path}": partial(_timeline, line, plan) for line in TIMELINES for plan in line.plans}
    others = {f"{FIBRE}-{path}": partial(_path, act, path) for path, act in paths.PROJECTS.items()}
    told = {f"scenario-{name}": partial(_scenario, name) for name, one in scenarios().items() if not one.is_large}
    return {**timelines, **others, **told, "delivery-stints": _delivery}


async def record() -> None:
    """Record the present edition anew; what was recorded of it before goes only when all is there."""
    calendar = calendar_where_it_is(BEGINS)
    _remember_policies()
    recorded: dict[str, Json] = {}
    async with server(skipping=True) as env:
        for name, recorder in names().items():
            workflow_id = await recorder(env, calendar)
            runs = [as_kept(run.to_json_dict()) for run in await _chain(env.client, workflow_id)]
            recorded[name] = {"workflow_id": workflow_id, "runs": runs}
            print(f"{name}: {len(runs)} runs, {sum(len(run['events']) for run in runs)} events")
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json.gz"):
        old.unlink()
    policies = {policy.reference(raw): raw for raw in (*books.raws(), *_met)}
    pack(FOLDER / POLICIES, {"policies": [*policies.values()]})
    for name, content in recorded.items():
        pack(FOLDER / f"{name}.json.gz", content)


def _remember_policies() -> None:
    """Have every policy remembered that is put on the shelf from now on."""
    put = policy.installed.put

    def remembering(raw: policy.Raw) -> str:
        _met.append(raw)
        return put(raw)

    policy.installed.put = remembering  # type: ignore[method-assign]


async def _timeline(line: Timeline, plan: str, env: WorkflowEnvironment, calendar: policy.Raw) -> str:
    site = Site(env, f"{plan}-{line.path}")
    async with site.working():
        await Course(site, line, book_under(calendar, plan)).play()
        await site.handle.result()
    return site.handle.id


async def _path(act: paths.Path, path: str, env: WorkflowEnvironment, calendar: policy.Raw) -> str:
    site = Site(env, f"{FIBRE}-{path}")
    await act(site, book_under(calendar))
    return site.handle.id


async def _scenario(name: str, env: WorkflowEnvironment, _calendar: policy.Raw) -> str:
    """Play the first project of a scenario, under policies of its own."""
    scenario, site = scenarios()[name], Site(env, f"scenario-{name}")
    raws = documents(scenario, name, calendar_where_it_is(scenario.start, scenario.calendar_name))
    group = scenario.groups[0]
    await live_one(group, next(villages(group)), book_of(raws, policy.installed), site)
    return site.handle.id


async def _delivery(env: WorkflowEnvironment, _calendar: policy.Raw) -> str:
    return await paths.delivery(Site(env))


async def _chain(client: Client, workflow_id: str) -> list[WorkflowHistory]:
    """Return the histories of all runs of a workflow, in order."""
    latest = await client.get_workflow_handle(workflow_id).fetch_history()
    started = latest.events[0].workflow_execution_started_event_attributes
    runs: list[WorkflowHistory] = []
    run_id = started.first_execution_run_id
    while run_id:
        runs.append(await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history())
        last = runs[-1].events[-1]
        run_id = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    return runs


if __name__ == "__main__":
    asyncio.run(record())
    sys.stdout.flush()
