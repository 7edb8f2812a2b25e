"""A simple limit on how often somebody may ask, so that nobody tries links or answers by the thousand."""

from __future__ import annotations

from collections import OrderedDict

MOST_KNOWN = 10_000
"""Of so many askers at a time it is known how often they asked; of more, the ones longest quiet are forgotten."""


class Limit:
    """So many a minute for each asker.

    Attributes:
        per_minute: How many.
    """

    def __init__(self, per_minute: int) -> None:
        """Nobody has asked yet."""
        self.per_minute = per_minute
        self._asked: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, asker: str, now: float, cost: float = 1.0) -> float:
        """Return 0 when the asker may ask now, which counts, else after how many seconds.

        Args:
            asker: Who.
            now: Seconds of a clock that never goes back.
            cost: How much this counts; 0 only looks.
        """
        since, used = self._asked.get(asker, (now, 0.0))
        used = max(0.0, used - (now - since) * self.per_minute / 60)
        if used + max(cost, 1.0) > self.per_minute:
            return (used + max(cost, 1.0) - self.per_minute) * 60 / self.per_minute
        if cost:
            self._asked[asker] = (now, used + cost)
            self._asked.move_to_end(asker)
            if len(self._asked) > MOST_KNOWN:
                self._asked.popitem(last=False)
        return 0.0
