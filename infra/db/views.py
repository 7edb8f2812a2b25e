"""Questions to the read model, one query each. Nothing here writes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Engine, Select, and_, case, exists, func, select

from infra.db.engine import reading
from infra.db.letter_views import IN_LETTER, notices
from infra.db.prefix import starts_with
from infra.db.tables import attempt, journal, letter, outbox, project, stage
from rules.project import fingerprint
from schemas.command import Command, Receipt
from schemas.event import Entry
from schemas.message import Message
from schemas.reason import ErrorKind, Refusal
from schemas.state import ProjectState
from schemas.view import (
    AttemptRow,
    Board,
    BoardKey,
    BoardRow,
    MessageRow,
    OutboxCount,
    ProjectFilter,
    ProjectRow,
    StageRow,
)

Row = TypeVar("Row", bound=Message)

STATUSES = ("registered", "running", "held", "completed", "cancelled", "rejected")

_COUNTED = ("channel", "state", "kind", "level")
_PROJECT = [project.c[name] for name in ProjectRow.model_fields]
_STAGE = [stage.c[name] for name in StageRow.model_fields]
_GROUPS: dict[BoardKey, ColumnElement[str]] = {
    "county": project.c.county_code,
    "prefecture": func.substr(project.c.county_code, 1, 4),
    "province": func.substr(project.c.county_code, 1, 2),
    "builder": project.c.builder,
}


class Views:
    """Reads the read model."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def project(self, project_id: str) -> ProjectRow | None:
        """Return a project; None when there is none of that id."""
        found = self._rows(select(*_PROJECT).where(project.c.project_id == project_id), ProjectRow)
        return found[0] if found else None

    def stages(self, project_id: str) -> list[StageRow]:
        """Return the stages of a project in plan order; none while it is only registered."""
        query = select(*_STAGE).where(stage.c.project_id == project_id).order_by(stage.c.position)
        return self._rows(query, StageRow)

    def state(self, project_id: str) -> ProjectState:
        """Return the state of a project as its journal left it.

        Raises:
            Refusal: There is no such project, or it is registered and has not started.
        """
        query = select(project.c.state).where(project.c.project_id == project_id)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None:
            raise Refusal("project.unknown", ErrorKind.NOT_FOUND, project_id=project_id)
        if row.state is None:
            raise Refusal("project.not_started", project_id=project_id)
        return ProjectState.model_validate_json(row.state)

    def done(self, project_id: str, command_id: str) -> Entry | None:
        """Return the last entry of a command that was carried out, however long ago; None when it was not."""
        query = (
            select(journal.c.entry)
            .where(journal.c.project_id == project_id, journal.c.command_id == command_id)
            .order_by(journal.c.seq.desc())
            .limit(1)
        )
        with reading(self._engine) as connection:
            text = connection.execute(query).scalar()
        return Entry.model_validate_json(text) if text else None

    def receipt(self, project_id: str, command: Command) -> Receipt | None:
        """Return the receipt of a command that the journal knows; a workflow remembers only the recent ones.

        Raises:
            Refusal: The id was used for another command.
        """
        entry = self.done(project_id, command.command_id)
        if entry is None:
            return None
        if entry.fingerprint != fingerprint(command):
            raise Refusal("command.id_reused", ErrorKind.CONFLICT, command_id=command.command_id, seq=entry.seq)
        state = self.state(project_id)
        return Receipt(
            project_id=project_id,
            command_id=command.command_id,
            seq=entry.seq,
            is_repeat=True,
            status=state.status,
            open_stages=tuple(state.open_stages()),
        )

    def open_stages(self) -> list[StageRow]:
        """Return every open stage of every project."""
        query = select(*_STAGE).where(stage.c.status == "open").order_by(stage.c.project_id, stage.c.position)
        return self._rows(query, StageRow)

    def journal(self, project_id: str) -> list[Entry]:
        """Return the journal of a project, first entry first."""
        query = select(journal.c.entry).where(journal.c.project_id == project_id).order_by(journal.c.seq)
        with reading(self._engine) as connection:
            return [Entry.model_validate_json(text) for text in connection.execute(query).scalars()]

    def projects(
        self, wanted: ProjectFilter | None = None, *, now: datetime, limit: int = 100, after: str = ""
    ) -> list[ProjectRow]:
        """Return a page of projects by id.

        Args:
            wanted: Which; None for all.
            now: Instant against which `is_overdue` is judged.
            limit: At most so many.
            after: Id of the last project of the page before.
        """
        query = select(*_PROJECT).where(*conditions(wanted or ProjectFilter(), now))
        if after:
            query = query.where(project.c.project_id > after)
        return self._rows(query.order_by(project.c.project_id).limit(limit), ProjectRow)

    def count(self, wanted: ProjectFilter | None = None, *, now: datetime) -> int:
        """Return how many projects fit."""
        query = select(func.count()).select_from(project).where(*conditions(wanted or ProjectFilter(), now))
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def board(self, by: BoardKey, *, now: datetime, wanted: ProjectFilter | None = None) -> Board:
        """Return how many projects stand where, by area or builder, with totals."""
        group = _GROUPS[by].label("key")
        sums = [func.sum(case((project.c.status == status, 1), else_=0)).label(status) for status in STATUSES]
        escalated = and_(project.c.status == "running", project.c.level > 0)
        query = (
            select(
                group,
                *sums,
                func.sum(case((_is_overdue(now), 1), else_=0)).label("overdue"),
                func.sum(case((escalated, 1), else_=0)).label("escalated"),
                func.count().label("total"),
            )
            .where(*conditions(wanted or ProjectFilter(), now))
            .group_by(group)
            .order_by(group)
        )
        rows = self._rows(query, BoardRow)
        counts = [name for name in BoardRow.model_fields if name != "key"]
        totals = {name: sum(getattr(row, name) for row in rows) for name in counts}
        return Board(by=by, rows=tuple(rows), totals=BoardRow.model_validate({"key": "", **totals}))

    def messages(self, project_id: str) -> list[MessageRow]:
        """Return the notices about a project with the letters they are in, oldest first."""
        query = notices(MessageRow).where(outbox.c.project_id == project_id).order_by(outbox.c.seq, outbox.c.key)
        return self._rows(query, MessageRow)

    def attempts(self, project_id: str) -> list[AttemptRow]:
        """Return every try of the letters in which something about a project stands, by letter and number."""
        columns = [attempt.c[name] for name in AttemptRow.model_fields]
        letters = select(outbox.c.letter).where(outbox.c.project_id == project_id)
        query = select(*columns).where(attempt.c.key.in_(letters)).order_by(attempt.c.key, attempt.c.number)
        return self._rows(query, AttemptRow)

    def outbox_counts(self) -> list[OutboxCount]:
        """Return how many notices there are by channel, state, kind and level."""
        columns = (IN_LETTER["channel"], IN_LETTER["state"], outbox.c.kind, outbox.c.level)
        sort = [column.label(name) for column, name in zip(columns, _COUNTED, strict=True)]
        query = select(*sort, func.count().label("count")).select_from(outbox)
        query = query.outerjoin(letter, letter.c.key == outbox.c.letter).group_by(*sort).order_by(*sort)
        return self._rows(query, OutboxCount)

    def _rows(self, query: Select[*tuple[Any, ...]], model: type[Row]) -> list[Row]:
        with reading(self._engine) as connection:
            return [model.model_validate(dict(row)) for row in connection.execute(query).mappings()]


def _is_overdue(now: datetime) -> ColumnElement[bool]:
    return and_(project.c.status == "running", project.c.next_due_at < now)


def conditions(wanted: ProjectFilter, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions on the table of projects that a filter stands for."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.statuses:
        conditions.append(project.c.status.in_(wanted.statuses))
    if wanted.stage:
        is_open = and_(
            stage.c.project_id == project.c.project_id, stage.c.stage == wanted.stage, stage.c.status == "open"
        )
        conditions.append(exists().where(is_open))
    if wanted.area:
        conditions.append(lies_in(wanted.area))
    exact = {name: getattr(wanted, name) for name in ("builder", "batch", "technology")}
    conditions += [project.c[name] == value for name, value in exact.items() if value]
    if wanted.is_overdue:
        conditions.append(_is_overdue(now))
    return conditions


_COUNTY_DIGITS = 6


def lies_in(area: str) -> ColumnElement[bool]:
    """Return the condition that a village lies in an area, so that the index on counties helps."""
    if len(area) == _COUNTY_DIGITS:
        return project.c.county_code == area
    if len(area) < _COUNTY_DIGITS:
        return starts_with(project.c.county_code, area)
    return and_(project.c.county_code == area[:_COUNTY_DIGITS], starts_with(project.c.village_code, area))
