"""Do records and engine know the same living projects, and does every workflow get on? Auditor and `doctor` ask."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import NamedTuple

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from infra.db.views import Views
from schemas import names
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


async def compare(views: Views, client: Client) -> Comparison:
    """Compare the living projects of the records with the running workflows of the engine.

    Counts first, ids only when these differ. What differs counts only when it still does a moment later: the
    engine's lists follow what happens after a while, and a project moves on meanwhile.
    """
    running = (await client.count_workflows(_RUNNING)).count
    if running == await asyncio.to_thread(views.count, _LIVING, now=datetime.now(UTC)):
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
