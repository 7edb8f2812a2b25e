"""Phases of a project: how long one run of its workflow lasts.

A run that ends carries the state into a new one, so that histories stay short and running projects move to new code;
each costs a few events and an action. A plan marks the stages at which that is worth while.
"""

from __future__ import annotations

from rules.policy import Rulebook
from schemas.state import ProjectState

Phase = tuple[tuple[str, int, bool], ...]
"""Each stage that counts, with its round and whether it is done. Only to be compared."""


def phase(state: ProjectState, book: Rulebook) -> Phase:
    """Return the phase of a project: a run of its workflow lasts as long as this stays the same.

    - In a plan with marked stages a phase ends when one of them is done (or, sent back, is so no longer), or begins a
      further round because it recurs.
    - In a plan without any it lasts as long as the set of open stages.
    """
    if not has_phases(book):
        return tuple((key, state.stages[key].round, False) for key in state.open_stages())
    marked = [(rule, state.stages[rule.key]) for rule in book.plan.stages if rule.ends_phase]
    return tuple(
        (rule.key, max(stage.round, 1) if rule.recurs else 1, stage.status == "done") for rule, stage in marked
    )


def has_phases(book: Rulebook) -> bool:
    """Whether the plan marks the stages that end a phase."""
    return any(rule.ends_phase for rule in book.plan.stages)
