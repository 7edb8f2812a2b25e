"""Answers that were lost, what people do about letters, and what is withdrawn on the way."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import Engine

from infra.db import messages
from infra.db.engine import writing
from infra.db.letter_views import LetterViews
from infra.db.outbox import Claim, Outbox
from infra.db.outcomes import MOVED_ON, Outcome
from infra.db.settling import Settling
from rules.outbox import Withdrawal
from schemas.channel import Unknown
from schemas.letter_view import LetterFilter
from schemas.reason import Refusal
from tests.support import posting
from tests.support.claims import (
    DOWN,
    LATER,
    LEASE,
    LOST,
    MANNERS,
    MOST_UNKNOWN,
    REFUSED,
    TAKEN,
    claimed,
    only,
    outbox,
    tried,
    with_manners,
)
from tests.support.moments import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outgoing(engine: Engine, clock: Clock) -> Outbox:
    return outbox(engine, clock)


@pytest.fixture
def key(engine: Engine) -> str:
    """Return the key of the one letter that waits, with three notices."""
    (key,) = posting.post(engine, notices=3)
    return key


class TestUnknownFate:
    """A letter whose answer was lost, by what its channel says of that."""

    @pytest.mark.parametrize("most", [0, 1, 3])
    def test_it_is_sent_again_so_often_and_then_a_person_must_look(
        self, engine: Engine, clock: Clock, key: str, most: int
    ) -> None:
        outgoing = with_manners(engine, clock, "retry", most)
        for _ in range(most + 1):
            tried(outgoing, LOST)
            clock.turn(hours=1)
        row, attempts = only(engine, key)
        assert (row.state, row.reason_code, row.unknowns) == ("unclear", "unknown_outcome", most + 1)
        assert len(attempts) == most + 1
        assert outgoing.claim("email", 10, LEASE) == []

    def test_it_is_sent_any_number_of_times_to_who_folds_repeats(self, engine: Engine, clock: Clock, key: str) -> None:
        outgoing = with_manners(engine, clock, "retry")
        for _ in range(9):
            tried(outgoing, LOST)
            clock.turn(hours=1)
        assert only(engine, key)[0].state == "pending"

    @pytest.mark.parametrize(("unknown", "reason_code"), [("hold", "unknown_hold"), ("drop", "unknown_dropped")])
    def test_it_is_not_sent_again(
        self, engine: Engine, clock: Clock, key: str, unknown: Unknown, reason_code: str
    ) -> None:
        outgoing = with_manners(engine, clock, unknown)
        tried(outgoing, LOST)
        clock.turn(days=9)
        assert outgoing.claim("email", 10, LEASE) == []
        row, _ = only(engine, key)
        assert (row.state, row.reason_code, row.unknowns) == ("unclear", reason_code, 1)

    def test_a_lost_sender_is_treated_alike(self, engine: Engine, clock: Clock, key: str) -> None:
        outgoing = with_manners(engine, clock, "hold")
        assert outgoing.begin(claimed(outgoing), LEASE)
        clock.turn(seconds=LEASE)
        assert outgoing.claim("email", 10, LEASE) == []
        row, _ = only(engine, key)
        assert (row.state, row.reason_code) == ("unclear", "unknown_hold")

    def test_an_answer_that_comes_after_all_ends_the_doubt(self, engine: Engine, clock: Clock, key: str) -> None:
        outgoing = with_manners(engine, clock, "hold")
        slow = claimed(outgoing)
        assert outgoing.begin(slow, LEASE)
        clock.turn(seconds=LEASE)
        assert outgoing.claim("email", 10, LEASE) == []
        outgoing.finish(slow, TAKEN)
        row, _ = only(engine, key)
        assert (row.state, row.reason_code, row.unknowns) == ("delivered", "", 0)

    def test_the_other_side_has_it(self, engine: Engine, clock: Clock, key: str) -> None:
        outgoing = with_manners(engine, clock, "reconcile")
        assert not outgoing.reconcile(self.doubtful(outgoing, clock), "accepted")
        row, attempts = only(engine, key)
        assert (row.state, row.delivered_at, row.unknowns) == ("delivered", clock.at, 0)
        assert [(one.state, one.detail) for one in attempts] == [("accepted", "no answer (found by its key)")]

    def test_the_other_side_does_not_have_it(self, engine: Engine, clock: Clock, key: str) -> None:
        outgoing = with_manners(engine, clock, "reconcile")
        claim = self.doubtful(outgoing, clock)
        assert outgoing.reconcile(claim, "absent")
        assert outgoing.begin(claim, LEASE)
        outgoing.finish(claim, TAKEN)
        row, attempts = only(engine, key)
        assert (row.state, row.unknowns) == ("delivered", 0)
        assert [one.state for one in attempts] == ["rejected", "accepted"]

    def test_the_other_side_cannot_say(self, engine: Engine, clock: Clock, key: str) -> None:
        outgoing = with_manners(engine, clock, "reconcile")
        assert not outgoing.reconcile(self.doubtful(outgoing, clock), "unknown")
        row, _ = only(engine, key)
        assert (row.state, row.reason_code, row.unknowns) == ("unclear", "unknown_hold", 1)

    def test_the_other_side_cannot_be_asked_just_now(self, engine: Engine, clock: Clock, key: str) -> None:
        outgoing = with_manners(engine, clock, "reconcile")
        outgoing.put_off(self.doubtful(outgoing, clock), 600)
        assert only(engine, key)[0].state == "pending"
        clock.turn(seconds=599)
        assert outgoing.claim("email", 10, LEASE) == []
        clock.turn(seconds=1)
        assert claimed(outgoing).is_doubtful

    def test_who_lost_the_claim_has_no_say(self, engine: Engine, clock: Clock, key: str) -> None:
        outgoing = with_manners(engine, clock, "reconcile")
        lost = self.doubtful(outgoing, clock)
        clock.turn(seconds=LEASE)
        claimed(outgoing)
        assert not outgoing.reconcile(lost, "absent")
        assert only(engine, key)[0].unknowns == 1

    def test_doubts_about_another_channel_are_none_about_this(self, engine: Engine, clock: Clock, key: str) -> None:
        outgoing = with_manners(engine, clock, "reconcile")
        claim = self.doubtful(outgoing, clock)
        assert outgoing.begin(claim, LEASE)
        outgoing.finish(claim, REFUSED)
        assert not claimed(outgoing, "file").is_doubtful
        assert only(engine, key)[0].unknowns == 1, "and they stay on record"

    @staticmethod
    def doubtful(outgoing: Outbox, clock: Clock) -> Claim:
        tried(outgoing, LOST)
        clock.turn(seconds=2)
        claim = claimed(outgoing)
        assert claim.is_doubtful
        return claim


class TestTheOneThatFails:
    """A letter that finds its channel down each time while others pass."""

    def fail(self, outgoing: Outbox, clock: Clock, *, others: bool) -> None:
        """Try what is due, twenty hours after the time before: the first letter finds its channel down."""
        for number, claim in enumerate(outgoing.claim("email", 2, LEASE)):
            if number == 0 or others:
                assert outgoing.begin(claim, LEASE)
                outgoing.finish(claim, DOWN if number == 0 else TAKEN)
                clock.turn(seconds=1)
        clock.turn(hours=20)

    def test_it_is_given_up_in_the_end_and_goes_another_way(
        self, engine: Engine, outgoing: Outbox, clock: Clock
    ) -> None:
        first, *_ = posting.post(engine, 9)
        for _ in range(5):
            self.fail(outgoing, clock, others=True)
            assert only(engine, first)[0].channel == "email"
        self.fail(outgoing, clock, others=True)
        row, tries = only(engine, first)
        assert (row.state, row.channel, row.reason_code) == ("pending", "file", MOVED_ON), "72 hours after the second"
        assert len(tries) == 6

    def test_while_nothing_passes_it_stays_however_long(self, engine: Engine, outgoing: Outbox, clock: Clock) -> None:
        first, *_ = posting.post(engine, 2)
        for _ in range(2):
            self.fail(outgoing, clock, others=True)
        for _ in range(9):
            self.fail(outgoing, clock, others=False)
        assert (only(engine, first)[0].state, only(engine, first)[0].channel) == ("pending", "email")


class TestBringingBack:
    """What people do about letters."""

    def dead(self, outgoing: Outbox) -> None:
        tried(outgoing, REFUSED)
        tried(outgoing, REFUSED, "file")

    def test_what_was_given_up_can_be_brought_back(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        self.dead(outgoing)
        settling = Settling(engine, MANNERS, now=clock)
        assert settling.revive(channel="email") == settling.revive(project_id="x") == settling.revive(["x"]) == []
        assert settling.revive([key], channel="file", project_id="US18F-000002") == [key]
        row, _ = only(engine, key)
        assert (row.state, row.reason_code, row.channel) == ("pending", "", "email"), "it starts anew"
        assert settling.revive() == []
        tried(outgoing, TAKEN)
        assert [one.number for one in only(engine, key)[1]] == [1, 2, 3], "every try stays on record"

    def test_what_was_brought_back_may_fail_for_other_reasons(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        for _ in range(MOST_UNKNOWN + 1):
            tried(outgoing, LOST)
            clock.turn(hours=1)
        settling = Settling(engine, MANNERS)
        assert settling.revive() == [], "it may have arrived: that is asked for by name"
        assert settling.revive(with_unclear=True) == [key]
        tried(outgoing, LATER)
        assert only(engine, key)[0].state == "pending"

    def test_what_nobody_needs_any_more_is_not_brought_back(self, engine: Engine, outgoing: Outbox, key: str) -> None:
        self.dead(outgoing)
        posting.withdraw(engine, key)
        assert Settling(engine, MANNERS).revive() == []
        assert posting.states(engine) == ["dead"]

    def test_what_waits_for_a_channel_that_is_gone_goes_another_way(self, engine: Engine, key: str) -> None:
        settling = Settling(engine, ("file",))
        assert settling.revive() == settling.revive(channel="file") == []
        assert settling.revive(channel="email") == [key]
        row, _ = only(engine, key)
        assert (row.state, row.channel) == ("pending", "file")
        assert Settling(engine, ("email", "file")).revive(channel="file") == [], "what is served is left to its sender"

    def test_a_person_says_that_it_arrived(self, engine: Engine, clock: Clock, key: str) -> None:
        tried(with_manners(engine, clock, "hold"), LOST)
        Settling(engine, now=clock).settle(key, has_arrived=True, by="p1")
        row, attempts = only(engine, key)
        assert (row.state, row.reason_code, row.delivered_at) == ("delivered", "settled_arrived", clock.at)
        assert attempts[0].state == "unknown", "what is known of the try does not change"
        assert attempts[0].detail == "no answer (p1 at 2018-06-01 00:00Z: it arrived)"

    @pytest.mark.parametrize("unknown", ["hold", "reconcile"])
    def test_a_person_wants_it_sent_again(self, engine: Engine, clock: Clock, key: str, unknown: Unknown) -> None:
        outgoing = with_manners(engine, clock, unknown)
        tried(outgoing, LOST)
        if unknown == "reconcile":
            clock.turn(seconds=2)
            outgoing.reconcile(claimed(outgoing), "unknown")
        Settling(engine, now=clock).settle(key, has_arrived=False, by="")
        claim = claimed(outgoing)
        assert not claim.is_doubtful, "nobody is asked again"
        assert outgoing.begin(claim, LEASE)
        outgoing.finish(claim, TAKEN)
        row, attempts = only(engine, key)
        assert (row.state, row.reason_code) == ("delivered", "")
        assert "somebody" in attempts[0].detail

    def test_only_what_is_unclear_is_settled(self, engine: Engine, key: str) -> None:
        for which, code in ((key, "messages.not_unclear"), ("x" * 64, "messages.unknown")):
            with pytest.raises(Refusal) as refused:
                Settling(engine).settle(which, has_arrived=True, by="")
            assert refused.value.reason.code == code


class TestWithdrawn:
    """What is in a letter may be over before it goes, or while it is on its way."""

    def test_a_letter_that_lost_its_last_notice_is_not_sent(self, engine: Engine, outgoing: Outbox, key: str) -> None:
        claim = claimed(outgoing)
        posting.withdraw(engine, key)
        assert outgoing.begin(claim, LEASE) is None
        row, attempts = only(engine, key)
        assert (row.state, attempts) == ("superseded", [])

    def test_what_was_tried_stays_as_it_was(self, engine: Engine, outgoing: Outbox, clock: Clock, key: str) -> None:
        first = tried(outgoing, LATER)
        posting.withdraw(engine, key, 2)
        clock.turn(hours=1)
        again = tried(outgoing, LATER)
        assert again == first, "the same letter under the same key says the same"
        posting.withdraw(engine, key)
        clock.turn(hours=1)
        claim = claimed(outgoing)
        assert outgoing.begin(claim, LEASE) is None
        assert only(engine, key)[0].state == "superseded"

    @pytest.mark.parametrize(
        ("outcome", "state", "reason_code"),
        [
            (TAKEN, "delivered", ""),
            (LATER, "superseded", ""),
            (DOWN, "superseded", ""),
            (REFUSED, "superseded", ""),
            (LOST, "unclear", "unknown_withdrawn"),
        ],
    )
    def test_what_was_withdrawn_on_the_wire_is_not_tried_again(  # noqa: PLR0913 - the letter and the table
        self, engine: Engine, outgoing: Outbox, key: str, outcome: Outcome, state: str, reason_code: str
    ) -> None:
        claim = claimed(outgoing)
        assert outgoing.begin(claim, LEASE)
        posting.withdraw(engine, key)
        outgoing.finish(claim, outcome)
        row, _ = only(engine, key)
        assert (row.state, row.reason_code) == (state, reason_code)

    def test_what_was_withdrawn_after_a_lost_answer_may_have_arrived(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        tried(outgoing, LOST)
        posting.withdraw(engine, key)
        clock.turn(hours=1)
        assert outgoing.begin(claimed(outgoing), LEASE) is None
        row, _ = only(engine, key)
        assert (row.state, row.reason_code) == ("unclear", "unknown_withdrawn")


WITHDRAWN = Withdrawal("stage_closed", stages=None, matters=None)


def close(engine: Engine, project_id: str, at: datetime) -> None:
    """Withdraw what is said about a project, as its journal does."""
    with writing(engine) as connection:
        messages.withdraw(connection, project_id, WITHDRAWN, at)


def test_what_leaves_a_letter_before_its_first_try_is_not_in_it(
    engine: Engine, outgoing: Outbox, clock: Clock, key: str
) -> None:
    claim = claimed(outgoing)
    close(engine, "US18F-000001", clock.at)
    first = outgoing.begin(claim, LEASE)
    assert first is not None
    assert [one.project_id for one in first.notices] == ["US18F-000003", "US18F-000002"]
    close(engine, "US18F-000002", clock.at)
    outgoing.finish(claim, LATER)
    row, _ = only(engine, key)
    assert (row.state, row.notices) == ("pending", 2)
    clock.turn(hours=1)
    assert tried(outgoing, LATER) == first, "from then on it does not change"
    close(engine, "US18F-000003", clock.at)
    clock.turn(hours=1)
    assert outgoing.begin(claimed(outgoing), LEASE) is None
    assert [one.state for one in LetterViews(engine).notices(key)] == ["superseded"] * 2


def test_senders_and_those_who_withdraw_agree_on_every_letter(engine: Engine, clock: Clock) -> None:
    """Whoever comes first to a letter decides: it is empty and never tried, or tried and its notices stay in it."""
    posting.post(engine, 30, notices=2)
    outgoing = Outbox(engine, MANNERS)

    def send(_number: int) -> None:
        while claims := outgoing.claim("email", 2, LEASE):
            for claim in claims:
                if outgoing.begin(claim, LEASE):
                    outgoing.finish(claim, TAKEN)

    def take_back(number: int) -> None:
        close(engine, f"US18F-{number:06d}", clock.at)

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(send, 0), pool.submit(take_back, 1), pool.submit(send, 1), pool.submit(take_back, 2)]
        for one in work:
            one.result()
    views = LetterViews(engine)
    rows, _ = views.letters(LetterFilter(), 100)
    assert Counter(row.state for row in rows) == Counter("delivered" if row.notices else "superseded" for row in rows)
    for row in rows:
        assert len(views.notices(row.key)) == row.notices
        assert len(views.attempts(row.key)) == (1 if row.notices else 0)
    assert views.listed(limit=100)[1] == 60
