"""What waits for a person becomes one letter a day, urgent notices one each; none is lost, none written twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, update
from temporalio.testing import ActivityEnvironment

from activities.letters import LettersActivity
from infra.db import letters as writing_letters
from infra.db.engine import writing
from infra.db.heartbeats import Heartbeats
from infra.db.letters import Due, Letters, Round, shard_of
from infra.db.tables import letter, outbox, silence
from rules import digest
from schemas.directory import Person
from schemas.letter import RoundOrder, RoundReport
from tests.support.waiting import MONDAY, POLICY, Desk

ALONE = POLICY.model_copy(update={"alone_from_level": 2, "unsilenced_from_level": 4})
NIGHT = datetime(2018, 7, 16, 14, 0, tzinfo=UTC)
"""Monday at ten in the evening in China."""


@pytest.fixture
def desk(engine: Engine) -> Desk:
    made = Desk(engine)
    made.people(*(Person(person_id=f"p{n}", name=f"第{n}人", email=f"p{n}@example.cn") for n in range(6)))
    return made


def test_everything_that_waits_for_a_person_is_one_letter(desk: Desk) -> None:
    keys = {*desk.wait("p1", 3), *desk.wait("p1", 2, level=5)}
    other = desk.wait("p2")
    assert desk.round() == RoundReport(people=2, letters=2, notices=6)
    mine, theirs = sorted(desk.sent(), key=lambda row: str(row.person_id))
    assert (mine.notices, mine.kind, mine.day, mine.channel, mine.state) == (
        5,
        "digest",
        "2018-07-16",
        "email",
        "pending",
    )
    assert mine.key == digest.letter_key("p1", "digest", "2018-07-16")
    assert mine.created_at == MONDAY
    assert set(desk.notices(letter=mine.key, state="written")) == keys
    assert set(desk.notices(letter=theirs.key)) == set(other)


def test_a_second_round_of_the_day_adds_nothing_and_what_came_late_goes_the_next_working_day(desk: Desk) -> None:
    desk.wait()
    desk.round()
    (late,) = desk.wait()
    assert desk.round() == RoundReport()
    assert desk.notices()[late].state == "waiting"
    desk.clock.at = datetime(2018, 7, 20, 9, 59, tzinfo=UTC)  # Friday, one minute before the office closes
    assert desk.round() == RoundReport(people=1, letters=1, notices=1)
    (later,) = desk.wait()
    desk.clock.turn(hours=24)
    assert desk.round() == RoundReport(), "a Saturday"
    desk.clock.turn(hours=39, minutes=1)
    assert desk.round() == RoundReport(), "Monday at nine, before the hour of the digest"
    desk.clock.turn(hours=1)
    assert desk.round() == RoundReport(people=1, letters=1, notices=1)
    assert [row.day for row in desk.sent()] == ["2018-07-16", "2018-07-20", "2018-07-23"]
    assert desk.notices()[later].letter == desk.sent()[-1].key


def test_what_comes_after_the_hour_calls_for_no_letter_of_that_day(desk: Desk) -> None:
    desk.wait(created_at=MONDAY)
    assert desk.round() == RoundReport(), "nothing waited at half past nine"
    desk.wait()
    assert desk.round() == RoundReport(people=1, letters=1, notices=2), "the round is late, and takes both"


def test_what_could_not_be_written_on_its_day_is_written_as_soon_as_offices_open(desk: Desk) -> None:
    desk.wait(created_at=MONDAY - timedelta(days=3, hours=1))
    desk.clock.at = MONDAY - timedelta(minutes=59)
    assert desk.round() == RoundReport(people=1, letters=1, notices=1)
    assert [row.day for row in desk.sent()] == ["2018-07-13"]


def test_each_person_has_an_hour(desk: Desk) -> None:
    desk.people(Person(person_id="late", name="迟", email="late@example.cn", digest_at=time(16)))
    desk.wait("p1")
    desk.wait("late")
    assert desk.round().people == 1
    assert [row.person_id for row in desk.sent()] == ["p1"]
    desk.clock.turn(hours=6, minutes=21)
    assert desk.round().people == 1
    assert [(row.person_id, row.day) for row in desk.sent()][1:] == [("late", "2018-07-16")]


def test_urgent_notices_go_alone_at_once_but_not_in_the_night(desk: Desk) -> None:
    desk.policy = ALONE
    desk.wait("p1", 2)
    urgent = desk.wait("p1", 2, level=2)
    assert desk.round() == RoundReport(people=1, letters=3, notices=4)
    alone = [row for row in desk.sent() if row.kind == "alone"]
    assert {row.key for row in alone} == {digest.letter_key("p1", "alone", key) for key in urgent}
    assert [row.day for row in alone] == ["2018-07-16"] * 2
    desk.clock.turn(hours=9)  # seven in the evening: no digest any more
    (evening,) = desk.wait("p2", level=3)
    (patient,) = desk.wait("p2")
    assert desk.round() == RoundReport(people=1, letters=1, notices=1)
    assert {key: row.state for key, row in desk.notices(person_id="p2").items()} == {
        evening: "written",
        patient: "waiting",
    }
    desk.clock.at = NIGHT
    (night,) = desk.wait("p3", level=5)
    assert desk.round() == RoundReport()
    desk.clock.at = NIGHT + timedelta(hours=10, minutes=1)
    assert desk.round() == RoundReport(people=1, letters=1, notices=1)
    assert desk.notices()[night].state == "written"


def silenced(engine: Engine, **fields: Any) -> int:  # noqa: ANN401 - columns of silence
    """Put a silence on record and return its number."""
    row = dict.fromkeys(("project_id", "area", "builder", "stage", "rung", "person_id", "ended_by"), "")
    row |= {"owner": "boss", "reason": "汛期"}
    when = {"since_at": MONDAY - timedelta(days=1), "until_at": MONDAY + timedelta(days=10)}
    with writing(engine) as connection:
        made = connection.execute(insert(silence).values({**row, **when, **fields}))
        return int((made.inserted_primary_key or (0,))[0])


def test_what_is_silenced_is_suppressed_with_the_number_of_the_silence(desk: Desk, engine: Engine) -> None:
    desk.policy = ALONE
    number = silenced(engine, area="5333", stage="cable")
    silenced(engine, area="5301")
    silenced(engine, person_id="p1", ended_at=MONDAY - timedelta(hours=1))
    silenced(engine, person_id="p1", since_at=MONDAY + timedelta(hours=1))
    held = desk.wait("p1", 2, stage="cable")
    through = [*desk.wait("p1", stage="cable", level=4), *desk.wait("p1", stage="survey_design")]
    assert desk.round() == RoundReport(people=1, letters=2, notices=2, suppressed=2)
    assert {key: row.silence for key, row in desk.notices(state="suppressed").items()} == dict.fromkeys(held, number)
    assert set(desk.notices(state="written")) == set(through), "too high for silences, and about something else"
    assert all(row.letter == "" for row in desk.notices(state="suppressed").values())


def test_a_person_of_whom_everything_is_silenced_gets_no_letter(desk: Desk, engine: Engine) -> None:
    silenced(engine, person_id="p1")
    desk.wait("p1", 3)
    assert desk.round() == RoundReport(suppressed=3)
    assert desk.sent() == []


def test_what_is_held_or_taken_back_is_in_no_letter(desk: Desk) -> None:
    desk.wait("", state="held")
    desk.wait("p1", state="superseded")
    assert desk.round() == RoundReport()


def test_the_way_of_a_letter_is_the_first_of_its_receiver(desk: Desk) -> None:
    desk.people(
        Person(
            person_id="phone", name="甲", email="a@b.cn", channels=("pigeon", "sms", "email"), addresses={"sms": "1"}
        ),
        Person(person_id="nowhere", name="乙", lang="en"),
    )
    for person_id in ("phone", "nowhere", "unheard-of"):
        desk.wait(person_id)
    desk.round()
    assert {row.person_id: (row.channel, row.lang) for row in desk.sent()} == {
        "phone": ("sms", "zh-CN"),
        "nowhere": ("file", "en"),
        "unheard-of": ("file", "zh-CN"),
    }


def test_shards_share_the_people_and_nobody_is_left_out(desk: Desk) -> None:
    for number in range(40):
        desk.wait(f"q{number}")
    done = [desk.round(RoundOrder(shard=shard, shards=3)).people for shard in range(3)]
    assert sum(done) == 40
    assert min(done) > 5
    assert [shard_of(f"q{number}", 3) for number in range(5)] == [0, 1, 2, 1, 2], "the same for ever"


def test_a_round_that_is_killed_between_two_people_has_written_the_first_and_the_next_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        desk.wait(f"p{number}", 2)
    writer, calls = desk.letters, []

    def killed(*_: Any) -> None:  # noqa: ANN401 - of an event
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    this = writer.begin(RoundOrder())
    monkeypatch.setattr(writing_letters, "_leave", _after(writing_letters._leave, killed))
    with pytest.raises(KeyboardInterrupt):
        [writer.write(this, due) for due in this.due]
    monkeypatch.undo()
    assert (len(desk.sent()), len(desk.notices(state="written"))) == (2, 4), "the third is written whole or not at all"
    assert desk.round() == RoundReport(people=2, letters=2, notices=4)
    assert_sound(desk)


def _after(work: Any, then: Any) -> Any:  # noqa: ANN401 - any function
    def both(*args: Any) -> Any:  # noqa: ANN401 - the same
        result = work(*args)
        then()
        return result

    return both


def assert_sound(desk: Desk) -> None:
    """Every written notice is in a letter of its receiver, and every letter has as many as it says."""
    sent = {row.key: row for row in desk.sent()}
    written = desk.notices(state="written").values()
    assert all(sent[row.letter].person_id == row.person_id for row in written)
    for key, row in sent.items():
        assert row.notices == sum(one.letter == key for one in written)


def test_two_rounds_at_once_write_everything_once(desk: Desk) -> None:
    desk.policy = ALONE
    for number in range(12):
        desk.wait(f"q{number}", 5)
        desk.wait(f"q{number}", 2, level=3)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: desk.round(), range(4)))
    assert sum(one.letters for one in done) == 12 * 3
    assert sum(one.notices for one in done) == 12 * 7
    assert not desk.notices(state="waiting")
    assert_sound(desk)


def test_two_writers_of_one_person_do_not_wait_for_each_other(desk: Desk, engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("one writes at a time anyway")
    (locked,) = desk.wait("p1")
    with writing(engine) as other:
        other.execute(update(outbox).where(outbox.c.key == locked).values(reason_code="x"))
        free = desk.wait("p1", 2)
        assert desk.round() == RoundReport(people=1, letters=1, notices=2)
    assert set(desk.notices(state="written")) == set(free)
    assert desk.notices()[locked].state == "waiting", "for the digest of the next day"


def test_a_letter_that_was_emptied_before_its_first_try_is_written_anew(desk: Desk, engine: Engine) -> None:
    desk.policy = ALONE
    both = [*desk.wait("p1"), *desk.wait("p1", level=2)]
    desk.round()
    with writing(engine) as connection:
        connection.execute(update(letter).values(state="superseded", notices=0, reason_code="emptied", epoch=3))
        connection.execute(update(outbox).values(state="waiting", letter=""))
    assert desk.round() == RoundReport(people=1, letters=2, notices=2)
    assert {row.state for row in desk.sent()} == {"pending"}
    assert {row.epoch for row in desk.sent()} == {3}, "who claimed it before it was emptied stays fenced off"
    assert set(desk.notices(state="written")) == set(both)
    assert_sound(desk)


def test_ten_thousand_notices_for_one_person_are_one_letter_in_few_statements(desk: Desk, engine: Engine) -> None:
    desk.wait("p1", 10_000)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, text, *_o: statements.append(text))
    assert desk.round() == RoundReport(people=1, letters=1, notices=10_000)
    assert len(statements) < 40
    assert_sound(desk)


def test_a_person_costs_few_statements(desk: Desk, engine: Engine) -> None:
    for number in range(50):
        desk.wait(f"q{number}", 60)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, text, *_o: statements.append(text))
    assert desk.round().people == 50
    assert len(statements) <= 50 * 6 + 10


def test_what_is_silenced_while_a_round_is_under_way_is_not_sent(desk: Desk, engine: Engine) -> None:
    (key,) = desk.wait("p1")
    writer = desk.letters
    this = writer.begin(RoundOrder())
    desk.clock.turn(minutes=1)
    number = silenced(engine, person_id="p1", since_at=desk.clock.at)
    assert [writer.write(this, due) for due in this.due] == [RoundReport(suppressed=1)]
    assert desk.notices()[key].silence == number


class Poisoned(Letters):
    """A writer that cannot write to somebody."""

    def write(self, this: Round, due: Due) -> RoundReport:
        """Write, unless it is the second person."""
        if due.person.person_id == "p1":
            raise ValueError("poison")
        return super().write(this, due)


async def test_who_cannot_be_written_to_keeps_nobody_else_waiting_and_is_told(desk: Desk, engine: Engine) -> None:
    for number in range(3):
        desk.wait(f"p{number}")
    heartbeats = Heartbeats(engine)
    manner = desk.letters.begin(RoundOrder()).manner
    writer = Poisoned(engine, lambda: manner, desk.channels, now=desk.clock)
    with pytest.raises(ValueError, match="poison"):
        await ActivityEnvironment().run(LettersActivity(writer, heartbeats).write, RoundOrder())
    assert {row.person_id for row in desk.sent()} == {"p0", "p2"}
    assert heartbeats.heard()["letters/0"][1] == RoundReport(people=2, letters=2, notices=2).model_dump_json()


async def test_a_round_that_is_broken_off_is_heard_of_but_not_as_one_that_has_ended(
    desk: Desk, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.letters.PEOPLE_AT_ONCE", 1)
    for number in range(3):
        desk.wait(f"p{number}")
    environment, heartbeats, beats = ActivityEnvironment(), Heartbeats(engine), list[object]()

    def beat(*report: object) -> None:
        beats.append(report)
        if len(beats) == 2:
            environment.worker_shutdown()

    environment.on_heartbeat = beat
    done = await environment.run(LettersActivity(desk.letters, heartbeats).write, RoundOrder())
    assert done == RoundReport(people=1, letters=1, notices=1)
    assert heartbeats.heard()["letters/0"][1] == RoundReport().model_dump_json(), "from the beginning of the round"
