"""The work order of the delivery workflow, and what came of it."""

from __future__ import annotations

from schemas.message import Message


class DeliveryOrder(Message):
    """Work order of one delivery workflow.

    Attributes:
        channel: Channel it serves.
        runs: How many times it continued as new; for the eye only.
    """

    channel: str
    runs: int = 0


class DeliveryReport(Message):
    """What one stint of delivery did."""

    delivered: int = 0
    failed: int = 0
    unknown: int = 0
