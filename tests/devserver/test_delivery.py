"""Letters reach their receivers once; what goes wrong on the way delays them, is on record, and loses nothing."""

from __future__ import annotations

import asyncio
import stat
import threading
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy.exc import OperationalError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.delivery import DeliveryActivity, tried
from activities.pace import FAILURES_IN_A_ROW
from infra.channels.file import FileChannel
from infra.channels.smtp import SmtpChannel
from infra.db.heartbeats import Heartbeats
from infra.db.outbox import Outbox
from infra.db.tables import person
from infra.letters.make import make
from schemas.delivery import DeliveryOrder
from tests.support import posting
from tests.support.mail import MailServer
from tests.support.moments import Clock
from tests.support.posting import rows, tries
from tests.support.stint import Stint

COUNT = 12


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    yield made
    made.stop()


@pytest.fixture
def keys(engine: Engine) -> list[str]:
    """Return the keys of letters to many people, that wait for mail."""
    return posting.post(engine, COUNT, notices=2)


@pytest.fixture
def filed(engine: Engine) -> list[str]:
    """Return the keys of letters to many people without an address, that wait for files."""
    return posting.post(engine, COUNT, channel="file", email=None)


def states(engine: Engine) -> Counter[str]:
    return Counter(posting.states(engine))


def mail(server: MailServer, seconds: float = 5.0) -> SmtpChannel:
    return SmtpChannel(server.url, "cuntong@example.cn", seconds=seconds)


async def test_each_letter_arrives_once_with_its_id(
    engine: Engine, keys: list[str], server: MailServer, clock: Clock
) -> None:
    server.start()
    async with Stint(engine, mail(server), clock) as stint:
        await stint.until(lambda: states(engine) == {"delivered": COUNT})
    assert server.ids == [f"<{key}@cuntong>" for key in keys], "the oldest first"
    assert server.connections == 1, "one connection carries a batch"
    assert (await stint.ended()).delivered == COUNT
    assert stint.heartbeats
    assert Heartbeats(engine).heard().keys() == {"delivery/email"}
    assert all(row.provider_id for row in rows(engine)), "what the mail server calls it"
    first = server.mails[0]
    assert first["Auto-Submitted"] == "auto-generated"
    assert str(first["Subject"]).startswith("【村通】")
    body = first.get_body(("plain",))
    assert body is not None
    assert "云南省怒江州" in body.get_content()


async def test_a_server_that_is_away_delays_and_loses_nothing(
    engine: Engine, keys: list[str], server: MailServer, clock: Clock
) -> None:
    async with Stint(engine, mail(server), clock) as stint:
        await stint.until(lambda: len(tries(engine)) >= FAILURES_IN_A_ROW)
        await asyncio.sleep(0.1)
        assert len(tries(engine)) == FAILURES_IN_A_ROW, "then the server is left alone"
        server.start()
        clock.turn(hours=1)
        await stint.until(lambda: states(engine) == {"delivered": COUNT})
    assert Counter(server.ids) == Counter(f"<{key}@cuntong>" for key in keys)
    assert Counter(one.state for one in tries(engine)) == {"rejected": FAILURES_IN_A_ROW, "accepted": COUNT}
    assert all(one.detail for one in tries(engine) if one.state == "rejected")


async def test_a_server_that_is_away_for_days_loses_nothing(
    engine: Engine, keys: list[str], server: MailServer, clock: Clock
) -> None:
    channel = mail(server)
    outgoing = Outbox(engine, {"email": channel.manners}, now=clock)
    for _ in range(10):
        for claim in outgoing.claim("email", 100, 60):
            sent = outgoing.begin(claim, 60)
            assert sent is not None
            outcome = await tried(channel, make(sent))
            assert outcome.is_channel_down
            outgoing.finish(claim, outcome)
        clock.turn(hours=10)
    assert {row.attempts for row in rows(engine)} == {10}
    server.start()
    async with Stint(engine, channel, clock) as stint:
        await stint.until(lambda: states(engine) == {"delivered": COUNT})
    assert Counter(server.ids) == Counter(f"<{key}@cuntong>" for key in keys)


@pytest.mark.parametrize("address", ["a..b@c.cn", "a,b@c.cn", "张@c.cn", "a@b..c", "a@"])
async def test_an_address_that_is_none_stops_no_other_letter(
    engine: Engine, keys: list[str], server: MailServer, clock: Clock, address: str
) -> None:
    server.start()
    with engine.begin() as connection:
        connection.execute(update(person).where(person.c.person_id == "p006").values(email=address))
    async with Stint(engine, mail(server), clock) as stint:
        await stint.until(lambda: states(engine) == {"delivered": COUNT - 1, "dead": 1})
    (dead,) = [row for row in rows(engine) if row.state == "dead"]
    assert (dead.key, dead.reason_code, dead.attempts) == (keys[6], "refused", 1)
    assert dead.detail


async def test_two_stints_do_not_share_a_conversation(
    engine: Engine, keys: list[str], server: MailServer, clock: Clock
) -> None:
    server.start()
    channel = mail(server)
    async with Stint(engine, channel, clock) as one, Stint(engine, channel, clock):
        await one.until(lambda: states(engine) == {"delivered": COUNT})
    assert Counter(server.ids) == Counter(f"<{key}@cuntong>" for key in keys)
    assert {row.attempts for row in rows(engine)} == {1}


@pytest.mark.usefixtures("keys")
async def test_a_password_is_not_sent_in_the_clear(engine: Engine, server: MailServer, clock: Clock) -> None:
    server.start()
    url = server.url.replace("smtp://", "smtp://user:secret@")
    async with Stint(engine, SmtpChannel(url, "cuntong@example.cn", tls="required"), clock) as stint:
        await stint.until(lambda: any(row.attempts for row in rows(engine)))
    assert server.mails == []
    assert "STARTTLS" in rows(engine)[0].detail


async def test_a_receiver_that_is_refused_for_good_is_seen_by_people(
    engine: Engine, keys: list[str], server: MailServer, clock: Clock
) -> None:
    server.start()
    server.refused.add("p003@example.cn")
    async with Stint(engine, mail(server), clock) as stint:
        await stint.until(lambda: states(engine) == {"delivered": COUNT - 1, "dead": 1})
    assert len(server.mails) == COUNT - 1
    dead = rows(engine)[3]
    assert (dead.key, dead.reason_code) == (keys[3], "refused")
    assert "550" in dead.detail


async def test_a_text_that_is_asked_to_come_back_comes_back(
    engine: Engine, keys: list[str], server: MailServer, clock: Clock
) -> None:
    server.start()
    server.mood = "later"
    async with Stint(engine, mail(server), clock) as stint:
        await stint.until(lambda: any(row.attempts for row in rows(engine)))
        server.mood = "accept"
        clock.running = 5
        await stint.until(lambda: states(engine) == {"delivered": COUNT})
    assert Counter(server.ids) == Counter(f"<{key}@cuntong>" for key in keys)


@pytest.mark.parametrize("mood", ["break", "hang"])
async def test_a_lost_answer_is_unknown_and_repeated_under_the_same_id(
    engine: Engine, keys: list[str], server: MailServer, clock: Clock, mood: str
) -> None:
    server.start()
    server.mood = "break" if mood == "break" else "hang"
    async with Stint(engine, mail(server, seconds=0.3), clock) as stint:
        await stint.until(lambda: any(row.unknowns for row in rows(engine)))
        server.mood = "accept"
        clock.running = 5
        await stint.until(lambda: states(engine) == {"delivered": COUNT})
    extra = Counter(server.ids) - Counter(f"<{key}@cuntong>" for key in keys)
    unknown = {f"<{row.key}@cuntong>": row.unknowns for row in rows(engine) if row.unknowns}
    assert unknown
    assert extra == unknown, "every repeat is a try that can be listed"
    copies = [mail for mail in server.mails if str(mail["Message-ID"]) in unknown]
    assert len({(str(mail["Message-ID"]), mail.as_bytes()) for mail in copies}) == len(unknown), "to the byte"


@pytest.mark.usefixtures("keys")
async def test_a_stint_that_is_cancelled_says_what_it_does_not_know(
    engine: Engine, server: MailServer, clock: Clock
) -> None:
    server.start()
    server.mood = "hang"
    threads: set[int] = set()
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _c, _u, text, *_o: threads.add(threading.get_ident()) if text.startswith("UPDATE letter") else None,
    )
    async with Stint(engine, mail(server), clock) as stint:
        await stint.until(lambda: bool(server.mails))
        stint.environment.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stint.ended()
    assert states(engine) == {"pending": COUNT}
    assert [row.unknowns for row in rows(engine) if row.attempts] == [1]
    assert threads
    assert threading.get_ident() not in threads, "the loop goes on while records are written"


async def test_files_are_written_for_those_without_an_address(
    engine: Engine, filed: list[str], tmp_path: Path, clock: Clock
) -> None:
    channel = FileChannel(tmp_path / "messages", "cuntong@example.cn")
    async with Stint(engine, channel, clock) as stint:
        await stint.until(lambda: states(engine) == {"delivered": COUNT})
    paths = (tmp_path / "messages").rglob("*.*")
    assert sorted(path.name for path in paths) == sorted(f"{key}.eml" for key in filed)
    path = channel.path("p000", filed[0])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert message_from_bytes(path.read_bytes(), policy=default)["Message-ID"] == f"<{filed[0]}@cuntong>"


async def test_a_channel_that_is_not_here_is_told(engine: Engine, clock: Clock) -> None:
    pump = DeliveryActivity(Outbox(engine, now=clock), {}, make, Heartbeats(engine))
    with pytest.raises(ApplicationError, match="no channel email here"):
        await ActivityEnvironment().run(pump.deliver, DeliveryOrder(channel="email"))


@pytest.mark.usefixtures("filed")
async def test_an_outcome_is_recorded_when_the_database_is_back(engine: Engine, tmp_path: Path, clock: Clock) -> None:
    faults = ["UPDATE attempt"] * 2

    def fail(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:  # noqa: ANN401 - an event of SQLAlchemy
        if faults and statement.startswith(faults[-1]):
            faults.pop()
            raise OperationalError(statement, {}, OSError("the connection is gone"))

    event.listen(engine, "before_cursor_execute", fail)
    async with Stint(engine, FileChannel(tmp_path, "cuntong@example.cn"), clock) as stint:
        await stint.until(lambda: states(engine) == {"delivered": COUNT})
    assert faults == []
    assert {row.attempts for row in rows(engine)} == {1}
