"""The auditor counts without trusting anybody: whatever is taken away or put where it does not belong is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, Executable, and_, delete, func, insert, text, update

from infra.db.audit import Auditor, Duty, Strays, last_audit, standing_findings
from infra.db.directory import People
from infra.db.engine import writing
from infra.db.heartbeats import Heartbeats
from infra.db.in_force import Manner
from infra.db.records import Records
from infra.db.tables import attempt, heartbeat, journal, letter, outbox, project
from rules.outbox import READDRESSED
from schemas.audit import AuditReport
from schemas.message import Title
from schemas.messaging import MessagingPolicy
from tests.support import books, journals, mailroom, offices

DAY = timedelta(days=1)
POLICY = MessagingPolicy(
    name="m", version="1", title=Title(zh="m", en="m"), source="test", calendar="china", letters="standard"
)


class House:
    """Records of three projects some of whose notices are in letters, and an auditor over them."""

    def __init__(self, engine: Engine) -> None:
        """Write them."""
        self.engine = engine
        People(engine).import_directory(offices.directory(), journals.STARTED_AT - DAY)
        records = Records(engine, books.shelf())
        subjects = [journals.project(f"US18F-{n:06}", village_code=f"53332310320{n}") for n in (1, 2, 3)]
        lives = [journals.Journal(subject) for subject in subjects]
        for life in lives:
            life.days(60)
            for commit in life.commits:
                records.commit(commit)
        self.now: datetime = lives[0].at
        self.execute(update(outbox).values(created_at=self.now))
        self.waiting: list[str] = [row.key for row in mailroom.notices(engine, state="waiting")]

    def audit(
        self, *, is_whole: bool = True, strays: Strays | None = None, email: timedelta | None = None
    ) -> AuditReport:
        """Audit at the instant at which the clock stands."""
        duty = Duty(
            {"delivery/email": email} if email else {}, lambda: Manner(POLICY, books.book().calendar), {"email"}
        )
        return Auditor(self.engine, books.shelf(), duty, now=lambda _: self.now).audit(strays, is_whole=is_whole)

    def execute(self, statement: Executable) -> None:
        """Do something to the database that nobody should."""
        with writing(self.engine) as connection:
            if connection.dialect.name == "sqlite":
                connection.execute(text("PRAGMA defer_foreign_keys=ON"))
            connection.execute(statement)

    def subjects(self) -> list[tuple[str, str]]:
        """Return what stands."""
        return [(one.kind, one.subject) for one in standing_findings(self.engine)]


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def test_sound_records_have_no_gap_and_add_up(house: House) -> None:
    first, second, third, *rest = house.waiting
    mailroom.write(house.engine, "aa", [first], house.now)
    mailroom.write(house.engine, "bb", [second], house.now)
    mailroom.tried(house.engine, "bb", house.now, "unknown", "accepted")
    mailroom.write(house.engine, "cc", [third], house.now, state="dead")
    house.execute(update(outbox).where(outbox.c.key == rest[0]).values(state="suppressed", silence=1))
    found = house.audit()
    balance = found.balance
    assert found.gap == 0
    assert found.findings == {}
    assert (balance.pending, balance.delivered, balance.dead, balance.suppressed) == (1, 1, 1, 1)
    assert balance.waiting == len(rest) - 1
    placed = balance.waiting + balance.superseded + balance.suppressed + balance.held
    assert balance.notices == placed + balance.pending + balance.delivered + balance.unclear + balance.dead
    assert balance.rungs <= balance.notices
    kept = last_audit(house.engine)
    assert kept
    assert kept.report == found
    assert kept.figures.letters == {"email": {"pending": 1, "delivered": 1, "dead": 1}}
    assert kept.figures.unknown_attempts == {"email": 1}
    assert kept.figures.oldest_pending_at == {"email": house.now}


def _no_notice(house: House) -> str:
    row = mailroom.notices(house.engine)[0]
    house.execute(delete(outbox).where(outbox.c.project_id == row.project_id, outbox.c.seq == row.seq))
    return f"{row.project_id}/{row.seq}"


def _no_letter(house: House) -> str:
    house.execute(update(outbox).where(outbox.c.key == house.waiting[0]).values(state="written", letter="ff"))
    return house.waiting[0]


def _no_name_of_a_letter(house: House) -> str:
    house.execute(update(outbox).where(outbox.c.key == house.waiting[0]).values(state="written"))
    return house.waiting[0]


def _letter_of_another(house: House) -> str:
    mailroom.write(house.engine, "aa", house.waiting[:1], house.now, person_id="somebody-else")
    return house.waiting[0]


def _letter_of_what_waits(house: House) -> str:
    mailroom.write(house.engine, "aa", house.waiting[:1], house.now)
    house.execute(update(outbox).where(outbox.c.key == house.waiting[0]).values(state="waiting"))
    return house.waiting[0]


def _wrong_number(house: House) -> str:
    mailroom.write(house.engine, "aa", house.waiting[:1], house.now, notices=2)
    return "aa"


def _number_without_any(house: House) -> str:
    mailroom.write(house.engine, "aa", [], house.now, notices=1, state="delivered")
    return "aa"


def _empty_letter(house: House) -> str:
    mailroom.write(house.engine, "aa", [], house.now)
    return "aa"


def _forgotten_notice(house: House) -> str:
    long_ago = house.now - 9 * DAY
    house.execute(update(outbox).where(outbox.c.key == house.waiting[0]).values(created_at=long_ago))
    return house.waiting[0]


def _overtaken_letter(house: House) -> str:
    mailroom.write(house.engine, "aa", house.waiting[:1], house.now - DAY)
    mailroom.write(house.engine, "bb", house.waiting[1:2], house.now, state="delivered")
    return "aa"


def _letter_while_the_channel_is_down(house: House) -> str:
    mailroom.write(house.engine, "aa", house.waiting[:1], house.now - 2 * DAY, not_before=house.now)
    return "aa"


def _letter_of_no_channel(house: House) -> str:
    mailroom.write(house.engine, "aa", house.waiting[:1], house.now, channel="pigeon")
    return "aa"


def _lease_over(house: House) -> str:
    late = house.now - timedelta(minutes=6)
    mailroom.write(house.engine, "aa", house.waiting[:1], house.now, state="sending", lease_until=late)
    return "aa"


def _try_of_nobody(house: House) -> str:
    mailroom.write(house.engine, "aa", house.waiting[:1], house.now)
    mailroom.tried(house.engine, "aa", house.now, "sending", "accepted")
    return "aa"


def _no_due_day(house: House) -> str:
    state = journals.Journal(journals.project("US18F-000001")).now
    idle = {key: stage.model_copy(update={"status": "pending", "turn": None}) for key, stage in state.stages.items()}
    blank = state.model_copy(update={"stages": idle}).model_dump_json()
    one = project.c.project_id == "US18F-000001"
    house.execute(update(project).where(one).values(next_due_at=None, state=blank))
    return "US18F-000001"


def _rung_never_claimed(house: House) -> str:
    state = journals.Journal(journals.project("US18F-000002")).now
    one = project.c.project_id == "US18F-000002"
    house.execute(update(project).where(one).values(state=state.model_dump_json()))
    return "US18F-000002"


FAULTS: dict[str, tuple[Callable[[House], str], int]] = {
    "rung_without_notice": (_no_notice, 1),
    "notice_without_letter": (_no_letter, 1),
    "notice_without_letter: no name": (_no_name_of_a_letter, 1),
    "notice_without_letter: another's": (_letter_of_another, 0),
    "notice_without_letter: waits": (_letter_of_what_waits, 1),
    "letter_count": (_wrong_number, 0),
    "letter_count: none": (_number_without_any, 0),
    "letter_without_notice": (_empty_letter, 0),
    "notice_overdue": (_forgotten_notice, 0),
    "letter_overdue": (_overtaken_letter, 0),
    "letter_overdue: down": (_letter_while_the_channel_is_down, 0),
    "letter_overdue: no channel": (_letter_of_no_channel, 0),
    "attempt_past_lease": (_lease_over, 0),
    "attempt_past_lease: nobody's": (_try_of_nobody, 0),
    "no_deadline": (_no_due_day, 0),
    "rung_overdue": (_rung_never_claimed, 0),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_found_with_its_subject_and_cleared_when_it_is_gone(house: House, name: str) -> None:
    kind = name.partition(":")[0]
    harm, gap = FAULTS[name]
    subject = harm(house)
    found = house.audit()
    assert house.subjects() == [(kind, subject)]
    assert (found.findings, found.gap) == ({kind: 1}, gap)
    began = house.now
    house.now += timedelta(minutes=1)
    house.audit(is_whole=False)
    (one,) = standing_findings(house.engine)
    assert (one.first_at, one.last_at) == (began, house.now)
    for table in (attempt, outbox, letter, journal):
        house.execute(delete(table))
    house.execute(update(project).values(status="cancelled", state=None))
    assert house.audit().findings == {}
    assert house.subjects() == []


def test_a_project_has_its_turn_once_all_others_had_theirs(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.db.findings.PROJECTS_AT_ONCE", 1)
    monkeypatch.setattr("infra.db.findings._TOLD_AFTER", timedelta(days=9999))
    _rung_never_claimed(house)
    assert [house.audit(is_whole=False).findings for _ in range(2)] == [{}, {"rung_overdue": 1}]
    for _ in range(3):
        assert house.audit(is_whole=False).findings == {"rung_overdue": 1}, "what stands is looked at every time"


def test_what_came_to_its_receiver_by_a_change_of_duty_waits_since_then(house: House) -> None:
    key = _forgotten_notice(house)
    old = next(row for row in mailroom.notices(house.engine) if row.key == key)
    values = old._asdict() | {"key": "ee", "person_id": "who-had-it-before"}
    house.execute(insert(outbox).values({**values, "state": "superseded", "reason_code": READDRESSED}))
    passed_on = update(outbox).where(outbox.c.key == "ee")
    house.execute(passed_on.values(withdrawn_at=house.now))
    assert house.audit().findings == {}
    house.execute(passed_on.values(withdrawn_at=house.now - 8 * DAY))
    assert house.audit().findings == {"notice_overdue": 1}


def test_a_worker_that_begins_again_and_again_hides_no_silence(engine: Engine) -> None:
    heartbeats = Heartbeats(engine)
    heartbeats.begin(["letters/0"])
    long_ago = heartbeats.heard()["letters/0"][0] - DAY
    with writing(engine) as connection:
        connection.execute(update(heartbeat).values(at=long_ago))
    heartbeats.begin(["letters/0", "letters/1"])
    heard = heartbeats.heard()
    assert heard["letters/0"] == (long_ago, "begun")
    assert heard["letters/1"][0] > long_ago


def test_silence_of_a_part_is_found_and_ends_with_its_next_word(house: House) -> None:
    ten = timedelta(minutes=10)
    assert house.audit(email=ten).findings == {"silent": 1}
    assert house.subjects() == [("silent", "delivery/email")]
    Heartbeats(house.engine).beat("delivery/email")
    house.execute(update(heartbeat).values(at=house.now - ten))
    assert house.audit(email=ten).findings == {}
    house.now += timedelta(seconds=1)
    assert house.audit(email=ten).findings == {"silent": 1}


def test_what_the_engine_says_stands_until_it_is_asked_again(house: House) -> None:
    assert house.audit(strays=Strays(["P-1"], ["P-2"])).findings == {"workflow_missing": 1, "workflow_astray": 1}
    assert house.audit().findings == {"workflow_missing": 1, "workflow_astray": 1}
    assert house.audit(strays=Strays([], [])).findings == {}


def test_a_rung_that_speaks_to_nobody_is_no_gap(house: House) -> None:
    row = mailroom.notices(house.engine)[0]
    before = house.audit().balance.rungs
    mine = and_(journal.c.project_id == row.project_id, journal.c.seq == row.seq)
    quiet = func.replace(journal.c.entry, f'"to":["{row.roles}"]', '"to":[]')
    house.execute(update(journal).where(mine).values(entry=quiet))
    house.execute(delete(outbox).where(outbox.c.project_id == row.project_id, outbox.c.seq == row.seq))
    found = house.audit()
    assert (found.gap, found.balance.rungs) == (0, before - 1)


def test_of_very_many_findings_some_are_told_and_none_is_cleared(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("findings", "audit"):
        monkeypatch.setattr(f"infra.db.{module}.MOST", 2)
    house.execute(delete(outbox))
    found = house.audit()
    assert found.findings == {"rung_without_notice": 2}
    assert found.gap == found.balance.rungs > 2
    assert house.audit().findings == {"rung_without_notice": 2}
