"""The database has the form the code expects, however it came to be."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import IntegrityError

from infra.db import migrate
from infra.db.engine import database_url, open_engine, reading, writing
from infra.db.tables import metadata, person
from rules.text import LANGUAGES, render
from schemas.reason import Refusal


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


def test_looking_waits_for_nobody(records_url: str) -> None:
    engine = open_engine(records_url)
    with writing(engine) as connection:
        connection.execute(person.insert().values(person_id="p", name="", lang="en"))
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": migrate._MIGRATING})
        begun = time.monotonic()
        assert migrate.pending(records_url) == []
        assert migrate.current(records_url)
        migrate.check(records_url)
        assert time.monotonic() - begun < 2
    engine.dispose()


def test_a_busy_file_is_told_before_a_local_activity_is_over(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'records.db'}")
    with reading(engine) as connection:
        milliseconds = connection.execute(text("PRAGMA busy_timeout")).scalar_one()
    engine.dispose()
    assert milliseconds < 5000, "start_to_close_timeout of the writing within a task"


def test_looking_makes_no_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'records.db'}"
    assert migrate.current(url) is None
    assert migrate.pending(url)
    assert code(lambda: migrate.check(url)) == "records.none"
    assert list(tmp_path.iterdir()) == []


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    assert all(render(refused.value.reason, lang) for lang in LANGUAGES)
    return refused.value.reason.code


def test_records_of_another_version_are_told(empty_url: str) -> None:
    assert code(lambda: migrate.check(empty_url)) == "records.none"
    migrate.upgrade(empty_url)
    migrate.check(empty_url)
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for act in (migrate.check, migrate.pending, migrate.upgrade):
        assert code(lambda act=act: act(empty_url)) == "records.newer"  # type: ignore[misc]


def test_records_that_are_behind_are_told(records_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "_missing", lambda _url, _revision: ["0002"])
    assert code(lambda: migrate.check(records_url)) == "records.old"


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.write_text("this is a letter, no database " * 100)
    for act in (migrate.check, migrate.pending, migrate.upgrade):
        assert code(lambda act=act: act(f"sqlite:///{path}")) == "records.damaged"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://me:secret@127.0.0.1:1/none", "records.away"),
        ("mysql://me:secret@host/name", "records.bad_url"),
        ("postgresql://me:secret@host:port/name", "records.bad_url"),
        ("secret", "records.bad_url"),
    ],
)
def test_records_that_cannot_be_reached_are_told_without_a_password(url: str, expected: str) -> None:
    with pytest.raises(Refusal) as refused:
        migrate.check(url)
    assert refused.value.reason.code == expected
    assert "secret" not in str(refused.value)


def test_errors_do_not_show_what_people_are_called(engine: Engine) -> None:
    rows = [{"person_id": "p", "name": "和建国", "lang": "en"}] * 2
    with engine.begin() as connection, pytest.raises(IntegrityError) as error:
        connection.execute(person.insert(), rows)
    assert "和建国" not in str(error.value)


def test_two_questions_see_one_state(engine: Engine) -> None:
    with reading(engine) as connection:
        before = connection.execute(select(person.c.person_id)).all()
        with engine.begin() as other:
            other.execute(person.insert().values(person_id="p", name="", lang="en"))
        assert connection.execute(select(person.c.person_id)).all() == before


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
