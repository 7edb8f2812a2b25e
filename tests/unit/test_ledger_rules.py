"""What may stand in a ledger: every rule as a table, and what holds for any cell as a property."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import ledger
from rules.ledger import RawRow, check_row, check_rows
from rules.ledger_cells import Cell
from rules.ledger_columns import COLUMNS, layout_problems, read_layout
from rules.text import LANGUAGES, render

CODE = "533301101201"
GOOD: dict[str, Cell] = {
    "village_code": CODE,
    "village_name": "赖茂村委会",
    "township": "六库镇",
    "county": "泸水市",
    "prefecture": "怒江傈僳族自治州",
    "province": "云南省",
    "technology": "光纤",
    "batch": "2018",
    "builder": "telecom",
}
REQUIRED = [column.key for column in COLUMNS if column.is_required]
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
BIG = 1_000_000_000_000


def told(**cells: Cell) -> list[tuple[str, str, str]]:
    """Return column, code and suggestion of each problem of a good row with some cells changed."""
    problems = check_row(RawRow(2, {**GOOD, **cells})).problems
    for problem in problems:
        assert all(render(problem.reason, lang) for lang in LANGUAGES)
    return [(problem.column, problem.reason.code, problem.suggestion) for problem in problems]


def read(key: str, cell: Cell) -> object:
    """Return what a cell of a column is read as."""
    row = check_row(RawRow(2, {**GOOD, key: cell})).row
    assert row is not None
    return getattr(row, key)


def test_a_row_is_put_in_one_notation() -> None:
    row = check_row(RawRow(7, {**GOOD, "technology": "4G基站", "tier": "三区三州", "fibre_status": "已通"})).row
    assert row is not None
    assert (row.row, row.technology, row.tier, row.fibre_status) == (7, "4g", "three-regions", "connected")
    assert row.place == "云南省怒江傈僳族自治州泸水市六库镇赖茂村委会"
    assert (row.g4_status, row.is_poor_village, row.households, row.funding_cny) == ("unknown", None, None, None)


@pytest.mark.parametrize(
    ("cell", "code", "suggestion"),
    [
        (533301101201.0, "code_is_float", CODE),
        (533301101201, "code_is_float", CODE),
        ("533301101201.0", "code_is_float", CODE),
        ("533301101201.", "code_is_float", CODE),
        ("5.33301101201E+11", "code_is_float", CODE),
        ("5.33301E+11", "code_is_float", ""),
        ("1E+99", "code_is_float", ""),
        (5333.0, "code_is_float", ""),
        (533301101000.0, "code_is_float", ""),
        ("53330110120A", "code_not_digits", ""),
        ("5333O11O12O1", "code_not_digits", CODE),
        ("5333 0110 1201", "code_not_digits", CODE),
        ("'533301101201", "code_not_digits", CODE),
        ("ABC", "code_not_digits", ""),
        ("-33301101201", "code_not_digits", ""),
        ("５３３３０１１０１２０一", "code_not_digits", ""),
        ("٥٣٣٣٠١١٠١٢٠١", "code_not_digits", ""),
        (True, "code_not_digits", ""),
        ("53330110120", "code_length", ""),
        ("5333011012011", "code_length", ""),
        ("533301", "code_length", ""),
        ("993301101201", "unknown_province", ""),
        ("533301101000", "code_not_village", ""),
        ("", "missing_value", ""),
        ("  \u3000 ", "missing_value", ""),
        (None, "missing_value", ""),
    ],
)
def test_a_bad_code_is_told_and_never_guessed(cell: Cell, code: str, suggestion: str) -> None:
    assert told(village_code=cell) == [("village_code", f"ledger.{code}", suggestion)]


@pytest.mark.parametrize(
    ("cell", "technology", "found"),
    [
        ("533301000000", "应用措施", []),
        ("533301000000", "光纤", [("village_code", "ledger.code_not_village", "")]),
        (CODE, "应用措施", [("village_code", "ledger.code_not_county", "533301000000")]),
        ("530000000000", "应用措施", [("village_code", "ledger.code_not_village", "")]),
        ("533300000000", "应用措施", [("village_code", "ledger.code_not_village", "")]),
        ("533301101000", "应用措施", [("village_code", "ledger.code_not_village", "")]),
    ],
)
def test_measures_are_returned_by_counties_and_nothing_else_is(
    cell: Cell, technology: str, found: list[tuple[str, str, str]]
) -> None:
    assert told(village_code=cell, technology=technology) == found


def test_a_county_stands_once_for_its_measures_and_its_villages_beside_it() -> None:
    measures: dict[str, Cell] = {**GOOD, "village_code": "533301000000", "technology": "measures"}
    checked = check_rows(RawRow(number, cells) for number, cells in enumerate([measures, GOOD, measures], start=2))
    assert [row.village_code for row in checked.rows] == ["533301000000", CODE]
    assert [problem.reason.code for problem in checked.problems] == ["ledger.duplicate_code"]


@PATIENT
@given(st.integers(1, 999), st.integers(1, 999), st.sampled_from(["", " ", "\u3000", "\t", "\u00a0"]))
def test_width_and_blanks_around_a_code_do_not_matter(township: int, village: int, blank: str) -> None:
    code = f"533301{township:03d}{village:03d}"
    wide = code.translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)})
    assert read("village_code", f"{blank}{wide}{blank}") == read("village_code", code) == code


@pytest.mark.parametrize("key", REQUIRED)
@pytest.mark.parametrize("cell", [None, "", " \n"])
def test_a_required_cell_is_filled(key: str, cell: Cell) -> None:
    assert (key, "ledger.missing_value", "") in told(**{key: cell})


@pytest.mark.parametrize("key", [column.key for column in COLUMNS if not column.is_required])
def test_an_optional_cell_may_be_blank(key: str) -> None:
    assert told(**{key: "  "}) == []


WORDS: list[tuple[str, list[Cell], object]] = [
    ("technology", ["光纤", "光纤到村", " fibre", "Fiber", "ＦＩＢＲＥ"], "fibre"),
    ("technology", ["4G", "4g", "4G基站", "４Ｇ"], "4g"),
    ("technology", ["光纤+4G", "光纤＋4G", "光纤 + 4G", "4G+光纤", "both", "fibre and 4G"], "both"),
    ("tier", ["三区三州", "three-regions", "Three Regions"], "three-regions"),
    ("tier", ["深度贫困", "深度贫困县", "deep_poverty"], "deep-poverty"),
    ("tier", ["定点县", "designated-county"], "designated-county"),
    ("tier", ["片区县", "contiguous-area"], "contiguous-area"),
    ("tier", ["边境", "边境县", "海岛", "border"], "border"),
    ("tier", ["一般", "general", ""], "general"),
    ("is_poor_village", ["是", "1", 1, 1.0, True, "TRUE", "yes"], True),
    ("is_poor_village", ["否", "0", 0, 0.0, False, "false", "No"], False),
    ("fibre_status", ["已通", "是", "connected"], "connected"),
    ("g4_status", ["未通", "否", "未覆盖"], "unconnected"),
    ("builder", ["telecom", "Telecom", "中国电信", " 电信 "], "telecom"),
    ("builder", ["cable-53"], "cable-53"),
    ("batch", ["2018", 2018, 2018.0, " 2018"], "2018"),
    ("village_name", ["𠮷家村", " 𠮷家村\n", "\ufeff𠮷家村"], "𠮷家村"),
    ("households", ["120", 120, 120.0, "１２０"], 120),
    ("households", ["1,200", 1200.0], 1200),
    ("funding_cny", ["185000", 185000.0, "185,000.00"], Decimal("185000.00")),
    ("funding_cny", [0.1 + 0.2], Decimal("0.30")),
]


@pytest.mark.parametrize(
    ("key", "cell", "value"), [(key, cell, value) for key, cells, value in WORDS for cell in cells]
)
def test_many_words_mean_one_thing(key: str, cell: Cell, value: object) -> None:
    assert read(key, cell) == value


@pytest.mark.parametrize(
    ("key", "cell", "code"),
    [
        ("technology", "5G", "bad_choice"),
        ("tier", "贫困", "bad_choice"),
        ("is_poor_village", "可能", "bad_choice"),
        ("is_poor_village", 2.0, "bad_choice"),
        ("fibre_status", "半通", "bad_choice"),
        ("builder", "某某网络公司", "bad_builder"),
        ("builder", "a b", "bad_builder"),
        ("households", -3, "negative_number"),
        ("households", "-3", "negative_number"),
        ("households", "120户", "bad_number"),
        ("households", 12.5, "not_whole"),
        ("households", float("nan"), "bad_number"),
        ("households", float("inf"), "bad_number"),
        ("households", True, "bad_number"),
        ("households", "1e9", "bad_number"),
        ("households", "1,2,3", "bad_number"),
        ("households", 13_800_000_000.0, "impossible_number"),
        ("funding_cny", -0.01, "negative_number"),
        ("funding_cny", "18.5万", "bad_number"),
        ("funding_cny", BIG - 1, "impossible_number"),
        ("batch", date(2016, 1, 1), "not_text"),
        ("village_name", time(12, 0), "not_text"),
        ("village_name", "村" * 201, "too_long"),
        ("village_name", "赖\ufffd村", "damaged_text"),
        ("county", "泸水\x00市", "damaged_text"),
    ],
)
def test_what_cannot_be_is_told(key: str, cell: Cell, code: str) -> None:
    assert told(**{key: cell}) == [(key, f"ledger.{code}", "")]


@PATIENT
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_in_every_notation(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    notations: list[Cell] = [
        day,
        datetime(day.year, day.month, day.day, 13, 30),  # noqa: DTZ001 - cells of a spreadsheet have no zone
        day.isoformat(),
        f"{day.isoformat()} 00:00:00",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        serial,
        float(serial),
        serial + 0.5,
        str(serial),
    ]
    assert {read("planned_finish_on", cell) for cell in notations} == {day}


@pytest.mark.parametrize(
    "cell",
    [
        *("2018-02-30", "2018-13-01", "2019/2/29", "2018年9月", "2018年0月3日", "9/3/2018", "2018-9/3", "明年底"),
        *("0018-09-03", "1999-12-31", "2100-01-01", "20181332", "12", "433460", -5, 0.5, True, 1e20),
        *(date(1900, 1, 1), time(9, 0), timedelta(days=3)),
    ],
)
def test_a_date_that_is_none_is_told(cell: Cell) -> None:
    assert told(planned_finish_on=cell) == [("planned_finish_on", "ledger.bad_date", "")]


@pytest.mark.parametrize(
    "code",
    [
        "540102100200",
        "513401001200",
        "652901101200",
        "632801100200",
        "513422100200",
        "533401101201",
        "620623100200",
        CODE,
    ],
)
def test_three_regions_is_believed_inside(code: str) -> None:
    assert told(village_code=code, tier="三区三州") == []


@pytest.mark.parametrize("code", ["110101001200", "511321100200", "620622100200", "659001001200"])
def test_three_regions_outside_is_a_contradiction(code: str) -> None:
    assert told(village_code=code, tier="三区三州") == [("tier", "ledger.tier_contradiction", "")]
    assert told(village_code=code, tier="深度贫困") == []


@pytest.mark.parametrize(
    ("technologies", "duplicates"),
    [
        (["光纤", "光纤"], {3: 2}),
        (["光纤", "4G"], {}),
        (["光纤", "光纤+4G"], {3: 2}),
        (["光纤+4G", "4G"], {3: 2}),
        (["光纤", "光纤+4G", "4G"], {3: 2}),
        (["4G", "光纤", "光纤+4G", "4G"], {4: 2, 5: 2}),
        (["5G", "光纤", "光纤"], {4: 3}),
    ],
)
def test_a_village_is_built_once(technologies: list[str], duplicates: dict[int, int]) -> None:
    """The same technology twice is told with the first row; `both` overlaps with either."""
    rows = [RawRow(number, {**GOOD, "technology": word}) for number, word in enumerate(technologies, 2)]
    checked = check_rows(rows)
    found = {
        problem.row: problem.reason.params["first"]
        for problem in checked.problems
        if problem.reason.code == "ledger.duplicate_code"
    }
    assert found == duplicates
    assert len(checked.rows) + len({problem.row for problem in checked.problems}) == checked.total == len(rows)


def test_problems_beyond_measure_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "PROBLEM_LIMIT", 3)
    checked = check_rows(RawRow(number, {**GOOD, "batch": "", "technology": ""}) for number in range(2, 5))
    assert [problem.reason.code for problem in checked.problems] == [
        *["ledger.missing_value"] * 3,
        "ledger.more_problems",
    ]
    assert checked.problems[-1].reason.params == {"more": 3}
    assert (checked.total, checked.rows) == (3, ())


CELLS = st.one_of(
    *(st.none(), st.text(max_size=20), st.integers(), st.floats(), st.booleans()),
    *(st.dates(), st.datetimes(), st.times(), st.timedeltas()),
)
KEYS = st.sampled_from([column.key for column in COLUMNS])


@PATIENT
@given(st.lists(st.dictionaries(KEYS, CELLS, max_size=4), max_size=3))
def test_whatever_stands_in_a_cell_each_row_is_good_or_explained(rows: list[dict[str, Cell]]) -> None:
    checked = check_rows(RawRow(number, {**GOOD, **cells}) for number, cells in enumerate(rows, 2))
    assert {row.row for row in checked.rows} | {problem.row for problem in checked.problems} == set(
        range(2, len(rows) + 2)
    )
    assert len(checked.rows) + len({problem.row for problem in checked.problems}) == len(rows)
    for problem in checked.problems:
        assert len(problem.value) <= 80
        assert all(render(problem.reason, lang) for lang in LANGUAGES)


def headings(**renamed: str) -> list[str]:
    return [renamed.get(column.key, column.title.zh) for column in COLUMNS]


@PATIENT
@given(st.data())
def test_headings_stand_in_any_order_and_language(data: st.DataObject) -> None:
    columns = data.draw(st.permutations(COLUMNS))
    words = [data.draw(st.sampled_from([column.key, column.title.zh, *column.synonyms])) for column in columns]
    notes = [data.draw(st.sampled_from(["", "(合成数据)", "（必填）", " ", "\n"])) for _ in columns]
    layout = read_layout([word.upper() + note for word, note in zip(words, notes, strict=True)])
    assert [key for key, _ in sorted(layout.positions.items(), key=lambda item: item[1])] == [c.key for c in columns]
    assert layout_problems(layout, "f.csv", 1) == []


def test_no_heading_means_two_columns() -> None:
    words = [word for column in COLUMNS for word in (column.key, column.title.zh, *column.synonyms)]
    layouts = [read_layout([word]) for word in words]
    keys = [column.key for column in COLUMNS for _ in (column.key, column.title.zh, *column.synonyms)]
    assert [list(layout.positions) for layout in layouts] == [[key] for key in keys]


def test_a_missing_column_is_told_with_what_was_found_and_the_nearest() -> None:
    layout = read_layout(headings(village_code="行政村代吗", builder="承包方"))
    problems = {problem.column: problem for problem in layout_problems(layout, "f.csv", 3)}
    assert set(problems) == {"village_code", "builder"}
    assert problems["village_code"].suggestion == "行政村代吗 → 行政村代码"
    assert problems["builder"].suggestion == ""
    text = render(problems["builder"].reason, "zh-CN")
    assert "承建单位代码" in text
    assert "行政村代吗、行政村名称" in text
    assert (problems["builder"].place, problems["builder"].row) == ("f.csv", 3)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([*headings(), "村代码"], "ledger.repeated_column"),
        (headings(funding_cny="补助资金(万元)"), "ledger.amount_unit"),
        (headings(funding_cny="funding (million CNY)"), "ledger.amount_unit"),
    ],
)
def test_a_heading_that_misleads_is_told(words: list[str], code: str) -> None:
    problems = layout_problems(read_layout(words), "f.csv", 1)
    assert [problem.reason.code for problem in problems] == [code]
    assert all(render(problems[0].reason, lang) for lang in LANGUAGES)
