"""The directory: people, posts, and who held which post when. History is kept, nothing is overwritten silently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, and_, or_, select

from infra.db import messages, tenure
from infra.db.engine import reading, writing
from infra.db.policies import Policies
from infra.db.seats import (
    absence_of,
    check_known,
    covers,
    people_of,
    person_of,
    person_row,
    post_of,
    posts_held,
    seats,
    seats_near,
)
from infra.db.tables import absence, deputy, holding, person, post
from infra.db.upsert import upsert
from rules.policy import Shelf
from schemas.command import Actor, Post
from schemas.directory import Absence, Directory, Person, PostLine, Seat
from schemas.message import Message
from schemas.reason import ErrorKind, Refusal


class Imported(Message):
    """What importing a directory changed.

    Attributes:
        people: People added or changed, or with other absences.
        posts: Posts added or changed.
        holders: Posts that have another holder now, or none.
        deputies: Posts that have another deputy now, or none.
    """

    people: int = 0
    posts: int = 0
    holders: int = 0
    deputies: int = 0


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

    def import_directory(self, directory: Directory, at: datetime, by: str = "") -> Imported:
        """Take a directory over, all or nothing; taking the same again changes nothing.

        A post keeps its earlier holders with the time they held it. People, posts, deputies and absences that the file
        does not mention stay as they are. Messages that nobody has tried to hand over go to those who have the duty
        now.

        Args:
            directory: The file.
            at: Instant from which new holders hold their posts.
            by: Id of the person who takes it over.

        Raises:
            Refusal: `person.unknown_holder`: a post is held by somebody who is in neither file nor directory.
            PolicyMissingError: Messages wait, and a policy of their project is not published here.
        """
        holders = {line.post_id: line.holder or "" for line in directory.posts}
        deputies = {line.post_id: line.deputy or "" for line in directory.posts if "deputy" in line.model_fields_set}
        with writing(self._engine) as connection:
            done = Imported(people=_import_people(connection, directory.people, by))
            _check_known(connection, [*holders.items(), *deputies.items()])
            done = done.model_copy(
                update={
                    "posts": _import_posts(connection, directory.posts),
                    "holders": tenure.change(connection, holding, holders, at, by=by),
                    "deputies": tenure.change(connection, deputy, deputies, at, by=by),
                }
            )
            if done != Imported():
                messages.readdress_all(connection, self._shelf.book, at)
        return done

    def export_directory(self, at: datetime) -> Directory:
        """Return the directory as it stands at an instant, with absences that are not over.

        Importing it again changes nothing.
        """
        with reading(self._engine) as connection:
            absent: dict[str, list[Absence]] = {}
            lasting = select(absence).where(absence.c.until_at > at).order_by(absence.c.person_id, absence.c.since_at)
            for row in connection.execute(lasting):
                absent.setdefault(row.person_id, []).append(absence_of(row))
            rows = connection.execute(select(person).order_by(person.c.person_id))
            people = [person_of(row, absent.get(row.person_id, ())) for row in rows]
            held = {seat.post.post_id: seat for seat in seats(connection, at)}
            posts = [
                PostLine(
                    **held[row.post_id].post.model_dump(),
                    title=row.title,
                    holder=held[row.post_id].person_id or None,
                    deputy=held[row.post_id].deputy_id or None,
                )
                for row in connection.execute(select(post).order_by(post.c.post_id))
            ]
        return Directory(people=tuple(people), posts=tuple(posts))

    def actor(self, person_id: str, at: datetime | None = None) -> Actor:
        """Return a person with the posts in which they may act at an instant: now, when none is given.

        These are the posts they hold, and those whose deputy they are while the holder is away or the post vacant.

        Raises:
            Refusal: `person.unknown`: nobody of that id is in the directory.
        """
        at = at or datetime.now(UTC)
        with reading(self._engine) as connection:
            check_known(connection, person_id)
            return Actor(person_id=person_id, posts=tuple(_posts(connection, person_id, at)))

    def people(self) -> list[Person]:
        """Return everybody, by id."""
        with reading(self._engine) as connection:
            return [person_of(row) for row in connection.execute(select(person).order_by(person.c.person_id))]

    def seats(self, at: datetime) -> list[Seat]:
        """Return every post with its holder and deputy at an instant, by post id."""
        with reading(self._engine) as connection:
            return seats(connection, at)

    def near(self, village_code: str, at: datetime) -> list[Seat]:
        """Return the posts whose area takes in a village, with holder and deputy at an instant."""
        with reading(self._engine) as connection:
            return seats_near(connection, village_code, at)[0]

    def away(self, person_ids: Iterable[str], at: datetime) -> dict[str, datetime]:
        """Return until when those of the given people are away who are away at an instant."""
        with reading(self._engine) as connection:
            found = people_of(connection, person_ids, at)
        return {key: max(one.until for one in who.absent) for key, who in found.items() if who.absent}

    def set_absent(self, person_id: str, away: Absence, at: datetime, by: str = "") -> bool:
        """Record an absence; the same start again changes its end and reason. True when something changed.

        Raises:
            Refusal: `person.unknown`; `absence.backwards`: it ends before it begins.
        """
        if away.until <= away.since:
            raise Refusal("absence.backwards", ErrorKind.INVALID, person=person_id)
        with writing(self._engine) as connection:
            check_known(connection, person_id)
            changed = _import_absences(connection, {person_id: (away,)}, by)
            if changed:
                messages.readdress_all(connection, self._shelf.book, at)
        return bool(changed)

    def set_deputy(self, post_id: str, person_id: str, at: datetime, by: str = "", reason: str = "") -> bool:
        """Let a person stand in for the holder of a post from an instant on; nobody when empty. True when changed.

        Raises:
            Refusal: `post.unknown`; `person.unknown`; `deputy.is_holder`: that person holds the post.
        """
        with writing(self._engine) as connection:
            _known_post(connection, post_id)
            if person_id:
                check_known(connection, person_id)
            held = and_(holding.c.post_id == post_id, holding.c.person_id == person_id, covers(holding, at))
            if connection.execute(select(holding.c.post_id).where(held)).first():
                raise Refusal("deputy.is_holder", post=post_id, person=person_id)
            changed = tenure.change(connection, deputy, {post_id: person_id}, at, by=by, reason=reason)
            if changed:
                messages.readdress_all(connection, self._shelf.book, at)
        return bool(changed)

    def held(self, person_id: str, at: datetime) -> list[Post]:
        """Return the posts that a person holds at an instant, by id.

        Raises:
            Refusal: `person.unknown`.
        """
        with reading(self._engine) as connection:
            check_known(connection, person_id)
            return posts_held(connection, person_id, at)

    def hand_over(  # noqa: PLR0913 - what, between whom, when and why
        self, person_id: str, to: str, post_ids: Sequence[str], since: datetime, now: datetime, *, by: str, reason: str
    ) -> int:
        """Let another person hold posts from an instant on, and give the waiting messages to those with the duty now.

        Whoever stood in for the holder and takes over is no longer deputy. Done again it changes nothing.

        Returns:
            How many posts have another holder by it.

        Raises:
            Refusal: One of the two is unknown; or `handover.not_held`: a post is held by neither of them.
        """
        with writing(self._engine) as connection:
            check_known(connection, person_id)
            check_known(connection, to)
            mine = {one.post_id for one in posts_held(connection, person_id, since)}
            theirs = {one.post_id for one in posts_held(connection, to, since)}
            for post_id in post_ids:
                _known_post(connection, post_id)
                if post_id not in mine | theirs:
                    raise Refusal("handover.not_held", post=post_id, person=person_id)
            wanted = {post_id: to for post_id in post_ids if post_id in mine}
            moved = tenure.change(connection, holding, wanted, since, by=by, reason=reason)
            own = and_(deputy.c.post_id.in_(list(wanted)), deputy.c.person_id == to, covers(deputy, since))
            ending = dict.fromkeys(connection.execute(select(deputy.c.post_id).where(own)).scalars(), "")
            tenure.change(connection, deputy, ending, since, by=by, reason=reason)
            messages.readdress_all(connection, self._shelf.book, now)
        return moved


def _known_post(connection: Connection, post_id: str) -> None:
    if connection.execute(select(post.c.post_id).where(post.c.post_id == post_id)).first() is None:
        raise Refusal("post.unknown", ErrorKind.NOT_FOUND, post=post_id)


def _posts(connection: Connection, person_id: str, at: datetime) -> list[Post]:
    """Return the posts that a person holds, and those in which they act for a holder who is not there."""
    own = and_(holding.c.post_id == post.c.post_id, holding.c.person_id == person_id, covers(holding, at))
    stands_in = and_(deputy.c.post_id == post.c.post_id, deputy.c.person_id == person_id, covers(deputy, at))
    is_away = and_(absence.c.person_id == holding.c.person_id, covers(absence, at))
    present = (
        select(holding.c.post_id)
        .where(holding.c.post_id == post.c.post_id, covers(holding, at))
        .where(~select(absence.c.person_id).where(is_away).correlate(holding).exists())
        .correlate(post)
    )
    acting = and_(select(deputy.c.post_id).where(stands_in).correlate(post).exists(), ~present.exists())
    holds = select(holding.c.post_id).where(own).correlate(post).exists()
    rows = connection.execute(select(post).where(or_(holds, acting)).order_by(post.c.post_id))
    return [post_of(row) for row in rows]


def _import_people(connection: Connection, people: Sequence[Person], by: str) -> int:
    known = {row.person_id: person_of(row) for row in connection.execute(select(person))}
    told = [one.model_copy(update={"absent": ()}) for one in people]
    changed = [person_row(one) for one in told if known.get(one.person_id) != one]
    if changed:
        connection.execute(upsert(connection, person), changed)
    away = _import_absences(connection, {one.person_id: one.absent for one in people if one.absent}, by)
    return len({row["person_id"] for row in changed} | away)


def _import_absences(connection: Connection, absent: dict[str, tuple[Absence, ...]], by: str) -> set[str]:
    """Add absences, or change those that begin at the same instant; return whose have changed."""
    stored = connection.execute(select(absence).where(absence.c.person_id.in_(list(absent))))
    known = {(row.person_id, row.since_at): absence_of(row) for row in stored}
    rows = [
        {"person_id": person_id, "since_at": one.since, "until_at": one.until, "reason": one.reason, "by": by}
        for person_id, several in absent.items()
        for one in several
        if known.get((person_id, one.since)) != one
    ]
    if rows:
        connection.execute(upsert(connection, absence), rows)
    return {str(row["person_id"]) for row in rows}


def _check_known(connection: Connection, wanted: Iterable[tuple[str, str]]) -> None:
    known = set(connection.execute(select(person.c.person_id)).scalars())
    for post_id, person_id in wanted:
        if person_id and person_id not in known:
            raise Refusal("person.unknown_holder", ErrorKind.INVALID, person=person_id, post=post_id)


def _import_posts(connection: Connection, lines: Sequence[PostLine]) -> int:
    known = {row.post_id: dict(row._mapping) for row in connection.execute(select(post))}  # noqa: SLF001 - SQLAlchemy's public name
    rows = [line.model_dump(exclude={"holder", "deputy"}) for line in lines]
    changed = [row for row in rows if known.get(row["post_id"]) != row]
    if changed:
        connection.execute(upsert(connection, post), changed)
    return len(changed)
