"""When each part of the system was last heard of: a row a part, by the database's clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import Engine, select

from infra.db.engine import database_now, reading, writing
from infra.db.tables import heartbeat
from infra.db.upsert import insert_once, upsert

EVERY_SECONDS = 30.0
"""How often a part that is busy all the time is put on record."""


class Heartbeats:
    """Keeps when parts of the system were last heard of."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the database of the records, and seconds that only go forward."""
        self._engine = engine
        self._clock = clock
        self._upsert = upsert(engine, heartbeat)
        self._last: dict[str, float] = {}

    def beat(self, part: str, detail: str = "") -> None:
        """Put on record that a part is alive: `letters/0`, `delivery/email`, `audit`."""
        self._last[part] = self._clock()
        with writing(self._engine) as connection:
            row = {"part": part, "at": database_now(connection), "detail": detail}
            connection.execute(self._upsert, row)

    def begin(self, parts: Iterable[str]) -> None:
        """Put on record that parts are served: from now on each has to be heard of.

        Those heard of before stay as they are: a worker that begins again and again has not been heard of.
        """
        with writing(self._engine) as connection:
            now = database_now(connection)
            rows = [{"part": part, "at": now, "detail": "begun"} for part in parts]
            if rows:
                connection.execute(insert_once(connection, heartbeat), rows)

    def is_due(self, part: str) -> bool:
        """Whether it is time to put a part on record again that is busy all the time."""
        return self._clock() - self._last.get(part, float("-inf")) >= EVERY_SECONDS

    def heard(self) -> dict[str, tuple[datetime, str]]:
        """Return when each part was last heard of, and what it said."""
        with reading(self._engine) as connection:
            return {row.part: (row.at, row.detail) for row in connection.execute(select(heartbeat))}
