"""What a migration would do, shown before it is done: asked of the same rules that carry it out."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from rules import clock, ladder, project
from rules.policy import Rulebook
from schemas.command import Actor, Command, Migrate
from schemas.event import Event, PoliciesMigrated
from schemas.migration import Deadline, MigrationPreview, ProjectMove, RefusedProject, StageMoves
from schemas.policy import Pins
from schemas.state import ProjectState
from schemas.turn import Turn

SAMPLES = 10
"""How many examples a summary carries."""

_SOMEBODY_ELSE = "somebody-else"
"""Stands for the second person, who is not known before the approval."""


def preview(state: ProjectState, old: Rulebook, pins: Pins, actor: Actor, now: datetime) -> ProjectMove:
    """Return what would become of a project if `actor` let it go on under `pins` now.

    Raises:
        PolicyMissingError: One of the policies is not on the shelf of `old`.
    """
    act = Migrate(pins=pins, approved_by=_SOMEBODY_ELSE, decision_no="—")
    answer = project.decide(state, Command(command_id="preview", actor=actor, act=act), now, old)
    if isinstance(answer, project.Refused):
        return ProjectMove(project_id=state.project.project_id, refused=answer.reason)
    events = answer.events if isinstance(answer, project.Accepted) else ()
    new, after = old.shelf.book(pins), project.fold(project.entries(state, events, now), state)
    past = _past_rungs(state, events, new, now)
    deadlines = tuple(
        _deadline(state, key, (stage.turn, after.stages[key].turn), (old, new), now, past.get(key, ()))
        for key, stage in state.stages.items()
        if stage.turn
    )
    opens = tuple(key for key in after.open_stages() if key not in state.open_stages())
    return ProjectMove(project_id=state.project.project_id, deadlines=deadlines, opens=opens)


def summed(moves: Iterable[ProjectMove]) -> MigrationPreview:
    """Return the sum over many projects, which may be a stream."""
    counts: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    refusals: list[RefusedProject] = []
    by_stage: dict[str, Counter[str]] = {}
    furthest: list[tuple[int, int, Deadline]] = []
    for move in moves:
        if move.refused:
            refused[move.refused.code] += 1
            if len(refusals) < SAMPLES:
                refusals.append(RefusedProject(project_id=move.project_id, reason=move.refused))
            continue
        counts.update(projects=1, opens=len(move.opens))
        for deadline in move.deadlines:
            found = _counted(deadline)
            counts.update(found)
            by_stage.setdefault(deadline.stage, Counter()).update(found)
            if found["moved"]:
                # the count keeps those that came first, and deadlines from being compared
                heapq.heappush(furthest, (abs(deadline.moved_days), -counts["moved"], deadline))
                if len(furthest) > SAMPLES:
                    heapq.heappop(furthest)
    stages = (StageMoves(stage=key, **_of(StageMoves, found)) for key, found in by_stage.items())
    return MigrationPreview(
        **_of(MigrationPreview, counts),
        refused=dict(sorted(refused.items())),
        by_stage=tuple(stages),
        samples=tuple(deadline for _, _, deadline in sorted(furthest, reverse=True, key=lambda found: found[:2])),
        refusals=tuple(refusals),
    )


def _past_rungs(
    state: ProjectState, events: Iterable[Event], book: Rulebook, now: datetime
) -> dict[str, tuple[str, ...]]:
    """Return the rungs of stages that would be due before now if nothing kept them silent, by stage."""
    loud = [
        event.model_copy(update={"is_silent": False}) if isinstance(event, PoliciesMigrated) else event
        for event in events
    ]
    found: dict[str, tuple[str, ...]] = {}
    for rung in ladder.rungs(project.fold(project.entries(state, loud, now), state), book):
        if rung.at >= now:
            break
        if rung.kind != ladder.ELAPSE and not rung.matter:
            found[rung.stage] = (*found.get(rung.stage, ()), rung.key)
    return found


def _deadline(  # noqa: PLR0913 - one deadline, and all that it is seen against
    state: ProjectState,
    stage: str,
    turns: tuple[Turn, Turn | None],
    books: tuple[Rulebook, Rulebook],
    now: datetime,
    past_rungs: tuple[str, ...],
) -> Deadline:
    calendars = [book.calendar_of(stage, state.project) for book in books]
    pairs = list(zip(turns, calendars, strict=True))
    days = [clock.due_day(turn, calendar) if turn else None for turn, calendar in pairs]
    before, after = (clock.due_at(turn, calendar) if turn else None for turn, calendar in pairs)
    was, becomes = (
        day is not None and calendar.is_provisional(day) for day, calendar in zip(days, calendars, strict=True)
    )
    length = timedelta(seconds=calendars[1].document.day_seconds)
    return Deadline(
        project_id=state.project.project_id,
        stage=stage,
        due_before=before,
        due_after=after,
        moved_days=round((after - before) / length) if before and after else 0,
        falls_past=before is not None and after is not None and after < now <= before,
        was_provisional=was,
        is_provisional=becomes,
        past_rungs=past_rungs,
    )


def _counted(deadline: Deadline) -> Counter[str]:
    has_moved = deadline.due_before != deadline.due_after
    return Counter(
        deadlines=1,
        moved=int(has_moved),
        later=int(has_moved and deadline.moved_days > 0),
        earlier=int(has_moved and deadline.moved_days < 0),
        falls_past=int(deadline.falls_past),
        made_final=int(deadline.was_provisional and not deadline.is_provisional),
        made_provisional=int(deadline.is_provisional and not deadline.was_provisional),
        past_rungs=len(deadline.past_rungs),
    )


def _of(model: type[MigrationPreview | StageMoves], counts: Counter[str]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if name in model.model_fields}
