"""Instants and terms as people read them: in the local time of the project's calendar, with its offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rules.calendar import WorkingCalendar


def moment(at: datetime, calendar: WorkingCalendar) -> str:
    """Return an instant in local time, to the minute; to the tenth of a second where days are shorter."""
    offset_hours = calendar.document.utc_offset_hours
    local = at.astimezone(UTC) + timedelta(hours=offset_hours)
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
