"""A clock that tests turn by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any


class Clock:
    """Stands still until it is turned; stands in for the clock of the database.

    Attributes:
        at: What it shows.
        running: Seconds by which every look turns it forward.
    """

    def __init__(self, at: datetime = datetime(2018, 6, 1, tzinfo=UTC)) -> None:
        """Set the clock."""
        self.at = at
        self.running = 0.0

    def __call__(self, _connection: Any = None) -> datetime:  # noqa: ANN401 - the connection is not asked
        """Return the instant it shows."""
        self.turn(seconds=self.running)
        return self.at

    def seconds(self) -> float:
        """Return the seconds it shows."""
        return self.at.timestamp()

    def turn(self, **span: float) -> None:
        """Turn it forward by a span, as `timedelta` takes it."""
        self.at += timedelta(**span)
