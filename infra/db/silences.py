"""Silences on record, and what each of them holds back. Nothing here is ever deleted: suppressed notices name them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Result,
    Row,
    RowMapping,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from infra.db.engine import reading, writing
from infra.db.seats import is_known, posts_held
from infra.db.tables import outbox, person, project, silence
from infra.db.views import lies_in
from rules.silence import Named, NoticeFacts, matches
from schemas.command import Post
from schemas.message import Instant, Message
from schemas.reason import ErrorKind, Refusal
from schemas.silence import Silence, SilenceRequest

SCOPE = ("project_id", "area", "builder", "stage", "rung", "person_id")
"""Fields that say what a silence is about."""


class SilenceRow(Silence):
    """A silence with what it has held back so far.

    Attributes:
        suppressed: Notices that name it.
    """

    suppressed: int = 0


class HeldBack(Message):
    """A notice that a silence holds back, or would hold back.

    Attributes:
        key: Key of the notice.
        project_id: Project it speaks of.
        place: Village.
        stage: Stage; empty for a batch.
        stage_title_zh: Name of the stage.
        stage_title_en: Name of the stage.
        rung: Rung of the ladder.
        rung_title_zh: Name of the rung.
        rung_title_en: Name of the rung.
        level: Level of the rung.
        person_id: Receiver.
        name: Name of the receiver; empty when not in the directory.
        created_at: When the rung was claimed.
    """

    key: str
    project_id: str
    place: str
    stage: str
    stage_title_zh: str
    stage_title_en: str
    rung: str
    rung_title_zh: str
    rung_title_en: str
    level: int
    person_id: str
    name: str
    created_at: Instant


@dataclass(frozen=True)
class Found:
    """Some of the notices that fit, and how many do.

    Attributes:
        rows: The oldest of them.
        total: How many there are.
    """

    rows: tuple[HeldBack, ...]
    total: int


class Silences:
    """Writes and reads silences."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def named(self, request: SilenceRequest, at: datetime) -> Named:
        """Return what the records know of the project and the person that a request names."""
        with reading(self._engine) as connection:
            of_project = select(project.c.village_code).where(project.c.project_id == request.project_id)
            village = connection.execute(of_project).scalar() if request.project_id else None
            return Named(village, _posts(connection, request.person_id, at))

    def posts(self, person_id: str, at: datetime) -> tuple[Post, ...]:
        """Return the posts that a person holds; none when nobody knows them."""
        with reading(self._engine) as connection:
            return _posts(connection, person_id, at) or ()

    def add(self, request: SilenceRequest, owner: str, at: datetime) -> Silence:
        """Put a silence on record from an instant on; whoever calls has checked that it may be.

        Raises:
            Refusal: `silence.exists`: a live one has the very same scope.
        """
        scope = {name: getattr(request, name) for name in SCOPE}
        with writing(self._engine) as connection:
            same = and_(is_live(at), *(silence.c[name] == value for name, value in scope.items()))
            known = connection.execute(select(silence).where(same)).first()
            if known:
                raise Refusal("silence.exists", ErrorKind.CONFLICT, number=known.number, owner=known.owner)
            row = {**request.model_dump(), "owner": owner, "since_at": at, "ended_at": None, "ended_by": ""}
            number = connection.execute(insert(silence).returning(silence.c.number), row).scalar_one()
        return Silence.model_validate({**row, "number": number})

    def end(self, number: int, by: str, at: datetime) -> Silence:
        """End a silence early.

        Raises:
            Refusal: `silence.unknown`; `silence.over`: it has ended already.
        """
        with writing(self._engine) as connection:
            known = _one(connection.execute(_BY_NUMBER.with_for_update(), {"of_number": number}), number)
            if not known.is_live(at):
                raise Refusal("silence.over", ErrorKind.CONFLICT, number=number)
            ended = {"ended_at": at, "ended_by": by}
            connection.execute(update(silence).where(silence.c.number == number), ended)
        return known.model_copy(update=ended)

    def one(self, number: int) -> SilenceRow:
        """Return a silence.

        Raises:
            Refusal: `silence.unknown`.
        """
        with reading(self._engine) as connection:
            known = _one(connection.execute(_BY_NUMBER, {"of_number": number}), number)
            counted = connection.execute(_COUNT.where(outbox.c.silence == number)).scalar_one()
        return SilenceRow(**known.model_dump(), suppressed=counted)

    def rows(self, at: datetime | None = None, limit: int = 100) -> list[SilenceRow]:
        """Return silences, the latest first.

        Args:
            at: Only those that are live at this instant; None for all.
            limit: At most so many.
        """
        query = select(silence).order_by(silence.c.number.desc()).limit(limit)
        with reading(self._engine) as connection:
            rows = connection.execute(query if at is None else query.where(is_live(at))).all()
            counting = (
                select(outbox.c.silence, func.count().label("count"))
                .where(outbox.c.state == "suppressed", outbox.c.silence.in_([row.number for row in rows]))
                .group_by(outbox.c.silence)
            )
            counts = {row.silence: row.count for row in connection.execute(counting)}
        return [SilenceRow.model_validate({**_values(row), "suppressed": counts.get(row.number, 0)}) for row in rows]

    def suppressed(self, number: int, limit: int = 100) -> Found:
        """Return what a silence has held back, the oldest first."""
        mine = and_(outbox.c.state == "suppressed", outbox.c.silence == number)
        with reading(self._engine) as connection:
            total = connection.execute(_COUNT.where(mine)).scalar_one()
            rows = connection.execute(_NOTICES.where(mine).limit(limit)).mappings()
            return Found(tuple(HeldBack.model_validate(dict(row)) for row in rows), total)

    def waiting(self, request: SilenceRequest, unsilenced_from_level: int | None, limit: int = 20) -> Found:
        """Return which notices that wait now a silence would hold back, the oldest first."""
        found: list[HeldBack] = []
        total = 0
        with reading(self._engine) as connection:
            wanted = [outbox.c.state == "waiting", *_conditions(request, unsilenced_from_level)]
            for row in connection.execute(_NOTICES.where(*wanted)).mappings():
                if matches(request, facts_of(row)):
                    total += 1
                    if len(found) < limit:
                        found.append(HeldBack.model_validate(dict(row)))
        return Found(tuple(found), total)


def _conditions(request: SilenceRequest, unsilenced_from_level: int | None) -> list[ColumnElement[bool]]:
    """Return conditions by which the database leaves out most of what a silence is not about."""
    columns = {
        "project_id": outbox.c.project_id,
        "builder": project.c.builder,
        "stage": outbox.c.stage,
        "rung": outbox.c.rung,
        "person_id": outbox.c.person_id,
    }
    wanted = [column == getattr(request, name) for name, column in columns.items() if getattr(request, name)]
    wanted += [lies_in(request.area)] if request.area else []
    wanted += [] if unsilenced_from_level is None else [outbox.c.level < unsilenced_from_level]
    return wanted


def facts_of(row: RowMapping) -> NoticeFacts:
    """Return what silences look at in a notice; the row tells village and builder of its project besides."""
    return NoticeFacts(**{one.name: row[one.name] for one in fields(NoticeFacts)})


def live(connection: Connection, at: datetime) -> tuple[Silence, ...]:
    """Return the silences that hold notices back at an instant, by number."""
    rows = connection.execute(select(silence).where(is_live(at)).order_by(silence.c.number))
    return tuple(Silence.model_validate(_values(row)) for row in rows)


def _posts(connection: Connection, person_id: str, at: datetime) -> tuple[Post, ...] | None:
    """Return the posts that a person holds, by id; None when nobody of that id is in the directory."""
    return tuple(posts_held(connection, person_id, at)) if is_known(connection, person_id) else None


def _one(found: Result[Any], number: int) -> Silence:
    row = found.first()
    if row is None:
        raise Refusal("silence.unknown", ErrorKind.NOT_FOUND, number=number)
    return Silence.model_validate(_values(row))


def is_live(at: datetime) -> ColumnElement[bool]:
    """Return the condition that a silence holds notices back at an instant, as `Silence.is_live` has it."""
    c = silence.c
    return and_(c.since_at <= at, c.until_at > at, or_(c.ended_at.is_(None), c.ended_at > at))


def _values(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


_BY_NUMBER = select(silence).where(silence.c.number == bindparam("of_number"))
_COUNT = select(func.count()).select_from(outbox).where(outbox.c.state == "suppressed")
_NOTICES = (
    select(
        *(outbox.c[name] for name in HeldBack.model_fields if name != "name"),
        func.coalesce(person.c.name, "").label("name"),
        project.c.village_code,
        project.c.builder,
    )
    .join_from(outbox, project, project.c.project_id == outbox.c.project_id)
    .outerjoin(person, person.c.person_id == outbox.c.person_id)
    .order_by(outbox.c.created_at, outbox.c.key)
)
