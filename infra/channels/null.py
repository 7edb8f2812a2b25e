"""The channel of those who want no messages: for load measurements, and for installations that only keep records."""

from __future__ import annotations

from schemas.delivery import OutboxMessage


class NullChannel:
    """Accepts every message and forgets it."""

    def __init__(self, name: str = "null") -> None:
        """Take the name under which it stands in for another channel."""
        self._name = name

    @property
    def name(self) -> str:
        """Name in the outbox."""
        return self._name

    async def send(self, message: OutboxMessage) -> None:
        """Accept one message."""

    async def close(self) -> None:
        """Do nothing."""
