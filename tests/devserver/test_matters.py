"""What waits for a decision stands in the records from the moment it is asked until it is decided, and no longer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from infra.db.directory import People
from infra.db.engine import reading
from infra.db.matters import Matters
from infra.db.records import Records
from infra.db.tables import outbox, project
from infra.db.views import Views
from rules import projection, reconcile
from rules.project import Accepted, decide, entries
from schemas.command import Actor, Agree, Command, Post
from schemas.record import Commit
from tests.support import books, journals, offices
from tests.support.journals import Journal

PROJECT = "US18F-000001"


@pytest.fixture
def records(engine: Engine) -> Records:
    People(engine).import_directory(offices.directory(), journals.STARTED_AT - timedelta(days=1))
    return Records(engine, books.shelf())


class Kept:
    """A journal that is written as it goes on."""

    def __init__(self, records: Records, journal: Journal | None = None) -> None:
        self.records, self.journal, self.written = records, journal or Journal(), 0

    def keep(self) -> None:
        """Write what has happened since the last time."""
        for commit in self.journal.commits[self.written :]:
            self.records.commit(commit)
        self.written = len(self.journal.commits)

    def act(self, act: str, role: str, **fields: Any) -> None:  # noqa: ANN401 - fields of the act
        self.journal.act(act, role, **fields)
        self.keep()


def building(records: Records) -> Kept:
    """Return a project whose list of tasks is frozen."""
    kept = Kept(records)
    for _ in range(3):
        kept.journal.close()
    kept.keep()
    return kept


def waiting(engine: Engine, kept: Kept, **wanted: Any) -> list[tuple[str, str, str, str]]:  # noqa: ANN401 - filters
    rows, total = Matters(engine).waiting(now=kept.journal.at, **wanted)
    assert total == len(rows)
    return [(row.key, row.kind, row.step, row.owner) for row in rows]


def test_a_row_comes_moves_on_and_goes(records: Records, engine: Engine) -> None:
    kept = building(records)
    kept.act("request_change", "county_officer", kind="move", code="SITE_MOVE", place="安置点", note="x")
    kept.act("request_extension", "builder", days=30, reason="雨季")
    first, second = waiting(engine, kept)
    assert first == ("M1", "change", "prefecture", "prefecture_officer")
    assert second == ("M2", "extension", "decision", "provincial_supervisor")
    found = Views(engine).project(PROJECT)
    assert found is not None
    assert found.matters == 2
    assert waiting(engine, kept, role="prefecture_officer") == [first]
    assert waiting(engine, kept, area="44") == []
    assert waiting(engine, kept, is_overdue=True) == []
    kept.act("agree", "prefecture_officer")
    kept.act("grant_extension", "provincial_supervisor")
    assert waiting(engine, kept) == [("M1", "change", "province", "provincial_supervisor")]
    kept.act("decline", "provincial_supervisor", reason="x")
    assert waiting(engine, kept) == []


def test_rows_are_those_of_the_state(records: Records, engine: Engine) -> None:
    """Level and due day follow the clock of the matter; a list of what is late finds it."""
    kept = building(records)
    kept.act("request_change", "county_officer", kind="cancel", code="DUPLICATE", note="x")
    kept.journal.days(30)
    kept.keep()
    rows, _ = Matters(engine).waiting(now=kept.journal.at, is_overdue=True)
    expected = projection.matter_rows(kept.journal.now, kept.journal.book)
    assert [row.model_dump(include=set(type(expected[0]).model_fields)) for row in rows] == [
        row.model_dump() for row in expected
    ]
    assert rows[0].level > 0


def test_messages_of_a_matter_are_taken_back_with_it_alone(records: Records, engine: Engine) -> None:
    kept = building(records)
    kept.act("request_change", "county_officer", kind="cancel", code="DUPLICATE", note="x")
    kept.journal.days(30)
    kept.keep()

    def states() -> dict[str, set[str]]:
        query = select(outbox.c.matter, outbox.c.state, outbox.c.reason_code)
        with reading(engine) as connection:
            rows = connection.execute(query.where(outbox.c.stage.in_(("", "survey_design")))).all()
        return {key: {f"{row.state} {row.reason_code}".strip() for row in rows if row.matter == key} for key in ("M1",)}

    assert "waiting" in states()["M1"]
    kept.act("hold", "prefecture_officer", code="WINTER_STOP")
    assert "waiting" in states()["M1"]
    kept.act("agree", "prefecture_officer")
    assert "waiting" not in states()["M1"]
    assert "superseded matter_passed" in states()["M1"]


def test_a_task_that_left_the_list_is_a_line(records: Records, engine: Engine) -> None:
    """Cancelled by a change: the row tells the reason, and the list of tasks reconciles."""
    kept = building(records)
    kept.act("request_change", "county_officer", kind="cancel", code="COVERED_BY_OTHER", note="x")
    kept.act("agree", "prefecture_officer")
    kept.act("agree", "provincial_supervisor", number="1号")
    _agree_as_another(kept)
    other = Kept(records, Journal(journals.project("US18F-000002", village_code="533323103202")))
    other.keep()
    questions = Matters(engine)
    found = reconcile.reconcile(questions.tasks(), questions.changes(), questions.units())
    assert [(line.kind, line.code, line.count) for line in found.total.lines] == [
        ("planned", "", 2),
        ("cancelled", "COVERED_BY_OTHER", -1),
        ("final", "", 1),
    ]
    assert reconcile.adds_up(found)
    assert [event.number for _, event in questions.changes()] == ["2号"]
    assert waiting(engine, kept) == []


def test_a_new_code_is_in_the_list_and_the_first_one_stays(records: Records, engine: Engine) -> None:
    kept = building(records)
    kept.act("request_change", "county_officer", kind="recode", code="RECODED", village_code="533323104201", note="x")
    kept.act("agree", "prefecture_officer")
    kept.act("agree", "provincial_supervisor", number="1号")
    _agree_as_another(kept)
    with reading(engine) as connection:
        row = connection.execute(select(project)).one()
    assert (row.village_code, row.first_village_code, row.matters) == ("533323104201", journals.VILLAGE, 0)


def _agree_as_another(kept: Kept) -> None:
    """Let a second person of the province take the last step: four eyes at every step."""
    journal = kept.journal
    post = Post(post_id="post-2", role="provincial_supervisor", area="53")
    actor = Actor(person_id="of-deputy", posts=(post,))
    command = Command(command_id="deputy", actor=actor, act=Agree(number="2号"))
    answer = decide(journal.now, command, journal.at, journal.book)
    assert isinstance(answer, Accepted), answer
    new = entries(journal.now, answer.events, journal.at, actor.person_id, command)
    kept.records.commit(Commit(project_id=PROJECT, entries=new))
