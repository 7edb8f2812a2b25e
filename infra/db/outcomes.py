"""What becomes of a letter after a try: decided here from what is known, without clock, chance or database."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from infra.channels.base import Manners
from schemas.channel import Unknown
from schemas.letter import LetterState

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_ASKED = timedelta(hours=24)
"""A receiver that asks to be left alone for longer is asked again all the same."""

HORIZON = timedelta(hours=72)
"""How long a letter is tried again after its receiver was refused for the first time."""

SETTLED_AGAIN = "settled_again"
"""Reason of a letter of unknown fate that a person wants sent again, so that nobody is asked about it any more."""


MOVED_ON = "moved_on"
"""Reason of a letter that one channel refused for good and that goes, or went, by another."""


@dataclass(frozen=True)
class Outcome:
    """How a try went.

    Attributes:
        state: `accepted`, `rejected`, or `unknown` when nobody can tell whether it arrived.
        detail: What the other side answered.
        is_permanent: Whether trying again on this channel is useless.
        is_channel_down: Whether the way out as a whole was shut: then nothing speaks against this very letter.
        is_ours: Whether it is permanent because the letter could not even be made: then no other channel helps.
        retry_after: Seconds for which the other side asked to be left alone; None when it did not say.
        provider_id: What the other side calls the letter; empty when it did not say.
    """

    state: Literal["accepted", "rejected", "unknown"]
    detail: str = ""
    is_permanent: bool = False
    is_channel_down: bool = False
    is_ours: bool = False
    retry_after: float | None = None
    provider_id: str = ""


@dataclass(frozen=True)
class Standing:
    """What is known of a letter when a try has ended.

    Attributes:
        tries: How often it was tried, this one included.
        unknowns: Tries of unknown outcome on this channel.
        may_have_arrived: Whether any try on any channel has an unknown outcome.
        has_arrived: Whether any try was accepted.
        is_withdrawn: Whether all its notices were withdrawn meanwhile.
        refused_at: When its receiver was refused for the first time; None when that did not happen.
    """

    tries: int
    unknowns: int = 0
    may_have_arrived: bool = False
    has_arrived: bool = False
    is_withdrawn: bool = False
    refused_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """What becomes of a letter.

    Attributes:
        state: Its state.
        reason_code: Why, when it is not tried again.
        not_before: Earliest further try; None for at once.
        moves_on: Whether it goes by the next channel, if there is one, instead of being given up.
    """

    state: LetterState
    reason_code: str = ""
    not_before: datetime | None = None
    moves_on: bool = False


def verdict(standing: Standing, outcome: Outcome, manners: Manners, now: datetime, chance: float) -> Verdict:
    """Return what becomes of a letter after a try.

    Args:
        standing: What is known of it, this try included.
        outcome: How the try went.
        manners: How its channel is to be treated.
        now: When it ended.
        chance: From 0 to 1, by which the pause until the next try is spread.
    """
    if standing.has_arrived:
        return Verdict("delivered")
    if outcome.state == "unknown":
        return _unknown(standing, manners, now + pause(standing.tries, chance))
    if standing.is_withdrawn:
        return withdrawn(may_have_arrived=standing.may_have_arrived)
    if outcome.is_permanent:
        return Verdict("dead", "unmakeable" if outcome.is_ours else "refused", moves_on=not outcome.is_ours)
    if standing.refused_at is not None and not outcome.is_channel_down and now - standing.refused_at >= HORIZON:
        return Verdict("dead", "gave_up", moves_on=True)
    return Verdict("pending", not_before=now + max(pause(standing.tries, chance), _asked(outcome, chance)))


def withdrawn(*, may_have_arrived: bool) -> Verdict:
    """Return what becomes of a letter that nobody needs any more."""
    return Verdict("unclear", "unknown_withdrawn") if may_have_arrived else Verdict("superseded")


def pause(tries: int, chance: float) -> timedelta:
    """Return how long to wait before the next try: anything up to a bound that doubles (full jitter)."""
    bound = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(tries, 32)))
    return FIRST_PAUSE + (bound - FIRST_PAUSE) * chance


def at_rest(retry_after: float | None) -> timedelta:
    """Return for how long a receiver that asked to be left alone is left alone; an answer that is none counts as 0."""
    if retry_after is None or not math.isfinite(retry_after):
        return timedelta(0)
    return min(timedelta(seconds=max(0.0, min(retry_after, LONGEST_ASKED.total_seconds()))), LONGEST_ASKED)


def _asked(outcome: Outcome, chance: float) -> timedelta:
    """Return the pause that was asked for, and a little more: not all come back at the same moment."""
    asked = at_rest(outcome.retry_after)
    return asked + min(asked / 10, timedelta(minutes=1)) * chance


def _unknown(standing: Standing, manners: Manners, not_before: datetime) -> Verdict:
    most = math.inf if manners.most_unknown is None else manners.most_unknown
    if manners.unknown == "reconcile" and standing.unknowns <= most:
        return Verdict("pending", not_before=not_before)  # also when it was withdrawn: first it is asked for
    if standing.is_withdrawn:
        return withdrawn(may_have_arrived=standing.may_have_arrived)
    if manners.unknown in _LEFT_ALONE:
        return Verdict("unclear", _LEFT_ALONE[manners.unknown])
    if standing.unknowns > most:
        return Verdict("unclear", "unknown_outcome")
    return Verdict("pending", not_before=not_before)


_LEFT_ALONE: Mapping[Unknown, str] = {"hold": "unknown_hold", "drop": "unknown_dropped"}
