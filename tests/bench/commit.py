"""How fast the records commit, against a transaction that inserts one row into the same database."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, text

from infra.db import migrate
from infra.db.directory import People
from infra.db.engine import open_engine, writing
from infra.db.records import Records
from schemas.record import Commit
from tests.bench.figure import Figure
from tests.support import books, journals, offices, postgresql

ROUNDS = 5
PROJECTS = 6
_BODY = "x" * 500
_TABLE = text("CREATE TABLE bench_row (number INTEGER PRIMARY KEY, body TEXT NOT NULL)")
_INSERT = text("INSERT INTO bench_row (number, body) VALUES (:number, :body)")


async def measure() -> list[Figure]:
    """Commit whole lives of projects, on SQLite and, where it is installed, on PostgreSQL."""
    return await asyncio.to_thread(_measure)


def _measure() -> list[Figure]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cuntong-bench-"))
        figures = [_figure("commit.sqlite", f"sqlite:///{Path(folder) / 'records.db'}")]
        if shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
            server = stack.enter_context(postgresql.running())
            figures.append(_figure("commit.postgresql", server.create_database("bench")))
    return figures


def _figure(name: str, url: str) -> Figure:
    migrate.upgrade(url)
    records = open_engine(url)
    try:
        ours, floor = _rates(records)
    finally:
        records.dispose()
    note = (
        f"one thread; median of {ROUNDS} rounds with every commit of {PROJECTS} on-time projects; floor: transactions "
    )
    return Figure(name=name, value=ours, unit="commits/s", floor=floor, note=f"{note}that insert one row of 500 bytes")


def _rates(records: Engine) -> tuple[float, float]:
    People(records).import_directory(offices.directory(), journals.STARTED_AT - timedelta(days=1))
    with writing(records) as connection:
        connection.execute(_TABLE)
    writer, rates = Records(records, books.shelf()), []
    for number in range(ROUNDS + 1):
        commits = _commits(number)
        ours = _rate(len(commits), lambda index, these=commits: writer.commit(these[index]))  # type: ignore[misc] # bound
        first = number * len(commits)
        floor = _rate(len(commits), lambda index, since=first: _insert(records, since + index))  # type: ignore[misc] # bound
        rates.append((ours, floor))
    return median(rate for rate, _ in rates[1:]), median(rate for _, rate in rates[1:])


def _commits(number: int) -> list[Commit]:
    """Return the commits of projects that live at the same time, in turn."""
    lives = [
        journals.on_time(journals.project(f"US18F-{number:03d}{index:03d}", batch=f"{number}-{index}")).commits
        for index in range(PROJECTS)
    ]
    return [commit for together in zip(*lives, strict=True) for commit in together]


def _insert(records: Engine, number: int) -> None:
    with writing(records) as connection:
        connection.execute(_INSERT, {"number": number, "body": _BODY})


def _rate(count: int, one: Callable[[int], object]) -> float:
    since = time.perf_counter()
    for index in range(count):
        one(index)
    return count / (time.perf_counter() - since)
