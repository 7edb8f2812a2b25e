"""One row of a ledger: raw cells become a `LedgerRow`, or problems that say which rule is broken and what to do.

Pure: knows nothing of files. `rules.ledger_columns` knows the headings, `rules.ledger_cells` the single cell;
here are the rules between cells (required, priority) and between rows (one village and technology, one row).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from rules import ledger_cells
from rules.ledger_cells import BadCell, Cell, is_blank, shown
from rules.ledger_columns import COLUMNS
from rules.village_code import county_of, is_county, is_in_three_regions, place_code
from schemas.ledger import LedgerRow, Problem
from schemas.reason import ErrorKind, Param, Reason

_READERS: dict[str, Callable[[Cell], object]] = {
    "village_code": place_code,
    "technology": ledger_cells.technology,
    "tier": ledger_cells.tier,
    "builder": ledger_cells.builder,
    "fibre_status": ledger_cells.network_status,
    "g4_status": ledger_cells.network_status,
    "is_poor_village": ledger_cells.claim,
    "households": ledger_cells.households,
    "funding_cny": ledger_cells.funding_cny,
    "planned_finish_on": ledger_cells.day,
}
_PLAN = tuple((column.key, column.is_required, _READERS.get(column.key, ledger_cells.text_of)) for column in COLUMNS)
MEASURES = "measures"
"""The returns of a county; its code stands where that of a village does."""

LAYERS: Mapping[str, tuple[str, ...]] = {
    "fibre": ("fibre",),
    "4g": ("4g",),
    "both": ("fibre", "4g"),
    MEASURES: (MEASURES,),
}
"""What each technology is about; the same may not be built, or paid for, or asked for, twice in one place."""

PROBLEM_LIMIT = 200_000
"""Enough for one problem in every row of the national ledger; what lies beyond is counted, not kept."""


class RawRow(NamedTuple):
    """A row as read.

    Attributes:
        number: Row number in the file.
        cells: Cells by column key; absent columns are simply not there.
        beyond: First filled cell to the right of the last heading, if any.
    """

    number: int
    cells: Mapping[str, Cell]
    beyond: Cell = None


class CheckedRow(NamedTuple):
    """What became of a row.

    Attributes:
        row: The row in one notation; None when it has problems.
        problems: What must be put right; the columns are named by key and the place is still empty.
        village_code: The code, when that cell is good even if another is not.
        technology: The technology, likewise.
    """

    row: LedgerRow | None
    problems: tuple[Problem, ...]
    village_code: str = ""
    technology: str = ""


class CheckedRows(NamedTuple):
    """What became of all rows of a file: each one is either in `rows` or has a problem.

    Attributes:
        total: Number of rows checked.
        rows: The good rows, in the order of the file.
        problems: What must be put right, in the order of the file.
    """

    total: int
    rows: tuple[LedgerRow, ...]
    problems: tuple[Problem, ...]


def check_row(raw: RawRow) -> CheckedRow:
    """Check one row by itself.

    Every bad cell is told, not only the first. Blank cells of columns that are not required take their default.
    """
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for key, is_required, read in _PLAN:
        cell = raw.cells.get(key)
        if is_blank(cell):
            if is_required:
                problems.append(_problem(raw, key, "ledger.missing_value"))
            continue
        try:
            values[key] = read(cell)
        except BadCell as bad:
            problems.append(_problem(raw, key, bad.code, bad.suggestion, **bad.params))
    code, technology = str(values.get("village_code", "")), str(values.get("technology", ""))
    if values.get("tier") == "three-regions" and code and not is_in_three_regions(code):
        problems.append(_problem(raw, "tier", "ledger.tier_contradiction", village_code=code))
    if code and technology and is_county(code) != (technology == MEASURES):
        problems.append(_wrong_place(raw, code, technology))
    if not is_blank(raw.beyond):
        reason = _reason("ledger.too_many_cells")
        problems.append(Problem(place="", row=raw.number, value=shown(raw.beyond), reason=reason))
    row = None if problems else LedgerRow.model_validate({"row": raw.number, **values})
    return CheckedRow(row, tuple(problems), code, technology)


def check_rows(rows: Iterable[RawRow]) -> CheckedRows:
    """Check all rows of a file, each by itself and against those before it.

    Problems beyond `PROBLEM_LIMIT` are told as one problem with their number.

    The same village may stand in two rows only for two technologies: `both` next to `fibre` or `4g` would build, and
    pay for, the same thing twice. The first row is kept, the later one is told.
    """
    total = beyond = 0
    good: list[LedgerRow] = []
    problems: list[Problem] = []
    first_row: dict[tuple[str, str], int] = {}
    for raw in rows:
        total += 1
        checked = check_row(raw)
        found = list(checked.problems)
        first = _claim_village(first_row, checked, raw.number)
        if first:
            found.append(_problem(raw, "village_code", "ledger.duplicate_code", first=first))
        elif checked.row is not None:
            good.append(checked.row)
        room = PROBLEM_LIMIT - len(problems)
        problems.extend(found[:room])
        beyond += max(len(found) - room, 0)
    if beyond:
        problems.append(Problem(place="", reason=_reason("ledger.more_problems", more=beyond)))
    return CheckedRows(total, tuple(good), tuple(problems))


def _problem(raw: RawRow, key: str, code: str, suggestion: str = "", **params: Param) -> Problem:
    return Problem(
        place="",
        row=raw.number,
        column=key,
        value=shown(raw.cells.get(key)),
        reason=_reason(code, **params),
        suggestion=suggestion,
    )


def _wrong_place(raw: RawRow, code: str, technology: str) -> Problem:
    """Return the problem of a row that names a village where a county is meant, or the other way round."""
    if technology == MEASURES:
        return _problem(raw, "village_code", "ledger.code_not_county", county_of(code))
    return _problem(raw, "village_code", "ledger.code_not_village")


def _reason(code: str, **params: Param) -> Reason:
    return Reason(code=code, params=params, kind=ErrorKind.INVALID)


def _claim_village(first_row: dict[tuple[str, str], int], checked: CheckedRow, number: int) -> int:
    # Returns the row that stands for the same village and technology already, or 0.
    if not checked.village_code:
        return 0
    keys = [(checked.village_code, layer) for layer in LAYERS.get(checked.technology, ())]
    earlier = [first_row[key] for key in keys if key in first_row]
    if not earlier:
        first_row.update(dict.fromkeys(keys, number))
    return min(earlier, default=0)
