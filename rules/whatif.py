"""What would have happened: the rules asked again with one thing changed, and nobody acting from there on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from rules import clock, ladder, project
from rules.climb import Climb, turns
from rules.policy import Rulebook
from schemas import event as e
from schemas.event import Event
from schemas.reason import Refusal
from schemas.rung import Rung
from schemas.state import ProjectState
from schemas.turn import Turn

_MORE_THAN_ENOUGH = 500
"""Steps of the clock after which a course counts as without end."""

_LONGEST_TERM_DAYS = 400


def fires(state: ProjectState, book: Rulebook, climb: Climb, key: str) -> Rung | None:
    """Return a rung as it fires when nobody acts from a state on; None when it never does."""
    for after, rung in _course(state, book):
        if rung.key == key and climb.takes(rung):
            return rung
        if climb not in turns(after):
            break
    return None


def prevented(state: ProjectState, book: Rulebook, climb: Climb, key: str, at: datetime) -> bool:
    """Whether a rung does not fire when its clock is ended at an instant; the clock is heard before the person."""
    for after, rung in _course(state, book):
        if rung.at > at:
            break
        if rung.key == key and climb.takes(rung):
            return False
        state = after
    for event in ending(climb, state, book)[1]:
        state = _evolved(state, (event,), at)
    return climb not in turns(state) or state.hold is not None


def ending(climb: Climb, state: ProjectState, book: Rulebook) -> tuple[str, tuple[Event, ...]]:
    """Return the act that would end a climb, and what it writes; a hold where no act of a person ends it."""
    rule, matter = book.stages.get(climb.stage), state.matter(climb.matter)
    if matter:
        act = "grant_extension" if matter.kind == "extension" else "agree"
        return act, (e.MatterClosed(key=matter.key, kind=matter.kind, outcome="granted"),)
    if climb.turn == "obstacle":
        return "clear_obstacle", (e.ObstacleCleared(stage=climb.stage),)
    if climb.turn == "rectification" and rule and rule.rectification:
        return "submit", (_recheck(climb, rule.rectification.recheck, rule.owner, rule.party, book),)
    if rule and rule.closed_by.act != ladder.ELAPSE:
        return rule.closed_by.act, (e.StageClosed(stage=climb.stage, act=rule.closed_by.act),)
    return "hold", (e.ProjectHeld(code="", party="authority"),)


def without_quiet(book: Rulebook) -> Rulebook:
    """Return a rulebook whose ladder has no quiet part."""
    return replace(book, ladder=book.ladder.model_copy(update={"quiet_share": 0.0}))


def without_priority(state: ProjectState) -> ProjectState:
    """Return a project whose place has no priority."""
    return state.model_copy(update={"project": state.project.model_copy(update={"tier": ""})})


def with_turn(state: ProjectState, climb: Climb, **changes: Any) -> ProjectState:  # noqa: ANN401 - fields of Turn
    """Return a project in which the turn of a climb is another one."""

    def changed(turn: Turn) -> Turn:
        return turn.model_copy(update=changes)

    if climb.matter:
        matters = tuple(
            one.model_copy(update={"turn": changed(one.turn)}) if one.key == climb.matter else one
            for one in state.matters
        )
        return state.model_copy(update={"matters": matters})
    stage = state.stages[climb.stage]
    if stage.turn is None:
        return state
    known = stage.model_copy(update={"turn": changed(stage.turn)})
    return state.model_copy(update={"stages": {**state.stages, climb.stage: known}})


def longer(state: ProjectState, book: Rulebook, climb: Climb, key: str) -> tuple[int, Rung | None]:
    """Return the shortest longer term with which a rung would lie ahead, in days, and that rung; None without one."""
    budget = turns(state)[climb].budget_days
    for days in range(budget + 1, _LONGEST_TERM_DAYS):
        ahead = ladder.rungs(with_turn(state, climb, budget_days=days), book)
        found = next((rung for rung in ahead if rung.key == key and climb.takes(rung)), None)
        if found:
            return days, found
    return 0, None


def _recheck(climb: Climb, budget: Any, owner: str, party: str, book: Rulebook) -> e.TurnOpened:  # noqa: ANN401
    return e.TurnOpened(
        stage=climb.stage,
        round=climb.round,
        turn="recheck",
        owner=owner,
        party=party,
        budget_days=budget.days,
        unit=budget.unit,
        due_at=clock.first_due_at(climb.opened_at, budget.days, budget.unit, book.calendar),
    )


def _course(state: ProjectState, book: Rulebook) -> Iterator[tuple[ProjectState, Rung]]:
    """Yield what the clock does when nobody acts, with the state after it."""
    for _ in range(_MORE_THAN_ENOUGH):
        rung = ladder.next_rung(state, book)
        if rung is None:
            return
        try:
            events = project.advance(state, rung.at, book)
        except Refusal:  # beyond the calendar: nothing can be said of what follows
            return
        state = _evolved(state, events, rung.at)
        yield state, rung


def _evolved(state: ProjectState, events: tuple[Event, ...], at: datetime) -> ProjectState:
    return project.fold(project.entries(state, events, at), state)
