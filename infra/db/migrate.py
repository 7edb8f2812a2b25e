"""Brings the database of the records to the form that this version of the code expects, and tells when it is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from infra.db.engine import database_url, open_engine, reading, writing
from schemas.reason import ErrorKind, Refusal

_FOLDER = Path(__file__).parent / "migrations"
T = TypeVar("T")

_MIGRATING = 0x43756E75
"""Number of the PostgreSQL lock under which migrations run: two processes that start at once take turns."""


def upgrade(url: str) -> list[str]:
    """Apply what is missing, in one transaction, and return the revisions applied; none when up to date.

    Raises:
        Refusal: `records.newer` or `records.damaged`.
    """

    def act(connection: Connection) -> list[str]:
        missing = _missing(url, _revision(connection))
        if missing:
            command.upgrade(_config(connection), "head")
        return missing

    return _locked(url, act)


def downgrade(url: str, revision: str) -> None:
    """Take revisions back down to `revision` (`base`: everything), with what they hold."""
    _locked(url, lambda connection: command.downgrade(_config(connection), revision))


def current(url: str) -> str | None:
    """Return the revision of the database; None when it was never migrated. Waits for nobody and makes no file.

    Raises:
        Refusal: `records.damaged`.
    """
    if not _exists(url):
        return None
    with _opened(url) as engine, reading(engine) as connection:
        return _revision(connection)


def pending(url: str) -> list[str]:
    """Return the revisions that are missing, in the order in which they will be applied. Waits for nobody.

    Raises:
        Refusal: `records.newer` or `records.damaged`.
    """
    return _missing(url, current(url))


def check(url: str) -> None:
    """Return when the records are there and in the form that this version needs.

    Raises:
        Refusal: `records.none`, `records.old`, `records.newer`, `records.damaged`; `records.away` when the database
            does not answer; `records.bad_url` when the URL is of no database that can keep records.
    """
    try:
        revision = current(url)
    except (ArgumentError, ValueError):
        # Shown without what follows the scheme: whatever was misread may belong to the password.
        scheme, separator, _ = url.partition("://")
        raise Refusal("records.bad_url", ErrorKind.INVALID, url=f"{scheme}://…" if separator else "…") from None
    except OperationalError as error:
        detail = next(iter(str(error.orig).strip().splitlines()), "—")
        raise Refusal("records.away", ErrorKind.UNAVAILABLE, detail=detail) from error
    if revision is None:
        raise Refusal("records.none", ErrorKind.UNAVAILABLE, url=_shown(url))
    if _missing(url, revision):
        raise Refusal("records.old", ErrorKind.UNAVAILABLE, url=_shown(url))


def _locked(url: str, act: Callable[[Connection], T]) -> T:
    with _opened(url) as engine, writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATING})
        return act(connection)


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    try:
        yield engine
    except DatabaseError as error:
        # SQLite has no class of its own for a file that is no database; everything else has one.
        if type(error.orig) is not sqlite3.DatabaseError:
            raise
        raise Refusal("records.damaged", ErrorKind.UNAVAILABLE, url=_shown(url), detail=str(error.orig)) from error
    finally:
        engine.dispose()


def _exists(url: str) -> bool:
    parsed = database_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}
    return not is_file or Path(str(parsed.database)).exists()


def _shown(url: str) -> str:
    return database_url(url).render_as_string(hide_password=True)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _missing(url: str, revision: str | None) -> list[str]:
    try:
        steps = list(ScriptDirectory.from_config(_config()).iterate_revisions("head", revision or "base"))
    except RevisionError as unknown:
        name = str(revision)
        raise Refusal("records.newer", ErrorKind.UNAVAILABLE, url=_shown(url), revision=name) from unknown
    return [step.revision for step in reversed(steps)]
