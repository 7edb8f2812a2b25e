"""PostgreSQL dies under eight writers, again and again; what was acknowledged is there, once and whole."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from infra.db import migrate
from infra.db.engine import open_engine, reading
from infra.db.records import Records
from infra.db.tables import outbox
from infra.db.views import Views
from rules.project import fold
from schemas.event import RungFired
from schemas.record import Commit
from tests.support import books, journals, postgresql
from tests.support.journals import Journal

WRITERS = 8
CRASHES = 4


@pytest.fixture
def server() -> Iterator[postgresql.PostgreSQL]:
    """Yield a server of this test's own: it will not live long."""
    with postgresql.running() as made:
        yield made


def test_nothing_acknowledged_is_lost(server: postgresql.PostgreSQL) -> None:
    url = server.create_database("records")
    migrate.upgrade(url)
    engine = open_engine(url)
    records = Records(engine, books.shelf())
    is_over = threading.Event()

    def write(writer: int) -> list[Journal]:
        """Write whole projects until the crashes are over, and return those that were acknowledged to the end."""
        done: list[Journal] = []
        while not is_over.is_set():
            number = writer * 10_000 + len(done)
            journal = journals.eventful(
                journals.project(f"US18F-{number:06d}", village_code=f"5333231{number:05d}"), books.book()
            )
            for commit in journal.commits:
                _insist(records, commit)
            done.append(journal)
        return done

    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, number) for number in range(WRITERS)]
        for _ in range(CRASHES):
            time.sleep(0.7)  # let them write; the crash must fall into the middle
            server.stop(crash=True)
            server.start()
        is_over.set()
        acknowledged = [journal for writer in writers for journal in writer.result()]
    views = Views(engine)
    assert len(acknowledged) >= WRITERS
    for journal in acknowledged:
        project_id = journal.now.project.project_id
        assert views.journal(project_id) == journal.entries
        assert views.state(project_id) == fold(journal.entries) == journal.now
        rungs = [entry.seq for entry in journal.entries if isinstance(entry.event, RungFired)]
        with reading(engine) as connection:
            spoken = connection.execute(select(outbox.c.seq).where(outbox.c.project_id == project_id)).scalars()
            assert sorted(set(spoken)) == rungs
    engine.dispose()


def _insist(records: Records, commit: Commit) -> None:
    """Write until it is acknowledged, as the engine does with an activity."""
    deadline = time.monotonic() + 60
    while True:
        try:
            records.commit(commit)
        except DBAPIError:
            assert time.monotonic() < deadline, "the database does not come back"
            time.sleep(0.02)
        else:
            return
