"""Proof of reminders: what the rules say fell due, what was claimed, and what became of every notice of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.message import Instant, Message

RungVerdict = Literal["fired", "missing", "unexpected"]
RungReason = Literal["", "passed_over", "not_claimed", "not_due", "early", "other_instant", "late"]
"""passed_over: something else happened after its instant, and it did not; not_claimed: its instant is over, and nothing
has happened since; not_due: no rule makes it; early: claimed before its instant; other_instant: the rules name another
one; late: claimed, but long after its instant."""

NoticeClass = Literal[
    "sent_once", "suppressed", "superseded", "held", "waiting", "unknown", "dead", "duplicate", "missing"
]
"""missing: there should be a notice, or a letter, and there is none; duplicate: its receiver has it more than once;
unknown: nobody can tell whether it arrived, or arrived twice."""


class RungProof(Message):
    """One rung that fell due by the rules, or was claimed.

    Attributes:
        project_id: The project.
        seq: Entry of the journal in which it was claimed; 0: in none.
        stage: Its stage; empty for a batch.
        matter: Key of its matter.
        rung: Key in the ladder.
        kind: Kind of rung.
        level: Its level.
        due_at: Its instant by the rules, or as claimed where no rule makes it.
        fired_at: When it was claimed.
        to: Roles it speaks to.
        verdict: Whether it was claimed as the rules say.
        reason: Why not, or what is odd.
    """

    project_id: str
    seq: int = 0
    stage: str
    matter: str = ""
    rung: str
    kind: str
    level: int
    due_at: Instant
    fired_at: Instant | None = None
    to: tuple[str, ...] = ()
    verdict: RungVerdict
    reason: RungReason = ""


class NoticeFacts(Message):
    """What is on record of a notice.

    Attributes:
        key: Its key.
        project_id: The project.
        seq: Entry of the journal that caused it.
        person_id: Receiver; empty when held.
        roles: Roles it is for.
        state: State of the notice.
        reason_code: Why.
        silence: Number of the silence that holds it back.
        letter: Key of its letter.
        letter_state: State of the letter; empty when there is none of that key.
        letter_person: Receiver of the letter.
        letter_reason: Reason code of the letter.
        attempts: Tries of the letter, as (channel, state), in order.
        receipts: What was said afterwards, as (channel, kind).
    """

    key: str
    project_id: str
    seq: int
    person_id: str
    roles: tuple[str, ...]
    state: str
    reason_code: str = ""
    silence: int = 0
    letter: str = ""
    letter_state: str = ""
    letter_person: str = ""
    letter_reason: str = ""
    attempts: tuple[tuple[str, str], ...] = ()
    receipts: tuple[tuple[str, str], ...] = ()


class NoticeProof(Message):
    """What became of a notice, or of one that should be there.

    Attributes:
        project_id: The project.
        seq: Entry of the rung.
        rung: Key of the rung.
        key: Key of the notice; empty when it is missing.
        person_id: Receiver.
        letter: Key of its letter.
        fate: What became of it.
        reason: Why, as a code.
    """

    project_id: str
    seq: int
    rung: str
    key: str = ""
    person_id: str = ""
    letter: str = ""
    fate: NoticeClass
    reason: str = ""


class ProjectProof(Message):
    """One project in a month.

    Attributes:
        project_id: The project.
        seq: Last entry of its journal.
        is_over: Whether it is over.
        rungs: Rungs that fell due in the month, or were claimed in it.
        notices: What became of their notices.
    """

    project_id: str
    seq: int
    is_over: bool
    rungs: tuple[RungProof, ...] = ()
    notices: tuple[NoticeProof, ...] = ()


class Totals(Message):
    """Sums that add up: expected = fired + missing; fired = told + to_nobody + untold; notices = the sum of fates.

    Attributes:
        projects: Projects that lived in the month.
        expected: Rungs that fell due by the rules.
        fired: Of these, claimed.
        missing: Of these, not claimed.
        unexpected: Claimed, though no rule makes them so.
        late: Claimed long after their instant.
        told: Claimed, with notices.
        to_nobody: Claimed, and speaking to nobody.
        untold: Claimed, without any notice.
        notices: Notices on record.
        fates: Notices by what became of them, those left out included.
        left_out: Receivers who should have a notice and have none; also in `fates` as missing.
    """

    projects: int = 0
    expected: int = 0
    fired: int = 0
    missing: int = 0
    unexpected: int = 0
    late: int = 0
    told: int = 0
    to_nobody: int = 0
    untold: int = 0
    notices: int = 0
    fates: dict[NoticeClass, int] = Field(default_factory=dict)
    left_out: int = 0
