"""Reads an XLSX workbook, after making sure that reading it cannot take all the memory of the machine.

The parser builds a dense table in one piece and ends the whole process when that does not fit, so a single stray cell
far outside the data would take a worker down. All limits are therefore checked on the archive, before parsing. That
covers what spreadsheet programs write; it is no sandbox against XML made by hand to deceive it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from infra.files.source import MAX_ROWS
from schemas.reason import ErrorKind, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rules.ledger_cells import Cell

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
MAX_UNPACKED = 1_000_000_000
MAX_RATIO = 100
MAX_ENTRIES = 200
MAX_CELLS = 30_000_000

_CHUNK = 1 << 20
_OVERLAP = 64
_COLUMN = re.compile(rb""" r=["']([A-Z]{1,3})[0-9]""")
_HIGH_ROW = re.compile(rb""" r=["'][A-Z]*([0-9]{7,})["']""")
_ROW = re.compile(rb""" r=["'][A-Z]*([0-9]+)["']""")
_ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class Sheet(NamedTuple):
    """A visible sheet and its rows from the first one on, blank ones too."""

    name: str
    rows: Iterable[Sequence[Cell]]


def read_sheets(data: bytes, file: str) -> Iterator[Sheet]:
    """Yield the visible sheets of a workbook one after another; the next is only parsed when asked for.

    Raises:
        Refusal: It is not an XLSX workbook, is damaged or protected, or exceeds a limit.
    """
    _check_archive(data, file)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for meta in book.sheets_metadata:
                if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible:
                    yield Sheet(meta.name, book.get_sheet_by_name(meta.name).iter_rows())
    except CalamineError as error:
        raise Refusal("ledger.broken_workbook", ErrorKind.INVALID, file=file) from error


def _check_archive(data: bytes, file: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise Refusal("ledger.not_a_spreadsheet", ErrorKind.INVALID, file=file)
            _check_size(entries, len(data), file)
            # Every part: a workbook may keep its sheets under any name.
            for entry in entries:
                _check_extent(archive, entry, file)
    except _ARCHIVE_ERRORS as error:
        raise Refusal("ledger.broken_workbook", ErrorKind.INVALID, file=file) from error


def _check_size(entries: list[zipfile.ZipInfo], packed: int, file: str) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * packed:
        raise Refusal(
            "ledger.archive_limit",
            ErrorKind.INVALID,
            file=file,
            entries=len(entries),
            max_entries=MAX_ENTRIES,
            unpacked_mb=unpacked // 1_000_000,
            max_unpacked_mb=MAX_UNPACKED // 1_000_000,
            ratio=unpacked // packed,
            max_ratio=MAX_RATIO,
        )


def _check_extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str) -> None:
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    for chunk in _chunks(archive, entry):
        columns.update(_COLUMN.findall(chunk))
        rows.update(_HIGH_ROW.findall(chunk))
    width = max(map(_column_number, columns), default=0)
    # Only a wide sheet can exceed the number of cells with rows within their limit; then every row number counts.
    if width * MAX_ROWS > MAX_CELLS:
        for chunk in _chunks(archive, entry):
            rows.update(_ROW.findall(chunk))
    height = max(map(int, rows), default=0)
    if height > MAX_ROWS:
        raise Refusal("ledger.too_many_rows", ErrorKind.INVALID, file=file, limit=MAX_ROWS)
    if width * height > MAX_CELLS:
        raise Refusal("ledger.stray_cell", ErrorKind.INVALID, file=file, rows=height, columns=width, limit=MAX_CELLS)


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    # The overlap keeps a cell reference whole that lies across two chunks.
    tail = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-_OVERLAP:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
