"""The inbox of a person: every notice that was ever meant for them, written in the transaction of its journal entry.

It is complete whatever became of letters: a mail server that is down, a silence or a bounce takes nothing out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, and_, exists, or_, select

from infra.db.engine import reading
from infra.db.letter_views import IN_LETTER
from infra.db.seats import check_known
from infra.db.tables import letter, matter, outbox, project, stage
from schemas.letter import Notice
from schemas.message import Instant
from schemas.state import ProjectState


class InboxRow(Notice):
    """A notice in an inbox.

    Attributes:
        state: Where it is: its own state, or that of its letter once it is in one.
        reason_code: Why it is there.
        silence: Number of the silence that held it back; 0 when none did.
        letter: Key of its letter; empty when it is in none.
        withdrawn_at: When what it speaks of was over; None while it is not.
        is_open: Whether what it speaks of still waits to be done.
        acknowledged_by: Who has acknowledged it; empty when nobody has.
        promised_at: Until when; None when nobody has, or the promise has passed.
    """

    state: str
    reason_code: str
    silence: int
    letter: str
    withdrawn_at: Instant | None = None
    is_open: bool = False
    acknowledged_by: str = ""
    promised_at: Instant | None = None


class Inbox:
    """Reads inboxes."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def rows(self, person_id: str, now: datetime, *, is_open: bool = False, limit: int = 50) -> list[InboxRow]:
        """Return the notices of a person, the newest first.

        Args:
            person_id: Whose.
            now: Instant against which promises are judged.
            is_open: Only those that still ask for something: not done, and not acknowledged until a day to come.
            limit: At most so many.

        Raises:
            Refusal: `person.unknown`.
        """
        found: list[InboxRow] = []
        with reading(self._engine) as connection:
            check_known(connection, person_id)
            for row in _rows(connection, person_id, now, is_open=is_open):
                if not is_open or row.promised_at is None:
                    found.append(row)
                if len(found) == limit:
                    break
        return found


def _rows(connection: Connection, person_id: str, now: datetime, *, is_open: bool) -> Iterator[InboxRow]:
    states: dict[str, ProjectState | None] = {}
    query = _NOTICES.where(outbox.c.person_id == person_id)
    for row in connection.execute(query.where(_IS_OPEN) if is_open else query).mappings():
        project_id = row["project_id"]
        if project_id not in states:
            text = connection.execute(select(project.c.state).where(project.c.project_id == project_id)).scalar()
            states[project_id] = ProjectState.model_validate_json(text) if text else None
        yield InboxRow.model_validate({**row, **_acknowledged(row, states[project_id], now)})


def _acknowledged(row: Any, state: ProjectState | None, now: datetime) -> dict[str, Any]:  # noqa: ANN401 - a row
    """Return who has acknowledged what a notice speaks of, while the promise lasts."""
    known = state.stages.get(row["stage"]) if state and not row["matter"] else None
    promise = known.turn.acknowledged if known and known.turn else None
    if promise is None or promise.promised_at <= now or not row["is_open"]:
        return {}
    return {"acknowledged_by": promise.by, "promised_at": promise.promised_at}


_IS_OPEN = and_(
    outbox.c.withdrawn_at.is_(None),
    or_(
        and_(
            outbox.c.matter == "",
            exists().where(
                stage.c.project_id == outbox.c.project_id, stage.c.stage == outbox.c.stage, stage.c.status == "open"
            ),
        ),
        exists().where(matter.c.project_id == outbox.c.project_id, matter.c.key == outbox.c.matter),
    ),
)
_OWN = ("silence", "letter", "withdrawn_at")
_NOTICES = (
    select(
        *(outbox.c[name] for name in (*Notice.model_fields, *_OWN)),
        IN_LETTER["state"].label("state"),
        IN_LETTER["reason_code"].label("reason_code"),
        _IS_OPEN.label("is_open"),
    )
    .select_from(outbox)
    .outerjoin(letter, letter.c.key == outbox.c.letter)
    .order_by(outbox.c.created_at.desc(), outbox.c.key)
)
