"""What a way out of the house is, and the three ways in which it can fail."""

from __future__ import annotations

from typing import Protocol

from schemas.delivery import OutboxMessage


class TemporaryFailure(Exception):  # noqa: N818 - a mail server calls it so
    """The message was not taken over; trying again later may help.

    Attributes:
        is_channel_down: Whether the other side as a whole was out of reach, not just this receiver.
    """

    def __init__(self, detail: str, *, is_channel_down: bool = True) -> None:
        """Take what the other side answered."""
        self.is_channel_down = is_channel_down
        super().__init__(detail)


class PermanentFailure(Exception):  # noqa: N818 - the same
    """The message was refused for good, or cannot be made at all; a person must look."""


class UnknownOutcome(Exception):  # noqa: N818 - neither failure nor success
    """The message left the house and no answer came: nobody can tell whether it was taken over."""


class Channel(Protocol):
    """A way to hand messages over."""

    @property
    def name(self) -> str:
        """Name in the outbox."""

    async def send(self, message: OutboxMessage) -> None:
        """Hand one message over; returning means that the other side has taken it.

        Raises:
            TemporaryFailure: Not taken over.
            PermanentFailure: Refused for good.
            UnknownOutcome: Nobody can tell.
        """

    async def close(self) -> None:
        """Give back what is kept between messages, such as a connection; the next message opens it again."""
