"""`reconcile`: the way from the planned to the final list of tasks, line by line; it adds up, or says where not."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from cli.desk import DONE, PROBLEMS, Desk, Shared
from infra.db.matters import Matters
from infra.db.policies import Policies
from rules import reconcile as rules
from rules.policy import parse
from rules.text import render
from schemas.message import Title
from schemas.plan import Plan
from schemas.reconcile import Group, Line, LineKind, ReconcileKey

_SUMS: tuple[LineKind, ...] = ("planned", "cancelled", "rejected", "merged", "added", "final")
_PROBLEMS_SHOWN = 20


def reconcile(
    *,
    batch: Annotated[str, Parameter(help="批次 / batch")] = "",
    area: Annotated[str, Parameter(help="行政区划代码开头 / prefix of the village code as planned")] = "",
    by: Annotated[ReconcileKey, Parameter(help="分组 / group by: reason, county, prefecture, province")] = "reason",
    shared: Shared | None = None,
) -> int:
    """Explain the way from the planned to the final list of tasks."""
    desk = Desk(shared)
    records = Matters(desk.records)
    found = rules.reconcile(
        records.tasks(batch=batch, area=area),
        records.changes(batch=batch, area=area),
        records.units(batch=batch, area=area),
        by,
    )
    if not desk.json:
        titles = _titles(desk)
        if by == "reason":
            _draw_lines(desk, found.total, titles)
        else:
            _draw_groups(desk, found.tasks, found.total, by)
        if found.units:
            desk.line("reconcile.units_of_batches")
            _draw_lines(desk, found.units, titles)
        for kind, count in found.changes.items():
            desk.line("reconcile.same_number", kind=desk.word("change", kind), count=count)
        for problem in found.problems[:_PROBLEMS_SHOWN]:
            desk.print(f"✗ {render(problem, desk.lang)}")
    is_even = rules.adds_up(found)
    desk.line("reconcile.adds_up" if is_even else "reconcile.does_not", count=len(found.problems))
    return desk.answer(found, DONE if is_even else PROBLEMS)


def _draw_lines(desk: Desk, group: Group, titles: dict[str, Title]) -> None:
    *rows, final = [_told(desk, line, titles) for line in group.lines]
    desk.table(["column.line", "column.reason", "column.count"], rows, final)


def _told(desk: Desk, line: Line, titles: dict[str, Title]) -> tuple[str, str, str]:
    title = titles.get(line.code)
    reason = f"{title.text(desk.lang)} ({line.code})" if title else line.code
    return desk.say(f"reconcile.{line.kind}"), reason, f"{line.count:+d}" if line.kind not in _ENDS else str(line.count)


_ENDS = ("planned", "final")


def _draw_groups(desk: Desk, groups: tuple[Group, ...], total: Group, by: ReconcileKey) -> None:
    codes = [f"column.{by}", *(f"reconcile.{kind}" for kind in _SUMS)]
    rows = [(group.key, *_sums(group)) for group in groups]
    desk.table(codes, rows, (desk.say("column.totals"), *_sums(total)))


def _sums(group: Group) -> list[str]:
    return [str(sum(line.count for line in group.lines if line.kind == kind)) for kind in _SUMS]


def _titles(desk: Desk) -> dict[str, Title]:
    """Return the names of reasons by code, from every published plan; the latest one names it."""
    plans = [parse(raw) for raw in Policies(desk.records).documents() if raw["kind"] == "plan"]
    groups = (group for plan in plans if isinstance(plan, Plan) for group in plan.reasons.values())
    return {reason.code: reason.title for group in groups for reason in group}
