"""Fair clocks: budgets with segments by party.

A turn has a budget of days and a list of segments. Running segments use the budget up; held ones do not. The due
day is computed from what is left, never stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from rules.calendar import WorkingCalendar
from schemas.state import StageState
from schemas.turn import Segment, Turn


def consumed(turn: Turn, calendar: WorkingCalendar) -> int:
    """Return the days of the budget used up in segments that have ended."""
    return sum(
        calendar.between(segment.since_at, segment.until_at, turn.unit)
        for segment in turn.segments
        if segment.is_running and segment.until_at is not None
    )


def due_day(turn: Turn, calendar: WorkingCalendar) -> int | None:
    """Return the day on which the budget ends as things stand; None while the clock is held."""
    if turn.is_held:
        return None
    return calendar.after(turn.segments[-1].since_at, turn.budget_days - consumed(turn, calendar), turn.unit)


def due_at(turn: Turn, calendar: WorkingCalendar) -> datetime | None:
    """Return the instant at which the turn falls due; None while the clock is held."""
    day = due_day(turn, calendar)
    return None if day is None else calendar.closes_at(day)


def first_due_at(opened_at: datetime, budget_days: int, unit: str, calendar: WorkingCalendar) -> datetime:
    """Return the due instant of a turn that opens now."""
    return calendar.closes_at(calendar.after(opened_at, budget_days, "calendar" if unit == "calendar" else "working"))


def left(turn: Turn, calendar: WorkingCalendar, now: datetime) -> int:
    """Return the days of the budget that are left at `now`; negative when overdue."""
    last = turn.segments[-1]
    running = calendar.between(last.since_at, now, turn.unit) if last.is_running and last.until_at is None else 0
    return turn.budget_days - consumed(turn, calendar) - running


def segments(stage: StageState) -> list[Segment]:
    """Return every segment of a stage, over all its turns, in order of time."""
    turns = [*stage.past, *([stage.suspended] if stage.suspended else []), *([stage.turn] if stage.turn else [])]
    return sorted((segment for turn in turns for segment in turn.segments), key=_in_time)


def periods_kept(stage: StageState, *, is_undone: bool) -> int:
    """Return how many periods of a stage stay over when it is reset: undoing it undoes the last of them."""
    return max(stage.period - 1, 0) if is_undone else stage.period


def _in_time(segment: Segment) -> tuple[datetime, bool, datetime]:
    """Return the sorting key of segments: of those that start together, the empty one was first."""
    return segment.since_at, segment.until_at is None, segment.until_at or segment.since_at


def days_by_party(spans: Iterable[Segment], calendar: WorkingCalendar, now: datetime) -> dict[str, int]:
    """Return elapsed working days by party: each working day of the spans is counted for exactly one.

    Those on which a season stops work are counted for the season's party, whoever had the ball.
    """
    days: Counter[str] = Counter()
    for span in spans:
        until = span.until_at or now
        days[span.party] += calendar.between(span.since_at, until)
        days.update(calendar.stopped(span.since_at, until))
    return {party: count for party, count in sorted(days.items()) if count}


def ended(turn: Turn, at: datetime) -> Turn:
    """Return the turn with its last segment ended."""
    last = turn.segments[-1]
    if last.until_at is not None:
        return turn
    return turn.model_copy(update={"segments": (*turn.segments[:-1], last.model_copy(update={"until_at": at}))})


def held(turn: Turn, at: datetime, party: str) -> Turn:
    """Return the turn with its clock stopped; the days go to `party`."""
    stopped = ended(turn, at)
    pause = Segment(party=party, since_at=at, is_running=False)
    return stopped.model_copy(update={"segments": (*stopped.segments, pause)})


def running(turn: Turn, at: datetime) -> Turn:
    """Return the turn with its clock going again for its own party."""
    stopped = ended(turn, at)
    return stopped.model_copy(update={"segments": (*stopped.segments, Segment(party=turn.party, since_at=at))})


def reattributed(turn: Turn, since: datetime, until: datetime, party: str) -> Turn:
    """Return the turn with a stretch of its days counted to another party, and so given back to its budget.

    Only what lies within its segments and was another party's changes; a stretch that goes on until now leaves a
    running segment after it.
    """
    segments: list[Segment] = []
    for segment in turn.segments:
        end = segment.until_at
        first, last = max(segment.since_at, since), min(end, until) if end else until
        if first >= last or segment.party == party:
            segments.append(segment)
            continue
        if segment.since_at < first:
            segments.append(segment.model_copy(update={"until_at": first}))
        segments.append(Segment(party=party, since_at=first, until_at=last, is_running=False))
        if end is None or last < end:
            segments.append(segment.model_copy(update={"since_at": last}))
    return turn.model_copy(update={"segments": tuple(segments)})
