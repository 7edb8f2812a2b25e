"""What makes a calendar sound beyond the types of its fields: every day it names exists, and days can be counted.

A workflow reads its calendar when nobody looks on; what is wrong with one has to be told before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from schemas.calendar import Calendar
from schemas.reason import ErrorKind, Param, Reason

WEEKDAYS = range(1, 8)
YEARS = range(1900, 3000)
OFFSETS = (-12, 14)
SHORTEST_DAY = 0.001


def calendar_problems(calendar: Calendar) -> list[Reason]:
    """Return everything that is wrong with a calendar; empty when it is sound."""
    return [*_clock(calendar), *_weekend(calendar), *_years(calendar), *_days(calendar)]


def _clock(calendar: Calendar) -> Iterator[Reason]:
    first, last = OFFSETS
    if not first <= calendar.utc_offset_hours <= last:
        yield _bad(calendar, "policy.calendar_offset", value=calendar.utc_offset_hours, first=first, last=last)
    if calendar.day_seconds < SHORTEST_DAY:
        yield _bad(calendar, "policy.calendar_day_seconds", value=calendar.day_seconds, least=SHORTEST_DAY)


def _weekend(calendar: Calendar) -> Iterator[Reason]:
    for day in calendar.weekend:
        if day not in WEEKDAYS:
            yield _bad(calendar, "policy.calendar_weekday", value=day)
    if set(WEEKDAYS) <= set(calendar.weekend):
        yield _bad(calendar, "policy.calendar_no_workday")
    if calendar.weekend and calendar.last_year is None:
        yield _bad(calendar, "policy.calendar_no_last_year")
    if calendar.holidays and not calendar.weekend:
        yield _bad(calendar, "policy.calendar_no_weekend")


def _years(calendar: Calendar) -> Iterator[Reason]:
    first, last = calendar.first_year, calendar.last_year
    for place, year in (("first_year", first), ("last_year", last)):
        if year is not None and year not in YEARS:
            yield _bad(calendar, "policy.calendar_year", place=place, value=year, first=YEARS[0], last=YEARS[-1])
    if last is not None and last < first:
        yield _bad(calendar, "policy.calendar_years", first=first, last=last)
        return
    if calendar.weekend and last is not None and last in YEARS and not calendar.holidays.get(last):
        yield _bad(calendar, "policy.calendar_no_holidays", value=last)
    for place, table in _tables(calendar).items():
        for year in table:
            if year < first or (last is not None and year > last):
                shown = "—" if last is None else last
                yield _bad(calendar, "policy.calendar_year_outside", place=place, value=year, first=first, last=shown)


def _days(calendar: Calendar) -> Iterator[Reason]:
    for place, table in _tables(calendar).items():
        for year, days in table.items():
            for text in days:
                on = _date(year, text)
                if on is None:
                    yield _bad(calendar, "policy.calendar_no_date", place=f"{place}.{year}", value=text)
                elif place == "makeup" and on.isoweekday() not in calendar.weekend:
                    yield _bad(calendar, "policy.calendar_makeup", value=on.isoformat())
    for year, days in calendar.makeup.items():
        for text in days:
            if text in calendar.holidays.get(year, ()):
                yield _bad(calendar, "policy.calendar_both", value=f"{year}-{text}")


def _tables(calendar: Calendar) -> dict[str, Mapping[int, tuple[str, ...]]]:
    return {"holidays": calendar.holidays, "makeup": calendar.makeup}


def _date(year: int, month_day: str) -> date | None:
    try:
        return date.fromisoformat(f"{year:04d}-{month_day}")
    except ValueError:
        return None


def _bad(calendar: Calendar, code: str, **params: Param) -> Reason:
    name = f"{calendar.name}@{calendar.version}"
    return Reason(code=code, params={"document": name, **params}, kind=ErrorKind.INVALID)
