"""At what pace letters go out on a channel: not faster than it takes them, and not while it is down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

FAILURES_IN_A_ROW = 5
LONGEST_REST = 60.0
_MINUTE = 60.0


@dataclass
class Breaker:
    """Leaves a channel alone that is down, longer each time, or as long as it asked for.

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
        """Whether the channel was left alone and the next letter is to show whether it is back."""
        return self._rest > 0

    def note(self, *, is_down: bool, asked: float = 0.0) -> None:
        """Take notice of a try.

        Args:
            is_down: Whether the channel as a whole seemed down.
            asked: Seconds for which it asked to be left alone as a whole.
        """
        if not is_down:
            self._failures, self._rest, self._until = 0, 0.0, float("-inf")
            return
        self._failures += 1
        if self._failures >= FAILURES_IN_A_ROW or asked > 0:
            self._rest = min(LONGEST_REST, max(1.0, self._rest * 2))
            self._until = self.clock() + max(self._rest, asked)


@dataclass
class Bucket:
    """Lets no more letters through in any minute than a channel takes.

    It holds a tenth of a minute's letters and fills at the rate of the rest, so that even a minute that begins with a
    full bucket stays within the limit.

    Attributes:
        per_minute: Most letters in a minute; None for no limit.
        clock: Seconds that only go forward.
    """

    per_minute: int | None
    clock: Callable[[], float]
    _tokens: float = 1.0
    _at: float | None = None

    def left(self) -> int | None:
        """Return how many letters may go now; None for any number."""
        if self.per_minute is None:
            return None
        holds = max(1, self.per_minute // 10)
        rate = max(self.per_minute - holds, 0.9) / _MINUTE
        now = self.clock()
        since = now if self._at is None else self._at
        self._tokens, self._at = min(holds, self._tokens + (now - since) * rate), now
        return int(self._tokens)

    def take(self) -> None:
        """Let one letter through."""
        if self.per_minute is not None:
            self._tokens -= 1


@dataclass
class Pace:
    """Whether, and how many, letters may go on a channel now.

    Attributes:
        breaker: Says whether the channel is left alone.
        bucket: Says how many it takes.
    """

    breaker: Breaker
    bucket: Bucket

    def room(self, most: int) -> int:
        """Return how many letters may go now, at most so many; 0 while the channel is to be left alone."""
        if self.breaker.is_open():
            return 0
        left = self.bucket.left()
        most = 1 if self.breaker.is_probing else most
        return most if left is None else min(most, left)
