"""The records, as workflows ask for them."""

from __future__ import annotations

from temporalio import activity
from temporalio.exceptions import ApplicationError

from infra.db.records import JournalConflictError, Records
from schemas import names
from schemas.record import Commit, Committed
from workflows.ports import JOURNAL_CONFLICT, RecordsPort


class RecordsActivity(RecordsPort):
    """Writes the journal, the read model and the outbox."""

    def __init__(self, records: Records) -> None:
        """Take the records to write to."""
        self._records = records

    @activity.defn(name=names.RECORDS_COMMIT)
    def commit(self, batch: Commit) -> Committed:
        """Write entries, read model and outbox in one transaction; writing the same again changes nothing.

        Raises:
            ApplicationError: Of type `JOURNAL_CONFLICT`, not retryable: other content stands at that place.
        """
        try:
            return self._records.commit(batch)
        except JournalConflictError as conflict:
            raise ApplicationError(str(conflict), type=JOURNAL_CONFLICT, non_retryable=True) from conflict
