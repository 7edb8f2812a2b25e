"""`matters list`: what waits for a decision, whose it is, and how long it has been waiting."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter, validators

from cli.desk import Desk, Shared
from infra.db.matters import Matters
from rules import moment
from rules.policy import PolicyMissingError
from schemas.message import Title
from schemas.policy import Pins
from schemas.view import WaitingRow

_COLUMNS = ("id", "place", "matter", "kind", "step", "owner", "asked_by", "due", "level")


def list_(
    *,
    role: Annotated[str, Parameter(help="待其决定的角色 / role that has to decide")] = "",
    area: Annotated[str, Parameter(help="行政区划代码开头 / prefix of the village code")] = "",
    overdue: Annotated[bool, Parameter(negative=(), help="只列逾期未决 / only those past their due day")] = False,
    limit: Annotated[
        int, Parameter(help="最多条数 / at most so many, 1-1000", validator=validators.Number(gte=1, lte=1000))
    ] = 100,
    shared: Shared | None = None,
) -> int:
    """List what waits for a decision, the earliest due first."""
    desk, now = Desk(shared), datetime.now(UTC)
    rows, total = Matters(desk.records).waiting(now=now, role=role, area=area, is_overdue=overdue, limit=limit)
    desk.table([f"column.{name}" for name in _COLUMNS], [_line(desk, row, now) for row in rows])
    desk.line("matters.listed", shown=len(rows), total=total)
    return desk.answer({"matters": rows, "total": total})


def _line(desk: Desk, row: WaitingRow, now: datetime) -> tuple[str, ...]:
    step, owner, due = _named(desk, row)
    late = " !" if row.due_at and row.due_at < now else ""
    kind = desk.word("matter", row.kind)
    return (row.project_id, row.place, row.key, kind, step, owner, row.asked_by, due + late, str(row.level))


def _named(desk: Desk, row: WaitingRow) -> tuple[str, str, str]:
    """Return step, role and due day in words; as codes when the project's policies are not here."""
    try:
        book = desk.shelf.book(Pins(plan=row.plan, ladder=row.ladder, hierarchy=row.hierarchy, calendar=row.calendar))
    except PolicyMissingError:
        return row.step, row.owner, row.due_at.isoformat(timespec="minutes") if row.due_at else "—"
    steps = {(kind, step.key): step.title for kind, listed in book.plan.procedures.items() for step in listed}
    step = next((title for (kind, key), title in steps.items() if (kind, key) == (row.kind, row.step)), None)
    title = step or Title(zh=row.step, en=row.step)
    due = moment.due(row.due_at, book.calendar) if row.due_at else "—"
    return title.text(desk.lang), book.role_title(row.owner).text(desk.lang), due
