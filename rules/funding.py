"""Adds up the money of projects, names what does not reconcile, and tells which further villages a surplus may fund.

Source: an award below budget leaves a surplus that can fund more tasks (Hainan: won 4,004.13 of 4,359 ten thousand
CNY), and surplus goes first to poor areas (工信部通信〔2018〕83号). Everything is counted in whole fen.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from rules.double_funding import ENDED_WITHOUT_RESULT, Clash
from rules.wording import money
from schemas.funding import Allocation, FundingKey, FundingReport, FundingRow
from schemas.ledger import LedgerRow
from schemas.reason import ErrorKind, Reason
from schemas.view import ProjectRow

LINES = ("central_cny", "local_cny", "own_cny", "surplus_cny")
"""Where the money of a budget comes from."""

PRIORITY = ("three-regions", "deep-poverty", "designated-county", "contiguous-area", "border", "general")
"""Priority tiers, first one first."""

_PAID = ("advance_cny", "released_cny", "paid_cny")
_COPIED = ("amount_cny", "retained_cny", *_PAID)
_SUMS = tuple(name for name in FundingRow.model_fields if name not in {"key", "projects"})
_FEN = 100
_KEYS: dict[FundingKey, Callable[[ProjectRow], str]] = {
    "project": lambda row: row.project_id,
    "county": lambda row: row.county_code,
    "prefecture": lambda row: row.county_code[:4],
    "province": lambda row: row.county_code[:2],
    "builder": lambda row: row.builder,
    "batch": lambda row: f"{row.programme} {row.batch}",
}


def report(rows: Iterable[ProjectRow], by: FundingKey) -> FundingReport:
    """Return the money of projects, grouped and added up, with everything that does not reconcile.

    Projects that ended without result are left out; that money went to one of them all the same is told. Surplus is
    one pool for each batch: what awards left, less what further villages took.
    """
    groups: defaultdict[str, list[FundingRow]] = defaultdict(list)
    pools: defaultdict[str, list[FundingRow]] = defaultdict(list)
    mismatches: list[Reason] = []
    for row in rows:
        amounts = _amounts(row)
        mismatches += _mismatches(row, amounts)
        if row.status not in ENDED_WITHOUT_RESULT:
            line = of_project(row.project_id, amounts)
            groups[_KEYS[by](row)].append(line)
            pools[_KEYS["batch"](row)].append(line)
    lines = [_added(key, groups[key]) for key in sorted(groups)]
    totals = _added("", lines)
    batches = [_added(key, pools[key]) for key in sorted(pools)]
    mismatches += (problem for batch in batches for problem in _overdrawn(batch))
    available = _yuan(sum(max(_fen(batch.left_cny) - _fen(batch.surplus_cny), 0) for batch in batches))
    return FundingReport(by=by, rows=tuple(lines), totals=totals, available_cny=available, mismatches=tuple(mismatches))


def of_project(key: str, amounts: Mapping[str, float]) -> FundingRow:
    """Return the money of one project from the amounts on its record."""
    lines = {name: amounts.get(name, 0.0) for name in LINES}
    budget = sum(_fen(amount) for amount in lines.values())
    copied = {name: amounts.get(name, 0.0) for name in _COPIED}
    contracted = budget if "amount_cny" in amounts else 0
    left = max(contracted - _fen(copied["amount_cny"]), 0)
    worked_out = {"budget_cny": budget, "contracted_cny": contracted, "left_cny": left}
    yuan = {name: _yuan(fen) for name, fen in worked_out.items()}
    return FundingRow.model_validate({"key": key, "projects": 1, **lines, **copied, **yuan})


def allocate(available: float, rows: Iterable[LedgerRow], clashes: Iterable[Clash] = ()) -> list[Allocation]:
    """Return which further villages a surplus may fund, in the order in which they are considered.

    Priority areas come first, and among equals the cheaper village, so that more of them are reached. A village that
    costs more than is left is passed over, and the next one is considered: money that lies about helps nobody.

    Args:
        available: The surplus, in CNY.
        rows: Villages of a ledger.
        clashes: Those for which a project stands already.
    """
    left, taken = _fen(available), {clash.row.row: clash for clash in clashes}
    found = []
    for row in sorted(rows, key=_turn):
        cost = _fen(row.funding_cny) if row.funding_cny is not None else 0
        reason = _not_funded(row, cost, left, taken.get(row.row))
        if reason is None:
            left -= cost
        found.append(
            Allocation(row=row, is_funded=reason is None, funding_cny=_yuan(cost), left_cny=_yuan(left), reason=reason)
        )
    return found


def _turn(row: LedgerRow) -> tuple[int, int, str, str]:
    cost = _fen(row.funding_cny) if row.funding_cny is not None else 0
    return PRIORITY.index(row.tier), cost, row.village_code, row.technology


def _not_funded(row: LedgerRow, cost: int, left: int, clash: Clash | None) -> Reason | None:
    if clash:
        return Reason(code="funding.has_project", params={"project_id": clash.project_id})
    if cost <= 0:
        return Reason(code="funding.no_amount", params={"row": row.row})
    if cost > left:
        return Reason(code="funding.not_enough", params={"needed": money(_yuan(cost)), "left": money(_yuan(left))})
    return None


def _amounts(row: ProjectRow) -> dict[str, float]:
    found: dict[str, float] = json.loads(row.money)
    return found


def _mismatches(row: ProjectRow, amounts: Mapping[str, float]) -> Iterator[Reason]:
    place = row.project_id
    paid = sum(_fen(amounts.get(name, 0.0)) for name in _PAID)
    if row.status in ENDED_WITHOUT_RESULT:
        if paid:
            yield _bad("funding.paid_without_result", place=place, paid=money(_yuan(paid)))
        return
    budget = sum(_fen(amounts.get(name, 0.0)) for name in LINES)
    stated, contract = amounts.get("budget_cny"), amounts.get("amount_cny")
    if stated is not None and _fen(stated) != budget:
        yield _bad("funding.lines_differ", place=place, lines=money(_yuan(budget)), budget=money(stated))
    if contract is not None and _fen(contract) > budget:
        yield _bad("funding.above_budget", place=place, amount=money(contract), budget=money(_yuan(budget)))
    if paid > _fen(contract or 0.0):
        amount = money(contract or 0.0)
        yield _bad("funding.above_contract", place=place, paid=money(_yuan(paid)), amount=amount)


def _overdrawn(batch: FundingRow) -> Iterator[Reason]:
    if _fen(batch.surplus_cny) > _fen(batch.left_cny):
        yield _bad("funding.overdrawn", place=batch.key, used=money(batch.surplus_cny), available=money(batch.left_cny))


def _added(key: str, rows: Iterable[FundingRow]) -> FundingRow:
    found = list(rows)
    sums = {name: _yuan(sum(_fen(getattr(row, name)) for row in found)) for name in _SUMS}
    return FundingRow.model_validate({"key": key, "projects": sum(row.projects for row in found), **sums})


def _fen(amount: object) -> int:
    return round(float(str(amount)) * _FEN)


def _yuan(fen: int) -> float:
    return fen / _FEN


def _bad(code: str, **params: str) -> Reason:
    return Reason(code=code, params=dict(params), kind=ErrorKind.INVALID)
