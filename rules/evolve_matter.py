"""How matters, acceptances, money, policies and batches change a state: the second half of `rules.evolve`.

`changed` is found by the type of the event, like its counterpart there; that module asks this one.
"""

from __future__ import annotations

from datetime import datetime
from functools import singledispatch
from typing import Any

from rules import clock
from schemas import event as e
from schemas.event import Entry
from schemas.matter import Matter
from schemas.message import Message
from schemas.state import BatchState, ChangeDone, ProjectState, StageState
from schemas.turn import Segment, Turn, TurnKind


@singledispatch
def changed(_event: Message, _state: ProjectState, _entry: Entry) -> dict[str, Any]:
    """Return the fields of the state that an event changes; facts for the record only change none."""
    return {}


@changed.register
def _(event: e.MatterOpened, state: ProjectState, entry: Entry) -> dict[str, Any]:
    opened = Matter(
        key=event.key,
        kind=event.kind,
        stage=event.stage,
        step=event.step,
        turn=begun(event, "decision", entry.at),
        asked_by=entry.by,
        asked_at=entry.at,
        contest=event.contest,
        change=event.change,
        note=event.note,
    )
    return {"matters": (*state.matters, opened), "matters_opened": state.matters_opened + 1}


@changed.register
def _(event: e.MatterPassed, state: ProjectState, entry: Entry) -> dict[str, Any]:
    waiting = state.matter(event.key)
    if waiting is None:
        return {}
    further = {
        "step": event.step,
        "turn": begun(event, "decision", entry.at),
        "passed_by": (*waiting.passed_by, entry.by),
    }
    return with_matter(state, waiting.model_copy(update=further))


@changed.register
def _(event: e.MatterClosed, state: ProjectState, _entry: Entry) -> dict[str, Any]:
    return {"matters": tuple(one for one in state.matters if one.key != event.key)}


@changed.register
def _(event: e.DaysReattributed, state: ProjectState, entry: Entry) -> dict[str, Any]:
    stage = state.stages[event.stage]
    since, until, party = event.since_at, event.until_at, event.party

    def moved(turn: Turn) -> Turn:
        return clock.reattributed(turn, since, until, party)

    changes: dict[str, Any] = {"past": tuple(moved(turn) for turn in stage.past)}
    if stage.turn:
        changes["turn"] = _given_back(stage.turn, moved(stage.turn), event, entry)
    if stage.suspended:
        changes["suspended"] = moved(stage.suspended)
    return {"stages": {**state.stages, event.stage: stage.model_copy(update=changes)}}


@changed.register
def _(event: e.ChangeEffected, state: ProjectState, entry: Entry) -> dict[str, Any]:
    change = event.change
    counts: dict[str, int] = {}
    sign = -1 if change.kind == "remove_units" else 1
    for unit in change.units:
        counts[unit.code] = counts.get(unit.code, 0) + sign
    done = ChangeDone(
        kind=change.kind,
        code=change.code,
        at=entry.at,
        number=event.number,
        from_code=state.project.village_code,
        to_code="" if change.kind in {"cancel", "merge"} else event.project.village_code,
        units=counts,
    )
    changes: dict[str, Any] = {"project": event.project, "changes": (*state.changes, done)}
    if event.project.village_code != state.project.village_code:
        changes["stages"] = {key: _silent(stage, entry) for key, stage in state.stages.items()}
    if change.kind == "merge":
        changes["merged_into"] = change.into
    return changes


@changed.register
def _(event: e.PartPassed, state: ProjectState, entry: Entry) -> dict[str, Any]:
    stage = state.stages[event.stage]
    passed = {
        "checked": {**stage.checked, event.part: event.facts},
        "checked_by": {**stage.checked_by, event.part: entry.by},
    }
    return {"stages": {**state.stages, event.stage: stage.model_copy(update=passed)}}


@changed.register
def _(event: e.AcceptanceReopened, state: ProjectState, entry: Entry) -> dict[str, Any]:
    again = {key: waiting_again(state.stages[key], entry.at) for key in event.reset}
    stages = {**state.stages, **again}
    stages[event.stage] = stages[event.stage].model_copy(update={"reopened": stages[event.stage].reopened + 1})
    matters = tuple(one for one in state.matters if one.kind != "extension" or one.stage not in event.reset)
    return {"stages": stages, "matters": matters}


@changed.register
def _(event: e.PaymentReleased, state: ProjectState, _entry: Entry) -> dict[str, Any]:
    released = state.money.get("released_cny", 0.0) + event.amount_cny
    return {"money": {**state.money, "released_cny": released}}


@changed.register
def _(event: e.PoliciesMigrated, state: ProjectState, entry: Entry) -> dict[str, Any]:
    known = state.stages
    stages = {key: known.get(key, StageState()) for key in event.stages}
    for key, stage in stages.items():
        turns: dict[str, Turn] = {}
        if stage.turn:
            turn = _migrated(stage.turn, event, entry, event.budgets.get(key))
            previous = event.previous_dues.get(key, turn.previous_due_at)
            turns["turn"] = turn.model_copy(update={"previous_due_at": previous})
        if stage.suspended:
            turns["suspended"] = _migrated(stage.suspended, event, entry, event.suspended_budgets.get(key))
        if turns:
            stages[key] = stage.model_copy(update=turns)
    matters = tuple(one.model_copy(update={"turn": _migrated(one.turn, event, entry, None)}) for one in state.matters)
    changes = {"pins": event.pins, "stages": stages, "matters": matters, "migrated_at": entry.at}
    return {**changes, "silent_before": entry.at} if event.is_silent else changes


@changed.register
def _(event: e.BatchCounted, state: ProjectState, _entry: Entry) -> dict[str, Any]:
    batch = state.batch or BatchState()
    planned = batch.planned or event.total
    return {"batch": batch.model_copy(update={"planned": planned, "total": event.total, "built": event.built})}


@changed.register
def _(event: e.GapAssessed, state: ProjectState, _entry: Entry) -> dict[str, Any]:
    batch = state.batch or BatchState()
    come = batch.milestones if event.milestone in batch.milestones else (*batch.milestones, event.milestone)
    assessed = {
        "milestones": come,
        "required": event.required,
        "tier": event.tier,
        "withheld_share": event.withheld_share,
    }
    return {"batch": batch.model_copy(update=assessed)}


def settled(state: ProjectState, entry: Entry) -> ProjectState:
    """Return the state with its requests for more time as their turns stand.

    One whose turn is over is no longer wanted. One whose turn lies below an obstacle cannot be decided: the clock of
    the decision stands still, and its days are counted to whoever has the ball.
    """
    matters = tuple(now for one in state.matters if (now := _standing(one, state, entry)))
    return state if matters == state.matters else state.model_copy(update={"matters": matters})


def _standing(matter: Matter, state: ProjectState, entry: Entry) -> Matter | None:
    if matter.kind != "extension":
        return matter
    stage = state.stages.get(matter.stage)
    live, below = (stage.turn, stage.suspended) if stage else (None, None)
    if _asks(live, matter):
        return (
            matter.model_copy(update={"turn": clock.running(matter.turn, entry.at)}) if matter.turn.is_held else matter
        )
    if live is None or not _asks(below, matter):
        return None
    turn = matter.turn if matter.turn.is_held else clock.held(matter.turn, entry.at, live.party)
    return matter.model_copy(update={"turn": turn})


def _asks(turn: Turn | None, matter: Matter) -> bool:
    return turn is not None and turn.request is not None and turn.request.requested_at == matter.asked_at


def waiting_again(stage: StageState, at: datetime, *, is_undone: bool = False) -> StageState:
    """Return a stage that waits again for what comes before it, with everything it has been through.

    Args:
        stage: The stage.
        at: When its open turns end.
        is_undone: Whether the last period of a stage that comes again has to be gone through once more though it is
            not done.
    """
    turns = [turn for turn in (stage.suspended, stage.turn) if turn]
    return StageState(
        round=stage.round,
        past=(*stage.past, *(clock.ended(turn, at) for turn in turns)),
        refusals=stage.refusals,
        reopened=stage.reopened,
        period=clock.periods_kept(stage, is_undone=is_undone or stage.status == "done"),
    )


def with_matter(state: ProjectState, matter: Matter) -> dict[str, Any]:
    """Return the change by which a waiting matter is replaced by its further state."""
    return {"matters": tuple(matter if one.key == matter.key else one for one in state.matters)}


def _silent(stage: StageState, entry: Entry) -> StageState:
    """Return a stage whose rungs fire nothing past: in another village other seasons count, and due days move."""
    turns = {name: turn for name in ("turn", "suspended") if (turn := getattr(stage, name))}
    quiet = {name: turn.model_copy(update={"silent_before": entry.at}) for name, turn in turns.items()}
    return stage.model_copy(update=quiet) if quiet else stage


def begun(
    event: e.TurnOpened | e.MatterOpened | e.MatterPassed,
    kind: TurnKind,
    at: datetime,
    *,
    code: str = "",
    period: int = 0,
) -> Turn:
    """Return the turn that an event begins, with its clock running."""
    return Turn(
        kind=kind,
        owner=event.owner,
        party=event.party,
        budget_days=event.budget_days,
        unit=event.unit,
        original_due_at=event.due_at,
        segments=(Segment(party=event.party, since_at=at),),
        code=code,
        period=period,
    )


def starts_anew(event: e.DaysReattributed, entry: Entry) -> bool:
    """Whether days given back bring a due day that lies ahead, towards which the ladder starts anew."""
    return event.due_at is not None and event.due_at != event.previous_due_at and event.due_at > entry.at


def _given_back(before: Turn, after: Turn, event: e.DaysReattributed, entry: Entry) -> Turn:
    """Return the live turn with its days given back: towards a due day ahead its ladder starts anew.

    One that is still late keeps what has fired, so that nothing comes down a second time.
    """
    if after == before:
        return before
    changes: dict[str, Any] = {"previous_due_at": event.previous_due_at or before.previous_due_at}
    if starts_anew(event, entry):
        after = clock.running(after, entry.at)  # what was due before now, towards the new day, is past
        changes |= {"generation": before.generation + 1, "fired": (), "level": 0, "last_rung_at": None}
    elif before.silent_before:
        changes["silent_before"] = entry.at  # what other policies had silenced does not come back by moving on
    return after.model_copy(update=changes)


def _migrated(turn: Turn, event: e.PoliciesMigrated, entry: Entry, budget_days: int | None) -> Turn:
    changes: dict[str, Any] = {}
    if event.is_silent:
        changes["silent_before"] = entry.at
    if budget_days is not None:
        changes["budget_days"] = budget_days
    return turn.model_copy(update=changes)
