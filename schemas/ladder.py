"""The reminder and escalation ladder, as data."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from schemas.message import Document, Title
from schemas.policy import PolicyDocument


def _clock_text(value: object) -> object:
    """Refuse the number that YAML makes of an unquoted 10:00."""
    if isinstance(value, int | float):
        raise PydanticCustomError("time_of_day", "write the time in quotes, for example '09:00'")
    return value


ClockTime = Annotated[time, BeforeValidator(_clock_text)]
"""Local time of day, written as `'09:00'`."""

RungKind = Literal["reminder", "escalation", "elapse"]


class RungRule(Document):
    """One rung.

    Attributes:
        key: Code, unique in the ladder.
        title: Name for readers, for example 督办 / supervision order.
        offset_days: Working days from the due day: negative for reminders, positive for escalations.
        level: 0 for reminders, then 1, 2, ... for escalations; never falls with growing offset.
        to: Roles that receive it, by the role that owns the duty; `default` where a role has no line of its own.
            The word `owner` stands for the owning role itself.
        reply_days: Working days within which a written reply is due; None when none is asked.
        consequence: What follows besides the message, for example `freeze_retained_payment`.
    """

    key: str
    title: Title
    offset_days: int
    level: int
    to: dict[str, tuple[str, ...]]
    reply_days: int | None = None
    consequence: str | None = None


class Ladder(PolicyDocument):
    """A whole ladder.

    Attributes:
        fires_at: Local time of the day at which a rung is due.
        rungs: All rungs by growing offset.
        faster_tiers: Priority tiers for which every escalation comes one level earlier.
    """

    kind: Literal["ladder"] = "ladder"
    hierarchy: str
    fires_at: ClockTime = time(9, 0)
    rungs: tuple[RungRule, ...]
    faster_tiers: tuple[str, ...] = ()
