"""The sample ledger is clean, says the same in both formats, and comes out of its generator byte for byte."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from infra.files.directory import read_directory
from infra.files.ledger import read_ledger
from schemas.ledger import LedgerFile

TREE = Path(__file__).parents[2]
NUJIANG = TREE / "samples" / "nujiang"
COUNTIES = {"533301", "533323", "533324", "533325"}
CARRIERS = {"telecom", "mobile", "unicom"}
OFFICES = {"education_bureau", "health_commission", "poverty_office"}


@pytest.fixture(scope="module")
def ledger() -> LedgerFile:
    return read_ledger(NUJIANG / "ledger-2018.csv")


def test_the_ledger_has_no_problems(ledger: LedgerFile) -> None:
    assert ledger.problems == ()
    assert ledger.ignored_columns == ()
    assert ledger.encoding == "utf-8-sig"
    assert ledger.data_rows == len(ledger.rows) == 272


def test_both_formats_say_the_same(ledger: LedgerFile) -> None:
    assert read_ledger(NUJIANG / "ledger-2018.xlsx").rows == ledger.rows


def test_every_village_of_the_prefecture_stands_there_once(ledger: LedgerFile) -> None:
    codes = [row.village_code for row in ledger.rows]
    assert codes == sorted(set(codes))
    assert {code[:6] for code in codes} == COUNTIES
    assert all(row.place.startswith("云南省怒江傈僳族自治州") for row in ledger.rows)
    assert Counter(row.county for row in ledger.rows)["兰坪白族普米族自治县"] == 108


def test_every_invented_column_says_so(ledger: LedgerFile) -> None:
    with (NUJIANG / "ledger-2018.csv").open(encoding="utf-8-sig", newline="") as stream:
        headings = next(csv.reader(stream))
    real = ["行政村代码", "行政村名称", "乡镇", "县(市)", "市州", "省", "优先类别"]
    assert [heading for heading in headings if "合成数据" not in heading] == real
    assert {row.tier for row in ledger.rows} == {"three-regions"}


def test_what_is_to_be_built_is_what_is_missing(ledger: LedgerFile) -> None:
    missing = {("unconnected", "connected"): "fibre", ("connected", "unconnected"): "4g"}
    for row in ledger.rows:
        assert row.technology == missing.get((row.fibre_status, row.g4_status), "both")
    assert {row.technology for row in ledger.rows} == {"fibre", "4g", "both"}
    assert {row.builder for row in ledger.rows} == CARRIERS


def test_the_ledger_of_measures_names_each_county_once() -> None:
    ledger = read_ledger(NUJIANG / "measures-2018.csv")
    assert ledger.problems == ()
    assert {row.village_code for row in ledger.rows} == {f"{county}000000" for county in COUNTIES}
    assert {row.technology for row in ledger.rows} == {"measures"}
    assert {row.builder for row in ledger.rows} <= CARRIERS
    assert {row.place for row in ledger.rows} >= {"云南省怒江傈僳族自治州泸水市"}


def test_the_people_fill_every_duty_but_one_county() -> None:
    directory = read_directory(NUJIANG / "people.yaml")
    posts = {(post.role, post.area, post.organisation): post.holder for post in directory.posts}
    expected = {
        *(("ministry_supervisor", "", ""), ("provincial_supervisor", "53", ""), ("prefecture_officer", "5333", "")),
        *(("county_officer", county, "") for county in COUNTIES),
        *(("builder", county, carrier) for county in COUNTIES for carrier in CARRIERS),
        *(("builder_province", "53", carrier) for carrier in CARRIERS),
        *((office, county, "") for county in COUNTIES for office in OFFICES),
        *(("tower_company", "5333", "tower"), ("power_company", "5333", "grid")),
        *(("auditor", "", ""), ("operator", "", "")),
    }
    assert posts.keys() == expected
    assert [key for key, holder in posts.items() if holder is None] == [("county_officer", "533324", "")]
    assert all(person.email and person.email.endswith("@nujiang.example") for person in directory.people)
    assert all("虚构" in person.name for person in directory.people)
    assert {person.person_id for person in directory.people} == {holder for holder in posts.values() if holder}


def package(folder: Path, version: str) -> Path:
    """Write what the sample was made from, as far as the sample itself tells it, in the layout of the package."""
    dist = folder / "dist"
    dist.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": version}))
    rows = read_ledger(NUJIANG / "ledger-2018.csv").rows
    names = {
        "villages": {row.village_code: row.village_name for row in rows} | {"110101001001": "多福巷社区居委会"},
        "streets": {row.village_code[:9]: row.township for row in rows},
        "areas": {row.village_code[:6]: row.county for row in rows},
        "cities": {row.village_code[:4]: row.prefecture for row in rows},
        "provinces": {row.village_code[:2]: row.province for row in rows},
    }
    for file, lines in names.items():
        text = "".join(f'{code},"{name}"\n' for code, name in reversed(lines.items()))
        (dist / f"{file}.csv").write_text("code,name\n" + text, encoding="utf-8")
    return folder


def make(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(TREE / "samples" / "make_nujiang.py"), str(source), "--out", str(out)]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_the_generator_gives_the_same_files_again(tmp_path: Path) -> None:
    """The CSV byte for byte; the bytes of the workbook also depend on the version of zlib, so two runs are compared."""
    source = package(tmp_path / "package", "2.2.0")
    outs = [tmp_path / "one", tmp_path / "two"]
    for out in outs:
        out.mkdir()
        assert make(source, out).returncode == 0
    assert (outs[0] / "ledger-2018.csv").read_bytes() == (NUJIANG / "ledger-2018.csv").read_bytes()
    assert (outs[0] / "ledger-2018.xlsx").read_bytes() == (outs[1] / "ledger-2018.xlsx").read_bytes()


def test_the_generator_refuses_another_edition(tmp_path: Path) -> None:
    ran = make(package(tmp_path / "package", "2.7.0"), tmp_path)
    assert ran.returncode == 2
    assert "2.7.0" in ran.stderr
    assert make(tmp_path, tmp_path).returncode == 2
