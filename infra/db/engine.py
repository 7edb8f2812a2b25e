"""Opens the database of the records, safe against power loss, the same way for every process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL

BUSY_SECONDS = 4
"""How long SQLite waits for another process that writes: less than a local activity may take, which is told then."""

_OWNER_ONLY, _FOLDER_OWNER_ONLY = 0o600, 0o700
_IMMEDIATE = "cuntong_immediate"
_turns: WeakKeyDictionary[Engine, AbstractContextManager[Any]] = WeakKeyDictionary()


def open_engine(url: str) -> Engine:
    """Return the engine of a records database.

    SQLite runs in WAL mode with `synchronous=FULL`: a commit that was acknowledged survives power loss. Its file is
    made readable by its owner only. `postgresql://` means the psycopg driver. Errors do not show the values of a
    statement: they are names and addresses of people.

    Args:
        url: SQLAlchemy URL; `sqlite:///path` or `postgresql://user@host/name`.

    Raises:
        OSError: The SQLite file can be neither found nor made there.
        ValueError: The URL is of another database.
    """
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed)
    connect_args = {"application_name": "cuntong"}
    return create_engine(parsed, pool_pre_ping=True, hide_parameters=True, connect_args=connect_args)


def database_url(url: str) -> URL:
    """Return the URL with the driver we use.

    Raises:
        ValueError: The URL is of another database.
    """
    parsed = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    if parsed.drivername == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ValueError(f"records are kept in SQLite or PostgreSQL, not in {parsed.get_backend_name()}")
    return parsed


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that reads one consistent state, however many questions it is asked, and blocks nobody."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection inside a transaction that will write: all of it is committed at the end, or nothing.

    SQLite takes the write lock at once, so that what is read first still holds when it is written upon. Threads of
    this process queue up before it: waiting on the file is by polling, which is slower and not fair.
    """
    with _turns.get(engine, nullcontext()), engine.connect() as connection:
        connection.execution_options(**{_IMMEDIATE: True})
        with connection.begin():
            yield connection


def database_now(connection: Connection) -> datetime:
    """Return the instant by the clock of the database, which all processes share."""
    if connection.dialect.name == "postgresql":
        return connection.execute(_PG_NOW).scalar_one().astimezone(UTC)  # type: ignore[no-any-return]
    shown = connection.execute(_SQLITE_NOW).scalar_one()
    return datetime.fromisoformat(shown).replace(tzinfo=UTC)


_PG_NOW = text("SELECT clock_timestamp()")
_SQLITE_NOW = text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")


def _open_sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        path = Path(url.database)
        path.parent.mkdir(mode=_FOLDER_OWNER_ONLY, parents=True, exist_ok=True)
        if not path.exists():  # one that is there may be open to us for reading only
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY))
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    _turns[engine] = Lock()
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - whatever the driver gives
    connection.isolation_level = None  # the driver must not begin by itself, and never commit before DDL
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get(_IMMEDIATE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
