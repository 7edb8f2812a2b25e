"""What a migration would do is what it does: shown for one project, and summed over many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given

from rules import clock
from rules.migration_preview import SAMPLES, preview, summed
from rules.policy import Raw
from schemas.command import Actor
from schemas.migration import Deadline, MigrationOrder, ProjectMove
from schemas.reason import Reason
from tests.support import books, editions
from tests.support.acts import SNOW, life_at
from tests.support.life import Life, beijing, shown
from tests.support.migrating import go_on
from tests.support.people import BUILDER, PREFECTURE, PROVINCE
from tests.unit.test_migration_properties import Case, migrations, thorough

AT = beijing("2018-06-01")


def seen(life: Life, *raws: Raw, by: Actor = PROVINCE) -> ProjectMove:
    return preview(life.state, life.book, editions.pins(life.state.pins, *raws), by, life.now)


def test_one_deadline() -> None:
    life = life_at("contract")
    life.until_day("2018-07-10")
    (found,) = seen(life, editions.budgets(days={"contract": 20})).deadlines
    assert (shown(found.due_before or AT), shown(found.due_after or AT)) == ("2018-08-01 00:00", "2018-06-05 00:00")
    assert (found.moved_days, found.falls_past) == (-57, True)
    assert found.past_rungs == ("reminder-7", "reminder-1", "overdue", "supervision-order", "circular")
    assert (found.was_provisional, found.is_provisional) == (False, False)


def test_a_provisional_date_becomes_final() -> None:
    life = Life.begin(at=beijing("2026-11-20"), book=editions.book(books.pins(), editions.budgets()))
    life.close("funding")
    (found,) = seen(life, editions.china_2027()).deadlines
    assert (found.was_provisional, found.is_provisional, found.moved_days) == (True, False, 7)


def test_a_held_project_has_no_date_to_move() -> None:
    life = life_at("contract")
    life.ok(PREFECTURE, SNOW)
    (found,) = seen(life, editions.budgets(days={"contract": 80})).deadlines
    assert (found.due_before, found.due_after, found.moved_days) == (None, None, 0)


def test_refused_as_the_act_would_be() -> None:
    life = life_at("contract")
    for by, raw, code in (
        (BUILDER, editions.budgets(), "authority.wrong_role"),
        (PROVINCE, editions.budgets("universal-service-4g"), "migrate.technology"),
    ):
        found = seen(life, raw, by=by)
        assert found.refused
        assert (found.refused.code, found.deadlines) == (code, ())


@thorough
@given(case=migrations())
def test_what_is_shown_is_what_happens(case: Case) -> None:
    """Due days, and the rungs that stay silent, are those of the project once it has gone on."""
    life = case.life
    found = seen(life, case.raw)
    go_on(life, case.raw)
    ahead = [(rung.stage, rung.key) for rung in life.rungs() if not rung.matter]
    for deadline in found.deadlines:
        calendar = life.book.calendar_of(deadline.stage, life.state.project)
        assert clock.due_at(life.turn(deadline.stage), calendar) == deadline.due_after
        assert not {(deadline.stage, key) for key in deadline.past_rungs} & {*ahead}


# Sums


def deadline(number: int, days: int, **more: object) -> Deadline:
    return Deadline.model_validate(
        {
            "project_id": f"P-{number}",
            "stage": "cable" if number % 2 else "route",
            "due_before": AT,
            "due_after": AT + timedelta(days=days),
            "moved_days": days,
            **more,
        }
    )


def test_the_sum_counts_each_deadline_once() -> None:
    moves = [
        ProjectMove(project_id="P-0", deadlines=(deadline(0, 5), deadline(1, 0)), opens=("briefing",)),
        ProjectMove(
            project_id="P-2", deadlines=(deadline(2, -3, falls_past=True, past_rungs=("overdue", "circular")),)
        ),
        ProjectMove(project_id="P-3", deadlines=(deadline(3, 2, was_provisional=True),)),
        ProjectMove(project_id="P-4", refused=Reason(code="migrate.same")),
    ]
    found = summed(moves)
    assert (found.projects, found.refused, found.opens, found.deadlines) == (3, {"migrate.same": 1}, 1, 4)
    assert (found.moved, found.later, found.earlier, found.falls_past) == (3, 2, 1, 1)
    assert (found.made_final, found.made_provisional, found.past_rungs) == (1, 0, 2)
    assert {one.stage: (one.deadlines, one.moved) for one in found.by_stage} == {"route": (2, 2), "cable": (2, 1)}
    assert [one.project_id for one in found.samples] == ["P-0", "P-2", "P-3"]
    assert [one.project_id for one in found.refusals] == ["P-4"]


def test_the_samples_are_those_that_move_furthest() -> None:
    found = summed(ProjectMove(project_id=f"P-{n}", deadlines=(deadline(n, n - 50),)) for n in range(100))
    assert len(found.samples) == SAMPLES
    assert [abs(one.moved_days) for one in found.samples] == [50, 49, 49, 48, 48, 47, 47, 46, 46, 45]


def test_an_order_changes_only_what_it_names() -> None:
    pins = books.pins()
    order = MigrationOrder(targets={"calendar": "china@2027.1#1"}, names={"calendar": "china"})
    assert order.pins(pins) == pins.model_copy(update={"calendar": "china@2027.1#1"})
    with pytest.raises(ValueError, match="targets"):
        MigrationOrder(targets={}, names={})
