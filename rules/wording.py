"""Names of what the journal speaks of, in both languages; codes that the policies no longer know stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rules.policy import Rulebook
from rules.text import both
from rules.texts import CATALOGUE
from schemas.command import FactValue
from schemas.message import Title
from schemas.plan import Fact, ReasonGroup
from schemas.policy import Pins
from schemas.reason import Param


class Told(NamedTuple):
    """A sentence that tells an event: its code, and its parameters."""

    code: str
    params: dict[str, Param]


def stage_title(key: str, book: Rulebook) -> Title:
    """Return the name of a stage."""
    return book.title(key) if key in book.stages else same(key)


def item_title(stage: str, item: str, book: Rulebook) -> Title:
    """Return the name of a part or fact of a stage; a text that names neither stands for itself."""
    rule = book.stages.get(stage)
    if rule is None:
        return same(item)
    titles = {fact.key: fact.title for fact in rule.closed_by.facts}
    titles |= {part.key: part.title for part in rule.closed_by.parts}
    return titles.get(item) or same(item)


def fact_titles(stage: str, facts: Mapping[str, FactValue], book: Rulebook) -> Title:
    """Return facts with their values, by the names the stage gives them."""
    rule = book.stages.get(stage)
    known = {fact.key: fact for fact in rule.closed_by.facts} if rule else {}
    shown = (
        (known[key].title if key in known else named("money", key), _stated(value, known.get(key)))
        for key, value in facts.items()
    )
    return listed(Title(zh=f"{title.zh} {value.zh}", en=f"{title.en} {value.en}") for title, value in shown)


def coded_title(group: ReasonGroup, code: str, book: Rulebook) -> Title:
    """Return the name of a coded reason."""
    known = book.coded(group, code)
    return known.title if known else same(code)


def named(family: str, code: str) -> Title:
    """Return the name of a code of a family; the code itself where there is none."""
    return both(f"{family}.{code}") if f"{family}.{code}" in CATALOGUE else same(code)


def same(code: str) -> Title:
    """Return a text that is the same in every language."""
    return Title(zh=code, en=code)


def listed(titles: Iterable[Title]) -> Title:
    """Return names one after the other; a dash when there are none."""
    found = list(titles)
    return Title(zh="、".join(t.zh for t in found) or "—", en="; ".join(t.en for t in found) or "—")


def refs(pins: Pins) -> str:
    """Return the versions of policies without their digests, `plan@2018.1, ...`."""
    return ", ".join(ref.partition("#")[0] for ref in (pins.plan, pins.ladder, pins.hierarchy, pins.calendar))


def money(amount: float) -> str:
    """Return an amount as people read it, `1,234,500.00`."""
    return f"{amount:,.2f}"


def _stated(value: FactValue, fact: Fact | None) -> Title:
    """Return a value, with the target it falls short of."""
    told = _value(value)
    target = fact.target if fact else None
    if target is None or not isinstance(value, int | float) or value >= target:
        return told
    return both("journal.short_of_target", value=told, target=_value(target))


def _value(value: FactValue) -> Title:
    if isinstance(value, bool):
        return both("journal.yes") if value else both("journal.no")
    return same(str(int(value) if isinstance(value, float) and value.is_integer() else value))
