"""What the auditor asks of the rules: until when a notice must be in its letter, and what a project has ahead of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from rules import ladder
from rules.calendar import WorkingCalendar
from rules.policy import Rulebook
from schemas.messaging import MessagingPolicy
from schemas.rung import Rung
from schemas.state import ProjectState
from schemas.turn import Turn

_LONGEST_HOLIDAY = 30
"""Days within which every calendar has a working day."""


def written_until(
    policy: MessagingPolicy, calendar: WorkingCalendar, now: datetime, slack: timedelta
) -> datetime | None:
    """Return the instant before which a notice that still waits came too early to wait still.

    On a working day everybody's digest is written within office hours. So once the office has closed, and some slack
    besides, nothing waits that was there when it opened.

    Returns:
        The opening of the last office day that is over; None when there was none lately.
    """
    today = calendar.day(now)
    for day in range(today, today - _LONGEST_HOLIDAY, -1):
        if calendar.is_working(day) and calendar.time_on(day, policy.office.until) + slack <= now:
            return calendar.time_on(day, policy.office.since)
    return None


def overdue_rung(state: ProjectState, book: Rulebook, before: datetime) -> Rung | None:
    """Return the first rung of a project that was due before an instant and has not been claimed; None: there is none.

    An end of a stage by itself counts too: it is the clock's duty as much as a message is.
    """
    rung = ladder.next_rung(state, book)
    return rung if rung and rung.at < before else None


def is_without_deadline(state: ProjectState, book: Rulebook) -> bool:
    """Whether a living project, not held, has nothing ahead although its ladders are not at their ends.

    Who has been told at the last rung of a ladder stays told: nothing more follows, and the boards show it. A stage
    that is not watched, or whose clock stands, has no deadline by intention only while another one has.
    """
    if state.is_over or state.hold or ladder.rungs(state, book):
        return False
    turns = [stage.turn for stage in state.stages.values() if stage.status == "open" and stage.turn]
    turns += [matter.turn for matter in state.matters]
    return not any(_is_at_the_end(turn, state, book) for turn in turns)


def _is_at_the_end(turn: Turn, state: ProjectState, book: Rulebook) -> bool:
    rules = ladder.rules_for(state.project.tier, book)
    return bool(rules) and rules[-1].key in turn.fired
