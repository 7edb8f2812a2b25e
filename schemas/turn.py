"""Turns: who holds the ball, since when, for how long; the clocks that stages and matters share."""

from __future__ import annotations

from typing import Literal

from schemas.message import Instant, Message
from schemas.plan import Unit

TurnKind = Literal["work", "rectification", "recheck", "obstacle", "decision"]


class Segment(Message):
    """A stretch of time that is counted to exactly one party.

    Attributes:
        party: To whom its days are counted.
        since_at: Start, inclusive.
        until_at: End, exclusive; None while it lasts.
        is_running: Whether it uses up the budget (a hold does not).
    """

    party: str
    since_at: Instant
    until_at: Instant | None = None
    is_running: bool = True


class Acknowledgement(Message):
    """A receipt by the person in duty (签收) with a promise; it pauses the ladder until the promised instant."""

    by: str
    at: Instant
    promised_at: Instant


class ExtensionRequest(Message):
    """A pending request for more time. While it is pending the clock goes on."""

    days: int
    reason: str
    requested_by: str
    requested_at: Instant


class Turn(Message):
    """Somebody holds the ball for a budget of days.

    Attributes:
        kind: Work of the stage, rectification after a refusal, recheck after rectification, an obstacle, or the
            decision on a matter.
        owner: Role in duty.
        party: Party its running days are counted to.
        budget_days: Budget, granted extensions included.
        unit: Unit of the budget.
        original_due_at: Due instant when the turn opened; never changed.
        previous_due_at: Due instant before the last extension or migration; None when there was none.
        segments: Clock segments in order, without gap or overlap.
        generation: Grows with every granted extension: the ladder starts anew towards the new due day.
        fired: Keys of the rungs that fired in this generation.
        level: Highest level fired in this generation.
        last_rung_at: Nominal instant of the last of them; those that follow keep their distance from it.
        acknowledged: Promise that pauses the ladder.
        promised_days: Working days by which promises have paused the ladder in this generation.
        request: Pending extension request; it stays with the turn while an obstacle suspends it.
        code: Reason code of an obstacle.
        silent_before: Rungs that were due before this instant count as past: a migration to other policies fires
            nothing retroactively unless that was ordered, nor does a move to a village with other seasons.
        period: Period of a recurring stage that it is for, from 1; 0 when the stage does not recur.
    """

    kind: TurnKind
    owner: str
    party: str
    budget_days: int
    unit: Unit
    original_due_at: Instant
    segments: tuple[Segment, ...]
    generation: int = 0
    fired: tuple[str, ...] = ()
    level: int = 0
    last_rung_at: Instant | None = None
    promised_days: int = 0
    acknowledged: Acknowledgement | None = None
    request: ExtensionRequest | None = None
    code: str = ""
    previous_due_at: Instant | None = None
    silent_before: Instant | None = None
    period: int = 0

    @property
    def opened_at(self) -> Instant:
        """Instant at which the turn began."""
        return self.segments[0].since_at

    @property
    def is_held(self) -> bool:
        """Whether the clock stands still."""
        return not self.segments[-1].is_running
