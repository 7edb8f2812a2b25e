"""What somebody could promise who receives a reminder now: whether they may, and between which days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rules import clock
from rules.calendar import WorkingCalendar
from rules.policy import Rulebook
from rules.project import Refused, decide
from schemas.command import Acknowledge, Actor, Command
from schemas.reason import Reason, Refusal
from schemas.state import ProjectState

USUAL_DAYS = 5
"""Working days that are offered when the due day has passed."""

OFFERED_DAYS = (1, 2, 3, 5, 10)
"""Working days that are offered where days are shorter than real ones, and no date can name them."""

_PROBE = "probe"


@dataclass(frozen=True)
class Room:
    """What may be promised about a stage.

    Attributes:
        calendar: Days by which the stage is counted.
        first: Earliest promise: the end of today.
        last: Latest promise.
        usual: What most people will want.
        offered: Some promises to choose from, the earliest first.
    """

    calendar: WorkingCalendar
    first: datetime
    last: datetime
    usual: datetime
    offered: tuple[datetime, ...]


def room(stage: str, actor: Actor, state: ProjectState, now: datetime, book: Rulebook) -> Room | Reason:
    """Return what the actor may promise about a stage now, or why they may not acknowledge it.

    Args:
        stage: Its key.
        actor: Who would acknowledge.
        state: The project.
        now: The instant of asking.
        book: Policies of the project.
    """
    if stage not in book.stages:
        return Reason(code="acknowledge.not_a_stage")
    calendar = book.calendar_of(stage, state.project)
    first = calendar.closes_at(calendar.day(now))
    probe = Command(command_id=_PROBE, actor=actor, act=Acknowledge(stage=stage, promised_at=first))
    answer = decide(state, probe, now, book)
    if isinstance(answer, Refused):
        return answer.reason
    turn = state.stages[stage].turn
    left = book.plan.promise_limit_days - (turn.promised_days if turn else 0)
    last = _after(calendar, now, left) or first
    offered = tuple(at for days in OFFERED_DAYS if (at := _after(calendar, now, days)) and first <= at <= last)
    due_at = clock.due_at(turn, calendar) if turn else None
    usual = due_at if due_at and first <= due_at <= last else _after(calendar, now, USUAL_DAYS) or first
    return Room(calendar, first, last, min(max(usual, first), last), offered or (first,))


def _after(calendar: WorkingCalendar, now: datetime, days: int) -> datetime | None:
    """Return the last instant within so many working days; None beyond the end of the calendar."""
    try:
        return calendar.opens_at(calendar.after(now, days, "working"))
    except Refusal:
        return None
