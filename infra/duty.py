"""What the auditor holds an installation to, from its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from temporalio.client import Client

from infra.db.audit import PART, Duty, Strays
from infra.db.in_force import Manner
from infra.db.views import Views
from infra.roll import compare
from infra.settings import Settings

RESTART = timedelta(minutes=5)
"""Longest time in which a worker that died, and the workflows it served, are at work again by themselves."""

ROUNDS = 5
"""Rounds that may be missed before a part that comes at an interval counts as silent."""


def duty(settings: Settings, channels: Iterable[str], manner: Callable[[], Manner]) -> Duty:
    """Return the duty of this installation: every shard of letters and every channel is heard of."""
    letters = ROUNDS * timedelta(seconds=settings.letters_every_seconds) + RESTART
    allowed = {f"letters/{shard}": letters for shard in range(settings.letter_shards)}
    served = frozenset(channels)
    return Duty({**allowed, **{f"delivery/{channel}": RESTART for channel in served}}, manner, served)


def audit_silence(settings: Settings) -> dict[str, timedelta]:
    """Return how long the auditor itself may be silent; who asks it from outside must know."""
    return {PART: ROUNDS * timedelta(seconds=settings.audit_every_seconds) + RESTART}


async def strays(views: Views, client: Client, *, is_whole: bool) -> Strays:
    """Return the projects that only the records or only the engine knows as living.

    Args:
        views: Of the records.
        client: The engine.
        is_whole: Whether to compare one by one even where as many live by both.
    """
    found = await compare(views, client, is_whole=is_whole)
    return Strays(found.missing, found.strange)
