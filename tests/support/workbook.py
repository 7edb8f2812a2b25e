"""Reads the workbooks of letters in tests: their cells, and their first sheet as it is stored."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import python_calamine


def rows_of(content: bytes) -> list[list[Any]]:
    """Return the cells of the first sheet, row by row."""
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    return book.get_sheet_by_index(0).to_python()


def stored(content: bytes, member: str = "xl/worksheets/sheet1.xml") -> str:
    """Return a member of a workbook as it is stored."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(member).decode("utf-8")
