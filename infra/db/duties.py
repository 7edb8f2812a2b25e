"""The duties of a person that are open now: by a post held, or by being named for a project."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, func, literal, or_, select

from infra.db.engine import reading
from infra.db.prefix import starts_with
from infra.db.seats import people_of, seats
from infra.db.tables import matter, outbox, project, stage
from rules.duty import Receivers
from rules.policy import Shelf
from schemas.directory import Duty, Named, Resolution, Seat
from schemas.policy import Pins
from schemas.project import Project

_LIVING = project.c.status.in_(("running", "held"))
_PINS = ("plan", "ladder", "hierarchy", "calendar")


class Duties:
    """Asks the records who has which duty."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        """Take the database of the records and the policies by reference."""
        self._engine = engine
        self._shelf = shelf

    def of(self, person_id: str, at: datetime) -> list[Duty]:
        """Return what a person has to do: open stages and waiting matters, the earliest due first.

        While the person is away the duties are still listed, each with who acts meanwhile.
        """
        with reading(self._engine) as connection:
            assigned = _assigned(connection)
            seated = seats(connection, at)
            named = {who for roles in assigned.values() for who in roles.values()}
            away = {
                key: max(o.until for o in who.absent)
                for key, who in people_of(connection, named, at).items()
                if who.absent
            }
            rows = _open(connection, _around(person_id, seated, assigned))
        now = Receivers(seated, away)
        back = [one.model_copy(update={"away_until": None}) if one.person_id == person_id else one for one in seated]
        own = Receivers(back, {key: until for key, until in away.items() if key != person_id})
        duties = []
        for row in rows:
            subject = Project.model_validate(dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's public name
            pins = Pins(**{name: getattr(row, name) for name in _PINS})
            book = self._shelf.book(pins)
            names = assigned.get(row.project_id, {})
            acting = now.of(row.owner, subject, names, book)
            mine = own.of(row.owner, subject, names, book)
            if person_id in (mine.person_id, acting.person_id):
                duties.append(_duty(row, pins, person_id, mine, acting))
        return sorted(duties, key=lambda one: (one.due_at is None, one.due_at, one.project_id, one.stage))

    def named(self, person_id: str) -> list[Named]:
        """Return the roles for which a person is named in living projects, by project and role."""
        with reading(self._engine) as connection:
            found = _assigned(connection, person_id)
        return [
            Named(project_id=project_id, role=role)
            for project_id, roles in sorted(found.items())
            for role, who in sorted(roles.items())
            if who == person_id
        ]

    def waiting(self, person_id: str) -> int:
        """Return how many messages to a person nobody has tried to hand over yet."""
        untried = (outbox.c.person_id == person_id, outbox.c.state == "pending", outbox.c.attempts == 0)
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(outbox).where(*untried)).scalar_one()


def _assigned(connection: Connection, person_id: str = "") -> dict[str, dict[str, str]]:
    """Return who is named for which role, by project; only where a person is named, when one is given."""
    told = '"assigned":{"'
    query = select(project.c.project_id, project.c.state).where(
        _LIVING, project.c.state.contains(told, autoescape=True)
    )
    if person_id:
        query = query.where(project.c.state.contains(f'"{person_id}"', autoescape=True))
    return {row.project_id: json.loads(row.state)["assigned"] for row in connection.execute(query)}


def _around(person_id: str, seated: list[Seat], assigned: dict[str, dict[str, str]]) -> ColumnElement[bool]:
    """Return the condition that a project may concern a person: it lies in an area of theirs, or names them."""
    areas = {one.post.area for one in seated if person_id in (one.person_id, one.deputy_id)}
    ids = [key for key, roles in assigned.items() if person_id in roles.values()]
    return or_(*(starts_with(project.c.county_code, area) for area in sorted(areas)), project.c.project_id.in_(ids))


def _open(connection: Connection, is_around: ColumnElement[bool]) -> list[Row[Any]]:
    columns = [project.c[name] for name in (*Project.model_fields, *_PINS)]
    stages: Select[Any] = (
        select(*columns, stage.c.stage, literal("").label("matter"), stage.c.owner, stage.c.due_at)
        .join(stage, and_(stage.c.project_id == project.c.project_id, stage.c.status == "open"))
        .where(_LIVING, is_around)
    )
    matters: Select[Any] = (
        select(*columns, matter.c.stage, matter.c.key.label("matter"), matter.c.owner, matter.c.due_at)
        .join(matter, matter.c.project_id == project.c.project_id)
        .where(_LIVING, is_around)
    )
    return [*connection.execute(stages).all(), *connection.execute(matters).all()]


def _duty(row: Row[Any], pins: Pins, person_id: str, mine: Resolution, acting: Resolution) -> Duty:
    found = mine if mine.person_id == person_id else acting
    return Duty(
        project_id=row.project_id,
        pins=pins,
        place=row.place or row.village_name,
        stage=row.stage,
        matter=row.matter,
        role=row.owner,
        due_at=row.due_at,
        is_named=not found.post_id,
        post_id=found.post_id,
        acted_by="" if acting.person_id == person_id else acting.person_id,
        is_away=acting.person_id != person_id,
    )
