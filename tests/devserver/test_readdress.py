"""A message that waits goes to whoever has the duty; one out of date does not go at all; all stays on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from infra.db.directory import People
from infra.db.outbox import Outbox, Outcome
from infra.db.policies import Policies
from infra.db.records import Records
from infra.db.views import Views
from rules.outbox import NOBODY_FOUND, OUTDATED, READDRESSED
from schemas.view import MessageRow
from tests.support import books, journals, offices
from tests.support.moments import Clock

AT = journals.STARTED_AT
PROJECT = "US18F-000001"


@pytest.fixture
def people(engine: Engine) -> People:
    Policies(engine).publish(books.raws(), AT)
    return People(engine)


@pytest.fixture
def journal() -> journals.Journal:
    """A journal in which the survey is due in seven working days: the builder and the county are told."""
    made = journals.Journal()
    for _ in range(3):
        made.close()
    made.days(52)
    return made


def keep(engine: Engine, journal: journals.Journal) -> None:
    for commit in journal.commits:
        Records(engine, books.shelf()).commit(commit)


def rows(engine: Engine, *states: str) -> list[MessageRow]:
    return [row for row in Views(engine).messages(PROJECT) if not states or row.state in states]


def waiting(engine: Engine) -> set[tuple[str, str]]:
    return {(row.person_id, row.rung) for row in rows(engine, "pending", "held")}


def test_what_was_held_is_sent_when_a_post_is_filled(engine: Engine, people: People, journal: journals.Journal) -> None:
    people.import_directory(offices.directory(*offices.AREAS), AT - timedelta(days=1))
    keep(engine, journal)
    held = rows(engine, "held")[-1]
    people.import_directory(offices.directory(*(set(offices.AREAS) - {"county_officer"})), journal.at)
    sent = [row for row in rows(engine, "pending") if row.seq == held.seq]
    assert [(row.person_id, row.channel) for row in sent] == [("of-county_officer", "email")]
    (still,) = [row for row in rows(engine, "held") if row.seq == held.seq]
    assert (still.key, still.reason_code) == (held.key, NOBODY_FOUND), "the builder's part"
    people.import_directory(offices.directory(*(set(offices.AREAS) - {"county_officer", "builder"})), journal.at)
    assert {row.person_id for row in rows(engine, "pending") if row.seq == held.seq} == {
        "of-county_officer",
        "of-builder",
    }
    assert [row.reason_code for row in rows(engine) if row.key == held.key] == [READDRESSED]


def test_what_was_held_keeps_to_the_channels_of_its_time(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    people.import_directory(offices.directory(*offices.AREAS), AT - timedelta(days=1))
    keep(engine, journal)
    people.import_directory(offices.directory(), journal.at)
    assert {row.channel for row in rows(engine, "pending")} == {"file"}


def test_what_waits_follows_a_change_of_holder_and_comes_back_under_its_old_key(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    people.import_directory(offices.directory(), AT - timedelta(days=1))
    keep(engine, journal)
    before = {row.key for row in rows(engine, "pending")}
    people.import_directory(offices.directory(builder="new-builder"), journal.at)
    assert {person for person, _ in waiting(engine)} == {"new-builder", "of-county_officer"}
    assert [row.person_id for row in rows(engine) if row.reason_code == READDRESSED] == ["of-builder"]
    people.import_directory(offices.directory(), journal.at + timedelta(hours=1))
    assert {row.key for row in rows(engine, "pending")} == before
    assert [row.person_id for row in rows(engine) if row.reason_code == READDRESSED] == ["new-builder"]


def test_what_waits_follows_a_reassignment(engine: Engine, people: People, journal: journals.Journal) -> None:
    people.import_directory(offices.directory(tower_company="stand-in"), AT - timedelta(days=1))
    keep(engine, journal)
    journal.act("reassign", "prefecture_officer", role="builder", person_id="stand-in", reason="出差")
    keep(engine, journal)
    assert {person for person, _ in waiting(engine)} == {"stand-in", "of-county_officer"}
    journal.act("reassign", "prefecture_officer", role="builder", person_id="", reason="返岗")
    keep(engine, journal)
    assert {person for person, _ in waiting(engine)} == {"of-builder", "of-county_officer"}


def test_what_was_tried_or_has_arrived_keeps_its_receiver(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    people.import_directory(offices.directory(), AT - timedelta(days=1))
    keep(engine, journal)
    outgoing = Outbox(engine, now=Clock())
    for claim, outcome in zip(outgoing.claim("email", 9, 60), (Outcome("accepted"), Outcome("unknown")), strict=True):
        assert outgoing.begin(claim, 60)
        outgoing.finish(claim, outcome)
    before = rows(engine)
    people.import_directory(offices.directory(builder="new", county_officer="new-too"), journal.at)
    assert rows(engine) == before, "whoever comes after is told by the next rung"


def test_what_belongs_to_a_closed_stage_stays_taken_back(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    people.import_directory(offices.directory(*offices.AREAS), AT - timedelta(days=1))
    journal.close()
    keep(engine, journal)
    people.import_directory(offices.directory(), journal.at)
    assert waiting(engine) == set()


def test_a_later_rung_makes_untried_reminders_out_of_date(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    people.import_directory(offices.directory(), AT - timedelta(days=1))
    journal.days(200)
    keep(engine, journal)
    county = [row for row in rows(engine) if row.person_id == "of-county_officer"]
    assert {row.kind for row in county} == {"reminder", "escalation"}
    assert {(row.state, row.reason_code) for row in county if row.kind == "reminder"} == {("superseded", OUTDATED)}
    assert {row.state for row in county if row.kind == "escalation"} == {"pending"}, "each has its own consequence"


def test_a_reminder_that_was_tried_is_not_out_of_date(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    people.import_directory(offices.directory(), AT - timedelta(days=1))
    keep(engine, journal)
    outgoing = Outbox(engine, now=Clock())
    for claim in outgoing.claim("email", 9, 60):
        assert outgoing.begin(claim, 60)
        outgoing.finish(claim, Outcome("rejected", "450 later"))
    tried = {row.key for row in rows(engine, "pending")}
    journal.days(200)
    keep(engine, journal)
    assert tried <= {row.key for row in rows(engine, "pending")}
