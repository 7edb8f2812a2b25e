"""What the workflow asks of the records: one idempotent transaction."""

from __future__ import annotations

from schemas.event import Entry
from schemas.message import Message


class Commit(Message):
    """Entries of one project that belong together; all or none are written.

    Attributes:
        project_id: The project.
        entries: Consecutive entries; the first follows what is already in the journal, or repeats it.
    """

    project_id: str
    entries: tuple[Entry, ...]


class Committed(Message):
    """Answer of the records.

    Attributes:
        seq: Last entry of the project now in the journal.
        is_repeat: True when all of them had been there.
        instead: Entries that stand in the journal from the first place asked for, when they are others than those of
            the batch: a task that was lost on its way had written them. Nothing was written then.
    """

    seq: int
    is_repeat: bool = False
    instead: tuple[Entry, ...] = ()
