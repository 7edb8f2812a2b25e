"""How people are told, as data: the hours of digests, what goes alone, how long silences may last, and the texts."""

from __future__ import annotations

from datetime import time
from typing import Literal

from pydantic import Field

from schemas.ladder import ClockTime
from schemas.message import Document
from schemas.policy import PolicyDocument


class Hours(Document):
    """A stretch of every day, local time; one that ends before it begins goes over midnight."""

    since: ClockTime
    until: ClockTime


class MessagingPolicy(PolicyDocument):
    """When and how notices become letters. Not pinned by projects: it speaks of people, and the newest is in force.

    Attributes:
        calendar: Name of the calendar of working days; its newest published version counts.
        letters: Name of the templates; their newest published version counts.
        digest_at: Local time of a person's daily digest, unless they chose one of their own.
        office: Hours in which digests may go out, on working days.
        quiet: Hours in which nothing goes out, urgent or not, first try or further one.
        jitter_minutes: Digests are spread over so many minutes after their time, by person and day.
        worst: How many notices a digest tells in full; the others are in its table.
        alone_from_level: Level from which a notice goes alone and at once, outside quiet hours; None: none does.
        unsilenced_from_level: Level from which no silence holds a notice back; None: every notice can be silenced.
        longest_silence_days: Longest silence, in calendar days.
        promise_days: Days that a link to answer stays good.
    """

    kind: Literal["messaging"] = "messaging"
    calendar: str
    letters: str
    digest_at: ClockTime = time(9, 30)
    office: Hours = Hours(since=time(9, 0), until=time(18, 0))
    quiet: Hours = Hours(since=time(20, 0), until=time(8, 0))
    jitter_minutes: int = Field(default=20, ge=0, le=240)
    worst: int = Field(default=10, ge=1, le=50)
    alone_from_level: int | None = None
    unsilenced_from_level: int | None = None
    longest_silence_days: int = Field(default=30, ge=1, le=30)
    promise_days: int = Field(default=30, ge=1, le=366)


LetterKind = Literal["digest", "alone"]
LetterPart = Literal["subject", "text", "html", "short"]
"""subject: one line; text and html: the whole letter; short: for robots and SMS."""


class LetterTemplates(PolicyDocument):
    """The texts of letters as Jinja2 sources.

    Attributes:
        texts: Sources by language, kind of letter and part; every language of a reader has every kind and part.
        longest: Longest rendered text by part, in characters; 0: no limit.
    """

    kind: Literal["letters"] = "letters"
    texts: dict[Literal["zh-CN", "en"], dict[LetterKind, dict[LetterPart, str]]]
    longest: dict[LetterPart, int] = Field(default_factory=dict)
