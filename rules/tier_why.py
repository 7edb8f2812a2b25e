"""Why a gap tier applied to a batch or did not, from its journal, and how many units would have changed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rules import batch
from rules.climb import Books
from rules.moment import moment
from rules.narrate_batch import name, percent
from rules.policy import Rulebook
from rules.text import say
from schemas.event import Entry, GapAssessed, PoliciesMigrated, ProjectStarted
from schemas.why import TierWhy, Why


def tiers(journal: Sequence[Entry], books: Books, key: str) -> tuple[TierWhy, ...]:
    """Return what became of a tier at every assessment; the steps of one count are one assessment."""
    found: dict[tuple[object, ...], TierWhy] = {}
    book: Rulebook | None = None
    for entry in journal:
        event = entry.event
        if isinstance(event, ProjectStarted | PoliciesMigrated):
            book = books(event.pins)
        if book and isinstance(event, GapAssessed):
            for one in _assessment(entry, event, book, key):
                found.setdefault((entry.at, event.milestone, event.built, event.required), one)
    return tuple(found.values())


def text(why: Why, book: Rulebook, lang: str) -> Iterator[str]:
    """Yield a line for each assessment, and below it what would have changed it."""
    yield say("why_rung.head", lang, project=why.project_id, at=moment(why.at, book.calendar))
    for one in why.tiers:
        yield say(
            "why_tier.applied" if one.has_applied else "why_tier.not_applied",
            lang,
            tier=name(one.tier, book),
            at=moment(one.at, book.calendar),
            seq=one.seq,
            milestone=name(one.milestone, book),
            required=one.required,
            built=one.built,
            gap=percent(one.gap),
        )
        if one.required:
            yield say("why_tier.unless" if one.has_applied else "why_tier.had", lang, units=one.units)


def _assessment(entry: Entry, event: GapAssessed, book: Rulebook, key: str) -> Iterator[TierWhy]:
    for tier in book.ladder.gap_tiers:
        if tier.key == key:
            has_applied, enough = event.gap >= tier.gap, batch.least_built(tier, event.required)
            yield TierWhy(
                tier=key,
                milestone=event.milestone,
                seq=entry.seq,
                at=entry.at,
                required=event.required,
                built=event.built,
                gap=event.gap,
                has_applied=has_applied,
                units=enough - event.built if has_applied else event.built - enough + 1,
            )
