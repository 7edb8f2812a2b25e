"""The auditor's hand on the records: counts, looks for what is not as it should be, and keeps what it found.

It trusts nothing that the other parts say of themselves. Reading takes one state of the database and blocks nobody;
what was found is written at the end, in a transaction of a few rows.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, func, insert, select, tuple_, update

from infra.db import findings as looks
from infra.db.balance import counted, pairs
from infra.db.engine import database_now, reading, writing
from infra.db.findings import MOST, MOST_STANDING, NOTICE_SLACK, Look
from infra.db.in_force import Manner
from infra.db.tables import audit, finding, heartbeat
from infra.db.upsert import upsert
from rules import vigil
from rules.policy import Shelf
from schemas.audit import AuditReport, Balance, Figures, Finding
from schemas.message import Instant, Message

PART = "audit"
"""Name of the auditor among the parts of the system. What it says of itself is where its turns stopped."""


class Strays(NamedTuple):
    """Projects that only one of the two knows as living.

    Attributes:
        missing: Living by the records, without a running workflow.
        astray: Running in the engine, not living by the records.
    """

    missing: Sequence[str]
    astray: Sequence[str]


class Standing(Message):
    """A finding that stands.

    Attributes:
        kind: What.
        subject: What it is about.
        detail: What was seen.
        first_at: When it was found first.
        last_at: When it was found last.
    """

    kind: str
    subject: str
    detail: str
    first_at: Instant
    last_at: Instant


class Audited(NamedTuple):
    """The last audit.

    Attributes:
        report: What it found.
        figures: What it counted besides.
    """

    report: AuditReport
    figures: Figures


class Duty(NamedTuple):
    """What an auditor holds the system to.

    Attributes:
        allowed: Parts of the system with the longest silence that is right for them.
        manner: How people are told, and by which working days.
        channels: The channels that letters go by; None when they are not known.
    """

    allowed: Mapping[str, timedelta]
    manner: Callable[[], Manner]
    channels: Collection[str] | None = None


class Auditor:
    """Audits the records."""

    def __init__(
        self,
        engine: Engine,
        shelf: Shelf,
        duty: Duty,
        now: Callable[[Connection], datetime] = database_now,
    ) -> None:
        """Take what is needed.

        Args:
            engine: Database of the records.
            shelf: Policies by reference.
            duty: What the system is held to.
            now: The clock; that of the database.
        """
        self._engine = engine
        self._shelf = shelf
        self._duty = duty
        self._now = now
        self._upsert_finding = upsert(engine, finding)
        self._upsert_part = upsert(engine, heartbeat)

    @property
    def watched(self) -> Collection[str]:
        """Parts of the system that have to be heard of."""
        return self._duty.allowed.keys()

    def audit(self, strays: Strays | None = None, *, is_whole: bool = False) -> AuditReport:
        """Audit, and put on record what was found.

        Args:
            strays: How the engine's list of projects differs from ours; None when it could not be asked: what was
                found before stands then.
            is_whole: Whether to look at everything at once, instead of a part each time where that is dear.
        """
        begun = time.monotonic()
        with reading(self._engine) as connection:
            now = self._now(connection)
            look = self._look(connection, now, is_whole=is_whole)
            found, last = self._found(connection, look)
        kinds = {"workflow_missing", "workflow_astray"}
        found += _strays(strays) if strays else []
        unasked = set() if strays else kinds
        figures = look.sums.figures.model_copy(update={"seconds": round(time.monotonic() - begun, 3)})
        with writing(self._engine) as connection:
            self._keep(connection, found, unasked, now)
            standing = pairs(connection, _COUNT_STANDING)
            balance = look.sums.balance
            told = {"balance": balance.model_dump_json(), "findings": json.dumps(standing)}
            row = {"at": now, "gap": balance.gap, **told, "figures": figures.model_dump_json()}
            connection.execute(insert(audit), row)
            connection.execute(self._upsert_part, {"part": PART, "at": now, "detail": last})
        return AuditReport(at=now, balance=balance, gap=balance.gap, findings=standing)

    def _look(self, connection: Connection, now: datetime, *, is_whole: bool) -> Look:
        sums = counted(connection)
        after = connection.execute(select(heartbeat.c.detail).where(heartbeat.c.part == PART)).scalar() or ""
        number = connection.execute(select(func.max(audit.c.number))).scalar() or 0
        standing: dict[str, list[str]] = {}
        for kind, subject in connection.execute(_STANDING):
            standing.setdefault(kind, []).append(subject)
        return Look(now, number + 1, sums, after, standing, is_whole)

    def _found(self, connection: Connection, look: Look) -> tuple[list[Finding], str]:
        """Return what was found, and the project at which the turns stopped."""
        manner = self._duty.manner()
        before = vigil.written_until(manner.policy, manner.calendar, look.now, NOTICE_SLACK)
        questions: tuple[Callable[[Connection, Look], list[Finding]], ...] = (
            looks.rungs_without_notice,
            looks.notices_without_letter,
            looks.letters_miscounted,
            looks.letters_without_notice,
            looks.notices_overdue(before),
            looks.letters_overdue(self._duty.channels),
            looks.attempts_past_lease,
            looks.silent_parts(self._duty.allowed),
        )
        found = [one for ask in questions for one in ask(connection, look)]
        watched = looks.projects_unwatched(connection, look, self._shelf.book)
        return [*found, *watched.findings], watched.last

    def _keep(self, connection: Connection, found: Sequence[Finding], unasked: set[str], now: datetime) -> None:
        """Bring the findings on record up to date: new ones begin, those that are gone are cleared.

        Of a kind of which more was found than is told, nothing is cleared: what is not among those told may stand.
        """
        subjects = {(one.kind, one.subject): one for one in found}
        full = {kind for kind, count in Counter(one.kind for one in found).items() if count >= MOST} | unasked
        began = {(row.kind, row.subject): row.first_at for row in connection.execute(_STANDING_ROWS)}
        if gone := [key for key in began if key not in subjects and key[0] not in full]:
            key = tuple_(finding.c.kind, finding.c.subject)
            for first in range(0, len(gone), MOST):
                connection.execute(update(finding).where(key.in_(gone[first : first + MOST])).values(cleared_at=now))
        standing = Counter(kind for kind, _ in began)
        if rows := [
            {**one.model_dump(), "first_at": began.get(key, now), "last_at": now, "cleared_at": None}
            for key, one in subjects.items()
            if key in began or standing[key[0]] < MOST_STANDING
        ]:
            connection.execute(self._upsert_finding, rows)


def standing_findings(engine: Engine, limit: int = 1000) -> list[Standing]:
    """Return the findings that stand, by kind and subject."""
    with reading(engine) as connection:
        rows = connection.execute(_STANDING_ROWS.order_by(finding.c.kind, finding.c.subject).limit(limit))
        return [Standing.model_validate(dict(row)) for row in rows.mappings()]


def last_audit(engine: Engine) -> Audited | None:
    """Return the last audit; None when there was none."""
    with reading(engine) as connection:
        row = connection.execute(select(audit).order_by(audit.c.number.desc()).limit(1)).first()
    return _audited(row) if row else None


def _audited(row: Row[Any]) -> Audited:
    balance = Balance.model_validate_json(row.balance)
    report = AuditReport(at=row.at, balance=balance, gap=row.gap, findings=json.loads(row.findings))
    return Audited(report, Figures.model_validate_json(row.figures))


def _strays(strays: Strays) -> list[Finding]:
    missing = [Finding(kind="workflow_missing", subject=key) for key in sorted(strays.missing)[:MOST]]
    return missing + [Finding(kind="workflow_astray", subject=key) for key in sorted(strays.astray)[:MOST]]


_STANDING = select(finding.c.kind, finding.c.subject).where(finding.c.cleared_at.is_(None))
_STANDING_ROWS = select(finding).where(finding.c.cleared_at.is_(None))
_COUNT_STANDING = (
    select(finding.c.kind, func.count().label("count")).where(finding.c.cleared_at.is_(None)).group_by(finding.c.kind)
)
