"""Gives projects their immutable ids: one for each village, technology and batch of a programme, for ever."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Integer, Row, bindparam, cast, func, insert, or_, select, text, update

from infra.db.engine import reading, writing
from infra.db.prefix import starts_with
from infra.db.tables import project
from rules import double_funding, projection
from rules.ledger_cells import shown
from schemas.ledger import LedgerRow
from schemas.message import Message
from schemas.project import Project
from schemas.reason import ErrorKind, Refusal

Meaning = tuple[str, str, str, str]
"""Programme, batch, village code, technology: what a project id stands for."""

_LETTERS = {"fibre": "F", "4g": "G", "both": "B", "batch": "T", "measures": "M"}
_PROGRAMME = re.compile(r"[A-Z]{2,6}")
_YEAR = re.compile(r"[0-9]{4}")
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
            programme: Code of the programme, two to six capital letters, for example `US`.
            at: Instant of the registration.

        Returns:
            One for each row, in their order; repeated rows get the same project.

        Raises:
            Refusal: `project.bad_programme`; `project.built_already`, a row asks for what another project builds in
                that village under the same programme and batch; or `funding.double`, it is built in another batch,
                or was built or is under another programme.
        """
        wanted = _wanted(rows, programme)
        with writing(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _NUMBERING})
            standing, known = _known(connection, wanted)
            _check_double(standing, [row for meaning, row in wanted.items() if meaning not in known], programme)
            _update(connection, {meaning: known[meaning] for meaning in wanted if meaning in known}, wanted)
            new = dict(_numbered(connection, [meaning for meaning in wanted if meaning not in known]))
            created = {meaning: project_of(new_id, wanted[meaning], programme) for meaning, new_id in new.items()}
            _insert(connection, created.values(), at)
        found = {meaning: _registered(row, wanted[meaning], programme) for meaning, row in known.items()}
        found |= {meaning: Registered(project=made, is_new=True) for meaning, made in created.items()}
        return [found[_meaning(row, programme)] for row in rows]

    def check(self, rows: Sequence[LedgerRow], programme: str) -> None:
        """Pass when `register` would take these rows; nothing is written.

        Raises:
            Refusal: As `register`.
        """
        wanted = _wanted(rows, programme)
        with reading(self._engine) as connection:
            standing, known = _known(connection, wanted)
        _check_double(standing, [row for meaning, row in wanted.items() if meaning not in known], programme)

    def clashes(self, rows: Sequence[LedgerRow], programme: str) -> list[double_funding.Clash]:
        """Return the rows for which a project stands already, their own or another one."""
        with reading(self._engine) as connection:
            standing = list(_standing(connection, {row.village_code for row in rows}))
        return double_funding.clashes(rows, programme, standing)


def _wanted(rows: Sequence[LedgerRow], programme: str) -> dict[Meaning, LedgerRow]:
    if not _PROGRAMME.fullmatch(programme):
        raise Refusal("project.bad_programme", ErrorKind.INVALID, value=shown(programme))
    return {_meaning(row, programme): row for row in rows}


def _known(connection: Connection, wanted: dict[Meaning, LedgerRow]) -> tuple[list[Row[Any]], dict[Meaning, Row[Any]]]:
    """Return every project in the villages of some rows, and those among them that the rows stand for."""
    standing = list(_standing(connection, {row.village_code for row in wanted.values()}))
    return standing, {meaning: row for row in standing for meaning in _meanings(row) if meaning in wanted}


def _meaning(row: LedgerRow, programme: str) -> Meaning:
    return (programme, row.batch, row.village_code, row.technology)


def _meanings(row: Row[Any]) -> list[Meaning]:
    """Return what a project stands for: its village at the registration, and the one that a change has given it."""
    codes = dict.fromkeys((row.village_code, row.first_village_code))
    return [(row.programme, row.batch, code, row.technology) for code in codes]


def project_of(project_id: str, row: LedgerRow, programme: str) -> Project:
    """Return the project that a ledger row describes, under an id."""
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
        return Registered(project=project_of(stored.project_id, row, programme))
    return Registered(project=Project.model_validate(dict(stored._mapping)), is_started=True)  # noqa: SLF001 - SQLAlchemy's public name


def _standing(connection: Connection, village_codes: set[str]) -> Iterator[Row[Any]]:
    """Yield the projects in some villages, of every programme."""
    columns = [project.c[name] for name in (*Project.model_fields, "first_village_code", "seq", "status")]
    codes = sorted(village_codes)
    for first in range(0, len(codes), _CHUNK):
        some = codes[first : first + _CHUNK]
        is_there = or_(project.c.village_code.in_(some), project.c.first_village_code.in_(some))
        yield from connection.execute(select(*columns).where(is_there).order_by(project.c.project_id))


def _check_double(standing: Iterable[Row[Any]], new: Iterable[LedgerRow], programme: str) -> None:
    found = double_funding.clashes(new, programme, standing)
    if found:
        raise double_funding.refusal(found, programme)


def _update(connection: Connection, known: dict[Meaning, Row[Any]], wanted: dict[Meaning, LedgerRow]) -> None:
    changed = []
    for meaning, row in known.items():
        told = project_of(row.project_id, wanted[meaning], row.programme)
        if row.seq == 0 and any(getattr(row, field) != getattr(told, field) for field in _CHANGEABLE):
            changed.append({"key": row.project_id, **told.model_dump(include=set(_CHANGEABLE))})
    if changed:
        # One may have started since it was read: then it stays as it was.
        is_waiting = (project.c.project_id == bindparam("key"), project.c.seq == 0)
        connection.execute(update(project).where(*is_waiting), changed)


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
    number = cast(func.substr(project.c.project_id, len(prefix) + 1), Integer)
    return connection.execute(select(func.max(number)).where(starts_with(project.c.project_id, prefix))).scalar() or 0


def _insert(connection: Connection, created: Iterable[Project], at: datetime) -> None:
    rows = [projection.registered_row(made, at).model_dump() for made in created]
    if rows:
        connection.execute(insert(project), rows)
