"""Insert-or-update and insert-once, which SQLite and PostgreSQL spell alike but SQLAlchemy keeps by dialect."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(at: Connection | Engine, table: Table) -> Any:  # noqa: ANN401 - a statement of either dialect
    """Return the statement that inserts rows, or updates those that are there by primary key."""
    keys = [column.name for column in table.primary_key]
    statement = _insert(at, table)
    changes = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


def insert_once(at: Connection | Engine, table: Table) -> Any:  # noqa: ANN401 - a statement of either dialect
    """Return the statement that inserts rows, and leaves those that are there by primary key as they are."""
    return _insert(at, table).on_conflict_do_nothing(index_elements=[column.name for column in table.primary_key])


def _insert(at: Connection | Engine, table: Table) -> Any:  # noqa: ANN401 - a statement of either dialect
    return postgresql.insert(table) if at.dialect.name == "postgresql" else sqlite.insert(table)
