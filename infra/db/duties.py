"""The duties of a person that are open now: by a post held, or by being named for a project."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, func, literal, or_, select, true

from infra.db.engine import reading
from infra.db.seats import AREA_DIGITS, people_of, seats
from infra.db.tables import letter, matter, outbox, project, stage
from rules.duty import Receivers
from rules.policy import Shelf
from schemas.directory import Duty, Named, Resolution, Seat
from schemas.policy import Pins
from schemas.project import Project

COUNTY_DIGITS = 6
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
        back = [one.model_copy(update={"away_until": None}) if one.person_id == person_id else one for one in seated]
        others_away = {key: until for key, until in away.items() if key != person_id}
        standing = _Standing(self._shelf, Receivers(back, others_away), Receivers(seated, away), assigned)
        duties = [
            _duty(row, person_id, found)
            for row in rows
            if person_id in ((found := standing.of(row)).mine.person_id, found.acting.person_id)
        ]
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
        """Return how many notices to a person nobody has tried to hand over yet, in a letter or not."""
        in_untried = and_(outbox.c.state == "written", letter.c.state == "pending", letter.c.attempts == 0)
        query = select(func.count()).select_from(outbox).outerjoin(letter, letter.c.key == outbox.c.letter)
        untried = (outbox.c.person_id == person_id, or_(outbox.c.state == "waiting", in_untried))
        with reading(self._engine) as connection:
            return connection.execute(query.where(*untried)).scalar_one()


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
    if "" in areas:
        return true()
    by_length = {digits: sorted(area for area in areas if len(area) == digits) for digits in AREA_DIGITS}
    lies_in = [func.substr(project.c.county_code, 1, digits).in_(found) for digits, found in by_length.items() if found]
    return or_(*lies_in, project.c.project_id.in_(ids))


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


class _Found(NamedTuple):
    """Who has a duty, and who acts in it while that person is away."""

    pins: Pins
    mine: Resolution
    acting: Resolution


class _Standing:
    """Finds who has a duty; projects of one county and builder under the same policies share the answer."""

    def __init__(self, shelf: Shelf, own: Receivers, now: Receivers, assigned: Mapping[str, Mapping[str, str]]) -> None:
        self._shelf, self._own, self._now, self._assigned = shelf, own, now, assigned
        self._known: dict[tuple[str, ...], _Found] = {}

    def of(self, row: Row[Any]) -> _Found:
        names = self._assigned.get(row.project_id)
        if names:
            return self._found(row, names)
        key = (row.owner, row.village_code[:COUNTY_DIGITS], row.builder, *(getattr(row, name) for name in _PINS))
        if key not in self._known:
            self._known[key] = self._found(row, {})
        return self._known[key]

    def _found(self, row: Row[Any], names: Mapping[str, str]) -> _Found:
        subject = Project.model_validate(dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's public name
        pins = Pins(**{name: getattr(row, name) for name in _PINS})
        book = self._shelf.book(pins)
        mine, acting = (known.of(row.owner, subject, names, book) for known in (self._own, self._now))
        return _Found(pins, mine, acting)


def _duty(row: Row[Any], person_id: str, standing: _Found) -> Duty:
    mine, acting = standing.mine, standing.acting
    found = mine if mine.person_id == person_id else acting
    return Duty(
        project_id=row.project_id,
        pins=standing.pins,
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
