"""What answering a letter needs to know: whose it is, what is in it, and how the projects it speaks of stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, bindparam, func, select

from infra.db.engine import reading
from infra.db.tables import letter, outbox, person, project
from schemas.letter import Notice
from schemas.message import Instant, Message
from schemas.messaging import LetterKind
from schemas.state import ProjectState


class OpenedLetter(Message):
    """A letter as its receiver opens it again.

    Attributes:
        key: Key of the letter.
        person_id: Receiver.
        name: Name of the receiver; empty when no longer in the directory.
        lang: Language of the receiver now; that of the letter when no longer in the directory.
        kind: A day's notices together, or one alone.
        day: Its day.
        created_at: When it was written.
        notices: What is in it.
    """

    key: str
    person_id: str
    name: str
    lang: str
    kind: LetterKind
    day: str
    created_at: Instant
    notices: tuple[Notice, ...]


class Answers:
    """Reads letters and projects for whoever answers."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def letter(self, key: str) -> OpenedLetter | None:
        """Return a letter with its notices, the first claimed first; None when there is none of that key."""
        with reading(self._engine) as connection:
            row = connection.execute(_LETTER, {"of_key": key}).mappings().first()
            if row is None:
                return None
            notices = connection.execute(_NOTICES, {"of_key": key}).mappings()
            found = tuple(Notice.model_validate(dict(one)) for one in notices)
            return OpenedLetter.model_validate({**row, "notices": found})

    def states(self, project_ids: Iterable[str]) -> dict[str, ProjectState]:
        """Return the states of projects by id, as their journals left them."""
        ids: list[Any] = sorted(set(project_ids))
        query = select(project.c.project_id, project.c.state).where(
            project.c.project_id.in_(ids), project.c.state.is_not(None)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return {row.project_id: ProjectState.model_validate_json(row.state) for row in rows}


_LETTER = (
    select(
        *(letter.c[name] for name in ("key", "person_id", "kind", "day", "created_at")),
        func.coalesce(person.c.name, "").label("name"),
        func.coalesce(person.c.lang, letter.c.lang).label("lang"),
    )
    .outerjoin_from(letter, person, person.c.person_id == letter.c.person_id)
    .where(letter.c.key == bindparam("of_key"))
)
_NOTICES = (
    select(*(outbox.c[name] for name in Notice.model_fields))
    .where(outbox.c.letter == bindparam("of_key"))
    .order_by(outbox.c.created_at, outbox.c.key)
)
