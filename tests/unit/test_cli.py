"""The command line as people meet it: clear refusals in both languages, exit codes, and nothing done by half."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from cli import acts, desk
from cli.app import main
from cli.screen import Screen, clean, json_line
from infra.db import migrate
from infra.db.engine import open_engine, reading, writing
from infra.db.tables import policy_document, project
from rules import outbox as drafting
from rules.text import LANGUAGES, render
from rules.texts import CATALOGUE
from schemas.event import Acknowledged, Entry
from schemas.project import Start
from schemas.reason import Refusal
from tests.support.life import beijing

SAMPLES = Path(__file__).parents[2] / "samples" / "nujiang"
LEDGER, PEOPLE = SAMPLES / "ledger-2018.csv", SAMPLES / "people.yaml"
STARTER = "zhou.min"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder that the command line uses, with nothing in it yet."""
    folder = tmp_path / "data"
    monkeypatch.setenv("CUNTONG_DATA", str(folder))
    monkeypatch.chdir(tmp_path)  # a `.env` of the tree must not speak here
    return folder


@pytest.fixture
def records(data: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Engine]:
    """Yield records with the people of the sample."""
    migrate.upgrade(f"sqlite:///{data / 'records.db'}")
    assert main(["people", "import", str(PEOPLE)]) == 0
    capsys.readouterr()
    engine = open_engine(f"sqlite:///{data / 'records.db'}")
    yield engine
    engine.dispose()


class Told:
    """What a command said, and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *argv: str) -> None:
        self.code = main(argv)
        self.out, self.err = capsys.readouterr()

    def error(self) -> dict[str, Any]:
        """Return the error of the one JSON object on stdout."""
        return dict(json.loads(self.out)["error"])


USAGE: dict[str, tuple[str, tuple[str, ...]]] = {
    "bogus": ("unknown_command", ("bogus", "doctor")),
    "project lst": ("unknown_command", ("lst", "list", "./cuntong project --help")),
    "project list --bogus": ("unknown_option", ("--bogus", "--limit")),
    "project list --limitt 3": ("unknown_option", ("--limitt", "--limit")),
    "project list --limit": ("no_value", ("--limit",)),
    "project list --limit x": ("bad_value", ("--limit", "x")),
    "project list --limit -1": ("bad_value", ("--limit", "-1", "1000")),
    "project list --limit 1001": ("bad_value", ("--limit", "1001", "1000")),
    "messages list --limit 0": ("bad_value", ("--limit", "0")),
    "start ledger.csv --limit -1": ("bad_value", ("--limit", "-1")),
    "project list --status foo": ("bad_value", ("--status", "foo", "registered")),
    "project list --limit 1 --limit 2": ("repeated", ("--limit",)),
    "project report X": ("missing", ("--percent", "./cuntong project report --help")),
    "project show": ("missing", ("PROJECT_ID",)),
    "project show A B": ("unused", ("B",)),
    "doctor --json=maybe": ("bad_value", ("--json", "maybe")),
    "up --smtp-url smtp://u:p@h": ("unknown_option", ("--smtp-url",)),
}


@pytest.mark.parametrize("line", USAGE)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_wrong_usage_is_told_in_the_language_of_the_reader(
    line: str, lang: str, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, words = USAGE[line]
    monkeypatch.setenv("CUNTONG_LANG", lang)
    told = Told(capsys, *line.split(), "--json")
    error = told.error()
    assert (told.code, error["code"]) == (2, f"usage.{code}")
    assert all(word in error["message"] for word in (*words, "--help"))
    assert error["message"] in told.err
    assert any("\u4e00" <= letter <= "\u9fff" for letter in error["message"]) == (lang == "zh-CN")
    assert not data.exists()


SETTINGS: dict[tuple[str, str], tuple[str, int]] = {
    ("CUNTONG_PORT", "abc"): ("settings.invalid", 1),
    ("CUNTONG_LOG_FORMAT", "xml"): ("settings.invalid", 1),
    ("CUNTONG_DATABASE_URL", "mysql://u:secret@h/x"): ("records.bad_url", 1),
    ("CUNTONG_DATABASE_URL", "nothing"): ("records.bad_url", 1),
    ("CUNTONG_DATABASE_URL", "sqlite+foo:///x"): ("records.bad_url", 1),
    ("CUNTONG_DATABASE_URL", "postgresql://u:secret@h:abc/x"): ("records.bad_url", 1),
    ("CUNTONG_DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/x"): ("records.away", 3),
    ("CUNTONG_DATA", "/dev/null"): ("file.failed", 3),
    ("CUNTONG_DATA", "/proc/x"): ("file.failed", 3),
}


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(("setting", "value"), SETTINGS)
def test_wrong_settings_are_refused(
    setting: str, value: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with them, the error itself can be told; passwords are not."""
    monkeypatch.setenv(setting, value)
    told = Told(capsys, "db", "migrate", "--json", "--lang=zh")
    assert (told.error()["code"], told.code) == SETTINGS[setting, value]
    assert "secret" not in told.out + told.err


def test_a_file_that_is_no_database_is_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data.mkdir()
    (data / "records.db").write_text("no database, but what somebody copied over it" * 30)
    told = Told(capsys, "project", "list", "--json")
    assert told.code == 3
    assert told.error()["code"].startswith("records.")


def test_a_bug_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.app._run", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["doctor"])


def test_the_demonstration_clears_its_own_folder_only(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A real installation in the folder stays as it is, whatever its name."""
    data.mkdir()
    (data / "records.db").write_text("what people have entered")
    told = Told(capsys, "demo", "--once", "--data", str(data), "--json")
    assert (told.code, told.error()["code"]) == (1, "demo.not_ours")
    assert [path.name for path in data.iterdir()] == ["records.db"]
    assert (data / "records.db").read_text() == "what people have entered"


@pytest.mark.parametrize("text", ["X [/foo]", "[bold]name[/]", ":smile:", "a[b", "\\[x]"])
def test_names_are_shown_as_they_are(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    seat = desk.Desk(desk.Shared(lang="en"))
    seat.table(["column.id"], [[text]], [text])
    seat.print(text)
    assert capsys.readouterr().out.count(text) == 3


def test_nothing_shown_can_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    text = "a\x1b]0;gone\x07\x9b31m\rb\nc\td"
    assert clean(text) == "a]0;gone31mb\nc\td"
    Screen(is_terminal=False, stderr=False).print(text)
    seat = desk.Desk(desk.Shared(json=True, lang="en"))
    seat.answer({"note": text})
    out = capsys.readouterr().out
    assert not set(out) & {"\x1b", "\x07", "\x9b", "\r"}
    assert json.loads(json_line({"note": text})) == {"note": text}


def test_a_dry_run_writes_nothing(records: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    told = Told(capsys, "start", str(LEDGER), "--dry-run", "--as", STARTER, "--json", "--limit", "5")
    assert (told.code, json.loads(told.out)) == (0, {"rows": 5, "started": 0})
    with reading(records) as connection:
        counts = [connection.execute(select(func.count()).select_from(t)).scalar() for t in (policy_document, project)]
    assert counts == [0, 0]


@pytest.mark.usefixtures("records")
def test_a_technology_without_a_plan_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    told = Told(capsys, "start", str(LEDGER), "--dry-run", "--as", STARTER, "--json", "--plans", "nothing-")
    assert told.error()["code"] == "start.no_plan"


class Orders:
    """An engine that has forgotten every project that was over."""

    def __init__(self) -> None:
        self.started: list[str] = []

    async def start(self, order: Start, _told: object) -> bool:
        self.started.append(order.project.project_id)
        return True


def test_a_project_with_a_journal_is_never_started_again(
    records: Engine,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The engine deletes what has ended after a while; the same ledger must not bring it back to life."""
    engine = Orders()

    async def gateway(_desk: object) -> Orders:
        return engine

    monkeypatch.setattr(desk.Desk, "gateway", gateway)
    command = ("start", str(LEDGER), "--as", STARTER, "--json", "--limit", "3")
    first = json.loads(Told(capsys, *command).out)
    assert (first["started"], engine.started) == (3, first["projects"])
    with writing(records) as connection:
        of_one = project.c.project_id == first["projects"][1]
        connection.execute(update(project).where(of_one).values(seq=40, status="completed"))
    engine.started.clear()
    second = json.loads(Told(capsys, *command).out)
    assert (second["started"], second["known"], second["projects"]) == (2, 1, first["projects"])
    assert engine.started == [first["projects"][0], first["projects"][2]]


def test_a_relative_promise_sent_again_means_the_same_day() -> None:
    event = Acknowledged(stage="cable", promised_at=beijing("2018-09-20"))
    known = Entry(seq=9, at=beijing("2018-09-13"), by="p", command_id="c", fingerprint="f", event=event)
    relative, absolute = {"promised_at": "+5d", "note": "n"}, {"promised_at": "2018-09-21"}
    assert acts._as_before(relative, known)["promised_at"] == event.promised_at.isoformat()
    assert acts._as_before(relative, None) == relative
    assert acts._as_before(absolute, known) == absolute


def test_a_value_out_of_bounds_is_told_in_both_languages() -> None:
    with pytest.raises(Refusal) as refused:
        acts.parsed("report", {"percent": 500}, None)  # type: ignore[arg-type] # no date in it
    assert render(refused.value.reason, "zh-CN").startswith("选项 --percent 的值“500”无效：不得大于 100")
    assert "must be at most 100" in render(refused.value.reason, "en")


def test_every_reason_of_a_message_has_words() -> None:
    codes = {*drafting._ENDINGS.values(), drafting.NOBODY_FOUND, drafting.READDRESSED, drafting.OUTDATED}
    codes |= {"matter_closed", "matter_passed", "stage_returned", "refused", "unknown_outcome", "gave_up"}
    assert {code for code in codes if f"message_reason.{code}" not in CATALOGUE} == set()


@pytest.mark.usefixtures("records")
def test_messages_that_were_given_up_can_be_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(Told(capsys, "messages", "list", "--state", "dead", "--json").out) == {"letters": [], "total": 0}
    assert json.loads(Told(capsys, "messages", "retry", "--json").out) == {"revived": []}


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize(
    "line", ["project list", "board", "people list", "policy check", "policy show china", "db migrate", "doctor"]
)
def test_json_is_one_object(line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUNTONG_PORT", "1")
    assert isinstance(json.loads(Told(capsys, *line.split(), "--json").out), dict)


def test_doctor_tells_everything_although_looks_fail(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("cli.doctor.load_tree", broken)
    monkeypatch.setenv("CUNTONG_PORT", "1")
    told = Told(capsys, "doctor", "--json", "--data", str(data))
    findings = {one["check"]: one for one in json.loads(told.out)["findings"]}
    assert told.code == 1
    assert {"disk", "records", "policies", "messages", "delivery", "projects", "tasks"} <= set(findings)
    assert findings["disk"]["verdict"] == "ok"
    assert "RuntimeError" in findings["policies"]["text"]
