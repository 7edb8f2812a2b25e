"""What becomes of a letter after a try follows from what is known of it, and from nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.channels.base import Manners
from infra.db.outcomes import (
    FIRST_PAUSE,
    HORIZON,
    LONGEST_ASKED,
    LONGEST_PAUSE,
    Outcome,
    Standing,
    Verdict,
    at_rest,
    pause,
    verdict,
)
from schemas.channel import Unknown

NOW = datetime(2018, 9, 3, 1, 30, tzinfo=UTC)
LONG_AGO = NOW - HORIZON
HOUR_AGO = NOW - timedelta(hours=1)

REFUSED = Outcome("rejected", "550", is_permanent=True)
FAULTY = Outcome("rejected", "no such variable", is_permanent=True, is_ours=True)
LATER = Outcome("rejected", "450")
DOWN = Outcome("rejected", "refused", is_channel_down=True)
LOST = Outcome("unknown")
TAKEN = Outcome("accepted")
AGAIN = Verdict("pending", not_before=NOW + FIRST_PAUSE)

TABLE: dict[str, tuple[Outcome, dict[str, Any], dict[str, Any], Verdict]] = {
    "taken": (TAKEN, {"has_arrived": True}, {}, Verdict("delivered")),
    "taken after it was withdrawn": (TAKEN, {"has_arrived": True, "is_withdrawn": True}, {}, Verdict("delivered")),
    "an earlier try had arrived": (LATER, {"has_arrived": True}, {}, Verdict("delivered")),
    "lost, but an earlier try had arrived": (LOST, {"has_arrived": True}, {"unknown": "hold"}, Verdict("delivered")),
    "put off": (LATER, {"refused_at": HOUR_AGO}, {}, AGAIN),
    "put off for three days": (LATER, {"refused_at": LONG_AGO}, {}, Verdict("dead", "gave_up", moves_on=True)),
    "down": (DOWN, {}, {}, AGAIN),
    "down, after three days": (DOWN, {"refused_at": LONG_AGO}, {}, AGAIN),
    "refused": (REFUSED, {"refused_at": NOW}, {}, Verdict("dead", "refused", moves_on=True)),
    "not to be made": (FAULTY, {"refused_at": NOW}, {}, Verdict("dead", "unmakeable")),
    "put off, withdrawn": (LATER, {"is_withdrawn": True}, {}, Verdict("superseded")),
    "refused, withdrawn": (REFUSED, {"is_withdrawn": True}, {}, Verdict("superseded")),
    "put off, withdrawn, an earlier answer lost": (
        LATER,
        {"is_withdrawn": True, "may_have_arrived": True, "unknowns": 1},
        {},
        Verdict("unclear", "unknown_withdrawn"),
    ),
    "lost": (LOST, {"unknowns": 1, "may_have_arrived": True}, {}, AGAIN),
    "lost within the limit": (LOST, {"unknowns": 1, "may_have_arrived": True}, {"most_unknown": 1}, AGAIN),
    "lost too often": (
        LOST,
        {"unknowns": 2, "may_have_arrived": True},
        {"most_unknown": 1},
        Verdict("unclear", "unknown_outcome"),
    ),
    "lost, held": (
        LOST,
        {"unknowns": 1, "may_have_arrived": True},
        {"unknown": "hold"},
        Verdict("unclear", "unknown_hold"),
    ),
    "lost, dropped": (
        LOST,
        {"unknowns": 1, "may_have_arrived": True},
        {"unknown": "drop"},
        Verdict("unclear", "unknown_dropped"),
    ),
    "lost, to be asked about": (LOST, {"unknowns": 1, "may_have_arrived": True}, {"unknown": "reconcile"}, AGAIN),
    "lost, withdrawn, to be asked about": (
        LOST,
        {"unknowns": 1, "may_have_arrived": True, "is_withdrawn": True},
        {"unknown": "reconcile"},
        AGAIN,
    ),
    "lost too often, to be asked about": (
        LOST,
        {"unknowns": 2, "may_have_arrived": True},
        {"unknown": "reconcile", "most_unknown": 1},
        Verdict("unclear", "unknown_outcome"),
    ),
    "lost, withdrawn": (
        LOST,
        {"unknowns": 1, "may_have_arrived": True, "is_withdrawn": True},
        {},
        Verdict("unclear", "unknown_withdrawn"),
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_what_becomes_of_it(case: str) -> None:
    outcome, standing, manners, wanted = TABLE[case]
    assert verdict(Standing(tries=1, **standing), outcome, Manners(**manners), NOW, 0.0) == wanted


OUTCOMES = st.builds(
    Outcome,
    state=st.sampled_from(["rejected", "unknown"]),
    is_permanent=st.booleans(),
    is_channel_down=st.booleans(),
    is_ours=st.booleans(),
    retry_after=st.none() | st.floats(),
)
STANDINGS = st.builds(
    Standing,
    tries=st.integers(1, 10**6),
    unknowns=st.integers(0, 9),
    may_have_arrived=st.booleans(),
    has_arrived=st.booleans(),
    is_withdrawn=st.booleans(),
    refused_at=st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2018, 9, 3), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
)
MANNERS = st.builds(
    Manners,
    unknown=st.sampled_from(get_args(Unknown)),
    most_unknown=st.none() | st.integers(0, 9),
    is_keyed=st.booleans(),
)


@given(OUTCOMES, STANDINGS, MANNERS, st.floats(0, 1))
def test_nothing_is_lost_and_nothing_is_hurried(
    outcome: Outcome, standing: Standing, manners: Manners, chance: float
) -> None:
    found = verdict(standing, outcome, manners, NOW, chance)
    assert (found.state == "delivered") == standing.has_arrived
    if found.state == "pending":
        assert found.not_before is not None
        assert NOW + FIRST_PAUSE <= found.not_before <= NOW + LONGEST_ASKED + timedelta(minutes=1)
    if found.state in {"dead", "unclear"}:
        assert found.reason_code, "a person is told why"
    if found.state == "superseded":
        assert standing.is_withdrawn
        assert not standing.may_have_arrived
    if outcome.state == "unknown":
        assert found.state != "dead", "what may have arrived is not given up as if it had not"


@given(st.integers(0, 10**9), st.floats(0, 1))
def test_pauses_double_up_to_an_hour(tries: int, chance: float) -> None:
    assert FIRST_PAUSE <= pause(tries, chance) <= LONGEST_PAUSE
    assert pause(tries, 0) <= pause(tries, chance) <= pause(tries, 1)
    assert pause(tries, 1) == min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries, 20))


@given(st.none() | st.floats())
def test_an_answer_that_is_no_time_counts_as_none(asked: float | None) -> None:
    assert timedelta(0) <= at_rest(asked) <= LONGEST_ASKED
