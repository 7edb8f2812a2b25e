"""Proposals and pinned policies in the records, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice

import pytest
from sqlalchemy import Engine

from infra.db.pinned import Pinned
from infra.db.policies import Policies
from infra.db.proposals import Proposals
from infra.db.records import Records
from infra.db.views import Views
from rules import projection
from schemas.migration import MigrationOrder, PolicyKind
from schemas.policy import Pins
from schemas.reason import Refusal
from tests.support import books, editions, journals
from tests.support.journals import Journal

AT = datetime(2018, 6, 1, tzinfo=UTC)


def kept(engine: Engine, *subjects: Journal) -> None:
    """Write journals into the records."""
    records = Records(engine, books.shelf())
    for journal in subjects:
        for commit in journal.commits:
            records.commit(commit)


def begun(number: int, county: str = "533323", **more: str) -> Journal:
    return Journal(journals.project(f"US18F-{number:06d}", village_code=f"{county}{number:06d}", **more))


def migrated(journal: Journal, pins: Pins) -> None:
    """Let a project go on under other policies."""
    given = {"pins": pins.model_dump(), "approved_by": "somebody", "decision_no": "P-000001"}
    journal.act("migrate", "provincial_supervisor", **given)
    journal.book = books.shelf().book(pins)


# Proposals


def test_a_proposal_is_decided_once_by_somebody_else(engine: Engine) -> None:
    filed = Proposals(engine)
    one, two = (filed.file("migrate", "{}", "zhou", AT) for _ in range(2))
    assert (one.number, two.number) == ("P-000001", "P-000002")
    with pytest.raises(Refusal, match=r"proposal\.own"):
        filed.decide(one.number, "approved", "zhou", AT)
    assert filed.decide(one.number, "approved", "gao", AT).decided_by == "gao"
    assert filed.decide(one.number, "approved", "li", AT).decided_by == "gao", "it goes on, as approved first"
    with pytest.raises(Refusal, match=r"proposal\.decided"):
        filed.decide(one.number, "declined", "li", AT)
    filed.finish(one.number)
    with pytest.raises(Refusal, match=r"proposal\.decided"):
        filed.decide(one.number, "approved", "gao", AT)
    assert filed.decide(two.number, "declined", "zhou", AT).outcome == "declined", "one's own may be taken back"
    filed.finish(two.number)
    assert [(each.number, each.outcome) for each in filed.all()] == [("P-000002", "declined"), ("P-000001", "done")]
    with pytest.raises(Refusal, match=r"proposal\.unknown"):
        filed.get("P-9")


def test_numbers_are_given_once(engine: Engine) -> None:
    filed = Proposals(engine)
    with ThreadPoolExecutor(4) as pool:
        numbers = [made.number for made in pool.map(lambda _: filed.file("migrate", "{}", "zhou", AT), range(12))]
    assert sorted(numbers) == [f"P-{number:06d}" for number in range(1, 13)]


# Who runs under what


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"project_ids": ("US18F-000002",)}, [2]),
        ({"area": "5101"}, [3]),
        ({"batch": "2019"}, [2]),
        ({"plan": books.PLAN}, [1, 2, 3]),
        ({"plan": "universal-service"}, []),
    ],
)
def test_an_order_means_those_that_fit(engine: Engine, wanted: dict[str, object], expected: list[int]) -> None:
    over = begun(4)
    over.act("cancel", "provincial_supervisor", code="DUPLICATE", decision_no="No. 7")
    kept(engine, begun(1), begun(2, batch="2019"), begun(3, "510105"), over)
    target = books.shelf().put(editions.china_2027())
    order = MigrationOrder.model_validate({"targets": {"calendar": target}, "names": {"calendar": "china"}, **wanted})
    found = [int(state.project.project_id[-1]) for state in Pinned(engine).states(order)]
    assert (found, Pinned(engine).count(order)) == (expected, len(expected))


def test_one_that_has_gone_on_is_not_meant_any_more(engine: Engine) -> None:
    journals_ = [begun(number) for number in (1, 2, 3)]
    kept(engine, *journals_)
    new = editions.pins(books.pins(), editions.china_2027(), editions.budgets())
    targets: dict[PolicyKind, str] = {"calendar": new.calendar, "plan": new.plan}
    order = MigrationOrder(targets=targets, names={"calendar": "china", "plan": books.PLAN})
    states = Pinned(engine).states(order)
    first = next(states)
    migrated(journals_[0], new)
    kept(engine, journals_[0])
    assert [state.project.project_id for state in (first, *islice(states, 9))] == [
        "US18F-000001",
        "US18F-000002",
        "US18F-000003",
    ]
    assert Pinned(engine).count(order) == 2
    back = MigrationOrder(targets={"calendar": books.pins().calendar}, names={"calendar": "china"})
    assert [state.project.project_id for state in Pinned(engine).states(back)] == ["US18F-000001"]


def test_published_versions_with_their_projects(engine: Engine) -> None:
    Policies(engine).publish([*books.raws(), editions.china_2027()], AT)
    ended = begun(3)
    ended.act("cancel", "provincial_supervisor", code="DUPLICATE", decision_no="No. 7")
    kept(engine, begun(1), begun(2), ended)
    found = {one.ref: one.projects for one in Pinned(engine).published()}
    pins = books.pins()
    assert [found[ref] for ref in (pins.plan, pins.ladder, pins.hierarchy, pins.calendar)] == [2, 2, 2, 2]
    assert found[books.shelf().put(editions.china_2027())] == 0
    assert len(Policies(engine).documents()) == len(found)


# The read model follows


def test_rows_follow_the_policies(engine: Engine) -> None:
    """References, due days, stages that are new and stages that are gone: as if the rows were made anew."""

    def other(raw: dict[str, object]) -> None:
        stages = raw["stages"]
        assert isinstance(stages, list)
        new = {**stages[1], "key": "briefing", "after": ["contract"]}
        raw["stages"] = [*stages[:2], new, *(stage for stage in stages[2:] if stage["key"] != "upkeep")]

    journal = begun(1)
    journal.days(3)
    journal.close()
    kept(engine, journal)
    new_plan = editions.edition("plan", books.PLAN, "2099.5", other)
    migrated(journal, editions.pins(books.pins(), new_plan, editions.china_2027()))
    kept(engine, journal)
    views = Views(engine)
    row = views.project("US18F-000001")
    assert row == projection.project_row(journal.now, journal.book, journal.at)
    assert row is not None
    assert (row.plan, row.calendar) == (journal.now.pins.plan, journal.now.pins.calendar)
    assert views.stages("US18F-000001") == projection.stage_rows(journal.now, journal.book, journal.at)
    assert [one.stage for one in views.stages("US18F-000001")][2] == "briefing"
