"""What is on record of reminders: projects of a month, their journals, and their notices with letters and tries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, or_, select

from infra.db.engine import reading
from infra.db.tables import attempt, journal, letter, outbox, project, receipt
from infra.db.views import lies_in
from schemas.event import Entry
from schemas.proof import NoticeFacts
from schemas.state import ProjectState

PAGE = 200
"""Projects looked at together."""


class Lived(NamedTuple):
    """A project that lived in a stretch of time.

    Attributes:
        project_id: The project.
        state: State after its last entry.
        journal: Its journal; empty when nothing has been written since the stretch began.
    """

    project_id: str
    state: ProjectState
    journal: Sequence[Entry]


class Proofs:
    """Reads what proofs are made of."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def count(self, since: datetime, until: datetime, *, project_id: str = "", area: str = "") -> int:
        """Return how many projects lived in a stretch of time."""
        query = select(func.count()).select_from(project).where(*_lived(since, until, project_id, area))
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def pages(self, since: datetime, until: datetime, *, project_id: str = "", area: str = "") -> Iterator[list[Lived]]:
        """Yield the projects that lived in a stretch of time, by id, some at a time."""
        wanted, last = _lived(since, until, project_id, area), ""
        while True:
            query = select(project.c.project_id, project.c.state, project.c.updated_at).where(
                *wanted, project.c.project_id > last
            )
            with reading(self._engine) as connection:
                rows = connection.execute(query.order_by(project.c.project_id).limit(PAGE)).all()
                touched = [row.project_id for row in rows if row.updated_at >= since]
                journals = _journals(connection, touched)
            if not rows:
                return
            last = rows[-1].project_id
            yield [
                Lived(row.project_id, ProjectState.model_validate_json(row.state), journals.get(row.project_id, ()))
                for row in rows
            ]

    def notices(self, project_ids: Sequence[str]) -> dict[str, list[NoticeFacts]]:
        """Return every notice of some projects with what became of its letter, by project."""
        if not project_ids:
            return {}
        ours = outbox.c.project_id.in_(project_ids)
        letters = select(outbox.c.letter).where(ours, outbox.c.letter > "")
        tried = select(attempt.c.key, attempt.c.channel, attempt.c.state).where(attempt.c.key.in_(letters))
        said = select(receipt.c.letter, receipt.c.channel, receipt.c.kind).where(receipt.c.letter.in_(letters))
        with reading(self._engine) as connection:
            rows = connection.execute(_NOTICES.where(ours).order_by(outbox.c.seq, outbox.c.key)).mappings().all()
            attempts = _by_letter(connection, tried.order_by(attempt.c.key, attempt.c.number))
            receipts = _by_letter(connection, said.order_by(receipt.c.number))
        found = defaultdict[str, list[NoticeFacts]](list)
        for row in rows:
            known = {**row, "roles": tuple(filter(None, row["roles"].split(",")))}
            told = {"attempts": attempts.get(row["letter"], ()), "receipts": receipts.get(row["letter"], ())}
            found[row["project_id"]].append(NoticeFacts.model_validate({**known, **told}))
        return dict(found)


_FIELDS = ("key", "project_id", "seq", "person_id", "roles", "state", "reason_code", "silence", "letter")
_NOTICES = select(
    *(outbox.c[name] for name in _FIELDS),
    func.coalesce(letter.c.state, "").label("letter_state"),
    func.coalesce(letter.c.person_id, "").label("letter_person"),
    func.coalesce(letter.c.reason_code, "").label("letter_reason"),
).outerjoin_from(outbox, letter, letter.c.key == outbox.c.letter)


def _lived(since: datetime, until: datetime, project_id: str, area: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        project.c.state.is_not(None),
        or_(project.c.started_at.is_(None), project.c.started_at < until),
        or_(project.c.closed_at.is_(None), project.c.closed_at >= since),
    ]
    conditions += [project.c.project_id == project_id] if project_id else []
    conditions += [lies_in(area)] if area else []
    return conditions


def _journals(connection: Connection, project_ids: Sequence[str]) -> dict[str, list[Entry]]:
    query = select(journal.c.project_id, journal.c.entry).where(journal.c.project_id.in_(project_ids))
    found = defaultdict[str, list[Entry]](list)
    for row in connection.execute(query.order_by(journal.c.project_id, journal.c.seq)):
        found[row.project_id].append(Entry.model_validate_json(row.entry))
    return dict(found)


def _by_letter(connection: Connection, query: Select[Any]) -> dict[str, list[tuple[str, str]]]:
    found = defaultdict[str, list[tuple[str, str]]](list)
    for key, channel, what in connection.execute(query):
        found[key].append((channel, what))
    return dict(found)
