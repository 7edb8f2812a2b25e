"""A letter as its templates see it: totals, the worst notices with what to do, and the whole list as a table.

Pure: the same letter always gives the same view, so a further try hands over the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rules import notice as one
from rules.notice import GROUPS, Group, NoticeView
from rules.reader import Reader
from rules.text import language, one_line
from schemas.letter import Letter, Notice
from schemas.messaging import LetterKind

TableCell = str | int | date | None


@dataclass(frozen=True)
class GroupCount:
    """How many notices tell one sort of thing.

    Attributes:
        group: Which.
        title: Its name.
        count: How many.
    """

    group: Group
    title: str
    count: int


@dataclass(frozen=True)
class LevelCount:
    """How many notices are of one rung.

    Attributes:
        level: Its level; -1 for what has got better.
        title: Its name.
        tone: How urgent.
        count: How many.
    """

    level: int
    title: str
    tone: one.Tone
    count: int


@dataclass(frozen=True)
class LetterView:
    """A letter in the reader's words; its fields are the variables of templates.

    Attributes:
        lang: Language of the reader.
        kind: A day's notices together, or one alone.
        name: Name of the reader.
        day: Its day, with the weekday.
        created: When it was written.
        zone: Name of the local time it speaks of.
        number: Its number.
        link: Signed link to answer it; empty when there is none.
        total: How many notices are in it.
        overdue: How many of them speak of what is overdue.
        decisions: How many of them ask for a decision.
        groups: How many tell what; they add up to the total.
        levels: How many are of which rung, the highest level first; they add up to the total.
        worst: The worst notices in full.
        first: The worst of all; in a letter of one, the one.
        others: How many are not told in full.
        sheet: Name of the attached table of all notices; empty when the text tells all of them.
    """

    lang: str
    kind: LetterKind
    name: str
    day: str
    created: str
    zone: str
    number: str
    link: str
    total: int
    overdue: int
    decisions: int
    groups: tuple[GroupCount, ...]
    levels: tuple[LevelCount, ...]
    worst: tuple[NoticeView, ...]
    first: NoticeView
    others: int
    sheet: str


@dataclass(frozen=True)
class Table:
    """All notices of a letter as a table.

    Attributes:
        name: Name of its file.
        title: Name of its sheet.
        heads: Names of the columns.
        rows: Cells by row, the worst notice first.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[TableCell, ...], ...]


def view(letter: Letter) -> LetterView:
    """Return what the templates of a letter see.

    Raises:
        ValueError: Nothing is in it.
    """
    if not letter.notices:
        raise ValueError(f"letter {letter.key} has no notices")
    reader, notices = reader_of(letter), worst_first(letter.notices)
    worst = tuple(one.view(notice, reader) for notice in notices[: max(1, letter.worst)])
    others = len(notices) - len(worst)
    groups = group_counts(notices, reader)
    return LetterView(
        lang=reader.lang,
        kind=letter.kind,
        name=one_line(letter.name) or one_line(letter.person_id),
        day=reader.dated(reader.day_of(letter.day, letter.created_at)),
        created=reader.moment(letter.created_at),
        zone=reader.zone,
        number=one.number(letter.key),
        link=one_line(letter.link),
        total=len(notices),
        overdue=groups[0].count,
        decisions=sum(bool(notice.matter) for notice in notices),
        groups=groups,
        levels=level_counts(notices, reader),
        worst=worst,
        first=worst[0],
        others=others,
        sheet=_file(letter, reader) if others else "",
    )


def reader_of(letter: Letter) -> Reader:
    """Return how the receiver of a letter is spoken to."""
    return Reader(language(letter.lang), letter.utc_offset_hours)


def worst_first(notices: Iterable[Notice]) -> list[Notice]:
    """Return notices in the order in which they are told: the highest level first, then what is longest overdue."""
    return sorted(notices, key=lambda found: (-found.level, found.days, found.due_at, found.place, found.key))


def group_counts(notices: Iterable[Notice], reader: Reader) -> tuple[GroupCount, ...]:
    """Return how many notices tell what, every group once."""
    counts = Counter(one.group(notice) for notice in notices)
    return tuple(GroupCount(group, reader.say(f"letter.group.{group}"), counts[group]) for group in GROUPS)


def level_counts(notices: Iterable[Notice], reader: Reader) -> tuple[LevelCount, ...]:
    """Return how many notices are of which rung, the highest level first; what has got better comes last."""
    counts: dict[tuple[int, str], int] = Counter()
    tones: dict[tuple[int, str], one.Tone] = {}
    for notice in worst_first(notices):
        is_progress = one.group(notice) == "progress"
        key = (-1, reader.say("letter.group.progress")) if is_progress else (notice.level, one.rung(notice, reader))
        counts[key] += 1
        tones.setdefault(key, one.tone(notice))
    ordered = sorted(counts.items(), key=lambda item: -item[0][0])
    return tuple(LevelCount(*key, tones[key], count) for key, count in ordered)


_COLUMNS = (
    "no",
    "group",
    "rung",
    "place",
    "project",
    "stage",
    "due",
    "days",
    "standing",
    "step",
    "reply_days",
    "next",
    "consequence",
    "vacant",
    "issued",
    "number",
)


def table(letter: Letter) -> Table:
    """Return all notices of a letter as a table."""
    reader = reader_of(letter)
    rows = tuple(_row(number, notice, reader) for number, notice in enumerate(worst_first(letter.notices), 1))
    heads = tuple(reader.say(f"letter.column.{column}") for column in _COLUMNS)
    return Table(_file(letter, reader), reader.say("letter.sheet"), heads, rows)


def _row(number: int, notice: Notice, reader: Reader) -> tuple[TableCell, ...]:
    return (
        number,
        reader.say(f"letter.group.{one.group(notice)}"),
        one.rung(notice, reader),
        one_line(notice.place),
        one_line(notice.project_id),
        one.stage(notice, reader),
        reader.due_day(notice.due_at) or reader.due(notice.due_at),
        notice.days,
        one.standing(notice, reader),
        one.step(notice, reader),
        notice.reply_days or None,
        one.what_next(notice, reader),
        one.consequence(notice, reader),
        one.vacant(notice, reader),
        reader.moment(notice.created_at),
        one.number(notice.key),
    )


def _file(letter: Letter, reader: Reader) -> str:
    return reader.say("letter.file", day=reader.day_of(letter.day, letter.created_at).isoformat())
