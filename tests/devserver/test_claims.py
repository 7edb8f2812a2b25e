"""A letter is claimed by one sender at a time, and every try that may have reached somebody is on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from infra.channels.base import Manners
from infra.db.engine import database_now, reading
from infra.db.outbox import Claim, Outbox
from infra.db.outcomes import HORIZON, LONGEST_ASKED, Outcome
from infra.db.tables import attempt
from tests.support import posting
from tests.support.claims import DOWN, LATER, LEASE, MANNERS, REFUSED, TAKEN, claimed, only, outbox, tried
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


class TestOneLetter:
    """One letter that waits for the mail channel."""

    def test_it_is_handed_over_once(self, engine: Engine, outgoing: Outbox, clock: Clock, key: str) -> None:
        claim = claimed(outgoing)
        assert outgoing.claim("email", 10, LEASE) == []
        sent = outgoing.begin(claim, LEASE)
        assert sent is not None
        assert (sent.key, sent.address, sent.name, sent.channel) == (key, "p000@example.cn", "p000 同志", "email")
        assert [one.days for one in sent.notices] == [5, 6, 7], "the worst first"
        assert [row.state for row in only(engine, key)[1]] == ["sending"], "on record before the wire"
        outgoing.finish(claim, TAKEN)
        row, attempts = only(engine, key)
        assert (row.state, row.delivered_at, row.attempts, row.provider_id) == ("delivered", clock.at, 1, "q-17")
        assert [(one.state, one.number) for one in attempts] == [("accepted", 1)]
        clock.turn(days=9)
        assert outgoing.claim("email", 10, LEASE) == []

    def test_it_waits_for_its_own_channel(self, outgoing: Outbox, key: str) -> None:
        assert outgoing.claim("file", 10, LEASE) == []
        assert claimed(outgoing).key == key

    def test_a_failure_is_tried_again_after_a_growing_pause(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        pauses = []
        for number in range(1, 16):
            tried(outgoing, Outcome("rejected", "421 later"))
            not_before = only(engine, key)[0].not_before
            assert not_before is not None
            pauses.append((not_before - clock.at).total_seconds())
            assert 1 <= pauses[-1] <= min(3600, 2**number)
            assert outgoing.claim("email", 10, LEASE) == []
            clock.at = not_before
        assert max(pauses) > 600
        row, attempts = only(engine, key)
        assert (row.state, row.attempts, len(attempts), row.detail) == ("pending", 15, 15, "421 later")
        assert {one.detail for one in attempts} == {"421 later"}

    @pytest.mark.parametrize(
        ("asked", "least", "most"),
        [(900.0, 900, 990), (1e9, LONGEST_ASKED.total_seconds(), LONGEST_ASKED.total_seconds() + 60), (-5.0, 1, 2)],
    )
    def test_a_receiver_that_asks_to_be_left_alone_is(  # noqa: PLR0913 - the letter and the table
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str, asked: float, least: float, most: float
    ) -> None:
        tried(outgoing, Outcome("rejected", "429", retry_after=asked))
        not_before = only(engine, key)[0].not_before
        assert not_before is not None
        assert least <= (not_before - clock.at).total_seconds() <= most

    def test_quiet_hours_hold_the_first_and_further_tries(self, engine: Engine, clock: Clock, key: str) -> None:
        morning = clock.at + timedelta(hours=8)
        outgoing = Outbox(engine, MANNERS, now=clock, quiet=lambda: lambda at: max(at, morning))
        assert outgoing.claim("email", 10, LEASE) == []
        assert only(engine, key)[0].not_before == morning
        clock.turn(hours=7)
        assert outgoing.claim("email", 10, LEASE) == []
        clock.turn(hours=1)
        assert claimed(outgoing).key == key

    def test_what_was_claimed_before_quiet_hours_does_not_go_out_in_them(
        self, engine: Engine, clock: Clock, key: str
    ) -> None:
        evening, morning = clock.at + timedelta(seconds=1), clock.at + timedelta(hours=8)
        nightly = Outbox(
            engine, MANNERS, now=clock, quiet=lambda: lambda at: morning if evening <= at < morning else at
        )
        claim = claimed(nightly)
        clock.turn(seconds=1)
        assert nightly.begin(claim, LEASE) is None
        row, tries = only(engine, key)
        assert (row.state, row.not_before, tries) == ("pending", morning, [])
        clock.turn(hours=8)
        assert nightly.begin(claimed(nightly), LEASE)

    def test_a_lost_sender_is_noticed_in_quiet_hours_too(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        assert outgoing.begin(claimed(outgoing), LEASE)
        clock.turn(hours=1)
        morning = clock.at + timedelta(hours=8)
        quiet = Outbox(engine, MANNERS, now=clock, quiet=lambda: lambda _at: morning)
        assert quiet.claim("email", 10, LEASE) == []
        assert [one.state for one in only(engine, key)[1]] == ["unknown"]
        assert only(engine, key)[0].state == "pending"

    def test_it_goes_by_file_after_three_days_of_refusals(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        tried(outgoing, LATER)
        clock.at += HORIZON
        tried(outgoing, LATER)
        row, _ = only(engine, key)
        assert (row.state, row.channel, row.reason_code) == ("pending", "file", "moved_on")

    def test_it_is_given_up_after_three_days_when_there_is_no_other_way(
        self, engine: Engine, clock: Clock, key: str
    ) -> None:
        outgoing = Outbox(engine, {"email": MANNERS["email"]}, now=clock)
        tried(outgoing, LATER)
        clock.at += HORIZON
        tried(outgoing, LATER)
        row, _ = only(engine, key)
        assert (row.state, row.reason_code) == ("dead", "gave_up")
        clock.turn(days=9)
        assert outgoing.claim("email", 10, LEASE) == []

    def test_a_channel_that_is_down_however_long_gives_nothing_up(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        end = clock.at + timedelta(days=30)
        while clock.at < end:
            tried(outgoing, DOWN)
            clock.turn(hours=8)
        assert only(engine, key)[0].state == "pending"
        tried(outgoing, LATER)
        clock.turn(hours=71)
        tried(outgoing, LATER)
        assert only(engine, key)[0].channel == "email", "its own three days began with the first refusal"
        clock.turn(hours=1)
        tried(outgoing, LATER)
        assert only(engine, key)[0].channel == "file"

    def test_a_refusal_for_good_sends_the_same_letter_another_way(
        self, engine: Engine, outgoing: Outbox, key: str
    ) -> None:
        first = tried(outgoing, REFUSED)
        assert outgoing.claim("email", 10, LEASE) == []
        again = tried(outgoing, TAKEN, "file")
        assert (again.key, again.notices) == (first.key, first.notices)
        row, attempts = only(engine, key)
        assert (row.state, row.reason_code, row.channel, row.attempts) == ("delivered", "moved_on", "file", 2)
        assert [(one.channel, one.state, one.detail) for one in attempts] == [
            ("email", "rejected", "550 no such user"),
            ("file", "accepted", ""),
        ]

    def test_the_persons_own_channels_come_in_their_order(self, engine: Engine, clock: Clock) -> None:
        posting.post(engine, channel="sms", channels='["sms", "hook"]', addresses='{"sms": "139", "hook": "h-1"}')
        outgoing = Outbox(engine, dict.fromkeys(("sms", "hook", "email", "file"), Manners()), now=clock)
        addresses = [tried(outgoing, REFUSED, channel).address for channel in ("sms", "hook", "email", "file")]
        assert addresses == ["139", "h-1", "p000@example.cn", ""]
        assert posting.states(engine) == ["dead"]

    def test_a_letter_that_cannot_be_made_goes_nowhere(self, engine: Engine, outgoing: Outbox, key: str) -> None:
        tried(outgoing, Outcome("rejected", "no such variable", is_permanent=True, is_ours=True))
        row, _ = only(engine, key)
        assert (row.state, row.reason_code, row.channel) == ("dead", "unmakeable", "email")

    def test_a_lost_sender_leaves_an_unknown_try(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        lost = claimed(outgoing)
        assert outgoing.begin(lost, LEASE)
        clock.turn(seconds=LEASE)
        assert outgoing.claim("email", 10, LEASE) == [], "first it waits a little"
        row, attempts = only(engine, key)
        assert (row.state, row.unknowns) == ("pending", 1)
        assert [one.state for one in attempts] == ["unknown"]
        clock.turn(seconds=2)
        again = claimed(outgoing)
        assert (again.epoch, again.tries) == (lost.epoch + 1, 1)
        assert not outgoing.begin(lost, LEASE), "the fence holds"
        assert outgoing.begin(again, LEASE)

    def test_a_lost_claim_that_never_reached_the_wire_is_no_try(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        lost = claimed(outgoing)
        clock.turn(seconds=LEASE)
        assert not outgoing.begin(lost, LEASE)
        again = claimed(outgoing)
        assert outgoing.begin(again, LEASE)
        row, attempts = only(engine, key)
        assert (row.unknowns, len(attempts)) == (0, 1)

    def test_a_late_answer_still_counts_while_nobody_else_has_begun(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        slow = claimed(outgoing)
        assert outgoing.begin(slow, LEASE)
        clock.turn(seconds=LEASE + 2)
        outgoing.claim("email", 10, LEASE)
        clock.turn(seconds=2)
        other = claimed(outgoing)
        outgoing.finish(slow, TAKEN)
        assert not outgoing.begin(other, LEASE), "it has arrived meanwhile"
        row, attempts = only(engine, key)
        assert (row.state, row.unknowns) == ("delivered", 0)
        assert [one.state for one in attempts] == ["accepted"]

    def test_a_late_answer_does_not_disturb_another_sender(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        slow, other = self.two_senders(outgoing, clock)
        outgoing.finish(slow, LATER)
        row, attempts = only(engine, key)
        assert [one.state for one in attempts] == ["unknown", "sending"]
        assert attempts[0].detail == "the sender was gone (answered late: rejected 450 greylisted)"
        assert row.state == "sending"
        outgoing.finish(other, TAKEN)
        assert only(engine, key)[0].state == "delivered"

    def test_what_arrived_late_is_not_sent_a_third_time(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        slow, other = self.two_senders(outgoing, clock)
        outgoing.finish(slow, TAKEN)
        assert only(engine, key)[0].state == "sending"
        clock.turn(seconds=1)
        outgoing.finish(other, LATER)
        row, attempts = only(engine, key)
        assert (row.state, row.unknowns, row.delivered_at) == ("delivered", 1, clock.at - timedelta(seconds=1))
        assert [one.state for one in attempts] == ["unknown", "rejected"]

    def test_a_second_copy_is_listed_as_a_try_of_unknown_outcome(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        slow, other = self.two_senders(outgoing, clock)
        outgoing.finish(other, TAKEN)
        outgoing.finish(slow, TAKEN)
        row, attempts = only(engine, key)
        assert (row.state, row.unknowns) == ("delivered", 1)
        assert [one.state for one in attempts] == ["unknown", "accepted"]
        assert attempts[0].detail == "the sender was gone (answered late: accepted)"

    def test_what_arrived_late_is_not_sent_again_while_it_waits(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        slow, other = self.two_senders(outgoing, clock)
        outgoing.finish(other, LATER)
        assert only(engine, key)[0].state == "pending"
        outgoing.finish(slow, TAKEN)
        assert only(engine, key)[0].state == "delivered"

    def test_what_arrived_late_is_not_sent_again_when_the_other_sender_is_lost_too(
        self, engine: Engine, outgoing: Outbox, clock: Clock, key: str
    ) -> None:
        slow, _ = self.two_senders(outgoing, clock)
        outgoing.finish(slow, TAKEN)
        clock.turn(seconds=LEASE)
        assert outgoing.claim("email", 10, LEASE) == []
        row, attempts = only(engine, key)
        assert (row.state, row.unknowns) == ("delivered", 2)
        assert [one.state for one in attempts] == ["unknown", "unknown"]

    @staticmethod
    def two_senders(outgoing: Outbox, clock: Clock) -> tuple[Claim, Claim]:
        """Let one sender sleep over its lease in the middle of a try, and another one begin."""
        slow = claimed(outgoing)
        assert outgoing.begin(slow, LEASE)
        clock.turn(seconds=LEASE + 2)
        outgoing.claim("email", 10, LEASE)
        clock.turn(seconds=2)
        other = claimed(outgoing)
        assert outgoing.begin(other, LEASE)
        return slow, other

    def test_claims_that_were_not_tried_go_back(self, engine: Engine, outgoing: Outbox, key: str) -> None:
        outgoing.release([claimed(outgoing)])
        assert only(engine, key)[0].state == "pending"
        assert claimed(outgoing).tries == 0


def test_two_claimers_never_get_the_same_letter(engine: Engine) -> None:
    written = posting.post(engine, 60)

    def take_all(_claimer: int) -> list[str]:
        mine: list[str] = []
        outgoing = Outbox(engine, MANNERS)
        while claims := outgoing.claim("email", 3, LEASE):
            mine += [claim.key for claim in claims]
            for claim in claims:
                assert outgoing.begin(claim, LEASE)
                outgoing.finish(claim, TAKEN)
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = [key for keys in pool.map(take_all, range(4)) for key in keys]
    assert sorted(taken) == sorted(written)
    with reading(engine) as connection:
        assert len(connection.execute(select(attempt.c.key)).all()) == len(written)


def test_claims_go_back_in_order_of_their_keys_as_who_withdraws_locks_them(engine: Engine, outgoing: Outbox) -> None:
    written = posting.post(engine, 9)
    assert written != sorted(written)
    claims, locked = outgoing.claim("email", 9, LEASE), list[list[str]]()

    def look(_c: object, _u: object, text: str, parameters: object, *_o: object) -> None:
        if text.startswith("UPDATE letter"):
            many = parameters if isinstance(parameters, list) else [parameters]
            locked.append([value for one in many for value in _values(one) if value in written])

    event.listen(engine, "before_cursor_execute", look)
    outgoing.release(claims)
    assert [key for keys in locked for key in keys] == sorted(written)
    assert posting.states(engine) == ["pending"] * 9


def _values(parameters: Any) -> list[object]:  # noqa: ANN401 - as the driver wants them
    return list(parameters.values() if isinstance(parameters, dict) else parameters)


def test_the_oldest_goes_first(engine: Engine, outgoing: Outbox) -> None:
    written = posting.post(engine, 5)
    assert [claim.key for claim in outgoing.claim("email", 3, LEASE)] == written[:3]
    assert [claim.key for claim in outgoing.claim("email", 3, LEASE)] == written[3:]


def test_a_large_letter_is_loaded_with_few_questions(engine: Engine, outgoing: Outbox) -> None:
    posting.post(engine, notices=500)
    claim = claimed(outgoing)
    sent = outgoing.begin(claim, LEASE)
    assert sent is not None
    assert len(sent.notices) == 500


def test_the_clock_is_that_of_the_database(engine: Engine) -> None:
    with reading(engine) as connection:
        first, second = database_now(connection), database_now(connection)
    assert first.utcoffset() == timedelta(0)
    assert timedelta(0) <= second - first < timedelta(seconds=5)
