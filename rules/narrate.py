"""Tells a line of the journal in words: who did what, when, to which stage."""

from __future__ import annotations

from functools import singledispatch

from rules import narrate_acceptance, narrate_batch, narrate_matter
from rules.moment import due, moment
from rules.policy import Rulebook
from rules.text import both, say
from rules.wording import Told, coded_title, fact_titles, item_title, listed, named, refs, same, stage_title
from schemas import event as e
from schemas.event import Entry
from schemas.message import Message, Title
from schemas.reason import Param


def narrate(entry: Entry, book: Rulebook, lang: str) -> str:
    """Return one line of the journal in words, in local time of the project's calendar.

    Codes that the policies no longer know are shown as they are: a journal outlives its policies.
    """
    sentence = told(entry.event, book)
    what = say(sentence.code, lang, **sentence.params) + _extras(entry.event, book, lang)
    who = entry.by or say("journal.clock", lang)
    return say("journal.line", lang, at=moment(entry.at, book.calendar), who=who, what=what)


@singledispatch
def told(event: Message, book: Rulebook) -> Told:
    """Return the sentence that tells an event."""
    further = (narrate_acceptance.told, narrate_batch.told, narrate_matter.told)
    tells = next((one for one in further if one.dispatch(type(event)) is not one.dispatch(object)), None)
    if tells is None:
        raise TypeError(f"no words for {type(event).__name__} under {book.plan.name}")
    return tells(event, book)


@told.register
def _(event: e.ProjectStarted, book: Rulebook) -> Told:
    project = event.project
    if project.technology == "batch":
        return narrate_batch.started(event, book)
    return Told(
        "journal.project_started",
        {
            "project": project.project_id,
            "village": project.place or project.village_name,
            "code": project.village_code,
            "technology": named("technology", project.technology),
            "plan": book.plan.title,
        },
    )


@told.register
def _(event: e.TurnOpened, book: Rulebook) -> Told:
    params: dict[str, Param] = {
        "stage": stage_title(event.stage, book),
        "owner": book.role_title(event.owner),
        "days": event.budget_days,
        "unit": named("unit", event.unit),
        "due": due(event.due_at, book.calendar),
    }
    if event.turn == "obstacle":
        reason = coded_title("obstacle", event.code, book)
        params |= {"reason": reason, "party": book.party_title(event.party)}
    return Told(f"journal.turn_opened.{event.turn}", params)


@told.register
def _(event: e.ProgressReported, book: Rulebook) -> Told:
    return Told("journal.progress_reported", {"stage": stage_title(event.stage, book), "percent": event.percent})


@told.register
def _(event: e.StageClosed, book: Rulebook) -> Told:
    stage = stage_title(event.stage, book)
    if event.act == "elapse":
        return Told("journal.stage_closed.elapse", {"stage": stage})
    return Told("journal.stage_closed", {"stage": stage, "act": named("act", event.act)})


@told.register
def _(event: e.AcceptanceRefused, book: Rulebook) -> Told:
    item = item_title(event.stage, event.item, book)
    return Told("journal.acceptance_refused", {"stage": stage_title(event.stage, book), "item": item})


@told.register(e.RectificationSubmitted)
@told.register(e.ObstacleCleared)
def _(event: e.RectificationSubmitted | e.ObstacleCleared, book: Rulebook) -> Told:
    return Told(f"journal.{event.type}", {"stage": stage_title(event.stage, book)})


@told.register
def _(event: e.StageReturned, book: Rulebook) -> Told:
    reset = listed(stage_title(key, book) for key in event.reset)
    reason = coded_title("return", event.code, book)
    return Told("journal.stage_returned", {"stage": stage_title(event.stage, book), "reason": reason, "reset": reset})


@told.register
def _(event: e.ExtensionRequested, book: Rulebook) -> Told:
    params: dict[str, Param] = {"stage": stage_title(event.stage, book), "days": event.days, "reason": event.reason}
    return Told("journal.extension_requested", params)


@told.register
def _(event: e.ExtensionGranted, book: Rulebook) -> Told:
    open_end = both("journal.no_due")
    return Told(
        "journal.extension_granted",
        {
            "stage": stage_title(event.stage, book),
            "days": event.days,
            "original": due(event.original_due_at, book.calendar),
            "previous": due(event.previous_due_at, book.calendar) if event.previous_due_at else open_end,
            "due": due(event.due_at, book.calendar) if event.due_at else open_end,
            "reason": event.reason,
        },
    )


@told.register
def _(event: e.ExtensionDenied, book: Rulebook) -> Told:
    return Told("journal.extension_denied", {"stage": stage_title(event.stage, book), "reason": event.reason})


@told.register
def _(event: e.ProjectHeld, book: Rulebook) -> Told:
    reason = coded_title("hold", event.code, book)
    return Told("journal.project_held", {"reason": reason, "party": book.party_title(event.party)})


@told.register
def _(event: e.ProjectResumed, book: Rulebook) -> Told:
    dues = [
        both("journal.due", stage=stage_title(key, book), due=due(at, book.calendar)) for key, at in event.dues.items()
    ]
    return Told("journal.project_resumed", {"dues": listed(dues)})


@told.register
def _(event: e.DutyReassigned, book: Rulebook) -> Told:
    params: dict[str, Param] = {"role": book.role_title(event.role), "reason": event.reason}
    if not event.person_id:
        return Told("journal.duty_reassigned.back", params)
    return Told("journal.duty_reassigned", {**params, "person": event.person_id})


@told.register
def _(event: e.Acknowledged, book: Rulebook) -> Told:
    promised = moment(event.promised_at, book.calendar)
    return Told("journal.acknowledged", {"stage": stage_title(event.stage, book), "promised": promised})


@told.register
def _(event: e.RungFired, book: Rulebook) -> Told:
    if not (event.stage or event.matter):
        return narrate_batch.fired(event, book)
    stage = narrate_matter.rung_topic(event, book)
    if event.turn != "work" and not event.matter:
        turn = named("turn", event.turn)
        stage = Title(zh=f"{stage.zh}·{turn.zh}", en=f"{stage.en} ({turn.en})")
    params: dict[str, Param] = {
        "rung": next((rule.title for rule in book.ladder.rungs if rule.key == event.rung), same(event.rung)),
        "stage": stage,
        "due": due(event.due_at, book.calendar),
        "to": listed(book.role_title(role) for role in event.to),
    }
    if event.kind == "reminder":
        return Told("journal.rung_fired.reminder", params)
    return Told("journal.rung_fired.escalation", {**params, "level": event.level})


@told.register
def _(event: e.PoliciesMigrated, book: Rulebook) -> Told:
    moved = [
        both(
            "journal.policies_migrated.due",
            stage=stage_title(key, book),
            previous=due(at, book.calendar),
            due=due(event.dues[key], book.calendar) if key in event.dues else both("journal.no_due"),
        )
        for key, at in event.previous_dues.items()
    ]
    return Told(
        "journal.policies_migrated",
        {
            "plan": book.plan.title,
            "refs": refs(event.pins),
            "approved_by": event.approved_by,
            "decision": event.decision_no,
            "dues": listed(moved),
            "silent": same("") if event.is_silent else both("journal.policies_migrated.fires_past"),
        },
    )


@told.register
def _(_event: e.ProjectCompleted, _book: Rulebook) -> Told:
    return Told("journal.project_completed", {})


@told.register
def _(event: e.ProjectRejected, book: Rulebook) -> Told:
    reason = coded_title("reject", event.code, book)
    return Told("journal.project_rejected", {"stage": stage_title(event.stage, book), "reason": reason})


@told.register
def _(event: e.ProjectCancelled, book: Rulebook) -> Told:
    reason = coded_title("cancel" if book.coded("cancel", event.code) else "change", event.code, book)
    return Told("journal.project_cancelled", {"reason": reason, "decision": event.decision_no})


@told.register
def _(event: e.EntryCorrected, _book: Rulebook) -> Told:
    return Told("journal.entry_corrected", {"seq": event.corrected_seq})


def _extras(event: e.Event, book: Rulebook, lang: str) -> str:
    """Return what some events carry besides: facts, evidence, consequence, and the note of the person."""
    parts = []
    if isinstance(event, e.TurnOpened | e.StageClosed) and event.period:
        parts.append(say("journal.period", lang, period=event.period))
    if isinstance(event, e.StageClosed | e.PartPassed) and event.facts:
        parts.append(say("journal.facts", lang, facts=fact_titles(event.stage, event.facts, book).text(lang)))
    if isinstance(event, e.ProgressReported) and event.evidence:
        parts.append(say("journal.evidence", lang, count=len(event.evidence)))
    if isinstance(event, e.RungFired) and event.consequence:
        parts.append(say("journal.consequence", lang, consequence=named("consequence", event.consequence)))
    parts.append(narrate_matter.number(event, lang))
    note = getattr(event, "note", "")
    if isinstance(event, e.TurnOpened) and event.turn == "rectification":
        note = item_title(event.stage, note, book).text(lang)
    if note:
        parts.append(say("journal.note", lang, note=note))
    return "".join(parts)
