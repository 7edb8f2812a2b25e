"""What the auditor finds: whether every claimed rung is accounted for, and what stands still."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.message import Instant, Message

FindingKind = Literal[
    "rung_without_notice",
    "notice_without_letter",
    "letter_count",
    "letter_without_notice",
    "notice_overdue",
    "letter_overdue",
    "attempt_past_lease",
    "no_deadline",
    "rung_overdue",
    "workflow_missing",
    "workflow_astray",
    "silent",
]
"""rung_without_notice: in the journal, unknown to the outbox; notice_without_letter: said to be written, its letter is
not there or another person's; letter_count: a letter tells another number of notices than are in it;
letter_without_notice: it is to be sent and nothing is in it; notice_overdue: waits longer than a working day and its
slack; letter_overdue: overtaken by younger ones of its channel, a day old, or of no channel here; attempt_past_lease:
`sending` with a lease long over; no_deadline: an open project of which nothing lies ahead; rung_overdue: due by the
read model, not claimed;
workflow_missing, workflow_astray: open in the records and not in the engine, or the other way round; silent: a part of
the system has not been heard of."""


class Finding(Message):
    """Something that is not as it should be.

    Attributes:
        kind: What.
        subject: Key of what it is about: project, notice, letter, channel or part of the system.
        detail: What was seen, in one line, without personal data.
    """

    kind: FindingKind
    subject: str
    detail: str = ""


class Balance(Message):
    """Where the claimed rungs are; the first line equals the sum of the others unless something is wrong.

    Attributes:
        rungs: Rungs in the journals that speak to people.
        silent_rungs: Of these, those whose entry has no notice at all: each is a gap.
        notices: Notices in the outbox.
        waiting: Waiting for their letter.
        superseded: Withdrawn.
        suppressed: Held back by a silence.
        held: For vacant posts.
        pending: In a letter that is still to be handed over.
        delivered: In a letter that was handed over.
        unclear: In a letter that may have arrived.
        dead: In a letter that was given up.
        withdrawn: In a letter all of whose notices were withdrawn after a try.
    """

    rungs: int = 0
    silent_rungs: int = 0
    notices: int = 0
    waiting: int = 0
    superseded: int = 0
    suppressed: int = 0
    held: int = 0
    pending: int = 0
    delivered: int = 0
    unclear: int = 0
    dead: int = 0
    withdrawn: int = 0

    @property
    def gap(self) -> int:
        """Rungs without a notice, and notices that are in none of the places they can be."""
        placed = self.waiting + self.superseded + self.suppressed + self.held
        lettered = self.pending + self.delivered + self.unclear + self.dead + self.withdrawn
        return self.silent_rungs + abs(self.notices - placed - lettered)


class Figures(Message):
    """What an audit counted besides; the metrics of every worker are these.

    Attributes:
        notices: Notices by state.
        letters: Letters by channel and state.
        unknown_attempts: Tries of unknown outcome by channel.
        oldest_waiting_at: When the oldest waiting notice was claimed; None when none waits.
        oldest_pending_at: When the oldest letter that is to be handed over was written, by channel.
        seconds: How long the audit took.
    """

    notices: dict[str, int] = Field(default_factory=dict)
    letters: dict[str, dict[str, int]] = Field(default_factory=dict)
    unknown_attempts: dict[str, int] = Field(default_factory=dict)
    oldest_waiting_at: Instant | None = None
    oldest_pending_at: dict[str, Instant] = Field(default_factory=dict)
    seconds: float = 0.0


class AuditOrder(Message):
    """Work order of one audit."""


class AuditReport(Message):
    """What one audit found.

    Attributes:
        at: When, by the clock of the database.
        balance: Where the claimed rungs are.
        gap: Rungs and notices that are unaccounted for.
        findings: How many findings stand, by kind.
    """

    at: Instant
    balance: Balance
    gap: int
    findings: dict[str, int]
