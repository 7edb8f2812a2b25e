"""What of a contract is retained until settlement, what was released of it, and what is left.

Source: payment in two parts, as Guizhou does it (75 % after the contract, 25 % after final acceptance; the rest was
once released early, after the prefecture's acceptance, by a recorded decision). The shares are data of the plan or of
the contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.command import FactValue
from schemas.plan import Payment
from schemas.state import ProjectState

RETAINED = "retained_cny"
"""Amount on record since the contract: what is retained of it."""

RELEASED = "released_cny"
"""Amount on record: what was released of it before settlement."""

TOLERANCE_CNY = 0.005
"""Half a fen: amounts that differ by less are the same amount."""


@dataclass(frozen=True)
class Standing:
    """Where the retained payment stands, in CNY.

    Attributes:
        amount: Amount of the contract.
        retained: What is retained of it until settlement.
        released: What was released early.
        paid: What was paid at settlement.
    """

    amount: float
    retained: float
    released: float
    paid: float

    @property
    def left(self) -> float:
        """What may still be released or paid."""
        return max(round(self.retained - self.released - self.paid, 2), 0.0)


def retained(facts: Mapping[str, FactValue], payment: Payment) -> float | None:
    """Return what is retained of a contract by its facts; None when they do not state its amount.

    A contract with a share of its own, in per cent, goes before the plan.
    """
    amount = facts.get(payment.amount_fact)
    if not isinstance(amount, float):
        return None
    own = facts.get(payment.retained_fact)
    share = own / 100 if isinstance(own, float) else payment.retained_share
    return round(amount * share, 2)


def standing(state: ProjectState, payment: Payment) -> Standing | None:
    """Return where the retained payment of a project stands; None before its contract is on record.

    A contract from before the plan knew of payments is counted with the share of the plan.
    """
    amount = state.money.get(payment.amount_fact)
    if amount is None:
        return None
    settled = state.stages.get(payment.settled_by)
    is_settled = settled is not None and settled.status == "done"
    return Standing(
        amount=amount,
        retained=state.money.get(RETAINED, round(amount * payment.retained_share, 2)),
        released=state.money.get(RELEASED, 0.0),
        paid=state.money.get(payment.paid_fact, 0.0) if is_settled else 0.0,
    )


def is_more(amount: float, limit: float) -> bool:
    """Whether an amount is above a limit by more than the tolerance."""
    return amount > limit + TOLERANCE_CNY
