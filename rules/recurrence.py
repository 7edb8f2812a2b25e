"""Stages that come again: which period a turn is for, and when it falls due.

Periods are those of the calendar year, or count from the first opening of the stage. They do not drift: a return that
comes early or late moves no later one. A month of a demonstration calendar is thirty of its days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.calendar import SHORT_MONTH_DAYS, WorkingCalendar
from rules.policy import Rulebook
from schemas.plan import Recurrence, Unit
from schemas.state import ProjectState, StageState

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Series:
    """The periods of one stage of one project.

    Attributes:
        recurs: How the stage recurs.
        unit: Unit of its budget.
        passes: Whether a period only has to pass, without an act of people.
        count: How many periods there are.
        first_at: First opening of the stage.
        calendar: By which its turns are counted.
    """

    recurs: Recurrence
    unit: Unit
    passes: bool
    count: int
    first_at: datetime
    calendar: WorkingCalendar

    def last_day(self, number: int) -> int:
        """Return the last day of a period, which are numbered from 1."""
        calendar, months = self.calendar, self.recurs.months
        day = calendar.day(self.first_at)
        if not self.recurs.is_aligned:
            return calendar.months_after(day, number * months)
        if calendar.is_compressed:
            length = months * SHORT_MONTH_DAYS
            return (day // length + number) * length - 1
        on = _EPOCH + timedelta(days=day)
        year, month = divmod(((on.year * 12 + on.month - 1) // months + number) * months, 12)
        return calendar.day_of(date(year, month + 1, 1)) - 1

    def after(self, over: int, now: datetime) -> int:
        """Return the number of the period after `over`; beyond `count` when none is left.

        One that only has to pass is over once its last day is. What people owe they owe for every period, however late.
        """
        number, today = over + 1, self.calendar.day(now)
        while self.passes and number <= self.count and self.last_day(number) < today:
            number += 1
        return number

    def budget_days(self, number: int, now: datetime) -> int:
        """Return the days from now to the due day of a period.

        Never fewer than the days people have after the end of a period, and at least one: nothing opens overdue.
        """
        calendar, days = self.calendar, self.recurs.due_days
        end = self.last_day(number)
        due = calendar.after(calendar.opens_at(end), days, self.unit) if days else calendar.next_working(end)
        due = max(due, calendar.after(now, max(days, 1), self.unit))
        return calendar.between(now, calendar.opens_at(due), self.unit)


def series(key: str, state: ProjectState, book: Rulebook, now: datetime) -> Series | None:
    """Return the periods of a stage; None when it does not recur."""
    rule, stage = book.stages[key], state.stages[key]
    if rule.recurs is None:
        return None
    return Series(
        recurs=rule.recurs,
        unit=rule.budget.unit,
        passes=rule.closed_by.act == "elapse",
        count=rule.recurs.times_by_tier.get(state.project.tier, rule.recurs.times),
        first_at=_first_at(stage, now),
        calendar=book.calendar_of(key, state.project),
    )


def current(stage: StageState) -> int:
    """Return the period an open recurring stage is in; the first when it was opened under a plan that knew none."""
    return max(stage.turn.period, 1) if stage.turn else stage.period


def _first_at(stage: StageState, now: datetime) -> datetime:
    turns = [*stage.past, *(turn for turn in (stage.suspended, stage.turn) if turn)]
    return min((turn.opened_at for turn in turns if turn.kind == "work"), default=now)
