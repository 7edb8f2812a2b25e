"""Receipts of letters: each event once, and what becomes of a letter that has not arrived after all.

A bounce is a refusal that comes late. The letter goes by its receiver's next channel, as the same letter with the same
key; when there is none but the files of this house, it is given up, so that somebody looks.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, and_, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from infra.db.addressing import next_hop
from infra.db.engine import writing
from infra.db.outcomes import MOVED_ON
from infra.db.tables import letter, outbox, receipt
from rules.text import one_line
from schemas.reason import ErrorKind, Refusal
from schemas.receipt import LetterEvent

BOUNCED = "bounced"
"""Reason code of a letter that was handed over and came back."""

ARRIVED = "receipt_arrived"
"""Reason code of a letter of unknown fate of which the other side said later that it had arrived."""

LONGEST_DETAIL = 500
LONGEST_ID = 200
_FILES = "file"

Taken = Literal["recorded", "known", "moved", "given_up"]
"""recorded: on record; known: it was already; moved: on record, and the letter goes by another channel; given_up: on
record, and the letter waits for a person."""


class Receipts:
    """Takes receipts."""

    def __init__(self, engine: Engine, channels: Collection[str]) -> None:
        """Take the database of the records and the names of the channels of this installation."""
        self._engine = engine
        self._channels = channels

    def take(self, event: LetterEvent, event_id: str, channel: str, at: datetime) -> Taken:
        """Put an event on record once, however often it is told, and act on it.

        Args:
            event: What is told.
            event_id: What the other side calls the event.
            channel: Channel that tells it.
            at: When we heard of it.

        Raises:
            Refusal: `receipt.unknown_letter`: no letter of that key ever was.
        """
        try:
            return self._take(event, event_id[:LONGEST_ID], channel, at)
        except IntegrityError:  # told twice at the same moment
            return "known"

    def _take(self, event: LetterEvent, event_id: str, channel: str, at: datetime) -> Taken:
        with writing(self._engine) as connection:
            row = connection.execute(select(letter).where(letter.c.key == event.letter).with_for_update()).first()
            if row is None:
                raise Refusal("receipt.unknown_letter", ErrorKind.NOT_FOUND, letter=event.letter)
            same = and_(receipt.c.channel == channel, receipt.c.event_id == event_id)
            if connection.execute(select(receipt.c.number).where(same)).first():
                return "known"
            detail = one_line(event.detail)[:LONGEST_DETAIL]
            told = {"letter": event.letter, "event_id": event_id, "channel": channel, "kind": event.kind}
            connection.execute(insert(receipt), {**told, "detail": detail, "at": at})
            if event.kind in {"bounced", "failed"} and row.state == "delivered" and row.channel == channel:
                return self._come_back(connection, row)
            if event.kind in {"delivered", "opened"} and row.state == "unclear":
                arrived = {"state": "delivered", "reason_code": ARRIVED, "delivered_at": at}
                connection.execute(update(letter).where(letter.c.key == row.key).values(arrived))
        return "recorded"

    def _come_back(self, connection: Connection, row: Row[Any]) -> Taken:
        """Let a letter that came back go by the next channel, or be given up; one out of date stays as it is."""
        still = exists().where(outbox.c.letter == row.key, outbox.c.withdrawn_at.is_(None))
        if not connection.execute(select(still)).scalar_one():
            return "recorded"
        hop = next_hop(connection, row, self._channels)
        is_elsewhere = bool(hop) and hop != _FILES
        now: dict[str, Any] = {
            "state": "pending" if is_elsewhere else "dead",
            "reason_code": MOVED_ON if is_elsewhere else BOUNCED,
            "channel": hop if is_elsewhere else row.channel,
            "not_before": None,
            "refused_at": None,
            "delivered_at": None,
        }
        connection.execute(update(letter).where(letter.c.key == row.key).values(now))
        return "moved" if is_elsewhere else "given_up"
