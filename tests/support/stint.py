"""A stint of delivery that a test watches and ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from sqlalchemy import Engine
from temporalio.testing import ActivityEnvironment

from activities.delivery import DeliveryActivity
from infra.channels.base import Channel
from infra.db.heartbeats import Heartbeats
from infra.db.outbox import Outbox
from infra.letters.make import make
from schemas.delivery import DeliveryOrder, DeliveryReport
from schemas.letter import Letter, MadeLetter
from tests.support.moments import Clock

SECONDS = 10.0


class Stint:
    """Runs the real activity on a clock of the test's own; leaving it shuts the worker down."""

    def __init__(
        self, engine: Engine, channel: Channel, clock: Clock, maker: Callable[[Letter], MadeLetter] = make
    ) -> None:
        """Take records, the one channel of this installation, and the clock of outbox and pump."""
        self.pump = DeliveryActivity(
            Outbox(engine, {channel.name: channel.manners}, now=clock),
            {channel.name: channel},
            maker,
            Heartbeats(engine, clock.seconds),
            poll_seconds=0.01,
            stint_seconds=1e9,
            clock=clock.seconds,
        )
        self.environment = ActivityEnvironment()
        self.heartbeats: list[DeliveryReport] = []
        self.environment.on_heartbeat = self.heartbeats.append
        self._order = DeliveryOrder(channel=channel.name)
        self._task: asyncio.Task[DeliveryReport] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.environment.run(self.pump.deliver, self._order))
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.environment.worker_shutdown()
        assert self._task is not None
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(self._task, SECONDS)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds; fail when the stint ends or it takes too long."""
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert self._task is not None
            assert not self._task.done(), self._task.result()
            assert time.monotonic() < deadline, "it did not come to that"
            await asyncio.sleep(0.01)

    async def ended(self) -> DeliveryReport:
        """Return what the stint says it did."""
        assert self._task is not None
        return await asyncio.wait_for(self._task, SECONDS)
