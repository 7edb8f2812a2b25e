"""A rehearsal: what a policy would send over a whole ledger, computed without the engine."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from schemas.message import Document, Message, Title

SHARES_SUM = 1.0
_ROUNDING = 1e-6


class Lateness(Document):
    """A share of the projects, and how late they are.

    Attributes:
        days: Working days after its due day on which each stage is closed; negative for before it.
        share: Share of the projects of which this holds.
    """

    days: int = 0
    share: float = Field(default=SHARES_SUM, gt=0, le=SHARES_SUM)


def _whole(classes: tuple[Lateness, ...]) -> tuple[Lateness, ...]:
    if abs(sum(one.share for one in classes) - SHARES_SUM) > _ROUNDING:
        raise ValueError("the shares add up to 1")
    return classes


class Assumption(Document):
    """How people are assumed to behave, and what one of them can bear.

    Attributes:
        start_on: Day on which the first projects start; the next working day when it is free.
        spread_days: Working days over which the counties of each province start, one after the other; 1 for all at
            once.
        starting_hour: Local hour of the day at which a project starts.
        closing_hour: Local hour of the day at which a stage is closed.
        late: How late the projects are, by share.
        capacity: Messages that a person can act on in a day.
    """

    start_on: date
    spread_days: int = Field(default=1, ge=1)
    starting_hour: int = Field(default=10, ge=0, le=23)
    closing_hour: int = Field(default=16, ge=0, le=23)
    late: Annotated[tuple[Lateness, ...], Field(min_length=1), AfterValidator(_whole)] = (Lateness(),)
    capacity: int = Field(default=100, ge=1)


class DayLoad(Message):
    """What falls on a day.

    Attributes:
        number: Number of the day in the calendar.
        day: The day in words of the calendar.
        messages: Messages to all people together.
        by_level: The same by level, `0` for reminders.
        busiest: Messages to the person who receives most on that day.
        over_capacity: People who receive more than they can act on.
    """

    number: int
    day: str
    messages: int
    by_level: dict[int, int]
    busiest: int = 0
    over_capacity: int = 0


class PersonLoad(Message):
    """What one person would receive.

    Attributes:
        person_id: The person.
        messages: Over the whole time.
        busiest_day: Day with the most of them; the first one of equals.
        on_busiest_day: How many then.
        days_over: Days with more than the person can act on.
    """

    person_id: str
    messages: int
    busiest_day: str
    on_busiest_day: int
    days_over: int


class Gap(Message):
    """Rungs that did not reach the role they were for.

    Attributes:
        role: Role that was addressed.
        area: Code prefix of the area whose post it is; empty for the nation.
        organisation: Organisation whose post it is; empty for posts of government.
        rungs: How many.
        person_id: Who receives them instead, higher up; empty when nobody does.
    """

    role: str
    area: str
    organisation: str = ""
    rungs: int
    person_id: str = ""


class HolidayLoad(Message):
    """A long holiday, and what waits at its end.

    Attributes:
        since: First free day.
        until: Last free day.
        first, last: The same as numbers of days in the calendar.
        free_days: Length, weekends that adjoin included.
        resumes_on: First working day after it.
        messages: Messages on that day.
        moved: Due days that fell into the holiday and moved to that day.
    """

    since: str
    until: str
    first: int
    last: int
    free_days: int
    resumes_on: str
    messages: int
    moved: int


class Rehearsal(Message):
    """What a policy would send.

    Attributes:
        policies: References of all policies that took part.
        assumed: How people were assumed to behave.
        projects: Projects rehearsed.
        rungs: Rungs that would fire.
        messages: Messages to people that follow; one rung may speak to several.
        rungs_by_level: Rungs by level, `0` for reminders.
        titles: Names of the levels.
        roles: Names of the roles.
        days: Messages by day, in order of time.
        people: By person, most first.
        nobody: Rungs that nobody would receive, by role and area, most first.
        upward: Rungs that a superior receives because a post is vacant, by role and area, most first.
        moved: Due days that a free day moved to the next working day.
        holidays: Long holidays within the time, in order.
        provisional: Rungs whose due day lies beyond the last published calendar year.
    """

    policies: tuple[str, ...]
    assumed: Assumption
    projects: int
    rungs: int
    messages: int
    rungs_by_level: dict[int, int]
    titles: dict[int, Title]
    roles: dict[str, Title]
    days: tuple[DayLoad, ...]
    people: tuple[PersonLoad, ...]
    nobody: tuple[Gap, ...]
    upward: tuple[Gap, ...]
    moved: int
    holidays: tuple[HolidayLoad, ...]
    provisional: int

    @property
    def heaviest_days(self) -> list[DayLoad]:
        """Days by messages, most first; the earlier one of equals."""
        return sorted(self.days, key=lambda one: (-one.messages, one.number))

    @property
    def people_over(self) -> list[PersonLoad]:
        """People who receive more than they can act on, on some day."""
        return [one for one in self.people if one.days_over]
