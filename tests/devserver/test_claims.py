"""A message is claimed by one sender at a time, and every try that may have reached somebody is on record."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from infra.db.directory import People
from infra.db.engine import database_now, reading
from infra.db.outbox import HORIZON, UNKNOWN_LIMITS, Claim, Outbox, Outcome
from infra.db.records import Records
from infra.db.tables import attempt, outbox
from infra.db.views import Views
from schemas.view import AttemptRow, MessageRow
from tests.support import books, journals, offices
from tests.support.moments import Clock

LEASE = 60
PROJECT = "US18F-000001"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outgoing(engine: Engine, clock: Clock) -> Outbox:
    return Outbox(engine, random.Random(7), clock)  # noqa: S311 - a draw that can be repeated


@pytest.fixture
def journal(engine: Engine) -> journals.Journal:
    """A journal of which one reminder waits, for the supervisor, by mail."""
    People(engine).import_directory(offices.directory(), journals.STARTED_AT - timedelta(days=1))
    made = journals.Journal()
    made.days(21)
    records = Records(engine, books.shelf())
    for commit in made.commits:
        records.commit(commit)
    return made


def only(engine: Engine) -> tuple[MessageRow, list[AttemptRow]]:
    (message,) = Views(engine).messages(PROJECT)
    return message, Views(engine).attempts(PROJECT)


def claimed(outgoing: Outbox) -> Claim:
    (claim,) = outgoing.claim("email", 10, LEASE)
    return claim


@pytest.mark.usefixtures("journal")
class TestOneMessage:
    """One message that waits for the mail channel."""

    def test_it_is_handed_over_once(self, engine: Engine, outgoing: Outbox, clock: Clock) -> None:
        claim = claimed(outgoing)
        assert (claim.message.address, claim.message.name) == (
            "provincial_supervisor@example.cn",
            "of-provincial_supervisor 同志",
        )
        assert outgoing.claim("email", 10, LEASE) == []
        assert outgoing.begin(claim, LEASE)
        assert [row.state for row in only(engine)[1]] == ["sending"], "on record before the wire"
        outgoing.finish(claim, Outcome("accepted"))
        message, attempts = only(engine)
        assert (message.state, message.delivered_at, message.attempts) == ("delivered", clock.at, 1)
        assert [(row.state, row.number) for row in attempts] == [("accepted", 1)]
        clock.turn(days=9)
        assert outgoing.claim("email", 10, LEASE) == []

    def test_it_waits_for_its_own_channel(self, outgoing: Outbox) -> None:
        assert outgoing.claim("file", 10, LEASE) == []

    def test_a_failure_is_tried_again_after_a_growing_pause(
        self, engine: Engine, outgoing: Outbox, clock: Clock
    ) -> None:
        bounds = []
        for number in range(1, 16):
            claim = claimed(outgoing)
            assert outgoing.begin(claim, LEASE)
            outgoing.finish(claim, Outcome("rejected", "421 later"))
            with reading(engine) as connection:
                not_before = connection.execute(select(outbox.c.not_before)).scalar_one()
            assert not_before is not None
            pause = (not_before - clock.at).total_seconds()
            assert 1 <= pause <= min(3600, 2**number)
            bounds.append(pause)
            assert outgoing.claim("email", 10, LEASE) == []
            clock.at = not_before
        assert max(bounds) > 600
        message, attempts = only(engine)
        assert (message.state, message.attempts, len(attempts)) == ("pending", 15, 15)
        assert {row.detail for row in attempts} == {"421 later"}

    def test_it_is_given_up_after_three_days_of_failures(self, engine: Engine, outgoing: Outbox, clock: Clock) -> None:
        first = claimed(outgoing)
        assert outgoing.begin(first, LEASE)
        outgoing.finish(first, Outcome("rejected"))
        clock.at += HORIZON
        last = claimed(outgoing)
        assert outgoing.begin(last, LEASE)
        outgoing.finish(last, Outcome("rejected"))
        message, _ = only(engine)
        assert (message.state, message.reason_code) == ("dead", "gave_up")
        clock.turn(days=9)
        assert outgoing.claim("email", 10, LEASE) == []

    def test_a_channel_that_is_down_however_long_gives_nothing_up(
        self, engine: Engine, outgoing: Outbox, clock: Clock
    ) -> None:
        end = clock.at + timedelta(days=30)
        while clock.at < end:
            claim = claimed(outgoing)
            assert outgoing.begin(claim, LEASE)
            outgoing.finish(claim, Outcome("rejected", "connection refused", is_channel_down=True))
            clock.turn(hours=8)
        assert only(engine)[0].state == "pending"
        self.refuse(outgoing)
        clock.turn(hours=71)
        self.refuse(outgoing)
        assert only(engine)[0].state == "pending", "its own three days began with the first refusal"
        clock.turn(hours=1)
        self.refuse(outgoing)
        assert only(engine)[0].reason_code == "gave_up"

    @staticmethod
    def refuse(outgoing: Outbox) -> None:
        claim = claimed(outgoing)
        assert outgoing.begin(claim, LEASE)
        outgoing.finish(claim, Outcome("rejected", "450 greylisted"))

    def test_what_was_given_up_can_be_brought_back(self, engine: Engine, outgoing: Outbox) -> None:
        claim = claimed(outgoing)
        assert outgoing.begin(claim, LEASE)
        outgoing.finish(claim, Outcome("rejected", "550 no such user", is_permanent=True))
        assert outgoing.revive(channel="file") == outgoing.revive(project_id="nothing") == outgoing.revive(["x"]) == []
        assert outgoing.revive([claim.message.key], channel="email", project_id=PROJECT) == [claim.message.key]
        assert (only(engine)[0].state, only(engine)[0].reason_code) == ("pending", "")
        assert outgoing.revive() == []
        again = claimed(outgoing)
        assert outgoing.begin(again, LEASE)
        outgoing.finish(again, Outcome("accepted"))
        assert [row.number for row in only(engine)[1]] == [1, 2], "every try stays on record"

    def test_what_was_brought_back_may_fail_for_other_reasons(
        self, engine: Engine, outgoing: Outbox, clock: Clock
    ) -> None:
        for _ in range(UNKNOWN_LIMITS["email"] + 1):
            claim = claimed(outgoing)
            assert outgoing.begin(claim, LEASE)
            outgoing.finish(claim, Outcome("unknown", "no answer"))
            clock.turn(hours=1)
        assert outgoing.revive() == [only(engine)[0].key]
        self.refuse(outgoing)
        assert only(engine)[0].state == "pending"

    def test_a_refusal_for_good_is_not_tried_again(self, engine: Engine, outgoing: Outbox, clock: Clock) -> None:
        claim = claimed(outgoing)
        assert outgoing.begin(claim, LEASE)
        outgoing.finish(claim, Outcome("rejected", "550 no such user", is_permanent=True))
        message, attempts = only(engine)
        assert (message.state, message.reason_code) == ("dead", "refused")
        assert attempts[0].detail == "550 no such user"
        clock.turn(days=9)
        assert outgoing.claim("email", 10, LEASE) == []

    def test_a_lost_sender_leaves_an_unknown_try(self, engine: Engine, outgoing: Outbox, clock: Clock) -> None:
        lost = claimed(outgoing)
        assert outgoing.begin(lost, LEASE)
        clock.turn(seconds=LEASE)
        assert outgoing.claim("email", 10, LEASE) == [], "first it waits a little"
        message, attempts = only(engine)
        assert (message.state, message.unknowns) == ("pending", 1)
        assert [row.state for row in attempts] == ["unknown"]
        clock.turn(seconds=2)
        again = claimed(outgoing)
        assert (again.epoch, again.tries) == (lost.epoch + 1, 1)
        assert not outgoing.begin(lost, LEASE), "the fence holds"
        assert outgoing.begin(again, LEASE)

    def test_a_lost_claim_that_never_reached_the_wire_is_no_try(
        self, engine: Engine, outgoing: Outbox, clock: Clock
    ) -> None:
        lost = claimed(outgoing)
        clock.turn(seconds=LEASE)
        assert not outgoing.begin(lost, LEASE)
        again = claimed(outgoing)
        assert outgoing.begin(again, LEASE)
        message, attempts = only(engine)
        assert (message.unknowns, len(attempts)) == (0, 1)

    def test_a_late_answer_still_counts_while_nobody_else_has_begun(
        self, engine: Engine, outgoing: Outbox, clock: Clock
    ) -> None:
        slow = claimed(outgoing)
        assert outgoing.begin(slow, LEASE)
        clock.turn(seconds=LEASE)
        outgoing.claim("email", 10, LEASE)
        outgoing.finish(slow, Outcome("accepted"))
        message, attempts = only(engine)
        assert (message.state, message.unknowns) == ("delivered", 0)
        assert [row.state for row in attempts] == ["accepted"]

    def test_a_late_answer_does_not_disturb_another_sender(
        self, engine: Engine, outgoing: Outbox, clock: Clock
    ) -> None:
        slow = claimed(outgoing)
        assert outgoing.begin(slow, LEASE)
        clock.turn(seconds=LEASE + 2)
        outgoing.claim("email", 10, LEASE)
        clock.turn(seconds=2)
        other = claimed(outgoing)
        assert outgoing.begin(other, LEASE)
        outgoing.finish(slow, Outcome("rejected", "late"))
        assert [row.state for row in only(engine)[1]] == ["rejected", "sending"]
        assert only(engine)[0].state == "sending"
        outgoing.finish(other, Outcome("accepted"))
        assert only(engine)[0].state == "delivered"

    def test_unknown_outcomes_have_a_limit_where_the_receiver_does_not_fold(
        self, engine: Engine, outgoing: Outbox, clock: Clock
    ) -> None:
        for _ in range(UNKNOWN_LIMITS["email"] + 1):
            claim = claimed(outgoing)
            assert outgoing.begin(claim, LEASE)
            outgoing.finish(claim, Outcome("unknown", "no answer"))
            clock.turn(hours=1)
        message, _ = only(engine)
        assert (message.state, message.reason_code) == ("dead", "unknown_outcome")

    def test_claims_that_were_not_tried_go_back(self, engine: Engine, outgoing: Outbox) -> None:
        outgoing.release([claimed(outgoing)])
        assert only(engine)[0].state == "pending"
        assert claimed(outgoing).tries == 0


def test_what_was_withdrawn_before_the_wire_is_not_sent(
    engine: Engine, outgoing: Outbox, journal: journals.Journal
) -> None:
    claim = claimed(outgoing)
    journal.close()
    Records(engine, books.shelf()).commit(journal.commits[-1])
    assert not outgoing.begin(claim, LEASE)
    message, attempts = only(engine)
    assert (message.state, message.reason_code, attempts) == ("superseded", "stage_closed", [])


def test_what_was_given_up_is_not_brought_back_after_its_stage(
    engine: Engine, outgoing: Outbox, journal: journals.Journal
) -> None:
    claim = claimed(outgoing)
    assert outgoing.begin(claim, LEASE)
    outgoing.finish(claim, Outcome("rejected", "550 no such user", is_permanent=True))
    journal.close()
    Records(engine, books.shelf()).commit(journal.commits[-1])
    assert outgoing.revive() == []
    message, _ = only(engine)
    assert (message.state, message.reason_code) == ("dead", "refused")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Outcome("accepted"), "delivered"), (Outcome("rejected"), "superseded"), (Outcome("unknown"), "superseded")],
)
def test_what_was_withdrawn_on_the_wire_is_not_tried_again(
    engine: Engine, outgoing: Outbox, journal: journals.Journal, outcome: Outcome, state: str
) -> None:
    claim = claimed(outgoing)
    assert outgoing.begin(claim, LEASE)
    journal.close()
    Records(engine, books.shelf()).commit(journal.commits[-1])
    outgoing.finish(claim, outcome)
    assert only(engine)[0].state == state


def test_two_claimers_never_get_the_same_message(engine: Engine) -> None:
    People(engine).import_directory(offices.directory(), journals.STARTED_AT - timedelta(days=1))
    records = Records(engine, books.shelf())
    for number in range(12):
        made = journals.Journal(journals.project(f"US18F-{number:06d}", village_code=f"5333231{number:05d}"))
        made.days(40)
        for commit in made.commits:
            records.commit(commit)
    with reading(engine) as connection:
        waiting = len(connection.execute(select(outbox.c.key).where(outbox.c.state == "pending")).all())

    def take_all(_claimer: int) -> list[str]:
        mine: list[str] = []
        outgoing = Outbox(engine)
        while claims := outgoing.claim("email", 3, LEASE):
            mine += [claim.message.key for claim in claims]
            for claim in claims:
                assert outgoing.begin(claim, LEASE)
                outgoing.finish(claim, Outcome("accepted"))
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = [key for keys in pool.map(take_all, range(4)) for key in keys]
    assert len(taken) == len(set(taken)) == waiting
    with reading(engine) as connection:
        assert len(connection.execute(select(attempt.c.key)).all()) == waiting


def test_the_clock_is_that_of_the_database(engine: Engine) -> None:
    with reading(engine) as connection:
        first, second = database_now(connection), database_now(connection)
    assert first.utcoffset() == timedelta(0)
    assert timedelta(0) <= second - first < timedelta(seconds=5)
