"""A message of the outbox as a letter: subject and text in the receiver's language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from rules.text import say
from rules.texts import CATALOGUE
from schemas.delivery import OutboxMessage

_LOCAL = timezone(timedelta(hours=8))
"""China keeps one time all year."""

_KEY_SHOWN = 12
_BLANKS_AND_CONTROLS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True)
class Letter:
    """What the receiver reads."""

    subject: str
    text: str


def compose(message: OutboxMessage) -> Letter:
    """Return the letter of a message; the same message always gives the same letter."""
    return Letter(subject=one_line(_subject(message)), text=_text(message))


def one_line(text: str) -> str:
    """Return a text as it may stand in the header of a mail: in one line, without control characters."""
    return _BLANKS_AND_CONTROLS.sub(" ", text).strip()


def _subject(message: OutboxMessage) -> str:
    lang = message.lang
    about: dict[str, str | int] = {
        "place": message.place,
        "stage": _stage(message),
        "rung": _rung(message),
        "days": abs(message.days),
    }
    if message.kind == "escalation":
        return say("message.subject.escalation", lang, **about)
    if message.kind == "milestone":
        return say("message.subject.better" if message.level else "message.subject.caught_up", lang, **about)
    return say("message.subject.reminder" if message.days > 0 else "message.subject.today", lang, **about)


def _text(message: OutboxMessage) -> str:
    lang, is_whole = message.lang, not (message.stage or message.matter)
    duty = say(
        "message.duty.batch" if is_whole else "message.duty.matter" if message.matter else "message.duty",
        lang,
        place=message.place,
        project=message.project_id,
        stage=_stage(message),
        due=_due(message.due_at, lang),
    )
    lines = [duty, *_standing(message)]
    if message.vacant_zh:
        roles = message.vacant_zh if lang.startswith("zh") else message.vacant_en
        lines.append(say("message.vacant", lang, roles=roles))
    if is_whole:
        lines.append(say("message.advice.batch", lang))
    else:
        lines.append(say("message.advice.matter" if message.matter else "message.advice", lang))
    created = _moment(message.created_at, lang)
    footer = say("message.footer", lang, created=created, key=message.key[:_KEY_SHOWN])
    greeting = say("message.greeting", lang, name=message.name or message.person_id)
    return "\n\n".join((greeting, "\n".join(lines), footer)) + "\n"


def _standing(message: OutboxMessage) -> list[str]:
    """Return how the duty stands, and what follows from that."""
    lang, days = message.lang, abs(message.days)
    if message.kind == "milestone":
        return [say("message.better" if message.level else "message.caught_up", lang, rung=_rung(message))]
    if message.kind != "escalation":
        return [say("message.left" if message.days > 0 else "message.today", lang, days=days)]
    own = f"message.rung.{message.rung}"
    lines = [say("message.over", lang, days=days)]
    lines.append(say(own if own in CATALOGUE else "message.rung.other", lang, rung=_rung(message)))
    if message.reply_days:
        lines.append(say("message.reply", lang, days=message.reply_days))
    if message.consequence:
        own = f"message.consequence.{message.consequence}"
        lines.append(say(own if own in CATALOGUE else "message.consequence.other", lang, code=message.consequence))
    return lines


def _stage(message: OutboxMessage) -> str:
    return message.stage_title_zh if message.lang.startswith("zh") else message.stage_title_en


def _rung(message: OutboxMessage) -> str:
    return message.rung_title_zh if message.lang.startswith("zh") else message.rung_title_en


def _due(at: datetime, lang: str) -> str:
    """Return a due instant as people say it: a term that ends at midnight ends with the day before."""
    local = at.astimezone(_LOCAL)
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return _moment(at, lang, with_seconds=True)
    day = local - timedelta(days=1)
    if lang.startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日24时"
    return f"the end of {day.day} {day:%B} {day.year}"


def _moment(at: datetime, lang: str, *, with_seconds: bool = False) -> str:
    local = at.astimezone(_LOCAL)
    clock = f"{local:%H:%M:%S}" if with_seconds else f"{local:%H:%M}"
    if lang.startswith("zh"):
        return f"{local.year}年{local.month}月{local.day}日 {clock}"
    return f"{local.day} {local:%B} {local.year}, {clock}"
