"""A project keeps its id, whatever is imported how often and by how many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from infra.db import registry
from infra.db.records import Records
from infra.db.registry import Registry
from infra.db.tables import project
from infra.db.views import Views
from rules import projection
from rules.text import LANGUAGES, render
from schemas.project import Project
from schemas.reason import ErrorKind, Refusal
from tests.support import books, journals
from tests.support.ledger_rows import ledger_rows

AT = journals.STARTED_AT


def ids(engine: Engine) -> list[str]:
    return [row.project_id for row in Views(engine).projects(now=AT, limit=10_000)]


def test_ids_are_readable_and_stay(engine: Engine) -> None:
    register = Registry(engine).register
    first = register(ledger_rows(3), "US", AT)
    assert [one.project.project_id for one in first] == ["US18F-000001", "US18F-000002", "US18F-000003"]
    assert all(one.is_new and not one.is_started for one in first)
    again = register(list(reversed(ledger_rows(4))), "US", AT + timedelta(days=1))
    assert [one.project.project_id for one in again] == [f"US18F-00000{n}" for n in (4, 3, 2, 1)]
    assert [one.is_new for one in again] == [True, False, False, False]


@pytest.mark.parametrize(
    ("changes", "project_id"),
    [
        ({"technology": "4g"}, "US18G-000001"),
        ({"technology": "both", "village_code": "533323199999"}, "US18B-000001"),
        ({"technology": "measures", "village_code": "533323000000"}, "US18M-000001"),
        ({"batch": "2019-2", "village_code": "533323199999"}, "US19F-000001"),
        ({"batch": "first", "village_code": "533323199999"}, "US00F-000001"),
    ],
)
def test_the_id_tells_programme_year_and_technology(engine: Engine, changes: dict[str, str], project_id: str) -> None:
    Registry(engine).register(ledger_rows(2), "US", AT)
    (one,) = Registry(engine).register(ledger_rows(1, **changes), "US", AT)
    assert (one.project.project_id, one.is_new) == (project_id, True)


def test_batches_of_one_year_share_their_numbers(engine: Engine) -> None:
    made = Registry(engine).register([*ledger_rows(1, batch="2018-1"), *ledger_rows(1, batch="2018-2")], "US", AT)
    assert [one.project.project_id for one in made] == ["US18F-000001", "US18F-000002"]


def test_a_row_that_stands_twice_in_a_ledger_is_one_project(engine: Engine) -> None:
    made = Registry(engine).register([*ledger_rows(2), *ledger_rows(2)], "US", AT)
    assert [one.project.project_id for one in made] == ["US18F-000001", "US18F-000002"] * 2
    assert ids(engine) == ["US18F-000001", "US18F-000002"]


def test_a_ledger_may_be_put_right_until_the_start(engine: Engine) -> None:
    register = Registry(engine).register
    register(ledger_rows(2), "US", AT)
    changed = register(ledger_rows(2, builder="CTCC-YN", tier="three-regions"), "US", AT)
    assert {(one.project.builder, one.is_new) for one in changed} == {("CTCC-YN", False)}
    listed = Views(engine).projects(now=AT)
    assert {(row.builder, row.tier, row.status) for row in listed} == {("CTCC-YN", "three-regions", "registered")}


def test_a_project_that_has_started_stays_as_it_was(engine: Engine) -> None:
    register = Registry(engine).register
    (one,) = register(ledger_rows(1), "US", AT)
    journal = journals.Journal(one.project)
    for commit in journal.commits:
        Records(engine, books.shelf()).commit(commit)
    (again,) = register(ledger_rows(1, builder="CTCC-YN", village_name="别名"), "US", AT)
    assert again.is_started
    assert again.project == one.project


@pytest.mark.parametrize(("first", "second"), [("fibre", "both"), ("4g", "both"), ("both", "fibre"), ("both", "4g")])
def test_a_village_is_not_built_twice_over_two_ledgers(engine: Engine, first: str, second: str) -> None:
    register = Registry(engine).register
    (one,) = register(ledger_rows(1, technology=first), "US", AT)
    with pytest.raises(Refusal) as refused:
        register(ledger_rows(3, technology=second), "US", AT)
    reason = refused.value.reason
    assert (reason.code, reason.kind) == ("project.built_already", ErrorKind.CONFLICT)
    assert (reason.params["row"], reason.params["project_id"]) == (2, one.project.project_id)
    assert all("US18" in render(reason, lang) for lang in LANGUAGES)
    assert ids(engine) == [one.project.project_id], "all or nothing"


def test_what_does_not_overlap_may_be_built(engine: Engine) -> None:
    register = Registry(engine).register
    register(ledger_rows(1), "US", AT)
    register(ledger_rows(1, technology="4g"), "US", AT)
    register(ledger_rows(1, technology="both", village_code="533323199999"), "RT", AT)
    assert len(ids(engine)) == 3


@pytest.mark.parametrize(
    ("programme", "batch", "status", "code"),
    [
        ("US", "2019", "registered", "funding.double"),
        ("US", "2019", "running", "funding.double"),
        ("US", "2019", "held", "funding.double"),
        ("US", "2019", "completed", ""),
        ("US", "2019", "cancelled", ""),
        ("RT", "2018", "running", "funding.double"),
        ("RT", "2018", "completed", "funding.double"),
        ("RT", "2018", "rejected", ""),
        ("US", "2018", "completed", "project.built_already"),
    ],
)
def test_nothing_is_paid_for_twice(engine: Engine, programme: str, batch: str, status: str, code: str) -> None:
    """Another batch may upgrade what was completed; another programme may not pay for it again."""
    (one,) = Registry(engine).register(ledger_rows(1), "US", AT)
    with engine.begin() as connection:
        connection.execute(project.update().values(status=status))
    wanted = ledger_rows(3, technology="both", batch=batch)
    if not code:
        Registry(engine).check(wanted, programme)
        assert len(Registry(engine).register(wanted, programme, AT)) == 3
        return
    for ask in (Registry(engine).check, lambda rows, name: Registry(engine).register(rows, name, AT)):
        with pytest.raises(Refusal) as refused:
            ask(wanted, programme)
        reason = refused.value.reason
        assert (reason.code, reason.kind) == (code, ErrorKind.CONFLICT)
        assert (reason.params["project_id"], reason.params["count"]) == (one.project.project_id, 1)
        assert all("US18F-000001" in render(reason, lang) for lang in LANGUAGES)
    assert ids(engine) == [one.project.project_id]


def test_a_cancelled_project_stands_in_nobodys_way(engine: Engine) -> None:
    register = Registry(engine).register
    (one,) = register(ledger_rows(1), "US", AT)
    journal = journals.Journal(one.project)
    journal.act("cancel", "provincial_supervisor", code="DUPLICATE", decision_no="1")
    for commit in journal.commits:
        Records(engine, books.shelf()).commit(commit)
    register(ledger_rows(1, technology="both"), "US", AT)
    (again,) = register(ledger_rows(1), "US", AT)
    assert (again.project, again.is_started) == (one.project, True), "an old ledger may be run again"


@pytest.mark.parametrize("programme", ["us", "U", "USUSUSU", "US\n", "U S", "U_", "", "普遍"])
def test_a_programme_is_written_in_capitals(engine: Engine, programme: str) -> None:
    with pytest.raises(Refusal) as refused:
        Registry(engine).register(ledger_rows(1), programme, AT)
    assert refused.value.reason.code == "project.bad_programme"
    assert all(render(refused.value.reason, lang) for lang in LANGUAGES)
    assert ids(engine) == []


def test_numbers_go_on_beyond_six_digits_and_by_their_own_prefix(engine: Engine) -> None:
    with engine.begin() as connection:
        for project_id in ("US18F-999999", "US18F-1000000", "us18F-2000000", "US18G-3000000"):
            row = projection.registered_row(journals.project(project_id, batch=project_id), AT)
            connection.execute(project.insert(), row.model_dump())
    made = Registry(engine).register(ledger_rows(2), "US", AT)
    assert [one.project.project_id for one in made] == ["US18F-1000001", "US18F-1000002"]


def test_a_project_that_starts_meanwhile_stays_as_it_was(engine: Engine) -> None:
    Registry(engine).register(ledger_rows(1), "US", AT)
    (changed,) = ledger_rows(1, builder="CTCC-YN")
    with engine.begin() as connection:
        (stale,) = registry._standing(connection, {changed.village_code})
        connection.execute(project.update().values(seq=2))
        meaning = registry._meaning(changed, "US")
        registry._update(connection, {meaning: stale}, {meaning: changed})
    (row,) = Views(engine).projects(now=AT)
    assert row.builder == journals.BUILDER


def test_a_project_is_found_by_its_first_village_and_by_the_one_of_now(engine: Engine) -> None:
    (first,) = Registry(engine).register(ledger_rows(1), "US", AT)
    moved = "533323999201"
    with engine.begin() as connection:
        connection.execute(project.update().values(seq=9, status="running", village_code=moved))
    (old,) = Registry(engine).register(ledger_rows(1), "US", AT)
    (new,) = Registry(engine).register(ledger_rows(1, village_code=moved), "US", AT)
    assert [old.project.project_id, new.project.project_id] == [first.project.project_id] * 2
    assert (old.is_new, new.is_new) == (False, False)


def test_a_fault_in_the_middle_registers_nothing(engine: Engine) -> None:
    def fail(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:  # noqa: ANN401 - an event of SQLAlchemy
        if statement.startswith("INSERT INTO project"):
            raise OSError("the disk is gone")

    event.listen(engine, "after_cursor_execute", fail)
    with pytest.raises(OSError, match="the disk is gone"):
        Registry(engine).register(ledger_rows(5), "US", AT)
    event.remove(engine, "after_cursor_execute", fail)
    assert ids(engine) == []


def test_imports_at_the_same_time_agree(engine: Engine) -> None:
    def register(_import: int) -> list[Project]:
        return [one.project for one in Registry(engine).register(ledger_rows(50), "US", AT)]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(register, range(4)))
    assert all(answer == answers[0] for answer in answers)
    assert ids(engine) == [f"US18F-{n:06d}" for n in range(1, 51)]


def test_a_large_ledger_takes_several_questions(engine: Engine) -> None:
    many = ledger_rows(1200)
    assert len(Registry(engine).register(many, "US", AT)) == 1200
    assert not any(one.is_new for one in Registry(engine).register(many, "US", AT))
