"""The money of projects: lines that add up, surplus that is left, and the villages it may fund."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.double_funding import Clash
from rules.funding import LINES, PRIORITY, allocate, report
from rules.text import LANGUAGES, render
from schemas.funding import FundingKey
from schemas.ledger import LedgerRow, Tier
from schemas.view import ProjectRow
from tests.support import journals
from tests.support.ledger_rows import ledger_rows


def project(
    number: int,
    status: str = "running",
    county: str = "533301",
    batch: str = "2018",
    **money: Any,  # noqa: ANN401 - amounts
) -> ProjectRow:
    subject = journals.project(f"P-{number:03d}", batch=batch, village_code=f"{county}101201")
    known = {**subject.model_dump(), "county_code": county, "status": status, "money": json.dumps(money)}
    return ProjectRow.model_validate({**known, "updated_at": journals.STARTED_AT})


def codes(*rows: ProjectRow) -> list[str]:
    found = report(rows, "batch").mismatches
    assert all(str(reason.params["place"]) in render(reason, lang) for reason in found for lang in LANGUAGES)
    return [reason.code for reason in found]


def test_hainan_leaves_a_surplus() -> None:
    """Won 4,004.13 of a budget of 4,359 ten thousand CNY: 354.87 are left."""
    found = report([project(1, central_cny=43_590_000, amount_cny=40_041_300)], "batch")
    assert (found.totals.budget_cny, found.totals.left_cny) == (43_590_000.0, 3_548_700.0)
    assert (found.available_cny, found.mismatches) == (3_548_700.0, ())


def test_the_lines_of_a_project_are_its_budget() -> None:
    money: dict[str, Any] = {"central_cny": 300.1, "local_cny": 100.2, "own_cny": 600.3, "surplus_cny": 0.4}
    (row,) = report([project(1, **money)], "project").rows
    assert (row.key, row.budget_cny, row.contracted_cny, row.left_cny) == ("P-001", 1001.0, 0.0, 0.0)


def test_what_was_paid_is_told_by_its_way() -> None:
    money: dict[str, Any] = {"central_cny": 1000.0, "amount_cny": 800.0, "retained_cny": 200.0, "advance_cny": 600.0}
    (row,) = report([project(1, **money, released_cny=150.0, paid_cny=50.0)], "project").rows
    assert (row.retained_cny, row.advance_cny, row.released_cny, row.paid_cny) == (200.0, 600.0, 150.0, 50.0)
    assert row.left_cny == 200.0


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([project(1, central_cny=100, budget_cny=100)], []),
        ([project(1, central_cny=100, budget_cny=100.01)], ["funding.lines_differ"]),
        ([project(1, central_cny=100, amount_cny=100)], []),
        ([project(1, central_cny=100, amount_cny=100.01)], ["funding.above_budget"]),
        ([project(1, central_cny=100, amount_cny=90, advance_cny=60, paid_cny=30)], []),
        ([project(1, central_cny=100, amount_cny=90, advance_cny=60, paid_cny=30.01)], ["funding.above_contract"]),
        ([project(1, central_cny=100, paid_cny=1)], ["funding.above_contract"]),
        ([project(1, "cancelled", central_cny=100, amount_cny=900)], []),
        ([project(1, "cancelled", central_cny=100, paid_cny=1)], ["funding.paid_without_result"]),
        ([project(1, central_cny=100, amount_cny=90), project(2, surplus_cny=10)], []),
        ([project(1, central_cny=100, amount_cny=90), project(2, surplus_cny=10.01)], ["funding.overdrawn"]),
        ([project(1, central_cny=100, amount_cny=90), project(2, batch="2019", surplus_cny=10)], ["funding.overdrawn"]),
        ([project(1, "rejected", central_cny=100, amount_cny=90), project(2, surplus_cny=1)], ["funding.overdrawn"]),
    ],
)
def test_what_does_not_reconcile_is_named(rows: list[ProjectRow], found: list[str]) -> None:
    assert codes(*rows) == found


def test_surplus_of_one_county_may_serve_another_of_the_batch() -> None:
    left, used = (
        project(1, county="533301", central_cny=100, amount_cny=60),
        project(2, county="533323", surplus_cny=30),
    )
    found = report([left, used], "county")
    assert [(row.key, row.left_cny, row.surplus_cny) for row in found.rows] == [("533301", 40, 0), ("533323", 0, 30)]
    assert (found.mismatches, found.available_cny) == ((), 10.0)


fen = st.integers(0, 10**10).map(lambda amount: amount / 100)
moneys = st.dictionaries(st.sampled_from([*LINES, "amount_cny", "retained_cny", "advance_cny", "paid_cny"]), fen)
projects = st.lists(
    st.tuples(
        st.sampled_from(["registered", "running", "held", "completed", "cancelled", "rejected"]),
        st.sampled_from(["533301", "533323", "530102", "511321"]),
        st.sampled_from(["2018", "2019"]),
        moneys,
    ),
    max_size=12,
)


@given(given_projects=projects, by=st.sampled_from(get_args(FundingKey)))
def test_totals_reconcile_however_they_are_grouped(given_projects: list[Any], by: FundingKey) -> None:
    rows = [
        project(n, status, county, batch, **money) for n, (status, county, batch, money) in enumerate(given_projects)
    ]
    found = report(rows, by)
    for name in type(found.totals).model_fields:
        if name != "key":
            assert getattr(found.totals, name) == pytest.approx(sum(getattr(row, name) for row in found.rows), abs=1e-3)
    for row in (*found.rows, found.totals):
        assert row.budget_cny == pytest.approx(sum(getattr(row, line) for line in LINES), abs=1e-3)
    assert found.totals == report(list(reversed(rows)), "batch").totals
    if "funding.above_budget" not in {reason.code for reason in found.mismatches}:
        for row in (*found.rows, found.totals):
            assert row.left_cny == pytest.approx(row.contracted_cny - row.amount_cny, abs=1e-3)
    if "funding.overdrawn" not in {reason.code for reason in found.mismatches}:
        available = found.totals.left_cny - found.totals.surplus_cny
        assert found.available_cny == pytest.approx(available, abs=1e-3)


# Further villages


def village(number: int, tier: str, cost: str | None, **changes: Any) -> LedgerRow:  # noqa: ANN401 - fields of LedgerRow
    amount = None if cost is None else Decimal(cost)
    (row,) = ledger_rows(1, tier=tier, funding_cny=amount, row=number, village_code=f"533323199{number:03d}", **changes)
    return row


def test_priority_areas_come_first_and_what_is_passed_over_says_why() -> None:
    rows = [
        village(2, "general", "10"),
        village(3, "contiguous-area", "40"),
        village(4, "three-regions", "60"),
        village(5, "deep-poverty", "50"),
        village(6, "designated-county", None),
        village(7, "general", "5"),
        village(8, "three-regions", "30"),
    ]
    clash = Clash(row=rows[5], project_id="US18F-000001", programme="US", batch="2018", status="running")
    found = allocate(100, rows, [clash])
    assert [(one.row.row, one.is_funded, one.left_cny) for one in found] == [
        (8, True, 70.0),
        (4, True, 10.0),
        (5, False, 10.0),
        (6, False, 10.0),
        (3, False, 10.0),
        (7, False, 10.0),
        (2, True, 0.0),
    ]
    reasons = {one.row.row: one.reason.code for one in found if one.reason}
    assert reasons == {
        5: "funding.not_enough",
        6: "funding.no_amount",
        3: "funding.not_enough",
        7: "funding.has_project",
    }
    assert all(render(one.reason, lang) for one in found if one.reason for lang in LANGUAGES)


candidates = st.lists(
    st.tuples(
        st.sampled_from(PRIORITY), st.one_of(st.none(), st.integers(0, 10**7).map(lambda n: str(Decimal(n) / 100)))
    ),
    max_size=20,
)


@given(surplus=fen, wanted=candidates, shuffle=st.randoms(use_true_random=False))
def test_no_more_is_given_than_there_is_and_no_one_is_forgotten(
    surplus: float,
    wanted: list[tuple[str, str | None]],
    shuffle: Any,  # noqa: ANN401 - a random of hypothesis
) -> None:
    rows = [village(number, tier, cost) for number, (tier, cost) in enumerate(wanted, start=2)]
    found = allocate(surplus, rows)
    assert sorted(one.row.row for one in found) == [row.row for row in rows]
    assert sum(Decimal(str(one.funding_cny)) for one in found if one.is_funded) <= Decimal(str(surplus))
    assert all(one.is_funded == (one.reason is None) for one in found)
    assert [PRIORITY.index(one.row.tier) for one in found] == sorted(PRIORITY.index(row.tier) for row in rows)
    other = list(rows)
    shuffle.shuffle(other)
    assert allocate(surplus, other) == found
    for one in found:
        if one.reason and one.reason.code == "funding.not_enough":
            assert one.funding_cny > one.left_cny


def test_a_negative_surplus_funds_nothing() -> None:
    assert not any(one.is_funded for one in allocate(-5, [village(2, "general", "1")]))


def test_every_tier_has_its_place() -> None:
    assert set(PRIORITY) == set(get_args(Tier))
