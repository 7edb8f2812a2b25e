"""Tells acceptances and money: parts that passed, spot checks, acceptances opened again, payments released early."""

from __future__ import annotations

from functools import singledispatch

from rules.policy import Rulebook
from rules.wording import Told, item_title, listed, money, stage_title
from schemas import event as e
from schemas.message import Message


@singledispatch
def told(event: Message, book: Rulebook) -> Told:
    """Return the sentence that tells an event."""
    raise TypeError(f"no words for {type(event).__name__} under {book.plan.name}")


@told.register
def _(event: e.PartPassed, book: Rulebook) -> Told:
    stage, part = stage_title(event.stage, book), item_title(event.stage, event.part, book)
    return Told("journal.part_passed", {"stage": stage, "part": part})


@told.register
def _(event: e.SpotChecked, book: Rulebook) -> Told:
    stage = stage_title(event.stage, book)
    if event.is_passed:
        return Told("journal.spot_checked.passed", {"stage": stage, "report": event.report_no})
    item = item_title(event.stage, event.item, book)
    return Told("journal.spot_checked.failed", {"stage": stage, "report": event.report_no, "item": item})


@told.register
def _(event: e.AcceptanceReopened, book: Rulebook) -> Told:
    reset = listed(stage_title(key, book) for key in event.reset)
    item = item_title(event.stage, event.item, book)
    return Told("journal.acceptance_reopened", {"stage": stage_title(event.stage, book), "item": item, "reset": reset})


@told.register
def _(event: e.PaymentReleased, _book: Rulebook) -> Told:
    return Told("journal.payment_released", {"amount": money(event.amount_cny), "decision": event.decision_no})
