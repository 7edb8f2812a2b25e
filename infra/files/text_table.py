"""Reads a CSV: finds its encoding strictly, its delimiter by counting, and never swallows half a file.

A wrong guess at an encoding turns names into other, valid-looking names; so nothing is decoded with replacements.
"""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING

from infra.files.source import MAX_ROWS
from schemas.reason import ErrorKind, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

_DELIMITERS = ",\t;"
_HEAD = 8192
_UTF8_EVIDENCE = 4
_THREE_BYTES = 0x800
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes, file: str) -> tuple[str, str]:
    """Return the encoding and the text: by byte order mark, else UTF-8, else GB18030, each without any error.

    Raises:
        Refusal: It is none of these (with the line where it breaks), or no text at all.
    """
    if data.startswith(_UTF32):
        raise Refusal("ledger.unreadable_encoding", ErrorKind.INVALID, file=file, line=1)
    if data.startswith(_UTF16):
        return "utf-16", _strict(data, "utf-16", file)
    if b"\0" in data:
        raise Refusal("ledger.not_a_spreadsheet", ErrorKind.INVALID, file=file)
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", _strict(data, "utf-8-sig", file)
    try:
        return "utf-8", data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_broken_utf8(data[: error.start]):
            raise _unreadable(data, error.start, file) from error
        return "gb18030", _strict(data, "gb18030", file)


def text_rows(text: str, file: str) -> Iterator[list[str]]:
    """Yield every record of a CSV, blank ones too, so that counting them gives the row number.

    Raises:
        Refusal: There are more rows than a sheet can hold, a quotation mark is not closed, or a cell is longer than
            any cell can be.
    """
    head = text[:_HEAD]
    delimiter = max(_DELIMITERS, key=head.count)
    # Counted first where there may be too many: nobody should wait for a million rows to be checked, then be refused.
    if text.count("\n") + text.count("\r") > MAX_ROWS and sum(1 for _ in _records(text, delimiter, file)) > MAX_ROWS:
        raise Refusal("ledger.too_many_rows", ErrorKind.INVALID, file=file, limit=MAX_ROWS)
    yield from _records(text, delimiter, file)


def _records(text: str, delimiter: str, file: str) -> Iterator[list[str]]:
    # Strict: otherwise an unclosed quotation mark would silently make one cell of all the rows after it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise Refusal("ledger.broken_csv", ErrorKind.INVALID, file=file, line=reader.line_num) from error


def _strict(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unreadable(data, error.start, file) from error


def _is_broken_utf8(before: bytes) -> bool:
    # Bytes in GB18030 do not form several Chinese characters of UTF-8 by accident: such a file is UTF-8, and damaged.
    return sum(ord(char) >= _THREE_BYTES for char in before.decode("utf-8")) >= _UTF8_EVIDENCE


def _unreadable(data: bytes, position: int, file: str) -> Refusal:
    line = data.count(b"\n", 0, position) + 1
    return Refusal("ledger.unreadable_encoding", ErrorKind.INVALID, file=file, line=line)
