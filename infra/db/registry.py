"""Gives projects their immutable ids: one for each village, technology and batch of a programme, for ever."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, func, insert, select, text, update

from infra.db.engine import writing
from infra.db.tables import project
from rules import projection
from schemas.ledger import LedgerRow
from schemas.message import Message
from schemas.project import Project

Meaning = tuple[str, str, str, str]
"""Programme, batch, village code, technology: what a project id stands for."""

_LETTERS = {"fibre": "F", "4g": "G", "both": "B"}
_YEAR = re.compile(r"\d{4}")
_CHUNK = 500
_NUMBERING = 0x43756E74
"""Number of the PostgreSQL lock under which ids are given out."""


class Registered(Message):
    """A project with its id.

    Attributes:
        project: The project. Once it has started, as it was when it started.
        is_new: Whether the id was given just now.
        is_started: Whether its journal has begun.
    """

    project: Project
    is_new: bool = False
    is_started: bool = False


class Registry:
    """Gives out project ids."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def register(self, rows: Sequence[LedgerRow], programme: str, at: datetime) -> list[Registered]:
        """Return the project of each ledger row, giving ids to those that have none, all or nothing.

        The same village, technology and batch always get the same id. What else the ledger tells of a project that
        has not started is brought up to date; one that has started stays as it was.

        Args:
            rows: Checked rows of a ledger.
            programme: Code of the programme, for example `US`.
            at: Instant of the registration.

        Returns:
            One for each row, in their order; repeated rows get the same project.
        """
        wanted = {_meaning(row, programme): row for row in rows}
        with writing(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _NUMBERING})
            known = dict(_known(connection, wanted))
            _update(connection, [known[meaning] for meaning in wanted if meaning in known], wanted)
            new = dict(_numbered(connection, [meaning for meaning in wanted if meaning not in known]))
            created = {meaning: _project(new_id, wanted[meaning], programme) for meaning, new_id in new.items()}
            _insert(connection, created.values(), at)
        found = {meaning: _registered(row, wanted[meaning], programme) for meaning, row in known.items()}
        found |= {meaning: Registered(project=made, is_new=True) for meaning, made in created.items()}
        return [found[_meaning(row, programme)] for row in rows]


def _meaning(row: LedgerRow, programme: str) -> Meaning:
    return (programme, row.batch, row.village_code, row.technology)


def _project(project_id: str, row: LedgerRow, programme: str) -> Project:
    return Project(
        project_id=project_id,
        programme=programme,
        batch=row.batch,
        technology=row.technology,
        village_code=row.village_code,
        village_name=row.village_name,
        place=row.place,
        builder=row.builder,
        tier=row.tier,
    )


def _registered(stored: Row[Any], row: LedgerRow, programme: str) -> Registered:
    if stored.seq == 0:
        return Registered(project=_project(stored.project_id, row, programme))
    return Registered(project=Project.model_validate(dict(stored._mapping)), is_started=True)  # noqa: SLF001 - SQLAlchemy's public name


def _known(connection: Connection, wanted: Iterable[Meaning]) -> Iterator[tuple[Meaning, Row[Any]]]:
    asked = set(wanted)
    columns = [project.c[name] for name in (*Project.model_fields, "seq")]
    codes = sorted({meaning[2] for meaning in asked})
    for first in range(0, len(codes), _CHUNK):
        chunk = codes[first : first + _CHUNK]
        for row in connection.execute(select(*columns).where(project.c.village_code.in_(chunk))):
            meaning = (row.programme, row.batch, row.village_code, row.technology)
            if meaning in asked:
                yield meaning, row


def _update(connection: Connection, known: Iterable[Row[Any]], wanted: dict[Meaning, LedgerRow]) -> None:
    changed = []
    for row in known:
        told = _project(
            row.project_id, wanted[row.programme, row.batch, row.village_code, row.technology], row.programme
        )
        if row.seq == 0 and any(getattr(row, field) != getattr(told, field) for field in _CHANGEABLE):
            changed.append({"key": row.project_id, **told.model_dump(include=set(_CHANGEABLE))})
    if changed:
        connection.execute(update(project).where(project.c.project_id == bindparam("key")), changed)


_CHANGEABLE = ("village_name", "place", "builder", "tier")


def _numbered(connection: Connection, meanings: Sequence[Meaning]) -> Iterator[tuple[Meaning, str]]:
    """Yield an id for each: programme, year and technology, then a running number."""
    last: dict[str, int] = {}
    for meaning in meanings:
        programme, batch, _, technology = meaning
        year = _YEAR.search(batch)
        prefix = f"{programme}{year.group()[2:] if year else '00'}{_LETTERS[technology]}-"
        if prefix not in last:
            last[prefix] = _last_number(connection, prefix)
        last[prefix] += 1
        yield meaning, f"{prefix}{last[prefix]:06d}"


def _last_number(connection: Connection, prefix: str) -> int:
    query = select(func.max(project.c.project_id)).where(project.c.project_id.startswith(prefix, autoescape=True))
    highest = connection.execute(query).scalar()
    return int(highest.removeprefix(prefix)) if highest else 0


def _insert(connection: Connection, created: Iterable[Project], at: datetime) -> None:
    rows = [projection.registered_row(made, at).model_dump() for made in created]
    if rows:
        connection.execute(insert(project), rows)
