"""Reads a ledger file: which bytes, which table, which heading row; what a row may hold is told by `rules.ledger`.

Nothing is changed in the file and nothing is half accepted here: the caller gets every good row and every problem.
"""

from __future__ import annotations

import hashlib
from itertools import chain, dropwhile, islice
from typing import TYPE_CHECKING, NamedTuple

from infra.files.source import read_source
from infra.files.text_table import decode, text_rows
from infra.files.workbook import OLE_MAGIC, ZIP_MAGIC, Sheet, read_sheets
from rules.ledger import RawRow, check_rows
from rules.ledger_cells import is_blank, plain, shown
from rules.ledger_columns import COLUMNS, Layout, layout_problems, read_layout
from schemas.ledger import LedgerFile, Problem
from schemas.reason import ErrorKind, Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from rules.ledger_cells import Cell

HEADING_DEPTH = 20
"""Titles and notes may stand above the headings, but not more than this many rows down."""

_REQUIRED = frozenset(column.key for column in COLUMNS if column.is_required)


class _Table(NamedTuple):
    """A sheet or CSV whose headings have been looked for."""

    sheet: str
    heading_row: int
    layout: Layout
    data: Iterator[tuple[int, Sequence[Cell]]]

    @property
    def is_complete(self) -> bool:
        return self.layout.positions.keys() >= _REQUIRED


def read_ledger(path: Path) -> LedgerFile:
    """Read a ledger from CSV (UTF-8, UTF-16 with mark, GB18030) or XLSX; content decides, not the file's suffix.

    Headings may be Chinese or English, in any order, below a title; of a workbook the first visible sheet counts that
    has all required headings.

    Returns:
        Every good row and every problem, with row numbers and headings as in the file.

    Raises:
        Refusal: The file is missing (`NOT_FOUND`), or no table can be read from it at all (`INVALID`).
    """
    data = read_source(path)
    if not data.strip():
        raise Refusal("ledger.empty_file", ErrorKind.INVALID, file=str(path))
    encoding, sheets = _open(data, str(path))
    table = _choose(sheets, str(path))
    place = f"{path.name} / {table.sheet}" if table.sheet else path.name
    problems = layout_problems(table.layout, place, table.heading_row)
    report = LedgerFile(
        name=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=encoding,
        sheet=table.sheet,
        heading_row=table.heading_row,
        ignored_columns=table.layout.ignored,
    )
    if problems:
        # Without its columns each row would be wrong in the same way; one problem says it better than thousands.
        data_rows = sum(1 for _ in table.data)
        return report.model_copy(update={"data_rows": data_rows, "problems": tuple(problems)})
    return _check(report, table, place)


def _open(data: bytes, file: str) -> tuple[str, Iterable[Sheet]]:
    if data.startswith(OLE_MAGIC):
        raise Refusal("ledger.old_excel", ErrorKind.INVALID, file=file)
    if data.startswith(ZIP_MAGIC):
        return "xlsx", read_sheets(data, file)
    encoding, text = decode(data, file)
    return encoding, [Sheet("", text_rows(text, file))]


def _choose(sheets: Iterable[Sheet], file: str) -> _Table:
    # The first sheet with all the headings; else the one that comes nearest, so that its problems make sense.
    best: _Table | None = None
    for sheet in sheets:
        table = _find_headings(sheet)
        if table is None:
            continue
        if best is None or len(table.layout.positions) > len(best.layout.positions):
            best = table
        if best.is_complete:
            break
    if best is None:
        raise Refusal("ledger.empty_file", ErrorKind.INVALID, file=file)
    return best


def _find_headings(sheet: Sheet) -> _Table | None:
    rows = dropwhile(lambda numbered: _is_empty(numbered[1]), enumerate(sheet.rows, 1))
    head = list(islice(rows, HEADING_DEPTH))
    if not head:
        return None
    layouts = [(number, read_layout([plain(cell) for cell in row])) for number, row in head]
    # max() keeps the first of equals, so a file without any known heading is judged by its first filled row.
    number, layout = max(layouts, key=lambda found: len(found[1].positions))
    below = chain((numbered for numbered in head if numbered[0] > number), rows)
    return _Table(sheet.name, number, layout, (numbered for numbered in below if not _is_empty(numbered[1])))


def _is_empty(row: Sequence[Cell]) -> bool:
    return all(map(is_blank, row))


def _raw_rows(table: _Table) -> Iterator[RawRow]:
    positions = table.layout.positions.items()
    width = len(table.layout.headings)
    for number, row in table.data:
        cells = {key: row[position] for key, position in positions if position < len(row)}
        yield RawRow(number, cells, next((cell for cell in row[width:] if not is_blank(cell)), None))


def _check(report: LedgerFile, table: _Table, place: str) -> LedgerFile:
    checked = check_rows(_raw_rows(table))
    if not checked.total:
        reason = Reason(code="ledger.no_rows", kind=ErrorKind.INVALID)
        nothing = Problem(place=place, row=table.heading_row, reason=reason)
        return report.model_copy(update={"problems": (nothing,)})
    headings = {key: shown(table.layout.headings[position]) for key, position in table.layout.positions.items()}
    problems = tuple(
        found.model_copy(update={"place": place, "column": headings.get(found.column, found.column)})
        for found in checked.problems
    )
    return report.model_copy(update={"data_rows": checked.total, "rows": checked.rows, "problems": problems})
