"""Letters in the records, put there as a round of letter writing leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from infra.db.engine import reading
from infra.db.letter_views import LetterViews
from infra.db.registry import Registry
from infra.db.tables import letter, outbox, person
from schemas.letter_view import LetterFilter, LetterRow
from schemas.view import AttemptRow
from tests.support import journals
from tests.support.ledger_rows import ledger_rows
from tests.support.letters import BASE

AT = journals.STARTED_AT


def key_of(*parts: object) -> str:
    """Return a key as the rules make them."""
    return sha256("|".join(map(str, parts)).encode()).hexdigest()


def post(
    engine: Engine,
    count: int = 1,
    *,
    notices: int = 1,
    channel: str = "email",
    at: datetime = AT,
    **changes: Any,  # noqa: ANN401 - columns of a person
) -> list[str]:
    """Write letters with notices, each to a person of its own with a mail address, and return their keys by age."""
    project_ids = [one.project.project_id for one in Registry(engine).register(ledger_rows(notices), "US", at)]
    keys = []
    with engine.begin() as connection:
        for number in range(count):
            person_id = f"p{number:03d}"
            _person(connection, person_id, {"email": f"{person_id}@example.cn", **changes})
            keys.append(_letter(connection, person_id, project_ids, channel, at + timedelta(seconds=number)))
    return keys


def withdraw(engine: Engine, key: str, how_many: int | None = None) -> None:
    """Withdraw notices of a letter that was tried; None for all of them."""
    mine = select(outbox.c.key).where(outbox.c.letter == key).order_by(outbox.c.key).limit(how_many)
    with engine.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.key.in_(mine)).values(withdrawn_at=AT))


def rows(engine: Engine) -> list[LetterRow]:
    """Return the letters, oldest first."""
    return LetterViews(engine).letters(LetterFilter(), 1000)[0]


def tries(engine: Engine) -> list[AttemptRow]:
    """Return every try of every letter."""
    return [one for row in rows(engine) for one in LetterViews(engine).attempts(row.key)]


def states(engine: Engine, channel: str = "") -> list[str]:
    """Return the states of the letters, oldest first; only of one channel when it is given."""
    query = select(letter.c.state).order_by(letter.c.created_at, letter.c.key)
    with reading(engine) as connection:
        return list(connection.execute(query.where(letter.c.channel == channel) if channel else query).scalars())


def _person(connection: Connection, person_id: str, columns: dict[str, Any]) -> None:
    known = {"person_id": person_id, "name": f"{person_id} 同志", "lang": "zh-CN"}
    connection.execute(person.insert(), {**known, **columns})


def _letter(connection: Connection, person_id: str, project_ids: Sequence[str], channel: str, at: datetime) -> str:
    day = f"{at:%Y-%m-%d}"
    key = key_of(person_id, "digest", day)
    row: dict[str, Any] = {
        "key": key,
        "person_id": person_id,
        "kind": "digest",
        "day": day,
        "channel": channel,
        "lang": "zh-CN",
    }
    row |= {"templates": "", "notices": len(project_ids), "state": "pending", "reason_code": "", "created_at": at}
    connection.execute(letter.insert(), {**row, "attempts": 0, "unknowns": 0, "epoch": 0})
    told: dict[str, Any] = {name: value for name, value in BASE.items() if name in outbox.c}
    told |= {"person_id": person_id, "seq": 1, "reply_days": 0, "consequence": "", "roles": "builder", "vacant": ""}
    told |= {"vacant_zh": "", "vacant_en": "", "state": "written", "reason_code": "", "letter": key, "created_at": at}
    rows = [
        {**told, "key": key_of(person_id, at, project_id), "project_id": project_id, "days": 7 - place, "level": 0}
        for place, project_id in enumerate(project_ids)
    ]
    connection.execute(outbox.insert(), rows)
    return key
