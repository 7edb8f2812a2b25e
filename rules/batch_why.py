"""Explains where a batch stands: what is required, what is missing, and what would bring the next tier down."""

from __future__ import annotations

from collections.abc import Iterator

from rules import batch
from rules.moment import due
from rules.narrate_batch import name, percent
from rules.policy import Rulebook
from rules.text import both, say
from schemas.explanation import BatchWhy
from schemas.ladder import GapTier
from schemas.message import Title
from schemas.reason import Param
from schemas.state import BatchState, ProjectState


def why(state: ProjectState, book: Rulebook) -> BatchWhy | None:
    """Return how a batch stands against its milestones; None for a project that is no batch."""
    rule, counted = book.plan.batch, state.batch or BatchState()
    if rule is None:
        return None
    last, tier = batch.last_milestone(counted, book), batch.tier_of(state, book)
    ahead = next(batch.rungs(state, book), None)
    coming = next((one for one in book.plan.milestones if ahead and one.key == ahead.key), None)
    return BatchWhy(
        owner=rule.owner,
        planned=counted.planned,
        total=counted.total,
        built=counted.built,
        milestone=last.key if last else "",
        milestone_at=batch.closes_at(last, state, book) if last else None,
        required=counted.required,
        gap=batch.gap(counted.required, counted.built),
        tier=counted.tier,
        withheld_share=counted.withheld_share,
        lower_tier=_below(tier, book),
        units_to_lower=max(batch.least_built(tier, counted.required) - counted.built, 0) if tier else 0,
        next_milestone=coming.key if coming else "",
        next_at=ahead.at if ahead else None,
        next_required=batch.required(coming.share, counted.total) if coming else 0,
    )


def text(found: BatchWhy, book: Rulebook, lang: str) -> Iterator[str]:
    """Yield the explanation in the reader's language, a line a fact."""
    owner = book.role_title(found.owner).text(lang)
    yield say("why.batch", lang, total=found.total, built=found.built, planned=found.planned, owner=owner)
    if found.milestone_at:
        on, missing = due(found.milestone_at, book.calendar), max(found.required - found.built, 0)
        kept: dict[str, Param] = {"milestone": name(found.milestone, book), "due": on, "required": found.required}
        if missing:
            yield say("why.batch.behind", lang, **kept, missing=missing, gap=percent(found.gap))
        else:
            yield say("why.batch.kept", lang, **kept)
    if found.tier:
        withheld = percent(found.withheld_share)
        yield say("why.batch.tier", lang, tier=name(found.tier, book), withheld=withheld)
        lower = name(found.lower_tier, book) if found.lower_tier else both("why.batch.no_tier")
        yield say("why.batch.lower", lang, units=found.units_to_lower, tier=lower)
    if found.next_at:
        on, missing = due(found.next_at, book.calendar), max(found.next_required - found.built, 0)
        milestone = name(found.next_milestone, book)
        yield say("why.batch.next", lang, milestone=milestone, due=on, required=found.next_required, missing=missing)
    elif not found.milestone:
        yield say("why.batch.no_milestone", lang)


def topic(state: ProjectState, book: Rulebook) -> Title:
    """Return what a message about a batch as a whole speaks of: its last milestone, with the figures."""
    counted = state.batch or BatchState()
    last = batch.last_milestone(counted, book)
    milestone = last.title if last else book.plan.title
    if counted.withheld_share:
        withheld = percent(counted.withheld_share)
        figures: dict[str, Param] = {"required": counted.required, "built": counted.built, "withheld": withheld}
        return both("topic.milestone.withheld", milestone=milestone, **figures)
    return both("topic.milestone", milestone=milestone, required=counted.required, built=counted.built)


def _below(tier: GapTier | None, book: Rulebook) -> str:
    keys = ["", *(one.key for one in book.ladder.gap_tiers)]
    return keys[keys.index(tier.key) - 1] if tier else ""
