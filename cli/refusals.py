"""`refusals list`: commands that the rules refused, for auditors and for people who wonder."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter, validators

from cli.desk import Desk, Shared
from cli.people import shown, since
from rules.text import render
from schemas.reason import Reason
from schemas.refusal import RefusalRow


def list_(
    *,
    project: Annotated[str, Parameter(help="项目编号 / project id")] = "",
    person: Annotated[str, Parameter(help="人员编号 / person id")] = "",
    since_: Annotated[str, Parameter(name="--since", help="起始日期 / from this day on, 2018-09-20")] = "",
    limit: Annotated[
        int, Parameter(help="最多条数 / at most so many, 1-1000", validator=validators.Number(gte=1, lte=1000))
    ] = 50,
    shared: Shared | None = None,
) -> int:
    """List commands that were refused, the latest first."""
    desk = Desk(shared)
    begins = since(since_) if since_ else None
    found = desk.refusals.rows(project_id=project, person_id=person, since=begins, limit=limit)
    rows = [row.model_copy(update={"message": _words(row, desk.lang)}) for row in found]
    names = ("at", "id", "asked_by", "act", "reason")
    told = [
        (shown(row.at), row.project_id or "—", row.person_id, desk.word("act", row.act), row.message) for row in rows
    ]
    desk.table([f"column.{name}" for name in names], told)
    desk.line("refusals.listed", count=len(rows))
    return desk.answer({"refusals": rows})


def _words(row: RefusalRow, lang: str) -> str:
    """Return the reason in words; code and values when an older version had other words for it."""
    try:
        return render(Reason(code=row.code, params=row.params), lang)
    except KeyError:
        return f"{row.code} {row.params}"
