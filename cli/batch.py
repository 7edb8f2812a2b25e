"""`batch start PLAN`: one project for a whole list of units, held against the milestones of its plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from cyclopts import Parameter

from cli.desk import Desk, Shared
from cli.start import check_authority, launch, tree_policies
from infra.db.registry import project_of
from infra.files.policies import default_pins, newest
from rules import ledger_cells
from rules.ledger_cells import BadCell, narrow, shown
from schemas.ledger import LedgerRow
from schemas.plan import Plan
from schemas.reason import ErrorKind, Refusal

_AREA = re.compile(r"[0-9]{2,12}")
_DIGITS = 12


async def start(
    plan: Annotated[str, Parameter(help="方案名称 / name of the plan: monthly-targets")],
    /,
    *,
    area: Annotated[str, Parameter(help="区划代码，2 至 12 位 / code of the area, 2-12 digits")],
    name: Annotated[str, Parameter(help="名称 / name")],
    builder: Annotated[str, Parameter(help="承建单位 / builder")],
    batch: Annotated[str, Parameter(help="批次 / batch, for example 2017-1")],
    programme: Annotated[str, Parameter(help="项目类别代码 / code of the programme")] = "US",
    calendar: Annotated[str, Parameter(help="工作日历 / calendar: china, compressed")] = "china",
    day_seconds: Annotated[float | None, Parameter(help="压缩日历一天的秒数 / seconds of a compressed day")] = None,
    dry_run: Annotated[bool, Parameter(negative=(), help="只检查不启动 / check only, start nothing")] = False,
    shared: Shared | None = None,
) -> int:
    """Start the project of a batch; running it again starts nothing twice."""
    desk = Desk(shared)
    row = LedgerRow(
        row=1,
        village_code=_area(area),
        village_name=_told("name", name, ledger_cells.text_of),
        county="",
        technology="batch",
        batch=_told("batch", batch, ledger_cells.text_of),
        builder=_told("builder", builder, ledger_cells.builder),
    )
    actor, policies = desk.actor(), tree_policies(calendar, day_seconds)
    document = newest(policies, Plan, plan)[1]
    if document.technology != "batch":
        raise Refusal("batch.other_plan", ErrorKind.INVALID, plan=document.title, name=document.name)
    pins = {"batch": default_pins(policies, plan, calendar)}
    with desk.refusals.kept(actor.person_id, "start", is_wanted=not dry_run):
        check_authority([project_of("-", row, programme)], policies, pins, actor)
    if dry_run:
        desk.line("batch.checked", plan=document.title, name=row.village_name, code=row.village_code)
        return desk.answer({"started": 0})
    (project_id,), new = await launch(desk, [row], programme, policies, pins)
    desk.line("batch.started" if new else "batch.known", project_id=project_id, name=row.village_name)
    return desk.answer({"started": new, "project": project_id})


def _area(code: str) -> str:
    """Return the code of an area as that of a village: filled up with zeros."""
    digits = narrow(code)
    if not _AREA.fullmatch(digits):
        raise Refusal("batch.bad_option", ErrorKind.INVALID, option="--area", value=shown(code))
    return digits.ljust(_DIGITS, "0")


def _told(option: str, value: str, read: Callable[[str], str]) -> str:
    """Return what an option says, read as the same cell of a ledger would be."""
    try:
        told = read(value)
    except BadCell:
        told = ""
    if not told:
        raise Refusal("batch.bad_option", ErrorKind.INVALID, option=f"--{option}", value=shown(value))
    return told
