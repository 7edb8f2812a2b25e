"""Policies change under running projects on the real server, and the numbers shown before come true."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.policy import Raw
from tests.support import editions
from tests.support.house import TREE, House, until

SAMPLES = TREE / "samples" / "nujiang"
LEDGER = SAMPLES / "ledger-2018.csv"
PROVINCE, MINISTRY, BUILDER = "zhou.min", "gao.yuan", "wang.haitao"
PLANS = ("universal-service-fibre", "universal-service-4g", "universal-service-both")
COUNT = 40
LONG, SHORT = 75, 61


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Yield an installation with the people of the sample and some of its projects."""
    made = House(tmp_path_factory.mktemp("house"))
    try:
        assert made.run("people", "import", str(SAMPLES / "people.yaml")).code == 0
        assert made.run("start", str(LEDGER), "--limit", str(COUNT), "--as", PROVINCE).code == 0
        until(lambda: len(made.asked("SELECT 1 FROM project WHERE seq > 0")) == COUNT)
        yield made
    finally:
        made.close()


def written(folder: Path, *raws: Raw) -> list[str]:
    """Write policies to files and return their paths."""
    paths = []
    for raw in raws:
        path = folder / f"{raw['kind']}-{raw['name']}-{raw['version']}.yaml"
        path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
        paths.append(str(path))
    return paths


def asked(house: House, *argv: str, code: int = 0) -> dict[str, Any]:
    """Give a command in Chinese with `--json` and return its answer."""
    told = house.call(*argv, "--json", "--lang", "zh-CN")
    assert told.code == code, told
    return told.answer()


def refused(house: House, *argv: str) -> str:
    """Give a command that is refused, and return the code of the reason."""
    return str(asked(house, *argv, code=1)["error"]["code"])


def published(house: House, folder: Path, *raws: Raw) -> None:
    """Publish policies where they are not yet: one proposes, another approves."""
    number = asked(house, "policy", "publish", *written(folder, *raws), "--as", PROVINCE)["proposal"]
    if number:
        asked(house, "policy", "approve", number, "--as", MINISTRY)


def targets(version: str) -> list[str]:
    return [f"--to={name}@{version}" for name in PLANS]


def dues(house: House) -> dict[str, str]:
    """Return the due instants of the funding stage by project, as the read model has them."""
    rows = house.asked(
        "SELECT project_id || ' ' || replace(substr(due_at, 1, 19), ' ', 'T') || 'Z' FROM stage"
        " WHERE stage = 'funding' AND status = 'open'"
    )
    return dict(row.split(" ") for row in rows)


def test_the_numbers_come_true(house: House, tmp_path: Path) -> None:
    """Longer terms that end in 2027, then the calendar of that year: previewed, approved by another, and so it is."""
    for plan in PLANS:
        published(house, tmp_path, editions.budgets(plan, "2099.1", {"funding": LONG}))
    moved = 0
    for plan in PLANS:
        to = f"{plan}@2099.1"
        seen = house.call("policy", "migrate", "--to", to, "--preview", "--as", PROVINCE, "--lang", "en")
        if seen.code:
            assert "No running project is left" in seen.err
            continue
        assert "fall into the past" in seen.out
        moved += came_true(house, "policy", "migrate", "--to", to)
    assert moved == COUNT
    provisional = "SELECT 1 FROM project WHERE is_provisional"
    assert len(house.asked(provisional)) == COUNT

    calendar = editions.china_2027()
    files = written(tmp_path, calendar)
    assert refused(house, "calendar", "apply", "china@2027.1", "--preview", "--as", PROVINCE) == "policy.unknown"
    assert asked(house, "policy", "check", *files)["policies"]
    published(house, tmp_path, calendar)
    shown = asked(house, "calendar", "show", "china@2027.1")
    assert [one["projects"] for one in shown["published"]] == [COUNT, 0]
    assert came_true(house, "calendar", "apply", "china@2027.1") == COUNT
    assert house.asked(provisional) == []
    listed = {one["ref"].partition("#")[0]: one["projects"] for one in asked(house, "policy", "list")["policies"]}
    assert (listed["china@2026.1"], listed["china@2027.1"]) == (0, COUNT)
    assert house.asked("SELECT 1 FROM journal WHERE type = 'rung_fired'") == []


def came_true(house: House, *command: str) -> int:
    """Preview, propose, approve, and compare what was shown with what is; return how many deadlines moved."""
    preview = asked(house, *command, "--preview", "--as", PROVINCE)["preview"]
    before = dues(house)
    filed = asked(house, *command, "--as", PROVINCE)
    assert filed["preview"]["moved"] == preview["moved"]
    assert dues(house) == before
    assert refused(house, "policy", "approve", filed["proposal"], "--as", PROVINCE) == "proposal.own"
    done = asked(house, "policy", "approve", filed["proposal"], "--as", MINISTRY)
    assert done["counts"] == {"migrated": preview["projects"], "repeated": 0, "refused": 0, "unanswered": 0}
    after = dues(house)
    assert sum(after[key] != due for key, due in before.items()) == preview["moved"]
    for sample in preview["samples"]:
        assert (before[sample["project_id"]], after[sample["project_id"]]) == (
            sample["due_before"],
            sample["due_after"],
        )
    assert refused(house, "policy", "approve", filed["proposal"], "--as", MINISTRY) == "proposal.decided"
    return int(preview["moved"])


def test_killed_and_run_again_it_ends_with_the_right_set(house: House, tmp_path: Path) -> None:
    """The process that carries an approved proposal out is killed half-way; run again, each project moved once."""
    for plan in PLANS:
        published(house, tmp_path, editions.budgets(plan, "2099.2", {"funding": SHORT}))
    name = "universal-service-fibre"
    under = "SELECT 1 FROM project WHERE plan LIKE 'universal-service-fibre@2099.2#%'"
    number = asked(house, "policy", "migrate", "--to", f"{name}@2099.2", "--as", PROVINCE)["proposal"]
    total = len(house.asked("SELECT 1 FROM project WHERE technology = 'fibre'"))
    process = house.process(["policy", "approve", number, "--as", MINISTRY], stdout=subprocess.DEVNULL)
    until(lambda: bool(house.asked(under)), pause=0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = len(house.asked(under))
    assert asked(house, "policy", "proposals")["proposals"][0]["outcome"] == ("approved" if there < total else "done")
    again = house.call("policy", "approve", number, "--as", MINISTRY, "--lang", "en")
    assert again.code == (0 if there < total else 1), again
    assert len(house.asked(under)) == total
    entries = "SELECT count(*) FROM journal WHERE command_id = ? GROUP BY project_id"
    assert house.asked(entries, f"migrate:{number}") == [1] * total
    assert asked(house, "policy", "proposals")["proposals"][0]["outcome"] == "done"


def test_what_is_wrong_is_told(house: House, tmp_path: Path) -> None:
    published(house, tmp_path, editions.budgets(version="2099.1", days={"funding": LONG}))
    to = ["--to", "universal-service-fibre@2099.1"]
    assert refused(house, "policy", "approve", "P-999999", "--as", MINISTRY) == "proposal.unknown"
    assert refused(house, "policy", "migrate", "--to", "nowhere@1", "--as", PROVINCE) == "policy.unknown"
    assert (
        refused(house, "policy", "migrate", "--to", "universal-service-fibre@2099.1", "--area", "11", "--as", PROVINCE)
        == "migrate.nobody"
    )
    (good,) = written(tmp_path, editions.budgets(version="2099.7"))
    assert refused(house, "policy", "publish", good, "--as", BUILDER) == "proposal.no_office"
    assert house.asked("SELECT person_id FROM refusal WHERE code = 'proposal.no_office'") == [BUILDER]
    (other,) = written(tmp_path, editions.budgets(version="2099.1", days={"cable": 1}))
    assert refused(house, "policy", "publish", other, "--as", PROVINCE) == "policy.same_version"
    by_builder = asked(house, "policy", "migrate", *to, "--as", BUILDER, code=1)
    assert set(by_builder["preview"]["refused"]) == {"authority.wrong_role"}
    number = asked(house, "policy", "migrate", *to, "--as", PROVINCE)["proposal"]
    asked(house, "policy", "decline", number, "--as", MINISTRY)
    assert refused(house, "policy", "approve", number, "--as", MINISTRY) == "proposal.decided"
    told = json.loads(house.call("policy", "proposals", "--json").out)["proposals"][0]
    assert (told["number"], told["outcome"], told["decided_by"]) == (number, "declined", MINISTRY)
    for command in (("policy", "proposals"), ("policy", "list"), ("calendar", "show", "china")):
        assert house.call(*command, "--lang", "zh-CN").code == 0
