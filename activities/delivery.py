"""The pump: takes the letters that are due and hands them over, for a stint at a time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from sqlalchemy.exc import DBAPIError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.pace import Breaker, Bucket, Pace
from infra.channels.base import Channel, PermanentFailure, TemporaryFailure, UnknownOutcome
from infra.db.heartbeats import Heartbeats
from infra.db.outbox import Claim, Outbox
from infra.db.outcomes import Outcome, at_rest
from schemas import names
from schemas.delivery import DeliveryOrder, DeliveryReport
from schemas.letter import Letter, MadeLetter
from workflows.ports import OutboxPort

STINT_SECONDS = 600.0
BATCH = 20
LEASE_SECONDS = 120.0
BEAT_SECONDS = 3.0
RECORD_PAUSE_SECONDS = 0.2
ASKED_IN_VAIN_SECONDS = 60.0
"""How long a letter of unknown fate is left alone when the other side cannot be asked about it."""

MISSING_PAUSE = timedelta(seconds=30)
_LONGEST_DETAIL = 500


class DeliveryActivity(OutboxPort):
    """Hands letters over on one channel for a stint; a channel that is down delays them and loses none."""

    def __init__(  # noqa: PLR0913 - by name: what it works with, and how long
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        make: Callable[[Letter], MadeLetter],
        heartbeats: Heartbeats,
        *,
        poll_seconds: float = 1.0,
        stint_seconds: float = STINT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what is needed.

        Args:
            outbox: The letters.
            channels: Ways out by name.
            make: Makes a letter as it leaves the house; the same letter always gives the same bytes.
            heartbeats: Where word is left that a channel is served.
            poll_seconds: How often the outbox is looked at while nothing is due.
            stint_seconds: How long a stint lasts; shorter than the workflow's time limit for it.
            clock: Seconds that only go forward, for stints and rests.
        """
        self._outbox = outbox
        self._channels = channels
        self._poll = poll_seconds
        self._stint = stint_seconds
        self._clock = clock
        self._make = make
        self._paces = {
            name: Pace(Breaker(clock), Bucket(channel.manners.per_minute, clock)) for name, channel in channels.items()
        }
        self._heartbeats = heartbeats

    @activity.defn(name=names.OUTBOX_DELIVER)
    async def deliver(self, order: DeliveryOrder) -> DeliveryReport:
        """Hand over what is due on a channel until the stint is over or the worker shuts down, heartbeating.

        Raises:
            ApplicationError: This worker has no such channel; another one may, or this one after a change of settings.
        """
        channel = self._channels.get(order.channel)
        if channel is None:
            raise ApplicationError(f"no channel {order.channel} here", next_retry_delay=MISSING_PAUSE)
        counts = {"delivered": 0, "failed": 0, "unknown": 0}
        beside = [asyncio.create_task(_beat(counts)), asyncio.create_task(self._leave_word(channel.name))]
        end = self._clock() + self._stint
        try:
            while self._clock() < end and not activity.is_worker_shutdown():
                activity.heartbeat(DeliveryReport(**counts))
                if not await self._batch(channel, counts):
                    await self._pause()
        finally:
            for task in beside:
                task.cancel()
            await channel.close()
        return DeliveryReport(**counts)

    async def _batch(self, channel: Channel, counts: dict[str, int]) -> bool:
        """Hand over one batch; False when there was nothing to do, or the channel is left alone."""
        pace = self._paces[channel.name]
        room = pace.room(BATCH)
        if not room:
            return False
        waiting = await asyncio.to_thread(self._outbox.claim, channel.name, room, LEASE_SECONDS)
        if not waiting:
            await channel.close()
            return False
        try:
            while waiting and pace.room(1) and not activity.is_worker_shutdown():
                await self._hand_over(channel, waiting.pop(0), counts, pace)
        finally:
            await asyncio.to_thread(self._outbox.release, waiting)
        return True

    async def _hand_over(self, channel: Channel, claim: Claim, counts: dict[str, int], pace: Pace) -> None:
        """Try one letter, with the try on record before and its outcome after."""
        is_asked = claim.is_doubtful and channel.manners.unknown == "reconcile"
        if is_asked and not await self._is_absent(channel, claim, pace):
            return
        letter = await asyncio.to_thread(self._outbox.begin, claim, LEASE_SECONDS)
        if letter is None:
            return
        pace.bucket.take()
        interrupted = Outcome("rejected", "interrupted before it left", is_channel_down=True)
        try:
            made = await asyncio.to_thread(self._made, letter)
            # What is on the wire cannot be called back: from here on nobody knows until there is an answer.
            interrupted = Outcome("unknown", "interrupted")
            outcome = await tried(channel, made) if isinstance(made, MadeLetter) else made
        except BaseException:
            await asyncio.to_thread(self._outbox.finish, claim, interrupted)
            raise
        await self._record(claim, outcome)
        is_down = outcome.is_channel_down or outcome.state == "unknown"
        pace.breaker.note(is_down=is_down, asked=at_rest(outcome.retry_after).total_seconds())
        counts[_COUNTED[outcome.state]] += 1

    def _made(self, letter: Letter) -> MadeLetter | Outcome:
        """Make a letter; one that cannot be made stops no other."""
        try:
            return self._make(letter)
        except Exception as bug:
            logging.getLogger(__name__).exception("a letter could not be made")
            return Outcome("rejected", f"it cannot be made: {_shown(bug)}", is_permanent=True, is_ours=True)

    async def _is_absent(self, channel: Channel, claim: Claim, pace: Pace) -> bool:
        """Ask the other side about earlier tries; whether it says that the letter is not there."""
        try:
            fate = await channel.fate(claim.key)
        except Exception as failure:  # noqa: BLE001 - one letter that nobody foresaw must not stop all others
            asked = failure.retry_after if isinstance(failure, TemporaryFailure) else None
            rest = at_rest(asked).total_seconds()
            await asyncio.to_thread(self._outbox.put_off, claim, max(rest, ASKED_IN_VAIN_SECONDS))
            pace.breaker.note(is_down=True, asked=rest)
            activity.logger.warning("a letter could not be asked for: %s", _shown(failure))
            return False
        return await asyncio.to_thread(self._outbox.reconcile, claim, fate)

    async def _record(self, claim: Claim, outcome: Outcome) -> None:
        """Record an outcome, also when the database is away for a moment: what is not recorded would be sent again."""
        deadline = self._clock() + LEASE_SECONDS / 2
        while True:
            try:
                return await asyncio.to_thread(self._outbox.finish, claim, outcome)
            except DBAPIError:
                if self._clock() >= deadline:
                    raise
                await asyncio.sleep(RECORD_PAUSE_SECONDS)

    async def _leave_word(self, channel: str) -> None:
        """Leave word in the records that this channel is being served, also while a letter takes its time."""
        part = f"delivery/{channel}"
        while True:
            if self._heartbeats.is_due(part):
                detail = "resting" if self._paces[channel].breaker.is_open() else ""
                with suppress(DBAPIError):  # the stint itself will tell
                    await asyncio.to_thread(self._heartbeats.beat, part, detail)
            await asyncio.sleep(BEAT_SECONDS)

    async def _pause(self) -> None:
        """Wait for the next look, or for the shutdown of the worker."""
        with suppress(TimeoutError):
            await asyncio.wait_for(activity.wait_for_worker_shutdown(), self._poll)


_COUNTED = {"accepted": "delivered", "rejected": "failed", "unknown": "unknown"}


async def tried(channel: Channel, made: MadeLetter) -> Outcome:
    """Hand a letter over, and return how it went."""
    try:
        provider_id = await channel.send(made)
    except TemporaryFailure as failure:
        is_down, retry_after = failure.is_channel_down, failure.retry_after
        return Outcome("rejected", _shown(failure), is_channel_down=is_down, retry_after=retry_after)
    except PermanentFailure as failure:
        return Outcome("rejected", _shown(failure), is_permanent=True)
    except UnknownOutcome as failure:
        return Outcome("unknown", _shown(failure))
    except Exception as bug:  # noqa: BLE001 - one letter that nobody foresaw must not stop all others
        activity.logger.exception("a letter could not be handed over")
        return Outcome("unknown", _shown(bug))
    return Outcome("accepted", provider_id=provider_id)


def _shown(failure: Exception) -> str:
    """Return what is kept of a failure: one line, not too long; a bug with its name."""
    is_told = isinstance(failure, TemporaryFailure | PermanentFailure | UnknownOutcome)
    text = str(failure) if is_told else f"{type(failure).__name__}: {failure}"
    return " ".join(text.split())[:_LONGEST_DETAIL]


async def _beat(counts: dict[str, int]) -> None:
    """Tell the engine that we are alive while a letter takes its time."""
    while True:
        activity.heartbeat(DeliveryReport(**counts))
        await asyncio.sleep(BEAT_SECONDS)
