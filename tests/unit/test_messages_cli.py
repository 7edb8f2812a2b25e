"""What was given up or may have arrived can be found, read, and put right from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from cli.app import main
from infra.channels.base import Manners
from infra.db import migrate
from infra.db.engine import open_engine
from infra.db.outbox import Outbox
from infra.db.outcomes import Outcome
from infra.db.tables import letter, outbox, receipt
from tests.support import posting
from tests.support.claims import LOST, REFUSED, TAKEN, tried


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Yield records whose three letters were delivered by file, are unclear, and were given up; a fourth waits."""
    folder = tmp_path / "data"
    monkeypatch.setenv("CUNTONG_DATA", str(folder))
    monkeypatch.chdir(tmp_path)  # a `.env` of the tree must not speak here
    migrate.upgrade(f"sqlite:///{folder / 'records.db'}")
    engine = open_engine(f"sqlite:///{folder / 'records.db'}")
    keys = posting.post(engine, 4, notices=2)
    outgoing = Outbox(engine, {"email": Manners(unknown="hold"), "file": Manners()})
    outcomes = {keys[0]: REFUSED, keys[1]: LOST, keys[2]: Outcome("rejected", "bug", is_permanent=True, is_ours=True)}
    for claim in outgoing.claim("email", 3, 60):
        assert outgoing.begin(claim, 60)
        outgoing.finish(claim, outcomes[claim.key])
    tried(outgoing, TAKEN, "file")
    yield engine
    engine.dispose()


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(capsys)


class Told:
    """Runs commands and keeps what they said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Take what catches the output."""
        self._capsys = capsys

    def json(self, *argv: str) -> dict[str, Any]:
        """Return the answer of a command that succeeds."""
        code = main([*argv, "--json"])
        out, err = self._capsys.readouterr()
        assert code == 0, (out, err)
        return dict(json.loads(out))

    def text(self, *argv: str) -> tuple[int, str]:
        """Return how a command ended and what it said."""
        code = main(argv)
        out, err = self._capsys.readouterr()
        return code, out + err


def test_letters_are_listed_and_narrowed(records: Engine, told: Told) -> None:
    keys = [row["key"] for row in told.json("messages", "list")["letters"]]
    assert posting.states(records) == ["delivered", "unclear", "dead", "pending"]
    for options, wanted in (
        (["--state", "dead", "--state", "unclear"], keys[1:3]),
        (["--person", "p003"], keys[3:]),
        (["--channel", "file"], keys[:1]),
        (["--reason", "moved_on"], keys[:1]),
        (["--project", "US18F-000002"], keys),
        (["--project", "US18F-000009"], []),
        (["--limit", "2"], keys[:2]),
    ):
        answer = told.json("message", "list", *options)
        assert [row["key"] for row in answer["letters"]] == wanted, options
    assert told.json("messages", "list", "--limit", "2")["total"] == 4
    first = told.json("messages", "list", "--limit", "1")["letters"][0]
    assert (first["notices"], first["attempts"], first["name"]) == (2, 2, "p000 同志")


def test_notices_are_listed_with_where_they_stand(records: Engine, told: Told) -> None:
    with records.begin() as connection:
        row = connection.execute(outbox.select().where(outbox.c.person_id == "p003").limit(1)).one()
        taken = {"state": "suppressed", "silence": 7, "letter": ""}
        connection.execute(update(outbox).where(outbox.c.key == row.key).values(**taken))
    answer = told.json("messages", "notices", "--person", "p003")
    assert sorted((one["state"], one["silence"]) for one in answer["notices"]) == [("pending", 0), ("suppressed", 7)]
    assert told.json("messages", "notices", "--state", "delivered")["total"] == 2
    code, text = told.text("messages", "notices", "--state", "suppressed", "--lang", "zh-CN")
    assert code == 0
    assert "暂停发送" in text


def test_a_letter_is_shown_whole(records: Engine, told: Told) -> None:
    key = told.json("messages", "list", "--limit", "1")["letters"][0]["key"]
    said = {"letter": key, "event_id": "e1", "channel": "file", "kind": "bounced", "detail": "mailbox full"}
    with records.begin() as connection:
        connection.execute(receipt.insert(), {**said, "at": posting.AT})
    answer = told.json("messages", "show", key[:8])
    assert answer["letter"]["key"] == key
    assert [(one["channel"], one["state"]) for one in answer["attempts"]] == [
        ("email", "rejected"),
        ("file", "accepted"),
    ]
    assert [one["kind"] for one in answer["receipts"]] == ["bounced"]
    notice = answer["notices"][0]["key"]
    assert told.json("messages", "show", notice)["letter"]["key"] == key, "a notice leads to its letter"
    for lang, words in (
        ("zh-CN", ("对方已接收", "退信", "改用其他渠道")),
        ("en", ("accepted", "bounced", "another channel")),
    ):
        code, text = told.text("messages", "show", key, "--lang", lang)
        assert code == 0
        assert all(word in "".join(text.split("\n")) for word in words[:1]), text


def test_a_doubtful_letter_is_settled_once(records: Engine, told: Told) -> None:
    key = told.json("messages", "list", "--state", "unclear")["letters"][0]["key"]
    code, text = told.text("messages", "settle", key)
    assert (code, "--arrived" in text) == (1, True)
    code, _ = told.text("messages", "settle", key, "--arrived", "--again")
    assert code == 1
    assert told.json("messages", "settle", key[:10], "--arrived") == {"key": key, "state": "delivered"}
    code, text = told.text("messages", "settle", key, "--again")
    assert (code, "not unknown" in text) == (1, True)
    assert posting.states(records) == ["delivered", "delivered", "dead", "pending"]


def test_what_was_given_up_is_brought_back_and_what_may_have_arrived_only_when_asked(
    records: Engine, told: Told
) -> None:
    revived = told.json("messages", "retry")["revived"]
    assert len(revived) == 1
    assert posting.states(records) == ["delivered", "unclear", "pending", "pending"]
    assert len(told.json("messages", "retry", "--unclear")["revived"]) == 1
    assert posting.states(records) == ["delivered", "pending", "pending", "pending"]
    assert told.json("messages", "retry")["revived"] == []


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("verb", [["show"], ["settle", "--again"], ["retry"]])
@pytest.mark.parametrize(
    ("key", "code"), [("abc", "messages.ambiguous"), ("x" * 64, "messages.unknown"), ("%%%%%%", "messages.unknown")]
)
def test_a_key_that_means_nothing_is_refused(told: Told, verb: list[str], key: str, code: str) -> None:
    exit_code, text = told.text("messages", verb[0], key, *verb[1:], "--json")
    assert exit_code == 1
    assert json.loads(text.splitlines()[0])["error"]["code"] == code


def test_a_key_that_means_two_is_refused(records: Engine, told: Told) -> None:
    with records.begin() as connection:
        for number, row in enumerate(connection.execute(letter.select().where(letter.c.state == "pending")).all()):
            twins = [{**row._mapping, "key": f"abcdef{tail}{number}"} for tail in "01"]
            connection.execute(letter.insert(), twins)
    assert told.text("messages", "show", "abcdef")[0] == 1
    assert told.json("messages", "show", "abcdef0")["letter"]["key"] == "abcdef00"
