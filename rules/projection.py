"""Rows of the read model from a state: a pure function, so a rebuild from the journal gives the same rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rules import batch, clock
from rules.policy import Rulebook
from schemas.project import Project
from schemas.state import ProjectState, StageState
from schemas.turn import Turn
from schemas.view import MatterRow, ProjectRow, StageRow


def registered_row(project: Project, at: datetime) -> ProjectRow:
    """Return the row of a project that has an id and nothing else yet."""
    first = project.village_code
    return ProjectRow(**_identity(project), status="registered", first_village_code=first, updated_at=at)


def project_row(state: ProjectState, book: Rulebook, at: datetime) -> ProjectRow:
    """Return the row of a project.

    Args:
        state: State after the last entry.
        book: Policies of the project.
        at: Instant of that entry.
    """
    stages = state.stages.values()
    opened = [stage.turn for stage in stages if stage.status == "open" and stage.turn]
    due, original, is_provisional = _earliest(state, book)
    milestone = next(batch.rungs(state, book), None)
    if milestone and (due is None or milestone.at < due):
        due, original, is_provisional = milestone.at, milestone.at, False
    return ProjectRow(
        **_identity(state.project),
        **state.pins.model_dump(include={"plan", "ladder", "hierarchy", "calendar"}),
        status=state.status,
        hold_code=state.hold.code if state.hold else "",
        open_stages=",".join(state.open_stages()),
        level=max((batch.level(state, book), *(turn.level for turn in opened))),
        percent=round(100 * sum(stage.status == "done" for stage in stages) / max(len(state.stages), 1)),
        next_due_at=due,
        next_original_due_at=original,
        is_provisional=is_provisional,
        seq=state.seq,
        refusals=sum(stage.refusals for stage in stages),
        started_at=min((turn.opened_at for stage in stages for turn in _turns(stage)), default=None),
        closed_at=_closed_at(state) if state.is_over else None,
        updated_at=at,
        ended_code=state.ended_code,
        merged_into=state.merged_into,
        first_village_code=state.changes[0].from_code if state.changes else state.project.village_code,
        money=_json(state.money),
        matters=len(state.matters),
    )


def stage_rows(state: ProjectState, book: Rulebook, at: datetime, before: ProjectState | None = None) -> list[StageRow]:
    """Return the rows of the stages, in plan order.

    Args:
        state: State after the last entry.
        book: Policies of the project.
        at: Instant of that entry.
        before: An earlier state. When given, rows that cannot have changed since are left out; an open stage always
            changes, because its days go on; under other policies, or in a village with other seasons, every stage may.
    """
    is_other = before is None or (before.pins, before.project) != (state.pins, state.project)
    return [
        stage_row(key, position, state, book, at)
        for position, (key, stage) in enumerate(state.stages.items())
        if is_other or before is None or stage.status == "open" or stage != before.stages.get(key)
    ]


def matter_rows(state: ProjectState, book: Rulebook) -> list[MatterRow]:
    """Return the rows of the matters that wait for a decision, in the order asked."""
    return [
        MatterRow(
            project_id=state.project.project_id,
            key=matter.key,
            kind=matter.kind,
            stage=matter.stage,
            step=matter.step,
            owner=matter.turn.owner,
            asked_by=matter.asked_by,
            asked_at=matter.asked_at,
            due_at=clock.due_at(matter.turn, book.calendar),
            level=matter.turn.level,
        )
        for matter in state.matters
    ]


def stage_row(key: str, position: int, state: ProjectState, book: Rulebook, at: datetime) -> StageRow:
    """Return the row of one stage, at the instant of the last entry."""
    stage = state.stages[key]
    live = stage.turn if stage.status == "open" else None
    last = live or (stage.past[-1] if stage.status == "done" and stage.past else None)
    calendar = book.calendar_of(key, state.project)
    days = clock.days_by_party(clock.segments(stage), calendar, at)
    return StageRow(
        project_id=state.project.project_id,
        stage=key,
        position=position,
        status=stage.status,
        round=stage.round,
        turn=live.kind if live else "",
        owner=live.owner if live else "",
        party=live.segments[-1].party if live else "",
        opened_at=_opened_at(stage) if last else None,
        due_at=clock.due_at(_unended(last), calendar) if last else None,
        original_due_at=last.original_due_at if last else None,
        closed_at=stage.closed_at,
        closed_by=stage.closed_by,
        percent=stage.percent,
        level=last.level if last else 0,
        days_by_party=_json(days),
        has_request=stage.request is not None,
        previous_due_at=last.previous_due_at if last else None,
    )


def _json(numbers: Mapping[str, float]) -> str:
    return json.dumps(numbers, sort_keys=True, separators=(",", ":"))


def _identity(project: Project) -> dict[str, Any]:
    return {**project.model_dump(), "county_code": project.county_code}


def _earliest(state: ProjectState, book: Rulebook) -> tuple[datetime | None, datetime | None, bool]:
    """Return due and original due instant of the turn that falls due first, and whether that is provisional."""
    days = [
        (day, stage.turn)
        for key, stage in state.stages.items()
        if stage.status == "open" and stage.turn
        if (day := clock.due_day(stage.turn, book.calendar_of(key, state.project))) is not None
    ]
    if not days:
        return None, None, False
    day, turn = min(days, key=lambda pair: pair[0])
    return book.calendar.closes_at(day), turn.original_due_at, book.calendar.is_provisional(day)


def _turns(stage: StageState) -> list[Turn]:
    return [turn for turn in (*stage.past, stage.suspended, stage.turn) if turn]


def _opened_at(stage: StageState) -> datetime | None:
    works = [turn.opened_at for turn in _turns(stage) if turn.kind == "work"]
    return max(works, default=None)


def _unended(turn: Turn) -> Turn:
    """Return the turn as it was before its end, for the due day it then had."""
    last = turn.segments[-1].model_copy(update={"until_at": None})
    return turn.model_copy(update={"segments": (*turn.segments[:-1], last)})


def _closed_at(state: ProjectState) -> datetime | None:
    """Return the end of the last segment: every end of a project ends its open turns at that same instant."""
    turns = [turn for stage in state.stages.values() for turn in _turns(stage)]
    return max((turn.segments[-1].until_at for turn in turns if turn.segments[-1].until_at), default=None)
