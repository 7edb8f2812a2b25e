"""Files as people send them: every way of being wrong has its own answer, and none of them is a traceback."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.files import source, workbook
from infra.files.ledger import read_ledger
from rules.text import LANGUAGES, render
from schemas.ledger import LedgerFile
from schemas.reason import ErrorKind, Refusal

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

HEADINGS = ["行政村代码", "行政村名称", "县", "建设技术", "批次", "承建单位", "计划完工日期"]
FIRST: list[object] = ["533301101201", "赖茂村委会", "泸水市", "光纤", "2018", "telecom", "2019-06-28"]
SECOND: list[object] = ["533301101202", "𠮷家村委会", "泸水市", "4G", "2018", "mobile", "2019/7/31"]


def as_csv(rows: Sequence[Sequence[object]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(*sheets: Sequence[Sequence[object]], hidden: Sequence[int] = ()) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for position, rows in enumerate(sheets):
        sheet = book.add_worksheet(f"表{position}")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell, *([day] if isinstance(cell, datetime) else []))
        if position in hidden:
            sheet.hide()
        else:
            sheet.activate()  # the active sheet is shown, even when it is also told to hide
    book.close()
    return buffer.getvalue()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., LedgerFile]:
    """Write bytes to a file of the given name and read them as a ledger."""

    def read(data: bytes, name: str = "台账.csv") -> LedgerFile:
        path = tmp_path / name
        path.write_bytes(data)
        return read_ledger(path)

    return read


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., str]:
    """Read a file that must be refused; return the code, after rendering it with the file's name in both languages."""

    def refused(data: bytes | Path, name: str = "台账.csv", kind: ErrorKind = ErrorKind.INVALID) -> str:
        path = data if isinstance(data, Path) else tmp_path / name
        if isinstance(data, bytes):
            path.write_bytes(data)
        with pytest.raises(Refusal) as caught:
            read_ledger(path)
        reason = caught.value.reason
        assert reason.kind == kind
        assert all(str(path) in render(reason, lang) for lang in LANGUAGES)
        return reason.code

    return refused


def told(ledger: LedgerFile) -> list[tuple[int | None, str, str, str, str]]:
    """Return row, column, value, code and suggestion of each problem, after rendering it in both languages."""
    for problem in ledger.problems:
        assert problem.place.startswith(ledger.name)
        assert all(render(problem.reason, lang) for lang in LANGUAGES)
    return [(p.row, p.column, p.value, p.reason.code, p.suggestion) for p in ledger.problems]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("gb18030", "gb18030")],
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_encoding_gives_the_same_rows(
    read: Callable[..., LedgerFile], encoding: str, named: str, delimiter: str
) -> None:
    """U+20BB7 takes four bytes in GB18030, where plain GBK fails."""
    data = as_csv([HEADINGS, FIRST, SECOND], encoding, delimiter)
    ledger = read(data)
    assert told(ledger) == []
    assert ledger.is_clean
    assert (ledger.encoding, ledger.name, ledger.sheet) == (named, "台账.csv", "")
    assert ledger.sha256 == hashlib.sha256(data).hexdigest()
    assert [(row.row, row.village_name) for row in ledger.rows] == [(2, "赖茂村委会"), (3, "𠮷家村委会")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_quoted_line_breaks_keep_the_row_numbers(read: Callable[..., LedgerFile], end: str) -> None:
    text = end.join(
        [",".join(HEADINGS), f'533301101201,"赖茂{end}村委会",泸水市,光纤,2018,telecom,', "", "bad" + "," * 6]
    )
    ledger = read(text.encode())
    assert ledger.rows[0].village_name == "赖茂 村委会"
    assert {problem.row for problem in ledger.problems} == {4}
    assert ledger.data_rows == 2


def test_a_workbook_gives_the_same_rows_as_a_csv(read: Callable[..., LedgerFile]) -> None:
    typed = [[*FIRST[:-1], datetime(2019, 6, 28)], [*SECOND[:-1], 43677]]  # noqa: DTZ001 - cells have no zone
    ledger = read(as_xlsx([HEADINGS, *typed]), "台账.xlsx")
    assert (ledger.encoding, ledger.sheet) == ("xlsx", "表0")
    assert ledger.rows == read(as_csv([HEADINGS, FIRST, SECOND])).rows


def test_a_title_above_english_headings_in_another_order(read: Callable[..., LedgerFile]) -> None:
    rows: list[list[object]] = [
        ["2018年台账"],
        [],
        ["Builder", "备注", "Technology", "County", "Batch", "Village Name", "Village Code", "Remark"],
        ["unicom", "x", "both", "泸水市", "2018", "赖茂村委会", "533301101201", "y"],
    ]
    for data, name in ((as_csv(rows), "a.csv"), (as_xlsx(rows), "a.xlsx")):
        ledger = read(data, name)
        assert told(ledger) == []
        assert (ledger.heading_row, ledger.rows[0].row, ledger.rows[0].technology) == (3, 4, "both")
        assert ledger.ignored_columns == ("备注", "Remark")


def test_the_first_visible_sheet_with_the_headings_counts(read: Callable[..., LedgerFile]) -> None:
    bad = [*FIRST[:-1], "明年"]
    ledger = read(as_xlsx([HEADINGS, bad], [["说明"], ["填表要求"]], [HEADINGS, bad, SECOND], hidden=[0]), "a.xlsx")
    assert ledger.sheet == "表2"
    assert told(ledger) == [(2, "计划完工日期", "明年", "ledger.bad_date", "")]
    assert ledger.problems[0].place == "a.xlsx / 表2"
    assert [row.row for row in ledger.rows] == [3]


def test_blank_rows_and_columns_before_the_table_keep_the_row_numbers(read: Callable[..., LedgerFile]) -> None:
    rows: list[list[object]] = [[], [], ["", *HEADINGS], [], ["", *FIRST]]
    for data, name in ((as_csv(rows), "a.csv"), (as_xlsx(rows), "a.xlsx")):
        ledger = read(data, name)
        assert (told(ledger), ledger.heading_row, ledger.rows[0].row) == ([], 3, 5)


def test_missing_columns_are_told_once_each_with_the_nearest_heading(read: Callable[..., LedgerFile]) -> None:
    rows: list[list[object]] = [
        ["村代碼", "行政村名称", "县", "建设技木", "批次", "计划完工日期"],
        FIRST[:6],
        SECOND[:6],
    ]
    for data, name in ((as_csv(rows), "a.csv"), (as_xlsx(rows), "a.xlsx")):
        ledger = read(data, name)
        assert [(row, column, code, tip) for row, column, _, code, tip in told(ledger)] == [
            (1, "village_code", "ledger.missing_column", "村代碼 → 村代码"),
            (1, "technology", "ledger.missing_column", "建设技木 → 建设技术"),
            (1, "builder", "ledger.missing_column", ""),
        ]
        assert (ledger.rows, ledger.data_rows) == ((), 2)


def test_codes_stored_as_numbers_are_told_with_the_code_they_hold(read: Callable[..., LedgerFile]) -> None:
    number, text = [533301101201, *FIRST[1:]], ["533301101202.0", *SECOND[1:]]
    expected = [
        (2, "行政村代码", "533301101201", "ledger.code_is_float", "533301101201"),
        (3, "行政村代码", "533301101202.0", "ledger.code_is_float", "533301101202"),
    ]
    ledger = read(as_xlsx([HEADINGS, number, text]), "a.xlsx")
    assert told(ledger) == expected
    assert ledger.rows == ()
    assert told(read(as_csv([HEADINGS, ["533301101201.0", *FIRST[1:]]])))[0][3:] == expected[0][3:]


def test_bad_cells_are_told_with_row_heading_and_value(read: Callable[..., LedgerFile]) -> None:
    rows: list[Sequence[object]] = [
        HEADINGS,
        FIRST,
        ["53330110120X", *SECOND[1:]],
        FIRST,
        ["533301101203", "", *SECOND[2:-1], "2018-02-30"],
        ["533301101204", *SECOND[1:], "", "错位"],
    ]
    ledger = read(as_csv(rows))
    assert told(ledger) == [
        (3, "行政村代码", "53330110120X", "ledger.code_not_digits", ""),
        (4, "行政村代码", "533301101201", "ledger.duplicate_code", ""),
        (5, "行政村名称", "", "ledger.missing_value", ""),
        (5, "计划完工日期", "2018-02-30", "ledger.bad_date", ""),
        (6, "", "错位", "ledger.too_many_cells", ""),
    ]
    assert "第 2 行" in render(ledger.problems[1].reason, "zh-CN")
    assert ([row.row for row in ledger.rows], ledger.data_rows) == ([2], 5)


def test_a_value_is_shown_short_and_printable(read: Callable[..., LedgerFile]) -> None:
    ledger = read(as_csv([HEADINGS, ["\x1b[31m" + "9" * 5000, *FIRST[1:]]]))
    value = told(ledger)[0][2]
    assert len(value) <= 80
    assert value.isprintable()


@pytest.mark.parametrize("data", [as_csv([HEADINGS]), as_csv([["台账"], HEADINGS, ["", " "]]), as_xlsx([HEADINGS])])
def test_headings_without_rows_are_told(read: Callable[..., LedgerFile], data: bytes) -> None:
    ledger = read(data)
    assert [code for _, _, _, code, _ in told(ledger)] == ["ledger.no_rows"]


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b",,,\n,,", b"\xef\xbb\xbf", "\n".encode("utf-16"), as_xlsx([])])
def test_a_file_without_content_is_refused(refused: Callable[..., str], data: bytes) -> None:
    assert refused(data) == "ledger.empty_file"


def docx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return buffer.getvalue()


BROKEN: list[tuple[str, bytes, str]] = [
    ("xls.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_excel"),
    ("xls.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_excel"),
    ("docx.xlsx", docx(), "not_a_spreadsheet"),
    ("png.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_a_spreadsheet"),
    ("utf-16 without mark.csv", "行政村代码,abc".encode("utf-16-le"), "not_a_spreadsheet"),
    ("cut.xlsx", as_xlsx([HEADINGS, FIRST])[:3000], "broken_workbook"),
    ("magic.xlsx", b"PK\x03\x04", "broken_workbook"),
    ("latin.csv", "行政村代码,a\nvillage é\xff".encode("latin-1", "replace"), "unreadable_encoding"),
    ("mixed.csv", as_csv([HEADINGS, FIRST]) + as_csv([SECOND], "gb18030"), "unreadable_encoding"),
    ("cut utf-8.csv", as_csv([HEADINGS, FIRST, SECOND[:2]])[:-4], "unreadable_encoding"),
    ("utf-8-sig.csv", b"\xef\xbb\xbf" + as_csv([HEADINGS, FIRST], "gb18030"), "unreadable_encoding"),
    ("odd utf-16.csv", as_csv([HEADINGS], "utf-16") + b"\n", "unreadable_encoding"),
    ("utf-32.csv", as_csv([HEADINGS], "utf-32"), "unreadable_encoding"),
    ("open quote.csv", as_csv([HEADINGS]) + '533301101201,"赖茂,泸水市\n1,2\n'.encode(), "broken_csv"),
    ("long cell.csv", as_csv([HEADINGS, ["x" * 200_000]]), "broken_csv"),
]


@pytest.mark.parametrize(("name", "data", "code"), BROKEN, ids=[name for name, _, _ in BROKEN])
def test_what_is_no_table_is_refused(refused: Callable[..., str], name: str, data: bytes, code: str) -> None:
    assert refused(data, name) == f"ledger.{code}"


def test_the_line_of_damage_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_bytes(as_csv([HEADINGS, FIRST]) + as_csv([SECOND], "gb18030"))
    with pytest.raises(Refusal) as caught:
        read_ledger(path)
    assert caught.value.reason.params["line"] == 3


def test_what_is_no_readable_file_is_refused(
    refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(tmp_path / "none.csv", kind=ErrorKind.NOT_FOUND) == "file.missing"
    assert refused(tmp_path) == "file.not_regular"
    os.mkfifo(tmp_path / "pipe.csv")
    assert refused(tmp_path / "pipe.csv") == "file.not_regular"
    assert refused(Path("x" * 5000)) == "file.unreadable"
    monkeypatch.setattr(source, "MAX_BYTES", 10)
    assert refused(as_csv([HEADINGS])) == "file.too_large"


def denied(_: Path) -> bytes:
    raise PermissionError(13, "Permission denied")


def test_a_file_that_may_not_be_read_is_refused(refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the refusal of the system is played."""
    monkeypatch.setattr(Path, "read_bytes", denied)
    assert refused(as_csv([HEADINGS])) == "file.unreadable"


def repacked(extra: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO(as_xlsx([HEADINGS, FIRST]))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in extra.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked(
    refused: Callable[..., str], read: Callable[..., LedgerFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(repacked({"xl/theme.xml": b"x" * 1000}), "a.xlsx").is_clean
    assert refused(repacked({"xl/bomb.xml": b"0" * 30_000_000}), "ratio.xlsx") == "ledger.archive_limit"
    many = {f"xl/{number}.xml": b"x" for number in range(200)}
    assert refused(repacked(many), "many.xlsx") == "ledger.archive_limit"
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 5000)
    assert refused(as_xlsx([HEADINGS, FIRST]), "large.xlsx") == "ledger.archive_limit"


@pytest.mark.parametrize("column", [40, 16_383])
def test_a_stray_cell_far_away_is_refused_before_it_takes_all_memory(refused: Callable[..., str], column: int) -> None:
    """Five kilobytes; the parser would ask for up to 512 GB and end the process."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_string(1_048_575, column, "x")
    book.close()
    assert refused(buffer.getvalue(), "stray.xlsx") == "ledger.stray_cell"


def test_more_rows_than_a_sheet_holds_are_refused(refused: Callable[..., str]) -> None:
    assert refused(as_csv([HEADINGS]) + b"x\n" * 1_048_576) == "ledger.too_many_rows"
    with zipfile.ZipFile(io.BytesIO(as_xlsx([HEADINGS, FIRST]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet1.xml"
    parts[part] = parts[part].replace(b'r="2"', b'r="1048577"').replace(b'2"', b'1048577"')
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert refused(buffer.getvalue(), "rows.xlsx") == "ledger.too_many_rows"


@PATIENT
@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8), max_size=9)))
def test_any_text_is_read_or_refused(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(as_csv([HEADINGS, *rows]))
    ledger = read_ledger(path)
    bad = {problem.row for problem in ledger.problems}
    assert len(ledger.rows) + len(bad) == max(ledger.data_rows, 1)


@PATIENT
@given(st.binary(max_size=300), st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"PK\x03\x04", as_csv([HEADINGS])]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes, start: bytes) -> None:
    path = tmp_path / "any.xlsx"
    path.write_bytes(start + data)
    result: LedgerFile | Refusal
    try:
        result = read_ledger(path)
    except Refusal as refusal:
        result = refusal
    reasons = [result.reason] if isinstance(result, Refusal) else [problem.reason for problem in result.problems]
    assert all(render(reason, lang) for reason in reasons for lang in LANGUAGES)
