"""Makes a letter ready to leave the house, for every channel alike."""

from __future__ import annotations

import structlog

from infra.letters.sheet import workbook
from infra.letters.templates import TemplateFaultError, render, standard
from rules.letter import LetterView, table, view
from schemas.letter import Letter, MadeLetter
from schemas.messaging import LetterPart, LetterTemplates

_log = structlog.get_logger(__name__)


def make(letter: Letter, templates: LetterTemplates | None = None) -> MadeLetter:
    """Return a letter as it leaves the house; the same letter always gives the same bytes.

    Templates are tried when they are published. Should one fail all the same, the letter is made with those that come
    with this tree: nobody goes untold for the sake of a template.

    Args:
        letter: What it is made of; at least one notice.
        templates: Its texts; None for those that come with this tree.
    """
    seen = view(letter)
    if templates is not None:
        try:
            return _made(letter, seen, templates)
        except TemplateFaultError as fault:
            _log.error("letter template failed", templates=letter.templates, letter=letter.key, problem=str(fault))
    return _made(letter, seen, standard())


def _made(letter: Letter, seen: LetterView, templates: LetterTemplates) -> MadeLetter:
    def part(name: LetterPart) -> str:
        return clipped(render(templates, name, seen), templates.longest.get(name, 0), seen.link)

    return MadeLetter(
        letter=letter,
        subject=part("subject"),
        text=render(templates, "text", seen),
        html=render(templates, "html", seen),
        short=part("short"),
        attachments=(workbook(table(letter)),) if seen.sheet else (),
    )


def clipped(text: str, most: int, link: str = "") -> str:
    """Return a text of at most so many characters, 0 for any number; a link at its end stays whole where it fits."""
    if not most or len(text) <= most:
        return text
    tail = f"… {link}" if link and text.endswith(link) else "…"
    room = most - len(tail)
    return text[:room].rstrip() + tail if room > 0 else text[:most]
