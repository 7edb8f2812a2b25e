"""What holds of every migration, wherever people and time have led a project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rules import clock, ladder, migration, project
from rules.policy import Raw
from schemas.command import Command
from tests.support import editions, scripts
from tests.support.life import Life
from tests.support.migrating import migrate
from tests.support.people import PROVINCE

A_YEAR = timedelta(days=366)
"""So much later lives begin than the calendar: a term that shrinks may have ended before it began."""


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Return a project that people and time have led to some place."""
    life = Life.begin(at=draw(scripts.starts) + A_YEAR, tier=draw(scripts.tiers), is_prompt=draw(st.booleans()))
    for _ in range(draw(st.integers(0, 8))):
        life.pass_days(7)
        life.close(life.state.open_stages()[0])
    for _ in range(draw(st.integers(0, 6))):
        if life.state.is_over:
            break
        life.pass_days(draw(st.floats(0, 60)))
        life.wake()
        if not life.state.is_over:
            life.do(*draw(st.one_of(scripts.eventful_acts(life), scripts.proper_acts(life))))
    assume(not life.state.is_over)
    life.pass_days(draw(st.floats(0, 40)))
    life.wake()
    assume(not life.state.is_over)
    return life


@dataclass
class Case:
    """A project and a plan for it, told in few words."""

    life: Life
    raw: Raw

    def __repr__(self) -> str:
        return str({stage["key"]: stage["budget"]["days"] for stage in self.raw["stages"]})


@st.composite
def migrations(draw: st.DrawFn) -> Case:
    """Return a project, and a plan in which its open stages have other budgets."""
    life = draw(lives())
    days = draw(st.fixed_dictionaries(dict.fromkeys(life.state.open_stages(), st.integers(1, 120))))
    return Case(life, editions.budgets(days=days))


thorough = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@thorough
@given(case=migrations())
def test_a_migration_never_makes_a_rung_fire_that_lies_before_it(case: Case) -> None:
    life, raw = case.life, case.raw
    new = editions.book(life.state.pins, raw)
    _, after = migration.moved(life.state, life.book, new, life.now)
    ahead = [rung for rung in ladder.rungs(after, new) if rung.kind != "elapse"]
    assert all(rung.at >= life.now for rung in ahead)
    command = Command(command_id="m", actor=PROVINCE, act=migrate(new.pins))
    answer = project.decide(life.state, command, life.now, life.book)
    assert isinstance(answer, project.Accepted)
    assert answer.events[0].type == "policies_migrated"


@thorough
@given(case=migrations())
def test_there_and_back_gives_the_same_dues(case: Case) -> None:
    life, raw = case.life, case.raw
    there = editions.book(life.state.pins, raw)
    _, after = migration.moved(life.state, life.book, there, life.now)
    _, back = migration.moved(after, there, life.book, life.now)
    for key, stage in life.state.stages.items():
        for turn, other in ((stage.turn, back.stages[key].turn), (stage.suspended, back.stages[key].suspended)):
            assert (turn is None) == (other is None)
            if turn and other:
                assert (turn.budget_days, turn.segments) == (other.budget_days, other.segments)
                assert clock.due_at(turn, life.book.calendar) == clock.due_at(other, life.book.calendar)


@thorough
@given(life=lives())
def test_policies_that_move_nothing_take_nothing_away(life: Life) -> None:
    new = editions.book(life.state.pins, editions.budgets())
    event, after = migration.moved(life.state, life.book, new, life.now)
    assert event.previous_dues == {}
    assert [(r.key, r.at) for r in ladder.rungs(after, new)] == [
        (r.key, r.at) for r in ladder.rungs(life.state, life.book)
    ]
