"""Which projects run under which policies."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Engine, func, or_, select

from infra.db.engine import reading
from infra.db.prefix import starts_with
from infra.db.tables import policy_document, project
from infra.db.views import lies_in
from schemas.migration import MigrationOrder, PublishedPolicy
from schemas.state import ProjectState

_PAGE = 500
_LIVE = ("running", "held")


class Pinned:
    """Reads what projects are pinned to."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def published(self) -> list[PublishedPolicy]:
        """Return every published version with the number of running and held projects under it."""
        c = policy_document.c
        query = select(c.ref, c.kind, c.name, c.version, c.published_at).order_by(c.kind, c.name, c.published_at)
        with reading(self._engine) as connection:
            counts: dict[str, int] = {}
            for kind in ("plan", "ladder", "hierarchy", "calendar"):
                pin = project.c[kind]
                under = select(pin, func.count()).where(project.c.status.in_(_LIVE)).group_by(pin)
                counts.update(tuple(row) for row in connection.execute(under))
            found = [dict(row) for row in connection.execute(query).mappings()]
        return [PublishedPolicy.model_validate({**row, "projects": counts.get(row["ref"], 0)}) for row in found]

    def count(self, order: MigrationOrder) -> int:
        """Return how many projects an order means that it has not reached yet."""
        query = select(func.count()).select_from(project).where(*_meant(order))
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def states(self, order: MigrationOrder) -> Iterator[ProjectState]:
        """Yield the projects that an order means and has not reached yet, by id, page by page.

        Those that are reached while this goes on are not yielded twice.
        """
        after = ""
        while True:
            query = (
                select(project.c.project_id, project.c.state)
                .where(*_meant(order), project.c.project_id > after)
                .order_by(project.c.project_id)
                .limit(_PAGE)
            )
            with reading(self._engine) as connection:
                rows = connection.execute(query).all()
            for row in rows:
                yield ProjectState.model_validate_json(row.state)
            if len(rows) < _PAGE:
                return
            after = rows[-1].project_id


def _meant(order: MigrationOrder) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [project.c.status.in_(_LIVE)]
    conditions += [starts_with(project.c[kind], f"{name}@") for kind, name in order.names.items()]
    conditions.append(or_(*(project.c[kind] != ref for kind, ref in order.targets.items())))
    if order.project_ids:
        conditions.append(project.c.project_id.in_(order.project_ids))
    if order.area:
        conditions.append(lies_in(order.area))
    if order.batch:
        conditions.append(project.c.batch == order.batch)
    if order.plan:
        conditions.append(starts_with(project.c.plan, f"{order.plan}@"))
    return conditions
