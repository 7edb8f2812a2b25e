"""The retained payment: what a contract retains, what settlement pays, what a decision releases before."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import explain, payment
from rules.project import Refused
from rules.text import LANGUAGES, render
from schemas import event as e
from schemas.command import ReleasePayment
from schemas.plan import Payment
from tests.support import accepting
from tests.support.accepting import FIBRE, Change
from tests.support.acts import close, life_at
from tests.support.life import Life
from tests.support.people import BUILDER, PREFECTURE, PROVINCE

GUIZHOU = Payment(
    amount_fact="amount_cny",
    retained_share=0.25,
    retained_fact="retained_percent",
    settled_by="settlement",
    paid_fact="paid_cny",
    released_after="preliminary_acceptance",
)
"""75 % after the contract, 25 % after final acceptance; the rest may be released after the prefecture's acceptance."""


def life_with(amount: float, stage: str, *changes: Change, **contract: Any) -> Life:  # noqa: ANN401 - values of facts
    """Return a project with a contract of an amount, in which a stage has just opened."""
    life = accepting.life_at("contract", FIBRE, *changes)
    life.ok(PROVINCE, close(life, "contract", amount_cny=amount, **contract))
    life.close_before(stage)
    return life


def release(amount: float) -> ReleasePayment:
    return ReleasePayment(amount_cny=amount, decision_no="党组〔2022〕12号")


def test_a_contract_retains_the_share_of_the_plan() -> None:
    life = life_with(1_000_000, "baseline")
    assert life.state.money == {"central_cny": 1000.0, "amount_cny": 1_000_000.0, "retained_cny": 250_000.0}
    closed = next(event for event in life.events if isinstance(event, e.StageClosed) and event.stage == "contract")
    assert closed.facts["retained_cny"] == 250_000.0, "on record with the contract, whatever the plan says later"


@pytest.mark.parametrize(("percent", "kept"), [(0, 0.0), (10, 12.35), (33.3, 41.11), (100, 123.45)])
def test_a_contract_may_retain_a_share_of_its_own(percent: float, kept: float) -> None:
    assert life_with(123.45, "baseline", retained_percent=percent).state.money["retained_cny"] == kept


def test_guizhou_pays_a_quarter_at_settlement() -> None:
    life = life_with(1_000_000, "settlement")
    answer = life.do(PROVINCE, close(life, "settlement", paid_cny=250_000.01))
    assert isinstance(answer, Refused)
    assert answer.reason.code == "payment.more_than_retained"
    for lang in LANGUAGES:
        assert all(amount in render(answer.reason, lang) for amount in ("250,000.01", "1,000,000.00", "250,000.00"))
    life.ok(PROVINCE, close(life, "settlement", paid_cny=250_000))


def test_guizhou_releases_early_by_a_decision_and_settles_the_rest() -> None:
    """The rest was once released early, after the prefecture's acceptance, by a decision of the party group."""
    life = life_with(1_000_000, "final_acceptance")
    (released,) = life.ok(PROVINCE, release(200_000))
    assert isinstance(released, e.PaymentReleased)
    assert released.decision_no == "党组〔2022〕12号"
    assert life.code(PROVINCE, release(50_000.01)) == "payment.more_than_left"
    life.close_before("settlement")
    life.ok(PROVINCE, release(25_000))
    assert life.code(PROVINCE, close(life, "settlement", paid_cny=25_000.01)) == "payment.more_than_retained"
    life.ok(PROVINCE, close(life, "settlement", paid_cny=25_000))
    assert life.state.money["released_cny"] == 225_000.0
    assert life.code(PROVINCE, release(1)) == "payment.settled"


def test_everything_may_be_released_before_and_then_nothing_is_settled() -> None:
    life = life_with(1000, "settlement")
    life.ok(PROVINCE, release(250))
    assert life.code(PROVINCE, release(0.01)) == "payment.more_than_left"
    assert life.code(PROVINCE, release(0.004)) == "payment.below_fen", "nor little by little"
    life.ok(PROVINCE, close(life, "settlement", paid_cny=0))


@pytest.mark.parametrize(
    ("stage", "actor", "code"),
    [
        ("preliminary_acceptance", PROVINCE, "payment.too_early"),
        ("public_notice", BUILDER, "authority.wrong_role"),
        ("public_notice", PREFECTURE, "authority.wrong_role"),
        ("public_notice", PROVINCE, ""),
    ],
)
def test_a_release_has_its_time_and_its_people(stage: str, actor: Any, code: str) -> None:  # noqa: ANN401 - rows of a table
    life = life_with(1000, stage)
    if code:
        assert life.code(actor, release(1)) == code
    else:
        life.ok(actor, release(1))


def test_a_frozen_payment_is_not_released() -> None:
    life = life_with(1000, "final_acceptance")
    life.pass_days(200)
    assert life.state.is_frozen
    assert life.code(PROVINCE, release(1)) == "payment.release_frozen"
    life.close_before("settlement")
    assert life.code(PROVINCE, close(life, "settlement", paid_cny=250)) == "payment.frozen"
    life.ok(PROVINCE, close(life, "settlement", paid_cny=250, release_decision_no="No. 8"))


@pytest.mark.parametrize(
    "change",
    [lambda raw: raw.pop("payment"), lambda raw: raw["payment"].pop("released_after")],
    ids=["no payment", "never early"],
)
def test_a_plan_may_know_no_early_release(change: Change) -> None:
    life = accepting.life_at("final_acceptance", FIBRE, change)
    assert life.code(PROVINCE, release(1)) == "act.not_in_plan"


def test_a_plan_without_payment_settles_any_amount() -> None:
    life = accepting.life_at("settlement", FIBRE, lambda raw: raw.pop("payment"))
    life.ok(PROVINCE, close(life, "settlement", paid_cny=10**9))


def test_without_a_contract_amount_nothing_is_retained() -> None:
    def not_required(raw: dict[str, Any]) -> None:
        contract = accepting.stage_of(raw, "contract")["closed_by"]
        next(fact for fact in contract["facts"] if fact["key"] == "amount_cny")["required"] = "never"

    life = accepting.life_at("final_acceptance", FIBRE, not_required)
    assert life.code(PROVINCE, release(1)) == "payment.no_amount"


def test_a_contract_from_before_counts_with_the_share_of_the_plan() -> None:
    state = life_at("baseline").state
    older = state.model_copy(update={"money": {"amount_cny": 1000.0}})
    found = payment.standing(older, GUIZHOU)
    assert found == payment.Standing(amount=1000.0, retained=250.0, released=0.0, paid=0.0)


def test_an_explanation_tells_what_is_retained_and_who_may_release() -> None:
    life = life_with(1000, "final_acceptance")
    life.ok(PROVINCE, release(100))
    found = explain.why(life.state, life.book, life.now)
    assert found.retained
    assert (found.retained.retained_cny, found.retained.released_cny, found.retained.left_cny) == (250.0, 100.0, 150.0)
    kinds = {move.kind: move.roles for move in found.moves}
    assert kinds["release_payment"] == ("provincial_supervisor",)
    told = "\n".join(explain.text(found, life.book, "en"))
    assert "contract 1,000.00, retained 250.00, released early 100.00, settled 0.00, left 150.00" in told
    life.ok(PROVINCE, release(150))
    assert "release_payment" not in {move.kind for move in explain.why(life.state, life.book, life.now).moves}


cents = st.integers(0, 10**11).map(lambda amount: amount / 100)


@given(amount=cents, percent=st.one_of(st.none(), st.floats(0, 100)))
def test_what_is_retained_is_a_part_of_the_contract(amount: float, percent: float | None) -> None:
    facts: dict[str, Any] = {"amount_cny": amount}
    kept = payment.retained(facts if percent is None else {**facts, "retained_percent": percent}, GUIZHOU)
    assert kept is not None
    assert 0 <= kept <= amount
    assert kept == round(kept, 2)


@given(amount=cents, releases=st.lists(cents, max_size=6))
def test_never_more_than_is_retained_leaves_by_any_way(amount: float, releases: list[float]) -> None:
    """Whatever is asked for: what goes out early and what may then be settled never exceed what is retained."""
    released, kept = 0.0, payment.retained({"amount_cny": amount}, GUIZHOU)
    assert kept is not None
    for asked in releases:
        left = payment.Standing(amount, kept, released, 0.0).left
        if not payment.is_more(asked, left):
            released += asked
    left = payment.Standing(amount, kept, released, 0.0).left
    assert not payment.is_more(released, kept)
    assert not payment.is_more(released + left, kept)
