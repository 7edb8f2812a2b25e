"""Notices that wait for people, put into the outbox by hand, and rounds that write letters of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, select

from infra.db.engine import reading, writing
from infra.db.in_force import Manner
from infra.db.letters import Letters
from infra.db.registry import Registry
from infra.db.seats import person_row
from infra.db.tables import letter, outbox, person
from infra.db.upsert import insert_once
from rules.policy import Rulebook
from schemas.directory import Person
from schemas.letter import RoundOrder, RoundReport
from schemas.message import Title
from schemas.messaging import MessagingPolicy
from tests.support import books
from tests.support.ledger_rows import ledger_rows
from tests.support.letters import BASE
from tests.support.moments import Clock

POLICY = MessagingPolicy(
    name="test", version="1", title=Title(zh="测试", en="Test"), source="test", calendar="china", letters="standard"
)
MONDAY = datetime(2018, 7, 16, 2, 0, tzinfo=UTC)
"""A Monday at ten o'clock in China: every digest hour of the day has come."""

EARLIER = timedelta(hours=1)
"""How long notices have waited: since before the digest hour of the day."""


class Desk:
    """Somebody who writes letters when told to, at the hour that the test says.

    Attributes:
        engine: The records.
        clock: What the database's clock shows.
        policy: How people are told.
        channels: Channels of the installation.
    """

    def __init__(self, engine: Engine, policy: MessagingPolicy = POLICY, book: Rulebook | None = None) -> None:
        """Begin on a Monday at ten."""
        self.engine, self.policy, self.clock = engine, policy, Clock(MONDAY)
        self.channels: Sequence[str] = ("email", "file", "sms")
        self._calendar = (book or books.book()).calendar
        self._projects = [one.project.project_id for one in Registry(engine).register(ledger_rows(3), "US", MONDAY)]

    @property
    def letters(self) -> Letters:
        """The writer."""
        return Letters(self.engine, lambda: Manner(self.policy, self._calendar), self.channels, now=self.clock)

    def round(self, order: RoundOrder | None = None) -> RoundReport:
        """Write everything that is due, and return what was done."""
        writer = self.letters
        this = writer.begin(order or RoundOrder())
        done = [writer.write(this, due) for due in this.due]
        fields = RoundReport.model_fields
        return RoundReport.model_validate({name: sum(getattr(one, name) for one in done) for name in fields})

    def wait(self, person_id: str = "p1", count: int = 1, **columns: Any) -> list[str]:  # noqa: ANN401 - columns of outbox
        """Let notices wait for a person, and return their keys."""
        told = {name: value for name, value in BASE.items() if name in outbox.c}
        told |= {"seq": 1, "reply_days": 0, "consequence": "", "roles": "builder", "vacant": "", "vacant_zh": ""}
        told |= {"vacant_en": "", "state": "waiting", "reason_code": "", "person_id": person_id}
        told |= {"created_at": self.clock.at - EARLIER, "project_id": self._projects[0], **columns}
        with writing(self.engine) as connection:
            known = len(connection.execute(select(outbox.c.key)).all())
            rows = [{**told, "key": key_of(person_id, known + number)} for number in range(count)]
            connection.execute(outbox.insert(), rows)
        return [row["key"] for row in rows]

    def people(self, *who: Person) -> None:
        """Put people into the directory."""
        with writing(self.engine) as connection:
            connection.execute(insert_once(connection, person), [person_row(one) for one in who])

    def sent(self) -> list[Any]:
        """Return the letters, oldest first."""
        with reading(self.engine) as connection:
            return list(connection.execute(select(letter).order_by(letter.c.created_at, letter.c.key)))

    def notices(self, **fields: Any) -> Mapping[str, Any]:  # noqa: ANN401 - columns of outbox
        """Return notices by key; only those with these fields."""
        wanted = [outbox.c[name] == value for name, value in fields.items()]
        with reading(self.engine) as connection:
            return {row.key: row for row in connection.execute(select(outbox).where(*wanted))}


def key_of(*parts: object) -> str:
    """Return a key as the rules make them."""
    return sha256("|".join(map(str, parts)).encode()).hexdigest()
