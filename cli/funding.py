"""`funding`: the money of projects added up and reconciled, and which further villages a surplus may fund."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli.desk import PROBLEMS, Desk, Shared
from cli.start import show_problems
from infra.db.registry import Registry
from infra.files.ledger import read_ledger
from rules import funding
from rules.text import render
from rules.wording import money
from schemas.funding import Allocation, FundingKey, FundingReport, FundingRow
from schemas.reason import ErrorKind, Refusal
from schemas.view import ProjectFilter, ProjectRow

_PAGE = 5000
_SHOWN = 200
_COLUMNS = (
    *funding.LINES,
    "budget_cny",
    "amount_cny",
    "left_cny",
    "retained_cny",
    "advance_cny",
    "released_cny",
    "paid_cny",
)


def show(
    *,
    by: Annotated[
        FundingKey, Parameter(help="分组 / group by: project, county, prefecture, province, builder, batch")
    ] = "batch",
    area: Annotated[str, Parameter(help="区划代码前缀 / code prefix, 2-12 digits")] = "",
    batch: Annotated[str, Parameter(help="批次 / batch")] = "",
    shared: Shared | None = None,
) -> int:
    """Add up the money of projects; the lines add up to the last one, and what does not reconcile is named."""
    desk = Desk(shared)
    found = _report(desk, by, ProjectFilter(area=area, batch=batch))
    heads = ("group", "projects", *_COLUMNS)
    *rows, totals = [_line(row) for row in (*found.rows, found.totals)]
    totals[0] = desk.say("column.totals")
    desk.table([f"funding.column.{name}" for name in heads], rows, totals)
    count, available = len(found.mismatches), money(found.available_cny)
    if not count:
        desk.line("funding.reconciles", projects=found.totals.projects, available=available)
        return desk.answer(found)
    for reason in found.mismatches[:_SHOWN]:
        desk.errors.print(f"✗ {render(reason, desk.lang)}")
    desk.note("funding.differs", projects=found.totals.projects, count=count, available=available)
    return desk.answer(found, PROBLEMS)


def allocate(
    file: Annotated[Path, Parameter(help="台账文件 / ledger file, .csv or .xlsx")],
    /,
    *,
    batch: Annotated[str, Parameter(help="结余所在批次 / batch that has the surplus")],
    area: Annotated[str, Parameter(help="区划代码前缀 / code prefix, 2-12 digits")] = "",
    programme: Annotated[str, Parameter(help="项目类别代码 / code of the programme")] = "US",
    shared: Shared | None = None,
) -> int:
    """Preview which villages of a ledger without a project the surplus of a batch can fund."""
    desk = Desk(shared)
    ledger = read_ledger(file)
    if ledger.problems:
        return show_problems(desk, ledger)
    found = _report(desk, "batch", ProjectFilter(area=area, batch=batch))
    rows = [row for row in ledger.rows if row.village_code.startswith(area)]
    allocated = funding.allocate(found.available_cny, rows, Registry(desk.records).clashes(rows, programme))
    names = ("row", "place", "tier", "funding_cny", "left_after", "outcome")
    desk.table([f"funding.column.{name}" for name in names], _outcomes(desk, allocated))
    funded = [one for one in allocated if one.is_funded]
    left = found.available_cny - sum(one.funding_cny for one in funded)
    told = {"available": money(found.available_cny), "left": money(left)}
    desk.line("funding.allocated", funded=len(funded), total=len(allocated), **told)
    answer = {"batch": batch, "available_cny": found.available_cny, "left_cny": round(left, 2)}
    return desk.answer({**answer, "villages": allocated})


def _report(desk: Desk, by: FundingKey, wanted: ProjectFilter) -> FundingReport:
    now, rows = datetime.now(UTC), list[ProjectRow]()
    while page := desk.views.projects(wanted, now=now, limit=_PAGE, after=rows[-1].project_id if rows else ""):
        rows += page
    if not rows:
        raise Refusal("funding.no_projects", ErrorKind.NOT_FOUND)
    return funding.report(rows, by)


def _line(row: FundingRow) -> list[str]:
    return [row.key, str(row.projects), *(money(getattr(row, name)) for name in _COLUMNS)]


def _outcomes(desk: Desk, allocated: Iterable[Allocation]) -> Iterable[tuple[str, ...]]:
    for one in allocated:
        outcome = render(one.reason, desk.lang) if one.reason else desk.say("funding.yes")
        amounts = (money(one.funding_cny), money(one.left_cny))
        yield str(one.row.row), one.row.place, desk.word("tier", one.row.tier), *amounts, outcome
