"""Letters go out as fast as a channel takes them, and not while it is down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.pace import FAILURES_IN_A_ROW, LONGEST_REST, Breaker, Bucket, Pace


class Seconds:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.at = 0.0

    def __call__(self) -> float:
        """Return the seconds it shows."""
        return self.at


@given(st.integers(1, 3000), st.lists(st.floats(0, 90), min_size=1, max_size=60))
def test_no_minute_sees_more_letters_than_the_limit(per_minute: int, waits: list[float]) -> None:
    clock = Seconds()
    bucket = Bucket(per_minute, clock)
    sent: list[tuple[float, int]] = []
    for wait in waits:
        clock.at += wait
        left = bucket.left()
        assert left is not None
        for _ in range(left):
            bucket.take()
        sent.append((clock.at, left))
    for start, _ in sent:
        assert sum(count for at, count in sent if start <= at < start + 60) <= per_minute


@pytest.mark.parametrize("per_minute", [1, 2, 20, 100, 6000])
def test_a_busy_channel_gets_nearly_what_it_takes(per_minute: int) -> None:
    clock = Seconds()
    bucket = Bucket(per_minute, clock)
    sent = 0
    for _ in range(36_000):  # an hour in tenths of a second
        clock.at += 0.1
        left = bucket.left()
        assert left is not None
        sent += left
        for _ in range(left):
            bucket.take()
    assert 0.5 * per_minute * 60 <= sent <= per_minute * 60


def test_without_a_limit_any_number_goes() -> None:
    bucket = Bucket(None, Seconds())
    bucket.take()
    assert bucket.left() is None
    assert Pace(Breaker(Seconds()), bucket).room(20) == 20


def test_a_channel_that_is_down_is_left_alone_longer_each_time() -> None:
    clock = Seconds()
    pace = Pace(Breaker(clock), Bucket(None, clock))
    for _ in range(FAILURES_IN_A_ROW - 1):
        pace.breaker.note(is_down=True)
        assert pace.room(20) == 20
    rests = []
    for _ in range(9):
        pace.breaker.note(is_down=True)
        assert pace.room(20) == 0
        begun = clock.at
        while pace.room(20) == 0:
            clock.at += 1
        rests.append(clock.at - begun)
        assert pace.room(20) == 1, "one letter shows whether it is back"
    assert rests == [1, 2, 4, 8, 16, 32, LONGEST_REST, LONGEST_REST, LONGEST_REST]
    pace.breaker.note(is_down=False)
    assert pace.room(20) == 20


def test_a_channel_that_asks_for_it_is_left_alone_at_once() -> None:
    clock = Seconds()
    pace = Pace(Breaker(clock), Bucket(None, clock))
    pace.breaker.note(is_down=True, asked=300)
    clock.at = 299
    assert pace.room(20) == 0
    clock.at = 300
    assert pace.room(20) == 1


def test_both_limits_hold() -> None:
    clock = Seconds()
    pace = Pace(Breaker(clock), Bucket(600, clock))
    assert pace.room(20) == 1
    clock.at = 3600
    assert pace.room(20) == 20
    assert pace.room(1000) == 60
