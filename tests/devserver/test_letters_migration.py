"""What was in the outbox before there were letters: each state becomes what it means now, and the way back is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, Table, insert, select

from infra.db import migrate
from infra.db.engine import open_engine, reading, writing
from infra.db.tables import attempt, letter, outbox, person

AT = datetime(2018, 7, 20, 1, 0, tzinfo=UTC)
OLD: dict[str, dict[str, Any]] = {
    "untried": {"state": "pending"},
    "refused-once": {"state": "pending", "attempts": 1, "refused_at": AT, "not_before": AT},
    "on-the-wire": {"state": "sending", "attempts": 1, "epoch": 3, "lease_until": AT},
    "claimed": {"state": "sending", "epoch": 1, "lease_until": AT},
    "arrived": {"state": "delivered", "attempts": 2, "unknowns": 1, "delivered_at": AT},
    "given-up": {"state": "dead", "attempts": 9, "reason_code": "refused"},
    "nobody": {"state": "held", "person_id": "", "reason_code": "nobody_found"},
    "over": {"state": "superseded", "reason_code": "stage_closed", "withdrawn_at": AT},
    "over-after-a-try": {"state": "superseded", "reason_code": "stage_closed", "withdrawn_at": AT, "attempts": 1},
}
NOW = {
    "untried": ("waiting", None),
    "refused-once": ("written", ("pending", 1, 1)),
    "on-the-wire": ("written", ("sending", 1, 1)),
    "claimed": ("written", ("sending", 0, 1)),
    "arrived": ("written", ("delivered", 2, 1)),
    "given-up": ("written", ("dead", 9, 1)),
    "nobody": ("held", None),
    "over": ("superseded", None),
    "over-after-a-try": ("superseded", ("superseded", 1, 0)),
}
"""State of the notice, and (state, tries, notices) of its letter."""


@pytest.fixture
def old(empty_url: str) -> Iterator[Engine]:
    """Yield records of the revision before, with a message in every state."""
    migrate.upgrade(empty_url)
    migrate.downgrade(empty_url, "0002")
    engine = open_engine(empty_url)
    with writing(engine) as connection:
        _fill(connection)
    yield engine
    engine.dispose()


def _fill(connection: Connection) -> None:
    tables = MetaData()
    for name in ("project", "person", "outbox", "attempt"):
        Table(name, tables, autoload_with=connection)
    project, outbox_then = tables.tables["project"], tables.tables["outbox"]
    connection.execute(insert(project), _row(project, {"project_id": "P1", "updated_at": AT}))
    connection.execute(insert(tables.tables["person"]), {"person_id": "p1", "name": "和建国", "lang": "en"})
    same = {"project_id": "P1", "person_id": "p1", "channel": "email", "mail_on": True, "due_at": AT, "created_at": AT}
    for key, fields in OLD.items():
        connection.execute(insert(outbox_then), _row(outbox_then, {**same, "key": key, **fields}))
        for number in range(1, fields.get("attempts", 0) + 1):
            tried = {"key": key, "number": number, "state": "rejected", "started_at": AT}
            connection.execute(insert(tables.tables["attempt"]), _row(tables.tables["attempt"], tried))


def _row(table: Table, known: dict[str, Any]) -> dict[str, Any]:
    """Return a row in which whatever must be set and is not known is empty."""
    needed = [column for column in table.c if not column.nullable and column.name not in known]
    return {**{column.name: column.type.python_type() for column in needed}, **known}


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False).replace("+psycopg", "")


def test_every_state_becomes_what_it_means_now(old: Engine) -> None:
    migrate.upgrade(url_of(old))
    with reading(old) as connection:
        notices = {row.key: row for row in connection.execute(select(outbox))}
        letters = {row.key: row for row in connection.execute(select(letter))}
        tries = Counter(connection.execute(select(attempt.c.key)).scalars())
        known = connection.execute(select(person)).one()
    found = {
        key: (row.state, (letters[key].state, letters[key].attempts, letters[key].notices) if key in letters else None)
        for key, row in notices.items()
    }
    assert found == NOW
    assert {key: row.letter for key, row in notices.items()} == {
        key: key if state == "written" else "" for key, (state, _) in NOW.items()
    }
    assert tries == {key: fields["attempts"] for key, fields in OLD.items() if fields.get("attempts")}
    assert {(row.kind, row.day, row.channel, row.lang) for row in letters.values()} == {
        ("alone", "2018-07-20", "email", "en")
    }
    assert (letters["on-the-wire"].epoch, letters["on-the-wire"].lease_until) == (3, AT)
    assert (letters["refused-once"].refused_at, letters["arrived"].delivered_at) == (AT, AT)
    assert (known.channels, known.addresses, known.digest_at) == ("[]", "{}", "")


def test_the_way_back_gives_the_same_messages(old: Engine) -> None:
    tables = MetaData()
    with reading(old) as connection:
        then = Table("outbox", tables, autoload_with=connection)
        before = connection.execute(select(then).order_by(then.c.key)).mappings().all()
    migrate.upgrade(url_of(old))
    migrate.downgrade(url_of(old), "0002")
    with reading(old) as connection:
        after = connection.execute(select(then).order_by(then.c.key)).mappings().all()
    assert after == before
    assert migrate.upgrade(url_of(old)) == ["0003"]


def test_the_way_back_from_letters_with_many_notices(old: Engine) -> None:
    """The version before knows no letters: each notice has the state of its letter, and what waited waits again."""
    migrate.upgrade(url_of(old))
    row: dict[str, Any] = {"key": "digest", "person_id": "p1", "kind": "digest", "day": "2018-07-23"}
    row |= {"channel": "sms", "lang": "en"}
    row |= {"templates": "", "notices": 2, "state": "unclear", "reason_code": "", "created_at": AT, "attempts": 1}
    with writing(old) as connection:
        connection.execute(insert(letter), {**row, "unknowns": 1, "epoch": 1})
        told: dict[str, Any] = {"number": 1, "epoch": 1, "channel": "sms", "state": "unknown", "detail": ""}
        told["started_at"] = AT
        connection.execute(insert(attempt), {**told, "key": "digest"})
        two = outbox.c.key.in_(("untried", "nobody"))
        connection.execute(outbox.update().where(two).values(state="written", letter="digest"))
        silenced = outbox.update().where(outbox.c.key == "over")
        connection.execute(silenced.values(state="suppressed", silence=4, withdrawn_at=None, reason_code=""))
    migrate.downgrade(url_of(old), "0002")
    with reading(old) as connection:
        then = Table("outbox", MetaData(), autoload_with=connection)
        states = {row.key: (row.state, row.reason_code) for row in connection.execute(select(then))}
    assert (states["untried"][0], states["nobody"][0]) == ("dead", "dead"), "it may have arrived: a person must look"
    assert states["over"] == ("superseded", "silenced")
