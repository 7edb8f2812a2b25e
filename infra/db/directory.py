"""The directory: people, posts, and who held which post when. History is kept, nothing is overwritten silently."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, bindparam, delete, insert, select, update

from infra.db import messages
from infra.db.engine import reading, writing
from infra.db.policies import Policies
from infra.db.seats import person_of, post_of, seats
from infra.db.tables import holding, person, post
from infra.db.upsert import upsert
from rules.policy import Shelf
from schemas.command import Actor
from schemas.directory import Directory, Person, PostLine, Seat
from schemas.message import Message
from schemas.reason import ErrorKind, Refusal


class Imported(Message):
    """What importing a directory changed.

    Attributes:
        people: People added or changed.
        posts: Posts added or changed.
        holders: Posts that have another holder now, or none.
    """

    people: int = 0
    posts: int = 0
    holders: int = 0


class People:
    """Reads and writes the directory."""

    def __init__(self, engine: Engine, shelf: Shelf | None = None) -> None:
        """Take the database of the records.

        Args:
            engine: The database.
            shelf: Policies by reference; None for those that are published there.
        """
        self._engine = engine
        self._shelf = shelf or Shelf(Policies(engine).fetch)

    def import_directory(self, directory: Directory, at: datetime) -> Imported:
        """Take a directory over, all or nothing; taking the same again changes nothing.

        A post keeps its earlier holders with the time they held it. People and posts that the file does not mention
        stay as they are. Messages that nobody has tried to hand over go to those who have the duty now.

        Args:
            directory: The file.
            at: Instant from which new holders hold their posts.

        Raises:
            Refusal: `person.unknown_holder`: a post is held by somebody who is in neither file nor directory.
            PolicyMissingError: Messages wait, and a policy of their project is not published here.
        """
        with writing(self._engine) as connection:
            people = _import_people(connection, directory.people)
            _check_holders(connection, directory)
            posts = _import_posts(connection, directory.posts)
            holders = _import_holders(connection, directory.posts, at)
            if people or posts or holders:
                messages.readdress_all(connection, self._shelf.book, at)
        return Imported(people=people, posts=posts, holders=holders)

    def actor(self, person_id: str) -> Actor:
        """Return a person with the posts held now.

        Raises:
            Refusal: `person.unknown`: nobody of that id is in the directory.
        """
        with reading(self._engine) as connection:
            known = connection.execute(select(person.c.person_id).where(person.c.person_id == person_id)).first()
            if known is None:
                raise Refusal("person.unknown", ErrorKind.NOT_FOUND, person=person_id)
            held = and_(holding.c.person_id == person_id, holding.c.until_at.is_(None))
            query = select(post).join(holding, holding.c.post_id == post.c.post_id).where(held).order_by(post.c.post_id)
            return Actor(person_id=person_id, posts=tuple(post_of(row) for row in connection.execute(query)))

    def people(self) -> list[Person]:
        """Return everybody, by id."""
        with reading(self._engine) as connection:
            return [person_of(row) for row in connection.execute(select(person).order_by(person.c.person_id))]

    def seats(self, at: datetime) -> list[Seat]:
        """Return every post with its holder at an instant, by post id."""
        with reading(self._engine) as connection:
            return seats(connection, at)


def _import_people(connection: Connection, people: Sequence[Person]) -> int:
    known = {row.person_id: person_of(row) for row in connection.execute(select(person))}
    changed = [one.model_dump() for one in people if known.get(one.person_id) != one]
    if changed:
        connection.execute(upsert(connection, person), changed)
    return len(changed)


def _check_holders(connection: Connection, directory: Directory) -> None:
    wanted = {line.holder: line.post_id for line in directory.posts if line.holder}
    known = set(connection.execute(select(person.c.person_id)).scalars())
    unknown = next((holder for holder in wanted if holder not in known), None)
    if unknown:
        raise Refusal("person.unknown_holder", ErrorKind.INVALID, person=unknown, post=wanted[unknown])


def _import_posts(connection: Connection, lines: Sequence[PostLine]) -> int:
    known = {row.post_id: dict(row._mapping) for row in connection.execute(select(post))}  # noqa: SLF001 - SQLAlchemy's public name
    rows = [line.model_dump(exclude={"holder"}) for line in lines]
    changed = [row for row in rows if known.get(row["post_id"]) != row]
    if changed:
        connection.execute(upsert(connection, post), changed)
    return len(changed)


def _import_holders(connection: Connection, lines: Sequence[PostLine], at: datetime) -> int:
    current = {row.post_id: row for row in connection.execute(select(holding).where(holding.c.until_at.is_(None)))}
    moved = [
        line
        for line in lines
        if (current[line.post_id].person_id if line.post_id in current else None) != (line.holder or None)
    ]
    leaving = [current[line.post_id] for line in moved if line.post_id in current]
    _end(connection, [row for row in leaving if row.since_at < at], at)
    _forget(connection, [row for row in leaving if row.since_at >= at])
    coming = [line for line in moved if line.holder]
    if coming:
        rows = [{"post_id": line.post_id, "person_id": line.holder, "since_at": at} for line in coming]
        connection.execute(insert(holding), rows)
    return len(moved)


def _end(connection: Connection, held: Sequence[Row[Any]], at: datetime) -> None:
    if held:
        ended = update(holding).where(_THIS_HOLDING).values(until_at=at)
        connection.execute(ended, [{"held_post": row.post_id, "held_since": row.since_at} for row in held])


def _forget(connection: Connection, held: Sequence[Row[Any]]) -> None:
    """Take away holdings that would have lasted no time at all: a mistake put right at the same instant."""
    if held:
        gone = delete(holding).where(_THIS_HOLDING)
        connection.execute(gone, [{"held_post": row.post_id, "held_since": row.since_at} for row in held])


_THIS_HOLDING = and_(holding.c.post_id == bindparam("held_post"), holding.c.since_at == bindparam("held_since"))
