"""Why a rung fired or did not; what would have changed it comes true when the changed course is actually run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from rules import ladder, whatif, why_text
from rules.policy import Rulebook
from rules.text import LANGUAGES
from rules.why_rung import why
from schemas.command import Act, Actor, ClearObstacle, GrantExtension, Migrate
from schemas.directory import Resolution, ResolutionStep
from schemas.event import RungFired, StageClosed
from schemas.state import ProjectState
from schemas.why import Fate, RungWhy, WhatIf
from tests.support import books, editions, people
from tests.support.acts import ASK_30, DUPLICATE, LOOSE_POLES, MENDED, NO_POWER, SNOW, TOO_SLOW, close, promise
from tests.support.life import Life

SECOND = timedelta(seconds=1)
NAMED = "of-"


@dataclass(frozen=True)
class Do:
    """A person does something some days after the step before."""

    days: float
    who: Actor
    what: Act | Callable[[Life], Act]


@dataclass(frozen=True)
class Course:
    """A course of a project: up to a stage at once, then step by step, then time."""

    stage: str
    steps: tuple[Do, ...] = ()
    days: float = 0
    tier: str = "general"
    is_prompt: bool = True

    def run(self, *, skip: int | None = None, book: Rulebook | None = None, until: datetime | None = None) -> Life:
        """Run it, without one of its steps when asked to, and up to an instant."""
        life = Life.begin(tier=self.tier, book=book, is_prompt=self.is_prompt)
        life.close_before(self.stage)
        for number, step in enumerate(self.steps):
            life.pass_days(step.days)
            if number != skip:
                act = step.what(life) if callable(step.what) else step.what
                life.ok(step.who, act)
                if isinstance(act, Migrate):
                    life.book = books.shelf().book(act.pins)
        life.pass_days(self.days)
        if until:
            life.until(until)
            life.wake()
        return life


@dataclass(frozen=True)
class Case:
    """A rung in a course, and what is to be said of it.

    Attributes:
        course: The course.
        rung: Key of the rung.
        fate: What became of it.
        code: What would have changed it.
        changed: The changed course run up to an instant; None: the step `skip` is left out.
        skip: Which step is left out.
        at_stage: Stage it speaks of; that of the course when empty.
        turn: Kind of turn.
        matter: Key of the matter.
    """

    course: Course
    rung: str
    fate: Fate
    code: WhatIf
    changed: Callable[[Case, RungWhy], Life] | None = None
    skip: int | None = None
    at_stage: str = ""
    turn: str = "work"
    matter: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def stage(self) -> str:
        return self.at_stage or self.course.stage


def receiver(role: str, _state: ProjectState, _book: Rulebook, _at: datetime) -> Resolution:
    step = ResolutionStep(code="holder", role=role, person_id=NAMED + role, post_id="post")
    return Resolution(role=role, person_id=NAMED + role, steps=(step,))


def told(life: Life, case: Case) -> RungWhy:
    found = why(life.journal, books.shelf().book, life.now, receiver, stage=case.stage, rung=case.rung)
    climbs = [one for one in found.climbs if (one.turn, one.matter) == (case.turn, case.matter)]
    (rung,) = climbs[0].rungs
    return rung


def firings(life: Life, case: Case) -> list[RungFired]:
    return [
        event
        for event in life.events
        if isinstance(event, RungFired)
        and (event.stage, event.rung, event.turn, event.matter) == (case.stage, case.rung, case.turn, case.matter)
    ]


def submit(stage: str) -> Callable[[Life], Act]:
    return lambda life: close(life, stage)


def no_quiet(case: Case, said: RungWhy) -> Life:
    return case.course.run(book=whatif.without_quiet(books.book()), until=said.counterfactual.at)


def longer_term(case: Case, said: RungWhy) -> Life:
    book = books.book()
    days = said.counterfactual.days
    stages = [
        one.model_copy(update={"budget": one.budget.model_copy(update={"days": days})})
        if one.key == case.stage
        else one
        for one in book.plan.stages
    ]
    longer = replace(book, plan=book.plan.model_copy(update={"stages": tuple(stages)}))
    return case.course.run(book=longer, until=said.counterfactual.at)


def no_priority(case: Case, said: RungWhy) -> Life:
    return replace(case.course, tier="general").run(until=said.counterfactual.at)


def fires_past(case: Case, _said: RungWhy) -> Life:
    *before, last = case.course.steps
    return replace(case.course, steps=(*before, replace(last, what=shorter(fires_past=True)))).run()


def shorter(*, fires_past: bool) -> Callable[[Life], Act]:
    """Return a migration under which the cable stage is due in 40 days instead of 90."""

    def migrate(life: Life) -> Act:
        pins = editions.pins(life.state.pins, editions.budgets(days={"cable": 40}))
        return Migrate(pins=pins, approved_by="province-deputy", decision_no="P-1", fires_past=fires_past)

    return migrate


CABLE = Course("cable")
GRANT = Do(0, people.PROVINCE, GrantExtension())
CASES: dict[str, Case] = {
    "closed before it was due": Case(
        replace(CABLE, steps=(Do(10, people.BUILDER, submit("cable")),)), "reminder-7", "closed", "had_not", skip=0
    ),
    "the ball passed on": Case(
        Course("preliminary_acceptance", (Do(5, people.PREFECTURE, TOO_SLOW),)),
        "reminder-7",
        "passed_on",
        "had_not",
        skip=0,
    ),
    "an extension began the ladder anew": Case(
        replace(CABLE, steps=(Do(5, people.BUILDER, ASK_30), Do(1, people.PROVINCE, GrantExtension()))),
        "reminder-7",
        "extended",
        "had_not",
        skip=1,
    ),
    "sent back": Case(
        replace(CABLE, steps=(Do(5, people.PREFECTURE, LOOSE_POLES),)), "reminder-7", "returned", "had_not", skip=0
    ),
    "the project was over": Case(
        Course("contract", steps=(Do(5, people.PROVINCE, DUPLICATE),)), "reminder-7", "over", "had_not", skip=0
    ),
    "held": Case(
        replace(CABLE, steps=(Do(5, people.PREFECTURE, SNOW),), days=200), "reminder-7", "held", "had_not", skip=0
    ),
    "an obstacle": Case(
        replace(CABLE, steps=(Do(5, people.BUILDER, NO_POWER),), days=100), "reminder-7", "suspended", "had_not", skip=0
    ),
    "a promise": Case(
        replace(CABLE, steps=(Do(85, people.BUILDER, lambda life: promise(life, 12)),), days=20),
        "reminder-1",
        "promised",
        "had_not",
        skip=0,
    ),
    "the quiet part of a term": Case(Course("equipment"), "reminder-30", "quiet", "no_quiet", no_quiet),
    "a short term": Case(Course("self_check"), "reminder-30", "before_clock", "longer_term", longer_term),
    "the first level of a priority place": Case(
        Course("cable", tier="three-regions", days=120), "overdue", "faster", "other_tier", no_priority
    ),
    "a silent migration": Case(
        replace(CABLE, steps=(Do(60, people.PROVINCE, shorter(fires_past=False)),), days=10),
        "overdue",
        "silent",
        "not_silent",
        fires_past,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_did_not_fire_would_have_as_it_is_said(name: str) -> None:
    case = CASES[name]
    life = case.course.run()
    said = told(life, case)
    assert (said.fate, said.counterfactual.code, said.counterfactual.would_fire) == (case.fate, case.code, True)
    assert firings(life, case) == []
    at = said.counterfactual.at
    assert at is not None
    cut = replace(case.course, days=0)
    other = case.changed(case, said) if case.changed else cut.run(skip=case.skip, until=at)
    (fired,) = firings(other, case)
    taken_up = next(step.entry.at for step in other.steps if step.entry.event is fired)
    assert taken_up == at, "it comes true at the very instant"
    if case.skip is not None:
        assert said.cause is not None
        assert firings(cut.run(skip=case.skip, until=at - SECOND), case) == []


FIRED: dict[str, Case] = {
    "a reminder": Case(replace(CABLE, days=90), "reminder-7", "fired", "unless"),
    "an escalation": Case(replace(CABLE, days=200), "interview", "fired", "unless"),
    "taken up late": Case(replace(CABLE, days=200, is_prompt=False), "circular", "fired", "unless"),
    "still ahead": Case(replace(CABLE, days=60), "overdue", "ahead", "unless"),
    "one level earlier": Case(Course("cable", tier="three-regions", days=120), "supervision-order", "fired", "unless"),
    "rectification": Case(
        Course("preliminary_acceptance", (Do(5, people.PREFECTURE, TOO_SLOW),), days=90),
        "overdue",
        "fired",
        "unless",
        turn="rectification",
    ),
    "an obstacle": Case(
        replace(CABLE, steps=(Do(5, people.BUILDER, NO_POWER),), days=60), "overdue", "fired", "unless", turn="obstacle"
    ),
    "a matter": Case(
        replace(CABLE, steps=(Do(5, people.BUILDER, ASK_30),), days=60),
        "overdue",
        "fired",
        "unless",
        matter="M1",
        turn="decision",
    ),
}


@pytest.mark.parametrize("name", FIRED)
def test_what_fired_would_not_have_as_it_is_said(name: str) -> None:
    """The instant is the latest: a moment before it the act prevents the rung, at the instant itself no longer."""
    case = FIRED[name]
    life = case.course.run()
    if case.course.is_prompt is False:
        life.wake()
    said = told(life, case)
    at = said.counterfactual.at
    assert (said.fate, said.counterfactual.code) == (case.fate, case.code)
    assert at is not None
    assert [one.person_id for one in said.receivers] == [NAMED + one.role for one in said.receivers] != []
    doing: dict[str, tuple[Actor, Callable[[Life], Act]]] = {
        "submit": (people.BUILDER, (lambda _: MENDED) if case.turn == "rectification" else submit(case.stage)),
        "clear_obstacle": (people.POWER, lambda _: ClearObstacle()),
        "grant_extension": (people.PROVINCE, lambda _: GrantExtension()),
    }
    who, what = doing[said.counterfactual.act]
    course = replace(case.course, days=0, is_prompt=True)
    in_time = course.run(until=at - SECOND)
    in_time.ok(who, what(in_time))
    in_time.until(at + SECOND)
    assert firings(in_time, case) == []
    too_late = course.run(until=at)
    too_late.ok(who, what(too_late))
    assert len(firings(too_late, case)) == 1
    if case.fate == "fired":
        (fired,) = firings(life, case)
        entry = next(step.entry for step in life.steps if step.entry.event is fired)
        assert (said.at, said.taken_up_at, said.level, said.cause) == (fired.nominal_at, entry.at, fired.level, entry)
        assert (entry.at > fired.nominal_at) == (not case.course.is_prompt)
    assert said.is_faster == (case.course.tier != "general")


def test_a_stage_that_ends_by_itself_would_not_have_under_a_hold() -> None:
    course = Course("public_notice", days=20)
    life = course.run()
    case = Case(course, ladder.ELAPSE, "fired", "unless")
    said = told(life, case)
    assert (said.fate, said.counterfactual.code, said.counterfactual.act) == ("fired", "unless", "hold")
    assert said.counterfactual.at is not None
    held = replace(course, days=0).run(until=said.counterfactual.at - SECOND)
    held.ok(people.PREFECTURE, SNOW)
    held.until(life.now)
    assert not [one for one in held.events if isinstance(one, StageClosed) and one.stage == "public_notice"]


def test_what_a_migration_made_due_in_the_past_was_preventable_until_the_migration() -> None:
    course = replace(CABLE, steps=(Do(60, people.PROVINCE, shorter(fires_past=True)),))
    life = course.run()
    life.wake()
    said = told(life, Case(course, "overdue", "fired", "unless"))
    migrated = next(step.entry.at for step in life.steps if step.entry.event.type == "policies_migrated")
    assert said.at is not None
    assert said.at < migrated == said.counterfactual.at
    other = CABLE.run(until=migrated - SECOND)
    other.ok(people.BUILDER, close(other, "cable"))
    other.pass_days(100)
    assert other.fired("cable") == [one for one in other.fired("cable") if one.kind == "reminder"]


def test_a_single_change_is_not_enough_when_the_clock_had_ended() -> None:
    course = Course("equipment", (Do(1, people.BUILDER, submit("equipment")),))
    case = Case(course, "reminder-30", "quiet", "even_then")
    said = told(course.run(), case)
    assert (said.fate, said.counterfactual.code, said.counterfactual.would_fire) == ("quiet", "even_then", False)
    assert firings(no_quiet(case, said), case) == []


def test_every_round_and_every_extension_is_told_apart() -> None:
    course = replace(
        CABLE,
        steps=(
            Do(5, people.BUILDER, ASK_30),
            Do(1, people.PROVINCE, GrantExtension()),
            Do(1, people.BUILDER, submit("cable")),
            Do(1, people.PREFECTURE, LOOSE_POLES),
        ),
    )
    life = course.run()
    life.close("route")
    found = why(life.journal, books.shelf().book, life.now, receiver, stage="cable")
    own = [(one.round, one.generation, one.ended_at is None) for one in found.climbs if not one.matter]
    assert own == [(1, 0, False), (1, 1, False), (2, 0, True)]
    for climb in found.climbs:
        running = [one for one in climb.stretches if one.is_running]
        assert running, "every clock segment is told"
        assert climb.calendar == life.state.pins.calendar
        assert len(climb.rungs) == len(life.book.ladder.rungs)


SHOWN: Sequence[Case] = (*CASES.values(), *FIRED.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fate_has_words_and_ends_with_what_would_have_changed_it(lang: str) -> None:
    seen: set[str] = set()
    for case in SHOWN:
        life = case.course.run()
        life.wake()
        found = why(life.journal, books.shelf().book, life.now, receiver, stage=case.stage, rung=case.rung)
        lines = why_text.text(found, life.state.pins, books.shelf().book, lang)
        assert any(books.book().calendar.document.version in line for line in lines)
        assert (
            ("若" in lines[-1] or "没有" in lines[-1])
            if lang == "zh-CN"
            else "fire" in lines[-1] or "come" in lines[-1]
        )
        seen |= {rung.fate for climb in found.climbs for rung in climb.rungs}
    assert seen >= {case.fate for case in SHOWN}


def test_a_provisional_day_is_said_to_be_one() -> None:
    life = Life.begin(at=books_end())
    found = why(life.journal, books.shelf().book, life.now, receiver, rung="ministry-report")
    (rung,) = found.climbs[0].rungs
    assert rung.is_provisional
    assert any("暂定" in line for line in why_text.text(found, life.state.pins, books.shelf().book, "zh-CN"))


def books_end() -> datetime:
    """Return an instant at the end of the last published year of the calendar."""
    years = books.book().calendar.document.holidays
    return datetime.fromisoformat(f"{max(years)}-12-20T02:00:00+00:00")
