"""`policy rehearse` as people meet it: tables, JSON, plots, comparisons, and refusals in words."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli import rehearse
from cli.app import main
from infra.files import plot, policies
from infra.files.national import national_ledger
from schemas.rehearsal import Rehearsal
from tests.support.books import POLICIES

TREE = Path(__file__).parents[2]
LEDGER, PEOPLE = TREE / "samples/nujiang/ledger-2018.csv", TREE / "samples/nujiang/people.yaml"
HOW_TO = TREE / "docs/how-to/rehearse.md"
SMALL = ("national", "--villages", "40", "--start", "2018-05-07")


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without records or engine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUNTONG_PORT", "1")
    monkeypatch.setattr(rehearse, "load_tree", tree_once)
    return tmp_path


@cache
def tree_once(folder: Path = policies.TREE) -> list[policies.LoadedPolicy]:
    """Read the policies of a folder, which takes a second, only once for all tests."""
    return policies.load_tree(folder)


class Told:
    """What a rehearsal said, and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str], argv: Sequence[str]) -> None:
        self.code = main(["policy", "rehearse", *argv])
        self.out, self.err = capsys.readouterr()

    @property
    def answer(self) -> dict[str, Any]:
        return dict(json.loads(self.out))


def slower_ladder(folder: Path) -> Path:
    """Write a ladder of another version whose supervision order comes three days later."""
    raw = yaml.safe_load((POLICIES / "ladders" / "supervision.yaml").read_text(encoding="utf-8"))
    raw["version"] = "trial.1"
    for rung in raw["rungs"]:
        rung["offset_days"] += 3 if rung["key"] == "supervision-order" else 0
    path = folder / "slower.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.usefixtures("away")
def test_the_answer_holds_everything(capsys: pytest.CaptureFixture[str]) -> None:
    told = Told(capsys, [*SMALL, "--late", "61", "--json"])
    found = Rehearsal.model_validate(told.answer["rehearsal"])
    assert told.code == 0
    assert (found.projects, told.answer["against"], told.answer["is_ledger_invented"]) == (40, None, True)
    assert sum(day.messages for day in found.days) == sum(one.messages for one in found.people) == found.messages
    assert set(found.rungs_by_level) == {0, 1, 2, 3, 4, 5}


@pytest.mark.usefixtures("away")
def test_people_of_a_directory_are_told_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    told = Told(capsys, [str(LEDGER), "--people", str(PEOPLE), "--start", "2018-05-07", "--late", "9", "--lang", "zh"])
    assert told.code == 0
    assert "周敏" in told.out
    assert "贡山独龙族怒族自治县 533324" in told.out  # its vacant post
    assert "虚构了" not in told.out


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize(("lang", "words"), [("en", ("synthetic", "holders are")), ("zh", ("合成数据", "虚构了"))])
def test_what_is_invented_is_said(lang: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    told = Told(capsys, [*SMALL, "--lang", lang])
    assert all(word in told.out for word in words)


@pytest.mark.usefixtures("away")
def test_a_share_of_late_projects_escalates(capsys: pytest.CaptureFixture[str]) -> None:
    few, all_ = (
        Told(capsys, [*SMALL, "--late", "61", "--late-share", share, "--json"]).answer["rehearsal"]
        for share in ("25", "100")
    )
    assert 0 < few["rungs_by_level"]["5"] < all_["rungs_by_level"]["5"]


def test_another_version_stands_beside(away: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slower = slower_ladder(away)
    late = [*SMALL, "--late", "8", "--against", str(slower)]
    answer = Told(capsys, [*late, "--json"]).answer
    here, other = (Rehearsal.model_validate(answer[name]) for name in ("rehearsal", "against"))
    assert here.rungs_by_level[2] > other.rungs_by_level.get(2, 0)
    assert {one for one in other.policies if "trial.1" in one}
    told = Told(capsys, [*late, "--lang", "en"])
    assert "Against" in told.out
    assert re.search(rf"Rungs +│ +{here.rungs:,} │ +{other.rungs:,} │ +\+{here.rungs - other.rungs:,} ", told.out)


@pytest.mark.usefixtures("away")
def test_a_version_of_the_tree_can_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    ladder = yaml.safe_load((POLICIES / "ladders" / "supervision.yaml").read_text(encoding="utf-8"))
    answer = Told(capsys, [*SMALL, "--against", f"supervision@{ladder['version']}", "--json"]).answer
    assert answer["against"] == answer["rehearsal"]


@pytest.mark.parametrize(("lang", "suffix"), [("zh", ".png"), ("en", ".svg")])
def test_a_plot_is_drawn_the_same_each_time(
    lang: str, suffix: str, away: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        told = Told(capsys, [*SMALL, "--late", "20", "--plot", str(away / f"{name}{suffix}"), "--lang", lang])
        assert told.code == 0, told.err
    one, two = ((away / f"{name}{suffix}").read_bytes() for name in ("one", "two"))
    assert one == two
    assert one.startswith(b"\x89PNG" if suffix == ".png" else b"<?xml")


def test_a_plot_of_two_versions_names_both(away: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = away / "both.svg"
    command = [*SMALL, "--late", "20", "--against", str(slower_ladder(away)), "--plot", str(path), "--lang", "zh"]
    assert Told(capsys, command).code == 0
    text = path.read_text(encoding="utf-8")
    assert {word for word in ("slower.yaml", "现行", "督办", "长假", "每人每日 100 条") if word not in text} == set()


def test_without_a_chinese_font_a_png_is_labelled_in_english(
    away: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plot, "_installed", tuple)
    told = Told(capsys, [*SMALL, "--plot", str(away / "x.png"), "--lang", "zh"])
    assert told.code == 0
    assert "没有中文字体" in told.err
    told = Told(capsys, [*SMALL, "--plot", str(away / "x.svg"), "--lang", "zh"])
    assert "没有中文字体" not in told.err


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ([str(LEDGER), "--start", "2018-05-07", "--villages", "5"], "rehearsal.villages_of_file"),
        (["nowhere.csv", "--start", "2018-05-07"], "file.missing"),
        ([*SMALL, "--people", "nowhere.yaml"], "file.missing"),
        ([*SMALL, "--plot", "load.pdf"], "output.suffix"),
        ([*SMALL, "--against", "nothing@1"], "policy.unknown"),
        ([*SMALL, "--against", "supervision@1900.1"], "policy.unknown"),
        ([*SMALL, "--plans", "nothing-"], "start.no_plan"),
        ([*SMALL, "--calendar", "nothing"], "policy.unknown"),
        (["national", "--villages", "5", "--start", "1066-10-14"], "calendar.outside"),
    ],
)
def test_what_cannot_be_rehearsed_is_refused(argv: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = Told(capsys, [*argv, "--json", "--lang", "en"])
    assert (told.code, told.answer["error"]["code"]) == (1, code)


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize(
    "argv",
    [
        ["national"],
        ["national", "--start", "soon"],
        [*SMALL, "--late-share", "101"],
        [*SMALL, "--capacity", "0"],
        [*SMALL, "--start-spread", "0"],
        ["national", "--start", "2018-05-07", "--villages", "0"],
        [*SMALL, "--vacant", "-1"],
    ],
)
def test_what_is_no_number_of_its_kind_is_refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert Told(capsys, argv).code == 2


def test_a_plot_that_cannot_be_written_is_told(away: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (away / "taken.png").mkdir()
    told = Told(capsys, [*SMALL, "--plot", "taken.png", "--json"])
    assert (told.code, told.answer["error"]["code"]) == (3, "output.not_written")


@pytest.mark.usefixtures("away")
def test_a_calendar_without_free_days_has_no_holidays(capsys: pytest.CaptureFixture[str]) -> None:
    command = [*SMALL, "--calendar", "compressed", "--plot", "load.png"]
    found = Told(capsys, [*command, "--json"]).answer["rehearsal"]
    assert (found["holidays"], found["moved"]) == ([], 0)
    assert found["days"][0]["day"].startswith("day ")


def test_a_file_gives_the_same_as_the_rows_themselves(away: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from infra.files.ledger_writer import write_ledger  # noqa: PLC0415 - the only test that needs it

    write_ledger(national_ledger(40), away / "ledger.csv")
    from_file = Told(capsys, ["ledger.csv", "--start", "2018-05-07", "--json"]).answer
    assert from_file["rehearsal"] == Told(capsys, [*SMALL, "--json"]).answer["rehearsal"]
    assert from_file["is_ledger_invented"] is False


HOW_TO_TEXT = HOW_TO.read_text(encoding="utf-8").replace("\\\n", "")
COMMANDS = re.findall(r"^ *\./cuntong policy rehearse (.+)$", HOW_TO_TEXT, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_how_to_do_what_it_says(
    command: str, away: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With fewer villages, and plots in a folder of their own."""
    monkeypatch.chdir(TREE)
    words = [str(away / word) if word.endswith(".png") else word for word in command.split()]
    words += ["--villages", "40"] if "national" in words else []
    words = [str(slower_ladder(away)) if word == "trial/" else word for word in words]
    assert len(COMMANDS) > 4
    told = Told(capsys, words)
    assert told.code == 0, told.err
