"""Acts with money: what a contract retains, what settlement may pay, and the early release by a decision."""

from __future__ import annotations

from rules import payment
from rules.acts.ask import Ask
from rules.wording import money
from schemas.command import FactValue, ReleasePayment
from schemas.event import Event, PaymentReleased
from schemas.plan import Payment, Stage
from schemas.reason import Refusal


def recorded(rule: Stage, facts: dict[str, FactValue], ask: Ask) -> dict[str, FactValue]:
    """Return the facts with which a stage is closed, with the amount that a contract retains.

    Raises:
        Refusal: It is the settlement, and more would be paid than is retained.
    """
    plan = ask.book.plan.payment
    if plan is None:
        return facts
    if rule.key == plan.settled_by:
        _within_retained(facts, plan, ask)
    kept = payment.retained(facts, plan)
    return facts if kept is None else {**facts, payment.RETAINED: kept}


def release_payment(act: ReleasePayment, ask: Ask) -> list[Event]:
    """Release part of the retained payment before settlement, by the number of a decision."""
    plan = ask.book.plan.payment
    if plan is None or not plan.released_after:
        raise Refusal("act.not_in_plan", act="release_payment", plan=ask.book.plan.title)
    ask.authorise_act("release_payment")
    if ask.state.is_frozen:
        raise Refusal("payment.release_frozen", stage=ask.book.title(plan.settled_by))
    if ask.state.stages[plan.released_after].status != "done":
        raise Refusal("payment.too_early", stage=ask.book.title(plan.released_after))
    if ask.state.stages[plan.settled_by].status == "done":
        raise Refusal("payment.settled", stage=ask.book.title(plan.settled_by))
    standing = payment.standing(ask.state, plan)
    if standing is None:
        raise Refusal("payment.no_amount", key=plan.amount_fact)
    amount = round(act.amount_cny, 2)
    if amount <= 0:
        raise Refusal("payment.below_fen", amount=act.amount_cny)
    if payment.is_more(amount, standing.left):
        raise Refusal(
            "payment.more_than_left",
            amount=money(amount),
            retained=money(standing.retained),
            released=money(standing.released),
            left=money(standing.left),
        )
    return [PaymentReleased(amount_cny=amount, decision_no=act.decision_no, note=act.note)]


def _within_retained(facts: dict[str, FactValue], plan: Payment, ask: Ask) -> None:
    paid, standing = facts.get(plan.paid_fact), payment.standing(ask.state, plan)
    if standing is None or not isinstance(paid, float):
        return
    if payment.is_more(paid + standing.released, standing.retained):
        raise Refusal(
            "payment.more_than_retained",
            paid=money(paid),
            amount=money(standing.amount),
            retained=money(standing.retained),
            released=money(standing.released),
            left=money(standing.left),
            key=plan.paid_fact,
        )
