"""Do journal, read model, outbox, mail sink and engine tell the same story? The judge of a demonstration."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import median

from temporalio.client import Client

from infra.channels.letter import message_id
from infra.db.views import Views
from rules.project import fold
from schemas import names
from schemas.event import Entry, RungFired
from schemas.message import Message
from schemas.state import ProjectState
from schemas.view import MessageRow

SETTLED = frozenset({"delivered", "superseded", "suppressed", "held"})
"""States of notices in which nothing more happens to them by itself."""


class Agreement(Message):
    """What was found.

    Attributes:
        reminders: Reminders fired, by the journals.
        escalations: Escalations fired by level, by the journals.
        notices: Notices of these rungs, one for each receiver.
        notices_withdrawn: Notices that went in no letter, because what they speak of was over before.
        notices_delivered: Notices in letters that were handed over.
        messages_delivered: Letters handed over, by the outbox.
        messages_lost: Letters handed over by the outbox that the sink never got, and rungs without a notice.
        messages_duplicated: Letters that the sink got more than once.
        messages_open: Notices of which it is not settled yet what becomes of them.
        history_events_median: Events over all runs of a project, median.
        differences: Everything that does not agree, in words.
    """

    reminders: int
    escalations: dict[str, int]
    notices: int
    notices_withdrawn: int
    notices_delivered: int
    messages_delivered: int
    messages_lost: int
    messages_duplicated: int
    messages_open: int
    history_events_median: int
    differences: tuple[str, ...]


async def judge(project_ids: Sequence[str], views: Views, received: Sequence[str], client: Client) -> Agreement:
    """Compare everything that is on record of some projects.

    Args:
        project_ids: The projects.
        views: Read model and journal.
        received: Message-IDs that the mail sink got, in order, repeats included.
        client: The engine.
    """
    journals = {project_id: views.journal(project_id) for project_id in project_ids}
    messages = {project_id: views.messages(project_id) for project_id in project_ids}
    rungs = [(pid, entry) for pid, journal in journals.items() for entry in journal if _is_rung(entry)]
    silent = [f"{pid}: rung {entry.seq} has no notice" for pid, entry in rungs if not _spoken(entry, messages[pid])]
    every = [row for rows in messages.values() for row in rows]
    delivered = {row.letter: row.channel for row in every if row.state == "delivered"}
    mailed = {message_id(key) for key, channel in delivered.items() if channel == "email"}
    counts = Counter(received)
    missing = sorted(mailed - set(counts))
    strange = sorted(set(counts) - mailed - {message_id(row.letter) for row in every})
    states = await asyncio.gather(*(_compare(pid, journals[pid], views, client) for pid in project_ids))
    levels = Counter(str(e.event.level) for _, e in rungs if isinstance(e.event, RungFired) and e.event.level)
    return Agreement(
        reminders=sum(_kind(entry) == "reminder" for _, entry in rungs),
        escalations=dict(sorted(levels.items())),
        notices=len(every),
        notices_withdrawn=sum(row.state == "superseded" for row in every),
        notices_delivered=sum(row.state == "delivered" for row in every),
        messages_delivered=len(delivered),
        messages_lost=len(missing) + len(silent),
        messages_duplicated=sum(count - 1 for count in counts.values()),
        messages_open=sum(row.state not in SETTLED for row in every),
        history_events_median=await _events(client, set(project_ids)),
        differences=(
            *(text for texts in states for text in texts),
            *silent,
            *(f"{key}: delivered by the outbox, never received" for key in missing),
            *(f"{key}: received, unknown to the outbox" for key in strange),
        ),
    )


async def _compare(project_id: str, journal: list[Entry], views: Views, client: Client) -> list[str]:
    """Compare the fold of the journal with the read model and with the workflow."""
    folded = fold(journal)
    handle = client.get_workflow_handle(names.project_workflow_id(project_id))
    engine = await handle.query(names.STATE_QUERY, result_type=ProjectState)
    row = views.project(project_id)
    different = (
        [] if views.state(project_id) == folded else [f"{project_id}: read model is not the fold of its journal"]
    )
    if engine != folded:
        different.append(f"{project_id}: engine at {engine.seq} ({engine.status}), journal at {folded.seq}")
    if row is None or (row.seq, row.status) != (folded.seq, folded.status):
        different.append(f"{project_id}: list row does not match its journal")
    return different


async def _events(client: Client, project_ids: set[str]) -> int:
    events: defaultdict[str, int] = defaultdict(int)
    async for run in client.list_workflows(f"WorkflowType = '{names.PROJECT_WORKFLOW}'"):
        project_id = names.project_id_of(run.id)
        if project_id in project_ids:
            events[project_id] += run.history_length or (await _length(client, run.id, run.run_id))
    return round(median(events.values())) if events else 0


async def _length(client: Client, workflow_id: str, run_id: str | None) -> int:
    return (await client.get_workflow_handle(workflow_id, run_id=run_id).describe()).history_length


def _is_rung(entry: Entry) -> bool:
    return isinstance(entry.event, RungFired)


def _kind(entry: Entry) -> str:
    return entry.event.kind if isinstance(entry.event, RungFired) else ""


def _spoken(entry: Entry, messages: Sequence[MessageRow]) -> bool:
    return any(row.seq == entry.seq for row in messages)
