"""Deputies, absences and hand-over: who has which duty is kept for every instant, and waiting messages follow it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine, func, select

from infra.db.directory import Imported, People
from infra.db.duties import Duties
from infra.db.engine import reading
from infra.db.policies import Policies
from infra.db.records import Records
from infra.db.tables import holding
from infra.db.views import Views
from infra.files.directory import read_directory
from schemas.directory import Absence, Directory, Person, PostLine
from schemas.reason import ErrorKind, Refusal
from tests.support import books, journals, offices

AT = journals.STARTED_AT
PROJECT = "US18F-000001"
COUNTY = "post-county_officer"
WEEK = timedelta(days=7)


@pytest.fixture
def people(engine: Engine) -> People:
    Policies(engine).publish(books.raws(), AT)
    made = People(engine)
    made.import_directory(offices.directory(tower_company="second"), AT - timedelta(days=1))
    return made


def away(since: datetime, until: datetime) -> Absence:
    return Absence(since=since, until=until, reason="培训")


def roles(people: People, person_id: str, at: datetime) -> list[str]:
    return [post.role for post in people.actor(person_id, at).posts]


def seat(people: People, at: datetime) -> tuple[str, str, str]:
    (found,) = [one for one in people.seats(at) if one.post.post_id == COUNTY]
    return found.person_id, found.deputy_id, found.present


def test_a_deputy_acts_only_while_the_holder_is_away(people: People) -> None:
    assert people.set_deputy(COUNTY, "second", AT)
    assert not people.set_deputy(COUNTY, "second", AT + WEEK), "the same again changes nothing"
    people.set_absent("of-county_officer", away(AT + WEEK, AT + 2 * WEEK), AT)
    instants = [AT, AT + WEEK, AT + 2 * WEEK - timedelta(seconds=1), AT + 2 * WEEK]
    assert [seat(people, at)[2] for at in instants] == ["of-county_officer", "second", "second", "of-county_officer"]
    assert [roles(people, "second", at) for at in instants] == [
        ["tower_company"],
        ["county_officer", "tower_company"],
        ["county_officer", "tower_company"],
        ["tower_company"],
    ]
    assert roles(people, "of-county_officer", AT + WEEK) == ["county_officer"], "who is away may still act"
    assert seat(people, AT - timedelta(seconds=1))[1] == "", "everything as at an instant"


def test_a_deputy_acts_for_a_vacant_post(people: People) -> None:
    people.set_deputy(COUNTY, "second", AT)
    people.import_directory(offices.directory("county_officer"), AT + WEEK)
    assert roles(people, "second", AT) == ["tower_company"]
    assert "county_officer" in roles(people, "second", AT + WEEK)
    assert seat(people, AT + WEEK) == ("", "second", "second"), "a file without deputies leaves them"


def test_a_deputy_who_is_away_too_receives_nothing(people: People) -> None:
    people.set_deputy(COUNTY, "second", AT)
    for person in ("of-county_officer", "second"):
        people.set_absent(person, away(AT, AT + WEEK), AT)
    assert seat(people, AT)[2] == ""


def test_an_absence_that_begins_the_same_is_changed_and_the_longest_counts(people: People) -> None:
    assert people.set_absent("second", away(AT, AT + WEEK), AT)
    assert not people.set_absent("second", away(AT, AT + WEEK), AT)
    assert people.set_absent("second", away(AT, AT + 2 * WEEK), AT)
    assert people.set_absent("second", away(AT + timedelta(days=1), AT + WEEK), AT)
    assert people.away(["second", "nobody"], AT + timedelta(days=2)) == {"second": AT + 2 * WEEK}
    assert people.away(["second"], AT + 2 * WEEK) == {}


BAD: dict[str, tuple[Callable[[People], object], ErrorKind]] = {
    "absence.backwards": (lambda it: it.set_absent("second", away(AT, AT), AT), ErrorKind.INVALID),
    "person.unknown": (lambda it: it.set_absent("nobody", away(AT, AT + WEEK), AT), ErrorKind.NOT_FOUND),
    "post.unknown": (lambda it: it.set_deputy("no-post", "second", AT), ErrorKind.NOT_FOUND),
    "deputy.is_holder": (lambda it: it.set_deputy(COUNTY, "of-county_officer", AT), ErrorKind.REFUSED),
    "handover.not_held": (
        lambda it: it.hand_over("second", "of-builder", [COUNTY], AT, AT, by="", reason="r"),
        ErrorKind.REFUSED,
    ),
}


@pytest.mark.parametrize("code", BAD)
def test_what_makes_no_sense_is_refused(people: People, code: str) -> None:
    act, kind = BAD[code]
    before = people.export_directory(AT)
    with pytest.raises(Refusal) as refused:
        act(people)
    assert (refused.value.reason.code, refused.value.reason.kind) == (code, kind)
    assert people.export_directory(AT) == before


def test_what_is_exported_and_imported_again_changes_nothing(people: People, tmp_path: Path) -> None:
    people.set_deputy(COUNTY, "second", AT)
    people.set_absent("second", away(AT, AT + WEEK), AT)
    exported = people.export_directory(AT + timedelta(hours=1))
    path = tmp_path / "people.yaml"
    path.write_text(yaml.safe_dump(exported.model_dump(mode="json"), allow_unicode=True), encoding="utf-8")
    read = read_directory(path)
    assert read == exported
    assert people.import_directory(read, AT + timedelta(hours=2)) == Imported()
    without = tuple(PostLine(**{**line.model_dump(), "deputy": None}) for line in read.posts)
    changed = people.import_directory(Directory(people=read.people, posts=without), AT + timedelta(hours=3))
    assert changed == Imported(deputies=1), "a file that says nobody means it"
    assert seat(people, AT + timedelta(hours=2))[1] == "second"


def test_an_absence_in_a_file_counts_as_a_change_of_the_person(people: People) -> None:
    line = Person(person_id="second", name="second 同志", email="second@example.cn", absent=(away(AT, AT + WEEK),))
    directory = Directory(people=(line,), posts=())
    assert people.import_directory(directory, AT) == Imported(people=1)
    assert people.import_directory(directory, AT) == Imported()


def keep(engine: Engine, journal: journals.Journal) -> None:
    for commit in journal.commits:
        Records(engine, books.shelf()).commit(commit)


@pytest.fixture
def journal(engine: Engine, people: People) -> journals.Journal:
    """A journal in which the survey is due in seven working days: the builder and the county are told."""
    assert people.people()
    made = journals.Journal()
    for _ in range(3):
        made.close()
    made.days(52)
    keep(engine, made)
    return made


def waiting(engine: Engine) -> set[str]:
    return {row.person_id for row in Views(engine).messages(PROJECT) if row.state in ("waiting", "pending", "held")}


def test_waiting_messages_follow_the_deputy_and_come_back(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    assert waiting(engine) == {"of-builder", "of-county_officer"}
    now = journal.at
    people.set_deputy(COUNTY, "second", now)
    people.set_absent("of-county_officer", away(now, now + WEEK), now)
    assert waiting(engine) == {"of-builder", "second"}
    people.set_absent("of-county_officer", away(now, now + timedelta(seconds=1)), now + timedelta(hours=1))
    assert waiting(engine) == {"of-builder", "of-county_officer"}


def test_a_named_person_who_is_away_receives_nothing(engine: Engine, people: People, journal: journals.Journal) -> None:
    journal.act("reassign", "prefecture_officer", role="builder", person_id="second", reason="驻村")
    keep(engine, journal)
    assert waiting(engine) == {"second", "of-county_officer"}
    people.set_absent("second", away(journal.at, journal.at + WEEK), journal.at)
    assert waiting(engine) == {"of-builder", "of-county_officer"}


def test_a_hand_over_moves_posts_and_messages_once(engine: Engine, people: People, journal: journals.Journal) -> None:
    now = journal.at
    people.set_deputy("post-builder", "second", now)
    moved = [
        people.hand_over("of-builder", "second", ["post-builder"], now, now, by="zhou", reason="调任") for _ in range(2)
    ]
    assert moved == [1, 0], "done again it changes nothing"
    assert waiting(engine) == {"second", "of-county_officer"}
    (found,) = [one for one in people.seats(now) if one.post.post_id == "post-builder"]
    assert (found.person_id, found.deputy_id) == ("second", ""), "nobody is their own deputy"
    with reading(engine) as connection:
        rows = connection.execute(
            select(holding.c.person_id, holding.c.by, holding.c.reason)
            .where(holding.c.post_id == "post-builder")
            .order_by(holding.c.since_at)
        ).all()
    assert [tuple(row) for row in rows] == [("of-builder", "", ""), ("second", "zhou", "调任")]


def test_a_hand_over_may_be_planned_and_an_old_file_does_not_undo_it(engine: Engine, people: People) -> None:
    then = AT + WEEK
    assert people.hand_over("of-builder", "second", ["post-builder"], then, AT, by="", reason="r") == 1
    assert (roles(people, "of-builder", AT), roles(people, "of-builder", then)) == (["builder"], [])
    assert people.import_directory(offices.directory(tower_company="second"), AT + timedelta(days=1)) == Imported()
    assert "builder" in roles(people, "second", then)
    people.import_directory(offices.directory("builder", tower_company="second"), AT + timedelta(days=2))
    assert (roles(people, "of-builder", then), roles(people, "second", then)) == ([], ["tower_company"])
    with reading(engine) as connection:
        overlapping = select(func.count()).select_from(holding).where(holding.c.post_id == "post-builder")
        assert connection.execute(overlapping).scalar_one() == 1


def test_duties_are_those_of_posts_of_names_and_of_what_comes_up(
    engine: Engine, people: People, journal: journals.Journal
) -> None:
    duties, now = Duties(engine, books.shelf()), journal.at
    assert [(one.stage, one.role, one.post_id) for one in duties.of("of-builder", now)] == [
        ("survey_design", "builder", "post-builder")
    ]
    assert duties.of("second", now) == []
    people.set_deputy("post-builder", "second", now)
    people.set_absent("of-builder", away(now, now + WEEK), now)
    (away_duty,) = duties.of("of-builder", now)
    assert (away_duty.is_away, away_duty.acted_by) == (True, "second")
    (stood_in,) = duties.of("second", now)
    assert (stood_in.is_away, stood_in.post_id) == (False, "post-builder")
    people.import_directory(offices.directory("builder", tower_company="third"), now + timedelta(hours=1))
    people.set_deputy("post-builder", "", now + timedelta(hours=2))
    later = now + timedelta(hours=3)
    assert [one.role for one in duties.of("of-builder_province", later)] == ["builder"], "a vacant post's come up"


def test_roles_in_projects_are_found_by_the_person(engine: Engine, journal: journals.Journal) -> None:
    duties = Duties(engine, books.shelf())
    assert duties.named("second") == []
    journal.act("reassign", "prefecture_officer", role="builder", person_id="second", reason="驻村")
    keep(engine, journal)
    (named,) = duties.named("second")
    assert (named.project_id, named.role) == (PROJECT, "builder")
    (duty,) = duties.of("second", journal.at)
    assert (duty.is_named, duty.post_id) == (True, "")
    assert duties.of("of-builder", journal.at) == []
    assert duties.waiting("second") == 1
    assert duties.named("secon_") == [], "no letter is a wildcard"


def test_two_who_hand_over_the_same_post_at_once_leave_one_holder(engine: Engine, people: People) -> None:
    def take(number: int) -> int:
        to, now = ("second", "of-power_company")[number % 2], AT + timedelta(seconds=number)
        return People(engine).hand_over("of-builder", to, ["post-builder"], AT + WEEK, now, by="", reason="r")

    def tried(number: int) -> int:
        with suppress(Refusal):  # another one was first, and the post is no longer theirs to give
            return take(number)
        return 0

    with ThreadPoolExecutor(4) as pool:
        moved = list(pool.map(tried, range(8)))
    assert sum(moved) >= 1
    with reading(engine) as connection:
        rows = connection.execute(
            select(holding.c.person_id).where(holding.c.post_id == "post-builder", holding.c.until_at.is_(None))
        ).all()
    assert len(rows) == 1
    (found,) = [one for one in people.seats(AT + WEEK) if one.post.post_id == "post-builder"]
    assert found.person_id == rows[0].person_id
