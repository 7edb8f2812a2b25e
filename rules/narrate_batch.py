"""Tells the lines of the journal about batches: counts, gaps, and the tiers that people are told of."""

from __future__ import annotations

from functools import singledispatch

from rules.moment import due
from rules.policy import Rulebook
from rules.wording import Told, listed, same
from schemas import event as e
from schemas.message import Message, Title
from schemas.reason import Param


@singledispatch
def told(event: Message, book: Rulebook) -> Told:
    """Return the sentence that tells an event."""
    raise TypeError(f"no words for {type(event).__name__} under {book.plan.name}")


@told.register
def _(event: e.BatchCounted, _book: Rulebook) -> Told:
    return Told("journal.batch_counted", {"total": event.total, "built": event.built})


@told.register
def _(event: e.GapAssessed, book: Rulebook) -> Told:
    params: dict[str, Param] = {
        "milestone": name(event.milestone, book),
        "required": event.required,
        "built": event.built,
    }
    if not event.tier and not event.gap:
        return Told("journal.gap_assessed.kept", params)
    gap = percent(event.gap)
    if not event.tier:
        return Told("journal.gap_assessed.small", {**params, "gap": gap})
    least = next((tier.gap for tier in book.ladder.gap_tiers if tier.key == event.tier), 0.0)
    code = "journal.gap_assessed.down" if event.gap < least else "journal.gap_assessed"
    withheld = percent(event.withheld_share)
    return Told(code, {**params, "gap": gap, "tier": name(event.tier, book), "withheld": withheld})


def started(event: e.ProjectStarted, book: Rulebook) -> Told:
    """Return the sentence that tells the start of a batch."""
    project = event.project
    params: dict[str, Param] = {"project": project.project_id, "code": project.village_code, "plan": book.plan.title}
    return Told("journal.project_started.batch", {**params, "village": project.place or project.village_name})


def fired(event: e.RungFired, book: Rulebook) -> Told:
    """Return the sentence that tells of what people were told of a batch as a whole."""
    rung, to = name(event.rung, book), listed(book.role_title(role) for role in event.to)
    if event.kind == "escalation":
        params: dict[str, Param] = {
            "rung": rung,
            "level": event.level,
            "due": due(event.due_at, book.calendar),
            "to": to,
        }
        return Told("journal.rung_fired.tier", params)
    return Told(f"journal.rung_fired.{'better' if event.level else 'caught_up'}", {"rung": rung, "to": to})


def name(key: str, book: Rulebook) -> Title:
    """Return the name of a milestone or tier; its code where the policies no longer know it."""
    return book.rung_titles.get(key) or same(key)


def percent(share: float) -> str:
    """Return a share as people read it, `12.5 %`."""
    return f"{100 * share:.4g} %"
