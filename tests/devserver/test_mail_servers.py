"""Mail against servers that behave badly: each answer means what the documented table says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.channels.base import PermanentFailure, TemporaryFailure, UnknownOutcome
from infra.channels.smtp import SmtpChannel
from tests.support.made import LETTER, MADE
from tests.support.mail_gateway import MailGateway
from tests.support.ports import free_port
from tests.support.receipts import Receipts, read


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailGateway]:
    running = MailGateway(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize(
    ("mode", "raised", "copies"),
    [
        ("451", TemporaryFailure, 0),
        ("550", PermanentFailure, 0),
        ("hang", UnknownOutcome, 1),
        ("drop", UnknownOutcome, 1),
    ],
)
async def test_every_answer_means_what_the_table_says(
    mode: str, raised: type[Exception], copies: int, server: MailGateway
) -> None:
    channel = SmtpChannel(server.url, "cuntong@example.cn", seconds=0.4)
    server.mode = mode
    with pytest.raises(raised):
        await channel.send(MADE)
    assert len(server.receipts.all()) == copies
    server.mode = "ok"
    assert await channel.send(MADE) == "taken"
    await channel.close()
    assert [one.is_repeat for one in server.receipts.all()] == [False, True][: copies + 1]
    assert all(one.is_same and one.key == LETTER.key for one in server.receipts.all())


async def test_a_receiver_that_is_refused_does_not_speak_for_the_others(server: MailGateway) -> None:
    channel = SmtpChannel(server.url, "cuntong@example.cn")
    server.moods[LETTER.address] = "550"
    with pytest.raises(PermanentFailure, match="no such user"):
        await channel.send(MADE)
    other = LETTER.model_copy(update={"address": "li@nujiang.example"})
    await channel.send(MADE.model_copy(update={"letter": other}))
    await channel.close()
    assert len(server.receipts.all()) == 1


async def test_a_server_that_is_away_leaves_the_letter_here() -> None:
    with pytest.raises(TemporaryFailure) as failure:
        await SmtpChannel(f"smtp://127.0.0.1:{free_port()}", "cuntong@example.cn").send(MADE)
    assert failure.value.is_channel_down


def test_receipts_outlive_their_writer_and_a_line_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    first = Receipts(path)
    first.add("k1", "email", "ok", "d1")
    first.close()
    with path.open("a") as file:
        file.write('{"key": "k2", "chan')
    assert [one.key for one in read(path)] == ["k1"]
    second = Receipts(path)
    again, other = second.add("k1", "email", "ok", "d2"), second.add("k3", "email", "ok", "d3")
    second.close()
    assert (again.is_repeat, again.is_same, other.is_repeat) == (True, False, False)
    assert [one.key for one in read(path)] == ["k1", "k1", "k3"]
