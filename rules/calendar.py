"""Working days: a calendar document made countable.

Days are numbered by the local midnight that opens them. Everything is said with one function, `count(at)`: how many
countable days have opened up to an instant. A day therefore belongs to whoever holds the ball when it opens, the
opening day of a term is not counted and the last day counts whole (Civil Code of the PRC, Art. 201 and 203), and
the days of adjoining stretches add up without gap or overlap.

A calendar can be given seasons in which work stops: the days of a stop do not count, in neither unit, and no term ends
on one. A demonstration calendar is the same thing with shorter days; these have no dates, so it knows no seasons.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from schemas.calendar import Calendar
from schemas.plan import Season, Unit
from schemas.reason import ErrorKind, Refusal

_EPOCH = date(1970, 1, 1)
_LAST_DAY = (date.max - _EPOCH).days  # of all dates: the midnight that ends it opens a day without a name
_EARNEST_DAY = timedelta(days=1)
_YEARS_AHEAD = 40
SHORT_MONTH_DAYS = 30
"""Days of a month in a calendar whose days are shorter and have no dates."""
_A_LEAP_YEAR = 2024


class WorkingCalendar:
    """Counts and finds days of one calendar. Immutable; the same document always gives the same answers.

    Attributes:
        document: The calendar as it was written.
        seasons: Times of the year that do not count; none in a calendar for demonstrations.
    """

    def __init__(self, document: Calendar, seasons: tuple[Season, ...] = ()) -> None:
        """Build from the document.

        Args:
            document: The calendar as it was written.
            seasons: Times of the year in which work stops, whatever their areas.
        """
        self.document = document
        is_real = document.weekend and document.day_seconds == _EARNEST_DAY.total_seconds()
        self.seasons = seasons if is_real else ()
        self._origin = datetime(1970, 1, 1, tzinfo=UTC) - timedelta(hours=document.utc_offset_hours)
        self._length = timedelta(seconds=document.day_seconds)

    # Days and instants

    def day(self, at: datetime) -> int:
        """Return the number of the day in which `at` lies."""
        return (at - self._origin) // self._length

    def opens_at(self, day: int) -> datetime:
        """Return the midnight that opens a day, in UTC."""
        return self._origin + day * self._length

    def closes_at(self, day: int) -> datetime:
        """Return the midnight that ends a day, in UTC: the due instant of a term that ends on it."""
        return self.opens_at(day + 1)

    def time_on(self, day: int, clock: time) -> datetime:
        """Return the instant at local `clock` time of a day; shorter days are divided in proportion."""
        seconds = clock.hour * 3600 + clock.minute * 60 + clock.second
        return self.opens_at(day) + self._length * seconds // 86400

    def label(self, day: int) -> str:
        """Return the day as people say it: an ISO date, or `day N` where days are shorter."""
        return f"day {day}" if self.is_compressed else (_EPOCH + timedelta(days=min(day, _LAST_DAY))).isoformat()

    def day_of(self, on: date) -> int:
        """Return the number of a date."""
        return (on - _EPOCH).days

    @property
    def is_compressed(self) -> bool:
        """Whether a day of this calendar is shorter than a real one."""
        return self._length != _EARNEST_DAY

    # Counting

    def count(self, at: datetime, unit: Unit = "working") -> int:
        """Return how many days of `unit` have opened up to and including `at` (an ordinal; use differences)."""
        return self._ordinal(self.day(at), unit)

    def between(self, since: datetime, until: datetime, unit: Unit = "working") -> int:
        """Return how many days of `unit` opened after `since` and not after `until`."""
        return self.count(until, unit) - self.count(since, unit)

    def after(self, at: datetime, days: int, unit: Unit) -> int:
        """Return the day on which a term of `days` from `at` ends; negative terms lie before.

        A term in calendar days that ends on a free day ends on the next working day instead.
        """
        return self.next_working(self.last_day(at, days, unit))

    def last_day(self, at: datetime, days: int, unit: Unit) -> int:
        """Return the last day of a term as it is counted, free or not."""
        return self._nth(self.count(at, unit) + days, unit)

    def shift(self, day: int, working_days: int) -> int:
        """Return the working day `working_days` after (or, negative, before) a day; 0 gives the day itself."""
        if working_days == 0:
            return day
        ordinal = self._ordinal(day, "working") + working_days
        return self._nth(ordinal if self.is_working(day) or working_days > 0 else ordinal + 1)

    def months_after(self, day: int, months: int) -> int:
        """Return the day of the same number so many months later, or the last day of a shorter month.

        A month of a calendar with shorter days has thirty of them.
        """
        if self.is_compressed:
            return day + months * SHORT_MONTH_DAYS
        on = _EPOCH + timedelta(days=day)
        year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
        return self.day_of(date(year, month + 1, min(on.day, monthrange(year, month + 1)[1])))

    def next_working(self, day: int) -> int:
        """Return the day itself when it is a working day, else the next one."""
        return day if self.is_working(day) else self._nth(self._ordinal(day, "working") + 1)

    def is_working(self, day: int) -> bool:
        """Whether people work on that day, and no season stops them."""
        if not self.document.weekend:
            return True
        index = bisect_left(self._days, day)
        return index < len(self._days) and self._days[index] == day

    def is_provisional(self, day: int) -> bool:
        """Whether the day lies beyond the last published year, so that its date may still move."""
        last = self.document.last_year
        return last is not None and day > self.day_of(date(last, 12, 31))

    def stopped(self, since: datetime, until: datetime) -> dict[str, int]:
        """Return the working days of the seasons that opened after `since` and not after `until`, by party."""
        first, last = self.day(since), self.day(until)
        counts = {party: bisect_right(days, last) - bisect_right(days, first) for party, days in self._stops.items()}
        return {party: count for party, count in counts.items() if count}

    # Inner

    @cached_property
    def _days(self) -> list[int]:
        """Working days on which no season stops work."""
        stopped = {day for days in self._stops.values() for day in days}
        return [day for day in self._all_days if day not in stopped]

    @cached_property
    def _stops(self) -> dict[str, list[int]]:
        """Working days on which a season stops work, by its party."""
        stops: dict[str, list[int]] = defaultdict(list)
        if self.seasons:
            for day in self._all_days:
                if season := self._season(day):
                    stops[season.party].append(day)
        return dict(stops)

    @cached_property
    def _open_days(self) -> Sequence[int]:
        """Days of the calendar on which no season stops work."""
        every = range(self._all_days[0], self._all_days[-1] + 1)
        return [day for day in every if self._season(day) is None]

    def _season(self, day: int) -> Season | None:
        on = _EPOCH + timedelta(days=day)
        return self._seasons_by_day.get((on.month, on.day))

    @cached_property
    def _seasons_by_day(self) -> dict[tuple[int, int], Season]:
        """The season of each day of the year that has one; where seasons overlap, the first."""
        every = (date(_A_LEAP_YEAR, 1, 1) + timedelta(days=number) for number in range(366))
        found = (
            (on, next((s for s in self.seasons if is_within(f"{on:%m-%d}", s.since, s.until)), None)) for on in every
        )
        return {(on.month, on.day): season for on, season in found if season}

    @cached_property
    def _all_days(self) -> list[int]:
        """Working days of the document."""
        document = self.document
        last_year = (document.last_year or document.first_year) + _YEARS_AHEAD
        free = {_on(year, text) for year, texts in document.holidays.items() for text in texts}
        extra = {_on(year, text) for year, texts in document.makeup.items() for text in texts}
        first, last = self.day_of(date(document.first_year, 1, 1)), self.day_of(date(last_year, 12, 31))
        return [
            day
            for day in range(first, last + 1)
            if day in extra or ((day + 3) % 7 + 1 not in document.weekend and day not in free)
        ]

    def _ordinal(self, day: int, unit: Unit) -> int:
        days = self._counted(unit)
        if days is None:
            return day
        self._check(day)
        return bisect_right(days, day)

    def _nth(self, ordinal: int, unit: Unit = "working") -> int:
        days = self._counted(unit)
        if days is None:
            return ordinal
        if not 1 <= ordinal <= len(days):
            raise self._outside("—")
        return days[ordinal - 1]

    def _counted(self, unit: Unit) -> Sequence[int] | None:
        """Return the days that count in a unit; None when every day does."""
        if unit == "calendar":
            return self._open_days if self.seasons else None
        return self._days if self.document.weekend else None

    def _check(self, day: int) -> None:
        first = self.day_of(date(self.document.first_year, 1, 1))
        if not first <= day <= self._all_days[-1]:
            raise self._outside(self.label(day))

    def _outside(self, day: str) -> Refusal:
        document = self.document
        return Refusal(
            "calendar.outside",
            ErrorKind.INVALID,
            day=day,
            calendar=f"{document.name}@{document.version}",
            first=document.first_year,
            last=(document.last_year or document.first_year) + _YEARS_AHEAD,
        )


def is_within(on: str, since: str, until: str) -> bool:
    """Whether a day `MM-DD` lies in a time of the year, which may run over the end of the year."""
    return since <= on <= until if since <= until else on >= since or on <= until


def _on(year: int, month_day: str) -> int:
    return (date.fromisoformat(f"{year}-{month_day}") - _EPOCH).days
