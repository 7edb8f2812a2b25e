"""The outbox from the sender's side: claims with a lease and a fence, and every try on record before the wire.

A try is committed as `sending` before anything leaves the house. A sender that dies leaves it so; when its lease is
over, the next claim turns it into `unknown`. So every possible duplicate is a row that can be listed.

A channel that is down delays its letters, however long it lasts. A letter that its receiver refuses for good on one
channel goes by the person's next one. Only what every channel refuses is given up in the end, and a person can bring
that back too (`infra.db.settling`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, bindparam, exists, func, insert, or_, select, update

from infra.channels.base import Fate, Manners
from infra.db import addressing
from infra.db.engine import database_now, writing
from infra.db.letter_views import WORST_FIRST
from infra.db.outcomes import MOVED_ON, SETTLED_AGAIN, Outcome, Standing, Verdict, verdict, withdrawn
from infra.db.returns import IS_OF_USE, come_back, returned_meanwhile
from infra.db.tables import attempt, letter, outbox
from schemas.letter import Letter, Notice

AfterQuiet = Callable[[datetime], datetime]
"""Returns the end of the quiet hours that an instant lies in, or the instant itself."""


def _never_quiet(at: datetime) -> datetime:
    return at


@dataclass(frozen=True)
class Claim:
    """A letter that is ours to send until the lease is over.

    Attributes:
        key: Key of the letter.
        channel: Channel it goes by.
        epoch: Fence: whatever we write later only counts while nobody has claimed it since.
        tries: How often it was tried before.
        is_doubtful: Whether a try before may have arrived and nobody has said what became of it.
        after_quiet: The quiet hours in force when it was claimed; they hold for its try, which comes within the lease.
    """

    key: str
    channel: str
    epoch: int
    tries: int
    is_doubtful: bool = False
    after_quiet: AfterQuiet = field(default=_never_quiet, compare=False, repr=False)


class Outbox:
    """Hands out letters to senders, each to one at a time."""

    def __init__(
        self,
        engine: Engine,
        manners: Mapping[str, Manners] | None = None,
        *,
        rng: random.Random | None = None,
        now: Callable[[Connection], datetime] = database_now,
        quiet: Callable[[], AfterQuiet] = lambda: _never_quiet,
    ) -> None:
        """Take what is needed.

        Args:
            engine: Database of the records.
            manners: The channels of this installation by name, and how they are to be treated.
            rng: Chance for the pauses between tries; None for one of its own.
            now: The clock; that of the database, since senders on several machines must agree.
            quiet: Returns the quiet hours that are in force.
        """
        self._engine = engine
        self._manners = manners or {}
        self._rng = rng or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._now = now
        self._quiet = quiet

    def claim(self, channel: str, limit: int, lease_seconds: float) -> list[Claim]:
        """Claim letters that are due on a channel, oldest first; two senders never get the same.

        Leases that are over are taken away first: their tries become `unknown`. In quiet hours nothing is handed out,
        and what was due waits for their end.
        """
        after_quiet = self._quiet()
        with writing(self._engine) as connection:
            now = self._now(connection)
            self._expire(connection, channel, now)
            due = {"of_channel": channel, "at": now}
            if (morning := after_quiet(now)) > now:
                connection.execute(_PUT_OFF, {**due, "morning": morning})
                return []
            rows = connection.execute(_DUE, {**due, "most": limit}).all()
            if rows:
                lease = {"lease_until": now + timedelta(seconds=lease_seconds)}
                connection.execute(_CLAIM, [{"of_key": row.key, **lease} for row in rows])
            return [_claim(row, after_quiet) for row in rows]

    def begin(self, claim: Claim, lease_seconds: float) -> Letter | None:
        """Put a try on record, just before the wire. From the first one on, what is in the letter does not change.

        Returns:
            The letter to send; None when it is no longer ours, when quiet hours have begun since it was claimed, or
            when nothing in it is of use any more.
        """
        with writing(self._engine) as connection:
            row = connection.execute(_STANDING, {"of_key": claim.key}).one()  # first, as who withdraws does
            if row.epoch != claim.epoch or row.state != "sending":
                return None
            now = self._now(connection)
            notices = connection.execute(_NOTICES, {"of_key": claim.key}).all()
            if row.lease_until <= now:
                connection.execute(_GIVE_BACK, _of(row))
                return None
            if all(one.withdrawn_at is not None for one in notices):
                self._write(connection, row, withdrawn(may_have_arrived=row.unknowns > 0))
                return None
            if (morning := claim.after_quiet(now)) > now:
                connection.execute(_PUT_BACK, {**_of(row), "later": morning})
                return None
            lease = now + timedelta(seconds=lease_seconds)
            connection.execute(_BEGIN, {"of_key": claim.key, "lease": lease, "number": claim.tries + 1})
            tried = {"key": claim.key, "number": claim.tries + 1, "epoch": claim.epoch, "state": "sending"}
            connection.execute(insert(attempt), {**tried, "channel": claim.channel, "detail": "", "started_at": now})
            return self._letter(connection, row, notices)

    def finish(self, claim: Claim, outcome: Outcome) -> None:
        """Record how a try went, and what becomes of the letter.

        An answer that comes when another try has begun does not end the doubt: there may be two copies by then. The
        try stays `unknown` and tells what was answered; what has arrived so is still not sent again.
        """
        with writing(self._engine) as connection:
            row = connection.execute(_STANDING, {"of_key": claim.key}).one()
            now = self._now(connection)
            self._record(connection, row, claim, outcome, now)
            is_ours = row.epoch == claim.epoch and row.state == "sending"
            if not is_ours and outcome.state != "accepted":
                return
            if is_ours or not connection.execute(_IS_UNDER_WAY, {"of_key": claim.key}).scalar_one():
                self._settle(connection, row, outcome, now)
            else:  # the letter is settled when the other try ends
                connection.execute(update(letter).where(letter.c.key == claim.key).values(delivered_at=now))

    @staticmethod
    def _record(connection: Connection, row: Row[Any], claim: Claim, outcome: Outcome, now: datetime) -> None:
        this = and_(attempt.c.key == claim.key, attempt.c.number == claim.tries + 1, attempt.c.state != "accepted")
        if row.attempts == claim.tries + 1:
            told = {"state": outcome.state, "detail": outcome.detail, "finished_at": now}
            connection.execute(update(attempt).where(this).values(told))
            return
        said = f"{outcome.state} {outcome.detail}".rstrip()
        if outcome.state != "accepted":
            this = and_(this, attempt.c.state != "rejected")  # it was asked for by its key meanwhile, and was not there
        detail = attempt.c.detail + f" (answered late: {said})"
        connection.execute(update(attempt).where(this).values(state="unknown", detail=detail))

    def release(self, claims: Iterable[Claim]) -> None:
        """Give claims back that were not tried; in order of the keys, as everybody locks many letters."""
        if ours := [_of(claim) for claim in sorted(claims, key=lambda one: one.key)]:
            with writing(self._engine) as connection:
                connection.execute(_GIVE_BACK, ours)

    def put_off(self, claim: Claim, seconds: float) -> None:
        """Give a claim back that was not tried, and leave it alone for a while."""
        with writing(self._engine) as connection:
            later = self._now(connection) + timedelta(seconds=seconds)
            connection.execute(_PUT_BACK, {**_of(claim), "later": later})

    def reconcile(self, claim: Claim, fate: Fate) -> bool:
        """Record what the other side says of the earlier tries of a doubtful letter.

        Returns:
            Whether to send it again: only when it is not there.
        """
        with writing(self._engine) as connection:
            row = connection.execute(_STANDING, {"of_key": claim.key}).one()
            if row.epoch != claim.epoch or row.state != "sending":
                return False
            now = self._now(connection)
            if fate == "unknown":
                self._write(connection, row, Verdict("unclear", "unknown_hold"))
                return False
            state = "accepted" if fate == "accepted" else "rejected"
            detail = attempt.c.detail + f" ({_FOUND[fate]})"
            doubtful = update(attempt).where(
                attempt.c.key == claim.key, attempt.c.channel == claim.channel, _IS_UNKNOWN
            )
            connection.execute(doubtful.values(state=state, detail=detail, finished_at=now))
            if fate == "accepted":
                self._settle(connection, row, Outcome("accepted"), now)
                return False
            connection.execute(_COUNT_UNKNOWNS, {"of_key": claim.key})
            return True

    def _expire(self, connection: Connection, channel: str, now: datetime) -> None:
        for row in connection.execute(_EXPIRED, {"of_channel": channel, "at": now}).all():
            lost = update(attempt).where(attempt.c.key == row.key, attempt.c.state == "sending")
            values = {"state": "unknown", "detail": "the sender was gone", "finished_at": now}
            if connection.execute(lost.values(values)).rowcount:
                self._settle(connection, row, Outcome("unknown"), now)
            else:
                connection.execute(_GIVE_BACK, _of(row))

    def _settle(self, connection: Connection, row: Row[Any], outcome: Outcome, now: datetime) -> None:
        """Write down what becomes of a letter after a try that is on record already."""
        if outcome.state == "accepted" and row.delivered_at is None:
            said = returned_meanwhile(connection, row)
            if said is not None and come_back(connection, row, self._manners, said):
                connection.execute(_COUNT_UNKNOWNS, {"of_key": row.key})
                return
        tries = connection.execute(_TRIES, {"of_key": row.key}).all()
        if outcome.is_channel_down and connection.execute(_OTHERS_PASS, _tried(row)).scalar_one():
            outcome = replace(outcome, is_channel_down=False)
        is_refusal = outcome.state == "rejected" and not outcome.is_channel_down
        standing = Standing(
            tries=row.attempts,
            unknowns=sum(one.many for one in tries if one.state == "unknown" and one.channel == row.channel),
            may_have_arrived=any(one.state == "unknown" for one in tries),
            has_arrived=outcome.state == "accepted"
            or row.delivered_at is not None
            or any(one.state == "accepted" for one in tries),
            is_withdrawn=not connection.execute(IS_OF_USE, {"of_key": row.key}).scalar_one(),
            refused_at=row.refused_at or (now if is_refusal else None),
        )
        manners = self._manners.get(row.channel, Manners())
        found = verdict(standing, outcome, manners, now, self._rng.random())
        if found.moves_on and (hop := addressing.next_hop(connection, row, self._manners)):
            self._write(connection, row, Verdict("pending", MOVED_ON), channel=hop, refused_at=None)
            return
        facts = {"refused_at": standing.refused_at, "provider_id": outcome.provider_id or row.provider_id}
        arrived_at = (row.delivered_at or now) if found.state == "delivered" else None
        self._write(connection, row, found, **facts, delivered_at=arrived_at)

    @staticmethod
    def _write(connection: Connection, row: Row[Any], found: Verdict, **facts: Any) -> None:  # noqa: ANN401 - of columns
        reason_code = found.reason_code or (MOVED_ON if row.reason_code == MOVED_ON else "")
        values = {"state": found.state, "reason_code": reason_code, "not_before": found.not_before, "lease_until": None}
        connection.execute(update(letter).where(letter.c.key == row.key).values(**values, **facts))
        connection.execute(_COUNT_UNKNOWNS, {"of_key": row.key})

    @staticmethod
    def _letter(connection: Connection, row: Row[Any], notices: Iterable[Row[Any]]) -> Letter:
        name, address = addressing.receiver(connection, row)
        told = {
            name: getattr(row, name) for name in ("key", "kind", "day", "person_id", "channel", "templates", "lang")
        }
        return Letter(
            **told,
            name=name or row.person_id,
            address=address,
            created_at=row.created_at,
            notices=tuple(_notice(one) for one in notices),
        )


def _of(ours: Claim | Row[Any]) -> dict[str, Any]:
    return {"of_key": ours.key, "of_epoch": ours.epoch}


def _tried(row: Row[Any]) -> dict[str, Any]:
    return {"of_key": row.key, "of_channel": row.channel, "written_at": row.created_at, "number": row.attempts}


def _claim(row: Row[Any], after_quiet: AfterQuiet) -> Claim:
    is_doubtful = row.doubts and row.reason_code != SETTLED_AGAIN
    return Claim(row.key, row.channel, row.epoch + 1, row.attempts, is_doubtful, after_quiet)


def _notice(row: Row[Any]) -> Notice:
    return Notice.model_validate({name: getattr(row, name) for name in Notice.model_fields})


_FOUND = {"accepted": "found by its key", "absent": "not there when asked by its key"}
_OF_KEY = letter.c.key == bindparam("of_key")
_OURS = and_(_OF_KEY, letter.c.epoch == bindparam("of_epoch"), letter.c.state == "sending")
_IS_DUE = and_(
    letter.c.channel == bindparam("of_channel"),
    letter.c.state == "pending",
    or_(letter.c.not_before.is_(None), letter.c.not_before <= bindparam("at")),
)
_IS_UNKNOWN = attempt.c.state == "unknown"
_DOUBTS = exists().where(attempt.c.key == letter.c.key, attempt.c.channel == letter.c.channel, _IS_UNKNOWN)
_DUE = (
    select(letter, _DOUBTS.label("doubts"))
    .where(_IS_DUE)
    .order_by(letter.c.created_at, letter.c.key)
    .limit(bindparam("most"))
    .with_for_update(of=letter, skip_locked=True)
)
_DUE_KEYS = select(letter.c.key).where(_IS_DUE).with_for_update(skip_locked=True)
_PUT_OFF = update(letter).where(letter.c.key.in_(_DUE_KEYS)).values(not_before=bindparam("morning"))
_EXPIRED = (
    select(letter)
    .where(
        letter.c.channel == bindparam("of_channel"),
        letter.c.state == "sending",
        letter.c.lease_until <= bindparam("at"),
    )
    .with_for_update(skip_locked=True)
)
_CLAIM = update(letter).where(_OF_KEY)
_CLAIM = _CLAIM.values(state="sending", epoch=letter.c.epoch + 1, lease_until=bindparam("lease_until"))
_STANDING = select(letter).where(_OF_KEY).with_for_update()
_NOTICES = select(outbox).where(outbox.c.letter == bindparam("of_key")).order_by(*WORST_FIRST)
"""What was withdrawn after the first try stays in, for a letter does not change any more."""

_IS_UNDER_WAY = select(exists().where(attempt.c.key == bindparam("of_key"), attempt.c.state == "sending"))
_BEGIN = update(letter).where(_OF_KEY).values(attempts=bindparam("number"), lease_until=bindparam("lease"))
_GIVE_BACK = update(letter).where(_OURS).values(state="pending", lease_until=None)
_PUT_BACK = _GIVE_BACK.values(not_before=bindparam("later"))
_TRIES = (
    select(attempt.c.channel, attempt.c.state, func.count().label("many"))
    .where(attempt.c.key == bindparam("of_key"))
    .group_by(attempt.c.channel, attempt.c.state)
)
_TRY_BEFORE = (
    select(func.max(attempt.c.started_at))
    .where(
        attempt.c.key == bindparam("of_key"),
        attempt.c.channel == bindparam("of_channel"),
        attempt.c.number < bindparam("number"),
    )
    .scalar_subquery()
)
_OTHERS_PASS = select(
    exists().where(
        letter.c.channel == bindparam("of_channel"),
        letter.c.state == "delivered",
        letter.c.created_at >= bindparam("written_at"),
        letter.c.delivered_at > _TRY_BEFORE,
    )
)
"""Whether a channel took others, no older, since the try before of a letter that it does not take: the channel is up
then, whatever it says, and what it says speaks against this letter."""

_COUNT_UNKNOWNS = (
    update(letter)
    .where(_OF_KEY)
    .values(
        unknowns=select(func.count())
        .where(attempt.c.key == letter.c.key, _IS_UNKNOWN)
        .correlate(letter)
        .scalar_subquery()
    )
)
