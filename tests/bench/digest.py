"""What a bad day of digests takes: 147,000 rungs for 2,500 people, written and handed over by the real worker."""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import aiosmtplib
from sqlalchemy import Engine, func, insert, select

from infra.channels.sink import MailSink
from infra.db import migrate
from infra.db.balance import counted
from infra.db.engine import open_engine, reading, writing
from infra.db.policies import Policies
from infra.db.tables import journal, letter, outbox, person, project
from infra.files.policies import load_tree
from tests.bench.figure import Figure
from tests.bench.ground import free_ports, ground, until

NOTICES, PEOPLE = 147_000, 2_500
VILLAGES_A_PROJECT = 60
GOAL_SECONDS = 600.0
PATIENCE = 1500.0
_ROWS_AT_ONCE = 5_000
_RUNGS = (("reminder-1", "reminder", 0, 1), ("overdue", "reminder", 0, -1), ("supervision-order", "escalation", 1, -7))


@dataclass(frozen=True)
class _Day:
    """What one day took.

    Attributes:
        seconds: From the first look of the worker until the last letter was delivered.
        mails: Mails that arrived.
        bytes_sent: Their size together.
        gap: Rungs that are unaccounted for.
    """

    seconds: float
    mails: int
    bytes_sent: int
    gap: int


async def measure() -> list[Figure]:
    """Let the real worker, on SQLite, write and hand over a bad day; then hand the same mails over in a bare loop."""
    with tempfile.TemporaryDirectory(prefix="cuntong-bench-") as folder, _sink(Path(folder)) as (url, port):
        day = await _day(url, Path(folder))
        floor = await _bare(Path(folder), port)
    return [
        Figure(
            name="digest.day",
            value=day.seconds,
            unit="s",
            floor=floor,
            goal=GOAL_SECONDS,
            note=(
                f"{NOTICES:,} rungs to {PEOPLE:,} people: {day.mails:,} mails, {day.bytes_sent / 2**20:.0f} MiB with "
                "their tables, by one worker on SQLite (synchronous=FULL) to a mail server on loopback; floor: a bare "
                "loop that reads the same rows and hands over the same mails, ready made, on one connection"
            ),
        ),
        Figure(
            name="digest.gap",
            value=day.gap,
            unit="rungs",
            goal=0,
            note="rungs of that day in no letter and without a reason",
        ),
    ]


async def _day(url: str, folder: Path) -> _Day:
    """Put the day into the records before the worker begins, and wait for its last letter."""

    def prepare(records_url: str) -> None:
        migrate.upgrade(records_url)
        records = open_engine(records_url)
        try:
            _fill(records)
        finally:
            records.dispose()

    more: dict[str, Any] = {
        "smtp_url": url,
        "letters_every_seconds": 1.0,
        "audit_every_seconds": 3600.0,
        "console_port": 0,
    }
    async with ground(prepare=prepare, **more) as where:
        since = time.monotonic()
        records = open_engine(where.settings.records_url)
        try:
            await until(lambda: _left(records) == 0, "letters are left", PATIENCE)
            seconds = time.monotonic() - since
            gap = await asyncio.to_thread(_gap, records)
            await asyncio.to_thread(_keep_rows, records, folder)
        finally:
            records.dispose()
    mails = sorted((folder / "mail").glob("*.eml"))
    return _Day(seconds, len(mails), sum(mail.stat().st_size for mail in mails), gap)


def _left(records: Engine) -> int:
    """Return how many notices are not in a delivered letter."""
    with reading(records) as connection:
        done = select(func.coalesce(func.sum(letter.c.notices), 0)).where(letter.c.state == "delivered")
        return NOTICES - int(connection.execute(done).scalar_one())


def _gap(records: Engine) -> int:
    with reading(records) as connection:
        return counted(connection).balance.gap


def _keep_rows(records: Engine, folder: Path) -> None:
    """Copy the records for the floor, which reads the same rows."""
    with (
        closing(sqlite3.connect(str(records.url.database))) as ours,
        closing(sqlite3.connect(folder / "floor.db")) as copy,
    ):
        ours.backup(copy)


async def _bare(folder: Path, port: int) -> float:
    """Return the seconds of a loop that reads each person's rows and hands over a mail of the same bytes."""
    mails = [path.read_bytes() for path in sorted((folder / "mail").glob("*.eml"))]
    records = open_engine(f"sqlite:///{folder / 'floor.db'}")
    since = time.monotonic()
    try:
        with reading(records) as connection:
            keys = connection.execute(
                select(letter.c.key, person.c.email).join(person, person.c.person_id == letter.c.person_id)
            ).all()
            async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
                for (key, address), mail in zip(keys, mails, strict=False):
                    connection.execute(select(outbox).where(outbox.c.letter == key)).all()
                    await client.sendmail("bench@localhost", [address], mail)
    finally:
        records.dispose()
    return time.monotonic() - since


# The day


def _fill(records: Engine) -> None:
    """Write people, projects, a policy whose hour has come, and a journal entry and a notice for every rung."""
    since = datetime.now(UTC) - timedelta(days=2)
    Policies(records).publish(_policies(), since)
    people = [f"p{number:04d}" for number in range(PEOPLE)]
    projects = [f"US18F-{number:06d}" for number in range(NOTICES // VILLAGES_A_PROJECT)]
    with writing(records) as connection:
        connection.execute(insert(person), [_person(one) for one in people])
        connection.execute(insert(project), [_project(one, number, since) for number, one in enumerate(projects)])
    for rows in _batched(range(NOTICES)):
        notices = [_notice(number, projects, people, since) for number in rows]
        with writing(records) as connection:
            connection.execute(insert(journal), [_entry(one) for one in notices])
            connection.execute(insert(outbox), notices)


def _policies() -> list[dict[str, Any]]:
    """Return the messaging policy of the tree with hours in which any time of the day is right."""
    tree = {(one.parsed.kind, one.parsed.name): one.raw for one in load_tree()}
    always = {"since": "00:00", "until": "23:59"}
    hours = {"digest_at": "00:00", "jitter_minutes": 0, "office": always, "quiet": {"since": "23:59", "until": "23:59"}}
    every_day = {**tree["calendar", "compressed"], "name": "every-day", "day_seconds": 86400.0}
    policy = {
        **tree["messaging", "china"],
        "version": "bench",
        "calendar": "every-day",
        "alone_from_level": None,
        **hours,
    }
    return [every_day, policy]


def _person(person_id: str) -> dict[str, Any]:
    return {"person_id": person_id, "name": f"测试{person_id}", "email": f"{person_id}@example.org", "lang": "zh-CN"}


def _project(project_id: str, number: int, at: datetime) -> dict[str, Any]:
    texts = dict.fromkeys(
        ("programme", "batch", "technology", "village_name", "place", "builder", "tier", "plan", "ladder", "hierarchy"),
        "bench",
    )
    texts |= dict.fromkeys(("calendar", "status", "hold_code", "open_stages"), "bench")
    numbers = {"level": 0, "percent": 0, "seq": VILLAGES_A_PROJECT, "refusals": 0, "is_provisional": False}
    code = f"5333012{number:05d}"
    return {
        **texts,
        **numbers,
        "project_id": project_id,
        "village_code": code,
        "county_code": code[:6],
        "first_village_code": code,
        "updated_at": at,
        "status": "closed",
    }


def _notice(number: int, projects: Sequence[str], people: Sequence[str], at: datetime) -> dict[str, Any]:
    rung, kind, level, days = _RUNGS[number % len(_RUNGS)]
    project_id = projects[number % len(projects)]
    texts = {
        "stage": "route",
        "stage_title_zh": "光缆路由施工",
        "stage_title_en": "Route",
        "consequence": "",
        "roles": "builder",
    }
    titles = {
        "rung_title_zh": "逾期督办",
        "rung_title_en": "Supervision order",
        "vacant": "",
        "vacant_zh": "",
        "vacant_en": "",
    }
    return {
        **texts,
        **titles,
        "key": sha256(str(number).encode()).hexdigest(),
        "project_id": project_id,
        "seq": 1 + number // len(projects),
        "place": f"云南省怒江州福贡县测试村{number % len(projects)}",
        "rung": rung,
        "kind": kind,
        "level": level,
        "due_at": at,
        "days": days,
        "reply_days": 0,
        "person_id": people[number % len(people)],
        "state": "waiting",
        "reason_code": "",
        "created_at": at,
        "step": "act",
    }


def _entry(notice: dict[str, Any]) -> dict[str, Any]:
    told = {"by": "timer", "command_id": "", "type": "rung_fired", "entry": "{}"}
    return {"project_id": notice["project_id"], "seq": notice["seq"], "at": notice["created_at"], **told}


def _batched(numbers: range) -> Iterator[range]:
    for first in range(0, len(numbers), _ROWS_AT_ONCE):
        yield numbers[first : first + _ROWS_AT_ONCE]


# The mail server, in a process of its own


@contextmanager
def _sink(folder: Path) -> Iterator[tuple[str, int]]:
    (port,) = free_ports(1)
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(folder / "mail", port, theirs), daemon=True
    )
    server.start()
    try:
        ours.recv()
        yield f"smtp://127.0.0.1:{port}", port
    finally:
        server.terminate()
        server.join()


def _serve(folder: Path, port: int, pipe: Pipe) -> None:
    sink = MailSink(folder, port=port)
    sink.start()
    pipe.send("ready")
    pipe.recv()
