"""One notice in the reader's words: what is due where, how it stands, what to do about it, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rules.reader import Reader
from rules.text import one_line
from schemas.letter import Notice

Tone = Literal["good", "calm", "due", "late", "grave"]
"""How urgent: good, progress; calm, time is left; due, today; late, overdue; grave, from the circular upward."""
Group = Literal["overdue", "today", "ahead", "progress"]
"""What a notice tells: what is overdue, due today, due later, or that something has got better."""

GROUPS: tuple[Group, ...] = ("overdue", "today", "ahead", "progress")
_GRAVE_LEVEL = 3
_KEY_SHOWN = 12
NAMELESS = "—"
"""What stands for a name that has nothing to read in it."""


@dataclass(frozen=True)
class NoticeView:
    """A notice as templates see it: plain text of one line each, in the reader's language.

    Attributes:
        kind: `reminder`, `escalation` or `milestone`.
        level: Level of the rung.
        tone: How urgent.
        group: What it tells.
        number: Its number, by which it is found again.
        project: Project id.
        place: Village.
        stage: What it speaks of: a stage, a matter that waits, or a milestone.
        rung: Name of the rung.
        is_matter: Whether a decision is asked for.
        headline: What it says, in one sentence for a subject.
        duty: What is due where and when, in a sentence.
        due: When it is due.
        standing: How it stands, `overdue by 7 working days`.
        said: Sentences of how it stands and what that means.
        step: What the reader does about it.
        what_next: What follows if nothing happens; empty when nothing does.
        consequence: What follows besides; empty when nothing does.
        vacant: Why it came to this reader; empty when it was the reader's in the first place.
    """

    kind: str
    level: int
    tone: Tone
    group: Group
    number: str
    project: str
    place: str
    stage: str
    rung: str
    is_matter: bool
    headline: str
    duty: str
    due: str
    standing: str
    said: tuple[str, ...]
    step: str
    what_next: str
    consequence: str
    vacant: str


def view(notice: Notice, reader: Reader) -> NoticeView:
    """Return a notice in the reader's words; the same notice always gives the same words."""
    return NoticeView(
        kind=notice.kind,
        level=notice.level,
        tone=tone(notice),
        group=group(notice),
        number=number(notice.key),
        project=one_line(notice.project_id) or NAMELESS,
        place=one_line(notice.place) or NAMELESS,
        stage=stage(notice, reader),
        rung=rung(notice, reader),
        is_matter=bool(notice.matter),
        headline=_headline(notice, reader),
        duty=_duty(notice, reader),
        due=reader.due(notice.due_at),
        standing=standing(notice, reader),
        said=tuple(_said(notice, reader)),
        step=step(notice, reader),
        what_next=what_next(notice, reader),
        consequence=consequence(notice, reader),
        vacant=vacant(notice, reader),
    )


def group(notice: Notice) -> Group:
    """Return what a notice tells."""
    if notice.kind == "milestone":
        return "progress"
    if notice.kind == "escalation":
        return "overdue"
    return "ahead" if notice.days > 0 else "today"


def tone(notice: Notice) -> Tone:
    """Return how urgent a notice is."""
    if notice.kind == "milestone":
        return "due" if notice.level else "good"
    if notice.kind == "escalation":
        return "grave" if notice.level >= _GRAVE_LEVEL else "late"
    return "calm" if notice.days > 0 else "due"


def number(key: str) -> str:
    """Return the number by which people speak of a notice or letter."""
    return key[:_KEY_SHOWN]


def stage(notice: Notice, reader: Reader) -> str:
    """Return the name of what a notice speaks of."""
    return reader.pick(notice.stage_title_zh, notice.stage_title_en) or NAMELESS


def rung(notice: Notice, reader: Reader) -> str:
    """Return the name of the rung."""
    return reader.pick(notice.rung_title_zh, notice.rung_title_en) or NAMELESS


def standing(notice: Notice, reader: Reader) -> str:
    """Return how a duty stands, in a few words."""
    days = abs(notice.days)
    if notice.kind == "milestone":
        return reader.say("letter.standing.better" if notice.level else "letter.standing.caught_up")
    if notice.kind == "escalation":
        return reader.say("letter.standing.over" if days else "letter.standing.just_over", days=days)
    return reader.say("letter.standing.left" if notice.days > 0 else "letter.standing.today", days=days)


def step(notice: Notice, reader: Reader) -> str:
    """Return what the reader does about a notice."""
    if notice.step == "reply" and notice.reply_days:
        return reader.say("letter.step.reply", days=notice.reply_days)
    if notice.step and notice.step != "reply":
        return reader.say(f"letter.step.{notice.step}")
    if not (notice.stage or notice.matter):
        return reader.say("message.advice.batch")
    return reader.say("message.advice.matter" if notice.matter else "message.advice")


def what_next(notice: Notice, reader: Reader) -> str:
    """Return what follows if nothing happens."""
    name = reader.pick(notice.next_zh, notice.next_en)
    if notice.next_at is None or not name:
        return ""
    return reader.say("letter.next", at=reader.when(notice.next_at), rung=name)


def vacant(notice: Notice, reader: Reader) -> str:
    """Return why a notice came to this reader, when posts on the way were vacant."""
    roles = reader.pick(notice.vacant_zh, notice.vacant_en)
    return reader.say("message.vacant", roles=roles) if roles else ""


def consequence(notice: Notice, reader: Reader) -> str:
    """Return what follows besides, whatever happens."""
    code = notice.consequence
    if not code or notice.kind != "escalation":
        return ""
    return reader.own("message.consequence", code, "message.consequence.other", code=code)


def _headline(notice: Notice, reader: Reader) -> str:
    about = {"place": notice.place, "stage": stage(notice, reader), "rung": rung(notice, reader)}
    days = abs(notice.days)
    if notice.kind == "escalation":
        return reader.say("letter.headline.escalation", days=days, **about)
    if notice.kind == "milestone":
        return reader.say("letter.headline.better" if notice.level else "letter.headline.caught_up", **about)
    return reader.say("letter.headline.reminder" if notice.days > 0 else "letter.headline.today", days=days, **about)


def _duty(notice: Notice, reader: Reader) -> str:
    is_whole = not (notice.stage or notice.matter)
    return reader.say(
        "message.duty.batch" if is_whole else "message.duty.matter" if notice.matter else "message.duty",
        place=notice.place,
        project=notice.project_id,
        stage=stage(notice, reader),
        due=reader.due(notice.due_at),
    )


def _said(notice: Notice, reader: Reader) -> list[str]:
    """Return how the duty stands, and what follows from that."""
    days, name = abs(notice.days), rung(notice, reader)
    if notice.kind == "milestone":
        return [reader.say("message.better" if notice.level else "message.caught_up", rung=name)]
    if notice.kind != "escalation":
        return [reader.say("message.left" if notice.days > 0 else "message.today", days=days)]
    said = [
        reader.say("message.over", days=days),
        reader.own("message.rung", notice.rung, "message.rung.other", rung=name),
        reader.say("message.reply", days=notice.reply_days) if notice.reply_days and notice.step != "reply" else "",
        consequence(notice, reader),
    ]
    return [one for one in said if one]
