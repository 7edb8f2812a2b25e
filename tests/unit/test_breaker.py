"""A channel is left alone while it is down."""

from __future__ import annotations

from activities.delivery import FAILURES_IN_A_ROW, Breaker
from tests.support.moments import Clock


def test_a_channel_that_is_down_rests_longer_each_time() -> None:
    clock = Clock()
    breaker = Breaker(clock.seconds)
    for _ in range(FAILURES_IN_A_ROW - 1):
        breaker.note(is_down=True)
    assert not breaker.is_open()
    rests = []
    for _ in range(9):
        breaker.note(is_down=True)
        begun = clock.at
        while breaker.is_open():
            clock.turn(seconds=1)
        rests.append((clock.at - begun).total_seconds())
        assert breaker.is_probing
    assert rests == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    breaker.note(is_down=False)
    assert not breaker.is_probing
