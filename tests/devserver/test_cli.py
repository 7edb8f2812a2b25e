"""The real command line against a running installation: what is wrong is told, and nothing is done by half.

Every refusal is asked for twice: as a process with `--json`, in Chinese, and within this process as text, in English.
"""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from rules.text import render
from schemas import names
from schemas.reason import Reason
from tests.support.house import PATIENCE, TREE, House, two_ports, until
from tests.support.ports import free_port

SAMPLES = TREE / "samples" / "nujiang"
LEDGER = SAMPLES / "ledger-2018.csv"

PROVINCE, OFFICER, BUILDER, AUDITOR = "zhou.min", "he.zhiming", "wang.haitao", "yu.qing"
PROJECT = "US18F-000001"
FACTS = ("--fact", "document_no=A-1", "--fact", "central_cny=1000", "--fact", "no_double_funding=true")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Yield an installation with the people of the sample and three of its projects."""
    made = House(tmp_path_factory.mktemp("house"))
    try:
        assert made.run("people", "import", str(SAMPLES / "people.yaml")).code == 0
        assert made.run("start", str(LEDGER), "--limit", "3", "--as", PROVINCE).code == 0
        until(lambda: len(made.asked("SELECT 1 FROM project WHERE seq > 0")) == 3)
        yield made
    finally:
        made.close()


@dataclass(frozen=True)
class Case:
    """A command that is refused.

    Attributes:
        argv: The command.
        exit_code: Its exit code.
        reason: Code of the reason.
        names: What a person must be told in either language: the value, the place, the way out.
        variables: Settings for this command; `FREE` stands for a port on which nobody listens.
    """

    argv: tuple[str, ...]
    exit_code: int
    reason: str
    names: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)


UNKNOWN = "US18F-999999"
AWAY = {"CUNTONG_PORT": "FREE"}
MERGE = ("--kind", "merge", "--code", "MERGED", "--note", "撤并")
DAYS_TO_COME = ("--since", "2026-01-05", "--until", "2099-01-05T00:00+08:00")
CASES: dict[str, Case] = {
    "unknown project, shown": Case(("project", "show", UNKNOWN), 1, "project.unknown", (UNKNOWN,)),
    "unknown project, explained": Case(("why", UNKNOWN), 1, "project.unknown", (UNKNOWN,)),
    "unknown project, acted on": Case(
        ("project", "approve", UNKNOWN, *FACTS, "--as", PROVINCE), 1, "project.unknown", (UNKNOWN,)
    ),
    "out of turn": Case(
        ("project", "submit", PROJECT, "--stage", "cable", "--fact", "spare_cores=4", "--as", BUILDER),
        1,
        "stage.pending",
    ),
    "without the right": Case(
        ("project", "approve", PROJECT, *FACTS, "--as", BUILDER), 1, "authority.wrong_role", (BUILDER,)
    ),
    "an auditor changes nothing": Case(
        ("project", "approve", PROJECT, *FACTS, "--as", AUDITOR), 1, "authority.wrong_role", (AUDITOR,)
    ),
    "merged into itself": Case(
        ("project", "request-change", PROJECT, *MERGE, "--into", PROJECT, "--as", PROVINCE), 1, "change.onto_itself"
    ),
    "merged into nothing": Case(
        ("project", "request-change", PROJECT, *MERGE, "--into", UNKNOWN, "--as", PROVINCE),
        1,
        "change.unknown_project",
        (UNKNOWN,),
    ),
    "days that are still to come": Case(
        ("project", "contest-days", PROJECT, *DAYS_TO_COME, "--party", "road", "--reason", "x", "--as", PROVINCE),
        1,
        "days.future",
    ),
    "nothing waits": Case(("project", "agree", PROJECT, "--as", PROVINCE), 1, "matter.none_waiting"),
    "unknown person": Case(
        ("project", "approve", PROJECT, *FACTS, "--as", "nobody.here"), 1, "person.unknown", ("nobody.here",)
    ),
    "nobody named": Case(("project", "approve", PROJECT, *FACTS), 1, "actor.none", ("--as", "CUNTONG_ACTING_AS")),
    "a fact is missing": Case(("project", "approve", PROJECT, "--as", PROVINCE), 1, "fact.missing", ("document_no",)),
    "no fact at all": Case(("project", "approve", PROJECT, "--fact", "x", "--as", PROVINCE), 1, "option.no_pair"),
    "no server, act": Case(
        ("project", "approve", PROJECT, *FACTS, "--as", PROVINCE), 3, "engine.unreachable", ("./cuntong up",), AWAY
    ),
    "no server, start": Case(
        ("start", str(LEDGER), "--programme", "NS", "--as", PROVINCE), 3, "engine.unreachable", ("./cuntong up",), AWAY
    ),
    "no records": Case(("project", "list", "--data", "none"), 3, "records.none", ("none", "--data")),
    "no such ledger": Case(("start", "none.csv", "--as", PROVINCE), 1, "file.missing", ("none.csv",)),
    "an empty ledger": Case(("start", "empty.csv", "--as", PROVINCE), 1, "ledger.empty_file", ("empty.csv",)),
    "a start without the right": Case(
        ("start", str(LEDGER), "--programme", "NS", "--as", BUILDER), 1, "authority.wrong_role", (BUILDER,)
    ),
    "no such command": Case(("bogus",), 2, "usage.unknown_command", ("bogus",)),
    "no project named": Case(("project", "approve"), 2, "usage.missing", ("PROJECT_ID",)),
    "an option that is none": Case(("board", "--bogus"), 2, "usage.unknown_option", ("--bogus",)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_wrong_is_told_and_nothing_is_done(house: House, case: Case) -> None:
    (house.folder / "empty.csv").touch()
    variables = {key: str(free_port()) if value == "FREE" else value for key, value in case.variables.items()}
    before = house.standing()

    told = house.run(*case.argv, "--json", "--lang", "zh-CN", **variables)
    error = told.answer()["error"]
    assert (told.code, error["code"]) == (case.exit_code, case.reason), told
    reason = Reason.model_validate({key: error[key] for key in ("code", "params", "kind")})
    assert error["message"] == render(reason, "zh-CN")

    text = house.call(*case.argv, "--lang", "en", **variables)
    assert (text.code, text.out) == (case.exit_code, ""), text
    assert f"✗ {render(reason, 'en')}".split(":")[0] in text.err
    for name in case.names:
        assert name in error["message"]
        assert name in text.err
    assert house.standing() == before


def test_a_data_folder_that_cannot_be_written_is_refused(house: House) -> None:
    (house.folder / "file").touch()
    for path in ("file/data", "/proc/cuntong"):
        told = house.run("up", "--data", path, "--json", **two_ports())
        assert (told.code, told.answer()["error"]["code"]) == (3, "data.not_writable")
        assert path in told.err


def test_a_folder_and_a_port_in_use_are_refused(house: House) -> None:
    told = house.run("up", "--json", **two_ports())
    assert (told.code, told.answer()["error"]["code"]) == (1, "data.in_use")
    told = house.run("up", "--json", "--data", "other")
    assert (told.code, told.answer()["error"]["code"]) == (1, "engine.port_taken")
    assert str(house.port) in told.err


def test_a_ledger_with_problems_registers_nothing(house: House) -> None:
    """Every problem is named by row, column and value, and no row is taken, right or wrong."""
    with LEDGER.open(encoding="utf-8-sig", newline="") as text:
        head, *rows = list(csv.reader(text))[:8]
    rows[1][0], rows[2][0], rows[3][0] = "53330110100O", "5.33301E+11", rows[0][0]
    rows[4][-1] = "2019-02-30"
    with (house.folder / "bad.csv").open("w", encoding="gb18030", newline="") as text:
        csv.writer(text).writerows([head, *rows])
    before = house.standing()

    command = ("start", "bad.csv", "--programme", "BAD", "--as", PROVINCE)
    told = house.run(*command, "--json")
    problems = told.answer()["problems"]
    assert told.code == 1
    assert [(one["row"], one["value"], one["reason"]["code"]) for one in problems] == [
        (3, "53330110100O", "ledger.code_not_digits"),
        (4, "5.33301E+11", "ledger.code_is_float"),
        (5, rows[0][0], "ledger.duplicate_code"),
        (6, "2019-02-30", "ledger.bad_date"),
    ]
    for lang in ("en", "zh-CN"):
        shown = house.call(*command, "--lang", lang)
        assert (shown.code, shown.out) == (1, "")
        assert all(f"bad.csv:{one['row']} [{one['column']}]" in shown.err for one in problems)
    assert house.standing() == before
    assert house.asked("SELECT 1 FROM project WHERE programme = 'BAD'") == []


def test_a_plan_with_a_cycle_is_refused(house: House) -> None:
    plan = (TREE / "policies" / "plans" / "universal-service-fibre.yaml").read_text(encoding="utf-8")
    plan = plan.replace("  after: []", "  after: [cable]").replace("version: '2018.2'", "version: 'cycle'")
    (house.folder / "cycle.yaml").write_text(plan, encoding="utf-8")
    told = house.run("policy", "check", "cycle.yaml", "--json")
    assert told.code == 1
    cycle = next(one for one in told.answer()["problems"] if one["code"] == "policy.cycle")
    for lang in ("en", "zh-CN"):
        text = house.call("policy", "check", "cycle.yaml", "--lang", lang)
        assert text.code == 1
        assert cycle["params"]["circle"] in text.err


def test_a_command_sent_twice_is_done_once(house: House) -> None:
    """Also when it was the last one, and the workflow has ended over it; its id serves for nothing else."""
    project = "US18F-000002"
    approve = ("project", "approve", project, *FACTS, "--as", PROVINCE, "--command-id", "once", "--json")
    first, again = house.run(*approve), house.run(*approve)
    assert (first.code, again.code) == (0, 0)
    assert [told.answer()["is_repeat"] for told in (first, again)] == [False, True]
    assert first.answer()["seq"] == again.answer()["seq"]
    assert "nothing was done twice" in house.call(*approve[:-1], "--lang", "en").out
    assert "未重复办理" in house.call(*approve[:-1], "--lang", "zh-CN").out

    order = ("--code", "DUPLICATE", "--decision-no", "No. 1", "--as", PROVINCE, "--json")
    reused = house.call("project", "cancel", project, *order, "--command-id", "once")
    assert (reused.code, reused.answer()["error"]["code"]) == (1, "command.id_reused")
    cancel = ("project", "cancel", project, *order, "--command-id", "last")
    assert [house.call(*cancel).answer()["is_repeat"] for _ in range(2)] == [False, True]
    commands = house.asked("SELECT command_id FROM journal WHERE project_id = ? AND command_id != ''", project)
    assert sorted(set(commands)) == sorted({"once", "last"} | {one for one in commands if one.startswith("start-")})
    assert commands.count("last") == 1


def test_a_change_waits_is_agreed_and_reconciles(house: House) -> None:
    """Asked for by the prefecture, listed, decided by the province; the list of tasks then tells the line."""
    project = house.asked("SELECT max(project_id) FROM project WHERE programme = 'US'")[0]
    asked = ("--kind", "cancel", "--code", "COVERED_BY_OTHER", "--note", "其他运营商已覆盖")
    assert house.run("project", "request-change", project, *asked, "--as", OFFICER).code == 0
    (row,) = house.call("matters", "list", "--role", "provincial_supervisor", "--json").answer()["matters"]
    assert (row["project_id"], row["key"], row["kind"], row["asked_by"]) == (project, "M1", "change", OFFICER)
    for lang, word in (("zh-CN", "报平台备案"), ("en", "Filing in the support platform")):
        for command in (("matters", "list"), ("project", "show", project), ("why", project)):
            assert word in house.call(*command, "--lang", lang).out, command
    refused = house.run("project", "agree", project, "--number", "1号", "--as", OFFICER, "--json")
    assert refused.answer()["error"]["code"] == "authority.wrong_role"
    assert house.run("project", "agree", project, "--number", "1号", "--as", PROVINCE).code == 0
    assert house.call("matters", "list", "--json").answer() == {"matters": [], "total": 0}
    told = house.call("reconcile", "--json")
    lines = {(line["kind"], line["code"]): line["count"] for line in told.answer()["total"]["lines"]}
    assert (told.code, lines["cancelled", "COVERED_BY_OTHER"]) == (0, -1)
    assert sum(count for (kind, _), count in lines.items() if kind != "final") == lines["final", ""]
    for by in ("reason", "county"):
        assert house.call("reconcile", "--by", by, "--lang", "en").code == 0


async def test_a_start_that_was_killed_ends_with_exactly_the_right_set(house: House, tmp_path: Path) -> None:
    """Killed half way, then run again by two people at once: every row has one project and one workflow."""
    text = LEDGER.read_text(encoding="utf-8-sig")
    rows = len(text.splitlines()) - 1
    elsewhere = tmp_path / "elsewhere.csv"  # nobody pays twice for the villages of the other tests
    elsewhere.write_text(re.sub(r"\b5333(\d{8})\b", r"5334\1", text), encoding="utf-8")
    command = ["start", str(elsewhere), "--programme", "KS", "--as", PROVINCE, "--json"]

    def begun() -> int:
        return len(house.asked("SELECT 1 FROM project WHERE programme = 'KS' AND seq > 0"))

    killed = house.process(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: begun() > 0, pause=0.01)
    killed.kill()
    assert killed.wait(PATIENCE) == -signal.SIGKILL
    until(lambda: settled(begun))
    partly = begun()
    assert 0 < partly < rows

    both = [house.process(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(2)]
    answers = [json.loads(one.communicate(timeout=PATIENCE)[0]) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sum(answer["started"] for answer in answers) == rows - partly
    assert answers[0]["projects"] == answers[1]["projects"]
    until(lambda: begun() == rows)
    assert house.run(*command).answer() == {**answers[0], "started": 0, "known": rows}

    found = house.asked("SELECT project_id FROM project WHERE programme = 'KS'")
    meanings = house.asked("SELECT DISTINCT batch || village_code || technology FROM project WHERE programme = 'KS'")
    assert sorted(found) == sorted(answers[0]["projects"])
    assert len(found) == len(meanings) == rows
    workflows = await running(await house.client(), rows)
    assert sorted(workflows) == sorted(map(names.project_workflow_id, found))


async def running(client: Client, expected: int) -> list[str]:
    """Return the ids of running workflows of the killed start; the engine's lists follow after a moment."""
    query = f"WorkflowType = '{names.PROJECT_WORKFLOW}'"
    end = time.monotonic() + PATIENCE
    while True:
        runs = [run async for run in client.list_workflows(query) if names.project_id_of(run.id).startswith("KS")]
        if len(runs) >= expected or time.monotonic() > end:
            assert {run.status for run in runs} == {WorkflowExecutionStatus.RUNNING}
            return [run.id for run in runs]


def settled(count: Callable[[], int]) -> bool:
    """Whether a number no longer changes."""
    before = count()
    time.sleep(1.0)
    return count() == before
