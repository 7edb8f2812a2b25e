"""Letters to look at: one that was written, or the one that somebody would get now. Nothing here writes or sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from infra.db import addressing
from infra.db.engine import reading
from infra.db.in_force import Manner
from infra.db.letter_views import WORST_FIRST
from infra.db.seats import people_of
from infra.db.tables import letter, outbox
from rules.digest import letter_key
from schemas.letter import Letter, Notice
from schemas.messaging import LetterKind


class Previews:
    """Finds letters in the records."""

    def __init__(self, engine: Engine, manner: Manner) -> None:
        """Take the database of the records, and how people are told."""
        self._engine = engine
        self._manner = manner

    def busiest(self) -> str:
        """Return the person for whom most notices wait; empty when none waits for anybody."""
        count = func.count().label("waiting")
        query = select(outbox.c.person_id, count).where(_IS_WAITING, outbox.c.person_id != "")
        with reading(self._engine) as connection:
            row = connection.execute(
                query.group_by(outbox.c.person_id).order_by(count.desc(), outbox.c.person_id).limit(1)
            ).first()
        return str(row.person_id) if row else ""

    def next_of(self, person_id: str, kind: LetterKind, at: datetime) -> Letter | None:
        """Return the letter that somebody would get now; None when nothing waits or nobody has that id.

        Args:
            person_id: Receiver.
            kind: A digest of all that waits, or its worst notice alone.
            at: When it would be written.
        """
        with reading(self._engine) as connection:
            person = people_of(connection, [person_id], at).get(person_id)
            notices = _notices(connection, (_IS_WAITING, outbox.c.person_id == person_id))
        if person is None or not notices:
            return None
        told = notices if kind == "digest" else notices[:1]
        day = self._manner.calendar.label(self._manner.calendar.day(at))
        return self._made(
            key=letter_key(person_id, kind, day if kind == "digest" else told[0].key),
            kind=kind,
            day=day,
            person_id=person_id,
            name=person.name,
            address=person.email or "",
            lang=person.lang,
            channel="email" if person.email else "file",
            templates=self._manner.templates,
            created_at=at,
            notices=told,
        )

    def written(self, key: str) -> Letter | None:
        """Return a letter as it was written; None when none has that key, or all its notices were taken back."""
        with reading(self._engine) as connection:
            row = connection.execute(select(letter).where(letter.c.key == key)).first()
            notices = _notices(connection, (outbox.c.letter == key,))
            if row is None or not notices:
                return None
            name, address = addressing.receiver(connection, row)
        names = ("key", "kind", "day", "person_id", "lang", "channel", "templates", "created_at")
        return self._made(**_columns(row, names), name=name, address=address, notices=notices)

    def _made(self, **fields: Any) -> Letter:  # noqa: ANN401 - fields of a letter
        offset = self._manner.calendar.document.utc_offset_hours
        return Letter(**fields, worst=self._manner.policy.worst, utc_offset_hours=offset)


_IS_WAITING = outbox.c.state == "waiting"


def _notices(connection: Connection, wanted: Any) -> tuple[Notice, ...]:  # noqa: ANN401 - conditions of any form
    query = select(*(outbox.c[name] for name in Notice.model_fields)).where(*wanted).order_by(*WORST_FIRST)
    return tuple(Notice.model_validate(dict(row)) for row in connection.execute(query).mappings())


def _columns(row: Row[Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
