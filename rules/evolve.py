"""The only way a state changes: one entry of the journal at a time."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from rules import clock, evolve_matter
from schemas import event as e
from schemas.event import Entry
from schemas.message import Message
from schemas.state import COMMANDS_KEPT, Done, Hold, ProjectState, StageState
from schemas.turn import Acknowledgement, ExtensionRequest, Turn

FREEZE = "freeze_retained_payment"
"""Consequence of a rung after which the retained payment is settled only by a decision that lifts it."""


def evolve(state: ProjectState | None, entry: Entry) -> ProjectState:
    """Return the state after `entry`.

    Raises:
        ValueError: The entry does not follow the state: the journal has a gap, or does not begin with a start.
    """
    expected = state.seq + 1 if state else 1
    if entry.seq != expected:
        raise ValueError(f"journal gap: expected {expected}, got {entry.seq}")
    if isinstance(entry.event, e.ProjectStarted):
        born = entry.event
        state = ProjectState(project=born.project, pins=born.pins, stages={key: StageState() for key in born.stages})
    if state is None:
        raise ValueError("a journal begins with project_started")
    changes: dict[str, Any] = {"seq": entry.seq, **_change(entry.event, state, entry)}
    if entry.command_id:
        done = Done(command_id=entry.command_id, fingerprint=entry.fingerprint, seq=entry.seq)
        others = tuple(known for known in state.done if known.command_id != entry.command_id)
        changes["done"] = (*others, done)[-COMMANDS_KEPT:]
    after = state.model_copy(update=changes)
    return evolve_matter.settled(after, entry) if after.matters else after


@singledispatch
def _change(event: Message, state: ProjectState, entry: Entry) -> dict[str, Any]:
    """Return the fields of the state that an event changes; facts for the record only change none."""
    return evolve_matter.changed(event, state, entry)


@_change.register
def _(event: e.TurnOpened, state: ProjectState, entry: Entry) -> dict[str, Any]:
    stage = state.stages[event.stage]
    turn = evolve_matter.begun(event, event.turn, entry.at, code=event.code, period=event.period)
    if event.turn == "obstacle" and stage.turn:
        return _stage(state, event.stage, turn=turn, suspended=clock.ended(stage.turn, entry.at))
    past = (*stage.past, clock.ended(stage.turn, entry.at)) if stage.turn else stage.past
    anew = _ANEW if event.turn == "work" else {}
    return _stage(state, event.stage, status="open", round=event.round, turn=turn, past=past, **anew)


_ANEW: dict[str, Any] = {
    "percent": 0,
    "closed_by": "",
    "closed_at": None,
    "rectified_by": (),
    "checked": {},
    "checked_by": {},
}
"""What a stage begins with when it opens, for the first time or for a further period."""


@_change.register
def _(event: e.ProgressReported, state: ProjectState, _entry: Entry) -> dict[str, Any]:
    return _stage(state, event.stage, percent=event.percent)


@_change.register
def _(event: e.StageClosed, state: ProjectState, entry: Entry) -> dict[str, Any]:
    stage = state.stages[event.stage]
    past = (*stage.past, clock.ended(stage.turn, entry.at)) if stage.turn else stage.past
    closed = _stage(
        state,
        event.stage,
        status="done",
        turn=None,
        past=past,
        percent=100,
        closed_by=entry.by,
        closed_at=entry.at,
        period=event.period or stage.period,
    )
    amounts = {key: value for key, value in event.facts.items() if key.endswith("_cny") and isinstance(value, float)}
    money = {"money": {**state.money, **amounts}} if amounts else {}
    return {**closed, **money}


@_change.register
def _(event: e.AcceptanceRefused, state: ProjectState, _entry: Entry) -> dict[str, Any]:
    again = {"refusals": state.stages[event.stage].refusals + 1, "checked": {}, "checked_by": {}}
    return _stage(state, event.stage, **again)


@_change.register
def _(event: e.RectificationSubmitted, state: ProjectState, entry: Entry) -> dict[str, Any]:
    known = state.stages[event.stage].rectified_by
    return _stage(state, event.stage, rectified_by=(*known, entry.by) if entry.by not in known else known)


@_change.register
def _(event: e.ObstacleCleared, state: ProjectState, entry: Entry) -> dict[str, Any]:
    stage = state.stages[event.stage]
    if stage.suspended is None or stage.turn is None:
        return {}
    past = (*stage.past, clock.ended(stage.turn, entry.at))
    return _stage(state, event.stage, turn=clock.running(stage.suspended, entry.at), suspended=None, past=past)


@_change.register
def _(event: e.StageReturned, state: ProjectState, entry: Entry) -> dict[str, Any]:
    again = {
        key: evolve_matter.waiting_again(state.stages[key], entry.at, is_undone=key == event.stage)
        for key in event.reset
    }
    return {"stages": {**state.stages, **again}}


@_change.register
def _(event: e.ExtensionRequested, state: ProjectState, entry: Entry) -> dict[str, Any]:
    request = ExtensionRequest(days=event.days, reason=event.reason, requested_by=entry.by, requested_at=entry.at)
    return _turn(state, event.stage, request=request)


@_change.register
def _(event: e.ExtensionGranted, state: ProjectState, entry: Entry) -> dict[str, Any]:
    turn = state.stages[event.stage].turn
    if turn is None:
        return {}
    if not turn.is_held:
        turn = clock.running(turn, entry.at)
    longer = {
        "budget_days": turn.budget_days + event.days,
        "generation": turn.generation + 1,
        "fired": (),
        "level": 0,
        "last_rung_at": None,
        "promised_days": 0,
        "acknowledged": None,
        "request": None,
        "previous_due_at": event.previous_due_at,
    }
    return _stage(state, event.stage, turn=turn.model_copy(update=longer))


@_change.register
def _(event: e.ExtensionDenied, state: ProjectState, _entry: Entry) -> dict[str, Any]:
    return _turn(state, event.stage, request=None)


@_change.register
def _(event: e.ProjectHeld, state: ProjectState, entry: Entry) -> dict[str, Any]:
    stages = {
        key: stage.model_copy(update={"turn": clock.held(stage.turn, entry.at, event.party)}) if stage.turn else stage
        for key, stage in state.stages.items()
    }
    hold = Hold(code=event.code, party=event.party, by=entry.by, at=entry.at)
    return {"status": "held", "hold": hold, "stages": stages}


@_change.register
def _(_event: e.ProjectResumed, state: ProjectState, entry: Entry) -> dict[str, Any]:
    stages = {
        key: stage.model_copy(update={"turn": clock.running(stage.turn, entry.at)}) if stage.turn else stage
        for key, stage in state.stages.items()
    }
    return {"status": "running", "hold": None, "stages": stages}


@_change.register
def _(event: e.DutyReassigned, state: ProjectState, _entry: Entry) -> dict[str, Any]:
    assigned = {role: person for role, person in state.assigned.items() if role != event.role}
    return {"assigned": {**assigned, event.role: event.person_id} if event.person_id else assigned}


@_change.register
def _(event: e.Acknowledged, state: ProjectState, entry: Entry) -> dict[str, Any]:
    promise = Acknowledgement(by=entry.by, at=entry.at, promised_at=event.promised_at)
    turn = state.stages[event.stage].turn
    days = event.days + (turn.promised_days if turn else 0)
    return _turn(state, event.stage, acknowledged=promise, promised_days=days)


@_change.register
def _(event: e.RungFired, state: ProjectState, _entry: Entry) -> dict[str, Any]:
    frozen = {"is_frozen": True} if event.consequence == FREEZE else {}
    waiting = state.matter(event.matter)
    if waiting:
        return {
            **frozen,
            **evolve_matter.with_matter(state, waiting.model_copy(update={"turn": _fired(waiting.turn, event)})),
        }
    turn = state.stages[event.stage].turn if event.stage in state.stages else None
    return {**frozen, **_stage(state, event.stage, turn=_fired(turn, event))} if turn else frozen


def _fired(turn: Turn, event: e.RungFired) -> Turn:
    level = max(turn.level, event.level)
    return turn.model_copy(
        update={"fired": (*turn.fired, event.rung), "level": level, "last_rung_at": event.nominal_at}
    )


@_change.register
def _(_event: e.ProjectCompleted, _state: ProjectState, _entry: Entry) -> dict[str, Any]:
    return {"status": "completed", "matters": ()}


@_change.register
def _(event: e.ProjectRejected, state: ProjectState, entry: Entry) -> dict[str, Any]:
    ended = {"status": "rejected", "ended_code": event.code, "matters": ()}
    return {**ended, "stages": _stopped(state, entry)}


@_change.register
def _(event: e.ProjectCancelled, state: ProjectState, entry: Entry) -> dict[str, Any]:
    ended = {"status": "cancelled", "ended_code": event.code, "hold": None, "matters": ()}
    return {**ended, "stages": _stopped(state, entry)}


def _stopped(state: ProjectState, entry: Entry) -> dict[str, StageState]:
    """Return the stages with every open one put away: no clock outlives its project."""
    stages = {}
    for key, stage in state.stages.items():
        turns = [turn for turn in (stage.suspended, stage.turn) if turn]
        past = (*stage.past, *(clock.ended(turn, entry.at) for turn in turns))
        away: dict[str, Any] = {"status": "pending", "turn": None, "suspended": None, "past": past}
        stages[key] = stage.model_copy(update=away) if turns else stage
    return stages


def _turn(state: ProjectState, key: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Turn
    turn = state.stages[key].turn
    return _stage(state, key, turn=turn.model_copy(update=changes)) if turn else {}


def _stage(state: ProjectState, key: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of StageState
    return {"stages": {**state.stages, key: state.stages[key].model_copy(update=changes)}}
