"""Writes a ledger as CSV or XLSX, row by row: what `infra.files.ledger` reads back as the same rows."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

from rules import ledger_words as words
from rules.ledger_columns import COLUMNS
from rules.ledger_words import Vocabulary
from schemas.ledger import LedgerRow
from schemas.reason import ErrorKind, Refusal

if TYPE_CHECKING:
    from rules.ledger_cells import Cell

SUFFIXES = (".csv", ".xlsx")
INVENTED_MARK = "(合成数据)"


def _first_words(vocabulary: Vocabulary[object]) -> dict[object, str]:
    return {value: synonyms.split()[0] for value, synonyms in vocabulary.words}


_WORDS = {
    "technology": _first_words(words.TECHNOLOGY),  # type: ignore[arg-type] # any vocabulary will do
    "tier": _first_words(words.TIER),  # type: ignore[arg-type] # the same
    "fibre_status": _first_words(words.NETWORK_STATUS),  # type: ignore[arg-type] # the same
    "g4_status": _first_words(words.NETWORK_STATUS),  # type: ignore[arg-type] # the same
    "is_poor_village": _first_words(words.CLAIM),  # type: ignore[arg-type] # the same
}


def write_ledger(
    rows: Iterable[LedgerRow], path: Path, invented: Collection[str] = (), notes: Iterable[str] = ()
) -> int:
    """Write a ledger and return the number of its rows; the suffix of the file decides its format.

    Args:
        rows: The rows; their own row numbers play no part.
        path: The file, replaced when it is there.
        invented: Fields whose heading says that they are synthetic.
        notes: Lines of a sheet of notes, in a workbook.

    Raises:
        Refusal: The suffix is none of `SUFFIXES` (`INVALID`), or the file cannot be written (`UNAVAILABLE`).
    """
    headings = [f"{column.title.zh}{INVENTED_MARK if column.key in invented else ''}" for column in COLUMNS]
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise Refusal("output.suffix", ErrorKind.INVALID, file=str(path), known=", ".join(SUFFIXES))
    table = ([_cell(row, column.key) for column in COLUMNS] for row in rows)
    with _told(path):
        return _csv(headings, table, path) if suffix == ".csv" else _xlsx(headings, table, path, notes)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise Refusal("output.not_written", ErrorKind.UNAVAILABLE, file=str(path), detail=str(error)) from error


def _cell(row: LedgerRow, key: str) -> Cell:
    value = getattr(row, key)
    if key in _WORDS and value is not None:
        return _WORDS[key][value]
    return float(value) if isinstance(value, Decimal) else value


def _csv(headings: list[str], table: Iterable[list[Cell]], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:  # with the mark that Excel needs to see Chinese
        writer = csv.writer(stream)
        writer.writerow(headings)
        for count, cells in enumerate(table, 1):  # noqa: B007 - the last one is the number of rows
            writer.writerow(cells)
    return count


def _xlsx(headings: list[str], table: Iterable[list[Cell]], path: Path, notes: Iterable[str]) -> int:
    with path.open("wb") as stream:
        # In constant memory every row is on disk before the next one is made.
        book = xlsxwriter.Workbook(stream, {"constant_memory": True})
        book.set_properties({"created": datetime(2018, 10, 31)})  # noqa: DTZ001 - the same ledger gives the same bytes
        count = _fill(book, headings, table)
        said = book.add_worksheet("说明")
        said.set_column(0, 0, 120)
        for number, note in enumerate(notes):
            said.write_string(number, 0, note)
        book.close()
    return count


def _fill(book: xlsxwriter.Workbook, headings: list[str], table: Iterable[list[Cell]]) -> int:
    sheet = book.add_worksheet("台账")
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, max(10, 2 * len(heading)))
        sheet.write_string(0, column, heading, bold)
    count = 0
    for count, cells in enumerate(table, 1):
        for column, value in enumerate(cells):
            if isinstance(value, date):
                sheet.write_datetime(count, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - a day
            elif isinstance(value, int | float):
                sheet.write_number(count, column, value)
            elif value:
                sheet.write_string(count, column, str(value), text)
    return count
