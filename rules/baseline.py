"""When the list of tasks is frozen: from then on a task leaves or changes only through the whole procedure."""

from __future__ import annotations

from datetime import datetime

from rules.policy import Rulebook
from schemas.state import ProjectState

REGISTERS = "register_baseline"
"""Act of the stage whose closing freezes the list at once: what is in the platform is the list."""


def frozen_at(state: ProjectState, book: Rulebook) -> datetime | None:
    """Return the instant at which the list of tasks is, or will be, frozen; None when nothing tells yet.

    That is the end of the term after the plan's stage (30 days after the contract, as the contract's list has to be in
    the platform by then), or the closing of the stage that registers the list, whichever comes first. A plan without
    a baseline freezes nothing.
    """
    rule, calendar = book.plan.baseline, book.calendar
    if rule is None:
        return None
    begun = state.stages[rule.stage].closed_at if rule.stage in state.stages else None
    ends = [calendar.closes_at(calendar.day(begun) + rule.days)] if begun else []
    registering = (stage.key for stage in book.plan.stages if stage.closed_by.act == REGISTERS)
    closings = [state.stages[key].closed_at for key in registering if key in state.stages]
    return min([*ends, *(at for at in closings if at)], default=None)


def is_frozen(state: ProjectState, now: datetime, book: Rulebook) -> bool:
    """Whether the list of tasks is frozen at `now`."""
    at = frozen_at(state, book)
    return at is not None and at <= now
