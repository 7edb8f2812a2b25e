"""Questions about letters and the notices in them. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, case, func, or_, select

from infra.db.engine import reading
from infra.db.outcomes import MOVED_ON
from infra.db.tables import attempt, letter, outbox, person, receipt
from schemas.letter_view import LetterCount, LetterFilter, LetterRow, NoticeRow, ReceiptRow
from schemas.message import Message
from schemas.view import AttemptRow

IN_LETTER: Mapping[str, ColumnElement[Any]] = {
    "channel": func.coalesce(letter.c.channel, ""),
    "state": case((outbox.c.state == "written", func.coalesce(letter.c.state, "pending")), else_=outbox.c.state),
    "reason_code": case(
        (outbox.c.reason_code == "", func.coalesce(letter.c.reason_code, "")), else_=outbox.c.reason_code
    ),
    "attempts": func.coalesce(letter.c.attempts, 0),
    "unknowns": func.coalesce(letter.c.unknowns, 0),
    "delivered_at": letter.c.delivered_at,
}
"""What a notice has from its letter, or says instead of it."""


WORST_FIRST = (outbox.c.level.desc(), outbox.c.days, outbox.c.due_at, outbox.c.place, outbox.c.key)
"""The order in which notices are told, as `rules.letter.worst_first` has it."""


def notices(model: type[Message]) -> Select[Any]:
    """Return the query for notices with their letters; the fields of a model are the columns it selects."""
    known = {**IN_LETTER, "name": func.coalesce(person.c.name, "")}
    columns = [(known[name] if name in known else outbox.c[name]).label(name) for name in model.model_fields]
    return (
        select(*columns)
        .select_from(outbox)
        .outerjoin(letter, letter.c.key == outbox.c.letter)
        .outerjoin(person, person.c.person_id == outbox.c.person_id)
    )


class LetterViews:
    """Reads letters."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def letters(self, wanted: LetterFilter, limit: int = 50) -> tuple[list[LetterRow], int]:
        """Return letters, oldest first, at most so many, and how many there are."""
        named = {name: getattr(wanted, name) for name in ("person_id", "channel", "reason_code")}
        conditions: list[ColumnElement[bool]] = [letter.c[name] == value for name, value in named.items() if value]
        if wanted.states:
            conditions.append(letter.c.state.in_(wanted.states))
        if wanted.project_id:
            conditions.append(letter.c.key.in_(select(outbox.c.letter).where(outbox.c.project_id == wanted.project_id)))
        query = _LETTERS.where(*conditions).order_by(letter.c.created_at, letter.c.key).limit(limit)
        count = select(func.count()).select_from(letter).where(*conditions)
        with reading(self._engine) as connection:
            rows = [LetterRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]
            return rows, connection.execute(count).scalar_one()

    def counts(self) -> list[LetterCount]:
        """Return how many letters there are by channel and state."""
        sort = (letter.c.channel, letter.c.state)
        query = select(*sort, func.count().label("count")).group_by(*sort).order_by(*sort)
        with reading(self._engine) as connection:
            return [LetterCount.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def unwritten(self) -> dict[str, int]:
        """Return how many notices are `waiting` for a letter, or `held` because nobody can receive them."""
        query = select(outbox.c.state, func.count().label("many")).where(outbox.c.state.in_(("waiting", "held")))
        with reading(self._engine) as connection:
            return {row.state: row.many for row in connection.execute(query.group_by(outbox.c.state))}

    def moved_on(self, channels: Collection[str], since: datetime) -> int:
        """Return how many letters written since an instant went by another channel than the one that refused them."""
        went = (letter.c.state == "delivered", letter.c.channel.in_(channels), letter.c.created_at >= since)
        query = select(func.count()).select_from(letter).where(*went, letter.c.reason_code == MOVED_ON)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def stuck(self, since: datetime) -> dict[str, int]:
        """Return by channel how many letters written before an instant have been tried and are still to go."""
        left = (letter.c.state.in_(("pending", "sending")), letter.c.attempts > 0, letter.c.created_at < since)
        query = select(letter.c.channel, func.count()).where(*left).group_by(letter.c.channel)
        with reading(self._engine) as connection:
            return {channel: count for channel, count in connection.execute(query).all()}  # noqa: C416 - rows are no pairs to mypy

    def found(self, prefix: str) -> list[LetterRow]:
        """Return the letters whose key, or the key of a notice in them, begins like this; two at most."""
        in_it = select(outbox.c.letter).where(outbox.c.key.startswith(prefix, autoescape=True))
        query = _LETTERS.where(or_(letter.c.key.startswith(prefix, autoescape=True), letter.c.key.in_(in_it))).limit(2)
        with reading(self._engine) as connection:
            return [LetterRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def notices(self, key: str) -> list[NoticeRow]:
        """Return the notices in a letter, the worst first."""
        query = notices(NoticeRow).where(outbox.c.letter == key).order_by(*WORST_FIRST)
        with reading(self._engine) as connection:
            return [NoticeRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def listed(
        self, *, states: tuple[str, ...] = (), project_id: str = "", person_id: str = "", limit: int = 50
    ) -> tuple[list[NoticeRow], int]:
        """Return notices in a letter or not, oldest first, and how many there are; empty does not narrow."""
        wanted: list[ColumnElement[bool]] = [IN_LETTER["state"].in_(states)] if states else []
        wanted += [outbox.c.project_id == project_id] if project_id else []
        wanted += [outbox.c.person_id == person_id] if person_id else []
        query = notices(NoticeRow).where(*wanted).order_by(outbox.c.created_at, outbox.c.key).limit(limit)
        count = select(func.count()).select_from(outbox).outerjoin(letter, letter.c.key == outbox.c.letter)
        with reading(self._engine) as connection:
            rows = [NoticeRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]
            return rows, connection.execute(count.where(*wanted)).scalar_one()

    def attempts(self, key: str) -> list[AttemptRow]:
        """Return every try of a letter, in order."""
        columns = [attempt.c[name] for name in AttemptRow.model_fields]
        query = select(*columns).where(attempt.c.key == key).order_by(attempt.c.number)
        with reading(self._engine) as connection:
            return [AttemptRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def receipts(self, key: str) -> list[ReceiptRow]:
        """Return what was said of a letter afterwards, in order."""
        columns = [receipt.c[name] for name in ReceiptRow.model_fields]
        query = select(*columns).where(receipt.c.letter == key).order_by(receipt.c.number)
        with reading(self._engine) as connection:
            return [ReceiptRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]


_LAST = and_(attempt.c.key == letter.c.key, attempt.c.number == letter.c.attempts)
_LETTERS = (
    select(
        *(letter.c[name] for name in LetterRow.model_fields if name not in {"name", "detail"}),
        func.coalesce(person.c.name, "").label("name"),
        func.coalesce(attempt.c.detail, "").label("detail"),
    )
    .select_from(letter)
    .outerjoin(person, person.c.person_id == letter.c.person_id)
    .outerjoin(attempt, _LAST)
)
