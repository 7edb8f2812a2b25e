"""Who holds which post at an instant, who stands in for them, who is away, and who those people are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, and_, func, or_, select
from sqlalchemy.sql import Select

from infra.db.tables import absence, deputy, holding, person, post
from schemas.command import Post
from schemas.directory import Absence, Person, Seat
from schemas.reason import ErrorKind, Refusal

AREA_DIGITS = (2, 4, 6)
"""Lengths of the codes of areas that posts are bound to."""


def seats(connection: Connection, at: datetime) -> list[Seat]:
    """Return every post with its holder and deputy at an instant, by post id."""
    return [_seat(row) for row in connection.execute(_seated(at))]


def seats_near(connection: Connection, village_code: str, at: datetime) -> tuple[list[Seat], dict[str, Person]]:
    """Return the posts whose area takes in a village, with holders and deputies at an instant, and these people."""
    areas = ["", *(village_code[:digits] for digits in AREA_DIGITS)]
    rows = connection.execute(_seated(at).where(post.c.area.in_(areas))).all()
    people = {row.person_id: person_of(row) for row in rows if row.person_id}
    if deputies := {row.deputy_id for row in rows if row.deputy_id} - people.keys():
        people |= people_of(connection, deputies, at)
    return [_seat(row) for row in rows], people


def people_of(connection: Connection, person_ids: Iterable[str], at: datetime) -> dict[str, Person]:
    """Return those of the given people who are in the directory, by id, with the absences that cover an instant."""
    ids = list(person_ids)
    away: dict[str, list[Absence]] = {}
    for row in connection.execute(select(absence).where(absence.c.person_id.in_(ids), covers(absence, at))):
        away.setdefault(row.person_id, []).append(absence_of(row))
    rows = connection.execute(select(person).where(person.c.person_id.in_(ids)))
    return {row.person_id: person_of(row, away.get(row.person_id, ())) for row in rows}


def is_known(connection: Connection, person_id: str) -> bool:
    """Return whether somebody of an id is in the directory."""
    return connection.execute(select(person.c.person_id).where(person.c.person_id == person_id)).first() is not None


def check_known(connection: Connection, person_id: str) -> None:
    """Pass when somebody of an id is in the directory.

    Raises:
        Refusal: `person.unknown`.
    """
    if not is_known(connection, person_id):
        raise Refusal("person.unknown", ErrorKind.NOT_FOUND, person=person_id)


def posts_held(connection: Connection, person_id: str, at: datetime) -> list[Post]:
    """Return the posts that a person holds at an instant, by id."""
    mine = and_(holding.c.post_id == post.c.post_id, holding.c.person_id == person_id, covers(holding, at))
    return [post_of(row) for row in connection.execute(select(post).join(holding, mine).order_by(post.c.post_id))]


def covers(table: FromClause, at: datetime) -> ColumnElement[bool]:
    """Return the condition that a line of `holding`, `deputy` or `absence` is in force at an instant."""
    return and_(table.c.since_at <= at, or_(table.c.until_at.is_(None), table.c.until_at > at))


def post_of(row: Row[Any]) -> Post:
    """Return the post of a row."""
    return Post(post_id=row.post_id, role=row.role, area=row.area, organisation=row.organisation)


def person_of(row: Row[Any], absent: Iterable[Absence] = ()) -> Person:
    """Return the person of a row."""
    return Person(
        person_id=row.person_id,
        name=row.name,
        email=row.email,
        lang=row.lang,
        channels=json.loads(row.channels),
        addresses=json.loads(row.addresses),
        digest_at=row.digest_at or None,
        absent=tuple(absent),
    )


def person_row(who: Person) -> dict[str, Any]:
    """Return the row of a person."""
    return {
        "person_id": who.person_id,
        "name": who.name,
        "email": who.email,
        "lang": who.lang,
        "channels": json.dumps(who.channels, ensure_ascii=False),
        "addresses": json.dumps(who.addresses, ensure_ascii=False, sort_keys=True),
        "digest_at": who.digest_at.isoformat().removesuffix(":00") if who.digest_at else "",
    }


def absence_of(row: Row[Any]) -> Absence:
    """Return the absence of a row."""
    return Absence(since=row.since_at, until=row.until_at, reason=row.reason)


def _seated(at: datetime) -> Select[Any]:
    is_held = and_(holding.c.post_id == post.c.post_id, covers(holding, at))
    stands_in = and_(deputy.c.post_id == post.c.post_id, covers(deputy, at))
    return (
        select(
            post,
            person,
            deputy.c.person_id.label("deputy_id"),
            _away_until(holding.c.person_id, at).label("away_until"),
            _away_until(deputy.c.person_id, at).label("deputy_away_until"),
        )
        .outerjoin_from(post, holding, is_held)
        .outerjoin(person, person.c.person_id == holding.c.person_id)
        .outerjoin(deputy, stands_in)
        .order_by(post.c.post_id)
    )


def _away_until(person_id: ColumnElement[str], at: datetime) -> ColumnElement[Any]:
    lasting = select(func.max(absence.c.until_at)).where(absence.c.person_id == person_id, covers(absence, at))
    return lasting.scalar_subquery()


def _seat(row: Row[Any]) -> Seat:
    return Seat(
        post=post_of(row),
        person_id=row.person_id or "",
        away_until=row.away_until,
        deputy_id=row.deputy_id or "",
        deputy_away_until=row.deputy_away_until,
    )
