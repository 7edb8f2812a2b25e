"""Databases for tests: the same tests run on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine

from infra.db import migrate
from infra.db.engine import open_engine
from tests.support import postgresql

_TEMPLATE = "cuntong_template"
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgresql.PostgreSQL]:
    """Yield a PostgreSQL server of our own."""
    with postgresql.running() as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: postgresql.PostgreSQL) -> str:
    """Return the name of a migrated database to copy from: migrating anew for each test takes longer."""
    migrate.upgrade(postgres.create_database(_TEMPLATE))
    return _TEMPLATE


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database without tables, on either engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: postgresql.PostgreSQL = request.getfixturevalue("postgres")
    return server.create_database(f"empty_{next(_numbers)}")


@pytest.fixture(params=["sqlite", "postgresql"])
def records_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a migrated, empty database of records, on either engine."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'records.db'}"
        migrate.upgrade(url)
        return url
    template: str = request.getfixturevalue("template")
    server: postgresql.PostgreSQL = request.getfixturevalue("postgres")
    return server.create_database(f"records_{next(_numbers)}", template)


@pytest.fixture
def engine(records_url: str) -> Iterator[Engine]:
    """Yield an open database of records."""
    opened = open_engine(records_url)
    yield opened
    opened.dispose()
