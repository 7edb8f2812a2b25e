"""Letters and tries put on record by hand, for tests of those who look at them afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select, update

from infra.db.engine import reading, writing
from infra.db.tables import attempt, letter, outbox, receipt


def notices(engine: Engine, **fields: Any) -> list[Any]:  # noqa: ANN401 - fields of outbox
    """Return the notices with these fields, in order of the journal."""
    wanted = [outbox.c[name] == value for name, value in fields.items()]
    with reading(engine) as connection:
        return list(connection.execute(select(outbox).where(*wanted).order_by(outbox.c.project_id, outbox.c.seq)))


def write(  # noqa: PLR0913 - what a letter is made of
    engine: Engine,
    key: str,
    keys: Sequence[str],
    at: datetime,
    *,
    person_id: str = "",
    state: str = "pending",
    channel: str = "email",
    **fields: Any,  # noqa: ANN401 - fields of letter
) -> None:
    """Put notices into a letter of their receiver."""
    with writing(engine) as connection:
        named = connection.execute(select(outbox.c.person_id).where(outbox.c.key.in_(keys))).scalars().first()
        row: dict[str, Any] = {
            "key": key,
            "person_id": person_id or named or "nobody",
            "kind": "digest",
            "day": f"{at:%Y-%m-%d}",
            "channel": channel,
            "lang": "zh-CN",
            "templates": "",
            "notices": len(keys),
            "state": state,
            "reason_code": "",
            "created_at": at,
            "attempts": 0,
            "unknowns": 0,
            "epoch": 0,
        }
        connection.execute(insert(letter), {**row, **fields})
        connection.execute(update(outbox).where(outbox.c.key.in_(keys)).values(state="written", letter=key))


def tried(engine: Engine, key: str, at: datetime, *states: str, channel: str = "email") -> None:
    """Put tries of a letter on record, a minute apart; the letter ends as the last of them says."""
    ends = {"accepted": "delivered", "rejected": "pending", "unknown": "pending", "sending": "sending"}
    with writing(engine) as connection:
        known = connection.execute(select(letter.c.attempts).where(letter.c.key == key)).scalar_one()
        for number, state in enumerate(states, start=known + 1):
            begun = at + timedelta(minutes=number)
            row = {"key": key, "number": number, "epoch": number, "channel": channel, "state": state, "detail": ""}
            finished = None if state == "sending" else begun
            connection.execute(insert(attempt), {**row, "started_at": begun, "finished_at": finished})
        delivered = at if states[-1] == "accepted" else None
        now = {"attempts": known + len(states), "state": ends[states[-1]], "delivered_at": delivered}
        connection.execute(update(letter).where(letter.c.key == key).values(now))


def received(engine: Engine, key: str, at: datetime, *kinds: str, channel: str = "email") -> None:
    """Put on record what the receiver said afterwards."""
    with writing(engine) as connection:
        for number, kind in enumerate(kinds):
            row = {"letter": key, "event_id": f"{key}/{number}", "channel": channel, "kind": kind, "detail": ""}
            connection.execute(insert(receipt), {**row, "at": at})
