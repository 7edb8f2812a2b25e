"""What people do about letters that were given up or may have arrived: try them again, or say what became of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, exists, select, update

from infra.db import addressing
from infra.db.engine import database_now, writing
from infra.db.outcomes import SETTLED_AGAIN
from infra.db.tables import attempt, letter, outbox
from rules.proof import SETTLED
from schemas.reason import ErrorKind, Refusal


class Settling:
    """Brings letters back."""

    def __init__(
        self,
        engine: Engine,
        channels: Collection[str] = (),
        *,
        now: Callable[[Connection], datetime] = database_now,
    ) -> None:
        """Take what is needed.

        Args:
            engine: Database of the records.
            channels: Names of the channels of this installation; without them letters stay on the channel they had.
            now: The clock of the database.
        """
        self._engine = engine
        self._channels = channels
        self._now = now

    def revive(
        self, keys: Sequence[str] = (), *, channel: str = "", project_id: str = "", with_unclear: bool = False
    ) -> list[str]:
        """Let letters that were given up be tried again, and return their keys; those all withdrawn stay so.

        They start anew with the receiver's first channel: their addresses may have been mended. So do letters that
        wait for a channel which this installation does not have any more, when it is named. A letter of unknown fate
        may arrive twice when it is sent again, so it is brought back only when that is asked for.

        Args:
            keys: Only these; empty for all that fit.
            channel: Only those that went by this channel last.
            project_id: Only those in which something about this project stands.
            with_unclear: Those of unknown fate as well.
        """
        is_gone = bool(channel and self._channels) and channel not in self._channels
        states = ("dead", *(("unclear",) if with_unclear else ()), *(("pending",) if is_gone else ()))
        wanted: list[ColumnElement[bool]] = [letter.c.state.in_(states)]
        wanted += [exists().where(outbox.c.letter == letter.c.key, outbox.c.withdrawn_at.is_(None))]
        wanted += [letter.c.key.in_(keys)] if keys else []
        wanted += [letter.c.channel == channel] if channel else []
        if project_id:
            wanted.append(exists().where(outbox.c.letter == letter.c.key, outbox.c.project_id == project_id))
        query = select(letter).where(*wanted).order_by(letter.c.key).with_for_update()
        with writing(self._engine) as connection:
            rows = connection.execute(query).all()
            for row in rows:
                is_same = row.state == "unclear"
                hop = row.channel if is_same else addressing.first_hop(connection, row, self._channels)
                reason_code = SETTLED_AGAIN if is_same else ""
                anew = {"state": "pending", "reason_code": reason_code, "not_before": None, "refused_at": None}
                connection.execute(update(letter).where(letter.c.key == row.key).values(**anew, channel=hop))
            return [row.key for row in rows]

    def settle(self, key: str, *, has_arrived: bool, by: str) -> None:
        """Record what a person says of a letter of unknown fate: that it arrived, or that it is to be sent again.

        Raises:
            Refusal: `messages.unknown`: there is no such letter; `messages.not_unclear`: its fate is not unknown.
        """
        with writing(self._engine) as connection:
            row = connection.execute(select(letter).where(letter.c.key == key).with_for_update()).first()
            if row is None:
                raise Refusal("messages.unknown", ErrorKind.NOT_FOUND, key=key)
            if row.state != "unclear":
                raise Refusal("messages.not_unclear", ErrorKind.CONFLICT, key=key, state=row.state)
            now = self._now(connection)
            arrived = {"state": "delivered", "reason_code": SETTLED, "delivered_at": now}
            again = {"state": "pending", "reason_code": SETTLED_AGAIN, "not_before": None}
            connection.execute(update(letter).where(letter.c.key == key).values(**arrived if has_arrived else again))
            said = f" ({by or 'somebody'} at {now:%Y-%m-%d %H:%M}Z: {'it arrived' if has_arrived else 'send it again'})"
            last = update(attempt).where(attempt.c.key == key, attempt.c.number == row.attempts)
            connection.execute(last.values(detail=attempt.c.detail + said))
