"""Calendars of working days as data."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.policy import PolicyDocument

MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class Calendar(PolicyDocument):
    """Which days are working days.

    Attributes:
        utc_offset_hours: Fixed offset of local time (China keeps +8 all year since 1992).
        day_seconds: Length of one day; 86400 in earnest, less in a calendar for demonstrations.
        weekend: ISO weekdays that are free (6 = Saturday, 7 = Sunday); empty when every day works.
        first_year: First year with data; an instant before it is refused.
        last_year: Last officially published year; later instants are provisional. None: never provisional.
        holidays: Official days off by year, as `MM-DD`.
        makeup: Weekend days worked instead (调休) by year, as `MM-DD`.
    """

    kind: Literal["calendar"] = "calendar"
    utc_offset_hours: float = 8.0
    day_seconds: float = Field(default=86400.0, gt=0, le=86400, allow_inf_nan=False)
    weekend: tuple[int, ...] = (6, 7)
    first_year: int = 1970
    last_year: int | None = None
    holidays: dict[int, tuple[MonthDay, ...]] = Field(default_factory=dict)
    makeup: dict[int, tuple[MonthDay, ...]] = Field(default_factory=dict)
