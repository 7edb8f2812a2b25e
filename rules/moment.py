"""Instants and terms as people read and write them: in the local time of the project's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from rules.calendar import WorkingCalendar
from schemas.reason import ErrorKind, Refusal

JUST_BEFORE = timedelta(seconds=1)
"""A day is counted to whoever has the ball when it opens: what begins with a day begins just before."""

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_NONE = timedelta(0)


def moment(at: datetime, calendar: WorkingCalendar) -> str:
    """Return an instant in local time, to the minute; to the tenth of a second where days are shorter.

    The first and the last hours of all time have no local time; they are told as the nearest instant that has one.
    """
    offset_hours = calendar.document.utc_offset_hours
    ahead = timedelta(hours=offset_hours)
    at = min(max(at, _FIRST - ahead if ahead < _NONE else _FIRST), _LAST - ahead if ahead > _NONE else _LAST)
    local = at.astimezone(UTC) + ahead
    hours, minutes = divmod(round(abs(offset_hours) * 60), 60)
    offset = f"{'-' if offset_hours < 0 else '+'}{hours:02}:{minutes:02}"
    if not calendar.is_compressed:
        return f"{local:%Y-%m-%d %H:%M} {offset}"
    tenths = local.microsecond // 100_000
    return f"{local:%Y-%m-%d %H:%M:%S}.{tenths} {offset}"


def due(due_at: datetime, calendar: WorkingCalendar) -> str:
    """Return a due instant as the day that it ends; where days are shorter, as the instant itself."""
    if calendar.is_compressed:
        return moment(due_at, calendar)
    return calendar.label(calendar.day(due_at - timedelta(seconds=1)))


def written(text: str, calendar: WorkingCalendar, now: datetime, *, at_end: bool = True) -> datetime:
    """Return the end of a date (or its beginning), or of the working day `+Nd` from now, or an ISO instant.

    Raises:
        Refusal: It is none of these.
    """
    try:
        if text.startswith("+") and text.endswith("d"):
            return calendar.closes_at(calendar.after(now, int(text[1:-1]), "working"))
        if len(text) == len("2018-09-20") and not calendar.is_compressed:
            day = calendar.day_of(date.fromisoformat(text))
            return calendar.closes_at(day) if at_end else calendar.opens_at(day) - JUST_BEFORE
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC) - timedelta(hours=calendar.document.utc_offset_hours)
    except (ValueError, OverflowError) as error:
        raise Refusal("option.no_instant", ErrorKind.INVALID, value=text) from error
