"""What all tables of the records share: names of constraints, instants, and texts that compare by their bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects import postgresql

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: goes in aware, comes out aware and in UTC, on databases with and without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant as the database keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware of its time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as the base class has it
        """Return the instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


CODE = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text that is compared by its bytes, as SQLite always does: only so can an index find what begins with a prefix."""


def text(name: str, *constraints: ForeignKey, **options: Any) -> Column[str]:  # noqa: ANN401 - options of Column
    """Return a column of text that is always set."""
    return Column(name, CODE, *constraints, nullable=False, **options)


def number(name: str, **options: Any) -> Column[int]:  # noqa: ANN401 - options of Column
    """Return a column of whole numbers that is always set."""
    return Column(name, Integer, nullable=False, **options)


def instant(name: str, *, is_set: bool = False) -> Column[datetime]:
    """Return a column of instants; only with `is_set` it is always set."""
    return Column(name, UtcDateTime, nullable=not is_set)
