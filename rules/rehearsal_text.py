"""Words for a rehearsal that tables and plots share."""

from __future__ import annotations

from rules.text import say
from schemas.rehearsal import Rehearsal


def level_name(found: Rehearsal, level: int, lang: str) -> str:
    """Return what a level is called: reminders, or the number with the name of its first rung."""
    if not level:
        return say("rehearsal.reminders", lang)
    title = found.titles.get(level)
    return say("rehearsal.level", lang, level=level, title=title.text(lang) if title else "").strip()
