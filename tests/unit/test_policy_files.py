"""Policies as files: every way of being no policy names the file, the line, the place, the value and the rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cli import policy as command
from cli.desk import Shared
from infra.files.policies import (
    TREE,
    BadPolicyError,
    LoadedPolicy,
    compressed,
    default_pins,
    load_file,
    load_files,
    load_tree,
    named,
    newest,
    problems,
    version_key,
)
from infra.files.policy_schema import FOLDER, KINDS, schema, schema_text, write_schemas
from infra.files.yaml_text import read_yaml
from rules.policy import parse, reference
from rules.text import LANGUAGES, render
from schemas.calendar import Calendar
from schemas.ladder import Ladder
from schemas.plan import Plan
from schemas.reason import ErrorKind, Reason, Refusal

SHIPPED = sorted(path for path in TREE.rglob("*.yaml"))
FIBRE = (TREE / "plans" / "universal-service-fibre.yaml").read_text(encoding="utf-8")
LADDER = (TREE / "ladders" / "supervision.yaml").read_text(encoding="utf-8")


def written(folder: Path, text: str | bytes, name: str = "plan.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def refusals(path: Path) -> tuple[Reason, ...]:
    """Return every reason why a file is no policy, each checked to name the file in both languages."""
    with pytest.raises(Refusal) as caught:
        load_file(path)
    error = caught.value
    found = error.reasons if isinstance(error, BadPolicyError) else (error.reason,)
    for reason in found:
        assert all(str(path) in render(reason, lang) for lang in LANGUAGES)
    return found


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# Reading


def test_the_tree_holds_sound_policies() -> None:
    policies = load_tree()
    assert [policy.path for policy in policies] == SHIPPED
    assert problems(policies) == []
    assert all(policy.reference == reference(policy.raw) for policy in policies)


def test_a_missing_budget_is_named_with_its_stage_and_line(tmp_path: Path) -> None:
    text = FIBRE.replace(
        "  budget: {days: 90, unit: calendar}\n  after: [survey_design]\n", "  after: [survey_design]\n"
    )
    assert text != FIBRE
    (reason,) = refusals(written(tmp_path, text))
    assert reason.code == "policy.invalid"
    assert reason.params["place"] == "stages.4.budget (route)"
    assert reason.params["line"] == line_of(text, "- key: route")
    assert "this is required and missing" in render(reason, "en")
    assert "必填项缺失" in render(reason, "zh-CN")


def test_every_wrong_field_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        FIBRE.replace("technology: fibre", "technology: copper")
        .replace("promise_limit_days: 60", "promise_limit_days: 0")
        .replace("version: '2018.2'", "version: 2018.1\ncolour: red")
        .replace("budget: {days: 60, unit: working}", "budget: {days: soon, unit: working}")
    )
    found = [(reason.params["place"], reason.params["value"]) for reason in refusals(written(tmp_path, text))]
    assert found == [
        ("version", "2018.1"),
        ("colour", "red"),
        ("technology", "copper"),
        ("promise_limit_days", "0"),
        ("stages.1.budget.days (contract)", "soon"),
    ]


def test_a_key_given_twice_is_refused_where_the_usual_loader_keeps_the_last(tmp_path: Path) -> None:
    text = FIBRE.replace("  party: funding_office\n", "  party: funding_office\n  owner: builder\n", 1)
    (reason,) = refusals(written(tmp_path, text))
    assert reason.code == "yaml.key_twice"
    assert reason.params["key"] == "owner"
    assert reason.params["line"] == line_of(text, "  owner: builder")
    assert reason.params["first"] == line_of(text, "  party: funding_office") - 1


def test_a_merged_key_is_no_key_given_twice(tmp_path: Path) -> None:
    text = "base: &base {days: 5, unit: working}\nother: {<<: *base, days: 7}\nthird: {<<: *base}\n"
    raw = read_yaml(written(tmp_path, text))
    assert raw["other"] == {"days": 7, "unit": "working"}
    assert raw["third"] == raw["base"]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("kind: plan\nname: [a\nb: c\n", "yaml.syntax", {"line": 3, "column": 2}),
        ("kind: plan\n\tname: a\n", "yaml.syntax", {"line": 2, "column": 1}),
        ("kind: plan\nname: a\x01b\n", "yaml.syntax", {"line": 2, "column": 8}),
        ("a: 1\n---\nb: 2\n", "yaml.syntax", {"line": 2, "column": 1}),
        ("a: !!python/object:os.system x\n", "yaml.syntax", {"line": 1, "column": 4}),
        ("a: 2018-13-45\n", "yaml.syntax", {"line": 1}),
        ("[" * 5000, "yaml.syntax", {}),
        ("", "yaml.not_a_mapping", {}),
        ("- a\n- b\n", "yaml.not_a_mapping", {}),
        ("kind: plan\nname: 光纤\n".encode("gb18030"), "yaml.not_utf8", {"line": 2}),
        ("kind: nonsense\n", "policy.invalid", {"place": "kind", "value": "nonsense"}),
        ("name: a\n", "policy.invalid", {"place": "kind", "value": "—"}),
        (LADDER.replace("fires_at: 09:00", "fires_at: 10:00"), "policy.invalid", {"place": "fires_at", "value": "600"}),
        (LADDER.replace("fires_at: 09:00", "fires_at: '25:00'"), "policy.invalid", {"place": "fires_at"}),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, str | bytes) else "",
)
def test_what_is_no_policy_is_refused_at_its_place(
    tmp_path: Path, text: str | bytes, code: str, place: dict[str, object]
) -> None:
    (reason,) = refusals(written(tmp_path, text))
    assert reason.code == code
    assert reason.kind is ErrorKind.INVALID
    assert reason.params.items() >= place.items()


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbf" + FIBRE.encode("utf-8"))
    assert load_file(path).reference == default_pins(load_tree(), "universal-service-fibre", "china").plan


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (reason,) = refusals(tmp_path / "none.yaml")
    assert reason.kind is ErrorKind.NOT_FOUND


def test_all_files_are_read_before_anything_is_told(tmp_path: Path) -> None:
    bad = [written(tmp_path, "[", "a.yaml"), written(tmp_path, "kind: plan\n", "b.yaml"), tmp_path / "c.yaml"]
    with pytest.raises(BadPolicyError) as caught:
        load_files(bad)
    assert {reason.params["file"] for reason in caught.value.reasons} == {str(path) for path in bad}


def test_a_version_has_one_text(tmp_path: Path) -> None:
    same = written(tmp_path, FIBRE + "# a comment changes nothing\n", "same.yaml")
    other = written(tmp_path, FIBRE.replace("days: 90", "days: 91"), "other.yaml")
    assert len(load_files([same, same])) == 2
    with pytest.raises(BadPolicyError) as caught:
        load_files([same, other])
    assert caught.value.reason.code == "policy.same_version"
    assert caught.value.reason.params["file"] == str(other)


# Choosing


def changed(policy: LoadedPolicy, **fields: object) -> LoadedPolicy:
    raw = {**policy.raw, **fields}
    return LoadedPolicy(raw, parse(raw), policy.path, reference(raw))


def test_versions_are_ordered_as_numbers() -> None:
    versions = ["2018.10", "1-0.5s", "2018.9", "2019", "1", "2018.9.1", "1-2s"]
    assert sorted(versions, key=version_key) == ["1", "1-0.5s", "1-2s", "2018.9", "2018.9.1", "2018.10", "2019"]


def test_a_project_runs_under_the_newest_policies_its_plan_names() -> None:
    tree = load_tree()
    ladder = newest(tree, Ladder, "supervision")[0]
    later = [changed(ladder, version="2018.10"), changed(ladder, version="2018.9"), changed(ladder, name="other")]
    pins = default_pins([*tree, *later], "universal-service-4g", "china")
    assert pins.plan.startswith("universal-service-4g@2018.2#")
    assert pins.ladder == later[0].reference
    assert pins.hierarchy.startswith("china@2018.2#")
    assert pins.calendar.startswith("china@2026.1#")


def test_a_policy_can_be_named_with_its_version() -> None:
    tree = load_tree()
    plan = newest(tree, Plan, "universal-service-4g")[0]
    both = [*tree, changed(plan, version="2019.1")]
    assert newest(both, Plan, "universal-service-4g")[1].version == "2019.1"
    assert newest(both, Plan, "universal-service-4g@2018.2")[0] == plan
    assert {policy.parsed.kind for policy in named(tree, "china")} == {"calendar", "hierarchy", "messaging"}


@pytest.mark.parametrize(("plan", "calendar"), [("unknown", "china"), ("universal-service-fibre", "unknown")])
def test_an_unknown_name_is_told_with_those_there_are(plan: str, calendar: str) -> None:
    with pytest.raises(Refusal) as caught:
        default_pins(load_tree(), plan, calendar)
    reason = caught.value.reason
    assert reason.kind is ErrorKind.NOT_FOUND
    assert reason.params["name"] == "unknown"
    assert ("universal-service-4g" if plan == "unknown" else "compressed") in str(reason.params["known"])


def test_a_plan_whose_ladder_is_nowhere_has_a_problem() -> None:
    tree = load_tree()
    plan = changed(newest(tree, Plan, "universal-service-4g")[0], version="2", ladder="steep")
    (reason,) = problems([plan], tree)
    assert (reason.code, reason.params["name"]) == ("policy.unknown", "steep")


def test_a_compressed_calendar_is_a_version_of_its_own() -> None:
    raw = newest(load_tree(), Calendar, "compressed")[0].raw
    short = compressed(raw, 0.5)
    assert (short["version"], short["day_seconds"]) == ("1-0.5s", 0.5)
    assert raw["version"] == "1"
    assert reference(short) != reference(raw)
    assert len({reference(compressed(raw, seconds)) for seconds in (0.5, 1, 1.0, 2)}) == 3
    assert isinstance(parse(short), Calendar)


@pytest.mark.parametrize("seconds", [0, 1e-9, -1, float("nan"), float("inf"), 86401])
def test_a_day_has_a_length(seconds: float) -> None:
    with pytest.raises(Refusal):
        compressed(newest(load_tree(), Calendar, "compressed")[0].raw, seconds)


# JSON Schema


@pytest.mark.parametrize("kind", KINDS)
def test_the_published_schemas_are_those_of_the_models(kind: str) -> None:
    """Written anew with `./cuntong policy schema --write`."""
    assert (FOLDER / f"{kind}.json").read_text(encoding="utf-8") == schema_text(kind)
    jsonschema.Draft202012Validator.check_schema(schema(kind))


def test_schemas_are_written_for_every_kind(tmp_path: Path) -> None:
    assert {path.name for path in write_schemas(tmp_path)} == {path.name for path in FOLDER.iterdir()}
    assert all((tmp_path / path.name).read_bytes() == path.read_bytes() for path in FOLDER.iterdir())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_policy_fits_its_schema(path: Path) -> None:
    raw: dict[str, Any] = json.loads(json.dumps(read_yaml(path)))
    jsonschema.validate(raw, schema(raw["kind"]))
    for key in ("title", "kind"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({name: value for name, value in raw.items() if name != key}, schema(raw["kind"]))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**raw, "colour": "red"}, schema(raw["kind"]))


def test_fields_are_described() -> None:
    stage = schema("plan")["$defs"]["Stage"]
    assert all(field.get("description") or "$ref" in field for field in stage["properties"].values())
    assert stage["description"] == "One stage of a plan."
    assert schema("ladder")["properties"]["version"]["description"] == "Version of the text, for example `2018.1`."


# Command line


def test_check_finds_the_tree_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.check(shared=Shared(json=True, lang="en")) == 0
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["policies"]) == len(SHIPPED)
    assert answer["problems"] == []


def test_check_tells_every_problem_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = FIBRE.replace("after: [survey_design]", "after: [survey_design, equipment]").replace(
        "by: [builder]", "by: [builders]", 1
    )
    path = written(tmp_path, text.replace("version: '2018.2'", "version: '2018.3'"))
    assert command.check((path,), shared=Shared(json=True, lang="en")) == 1
    told = capsys.readouterr()
    codes = {problem["code"] for problem in json.loads(told.out)["problems"]}
    assert codes == {"policy.cycle", "policy.unreachable", "policy.unknown_role"}
    assert "route → cable → equipment → route" in told.err
    assert "builders" in told.err


def test_check_takes_folders_and_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, "kind: plan\nname: [a\n")
    assert command.check((tmp_path,), shared=Shared(lang="zh-CN")) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "不是有效的 YAML" in told.err


@pytest.mark.parametrize(
    ("name", "lang", "parts"),
    [
        ("universal-service-both", "en", ["survey_design", "60 calendar", "supervision-order", "Source:"]),
        ("universal-service-both", "zh-CN", ["光缆敷设", "60 个自然日", "督办", "依据："]),
        ("supervision", "en", ["Regulatory", "+30", "three-regions"]),
        ("china", "zh-CN", ["省通信管理局督导", "2026", "02-11"]),
        ("compressed", "en", ["lasts 1.0 seconds"]),
    ],
)
def test_show_draws_a_policy(name: str, lang: str, parts: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert command.show(name, shared=Shared(lang=lang)) == 0
    shown = capsys.readouterr().out
    assert [part for part in parts if part not in shown] == []


def test_show_answers_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.show("universal-service-4g", shared=Shared(json=True)) == 0
    (policy,) = json.loads(capsys.readouterr().out)["policies"]
    assert policy["document"]["technology"] == "4g"


def test_show_of_an_unknown_name_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        command.show("nothing", shared=Shared())
    assert "universal-service-4g" in render(caught.value.reason, "en")


def test_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.schema("plan", shared=Shared(lang="en")) == 0
    assert json.loads(capsys.readouterr().out) == schema("plan")
    assert command.schema(shared=Shared(json=True)) == 0
    assert set(json.loads(capsys.readouterr().out)) == set(KINDS)
