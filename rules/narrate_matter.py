"""Tells the lines of the journal about matters that wait for a decision, and what comes of them."""

from __future__ import annotations

from functools import singledispatch

from rules.moment import due, moment
from rules.policy import Rulebook
from rules.text import both
from rules.wording import Told, coded_title, listed, same, stage_title
from schemas import event as e
from schemas.matter import MatterKind
from schemas.message import Message, Title
from schemas.reason import Param


@singledispatch
def told(event: Message, book: Rulebook) -> Told:
    """Return the sentence that tells an event."""
    raise TypeError(f"no words for {type(event).__name__} under {book.plan.name}")


@told.register
def _(event: e.MatterOpened, book: Rulebook) -> Told:
    return Told("journal.matter_opened", {**_waiting(event, event.kind, book), "what": _what(event, book)})


@told.register
def _(event: e.MatterPassed, book: Rulebook) -> Told:
    return Told("journal.matter_passed", {**_waiting(event, None, book), "passed": _step(event.passed, book)})


@told.register
def _(event: e.MatterClosed, _book: Rulebook) -> Told:
    kind, outcome = both(f"matter.{event.kind}"), both(f"outcome.{event.outcome}")
    return Told("journal.matter_closed", {"key": event.key, "kind": kind, "outcome": outcome})


@told.register
def _(event: e.DaysReattributed, book: Rulebook) -> Told:
    calendar, none = book.calendar, both("journal.days_reattributed.no_due")
    params: dict[str, Param] = {
        "stage": stage_title(event.stage, book),
        "since": moment(event.since_at, calendar),
        "until": moment(event.until_at, calendar),
        "party": book.party_title(event.party),
        "previous": due(event.previous_due_at, calendar) if event.previous_due_at else none,
        "due": due(event.due_at, calendar) if event.due_at else none,
    }
    return Told(f"journal.days_reattributed.{event.cause}", {**params, "key": event.matter})


@told.register
def _(event: e.ChangeEffected, book: Rulebook) -> Told:
    change, project = event.change, event.project
    params: dict[str, Param] = {
        "key": event.key,
        "kind": both(f"change.{change.kind}"),
        "reason": coded_title("change", change.code, book),
        "village": project.place or project.village_name,
        "code": project.village_code,
        "into": change.into,
        "successors": listed(same(code) for code in change.successors),
        "count": len(change.units),
    }
    if change.kind in {"merge", "split", "cancel"}:
        return Told(f"journal.change_effected.{change.kind}", params)
    return Told("journal.change_effected.units" if change.units else "journal.change_effected", params)


def number(event: Message, lang: str) -> str:
    """Return the number of the document that an event states, as a further part of its sentence; empty without one."""
    stated = getattr(event, "number", "")
    return both("journal.number", number=stated).text(lang) if stated else ""


def rung_topic(event: e.RungFired, book: Rulebook) -> Title:
    """Return the name of what a rung spoke of, as far as its line alone can tell."""
    stage = stage_title(event.stage, book) if event.stage else None
    if event.matter and stage:
        return both("journal.matter_of_stage", key=event.matter, stage=stage)
    return both("journal.matter_of", key=event.matter) if event.matter else stage or both("topic.whole")


def _what(event: e.MatterOpened, book: Rulebook) -> Title:
    if event.change:
        return both(f"change.{event.change.kind}")
    kind = both(f"matter.{event.kind}")
    if not event.stage:
        return kind
    stage = stage_title(event.stage, book)
    return Title(zh=f"{kind.zh}，“{stage.zh}”", en=f"{kind.en}, '{stage.en}'")


def _waiting(event: e.MatterOpened | e.MatterPassed, kind: MatterKind | None, book: Rulebook) -> dict[str, Param]:
    return {
        "key": event.key,
        "step": _step(event.step, book, kind),
        "owner": book.role_title(event.owner),
        "days": event.budget_days,
        "unit": both(f"unit.{event.unit}"),
        "due": due(event.due_at, book.calendar),
    }


def _step(key: str, book: Rulebook, kind: MatterKind | None = None) -> Title:
    """Return the name of a step; steps of the same key in two procedures are told by the kind, where it is known."""
    kinds = [kind] if kind else list(book.plan.procedures)
    steps = [step for one in kinds for step in book.plan.procedures.get(one, ()) if step.key == key]
    return steps[0].title if steps else same(key)
