"""Explains acceptances and money: what has passed, what is missing, who may go on, and what is still retained."""

from __future__ import annotations

from collections.abc import Iterator

from rules import acceptance, payment
from rules.policy import Rulebook
from schemas.explanation import AcceptanceWhy, Move, RetainedWhy
from schemas.plan import Stage
from schemas.state import ProjectState, StageState


def accepting(rule: Stage, stage: StageState, state: ProjectState) -> AcceptanceWhy | None:
    """Return how far an open acceptance has come; None for other stages and during rectification."""
    if rule.closed_by.act != "accept" or stage.turn is None or stage.turn.kind not in {"work", "recheck"}:
        return None
    found = acceptance.progress(rule, stage, is_frozen=state.is_frozen)
    return AcceptanceWhy(
        passed={part.key: person for part, person in found.passed},
        waiting=tuple(part.key for part in found.waiting),
        missing=tuple(fact.key for fact in found.missing),
    )


def part_move(rule: Stage, stage: StageState, state: ProjectState, book: Rulebook, closing: Move) -> Iterator[Move]:
    """Yield the move by which a part of an acceptance is passed, beside the one that closes it."""
    found = accepting(rule, stage, state)
    if found and found.waiting:
        roles = tuple(dict.fromkeys((*closing.roles, *book.plan.may.get("check", ()))))
        yield closing.model_copy(update={"kind": "check", "acts": ("check",), "roles": roles})


def whole_moves(state: ProjectState, book: Rulebook) -> Iterator[Move]:
    """Yield what may be done about the project as a whole: a spot check, an early release of what is retained."""
    plan = book.plan
    if plan.spot_check and all(_is_done(state, key) for key in (plan.spot_check.after, plan.spot_check.reopens)):
        people = tuple(sorted(acceptance.acceptors(state, plan)))
        roles = plan.may.get("spot_check", ())
        yield Move(kind="spot_check", stage=plan.spot_check.reopens, acts=("spot_check",), roles=roles, not_by=people)
    found = retained(state, book)
    paid = plan.payment
    if not (paid and found and paid.released_after) or state.is_frozen or _is_done(state, paid.settled_by):
        return
    if found.left_cny > 0 and _is_done(state, paid.released_after):
        yield Move(kind="release_payment", acts=("release_payment",), roles=plan.may.get("release_payment", ()))


def retained(state: ProjectState, book: Rulebook) -> RetainedWhy | None:
    """Return where the retained payment stands; None when the plan knows of none, or no contract is on record."""
    found = payment.standing(state, book.plan.payment) if book.plan.payment else None
    if found is None:
        return None
    return RetainedWhy(
        amount_cny=found.amount,
        retained_cny=found.retained,
        released_cny=found.released,
        paid_cny=found.paid,
        left_cny=found.left,
        is_frozen=state.is_frozen,
    )


def _is_done(state: ProjectState, key: str) -> bool:
    return state.stages[key].status == "done"
