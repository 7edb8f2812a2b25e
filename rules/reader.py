"""How a reader of letters is spoken to: the language, the local time, and nothing that misleads the eye."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from rules.text import one_line, say
from rules.texts import CATALOGUE
from schemas.reason import Param

CHINA_OFFSET_HOURS = 8.0
"""China keeps one time all year."""

_WEEKDAYS_ZH = "一二三四五六日"


@dataclass(frozen=True)
class Reader:
    """A reader.

    Attributes:
        lang: `zh-CN` or `en`.
        utc_offset_hours: Offset of local time.
    """

    lang: str
    utc_offset_hours: float = CHINA_OFFSET_HOURS

    @property
    def is_chinese(self) -> bool:
        """Whether the reader's language is Chinese."""
        return self.lang.startswith("zh")

    def say(self, code: str, /, **params: Param) -> str:
        """Return a sentence, with texts that came from outside in one line."""
        return say(code, self.lang, **{key: one_line(v) if isinstance(v, str) else v for key, v in params.items()})

    def own(self, family: str, key: str, otherwise: str, /, **params: Param) -> str:
        """Return the sentence that a family has for a key, else the family's general one."""
        code = f"{family}.{key}"
        return self.say(code if code in CATALOGUE else otherwise, **params)

    def pick(self, zh: str, en: str) -> str:
        """Return one of two names, in one line."""
        return one_line(zh if self.is_chinese else en)

    # Times

    def local(self, at: datetime) -> datetime:
        """Return local time, without a zone."""
        return at.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=self.utc_offset_hours)

    def due(self, at: datetime) -> str:
        """Return a due instant as people say it: a term that ends at midnight ends with the day before."""
        day = self.due_day(at)
        if day is None:
            return self.moment(at, with_seconds=True)
        return f"{self.date(day)}24时" if self.is_chinese else f"the end of {self.date(day)}"

    def due_day(self, at: datetime) -> date | None:
        """Return the day that ends at an instant; None when none does."""
        local = self.local(at)
        is_midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
        return (local - timedelta(days=1)).date() if is_midnight else None

    def when(self, at: datetime) -> str:
        """Return an instant as the day on which it is; to the second where days are shorter."""
        local = self.local(at)
        return self.moment(at, with_seconds=True) if local.second or local.microsecond else self.date(local.date())

    def moment(self, at: datetime, *, with_seconds: bool = False) -> str:
        """Return an instant to the minute or second."""
        local = self.local(at)
        clock = f"{local:%H:%M:%S}" if with_seconds else f"{local:%H:%M}"
        return f"{self.date(local.date())} {clock}" if self.is_chinese else f"{self.date(local.date())}, {clock}"

    def day_of(self, label: str, at: datetime) -> date:
        """Return the day of a letter: its label, or where days are shorter and labels no dates, that of its instant."""
        try:
            return date.fromisoformat(label)
        except ValueError:
            return self.local(at).date()

    def dated(self, on: date) -> str:
        """Return a day with its weekday."""
        weekday = f"（星期{_WEEKDAYS_ZH[on.weekday()]}）" if self.is_chinese else f"{on:%A}, "
        return f"{self.date(on)}{weekday}" if self.is_chinese else f"{weekday}{self.date(on)}"

    def date(self, on: date) -> str:
        """Return a day."""
        return f"{on.year}年{on.month}月{on.day}日" if self.is_chinese else f"{on.day} {on:%B} {on.year}"

    @property
    def zone(self) -> str:
        """Name of local time."""
        if self.is_chinese and self.utc_offset_hours == CHINA_OFFSET_HOURS:
            return "北京时间"
        return f"UTC{self.utc_offset_hours:+g}" if self.utc_offset_hours else "UTC"
