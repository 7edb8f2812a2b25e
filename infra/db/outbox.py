"""The outbox from the sender's side: claims with a lease and a fence, and every try on record before the wire.

A try is committed as `sending` before anything leaves the house. A sender that dies leaves it so; when its lease is
over, the next claim turns it into `unknown`. So every possible duplicate is a row that can be listed.

A channel that is down delays its messages, however long it lasts. Only what the other side refuses to this very
receiver is given up in the end, and a person can bring that back too.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, and_, bindparam, func, insert, or_, select, update

from infra.db.engine import database_now, writing
from infra.db.tables import attempt, person
from infra.db.tables import letter as outbox
from schemas.delivery import OutboxMessage

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(hours=1)
HORIZON = timedelta(hours=72)
"""How long a message is tried again after its receiver was refused for the first time."""

UNKNOWN_LIMITS = {"email": 5}
"""How many tries of unknown outcome a channel may have before a person must look; no line: any number, because its
receiver folds repeats (a file is written again under the same name)."""


@dataclass(frozen=True)
class Claim:
    """A message that is ours to send until the lease is over.

    Attributes:
        message: What to send.
        channel: Channel it goes by.
        epoch: Fence: whatever we write later only counts while nobody has claimed it since.
        tries: How often it was tried before.
    """

    message: OutboxMessage
    channel: str
    epoch: int
    tries: int


@dataclass(frozen=True)
class Outcome:
    """How a try went.

    Attributes:
        state: `accepted`, `rejected`, or `unknown` when nobody can tell whether it arrived.
        detail: What the other side answered.
        is_permanent: Whether trying again is useless.
        is_channel_down: Whether the way out as a whole was shut: then nothing speaks against this very message.
    """

    state: Literal["accepted", "rejected", "unknown"]
    detail: str = ""
    is_permanent: bool = False
    is_channel_down: bool = False


class Outbox:
    """Hands out messages to senders, each to one at a time."""

    def __init__(
        self,
        engine: Engine,
        rng: random.Random | None = None,
        now: Callable[[Connection], datetime] = database_now,
    ) -> None:
        """Take what is needed.

        Args:
            engine: Database of the records.
            rng: Chance for the pauses between tries; None for one of its own.
            now: The clock; that of the database, since senders on several machines must agree.
        """
        self._engine = engine
        self._rng = rng or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._now = now

    def claim(self, channel: str, limit: int, lease_seconds: float) -> list[Claim]:
        """Claim messages that are due on a channel, oldest first; two senders never get the same.

        Leases that are over are taken away first: their tries become `unknown` and the messages go on.
        """
        with writing(self._engine) as connection:
            now = self._now(connection)
            self._expire(connection, channel, now)
            rows = connection.execute(_DUE, {"of_channel": channel, "at": now, "most": limit}).all()
            if rows:
                lease = {"lease_until": now + timedelta(seconds=lease_seconds)}
                connection.execute(_CLAIM, [{"of_key": row.key, **lease} for row in rows])
            return [Claim(_message(row), channel, row.epoch + 1, row.attempts) for row in rows]

    def begin(self, claim: Claim, lease_seconds: float) -> bool:
        """Put a try on record, just before the wire.

        Returns:
            Whether to send: False when the message was withdrawn, or is no longer ours.
        """
        ours = {"of_key": claim.message.key, "of_epoch": claim.epoch}
        with writing(self._engine) as connection:
            now = self._now(connection)
            lease = now + timedelta(seconds=lease_seconds)
            begun = connection.execute(_BEGIN, {**ours, "at": now, "lease": lease, "number": claim.tries + 1})
            if not begun.rowcount:
                connection.execute(_GIVE_BACK, ours)
                return False
            row = {"key": claim.message.key, "number": claim.tries + 1, "epoch": claim.epoch, "state": "sending"}
            row |= {"channel": claim.channel, "detail": "", "started_at": now}
            connection.execute(insert(attempt), row)
            return True

    def finish(self, claim: Claim, outcome: Outcome) -> None:
        """Record how a try went, and what becomes of the message."""
        key = claim.message.key
        with writing(self._engine) as connection:
            now = self._now(connection)
            row = connection.execute(_STANDING, {"of_key": key}).one()  # first, as `_expire` does: no deadlock
            told = {"state": outcome.state, "detail": outcome.detail, "finished_at": now}
            this = and_(attempt.c.key == key, attempt.c.number == claim.tries + 1)
            connection.execute(update(attempt).where(this).values(told))
            if row.epoch == claim.epoch and (row.state == "sending" or outcome.state == "accepted"):
                connection.execute(_SETTLE, {"of_key": key, **self._after(row, outcome, now)})

    def release(self, claims: Iterable[Claim]) -> None:
        """Give claims back that were not tried."""
        ours = [{"of_key": claim.message.key, "of_epoch": claim.epoch} for claim in claims]
        if ours:
            with writing(self._engine) as connection:
                connection.execute(_GIVE_BACK, ours)

    def revive(self, keys: Sequence[str] = (), *, channel: str = "", project_id: str = "") -> list[str]:
        """Let messages that were given up be tried again, and return their keys; what was withdrawn stays so.

        Args:
            keys: Only these; empty for all that fit.
            channel: Only those that go by this channel.
            project_id: Only those about this project.
        """
        wanted = [outbox.c.state == "dead", outbox.c.withdrawn_at.is_(None)]
        wanted += [outbox.c.key.in_(keys)] if keys else []
        wanted += [outbox.c.channel == channel] if channel else []
        wanted += [outbox.c.project_id == project_id] if project_id else []
        anew = {"state": "pending", "reason_code": "", "not_before": None, "refused_at": None}
        with writing(self._engine) as connection:
            revived = connection.execute(update(outbox).where(*wanted).values(anew).returning(outbox.c.key))
            return sorted(revived.scalars())

    def _expire(self, connection: Connection, channel: str, now: datetime) -> None:
        for row in connection.execute(_EXPIRED, {"of_channel": channel, "at": now}).all():
            lost = update(attempt).where(attempt.c.key == row.key, attempt.c.state == "sending")
            values = {"state": "unknown", "detail": "the sender was gone", "finished_at": now}
            if connection.execute(lost.values(values)).rowcount:
                after = self._after(row, Outcome("unknown"), now)
                connection.execute(_SETTLE, {"of_key": row.key, **after})
            else:
                connection.execute(_GIVE_BACK, {"of_key": row.key, "of_epoch": row.epoch})

    def _after(self, row: Row[Any], outcome: Outcome, now: datetime) -> dict[str, Any]:
        """Return what becomes of a message after a try."""
        is_refusal = outcome.state == "rejected" and not outcome.is_channel_down
        refused_at = row.refused_at or (now if is_refusal else None)
        unchanged = {"reason_code": row.reason_code, "not_before": None, "delivered_at": None, "refused_at": refused_at}
        if outcome.state == "accepted":
            return {**unchanged, "state": "delivered", "reason_code": "", "delivered_at": now}
        if row.withdrawn_at is not None:
            return {**unchanged, "state": "superseded"}
        if outcome.is_permanent:
            return {**unchanged, "state": "dead", "reason_code": "refused"}
        if outcome.state == "unknown" and row.unknowns >= UNKNOWN_LIMITS.get(row.channel, math.inf):
            return {**unchanged, "state": "dead", "reason_code": "unknown_outcome"}
        if is_refusal and refused_at and now - refused_at >= HORIZON:
            return {**unchanged, "state": "dead", "reason_code": "gave_up"}
        return {**unchanged, "state": "pending", "not_before": now + self._pause(row.attempts)}

    def _pause(self, tries: int) -> timedelta:
        """Return how long to wait before the next try: anything up to a bound that doubles (full jitter)."""
        bound = min(LONGEST_PAUSE.total_seconds(), FIRST_PAUSE.total_seconds() * 2 ** min(tries, 32))
        return timedelta(seconds=self._rng.uniform(FIRST_PAUSE.total_seconds(), bound))


def _message(row: Row[Any]) -> OutboxMessage:
    known = {name: getattr(row, name) for name in OutboxMessage.model_fields if name in outbox.c}
    return OutboxMessage(**known, name=row.name or "", address=row.email or "", lang=row.lang or "zh-CN")


_OURS = and_(outbox.c.key == bindparam("of_key"), outbox.c.epoch == bindparam("of_epoch"), outbox.c.state == "sending")
_DUE = (
    select(outbox, person.c.name, person.c.email, person.c.lang)
    .outerjoin_from(outbox, person, person.c.person_id == outbox.c.person_id)
    .where(
        outbox.c.channel == bindparam("of_channel"),
        outbox.c.state == "pending",
        or_(outbox.c.not_before.is_(None), outbox.c.not_before <= bindparam("at")),
    )
    .order_by(outbox.c.created_at, outbox.c.key)
    .limit(bindparam("most"))
    .with_for_update(of=outbox, skip_locked=True)
)
_EXPIRED = (
    select(outbox)
    .where(
        outbox.c.channel == bindparam("of_channel"),
        outbox.c.state == "sending",
        outbox.c.lease_until <= bindparam("at"),
    )
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.key == bindparam("of_key"))
    .values(state="sending", epoch=outbox.c.epoch + 1, lease_until=bindparam("lease_until"))
)
_BEGIN = (
    update(outbox)
    .where(_OURS, outbox.c.lease_until > bindparam("at"))
    .values(attempts=bindparam("number"), lease_until=bindparam("lease"))
)
_GIVE_BACK = update(outbox).where(_OURS).values(state="pending", lease_until=None)
_STANDING = select(outbox).where(outbox.c.key == bindparam("of_key")).with_for_update()
_SETTLE = (
    update(outbox)
    .where(outbox.c.key == bindparam("of_key"))
    .values(
        state=bindparam("state"),
        reason_code=bindparam("reason_code"),
        not_before=bindparam("not_before"),
        delivered_at=bindparam("delivered_at"),
        refused_at=bindparam("refused_at"),
        lease_until=None,
        unknowns=select(func.count())
        .where(attempt.c.key == outbox.c.key, attempt.c.state == "unknown")
        .correlate(outbox)
        .scalar_subquery(),
    )
)
