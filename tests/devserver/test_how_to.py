"""A how-to tells the truth: its commands are run, in order, in a copy of the tree, and each of them succeeds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import PATIENCE, TREE, House

pytestmark = pytest.mark.timeout(400)
"""Every command is a process of its own."""

BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "tests", "__pycache__", ".*_cache", "data", "build")


def commands(page: str) -> Iterator[str]:
    """Yield the commands of a page, those that go on in the next line as one."""
    for block in BLOCK.findall((TREE / "docs" / "how-to" / page).read_text(encoding="utf-8")):
        yield from (line.strip() for line in block.replace("\\\n", "").splitlines() if line.strip())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    try:
        assert made.run("people", "import", str(TREE / "samples" / "nujiang" / "people.yaml")).code == 0
        yield made
    finally:
        made.close()


def followed(house: House, page: str) -> str:
    """Run the commands of a page in a copy of the tree, and return what they said."""
    copy, said = house.folder / "tree", ""
    shutil.copytree(TREE, copy, ignore=LEFT_OUT)
    for command in commands(page):
        done = subprocess.run(
            ["bash", "-c", command.replace("./cuntong", f"{sys.executable} starter.py")],
            cwd=copy,
            env={**os.environ, **house.variables, "CUNTONG_LANG": "en"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        said += done.stdout
    return said


def test_another_regime_by_data_alone(house: House) -> None:
    said = followed(house, "regime.md")
    for line in (
        "Started the batch '怒江州2027年': US27T-000001",
        "Batch: 120 of 461 units are built (461 planned)",
        "Next milestone: '80 % by 31 July' (2027-07-31), 369 units required, 249 more to build",
    ):
        assert line in said
    assert house.asked("SELECT matters FROM project") == [1]


def test_running_projects_go_on_under_other_policies(house: House) -> None:
    said = followed(house, "policy-change.md")
    fibre = len(house.asked("SELECT 1 FROM project WHERE plan LIKE 'universal-service-fibre@2018.3#%'"))
    for line in (
        f"{fibre} projects can go on under these policies, 0 cannot",
        f"{fibre} open deadlines: {fibre} move ({fibre} later, 0 earlier), of which 0 fall into the past",
        f"P-000002: {fibre} projects migrated, 0 had been before, 0 refused, 0 without an answer",
        "(universal-service-fibre@2018.3, ",
    ):
        assert line in said
    assert fibre == len(house.asked("SELECT 1 FROM project WHERE technology = 'fibre'"))


def test_letters_are_read_and_changed(house: House) -> None:
    said = followed(house, "letter-texts.md")
    for line in (
        "【村通】2018年9月29日（星期六）待办59件，其中逾期31件",
        "wrote build/letters/digest-zh-CN.xlsx",
        "wrote build/ours/digest-en.eml",
        "standard@2026.2#",
        "china@2026.2#",
        "08:30-18:00",
    ):
        assert line in said
    page = (house.folder / "tree" / "build" / "ours" / "digest-zh-CN.html").read_text(encoding="utf-8")
    assert "怒江州村通督办" in page
    assert house.asked("SELECT count(*) FROM policy_document WHERE kind IN ('letters', 'messaging')") == [2]


def test_the_seven_application_measures(house: House) -> None:
    said = followed(house, "measures.md")
    assert "US18M-000001" in said
    assert "Period 2 of 12, which ends on" in said


def test_channels_from_an_example(house: House) -> None:
    said = followed(house, "channels.md")
    assert all(name in said for name in ("dingtalk", "wecom", "feishu", "sms", "platform", "file"))


def test_what_to_do_about_letters(house: House) -> None:
    said = followed(house, "letters.md")
    assert said.count("0 of 0 letters shown.") == 5
    assert said.count("No letter that fits was given up.") == 2


def test_audit_and_proof(house: House) -> None:
    assert "Sound (" in followed(house, "audit.md")
    shutil.rmtree(house.folder / "tree")
    assert "Proved: nothing is missing, nothing came twice." in followed(house, "prove.md")


def test_notices_are_held_back_and_answered(house: House) -> None:
    said = followed(house, "silence.md")
    for line in (
        "Nothing was changed; leave --preview out to do it.",
        "Silence 1: area 5333, stage cable",
        "0 notices held back.",
        "Silence 1 is over.",
    ):
        assert line in said
    assert house.asked("SELECT ended_by FROM silence") == ["zhou.min"]
    shutil.rmtree(house.folder / "tree")
    assert "zhou.min: the newest 0 shown, 0 of them still ask for something." in followed(house, "answer.md")
