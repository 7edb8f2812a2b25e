"""Pages as HTML. Whatever comes from people or ledgers is escaped; there is no script, and nothing from other hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console.office import Answer, Duty, Page, shown_day
from infra.links import PATH
from rules.reader import Reader
from rules.text import render, say
from schemas.reason import Reason

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Said:
    """What came of an acknowledgement, in words.

    Attributes:
        is_done: Whether it was carried out.
        text: What to tell.
    """

    is_done: bool
    text: str


@dataclass(frozen=True)
class Choice:
    """What a form offers for the promised date.

    Attributes:
        is_date: Whether a date is asked for; otherwise one of the options.
        first: Earliest date.
        last: Latest date.
        usual: Date that is filled in.
        options: Values and their words, where days are shorter than real ones.
    """

    is_date: bool
    first: str
    last: str
    usual: str
    options: tuple[tuple[str, str], ...]


def letter_page(page: Page, token: str, answers: Sequence[Answer] = ()) -> str:
    """Return the page of a letter, with what came of an answer."""
    said = {one.key: _said(one, page.reader) for one in answers}
    opened = [duty for duty in page.duties if duty.room]
    return _render(
        "letter.html.j2",
        page.reader,
        page=page,
        action=f"{PATH}{token}",
        day=page.reader.dated(page.reader.day_of(page.letter.day, page.letter.created_at)),
        created=page.reader.moment(page.letter.created_at),
        duties=[
            (duty, _choice(duty, page.reader), said.get(duty.key), _reason(duty, page.reader)) for duty in page.duties
        ],
        done=sum(one.is_done for one in said.values()),
        refused=[one.text for one in said.values() if not one.is_done],
        open_keys=[duty.key for duty in opened],
        together=_choice(opened[0], page.reader) if len(opened) > 1 else None,
    )


def refusal_page(reason: Reason, langs: Sequence[str]) -> str:
    """Return a page that says why a link does not open, to somebody whose language may not be known."""
    return _render("refusal.html.j2", Reader(langs[0]), texts=[(lang, render(reason, lang)) for lang in langs])


def _choice(duty: Duty, reader: Reader) -> Choice | None:
    if duty.room is None:
        return None
    calendar = duty.room.calendar
    options = tuple((at.isoformat(), reader.moment(at, with_seconds=True)) for at in duty.room.offered)
    first, last, usual = (shown_day(at, calendar) for at in (duty.room.first, duty.room.last, duty.room.usual))
    return Choice(not calendar.is_compressed, first, last, usual, options)


def _said(answer: Answer, reader: Reader) -> Said:
    if answer.reason is None and answer.receipt and answer.promised_at:
        code = "page.repeated" if answer.receipt.is_repeat else "page.done"
        promised = reader.due(answer.promised_at)
        text = say(code, reader.lang, seq=answer.receipt.seq, project=answer.receipt.project_id, promised=promised)
        return Said(is_done=True, text=text)
    return Said(is_done=False, text=render(answer.reason, reader.lang) if answer.reason else "")


def _reason(duty: Duty, reader: Reader) -> str:
    return render(duty.reason, reader.lang) if duty.reason else ""


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(name: str, reader: Reader, **values: object) -> str:
    return _environment().get_template(name).render(lang=reader.lang, say=reader.say, **values)
