"""Brings the database of the records to the form that this version of the code expects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from infra.db.engine import open_engine, writing

_FOLDER = Path(__file__).parent / "migrations"
T = TypeVar("T")

_MIGRATING = 0x43756E75
"""Number of the PostgreSQL lock under which migrations run: two processes that start at once take turns."""


def upgrade(url: str) -> list[str]:
    """Apply what is missing, in one transaction, and return the revisions applied; none when up to date."""

    def act(connection: Connection) -> list[str]:
        missing = _missing(connection)
        if missing:
            command.upgrade(_config(connection), "head")
        return missing

    return _locked(url, act)


def downgrade(url: str, revision: str) -> None:
    """Take revisions back down to `revision` (`base`: everything), with what they hold."""
    _locked(url, lambda connection: command.downgrade(_config(connection), revision))


def current(url: str) -> str | None:
    """Return the revision of the database; None when it was never migrated."""
    return _locked(url, _current)


def pending(url: str) -> list[str]:
    """Return the revisions that are missing, in the order in which they will be applied."""
    return _locked(url, _missing)


def _locked(url: str, act: Callable[[Connection], T]) -> T:
    engine = open_engine(url)
    try:
        with writing(engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATING})
            return act(connection)
    finally:
        engine.dispose()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _missing(connection: Connection) -> list[str]:
    steps = ScriptDirectory.from_config(_config()).iterate_revisions("head", _current(connection) or "base")
    return [step.revision for step in reversed(list(steps))]
