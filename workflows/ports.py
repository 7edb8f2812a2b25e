"""What workflows need of the outside world. `activities/` implements these; workflows never import that.

The activity names are wire names: a history refers to them for as long as it is kept.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from schemas import names
from schemas.audit import AuditOrder, AuditReport
from schemas.delivery import DeliveryOrder, DeliveryReport
from schemas.letter import RoundOrder, RoundReport
from schemas.record import Commit, Committed

JOURNAL_CONFLICT = "JournalConflict"
"""Error type: entries and journal do not fit together. Never retried; a person must look."""


class RecordsPort(ABC):
    """The records: journal, read model and outbox."""

    @activity.defn(name=names.RECORDS_COMMIT)
    @abstractmethod
    def commit(self, batch: Commit) -> Committed:
        """Write entries, read model and outbox in one transaction; writing the same again changes nothing.

        Where the journal holds other entries already, nothing is written and the answer brings those: a local activity
        may be done while the task it belongs to is lost (worker killed, task overtaken), and the task that comes in
        its place has another clock and perhaps other commands. What was written first is what happened.

        Raises:
            ApplicationError: Of type `JOURNAL_CONFLICT`, not retryable: the entries cannot follow the journal.
        """


class OutboxPort(ABC):
    """The way of messages out of the house."""

    @activity.defn(name=names.OUTBOX_DELIVER)
    @abstractmethod
    async def deliver(self, order: DeliveryOrder) -> DeliveryReport:
        """Hand over what is due on one channel for a stint, heartbeating; returns when the stint is over."""


class LettersPort(ABC):
    """Letters written from what waits for people."""

    @activity.defn(name=names.LETTERS_WRITE)
    @abstractmethod
    async def write(self, order: RoundOrder) -> RoundReport:
        """Write the letters of everybody of a shard whose hour has come, heartbeating; each exactly once."""


class AuditPort(ABC):
    """The auditor: whether every claimed rung is accounted for, and whether anything stands still."""

    @activity.defn(name=names.AUDIT_RUN)
    @abstractmethod
    async def audit(self, order: AuditOrder) -> AuditReport:
        """Audit once, keep what was found, raise the alarm, and return it."""
