"""A rung that lies ahead, with its derivation."""

from __future__ import annotations

from schemas.ladder import RungKind
from schemas.message import Instant, Message
from schemas.plan import Unit
from schemas.turn import TurnKind


class Derivation(Message):
    """How the instant of a rung follows from the rules; what `why` prints.

    Attributes:
        opened_at: Start of the turn.
        budget_days: Budget of the turn, extensions included.
        unit: Unit of the budget.
        consumed_days: Days used before the running segment.
        running_since: Start of the running segment.
        due_on: Due day in words of the calendar (a date, or `day N` of a demonstration calendar).
        offset_days: Working days from the due day.
        postponed_to: Promise that moved the rung; None when it was not moved.
        is_provisional: Whether the due day lies beyond the last published calendar year.
        is_faster: Whether the priority tier brought it one level earlier.
        quiet_days: Days of the budget that had to be used before a reminder could be due; 0 when any time is right.
    """

    opened_at: Instant
    budget_days: int
    unit: Unit
    consumed_days: int
    running_since: Instant
    due_on: str
    offset_days: int = 0
    postponed_to: Instant | None = None
    is_provisional: bool = False
    is_faster: bool = False
    quiet_days: int = 0


class Rung(Message):
    """Something the clock will do: a reminder, an escalation, a milestone, or the end of a stage that ends by itself.

    Attributes:
        matter: Key of the matter whose clock it is; empty when it is the stage's own.
    """

    stage: str
    round: int
    turn: TurnKind
    generation: int
    key: str
    kind: RungKind
    level: int
    at: Instant
    due_at: Instant
    to: tuple[str, ...] = ()
    consequence: str = ""
    matter: str = ""
    derivation: Derivation
