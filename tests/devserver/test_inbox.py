"""An inbox has every notice of its person, whatever became of letters, and says what still asks for something."""

from __future__ import annotations

import contextlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from cli.app import main
from infra.db import migrate
from infra.db.answers import Answers
from infra.db.directory import People
from infra.db.engine import open_engine, writing
from infra.db.inbox import Inbox
from infra.db.records import Records
from infra.db.tables import outbox
from rules.project import Accepted, decide, entries
from rules.text import LANGUAGES
from schemas.command import Acknowledge, Command
from schemas.reason import Refusal
from schemas.record import Commit
from tests.support import books, mailroom
from tests.support.answering import DAY, Counter

NOW = datetime.now(UTC)


@pytest.fixture
def counter(engine: Engine) -> Counter:
    return Counter(engine, NOW)


def test_every_notice_is_there_once_the_newest_first(counter: Counter) -> None:
    mine = mailroom.notices(counter.engine, person_id=counter.receiver)
    rows = Inbox(counter.engine).rows(counter.receiver, NOW, limit=1000)
    assert sorted(row.key for row in rows) == sorted(row.key for row in mine)
    assert [row.created_at for row in rows] == sorted((row.created_at for row in mine), reverse=True)
    assert {row.state for row in rows} == {"delivered"}, "as their letter was"
    assert len(Inbox(counter.engine).rows(counter.receiver, NOW, limit=2)) == 2


def test_what_is_silenced_or_over_is_there_too_and_does_not_ask(counter: Counter) -> None:
    first, second, *_ = Inbox(counter.engine).rows(counter.receiver, NOW, is_open=True, limit=1000)
    with writing(counter.engine) as connection:
        silenced = update(outbox).where(outbox.c.key == first.key)
        connection.execute(silenced.values(state="suppressed", silence=4, letter=""))
        connection.execute(update(outbox).where(outbox.c.key == second.key).values(withdrawn_at=NOW))
    rows = {row.key: row for row in Inbox(counter.engine).rows(counter.receiver, NOW, limit=1000)}
    assert (rows[first.key].state, rows[first.key].silence, rows[first.key].is_open) == ("suppressed", 4, True)
    assert not rows[second.key].is_open
    waiting = {row.key for row in Inbox(counter.engine).rows(counter.receiver, NOW, is_open=True, limit=1000)}
    assert first.key in waiting
    assert second.key not in waiting


def test_what_is_acknowledged_asks_again_when_the_promise_has_passed(counter: Counter) -> None:
    records, shelf = Records(counter.engine, books.shelf()), books.shelf()
    state = Answers(counter.engine).states(["US18F-000001"])["US18F-000001"]
    promised_at = NOW + 5 * DAY
    act = Acknowledge(stage=state.open_stages()[0], promised_at=promised_at)
    command = Command(command_id="c-1", actor=People(counter.engine).actor(counter.receiver), act=act)
    answer = decide(state, command, NOW, shelf.book(state.pins))
    assert isinstance(answer, Accepted)
    written = entries(state, answer.events, NOW, counter.receiver, command)
    records.commit(Commit(project_id="US18F-000001", entries=written))
    inbox = Inbox(counter.engine)
    rows = [row for row in inbox.rows(counter.receiver, NOW, limit=1000) if row.project_id == "US18F-000001"]
    assert {(row.acknowledged_by, row.promised_at) for row in rows if row.is_open} == {(counter.receiver, promised_at)}
    for at, projects in ((NOW, {"US18F-000002"}), (promised_at, {"US18F-000001", "US18F-000002"})):
        waiting = inbox.rows(counter.receiver, at, is_open=True, limit=1000)
        assert {row.project_id for row in waiting} == projects


def test_an_inbox_of_nobody_is_refused(counter: Counter) -> None:
    with pytest.raises(Refusal) as refusal:
        Inbox(counter.engine).rows("nobody", NOW)
    assert refusal.value.reason.code == "person.unknown"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_tells_it_as_table_and_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    migrate.upgrade(url)
    counter = Counter(open_engine(url), NOW)
    monkeypatch.setenv("CUNTONG_DATA", str(tmp_path))

    def said(*argv: str) -> tuple[int, str]:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main([*argv, "--lang", lang])
        return code, out.getvalue()

    code, table = said("inbox", "--as", counter.receiver)
    assert (code, "US18F-000001" in table) == (0, True)
    code, answer = said("inbox", "--open", "--as", counter.receiver, "--json")
    told = json.loads(answer)
    assert (code, told["person_id"]) == (0, counter.receiver)
    assert all(row["is_open"] and row["promised_at"] is None for row in told["notices"])
    assert said("inbox")[0] == 1
