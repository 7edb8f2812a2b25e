"""What a promise (签收) does to the ladder: it pauses it, once, and then the ladder goes on step by step."""

from __future__ import annotations

from itertools import pairwise

from schemas.command import Acknowledge, HoldProject, ResumeProject
from tests.support import books
from tests.support.life import Life, beijing, shown
from tests.support.people import PREFECTURE, PROVINCE

SNOW = HoldProject(code="WINTER_STOP")


def at_contract() -> Life:
    """Return a project whose contract stage (60 working days) opened on 7 May 2018 and is due on 31 July."""
    life = Life.begin(book=books.changed_ladder(quiet_share=0.0))
    life.close("funding")
    return life


def morning(life: Life, rung: str) -> str:
    """Return when a rung of the only open stage comes."""
    return next(shown(ahead.at) for ahead in life.rungs() if ahead.key == rung)


def acknowledged(promise: str, on: str = "2018-08-02") -> Life:
    """Return a contract stage, overdue since 1 August 2018, with a promise for a date at 18:00."""
    life = at_contract()
    life.until_day(on)
    life.ok(PROVINCE, Acknowledge(promised_at=beijing(promise, "18:00")))
    return life


def test_a_promise_pauses_the_ladder_until_it_is_due() -> None:
    """Nothing comes before the promised instant; the next morning the supervision order does."""
    life = acknowledged("2018-08-30")
    assert life.rungs()[0].derivation.postponed_to == beijing("2018-08-30", "18:00")
    assert life.table()[0] == ("supervision-order", "2018-08-31 09:00", 2)


def test_a_promise_for_a_free_day_waits_for_the_next_working_morning() -> None:
    assert morning(acknowledged("2018-09-30"), "supervision-order") == "2018-10-08 09:00"


def test_after_a_broken_promise_the_ladder_goes_on_step_by_step() -> None:
    """The rungs after it keep their distance: 8, 15 and 30 working days, also once the first of them has fired."""
    life = acknowledged("2018-08-30")
    foretold = life.table()
    mornings = [rung.at for rung in life.rungs()]
    assert [life.book.calendar.between(*pair) for pair in pairwise(mornings)] == [8, 15, 30]
    life.until_day("2018-08-31")
    assert life.table() == foretold[1:]
    life.until_day("2019-01-31")
    assert [(event.rung, shown(event.nominal_at), event.level) for event in life.fired()][-4:] == foretold


def test_a_short_promise_moves_only_what_falls_within_it() -> None:
    """A promise that ends before the next rung changes nothing."""
    before, life = at_contract(), acknowledged("2018-08-07")
    before.until_day("2018-08-02")
    assert life.rungs()[0].derivation.postponed_to is None
    assert life.table() == before.table()


def test_a_second_promise_neither_hurries_nor_swallows_a_rung() -> None:
    """What the first promise had moved stays where it is, unless the second covers it."""
    life = acknowledged("2018-08-30")
    life.until_day("2018-08-31", "12:00")
    before = life.table()
    life.ok(PROVINCE, Acknowledge(promised_at=beijing("2018-09-04")))
    assert life.table() == before
    later = acknowledged("2018-08-30")
    later.until_day("2018-08-31", "12:00")
    later.ok(PROVINCE, Acknowledge(promised_at=beijing("2018-09-20", "08:00")))
    assert later.table()[0] == ("circular", "2018-09-20 09:00", 3)


def test_a_promise_before_the_due_day_does_not_put_off_what_is_overdue() -> None:
    """Promised for the eve of the due day and broken: the overdue notice comes on its own day."""
    life = at_contract()
    life.until_day("2018-06-20")
    life.ok(PROVINCE, Acknowledge(promised_at=beijing("2018-07-30", "08:00")))
    assert life.table()[:2] == [("reminder-7", "2018-07-30 09:00", 0), ("overdue", "2018-08-01 09:00", 1)]


def test_a_reminder_that_a_promise_took_away_does_not_come_back() -> None:
    """The ladder goes up only: no reminder of the due day after the overdue notice, whatever is promised then."""
    life = at_contract()
    life.until_day("2018-07-21")
    life.ok(PROVINCE, Acknowledge(promised_at=beijing("2018-07-31")))
    life.until_day("2018-08-01")
    assert [event.rung for event in life.fired()] == ["reminder-30", "reminder-7", "overdue"]
    life.ok(PROVINCE, Acknowledge(promised_at=beijing("2018-08-03")))
    assert life.rungs()[0].key == "supervision-order"


def test_a_promise_and_a_hold_together() -> None:
    """A hold after a broken promise moves what is left of the ladder by the held working days."""
    life = acknowledged("2018-08-30")
    life.until_day("2018-09-03")
    before = life.rungs()
    life.ok(PREFECTURE, SNOW)
    life.until_day("2018-09-17")
    life.ok(PREFECTURE, ResumeProject())
    pairs = zip(before, life.rungs(), strict=True)
    assert {life.book.calendar.between(old.at, new.at) for old, new in pairs} == {10}


def test_promises_of_one_turn_share_one_limit() -> None:
    """Sixty working days in all, however they are spread: a ladder cannot be stretched promise by promise."""
    life = acknowledged("2018-08-30")
    used = life.turn().promised_days
    life.until_day("2018-08-31", "12:00")
    calendar = life.book.calendar
    last = calendar.after(life.now, 60 - used, "working")
    assert life.code(PROVINCE, Acknowledge(promised_at=calendar.closes_at(last))) == "acknowledge.bad_promise"
    life.ok(PROVINCE, Acknowledge(promised_at=calendar.opens_at(last)))
    assert life.turn().promised_days == 60
