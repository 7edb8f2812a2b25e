"""Who holds which post at an instant, and who those people are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select
from sqlalchemy.sql import Select

from infra.db.tables import holding, person, post
from schemas.command import Post
from schemas.directory import Person, Seat

AREA_DIGITS = (2, 4, 6)
"""Lengths of the codes of areas that posts are bound to."""


def seats(connection: Connection, at: datetime) -> list[Seat]:
    """Return every post with its holder at an instant, by post id."""
    return [_seat(row) for row in connection.execute(_seated(at))]


def seats_near(connection: Connection, village_code: str, at: datetime) -> tuple[list[Seat], dict[str, Person]]:
    """Return the posts whose area takes in a village, with their holders at an instant, in one query."""
    areas = ["", *(village_code[:digits] for digits in AREA_DIGITS)]
    rows = connection.execute(_seated(at).where(post.c.area.in_(areas))).all()
    return [_seat(row) for row in rows], {row.person_id: person_of(row) for row in rows if row.person_id}


def people_of(connection: Connection, person_ids: Iterable[str]) -> dict[str, Person]:
    """Return those of the given people who are in the directory, by id."""
    rows = connection.execute(select(person).where(person.c.person_id.in_(list(person_ids))))
    return {row.person_id: person_of(row) for row in rows}


def _seated(at: datetime) -> Select[Any]:
    is_held = and_(
        holding.c.post_id == post.c.post_id,
        holding.c.since_at <= at,
        or_(holding.c.until_at.is_(None), holding.c.until_at > at),
    )
    return (
        select(post, person)
        .outerjoin_from(post, holding, is_held)
        .outerjoin(person, person.c.person_id == holding.c.person_id)
        .order_by(post.c.post_id)
    )


def post_of(row: Row[Any]) -> Post:
    """Return the post of a row."""
    return Post(post_id=row.post_id, role=row.role, area=row.area, organisation=row.organisation)


def _seat(row: Row[Any]) -> Seat:
    return Seat(post=post_of(row), person_id=row.person_id or "")


def person_of(row: Row[Any]) -> Person:
    """Return the person of a row."""
    return Person(person_id=row.person_id, name=row.name, email=row.email, lang=row.lang)
