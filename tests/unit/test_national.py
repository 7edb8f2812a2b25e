"""The invented national ledger: in proportion, repeatable, clean when read back, and nothing in it looks real."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from infra.files.ledger import read_ledger
from infra.files.ledger_writer import INVENTED_MARK, write_ledger
from infra.files.national import INVENTED, VILLAGES, apportioned, areas, national_ledger
from rules.village_code import is_in_three_regions
from schemas.ledger import LedgerRow
from schemas.reason import Refusal

TREE = Path(__file__).parents[2]
SOME = 3_000


@pytest.fixture(scope="module")
def rows() -> list[LedgerRow]:
    return list(national_ledger(SOME))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_file_reads_back_as_the_same_rows(rows: list[LedgerRow], suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"ledger{suffix}"
    assert write_ledger(rows, path, INVENTED, ["a note"]) == SOME
    read = read_ledger(path)
    assert read.problems == ()
    assert list(read.rows) == rows
    assert read.ignored_columns == ()


def test_the_same_ledger_gives_the_same_bytes(rows: list[LedgerRow], tmp_path: Path) -> None:
    for name in ("one", "two"):
        for suffix in (".csv", ".xlsx"):
            write_ledger(rows[:50], tmp_path / f"{name}{suffix}", INVENTED)
    for suffix in (".csv", ".xlsx"):
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


def test_everything_invented_says_so(rows: list[LedgerRow], tmp_path: Path) -> None:
    write_ledger(rows[:1], tmp_path / "ledger.csv", INVENTED)
    with (tmp_path / "ledger.csv").open(encoding="utf-8-sig", newline="") as stream:
        headings = next(csv.reader(stream))
    assert [heading for heading in headings if not heading.endswith(INVENTED_MARK)] == ["县", "市州", "省"]
    assert all("合成" in row.village_name and "合成" in row.township for row in rows)


def test_the_same_seed_gives_the_same_ledger(rows: list[LedgerRow]) -> None:
    assert list(national_ledger(SOME, seed=1)) == rows
    assert list(national_ledger(SOME, seed=2)) != rows


def test_rows_come_one_by_one() -> None:
    assert len(list(islice(national_ledger(VILLAGES), 5))) == 5


@pytest.mark.parametrize("villages", [1, 7, SOME])
def test_there_are_as_many_villages_as_asked_for(villages: int) -> None:
    found = list(national_ledger(villages))
    codes = [row.village_code for row in found]
    assert len(codes) == villages
    assert codes == sorted(set(codes))
    assert [row.row for row in found] == list(range(2, villages + 2))


def test_proportions_are_those_of_the_plan(rows: list[LedgerRow]) -> None:
    technologies = Counter(row.technology for row in rows)
    with_fibre = technologies["fibre"] + technologies["both"]
    assert with_fibre == pytest.approx(SOME * 43_000 / 122_900, abs=1)
    builders = Counter(row.builder for row in rows)
    assert builders == {"telecom": 1200, "mobile": 1050, "unicom": 600, "broadcasting": 150}
    for row in rows:
        connected = {"fibre": (False, True), "4g": (True, False), "both": (False, False)}[row.technology]
        assert (row.fibre_status == "connected", row.g4_status == "connected") == connected


def test_places_are_real_counties_of_22_provinces(rows: list[LedgerRow]) -> None:
    known = areas()
    assert len({row.village_code[:2] for row in rows}) == len({code[:2] for code in known}) == 22
    for row in rows:
        code = row.village_code
        assert (row.county, row.province) == (known[code[:6]], known[code[:2]])
        assert row.prefecture == known.get(code[:4], "")
        assert (row.tier == "three-regions") == is_in_three_regions(code)
    assert known["533324"] == "贡山独龙族怒族自治县"


def test_a_county_has_one_tier(rows: list[LedgerRow]) -> None:
    assert len({(row.village_code[:6], row.tier) for row in rows}) == len({row.village_code[:6] for row in rows})


@pytest.mark.parametrize(("total", "weights"), [(10, [1, 1, 1]), (0, [3, 1]), (1, [0.2, 0.5, 0.3]), (7, [1])])
def test_parts_add_up(total: int, weights: list[float]) -> None:
    parts = apportioned(total, weights)
    assert sum(parts) == total
    assert all(abs(part - total * weight / sum(weights)) < 1 for part, weight in zip(parts, weights, strict=True))


@pytest.mark.parametrize("name", ["ledger.txt", "ledger"])
def test_another_format_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        write_ledger([], tmp_path / name)
    assert refused.value.reason.code == "output.suffix"


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_file_that_cannot_be_written_is_told(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"taken{suffix}").mkdir()
    with pytest.raises(Refusal) as refused:
        write_ledger([], tmp_path / f"taken{suffix}")
    assert refused.value.reason.code == "output.not_written"


def test_the_program_writes_a_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "samples.make_national", "--villages", "20", str(tmp_path / "ledger.csv")]
    said = subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=True).stdout
    assert said.startswith("20 villages written to ")
    assert list(read_ledger(tmp_path / "ledger.csv").rows) == list(national_ledger(20))
    wrong = subprocess.run([*command[:-1], "x.txt"], cwd=TREE, capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
