"""Finds what begins with a prefix by its place in the order, so that an index helps and no letter is a wildcard."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

_LAST = "\U0010ffff"


def starts_with(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """Return the condition that a code begins with `prefix`; for columns that are compared by their bytes."""
    return and_(column >= prefix, column <= prefix + _LAST)
