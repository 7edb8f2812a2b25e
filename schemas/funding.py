"""Money of projects: where it came from, what was contracted, what is left, what was paid."""

from __future__ import annotations

from typing import Literal

from schemas.ledger import LedgerRow
from schemas.message import Message
from schemas.reason import Reason

FundingKey = Literal["project", "county", "prefecture", "province", "builder", "batch"]
"""What the lines of a report are grouped by."""


class FundingRow(Message):
    """Money of one group of projects, in CNY with two decimals.

    Attributes:
        key: The group; empty in the line of totals.
        projects: How many projects it counts.
        central_cny: Central subsidy.
        local_cny: Local funds.
        own_cny: Own investment of the enterprise.
        surplus_cny: Line that comes from surplus of other projects.
        budget_cny: Approved budget: the sum of these lines.
        contracted_cny: Budget of the projects whose contract is on record.
        amount_cny: Amounts of these contracts.
        left_cny: Surplus: what awards below budget have left.
        retained_cny: What the contracts retain until settlement.
        advance_cny: First payments on record.
        released_cny: What was released early of what is retained.
        paid_cny: What was paid at settlement.
    """

    key: str
    projects: int = 0
    central_cny: float = 0.0
    local_cny: float = 0.0
    own_cny: float = 0.0
    surplus_cny: float = 0.0
    budget_cny: float = 0.0
    contracted_cny: float = 0.0
    amount_cny: float = 0.0
    left_cny: float = 0.0
    retained_cny: float = 0.0
    advance_cny: float = 0.0
    released_cny: float = 0.0
    paid_cny: float = 0.0


class FundingReport(Message):
    """Money of many projects, with everything about it that does not add up.

    Attributes:
        by: What the rows stand for.
        rows: Rows by key.
        totals: All of them together.
        available_cny: Surplus that is left after what further villages have taken of it.
        mismatches: What does not reconcile, each with its place and amounts.
    """

    by: FundingKey
    rows: tuple[FundingRow, ...]
    totals: FundingRow
    available_cny: float
    mismatches: tuple[Reason, ...]


class Allocation(Message):
    """What becomes of one further village for which a surplus might be used.

    Attributes:
        row: Its row in the ledger.
        is_funded: Whether the surplus suffices for it, in its turn.
        funding_cny: What it would take.
        left_cny: What is left of the surplus after it.
        reason: Why it is not funded; None when it is.
    """

    row: LedgerRow
    is_funded: bool
    funding_cny: float = 0.0
    left_cny: float = 0.0
    reason: Reason | None = None
