"""Messages reach their receivers once; what goes wrong on the way delays them, is on record, and loses nothing."""

from __future__ import annotations

import asyncio
import stat
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.delivery import FAILURES_IN_A_ROW, DeliveryActivity, _tried
from infra.channels.file import FileChannel
from infra.channels.smtp import SmtpChannel
from infra.db.directory import People
from infra.db.outbox import Outbox
from infra.db.records import Records
from infra.db.tables import outbox, person
from infra.db.views import Views
from rules.outbox import OUTDATED
from schemas.delivery import DeliveryOrder, OutboxMessage
from schemas.view import MessageRow
from tests.support import books, journals, offices
from tests.support.mail import MailServer
from tests.support.moments import Clock
from tests.support.stint import Stint

PROJECTS = [f"US18F-{number:06d}" for number in range(12)]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    yield made
    made.stop()


@pytest.fixture
def written(engine: Engine) -> list[MessageRow]:
    """Messages of many projects: to the supervisor by mail; of a province without one to the ministry, as files."""
    people = offices.directory(without_mail="ministry_supervisor")
    People(engine).import_directory(people, journals.STARTED_AT - timedelta(days=1))
    records = Records(engine, books.shelf())
    for number, project_id in enumerate(PROJECTS):
        village_code = f"{'540121' if number < len(PROJECTS) // 2 else '533323'}1{number:05d}"
        journal = journals.Journal(journals.project(project_id, village_code=village_code))
        journal.days(30)
        for commit in journal.commits:
            records.commit(commit)
    return rows(engine)


def rows(engine: Engine) -> list[MessageRow]:
    """Return the messages that are still of use."""
    every = [row for project_id in PROJECTS for row in Views(engine).messages(project_id)]
    return [row for row in every if row.reason_code != OUTDATED]


def states(engine: Engine, channel: str) -> Counter[str]:
    return Counter(row.state for row in rows(engine) if row.channel == channel)


def mail(server: MailServer, seconds: float = 5.0) -> SmtpChannel:
    return SmtpChannel(server.url, "cuntong@example.cn", seconds=seconds)


async def test_each_message_arrives_once_with_its_id(
    engine: Engine, written: list[MessageRow], server: MailServer, clock: Clock
) -> None:
    server.start()
    mine = [row for row in written if row.channel == "email"]
    async with Stint(engine, mail(server), clock) as stint:
        await stint.until(lambda: states(engine, "email") == {"delivered": len(mine)})
    assert Counter(server.ids) == Counter(f"<{row.key}@cuntong>" for row in mine)
    assert server.connections == 1, "one connection carries a batch"
    assert (await stint.ended()).delivered == len(mine)
    assert stint.heartbeats
    first = server.mails[0]
    assert first["Auto-Submitted"] == "auto-generated"
    assert str(first["Subject"]).startswith("【村通】")
    body = first.get_body()
    assert body is not None
    assert "您好" in body.get_content()
    assert "云南省怒江州" in body.get_content()


async def test_a_server_that_is_away_delays_and_loses_nothing(
    engine: Engine, written: list[MessageRow], server: MailServer, clock: Clock
) -> None:
    mine = [row for row in written if row.channel == "email"]
    assert len(mine) >= FAILURES_IN_A_ROW
    async with Stint(engine, mail(server), clock) as stint:
        await stint.until(lambda: sum(row.attempts for row in rows(engine)) >= FAILURES_IN_A_ROW)
        await asyncio.sleep(0.1)
        assert sum(row.attempts for row in rows(engine)) == FAILURES_IN_A_ROW, "then the server is left alone"
        server.start()
        clock.turn(hours=1)
        await stint.until(lambda: states(engine, "email") == {"delivered": len(mine)})
    assert Counter(server.ids) == Counter(f"<{row.key}@cuntong>" for row in mine)
    tries = [row for project_id in PROJECTS for row in Views(engine).attempts(project_id)]
    assert Counter(row.state for row in tries) == {"rejected": FAILURES_IN_A_ROW, "accepted": len(mine)}
    assert all(row.detail for row in tries if row.state == "rejected")


async def test_a_server_that_is_away_for_days_loses_nothing(
    engine: Engine, written: list[MessageRow], server: MailServer, clock: Clock
) -> None:
    mine = [row for row in written if row.channel == "email"]
    outgoing, channel = Outbox(engine, now=clock), mail(server)
    for _ in range(10):
        for claim in outgoing.claim("email", 100, 60):
            assert outgoing.begin(claim, 60)
            outcome, is_down = await _tried(channel, claim)
            assert is_down
            outgoing.finish(claim, outcome)
        clock.turn(hours=10)
    assert {row.attempts for row in rows(engine) if row.channel == "email"} == {10}
    server.start()
    async with Stint(engine, channel, clock) as stint:
        await stint.until(lambda: states(engine, "email") == {"delivered": len(mine)})
    assert Counter(server.ids) == Counter(f"<{row.key}@cuntong>" for row in mine)


@pytest.mark.parametrize("channel", ["email", "file"])
@pytest.mark.parametrize("address", ["a..b@c.cn", "a,b@c.cn", "张@c.cn", "a@b..c", "a@"])
async def test_an_address_that_is_none_stops_no_other_message(  # noqa: PLR0913 - what a stint needs, and the table
    engine: Engine,
    written: list[MessageRow],
    server: MailServer,
    tmp_path: Path,
    clock: Clock,
    channel: str,
    address: str,
) -> None:
    server.start()
    mine = sorted((row for row in written if row.channel == channel), key=lambda row: row.key)
    bad = mine[len(mine) // 2]
    with engine.begin() as connection:
        connection.execute(person.insert().values(person_id="bad", name="某人", email=address, lang="zh-CN"))
        connection.execute(outbox.update().where(outbox.c.key == bad.key).values(person_id="bad"))
    way = mail(server) if channel == "email" else FileChannel(tmp_path, "cuntong@example.cn")
    async with Stint(engine, way, clock) as stint:
        await stint.until(lambda: states(engine, channel) == {"delivered": len(mine) - 1, "dead": 1})
    (dead,) = [row for row in rows(engine) if row.state == "dead"]
    assert (dead.key, dead.reason_code, dead.attempts) == (bad.key, "refused", 1)
    assert "no mail can be made" in Views(engine).attempts(bad.project_id)[-1].detail


class Surprise(FileChannel):
    """A channel with a bug that one message meets."""

    key = ""

    async def send(self, message: OutboxMessage) -> None:
        """Write a message, or fail as nobody foresaw."""
        if message.key == self.key:
            raise KeyError("nobody thought of this")
        await super().send(message)


async def test_an_error_that_nobody_foresaw_is_on_record_and_stops_nothing(
    engine: Engine, written: list[MessageRow], tmp_path: Path, clock: Clock
) -> None:
    mine = [row for row in written if row.channel == "file"]
    channel = Surprise(tmp_path, "cuntong@example.cn")
    channel.key = mine[0].key
    async with Stint(engine, channel, clock) as stint:
        await stint.until(lambda: states(engine, "file") == {"delivered": len(mine) - 1, "pending": 1})
        told = Views(engine).attempts(mine[0].project_id)[-1]
        assert (told.state, told.detail) == ("unknown", "KeyError: 'nobody thought of this'")
        channel.key = ""
        clock.turn(hours=1)
        await stint.until(lambda: states(engine, "file") == {"delivered": len(mine)})


async def test_two_stints_do_not_share_a_conversation(
    engine: Engine, written: list[MessageRow], server: MailServer, clock: Clock
) -> None:
    server.start()
    mine = [row for row in written if row.channel == "email"]
    channel = mail(server)
    async with Stint(engine, channel, clock) as one, Stint(engine, channel, clock):
        await one.until(lambda: states(engine, "email") == {"delivered": len(mine)})
    assert Counter(server.ids) == Counter(f"<{row.key}@cuntong>" for row in mine)
    assert {row.attempts for row in rows(engine) if row.channel == "email"} == {1}


async def test_a_password_is_not_sent_in_the_clear(
    engine: Engine, written: list[MessageRow], server: MailServer, clock: Clock
) -> None:
    server.start()
    url = server.url.replace("smtp://", "smtp://user:secret@")
    async with Stint(engine, SmtpChannel(url, "cuntong@example.cn", tls="required"), clock) as stint:
        await stint.until(lambda: any(row.attempts for row in rows(engine)))
    assert server.mails == []
    tried = next(row for row in written if row.channel == "email")
    assert "STARTTLS" in Views(engine).attempts(tried.project_id)[-1].detail


async def test_a_receiver_that_is_refused_for_good_is_seen_by_people(
    engine: Engine, written: list[MessageRow], server: MailServer, clock: Clock
) -> None:
    server.start()
    server.refused.add("provincial_supervisor@example.cn")
    mine = [row for row in written if row.channel == "email"]
    async with Stint(engine, mail(server), clock) as stint:
        await stint.until(lambda: states(engine, "email") == {"dead": len(mine)})
    assert server.mails == []
    assert {row.reason_code for row in rows(engine) if row.channel == "email"} == {"refused"}
    assert "550" in Views(engine).attempts(mine[0].project_id)[0].detail


async def test_a_text_that_is_asked_to_come_back_comes_back(
    engine: Engine, written: list[MessageRow], server: MailServer, clock: Clock
) -> None:
    server.start()
    server.mood = "later"
    mine = [row for row in written if row.channel == "email"]
    async with Stint(engine, mail(server), clock) as stint:
        await stint.until(lambda: any(row.attempts for row in rows(engine)))
        server.mood = "accept"
        clock.running = 5
        await stint.until(lambda: states(engine, "email") == {"delivered": len(mine)})
    assert Counter(server.ids) == Counter(f"<{row.key}@cuntong>" for row in mine)


@pytest.mark.parametrize("mood", ["break", "hang"])
async def test_a_lost_answer_is_unknown_and_repeated_under_the_same_id(
    engine: Engine, written: list[MessageRow], server: MailServer, clock: Clock, mood: str
) -> None:
    server.start()
    server.mood = "break" if mood == "break" else "hang"
    mine = [row for row in written if row.channel == "email"]
    async with Stint(engine, mail(server, seconds=0.3), clock) as stint:
        await stint.until(lambda: any(row.unknowns for row in rows(engine)))
        server.mood = "accept"
        clock.running = 5
        await stint.until(lambda: states(engine, "email") == {"delivered": len(mine)})
    extra = Counter(server.ids) - Counter(f"<{row.key}@cuntong>" for row in mine)
    unknown = {f"<{row.key}@cuntong>": row.unknowns for row in rows(engine) if row.unknowns}
    assert unknown
    assert extra == unknown, "every repeat is a try that can be listed"


async def test_a_stint_that_is_cancelled_says_what_it_does_not_know(
    engine: Engine, written: list[MessageRow], server: MailServer, clock: Clock
) -> None:
    server.start()
    server.mood = "hang"
    mine = [row for row in written if row.channel == "email"]
    threads: set[int] = set()
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _c, _u, text, *_o: threads.add(threading.get_ident()) if text.startswith("UPDATE outbox") else None,
    )
    async with Stint(engine, mail(server), clock) as stint:
        await stint.until(lambda: bool(server.mails))
        stint.environment.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stint.ended()
    assert states(engine, "email") == {"pending": len(mine)}
    assert [row.unknowns for row in rows(engine) if row.attempts] == [1]
    assert threading.get_ident() not in threads, "the loop goes on while records are written"


async def test_files_are_written_for_those_without_an_address(
    engine: Engine, written: list[MessageRow], tmp_path: Path, clock: Clock
) -> None:
    channel = FileChannel(tmp_path / "messages", "cuntong@example.cn")
    mine = [row for row in written if row.channel == "file"]
    async with Stint(engine, channel, clock) as stint:
        await stint.until(lambda: states(engine, "file") == {"delivered": len(mine)})
    paths = sorted((tmp_path / "messages").rglob("*"))
    assert [path.name for path in paths if path.is_file()] == sorted(f"{row.key}.eml" for row in mine)
    path = channel.path(mine[0].person_id, mine[0].key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.parent.name == "of-ministry_supervisor"
    letter = message_from_bytes(path.read_bytes(), policy=default)
    assert letter["Message-ID"] == f"<{mine[0].key}@cuntong>"
    body = letter.get_body()
    assert body is not None
    assert "因以下岗位空缺或无人在岗，本信息转由您接收：省通信管理局督导。" in body.get_content()


async def test_a_channel_that_is_not_here_is_told(engine: Engine, clock: Clock) -> None:
    pump = DeliveryActivity(Outbox(engine, now=clock), {})
    with pytest.raises(ApplicationError, match="no channel email here"):
        await ActivityEnvironment().run(pump.deliver, DeliveryOrder(channel="email"))


async def test_an_outcome_is_recorded_when_the_database_is_back(
    engine: Engine, written: list[MessageRow], tmp_path: Path, clock: Clock
) -> None:
    mine = [row for row in written if row.channel == "file"]
    faults = ["UPDATE attempt"] * 2

    def fail(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:  # noqa: ANN401 - an event of SQLAlchemy
        if faults and statement.startswith(faults[-1]):
            faults.pop()
            raise OperationalError(statement, {}, OSError("the connection is gone"))

    event.listen(engine, "before_cursor_execute", fail)
    async with Stint(engine, FileChannel(tmp_path, "cuntong@example.cn"), clock) as stint:
        await stint.until(lambda: states(engine, "file") == {"delivered": len(mine)})
    assert faults == []
    assert {row.attempts for row in rows(engine) if row.channel == "file"} == {1}
