"""The pump: takes what is due out of the outbox and hands it over, for a stint at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import DBAPIError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from infra.channels.base import Channel, PermanentFailure, TemporaryFailure, UnknownOutcome
from infra.db.outbox import Claim, Outbox, Outcome
from schemas import names
from schemas.delivery import DeliveryOrder, DeliveryReport
from workflows.ports import OutboxPort

STINT_SECONDS = 600.0
BATCH = 20
LEASE_SECONDS = 120.0
BEAT_SECONDS = 3.0
RECORD_PAUSE_SECONDS = 0.2
MISSING_PAUSE = timedelta(seconds=30)
FAILURES_IN_A_ROW = 5
LONGEST_REST = 60.0


@dataclass
class Breaker:
    """Leaves a channel alone that is down, longer each time.

    Attributes:
        clock: Seconds that only go forward.
    """

    clock: Callable[[], float]
    _failures: int = 0
    _rest: float = 0.0
    _until: float = float("-inf")

    def is_open(self) -> bool:
        """Whether the channel is to be left alone for now."""
        return self.clock() < self._until

    @property
    def is_probing(self) -> bool:
        """Whether the channel was left alone and the next message is to show whether it is back."""
        return self._rest > 0

    def note(self, *, is_down: bool) -> None:
        """Take notice of a try."""
        if not is_down:
            self._failures, self._rest, self._until = 0, 0.0, float("-inf")
            return
        self._failures += 1
        if self._failures >= FAILURES_IN_A_ROW:
            self._rest = min(LONGEST_REST, max(1.0, self._rest * 2))
            self._until = self.clock() + self._rest


class DeliveryActivity(OutboxPort):
    """Hands messages over on one channel for a stint; a channel that is down delays them and loses none."""

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        *,
        poll_seconds: float = 1.0,
        stint_seconds: float = STINT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what is needed.

        Args:
            outbox: The messages.
            channels: Ways out by name.
            poll_seconds: How often the outbox is looked at while nothing is due.
            stint_seconds: How long a stint lasts; shorter than the workflow's time limit for it.
            clock: Seconds that only go forward, for stints and rests.
        """
        self._outbox = outbox
        self._channels = channels
        self._poll = poll_seconds
        self._stint = stint_seconds
        self._clock = clock
        self._breakers = {name: Breaker(clock) for name in channels}

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
        beat = asyncio.create_task(_beat(counts))
        end = self._clock() + self._stint
        try:
            while self._clock() < end and not activity.is_worker_shutdown():
                activity.heartbeat(DeliveryReport(**counts))
                if not await self._batch(channel, counts):
                    await self._pause()
        finally:
            beat.cancel()
            await channel.close()
        return DeliveryReport(**counts)

    async def _batch(self, channel: Channel, counts: dict[str, int]) -> bool:
        """Hand over one batch; False when there was nothing to do, or the channel is left alone."""
        breaker = self._breakers[channel.name]
        if breaker.is_open():
            return False
        limit = 1 if breaker.is_probing else BATCH
        waiting = await asyncio.to_thread(self._outbox.claim, channel.name, limit, LEASE_SECONDS)
        if not waiting:
            await channel.close()
            return False
        try:
            while waiting and not (breaker.is_open() or activity.is_worker_shutdown()):
                await self._hand_over(channel, waiting.pop(0), counts, breaker)
        finally:
            await asyncio.to_thread(self._outbox.release, waiting)
        return True

    async def _hand_over(self, channel: Channel, claim: Claim, counts: dict[str, int], breaker: Breaker) -> None:
        """Try one message, with the try on record before and its outcome after."""
        if not await asyncio.to_thread(self._outbox.begin, claim, LEASE_SECONDS):
            return
        try:
            outcome, is_down = await _tried(channel, claim)
        except BaseException:
            # Cancelled in the middle: what is on the wire cannot be called back.
            await asyncio.to_thread(self._outbox.finish, claim, Outcome("unknown", "interrupted"))
            raise
        await self._record(claim, outcome)
        breaker.note(is_down=is_down)
        counts[_COUNTED[outcome.state]] += 1

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

    async def _pause(self) -> None:
        """Wait for the next look, or for the shutdown of the worker."""
        with suppress(TimeoutError):
            await asyncio.wait_for(activity.wait_for_worker_shutdown(), self._poll)


_COUNTED = {"accepted": "delivered", "rejected": "failed", "unknown": "unknown"}


async def _tried(channel: Channel, claim: Claim) -> tuple[Outcome, bool]:
    """Return how a try went, and whether the channel as a whole seems down."""
    try:
        await channel.send(claim.message)
    except TemporaryFailure as failure:
        is_down = failure.is_channel_down
        return Outcome("rejected", str(failure), is_channel_down=is_down), is_down
    except PermanentFailure as failure:
        return Outcome("rejected", str(failure), is_permanent=True), False
    except UnknownOutcome as failure:
        return Outcome("unknown", str(failure)), True
    except Exception as bug:  # noqa: BLE001 - one message that nobody foresaw must not stop all others
        activity.logger.exception("a message could not be handed over")
        return Outcome("unknown", f"{type(bug).__name__}: {bug}"), True
    return Outcome("accepted"), False


async def _beat(counts: dict[str, int]) -> None:
    """Tell the engine that we are alive while a message takes its time."""
    while True:
        activity.heartbeat(DeliveryReport(**counts))
        await asyncio.sleep(BEAT_SECONDS)
