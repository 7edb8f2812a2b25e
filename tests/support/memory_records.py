"""Records that keep every journal in memory: as strict as the real ones, and able to be away or in conflict."""

from __future__ import annotations

import time
from itertools import pairwise
from threading import Lock

from temporalio import activity
from temporalio.exceptions import ApplicationError

from rules import project
from schemas import names
from schemas.event import Entry
from schemas.record import Commit, Committed
from workflows.ports import JOURNAL_CONFLICT, RecordsPort


class RecordsAwayError(Exception):
    """The records cannot be reached just now."""


class MemoryRecords(RecordsPort):
    """Keeps the journals of projects in lists.

    Attributes:
        commits: How often it was asked to write, refusals included.
        is_in_conflict: While true, no entries fit the journal.
        seconds: How long a writing takes.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self.commits = 0
        self.is_in_conflict = False
        self.seconds = 0.0
        self._journals: dict[str, list[Entry]] = {}
        self._failures = 0
        self._lock = Lock()

    def fail(self, times: int) -> None:
        """Be away for the next `times` writings."""
        self._failures = times

    def journal(self, project_id: str) -> list[Entry]:
        """Return the journal of a project so far."""
        with self._lock:
            return list(self._journals.get(project_id, ()))

    @activity.defn(name=names.RECORDS_COMMIT)
    def commit(self, batch: Commit) -> Committed:
        """Append entries; the same entries again change nothing, and others that stand there are brought instead.

        Raises:
            RecordsAwayError: It was told to be away.
            ApplicationError: Of type `JOURNAL_CONFLICT`: the entries cannot follow the journal.
        """
        time.sleep(self.seconds)
        with self._lock:
            self.commits += 1
            if self._failures:
                self._failures -= 1
                raise RecordsAwayError(f"{self._failures} more to come")
            journal = self._journals.get(batch.project_id, [])
            first = batch.entries[0].seq
            known, new = journal[first - 1 :], batch.entries[max(0, len(journal) + 1 - first) :]
            if tuple(known) != batch.entries[: len(known)] and not self.is_in_conflict:
                return Committed(seq=len(journal), instead=tuple(known))
            problem = "told to be" if self.is_in_conflict else _problem([*journal, *new], batch.project_id)
            if problem:
                raise ApplicationError(f"conflict: {problem}", type=JOURNAL_CONFLICT, non_retryable=True)
            self._journals[batch.project_id] = [*journal, *new]
            return Committed(seq=len(journal) + len(new), is_repeat=not new)


def _problem(journal: list[Entry], project_id: str) -> str:
    """Return why this cannot be the journal of a project; empty when it can."""
    if any(later.at < earlier.at for earlier, later in pairwise(journal)):
        return "entries are not in order of time"
    try:
        state = project.fold(journal)
    except ValueError as gap:
        return str(gap)
    return "" if state.project.project_id == project_id else "another project"
