"""The whole list of a letter as a workbook: the same list always gives the same bytes.

Every text is written as a string, never as a formula, a number or a link, whatever it begins with.
"""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import xlsxwriter

from rules.letter import Table, TableCell
from schemas.letter import Attachment

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_CREATED = datetime(2018, 1, 1)  # noqa: DTZ001 - of all lists, so that it tells nothing of when one was made
_LONGEST_CELL = 32767
_WIDEST, _NARROWEST = 60, 6
_ROWS_MEASURED = 200


def workbook(table: Table) -> Attachment:
    """Return a table as an XLSX file, with a frozen head and a filter."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": _CREATED, "title": table.title})
    text = book.add_format({"num_format": "@", "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
    whole = book.add_format({"num_format": "0", "valign": "top"})
    head = book.add_format({"bold": True, "bg_color": "#E8EDF2", "border": 1, "text_wrap": True, "valign": "vcenter"})
    sheet = book.add_worksheet(table.title)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), len(table.heads) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    for column, name in enumerate(table.heads):
        sheet.write_string(0, column, name, head)
        sheet.set_column(column, column, _width(table, column))
    for number, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                if cell:
                    sheet.write_string(number, column, cell[:_LONGEST_CELL], text)
            elif isinstance(cell, date):
                sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001 - a day
            elif cell is not None:
                sheet.write_number(number, column, cell, whole)
    book.close()
    return Attachment(name=table.name, media_type=MEDIA_TYPE, content=stream.getvalue())


def _width(table: Table, column: int) -> int:
    """Return how wide a column is: as its longest text, within reason."""
    longest = max((_columns(row[column]) for row in table.rows[:_ROWS_MEASURED]), default=0)
    return min(_WIDEST, max(_NARROWEST, longest + 2, min(18, _columns(table.heads[column]) + 4)))


def _columns(cell: TableCell) -> int:
    """Return how many columns of a screen a cell takes: two for each Chinese character."""
    if isinstance(cell, date):
        return len("2018-07-20")
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in str(cell or ""))  # noqa: PLR2004 - CJK begins there
