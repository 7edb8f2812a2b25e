"""The columns of a ledger: their headings in Chinese and English, and which of them a file must have.

Knows words only. What may stand below a heading is the matter of `rules.ledger`.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from rules.ledger_cells import shown
from schemas.ledger import Problem
from schemas.message import Title
from schemas.reason import ErrorKind, Param, Reason

_NOTE = re.compile(r"\([^()]*\)")
_BLANK = re.compile(r"[\s_\-]+")
_LARGE_UNIT = re.compile(r"[百千万亿]|thousand|million|billion")
_NEAR = 0.6
HEADING_LIMIT = 60
FOUND_LIMIT = 400


class Column(NamedTuple):
    """A column of the ledger.

    Attributes:
        key: Field of `LedgerRow`.
        title: Heading to propose, in both languages.
        is_required: Whether a file without it is refused; its cells must then be filled in too.
        synonyms: Further headings under which it is known.
    """

    key: str
    title: Title
    is_required: bool
    synonyms: tuple[str, ...]


def _column(key: str, zh: str, *synonyms: str, required: bool = False) -> Column:
    return Column(key, Title(zh=zh, en=key), required, synonyms)


COLUMNS: tuple[Column, ...] = (
    _column(
        *("village_code", "行政村代码", "村代码", "行政村编码", "村编码", "村级代码", "12位代码", "十二位代码"),
        *("统计用区划代码", "区划代码", "行政区划代码", "village code", "village code12", "code"),
        required=True,
    ),
    _column(
        *("village_name", "行政村名称", "行政村", "村名", "村名称", "村委会", "村委会名称", "村", "village", "name"),
        required=True,
    ),
    _column("township", "乡镇", "乡镇名称", "乡", "乡镇街道", "所属乡镇", "所在乡镇", "town", "township name"),
    _column(
        *("county", "县", "县名", "县名称", "区县", "县区", "县市", "县市区", "所属县", "所在县", "county name"),
        required=True,
    ),
    _column(
        *("prefecture", "市州", "市", "州", "地市", "州市", "地市州"),
        *("市名称", "州名称", "所属市州", "试点地市", "city"),
    ),
    _column("province", "省", "省份", "省名", "省名称", "province name"),
    _column(
        *("technology", "建设技术", "技术", "建设内容", "建设方式", "接入方式", "建设类型", "任务类型", "tech"),
        required=True,
    ),
    _column("batch", "批次", "任务批次", "试点批次", "年度批次", "建设批次", "batch no", required=True),
    _column(
        *("tier", "优先类别", "优先级", "优先等级", "地区类型", "区域类型", "贫困地区类型"),
        *("priority", "priority tier"),
    ),
    _column(
        *("builder", "承建单位代码", "承建单位", "承建企业", "承建企业代码", "建设单位", "建设单位代码", "实施企业"),
        *("运营商", "基础电信企业", "operator", "carrier", "builder code"),
        required=True,
    ),
    _column(
        *("fibre_status", "光纤状态", "通光纤状态", "光纤通达状态", "光纤通达情况", "通光纤情况", "是否通光纤"),
        *("光纤情况", "fibre", "fiber status"),
    ),
    _column(
        *("g4_status", "4G状态", "4G覆盖状态", "4G覆盖情况", "是否通4G", "是否覆盖4G", "通4G情况", "4G情况"),
        *("4g", "4g status"),
    ),
    _column(
        *("is_poor_village", "是否贫困村", "是否建档立卡贫困村", "建档立卡贫困村", "贫困村", "贫困村标识"),
        *("poor village", "registered poor village"),
    ),
    _column("households", "户数", "总户数", "农户数", "households count"),
    _column(
        *("funding_cny", "补助资金", "资金", "下达资金", "批复资金", "资金金额", "补助金额"),
        *("中央补助", "中央补助资金", "funding", "funding yuan", "subsidy", "subsidy cny"),
    ),
    _column(
        *("planned_finish_on", "计划完工日期", "计划完成日期", "计划完工时间", "计划完成时间", "计划竣工日期"),
        *("planned finish", "planned finish date", "planned completion date"),
    ),
)
"""Every column that is read. Required: what a project cannot begin without."""

BY_KEY: dict[str, Column] = {column.key: column for column in COLUMNS}


def plain_heading(text: str) -> str:
    """Return a heading without what people add to it: notes in brackets, blanks, line breaks, width, case."""
    return _BLANK.sub("", _NOTE.sub("", unicodedata.normalize("NFKC", text))).casefold()


_KEYS: dict[str, str] = {
    plain_heading(heading): column.key
    for column in COLUMNS
    for heading in (column.key, column.title.zh, *column.synonyms)
}


class Layout(NamedTuple):
    """Where the columns of a file are.

    Attributes:
        headings: The heading row as text.
        positions: Position of each column that was found, by key.
        repeated: Columns found a second time: (key, position).
        ignored: Headings that mean nothing to the ledger.
    """

    headings: tuple[str, ...]
    positions: dict[str, int]
    repeated: tuple[tuple[str, int], ...]
    ignored: tuple[str, ...]


def read_layout(headings: Sequence[str]) -> Layout:
    """Find the columns in a row of headings, in any order and in Chinese or English."""
    positions: dict[str, int] = {}
    repeated: list[tuple[str, int]] = []
    ignored: list[str] = []
    for position, heading in enumerate(headings):
        key = _KEYS.get(plain_heading(heading))
        if key is None:
            if heading.strip():
                ignored.append(heading.strip())
        elif key in positions:
            repeated.append((key, position))
        else:
            positions[key] = position
    return Layout(tuple(heading.strip() for heading in headings), positions, tuple(repeated), tuple(ignored))


def layout_problems(layout: Layout, place: str, row: int) -> list[Problem]:
    """Tell each required column that is missing, each column that stands twice, and amounts not in yuan."""
    found = shown("、".join(heading for heading in layout.headings if heading), FOUND_LIMIT) or "-"
    problems = [
        Problem(
            place=place,
            row=row,
            column=column.key,
            reason=_reason("ledger.missing_column", column=column.title, found=found),
            suggestion=near_heading(layout, column),
        )
        for column in COLUMNS
        if column.is_required and column.key not in layout.positions
    ]
    for key, position in layout.repeated:
        heading = shown(layout.headings[position])
        first = shown(layout.headings[layout.positions[key]])
        reason = _reason("ledger.repeated_column", column=BY_KEY[key].title, first=first)
        problems.append(Problem(place=place, row=row, column=heading, value=heading, reason=reason))
    amount = layout.headings[layout.positions["funding_cny"]] if "funding_cny" in layout.positions else ""
    if _LARGE_UNIT.search(unicodedata.normalize("NFKC", amount).casefold()):
        reason = _reason("ledger.amount_unit")
        heading = shown(amount)
        problems.append(
            Problem(place=place, row=row, column=heading, value=heading, reason=reason, suggestion="补助资金(元)")
        )
    return problems


def near_heading(layout: Layout, column: Column) -> str:
    """Return `found → expected` for the unread heading most like the wanted column; empty when none is near."""
    best, answer = _NEAR, ""
    for heading in layout.ignored:
        plain = plain_heading(heading)
        for expected in (column.title.zh, column.key, *column.synonyms):
            ratio = difflib.SequenceMatcher(None, plain[:HEADING_LIMIT], plain_heading(expected)).ratio()
            if ratio >= best:
                best, answer = ratio, f"{shown(heading)} → {expected}"
    return answer


def _reason(code: str, **params: Param) -> Reason:
    return Reason(code=code, params=params, kind=ErrorKind.INVALID)
