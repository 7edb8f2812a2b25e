"""A letter can be looked at before it goes out, as it was written, or with invented notices; none of that sends it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from cli.desk import Shared
from cli.preview import preview
from infra.db.in_force import Manner
from infra.db.policies import Policies
from infra.db.previews import Previews
from infra.files.letters import HEAD
from infra.files.policies import load_file
from rules.text import LANGUAGES, render
from schemas.directory import Person
from schemas.reason import Refusal
from tests.support import books
from tests.support.waiting import MONDAY, POLICY, Desk

HE = Person(person_id="p1", name="和建国", email="he@example.org")
ROSS = Person(person_id="p2", name="J. Ross", lang="en")


@pytest.fixture
def desk(engine: Engine, records_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return somebody who writes letters, in the records that the command line finds."""
    monkeypatch.setenv("CUNTONG_DATABASE_URL", records_url)
    monkeypatch.setattr("cli.desk.open_engine", lambda _url: engine)  # which is closed when the test is over
    monkeypatch.setenv("CUNTONG_DATA", str(tmp_path))
    made = Desk(engine)
    made.people(HE, ROSS)
    return made


def previews(engine: Engine) -> Previews:
    return Previews(engine, Manner(POLICY, books.book().calendar))


def shown(capsys: pytest.CaptureFixture[str], lang: str = "", **options: Any) -> dict[str, Any]:  # noqa: ANN401 - options
    assert preview(**options, shared=Shared(json=True, lang=lang)) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_a_preview_is_the_letter_that_is_written_then(desk: Desk) -> None:
    desk.wait("p1", 12)
    seen = previews(desk.engine).next_of("p1", "digest", MONDAY)
    assert seen is not None
    desk.round()
    (row,) = desk.sent()
    written = previews(desk.engine).written(row.key)
    assert written is not None
    assert (written.key, written.day, written.lang, written.name) == (seen.key, seen.day, seen.lang, seen.name)
    assert written.notices == seen.notices
    assert len(written.notices) == 12


def test_the_worst_notice_alone(desk: Desk) -> None:
    desk.wait("p1", 3)
    (worst,) = desk.wait("p1", 1, level=5, kind="escalation", days=-60)
    seen = previews(desk.engine).next_of("p1", "alone", MONDAY)
    assert seen is not None
    assert [one.key for one in seen.notices] == [worst]
    assert seen.key != worst


def test_nothing_is_made_of_nothing(desk: Desk) -> None:
    desk.wait("p1", 1)
    found = previews(desk.engine)
    assert found.next_of("p2", "digest", MONDAY) is None
    assert found.next_of("nobody", "digest", MONDAY) is None
    assert found.written("ab" * 32) is None


def test_whoever_has_most_waiting_is_shown_when_nobody_is_named(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.wait("p1", 2)
    desk.wait("p2", 5)
    answer = shown(capsys)
    assert answer["source"] == "person"
    (letter,) = answer["letters"]
    assert (letter["person"], letter["lang"], letter["notices"]) == ("p2", "en", 5)
    assert letter["text"].startswith("Dear J. Ross,")


def test_looking_changes_nothing(desk: Desk, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    desk.wait("p1", 11)
    before = desk.notices()
    answer = shown(capsys, lang="both", person="p1", out=tmp_path / "seen")
    assert [letter["lang"] for letter in answer["letters"]] == list(LANGUAGES)
    assert desk.notices() == before
    assert desk.sent() == []
    names = {path.name for path in (tmp_path / "seen").iterdir()}
    assert names == {f"digest-{lang}.{form}" for lang in LANGUAGES for form in ("eml", "html", "txt", "xlsx")}
    assert [Path(file).name for file in answer["files"]] == [Path(file).name for file in answer["files"] if file]


def test_a_written_letter_is_found_by_how_its_key_begins(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.wait("p1", 2)
    desk.round()
    (row,) = desk.sent()
    answer = shown(capsys, letter=row.key[:10])
    assert (answer["source"], answer["letters"][0]["notices"]) == ("letter", 2)
    assert answer["letters"][0]["text"].startswith("和建国，您好：")


def test_the_link_of_a_preview_answers_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.wait("p1", 1)
    assert "http" not in shown(capsys, person="p1")["letters"][0]["text"]
    monkeypatch.setenv("CUNTONG_PUBLIC_URL", "https://cuntong.example.cn/")
    assert "https://cuntong.example.cn/a/preview\n" in shown(capsys, person="p1")["letters"][0]["text"]


def test_invented_notices_use_the_published_templates(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    raw = json.loads(json.dumps(load_file(HEAD).raw))
    raw["version"] = "2026.2"
    raw["texts"]["en"]["digest"]["subject"] = "Ours: {{ total }}"
    Policies(desk.engine).publish([raw], MONDAY + timedelta(days=1))
    answer = shown(capsys, lang="en", sample=True)
    assert (answer["source"], answer["letters"][0]["subject"]) == ("sample", "Ours: 59")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"person": "p2"}, "preview.nothing"),
        ({"person": "nobody"}, "preview.nothing"),
        ({"letter": "abcdef"}, "messages.unknown"),
        ({"person": "p1", "sample": True}, "preview.one_source"),
        ({"templates": Path("policies/calendars/china.yaml")}, "preview.no_letters"),
        ({"templates": Path("policies/nowhere.yaml")}, "file.missing"),
        ({"sample": True, "out": Path("pyproject.toml/x")}, "output.not_written"),
    ],
)
def test_what_cannot_be_shown_is_told(desk: Desk, options: dict[str, Any], code: str) -> None:
    desk.wait("p1", 1)
    with pytest.raises(Refusal) as caught:
        preview(**options, shared=Shared(lang="en"))
    assert caught.value.reason.code == code
    assert all(render(caught.value.reason, lang) for lang in LANGUAGES)


def test_without_records_there_are_invented_notices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CUNTONG_DATA", str(tmp_path / "none"))
    assert preview(kind="alone", shared=Shared(lang="zh-CN")) == 0
    said = capsys.readouterr().out
    assert "【村通】通报：甘肃省临夏州东乡县沿岭乡和岘村“初步验收”已逾期15个工作日" in said
    assert "以上内容均为虚构" in said


def test_where_nothing_waits_there_are_invented_notices(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.wait("p1", 1, state="held")
    assert shown(capsys)["source"] == "sample"
