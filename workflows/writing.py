"""How a workflow puts something on record: at once when it can, patiently when the records are away."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, FailureError

from schemas.record import Commit, Committed
from workflows.ports import JOURNAL_CONFLICT, RecordsPort

_AT_ONCE = timedelta(seconds=6)
"""Less than a task may last (ten seconds) before the engine has to be told that it is still being worked on."""

_QUICK = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=3)
_PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))


class JournalConflictError(Exception):
    """Journal and workflow do not fit together: stop here until a person has looked."""


async def write(batch: Commit) -> Committed:
    """Return the answer of the records, however long it takes.

    Raises:
        JournalConflictError: The task fails and is tried again, until a person has mended the journal.
    """
    while True:
        # Only a conflict ends the patient way. It stands in the history then, and must not be what stops the workflow,
        # or every replay would stop there: the quick way meets it again, and stops without a trace.
        committed = await _at_once(batch) or await _patiently(batch)
        if committed:
            return committed


async def _at_once(batch: Commit) -> Committed | None:
    """Write within the task; None when the records are away."""
    try:
        committed: Committed = await workflow.execute_local_activity_method(
            RecordsPort.commit,
            batch,
            start_to_close_timeout=timedelta(seconds=5),
            schedule_to_close_timeout=_AT_ONCE,
            retry_policy=_QUICK,
            summary=_summary(batch),
        )
    except FailureError as error:
        # a local activity fails with its own error, an ordinary one wraps it
        for cause in (error, error.cause):
            if isinstance(cause, ApplicationError) and cause.type == JOURNAL_CONFLICT:
                raise JournalConflictError(str(cause)) from error
        return None
    return committed


async def _patiently(batch: Commit) -> Committed | None:
    """Write with an ordinary activity that is tried for ever, visibly; None when it met a conflict."""
    try:
        committed: Committed = await workflow.execute_activity_method(
            RecordsPort.commit,
            batch,
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=_PATIENT,
            summary=_summary(batch),
        )
    except FailureError:
        return None
    return committed


def _summary(batch: Commit) -> str:
    return ", ".join(entry.event.type for entry in batch.entries)
