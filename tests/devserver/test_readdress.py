"""A notice that waits goes to whoever has the duty, and out of a letter nobody has tried; all stays on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from infra.db.directory import People
from infra.db.engine import reading
from infra.db.messages import EMPTIED
from infra.db.policies import Policies
from infra.db.records import Records
from infra.db.tables import letter
from infra.db.views import Views
from rules.outbox import NOBODY_FOUND, OUTDATED, READDRESSED
from schemas.view import MessageRow
from tests.support import books, journals, mailroom, offices

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
    return {(row.person_id, row.rung) for row in rows(engine, "waiting", "held")}


def letters(engine: Engine) -> dict[str, tuple[str, int, str]]:
    """Return state, number of notices and reason of every letter by key."""
    with reading(engine) as connection:
        return {row.key: (row.state, row.notices, row.reason_code) for row in connection.execute(select(letter))}


def write(engine: Engine, journal: journals.Journal, key: str, person_id: str, **fields: Any) -> list[str]:  # noqa: ANN401 - fields of letter
    """Write what waits for a person into a letter, and return the keys of the notices."""
    keys = [row.key for row in rows(engine, "waiting") if row.person_id == person_id]
    mailroom.write(engine, key, keys, journal.at, person_id=person_id, **fields)
    return keys


def test_what_was_held_waits_when_a_post_is_filled(engine: Engine, people: People, journal: journals.Journal) -> None:
    people.import_directory(offices.directory(*offices.AREAS), AT - timedelta(days=1))
    keep(engine, journal)
    held = rows(engine, "held")[-1]
    people.import_directory(offices.directory(*(set(offices.AREAS) - {"county_officer"})), journal.at)
    assert [row.person_id for row in rows(engine, "waiting") if row.seq == held.seq] == ["of-county_officer"]
    (still,) = [row for row in rows(engine, "held") if row.seq == held.seq]
    assert (still.key, still.reason_code) == (held.key, NOBODY_FOUND), "the builder's part"
    people.import_directory(offices.directory(*(set(offices.AREAS) - {"county_officer", "builder"})), journal.at)
    assert {row.person_id for row in rows(engine, "waiting") if row.seq == held.seq} == {
        "of-county_officer",
        "of-builder",
    }
    assert [row.reason_code for row in rows(engine) if row.key == held.key] == [READDRESSED]


def test_what_waits_follows_a_change_of_holder_and_comes_back_under_its_old_key(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    people.import_directory(offices.directory(), AT - timedelta(days=1))
    keep(engine, journal)
    before = {row.key for row in rows(engine, "waiting")}
    people.import_directory(offices.directory(builder="new-builder"), journal.at)
    assert {person for person, _ in waiting(engine)} == {"new-builder", "of-county_officer"}
    assert [row.person_id for row in rows(engine) if row.reason_code == READDRESSED] == ["of-builder"]
    people.import_directory(offices.directory(), journal.at + timedelta(hours=1))
    assert {row.key for row in rows(engine, "waiting")} == before
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


def test_a_notice_that_goes_to_somebody_else_leaves_its_untried_letter(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    people.import_directory(offices.directory(), AT - timedelta(days=1))
    keep(engine, journal)
    (left,) = write(engine, journal, "builder", "of-builder")
    (stays,) = write(engine, journal, "county", "of-county_officer")
    people.import_directory(offices.directory(builder="new-builder"), journal.at)
    by_key = {row.key: row for row in rows(engine)}
    assert (by_key[left].state, by_key[left].reason_code, by_key[left].letter) == ("superseded", READDRESSED, "")
    assert (by_key[stays].state, by_key[stays].letter) == ("pending", "county")
    assert waiting(engine) == {("new-builder", "reminder-7")}
    assert letters(engine) == {"builder": ("superseded", 0, EMPTIED), "county": ("pending", 1, "")}
    people.import_directory(offices.directory(), journal.at + timedelta(hours=1))
    assert {row.state for row in rows(engine) if row.key == left} == {"waiting"}, "for a letter to come"


def test_what_was_tried_or_has_arrived_keeps_its_receiver(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    people.import_directory(offices.directory(), AT - timedelta(days=1))
    keep(engine, journal)
    for key, person_id, outcome in (("a", "of-builder", "accepted"), ("b", "of-county_officer", "unknown")):
        write(engine, journal, key, person_id)
        mailroom.tried(engine, key, journal.at, outcome)
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


@pytest.mark.parametrize("claimed", [False, True])
def test_what_is_over_leaves_a_letter_that_nobody_has_tried(
    engine: Engine,
    people: People,
    journal: journals.Journal,
    claimed: bool,  # noqa: FBT001 - a table
) -> None:
    people.import_directory(offices.directory(), AT - timedelta(days=1))
    keep(engine, journal)
    keys = write(engine, journal, "builder", "of-builder", state="sending" if claimed else "pending")
    journal.close()
    keep(engine, journal)
    by_key = {row.key: row for row in rows(engine)}
    assert [(by_key[key].state, by_key[key].reason_code, by_key[key].letter) for key in keys] == [
        ("superseded", "stage_closed", "")
    ]
    assert letters(engine) == {"builder": ("superseded", 0, EMPTIED)}


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("rejected", "pending"), ("unknown", "pending"), ("sending", "sending"), ("accepted", "delivered")],
)
def test_what_is_over_stays_in_a_letter_that_was_tried_and_is_marked_unless_it_arrived(
    engine: Engine, people: People, journal: journals.Journal, outcome: str, state: str
) -> None:
    people.import_directory(offices.directory(), AT - timedelta(days=1))
    keep(engine, journal)
    (key,) = write(engine, journal, "builder", "of-builder")
    mailroom.tried(engine, "builder", journal.at, outcome)
    journal.close()
    keep(engine, journal)
    (row,) = [row for row in rows(engine) if row.key == key]
    assert (row.letter, row.state, row.withdrawn_at is not None) == ("builder", state, outcome != "accepted")
    assert letters(engine)["builder"][:2] == (state, 1)


def test_a_digest_only_loses_what_is_over(engine: Engine, people: People, journal: journals.Journal) -> None:
    people.import_directory(offices.directory(), AT - timedelta(days=1))
    other = journals.Journal(journals.project("US18F-000002", village_code="533323103202"))
    for _ in range(3):
        other.close()
    other.days(52)
    keep(engine, journal)
    keep(engine, other)
    keys = [row.key for row in mailroom.notices(engine, state="waiting", person_id="of-builder")]
    mailroom.write(engine, "digest", keys, journal.at)
    journal.close()
    keep(engine, journal)
    assert letters(engine) == {"digest": ("pending", len(keys) - 1, "")}
    assert {row.project_id for row in mailroom.notices(engine, letter="digest")} == {"US18F-000002"}


def test_a_later_rung_makes_untried_reminders_out_of_date(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    people.import_directory(offices.directory(), AT - timedelta(days=1))
    journal.days(200)
    keep(engine, journal)
    county = of_county(rows(engine))
    assert {row.kind for row in county} == {"reminder", "escalation"}
    assert {(row.state, row.reason_code) for row in county if row.kind == "reminder"} == {("superseded", OUTDATED)}
    assert {row.state for row in county if row.kind == "escalation"} == {"waiting"}, "each has its own consequence"


def test_a_reminder_in_a_letter_is_out_of_date_only_before_its_first_try(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    people.import_directory(offices.directory(), AT - timedelta(days=1))
    keep(engine, journal)
    write(engine, journal, "tried", "of-builder")
    mailroom.tried(engine, "tried", journal.at, "rejected")
    write(engine, journal, "untried", "of-county_officer")
    journal.days(200)
    keep(engine, journal)
    assert letters(engine) == {"tried": ("pending", 1, ""), "untried": ("superseded", 0, EMPTIED)}
    reminders = [row for row in of_county(rows(engine)) if row.kind == "reminder"]
    assert {(row.state, row.reason_code) for row in reminders} == {("superseded", OUTDATED)}


def of_county(every: Sequence[MessageRow]) -> list[MessageRow]:
    return [row for row in every if row.person_id == "of-county_officer"]
