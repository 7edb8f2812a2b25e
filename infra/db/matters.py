"""Questions about what waits for a decision, and what changes have done to the list of tasks. Nothing here writes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Engine, and_, func, select

from infra.db.engine import reading
from infra.db.prefix import starts_with
from infra.db.tables import journal, matter, project
from schemas.event import ChangeEffected, Entry
from schemas.reconcile import BatchUnits, TaskRow
from schemas.state import ProjectState
from schemas.view import MatterRow, WaitingRow

_WAITING = [matter.c[name] for name in MatterRow.model_fields]
_PINS = [project.c[name] for name in ("place", "plan", "ladder", "hierarchy", "calendar")]
_IS_VILLAGE = project.c.technology.in_(("fibre", "4g", "both"))
_TASK = [project.c[name] for name in TaskRow.model_fields]


class Matters:
    """Reads matters, and the tasks of a list with what has become of them."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def waiting(
        self, *, now: datetime, role: str = "", area: str = "", is_overdue: bool = False, limit: int = 100
    ) -> tuple[list[WaitingRow], int]:
        """Return what waits for a decision, the earliest due first, and how much there is altogether.

        Args:
            now: Instant against which `is_overdue` is judged.
            role: Only what this role has to decide.
            area: Only projects whose village code begins so.
            is_overdue: Only what is past its due instant.
            limit: At most so many.
        """
        conditions: list[ColumnElement[bool]] = [matter.c.owner == role] if role else []
        conditions += [starts_with(project.c.village_code, area)] if area else []
        conditions += [matter.c.due_at < now] if is_overdue else []
        joined = matter.join(project, project.c.project_id == matter.c.project_id)
        query = select(*_WAITING, *_PINS).select_from(joined).where(*conditions)
        ordered = query.order_by(matter.c.due_at, matter.c.project_id, matter.c.key).limit(limit)
        with reading(self._engine) as connection:
            rows = [WaitingRow.model_validate(dict(row)) for row in connection.execute(ordered).mappings()]
            total = select(func.count()).select_from(joined).where(*conditions)
            return rows, connection.execute(total).scalar_one()

    def tasks(self, *, batch: str = "", area: str = "") -> list[TaskRow]:
        """Return every task of the list, started or only registered, counted where it was planned."""
        query = select(*_TASK).where(_IS_VILLAGE, *_scope(batch, area)).order_by(project.c.project_id)
        with reading(self._engine) as connection:
            return [TaskRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def changes(self, *, batch: str = "", area: str = "") -> list[tuple[str, ChangeEffected]]:
        """Return every change in force with its project, in the order in which they came."""
        query = (
            select(journal.c.project_id, journal.c.entry)
            .join(project, project.c.project_id == journal.c.project_id)
            .where(journal.c.type == "change_effected", *_scope(batch, area))
            .order_by(journal.c.at, journal.c.project_id, journal.c.seq)
        )
        with reading(self._engine) as connection:
            found = [(row.project_id, Entry.model_validate_json(row.entry).event) for row in connection.execute(query)]
        return [(project_id, event) for project_id, event in found if isinstance(event, ChangeEffected)]

    def units(self, *, batch: str = "", area: str = "") -> list[BatchUnits]:
        """Return the units of every batch: planned, in scope now, and those that changes took away or added."""
        conditions = and_(project.c.technology == "batch", project.c.state.is_not(None), *_scope(batch, area))
        query = select(project.c.state).where(conditions).order_by(project.c.project_id)
        with reading(self._engine) as connection:
            states = [ProjectState.model_validate_json(text) for text in connection.execute(query).scalars()]
        return [_units(state) for state in states if state.batch]


def _units(state: ProjectState) -> BatchUnits:
    moved: dict[str, int] = {}
    for change in state.changes:
        for code, count in change.units.items():
            moved[code] = moved.get(code, 0) + count
    planned, total = (state.batch.planned, state.batch.total) if state.batch else (0, 0)
    code = state.project.village_code
    return BatchUnits(project_id=state.project.project_id, code=code, planned=planned, final=total, moved=moved)


def _scope(batch: str, area: str) -> list[ColumnElement[bool]]:
    conditions = [project.c.batch == batch] if batch else []
    return conditions + ([starts_with(project.c.first_village_code, area)] if area else [])
