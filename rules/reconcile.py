"""Explains the way from the planned to the final list of tasks, line by line.

Planned less what was cancelled (by reason), rejected and merged, and with what was added, is final. The final number
is counted from the tasks that are left, everything else from what happened to them: the two must meet. Source: the
reports of the field (Chengde: 749 planned - 8 duplicates - 5 covered by another operator = 736).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from schemas.event import ChangeEffected
from schemas.reason import Param, Reason
from schemas.reconcile import BatchUnits, Group, Line, ReconcileKey, Reconciliation, TaskRow

_DIGITS: dict[ReconcileKey, int] = {"reason": 0, "county": 6, "prefecture": 4, "province": 2}
_ENDED = frozenset({"cancelled", "rejected"})
_SAME_NUMBER = ("move", "recode", "replace", "split")
_ORDER = ("planned", "cancelled", "rejected", "merged", "removed", "added", "final")


def reconcile(
    tasks: Sequence[TaskRow],
    changes: Sequence[tuple[str, ChangeEffected]],
    units: Sequence[BatchUnits] = (),
    by: ReconcileKey = "reason",
) -> Reconciliation:
    """Return the list of tasks reconciled.

    Args:
        tasks: Every task of the list, started or registered.
        changes: Changes in force, with their projects: they name the successors of villages that were split.
        units: Units of the batches among them.
        by: What to group by.
    """
    known = {row.project_id: row for row in tasks}
    added = _added(known, changes)
    groups: defaultdict[str, list[TaskRow]] = defaultdict(list)
    for row in tasks:
        groups[row.first_village_code[: _DIGITS[by]]].append(row)
    lines = [_group(key, groups[key], added) for key in sorted(groups)]
    counted = Counter(event.change.kind for _, event in changes if event.change.kind in _SAME_NUMBER)
    return Reconciliation(
        by=by,
        tasks=tuple(lines) if by != "reason" else (),
        total=_group("", tasks, added),
        units=_units(units) if units else None,
        changes=dict(sorted(counted.items())),
        problems=(*_unexplained(tasks, known), *_unstarted(known, changes), *_uneven(units)),
    )


def adds_up(found: Reconciliation) -> bool:
    """Whether every number meets and every task that left is explained."""
    groups = (*found.tasks, found.total, *([found.units] if found.units else []))
    return not found.problems and all(group.gap == 0 for group in groups)


def _group(key: str, tasks: Sequence[TaskRow], added: set[str]) -> Group:
    gone: Counter[tuple[str, str]] = Counter(_ending(row) for row in tasks if row.status in _ENDED)
    further = sum(row.project_id in added for row in tasks)
    lines = [Line(kind="planned", count=len(tasks) - further)]
    lines += [Line.model_validate({"kind": kind, "code": code, "count": -n}) for (kind, code), n in gone.items()]
    lines += [Line(kind="added", count=further)] if further else []
    return _summed(key, lines, sum(row.status not in _ENDED for row in tasks))


def _units(units: Sequence[BatchUnits]) -> Group:
    moved: Counter[str] = Counter()
    for one in units:
        moved.update(one.moved)
    lines = [Line(kind="planned", count=sum(one.planned for one in units))]
    lines += [Line(kind="removed" if n < 0 else "added", code=code, count=n) for code, n in moved.items() if n]
    return _summed("", lines, sum(one.final for one in units))


def _summed(key: str, lines: list[Line], final: int) -> Group:
    ordered = sorted(lines, key=lambda line: (_ORDER.index(line.kind), line.count, line.code))
    gap = final - sum(line.count for line in ordered)
    return Group(key=key, lines=(*ordered, Line(kind="final", count=final)), gap=gap)


def _ending(row: TaskRow) -> tuple[str, str]:
    return ("merged" if row.merged_into else row.status), row.ended_code


def _added(known: dict[str, TaskRow], changes: Iterable[tuple[str, ChangeEffected]]) -> set[str]:
    """Return the tasks that came to the list as successors of a village that was split."""
    places = {_place(row)(row.first_village_code): row.project_id for row in known.values()}
    wanted = (_place(known[one])(code) for one, event in changes if one in known for code in event.change.successors)
    return {places[place] for place in wanted if place in places}


def _place(row: TaskRow) -> Callable[[str], tuple[str, str, str, str]]:
    return lambda code: (row.programme, row.batch, row.technology, code)


def _unexplained(tasks: Iterable[TaskRow], known: dict[str, TaskRow]) -> Iterator[Reason]:
    for row in tasks:
        if row.status in _ENDED and not row.ended_code:
            yield Reason(code="reconcile.no_reason", params={"project": row.project_id})
        other = known.get(row.merged_into)
        if other and other.status in _ENDED and not other.merged_into:
            yield Reason(
                code="reconcile.merged_into_ended", params={"project": row.project_id, "into": row.merged_into}
            )


def _unstarted(known: dict[str, TaskRow], changes: Iterable[tuple[str, ChangeEffected]]) -> Iterator[Reason]:
    places = {_place(row)(row.first_village_code) for row in known.values()}
    for one, event in changes:
        for code in event.change.successors:
            if one in known and _place(known[one])(code) not in places:
                yield Reason(code="reconcile.no_successor", params={"project": one, "code": code})


def _uneven(units: Iterable[BatchUnits]) -> Iterator[Reason]:
    for one in units:
        gap = one.final - one.planned - sum(one.moved.values())
        if gap:
            params: dict[str, Param] = {
                "project": one.project_id,
                "planned": one.planned,
                "final": one.final,
                "gap": gap,
            }
            yield Reason(code="reconcile.units", params=params)
