"""Receipts of letters: each event once, and what becomes of a letter that has, or has not, arrived after all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine, and_, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from infra.db.engine import database_now, writing
from infra.db.returns import CAME_BACK, come_back
from infra.db.tables import attempt, letter, receipt
from rules.text import one_line
from schemas.reason import ErrorKind, Refusal
from schemas.receipt import LetterEvent

ARRIVED = "receipt_arrived"
"""Reason code of a letter of unknown fate of which the other side said later that it had arrived."""

LONGEST_DETAIL = 500
LONGEST_ID = 200

Taken = Literal["recorded", "known", "moved", "given_up"]
"""recorded: on record; known: it was already; moved: on record, and the letter goes by another channel; given_up: on
record, and the letter waits for a person."""


class Receipts:
    """Takes receipts."""

    def __init__(self, engine: Engine, channels: Collection[str]) -> None:
        """Take the database of the records and the names of the channels of this installation."""
        self._engine = engine
        self._channels = channels

    def take(self, event: LetterEvent, event_id: str, channel: str, at: datetime | None = None) -> Taken:
        """Put an event on record once, however often it is told, and act on it.

        Args:
            event: What is told.
            event_id: What the other side calls the event.
            channel: Channel that tells it.
            at: When we heard of it; None for now by the clock of the database, by which tries begin and end.

        Raises:
            Refusal: `receipt.unknown_letter`: no letter of that key ever was.
        """
        try:
            return self._take(event, event_id[:LONGEST_ID], channel, at)
        except IntegrityError:  # told twice at the same moment
            return "known"

    def _take(self, event: LetterEvent, event_id: str, channel: str, at: datetime | None) -> Taken:
        with writing(self._engine) as connection:
            row = connection.execute(select(letter).where(letter.c.key == event.letter).with_for_update()).first()
            if row is None:
                raise Refusal("receipt.unknown_letter", ErrorKind.NOT_FOUND, letter=event.letter)
            same = and_(receipt.c.channel == channel, receipt.c.event_id == event_id)
            if connection.execute(select(receipt.c.number).where(same)).first():
                return "known"
            at = at or database_now(connection)
            detail = one_line(event.detail)[:LONGEST_DETAIL]
            told = {"letter": event.letter, "event_id": event_id, "channel": channel, "kind": event.kind}
            connection.execute(insert(receipt), {**told, "detail": detail, "at": at})
            if event.kind in CAME_BACK and row.state == "delivered" and row.channel == channel:
                return come_back(connection, row, self._channels, detail) or "recorded"
            if event.kind in {"delivered", "opened"} and row.state == "unclear":
                arrived = {"state": "delivered", "reason_code": ARRIVED, "delivered_at": at}
                doubt = exists().where(
                    attempt.c.key == row.key, attempt.c.channel == channel, attempt.c.state == "unknown"
                )
                connection.execute(update(letter).where(letter.c.key == row.key, doubt).values(arrived))
        return "recorded"
