"""Letters that came back: a bounce is a refusal that comes late.

The letter goes by its receiver's next channel, as the same letter with the same key; when there is none but the files
of this house, it is given up, so that somebody looks. The try that had been accepted becomes one that was rejected:
otherwise the letter would count as handed over, whatever becomes of its next try.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from sqlalchemy import Connection, Row, bindparam, exists, select, update

from infra.db.addressing import next_hop
from infra.db.outcomes import MOVED_ON
from infra.db.tables import attempt, letter, outbox, receipt
from rules.route import LAST

BOUNCED = "bounced"
"""Reason code of a letter that was handed over and came back."""

CAME_BACK = ("bounced", "failed")
"""Kinds of receipts that say so."""


def come_back(
    connection: Connection, row: Row[Any], channels: Collection[str], detail: str
) -> Literal["moved", "given_up", ""]:
    """Let a letter that came back go by the next channel, or be given up.

    Args:
        connection: Database of the records.
        row: The letter, locked.
        channels: Names of the channels of this installation.
        detail: What was said of it.

    Returns:
        What became of it; empty when all of it is over meanwhile, and it stays as it is.
    """
    if not connection.execute(IS_OF_USE, {"of_key": row.key}).scalar_one():
        return ""
    this = update(attempt).where(
        attempt.c.key == row.key, attempt.c.channel == row.channel, attempt.c.state == "accepted"
    )
    connection.execute(this.values(state="rejected", detail=f"came back: {detail}"))
    hop = next_hop(connection, row, channels)
    is_elsewhere = bool(hop) and hop != LAST
    now: dict[str, Any] = {
        "state": "pending" if is_elsewhere else "dead",
        "reason_code": MOVED_ON if is_elsewhere else BOUNCED,
        "channel": hop if is_elsewhere else row.channel,
        "not_before": None,
        "lease_until": None,
        "refused_at": None,
        "delivered_at": None,
    }
    connection.execute(update(letter).where(letter.c.key == row.key).values(now))
    return "moved" if is_elsewhere else "given_up"


def returned_meanwhile(connection: Connection, row: Row[Any]) -> str | None:
    """Return what was said of a letter that came back before its sender heard that it was accepted; None: it did not.

    A gateway may tell so within a moment, while the try is still under way. What was said before the try began is of
    another one.
    """
    return connection.execute(_SAID, {"of_key": row.key, "of_channel": row.channel}).scalars().first()


IS_OF_USE = select(exists().where(outbox.c.letter == bindparam("of_key"), outbox.c.withdrawn_at.is_(None)))
"""Whether anything in a letter still matters to its receiver."""

_SAID = (
    select(receipt.c.detail)
    .join_from(receipt, attempt, (attempt.c.key == receipt.c.letter) & (attempt.c.channel == receipt.c.channel))
    .where(
        receipt.c.letter == bindparam("of_key"),
        receipt.c.channel == bindparam("of_channel"),
        receipt.c.kind.in_(CAME_BACK),
        attempt.c.state == "accepted",
        attempt.c.started_at <= receipt.c.at,
    )
    .order_by(receipt.c.number)
    .limit(1)
)
