"""What a way out of the house is, how it is to be treated, and the three ways in which it can fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from schemas.channel import Unknown
from schemas.letter import MadeLetter

Fate = Literal["accepted", "absent", "unknown"]
"""What the other side says of a letter when asked by its key."""


class TemporaryFailure(Exception):  # noqa: N818 - a mail server calls it so
    """The letter was not taken over; trying again later may help.

    Attributes:
        is_channel_down: Whether the other side as a whole was out of reach, not just this receiver.
        retry_after: Seconds for which the other side asked to be left alone; None when it did not say.
    """

    def __init__(self, detail: str, *, is_channel_down: bool = True, retry_after: float | None = None) -> None:
        """Take what the other side answered."""
        self.is_channel_down = is_channel_down
        self.retry_after = retry_after
        super().__init__(detail)


class PermanentFailure(Exception):  # noqa: N818 - the same
    """The letter was refused for good, or cannot be made at all; it goes by another channel, or a person must look."""


class UnknownOutcome(Exception):  # noqa: N818 - neither failure nor success
    """The letter left the house and no answer came: nobody can tell whether it was taken over."""


@dataclass(frozen=True)
class Manners:
    """How a channel is to be treated.

    Attributes:
        unknown: What becomes of a letter whose fate is unknown.
        most_unknown: Tries of unknown outcome until a person must look; None: any number, its receiver folds repeats.
        per_minute: Most letters a minute; None: as fast as it takes them.
        is_keyed: Whether the receiver folds repeats by our key.
        is_best_effort: Whether "accepted" is only what a library says, not what the receiver answered.
        is_shared: Whether others read along, as in a group: no link there that signs for the receiver.
    """

    unknown: Unknown = "retry"
    most_unknown: int | None = None
    per_minute: int | None = None
    is_keyed: bool = True
    is_best_effort: bool = False
    is_shared: bool = False


class Channel(Protocol):
    """A way to hand letters over."""

    @property
    def name(self) -> str:
        """Name in the outbox and in the directory."""

    @property
    def manners(self) -> Manners:
        """How to treat it."""

    async def send(self, made: MadeLetter) -> str:
        """Hand one letter over; returning means that the other side has taken it.

        Returns:
            The other side's id for it; empty when it gives none.

        Raises:
            TemporaryFailure: Not taken over.
            PermanentFailure: Refused for good.
            UnknownOutcome: Nobody can tell.
        """

    async def fate(self, key: str) -> Fate:
        """Ask the other side what became of a letter; `unknown` where it cannot be asked.

        Raises:
            TemporaryFailure: It cannot be asked just now.
        """

    async def close(self) -> None:
        """Give back what is kept between letters, such as a connection; the next letter opens it again."""
