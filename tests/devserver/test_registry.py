"""A project keeps its id, whatever is imported how often and by how many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from infra.db.records import Records
from infra.db.registry import Registry
from infra.db.views import Views
from schemas.project import Project
from tests.support import books, journals
from tests.support.ledger_rows import ledger_rows

AT = journals.STARTED_AT


def ids(engine: Engine) -> list[str]:
    return [row.project_id for row in Views(engine).projects(now=AT, limit=10_000)]


def test_ids_are_readable_and_stay(engine: Engine) -> None:
    registry = Registry(engine)
    first = registry.register(ledger_rows(3), "US", AT)
    assert [one.project.project_id for one in first] == ["US18F-000001", "US18F-000002", "US18F-000003"]
    assert all(one.is_new and not one.is_started for one in first)
    again = registry.register(list(reversed(ledger_rows(4))), "US", AT + timedelta(days=1))
    assert [one.project.project_id for one in again] == [f"US18F-00000{n}" for n in (4, 3, 2, 1)]
    assert [one.is_new for one in again] == [True, False, False, False]


@pytest.mark.parametrize(
    ("changes", "project_id"),
    [
        ({"technology": "4g"}, "US18G-000001"),
        ({"technology": "both"}, "US18B-000001"),
        ({"batch": "2019-2"}, "US19F-000001"),
        ({"batch": "first"}, "US00F-000001"),
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
    registry = Registry(engine)
    registry.register(ledger_rows(2), "US", AT)
    changed = registry.register(ledger_rows(2, builder="CTCC-YN", tier="three-regions"), "US", AT)
    assert {(one.project.builder, one.is_new) for one in changed} == {("CTCC-YN", False)}
    listed = Views(engine).projects(now=AT)
    assert {(row.builder, row.tier, row.status) for row in listed} == {("CTCC-YN", "three-regions", "registered")}


def test_a_project_that_has_started_stays_as_it_was(engine: Engine) -> None:
    registry = Registry(engine)
    (one,) = registry.register(ledger_rows(1), "US", AT)
    journal = journals.Journal(one.project)
    for commit in journal.commits:
        Records(engine, books.shelf(), mail_on=False).commit(commit)
    (again,) = registry.register(ledger_rows(1, builder="CTCC-YN", village_name="别名"), "US", AT)
    assert again.is_started
    assert again.project == one.project


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
