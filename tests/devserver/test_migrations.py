"""The database has the form the code expects, however it came to be."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from infra.db import migrate
from infra.db.engine import database_url, open_engine, reading
from infra.db.tables import metadata


def test_migrations_lead_to_the_tables_of_the_code(records_url: str) -> None:
    engine = open_engine(records_url)
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_upgrade_tells_what_it_applied_and_does_it_once(empty_url: str) -> None:
    assert migrate.current(empty_url) is None
    waiting = migrate.pending(empty_url)
    assert waiting
    assert migrate.upgrade(empty_url) == waiting
    assert migrate.upgrade(empty_url) == []
    assert migrate.pending(empty_url) == []
    assert migrate.current(empty_url) == waiting[-1]


def test_downgrade_leaves_nothing_and_the_way_up_is_open_again(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    migrate.downgrade(empty_url, "base")
    engine = open_engine(empty_url)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()
    assert migrate.upgrade(empty_url)


def test_processes_that_start_at_once_take_turns(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(lambda _: migrate.upgrade(empty_url), range(4)))
    assert sorted(map(bool, applied)) == [False, False, False, True]
    assert migrate.pending(empty_url) == []


def test_a_sqlite_file_is_durable_and_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "records.db"
    engine = open_engine(f"sqlite:///{path}")
    with reading(engine) as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
        }
        foreign_keys = connection.execute(text("PRAGMA foreign_keys")).scalar()
    engine.dispose()
    assert (pragmas, foreign_keys) == ({"journal_mode": "wal", "synchronous": 2}, 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgresql://me@host/name", "postgresql+psycopg"),
        ("postgres://me@host/name", "postgresql+psycopg"),
        ("postgresql+psycopg://me@host/name", "postgresql+psycopg"),
        ("sqlite:///records.db", "sqlite"),
    ],
)
def test_urls_as_people_write_them(url: str, driver: str) -> None:
    assert database_url(url).drivername == driver


def test_another_database_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="mysql"):
        database_url("mysql://me@host/name")
