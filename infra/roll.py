"""Do records and engine know the same living projects, and does every workflow get on? Auditor and `doctor` ask."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.service import RPCError, RPCStatusCode

from infra.db.views import Views
from schemas import names
from schemas.state import ProjectState
from schemas.view import ProjectFilter

_LIVING = ProjectFilter(statuses=("running", "held"))
_RUNNING = f"WorkflowType = '{names.PROJECT_WORKFLOW}' AND ExecutionStatus = 'Running'"
_PROBLEMS = "TemporalReportedProblems IS NOT NULL AND ExecutionStatus = 'Running'"
_PAGE = 1000
_SETTLE_SECONDS = 2.0


class Comparison(NamedTuple):
    """What records and engine say of living projects.

    Attributes:
        agreed: How many both know.
        missing: Ids of those alive by the records without a running workflow: nobody keeps their clocks.
        strange: Ids of running workflows whose project has not started, or is over, by the records.
    """

    agreed: int
    missing: list[str]
    strange: list[str]


async def compare(views: Views, client: Client, *, is_whole: bool) -> Comparison:
    """Compare the living projects of the records with the running workflows of the engine.

    Counts first, ids only when these differ or all is wanted: one that is missing and one that is strange make two
    counts agree. What differs counts only when it still does a moment later: the
    engine's lists follow what happens after a while, and a project moves on meanwhile.
    """
    running = (await client.count_workflows(_RUNNING)).count
    if not is_whole and running == await asyncio.to_thread(views.count, _LIVING, now=datetime.now(UTC)):
        return Comparison(running, [], [])
    recorded, live = await _ids(views, client)
    if recorded != live:
        await asyncio.sleep(_SETTLE_SECONDS)
        again = await _ids(views, client)
        missing, strange = (recorded - live) & (again[0] - again[1]), (live - recorded) & (again[1] - again[0])
        return Comparison(len(again[0] & again[1]), sorted(missing), sorted(strange))
    return Comparison(len(live), [], [])


async def failing(client: Client) -> list[str]:
    """Return the workflow ids of those whose tasks fail again and again: they stand still until the cause is gone."""
    return sorted({run.id async for run in client.list_workflows(_PROBLEMS)})


async def is_running(client: Client, workflow_id: str) -> bool:
    """Whether a workflow of that id runs."""
    try:
        seen = await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return seen.status is WorkflowExecutionStatus.RUNNING


async def _ids(views: Views, client: Client) -> tuple[set[str], set[str]]:
    """Return the ids of living projects by the records, and by the engine."""
    live = {names.project_id_of(run.id) async for run in client.list_workflows(_RUNNING)}
    return await asyncio.to_thread(_recorded, views), live


def _recorded(views: Views) -> set[str]:
    found, last = set[str](), ""
    while page := views.projects(_LIVING, now=datetime.now(UTC), limit=_PAGE, after=last):
        last = page[-1].project_id
        found |= {row.project_id for row in page}
    return found


async def differing(client: Client, expected: Mapping[str, tuple[int, bool]]) -> dict[str, str]:
    """Return the projects whose workflow stands elsewhere than its journal does, with what was seen.

    A project that is over must not run; one that the engine has forgotten after its time of keeping is as it should be.

    Args:
        client: The engine.
        expected: Last entry of the journal and whether the project is over, by id.
    """
    turns = asyncio.Semaphore(_AT_ONCE)

    async def ask(project_id: str, seq: int, *, is_over: bool) -> tuple[str, str]:
        async with turns:
            return project_id, await _difference(client, names.project_workflow_id(project_id), seq, is_over=is_over)

    answers = await asyncio.gather(*(ask(key, seq, is_over=over) for key, (seq, over) in expected.items()))
    return {key: told for key, told in sorted(answers) if told}


async def _difference(client: Client, workflow_id: str, seq: int, *, is_over: bool) -> str:
    if is_over:
        return "runs although it is over" if await is_running(client, workflow_id) else ""
    handle = client.get_workflow_handle(workflow_id)
    try:
        state = await handle.query(names.STATE_QUERY, result_type=ProjectState, rpc_timeout=_PATIENCE)
    except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError) as error:
        return f"no answer: {getattr(error, 'message', '') or type(error).__name__}"
    return "" if state.seq >= seq else f"engine at entry {state.seq}, journal at {seq}"


_AT_ONCE = 10
_PATIENCE = timedelta(seconds=20)
