"""Lists, boards and counts come from the read model and agree with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, select

from infra.db.directory import People
from infra.db.letter_views import LetterViews
from infra.db.prefix import starts_with
from infra.db.records import Records
from infra.db.registry import Registry
from infra.db.tables import project
from infra.db.views import Views
from schemas.reason import Refusal
from schemas.view import BoardKey, ProjectFilter
from tests.support import books, journals, offices, posting
from tests.support.claims import TAKEN, outbox, tried
from tests.support.ledger_rows import ledger_rows
from tests.support.moments import Clock

AT = journals.STARTED_AT
NOW = AT + timedelta(days=60)


@pytest.fixture
def views(engine: Engine) -> Views:
    """Views on four projects: one registered, one running late, one held, one completed in another county."""
    People(engine).import_directory(offices.directory(), AT - timedelta(days=1))
    records = Records(engine, books.shelf())
    registered = Registry(engine).register([*ledger_rows(3), *ledger_rows(1, village_code="530102001001")], "US", AT)
    projects = [one.project for one in registered]
    late, held = journals.Journal(projects[1]), journals.Journal(projects[2])
    late.until(NOW)
    held.act("hold", "prefecture_officer", code="DISASTER")
    done = journals.on_time(projects[3])
    for journal in (late, held, done):
        for commit in journal.commits:
            records.commit(commit)
    return Views(engine)


def found(views: Views, **wanted: object) -> list[str]:
    kept = ProjectFilter.model_validate(wanted)
    listed = [row.project_id[-1] for row in views.projects(kept, now=NOW)]
    assert views.count(kept, now=NOW) == len(listed)
    assert views.board("county", now=NOW, wanted=kept).totals.total == len(listed)
    return listed


def test_filters_narrow(views: Views) -> None:
    assert found(views) == ["1", "2", "3", "4"]
    assert found(views, statuses=("running",)) == ["2"]
    assert found(views, statuses=("held", "registered")) == ["1", "3"]
    assert found(views, is_overdue=True) == ["2"]
    assert found(views, stage="funding") == ["2", "3"]
    assert found(views, area="53") == ["1", "2", "3", "4"]
    assert found(views, area="5333") == ["1", "2", "3"]
    assert found(views, area="530102") == ["4"]
    assert found(views, area="530102001") == ["4"]
    assert found(views, area="533323100002") == ["3"]
    assert found(views, builder="nobody") == []
    assert found(views, batch="2018", technology="fibre", builder=journals.BUILDER) == ["1", "2", "3", "4"]


def test_an_area_is_found_by_its_index(views: Views, engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("the locale of PostgreSQL is what could hinder it")
    for column, index in ((project.c.county_code, "ix_project_county_code"), (project.c.project_id, "pk_project")):
        query = select(project.c.project_id).where(starts_with(column, "53"))
        statement = query.compile(engine, compile_kwargs={"literal_binds": True})
        with engine.connect() as connection:
            connection.exec_driver_sql("SET enable_seqscan = off")
            plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}").scalars())
        assert index in plan
        assert "Index Cond" in plan
    assert found(views, area="53") == ["1", "2", "3", "4"]


@pytest.mark.parametrize("area", ["%", "5333_", "53332", "5333231\U0010ffff"])
def test_an_area_is_meant_as_it_is_written(views: Views, area: str) -> None:
    assert found(views, area=area) == (["1", "2", "3"] if area == "53332" else [])


def test_pages_follow_by_id(views: Views) -> None:
    first = views.projects(now=NOW, limit=3)
    second = views.projects(now=NOW, limit=3, after=first[-1].project_id)
    assert [row.project_id[-1] for row in (*first, *second)] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("county", ["530102", "533323"]),
        ("prefecture", ["5301", "5333"]),
        ("province", ["53"]),
        ("builder", [journals.BUILDER]),
    ],
)
def test_a_board_adds_up(views: Views, by: BoardKey, keys: list[str]) -> None:
    board = views.board(by, now=NOW)
    assert [row.key for row in board.rows] == keys
    totals = board.totals
    assert (totals.registered, totals.running, totals.held, totals.completed) == (1, 1, 1, 1)
    assert (totals.overdue, totals.escalated, totals.total) == (1, 1, 4)


def test_an_empty_board_is_zero(engine: Engine) -> None:
    board = Views(engine).board("county", now=NOW)
    assert (board.rows, board.totals.total) == ((), 0)


def test_a_held_project_has_no_due_instant(views: Views) -> None:
    row = views.project("US18F-000003")
    assert row is not None
    assert (row.status, row.hold_code, row.next_due_at) == ("held", "DISASTER", None)
    assert views.stages("US18F-000003")[0].party == "weather"


def test_a_completed_project_says_when_it_ended(views: Views) -> None:
    row = views.project("US18F-000004")
    assert row is not None
    assert (row.status, row.percent, row.open_stages, row.next_due_at) == ("completed", 100, "", None)
    assert row.started_at == AT
    assert row.closed_at == views.journal("US18F-000004")[-1].at


def test_states_are_asked_for_by_id(views: Views) -> None:
    assert views.state("US18F-000002").status == "running"
    for project_id, code in (("US18F-000001", "project.not_started"), ("nothing", "project.unknown")):
        with pytest.raises(Refusal) as refused:
            views.state(project_id)
        assert refused.value.reason.code == code
    assert views.project("nothing") is None


def test_messages_are_counted(views: Views) -> None:
    messages = [row for number in range(1, 5) for row in views.messages(f"US18F-{number:06d}")]
    counted = views.outbox_counts()
    found = Counter((row.channel, row.state, row.kind, row.level) for row in messages)
    assert {(one.channel, one.state, one.kind, one.level): one.count for one in counted} == found
    assert {one.kind for one in counted} == {"reminder", "escalation"}


def test_a_notice_stands_where_its_letter_stands(engine: Engine) -> None:
    keys = posting.post(engine, 3, notices=2)
    sent = tried(outbox(engine, Clock()), TAKEN, most=1)
    rows = Views(engine).messages(sent.notices[0].project_id)
    assert sorted((row.state, row.channel, row.attempts, row.letter == keys[0]) for row in rows) == [
        ("delivered", "email", 1, True),
        ("pending", "email", 0, False),
        ("pending", "email", 0, False),
    ]
    assert [row.key for row in Views(engine).attempts(rows[0].project_id)] == [sent.key]
    counts = {(one.channel, one.state): one.count for one in Views(engine).outbox_counts()}
    assert counts == {("email", "delivered"): 2, ("email", "pending"): 4}


def test_every_question_is_one_query(views: Views, engine: Engine) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_o: statements.append(statement))
    one = "US18F-000002"
    questions: list[Callable[[], object]] = [
        lambda: views.project(one),
        lambda: views.stages(one),
        lambda: views.state(one),
        lambda: views.journal(one),
        lambda: views.messages(one),
        lambda: views.attempts(one),
        lambda: views.projects(ProjectFilter(stage="funding", is_overdue=True), now=NOW),
        lambda: views.board("prefecture", now=NOW),
        views.outbox_counts,
        views.open_stages,
    ]
    for question in questions:
        statements.clear()
        question()
        assert len([text for text in statements if text.startswith("SELECT")]) == 1


def test_what_waits_for_a_letter_is_counted(views: Views, engine: Engine) -> None:
    kinds = Counter(row.state for number in range(1, 5) for row in views.messages(f"US18F-{number:06d}"))
    assert LetterViews(engine).unwritten() == {state: kinds[state] for state in ("waiting", "held") if kinds[state]}


def test_letters_are_counted(engine: Engine) -> None:
    posting.post(engine, 3)
    tried(outbox(engine, Clock()), TAKEN, most=1)
    counted = [(one.channel, one.state, one.count) for one in LetterViews(engine).counts()]
    assert counted == [("email", "delivered", 1), ("email", "pending", 2)]
