"""People and refusals by the real command line against a running installation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from rules.text import LANGUAGES, render
from schemas.reason import Reason
from tests.support.house import TREE, House, until

SAMPLES = TREE / "samples" / "nujiang"
LEDGER = SAMPLES / "ledger-2018.csv"
PROVINCE, PREFECTURE, BUILDER, POWER = "zhou.min", "he.zhiming", "wang.haitao", "he.lijun"
IDS = ("US18F-000001", "US18F-000002")
FACTS = ("--fact", "document_no=A-1", "--fact", "central_cny=1000", "--fact", "no_double_funding=true")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Yield an installation with the people of the sample and five of its projects."""
    made = House(tmp_path_factory.mktemp("house"))
    try:
        assert made.run("people", "import", str(SAMPLES / "people.yaml")).code == 0
        assert made.run("start", str(LEDGER), "--limit", "5", "--as", PROVINCE).code == 0
        until(lambda: len(made.asked("SELECT 1 FROM project WHERE seq > 0")) == 5)
        yield made
    finally:
        made.close()


def ask(house: House, *argv: str) -> dict[str, Any]:
    told = house.call(*argv, "--json")
    assert told.code == 0, told
    return told.answer()


def refusals(house: House, *argv: str) -> list[tuple[str, str, str, str]]:
    rows = ask(house, "refusals", "list", *argv)["refusals"]
    return [(row["project_id"], row["person_id"], row["act"], row["code"]) for row in rows]


def test_what_the_rules_refuse_stands_on_record(house: House) -> None:
    begun = datetime.now(UTC).isoformat()
    project, approve = IDS[0], ("project", "approve", IDS[0], *FACTS)
    assert house.call(*approve, "--as", BUILDER, "--command-id", "first-try").code == 1
    assert house.call("project", "hold", project, "--code", "NO_SUCH", "--as", PREFECTURE).code == 1
    assert house.call(*approve, "--as", PROVINCE, "--command-id", "once").code == 0
    assert (
        house.call(
            "project",
            "cancel",
            project,
            "--code",
            "DUPLICATE",
            "--decision-no",
            "7",
            "--as",
            PROVINCE,
            "--command-id",
            "once",
        ).code
        == 1
    )
    assert (
        house.call("project", "cancel", project, "--code", "DUPLICATE", "--decision-no", "7", "--as", PROVINCE).code
        == 0
    )
    until(
        lambda: (
            house.call("project", "report", project, "--percent", "5", "--as", BUILDER, "--json").answer()["error"][
                "code"
            ]
            == "project.over_for_good"
        )
    )
    assert house.call("start", str(LEDGER), "--programme", "NS", "--as", BUILDER).code == 1
    assert house.call("start", str(LEDGER), "--programme", "NS", "--as", BUILDER, "--dry-run").code == 1
    found = refusals(house, "--since", begun)
    assert found[0] == ("", BUILDER, "start", "authority.wrong_role")
    assert found[1] == (project, BUILDER, "report", "project.over_for_good")
    assert found[::-1][:3] == [
        (project, BUILDER, "approve", "authority.wrong_role"),
        (project, PREFECTURE, "hold", "reason.unknown"),
        (project, PROVINCE, "cancel", "command.id_reused"),
    ]
    assert [row[2] for row in found].count("start") == 1, "a dry run asks for nothing"
    assert {row[1] for row in refusals(house, "--person", PREFECTURE)} == {PREFECTURE}
    assert {row[0] for row in refusals(house, "--project", project)} == {project}
    (first,) = [row for row in ask(house, "refusals", "list")["refusals"] if row["command_id"] == "first-try"]
    assert first["params"]["person"] == BUILDER
    for lang in LANGUAGES:
        rows = ask(house, "refusals", "list", "--lang", lang)["refusals"]
        reason = Reason(code=first["code"], params=first["params"])
        assert render(reason, lang) in {row["message"] for row in rows}
        assert BUILDER in house.call("refusals", "list", "--lang", lang).out


def test_what_was_mistyped_is_not_on_record(house: House) -> None:
    before = refusals(house)
    assert house.call("project", "report", IDS[1], "--percent", "500", "--as", BUILDER).code == 1
    assert house.call("project", "approve", "US18F-999999", *FACTS, "--as", PROVINCE).code == 1
    assert house.call("refusals", "list", "--since", "yesterday").code == 1
    assert refusals(house) == before


def test_who_would_receive_is_explained(house: House) -> None:
    found = ask(house, "people", "resolve", IDS[1], "county_officer")
    assert [step["code"] for step in found["steps"]] == ["holder"]
    officer, post = found["person_id"], found["post_id"]
    today, next_week = (f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}" for days in (0, 7))
    assert house.call("people", "deputy", post, POWER, "--as", PROVINCE).code == 0
    leave = ("people", "absent", officer, "--since", "2018-01-01", "--reason", "培训", "--until")
    assert (
        house.call(*leave, next_week, "--as", BUILDER, "--json").answer()["error"]["code"] == "authority.not_over_post"
    )
    assert house.call(*leave, next_week, "--as", PROVINCE).code == 0
    now = ask(house, "people", "resolve", IDS[1], "county_officer")
    assert (now["person_id"], [step["code"] for step in now["steps"]]) == (POWER, ["holder_away", "deputy"])
    then = ask(
        house,
        "people",
        "resolve",
        IDS[1],
        "county_officer",
        "--at",
        f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}",
    )
    assert then["person_id"] == officer
    text = house.call("people", "resolve", IDS[1], "county_officer", "--lang", "en").out
    assert "is deputy of post" in text
    assert f"{officer}, who holds post" in text
    assert "代理人" in house.call("people", "resolve", IDS[1], "county_officer", "--lang", "zh-CN").out
    vacant = ask(house, "people", "vacant")["seats"]
    assert {seat["post"]["post_id"] for seat in vacant if seat["person_id"]} == {post}
    assert house.call("people", "resolve", IDS[1], "no-such-role").code == 1
    assert (
        house.call(
            "people", "absent", officer, "--since", today, "--until", "2018-01-01", "--reason", "x", "--as", officer
        ).code
        == 1
    )
    assert (
        house.call(
            "people", "absent", officer, "--since", "soon", "--until", today, "--reason", "x", "--as", officer
        ).code
        == 1
    )
    ended = ask(house, *leave, "2018-01-02", "--as", officer)
    assert ended["changed"]
    assert ask(house, "people", "resolve", IDS[1], "county_officer")["person_id"] == officer


def test_a_deputy_may_act_while_the_holder_is_away(house: House) -> None:
    seat = ask(house, "people", "resolve", IDS[1], "provincial_supervisor")
    approve = ("project", "approve", IDS[1], *FACTS, "--as", POWER)
    assert house.call("people", "deputy", seat["post_id"], POWER, "--as", PROVINCE).code == 0
    assert house.call(*approve, "--json").answer()["error"]["code"] == "authority.wrong_role"
    away = ("people", "absent", seat["person_id"], "--since", "2018-03-01", "--reason", "会议", "--as", PROVINCE)
    assert house.call(*away, "--until", f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}").code == 0
    assert house.call(*approve).code == 0
    assert house.call(*away, "--until", "2018-03-02").code == 0


def test_an_export_imported_again_changes_nothing(house: House) -> None:
    assert house.call("people", "export", "out.yaml").code == 0
    assert yaml.safe_load((house.folder / "out.yaml").read_text(encoding="utf-8"))["kind"] == "directory"
    assert ask(house, "people", "import", "out.yaml") == {"people": 0, "posts": 0, "holders": 0, "deputies": 0}


def assigned(house: House, person: str) -> set[str]:
    rows = house.asked("SELECT state FROM project WHERE state IS NOT NULL")
    return {state["project"]["project_id"] for state in map(json.loads, rows) if person in state["assigned"].values()}


def test_a_hand_over_is_shown_confirmed_and_ends_with_exactly_the_right_set(house: House) -> None:
    leaving, coming = "li.guoqiang", "yu.jinhua"
    projects = sorted(set(house.asked("SELECT project_id FROM project")) - set(IDS))
    for project in projects:
        name = ("project", "reassign", project, "--role", "builder", "--person", leaving, "--reason", "驻村")
        assert house.call(*name, "--as", PREFECTURE).code == 0
    held = len([seat for seat in ask(house, "people", "list")["seats"] if seat["person_id"] == leaving])
    command = ("people", "hand-over", leaving, "--to", coming, "--reason", "调任", "--as", PREFECTURE)
    before = house.standing()
    for lang, words in (("en", "This is a preview"), ("zh-CN", "以上仅为预览")):
        assert words in house.call(*command, "--lang", lang).out
        assert leaving in house.call("people", "duties", leaving, "--lang", lang).out
        assert house.call("people", "vacant", "--lang", lang).code == 0
    seen = ask(house, *command)
    assert (seen["count"], seen["is_done"], len(seen["named"])) == (held + 3, False, 3)
    other = house.call(*command, "--confirm", "1", "--json")
    assert other.answer()["error"]["code"] == "handover.other_count"
    nobody = house.call(*command[:-2], "--confirm", str(seen["count"]), "--json")
    assert nobody.answer()["error"]["code"] == "actor.none"
    assert house.standing() == before, "nothing was changed"

    # An earlier run got as far as one project before it was killed.
    half = ("project", "reassign", projects[0], "--role", "builder", "--person", coming, "--reason", "调任")
    assert house.call(*half, "--as", PREFECTURE).code == 0
    done = ask(house, *command, "--confirm", str(seen["count"]))
    assert (done["is_done"], done["moved_posts"], done["moved_named"], done["refused"]) == (True, held, 2, [])
    again = ask(house, *command, "--confirm", str(seen["count"]))
    assert (again["moved_posts"], again["moved_named"]) == (0, 0)
    planned = ask(house, *command, "--confirm", "0", "--from", "2018-01-01")
    assert planned["is_done"], "one that was planned for a day that has come may be run again"
    assert (assigned(house, leaving), assigned(house, coming)) == (set(), set(projects))
    seats = ask(house, "people", "list")["seats"]
    assert not [seat for seat in seats if seat["person_id"] == leaving]
    assert ask(house, "people", "duties", leaving)["duties"] == []


def test_a_hand_over_that_makes_no_sense_is_refused(house: House) -> None:
    for argv, code in (
        (("--to", PROVINCE), "handover.to_self"),
        (("--to", "nobody.here"), "person.unknown"),
        (("--to", BUILDER, "--from", "2018-01-01"), "handover.into_past"),
        (("--to", BUILDER, "--from", "soon"), "option.no_day"),
        (("--to", BUILDER, "--post", "no-post", "--confirm", "1"), "post.unknown"),
    ):
        told = house.call("people", "hand-over", PROVINCE, *argv, "--reason", "x", "--json", "--as", PROVINCE)
        assert (told.code, told.answer()["error"]["code"]) == (1, code)


def test_every_rung_is_explained_with_what_would_change_it(house: House) -> None:
    project = max(house.asked("SELECT project_id FROM project"))
    (climb,) = ask(house, "why", project, "--rung", "supervision-order", "--stage", "funding")["climbs"]
    (rung,) = climb["rungs"]
    assert (rung["fate"], rung["counterfactual"]["code"], rung["counterfactual"]["act"]) == (
        "ahead",
        "unless",
        "approve",
    )
    assert {one["role"]: [step["code"] for step in one["steps"]][-1] for one in rung["receivers"]}
    assert rung["is_faster"]
    assert all(one["person_id"] for one in rung["receivers"])
    (climb,) = ask(house, "why-not", project)["climbs"]
    fates = {one["rung"]: one["fate"] for one in climb["rungs"]}
    assert (fates["reminder-30"], fates["reminder-7"], fates["overdue"]) == ("before_clock", "ahead", "faster")
    for lang, words in (("en", "It will not fire if"), ("zh-CN", "则不会发出")):
        assert words in house.call("why", project, "--rung", "supervision-order", "--lang", lang).out
        assert words in house.call("why-not", project, "--lang", lang).out
    assert house.call("why", project, "--lang", "en").out.startswith(f"Project {project}")
    for argv, code in ((("--rung", "none"), "rung.unknown"), (("--stage", "none"), "stage.unknown")):
        told = house.call("why-not", project, *argv, "--json")
        assert (told.code, told.answer()["error"]["code"]) == (1, code)
