"""Puts into words what waits for a decision: what is asked, who decides at which step, and how long."""

from __future__ import annotations

from collections.abc import Iterator

from rules.headline import matter_title
from rules.moment import due, moment
from rules.policy import Rulebook
from rules.text import say
from rules.wording import coded_title
from schemas.explanation import MatterWhy
from schemas.matter import Change


def text(why: MatterWhy, book: Rulebook, lang: str) -> Iterator[str]:
    """Yield the lines that explain a matter."""
    matter, turn, calendar = why.matter, why.matter.turn, book.calendar
    asked = {"by": matter.asked_by, "at": moment(matter.asked_at, calendar), "note": matter.note or "—"}
    yield say("why.matter", lang, matter=matter_title(matter, book), **asked)
    if matter.contest:
        span = {name: moment(getattr(matter.contest, f"{name}_at"), calendar) for name in ("since", "until")}
        stage = book.title(matter.stage)
        yield say("why.matter.contest", lang, stage=stage, party=book.party_title(matter.contest.party), **span)
    if matter.change:
        reason = coded_title("change", matter.change.code, book)
        yield say("why.matter.change", lang, reason=reason, fields=_fields(matter.change))
    if matter.passed_by:
        yield say("why.matter.passed", lang, people=", ".join(matter.passed_by))
    owner, unit = book.role_title(turn.owner), say(f"unit.{turn.unit}", lang)
    if why.due_at is None:
        yield say("why.matter.still", lang, owner=owner, left=why.left_days, unit=unit)
    elif why.left_days < 0:
        yield say("why.matter.late", lang, owner=owner, due=due(why.due_at, calendar), over=-why.left_days, unit=unit)
    else:
        yield say("why.matter.due", lang, owner=owner, due=due(why.due_at, calendar), left=why.left_days, unit=unit)


def _fields(change: Change) -> str:
    """Return what is to change, as codes and values: they are what has to be checked."""
    given = change.model_dump(exclude={"kind", "code", "units"}, exclude_defaults=True)
    fields = [f"{name}={', '.join(value) if isinstance(value, tuple) else value}" for name, value in given.items()]
    fields += [f"{unit.unit}={unit.code}" for unit in change.units]
    return "; ".join(fields) or "—"
