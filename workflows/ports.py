"""What workflows need of the outside world. `activities/` implements these; workflows never import that.

The activity names are wire names: a history refers to them for as long as it is kept.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from schemas import names
from schemas.delivery import DeliveryOrder, DeliveryReport
from schemas.record import Commit, Committed

JOURNAL_CONFLICT = "JournalConflict"
"""Error type: the journal holds something else at that place. Never retried; a person must look."""


class RecordsPort(ABC):
    """The records: journal, read model and outbox."""

    @activity.defn(name=names.RECORDS_COMMIT)
    @abstractmethod
    def commit(self, batch: Commit) -> Committed:
        """Write entries, read model and outbox in one transaction; writing the same again changes nothing.

        Raises:
            ApplicationError: Of type `JOURNAL_CONFLICT`, not retryable: other content stands at that place.
        """


class OutboxPort(ABC):
    """The way of messages out of the house."""

    @activity.defn(name=names.OUTBOX_DELIVER)
    @abstractmethod
    async def deliver(self, order: DeliveryOrder) -> DeliveryReport:
        """Hand over what is due on one channel for a stint, heartbeating; returns when the stint is over."""
