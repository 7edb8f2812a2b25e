"""A project goes on under other policies: what moves, what stays, what stands in the way; nothing is stored up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rules import explain, ladder, migration
from rules.policy import PolicyMissingError, Raw
from schemas.command import GrantExtension, HoldProject, RecordOutage, RequestExtension, ResumeProject
from schemas.reason import Refusal
from tests.support import batches, books, editions
from tests.support.acts import NO_POWER, RESUME, SNOW, TOO_SLOW, life_at, promise
from tests.support.life import Life, beijing, shown
from tests.support.migrating import go_on, migrate
from tests.support.people import BUILDER, COUNTY, MINISTRY, OPERATOR, PREFECTURE, PROVINCE, PROVINCE_DEPUTY

FIBRE = books.PLAN


def change(do: Any) -> Raw:  # noqa: ANN401 - a function on a raw plan
    """Return the fibre plan, changed by hand."""

    def changed(raw: Raw) -> None:
        raw["may"]["migrate"] = ["provincial_supervisor"]
        do(raw)

    return editions.edition("plan", FIBRE, "2099.9", changed)


def stages_of(raw: Raw) -> dict[str, Raw]:
    return {stage["key"]: stage for stage in raw["stages"]}


# What moves


def test_a_longer_budget_moves_the_due_day_and_keeps_the_original() -> None:
    life = life_at("contract")
    assert life.due() == "2018-07-31"
    original = life.turn().original_due_at
    event = go_on(life, editions.budgets(days={"contract": 80}))
    assert life.due() == "2018-08-28"
    turn = life.turn()
    assert (turn.budget_days, turn.original_due_at, turn.previous_due_at) == (80, original, original)
    assert event.previous_dues == {"contract": original}
    assert {key: shown(at) for key, at in event.dues.items()} == {"contract": "2018-08-29 00:00"}
    assert life.state.migrated_at == life.now


def test_granted_extensions_stay_on_top() -> None:
    life = life_at("contract")
    life.ok(PROVINCE, RequestExtension(days=30, reason="rain"))
    life.ok(PROVINCE_DEPUTY, GrantExtension(days=10))
    go_on(life, editions.budgets(days={"contract": 50}))
    assert life.turn().budget_days == 60


@pytest.mark.parametrize(
    ("why", "do"),
    [
        ("another unit", lambda raw: stages_of(raw)["contract"]["budget"].update(days=99, unit="calendar")),
        ("another stage", lambda raw: stages_of(raw)["route"]["budget"].update(days=99)),
        ("the same", lambda _raw: None),
    ],
)
def test_a_running_term_keeps_its_budget(why: str, do: Any) -> None:  # noqa: ANN401 - a function on a raw plan
    life = life_at("contract")
    event = go_on(life, change(do))
    assert (life.turn().budget_days, life.turn().unit, life.due()) == (60, "working", "2018-07-31"), why
    assert (event.budgets, event.previous_dues, life.turn().previous_due_at) == ({}, {}, None)


def test_each_kind_of_turn_gets_the_budget_of_its_kind() -> None:
    def longer(raw: Raw) -> None:
        raw["obstacle_budget"]["days"] = 25
        stages_of(raw)["cable"]["budget"]["days"] = 100

    life = life_at("cable")
    life.ok(BUILDER, NO_POWER.model_copy(update={"stage": "cable"}))
    event = go_on(life, change(longer))
    assert (event.budgets["cable"], event.suspended_budgets) == (25, {"cable": 100})
    suspended = life.stage("cable").suspended
    assert suspended
    assert (suspended.budget_days, suspended.silent_before) == (100, life.now)

    life = life_at("preliminary_acceptance")
    life.ok(PREFECTURE, TOO_SLOW)
    go_on(life, change(lambda raw: stages_of(raw)["preliminary_acceptance"]["rectification"]["budget"].update(days=31)))
    assert life.turn().budget_days == 31


def test_a_year_published_later_makes_provisional_dates_final() -> None:
    """60 working days from 20 November 2026: the Spring Festival of 2027 counts only once it is known."""
    life = Life.begin(at=beijing("2026-11-02"), book=editions.book(books.pins(), editions.budgets()))
    life.until_day("2026-11-20")
    life.close("funding")
    assert (life.due(), life.rungs()[0].derivation.is_provisional) == ("2027-02-12", True)
    go_on(life, editions.china_2027())
    assert (life.due(), life.rungs()[0].derivation.is_provisional) == ("2027-02-19", False)
    assert shown(life.turn().original_due_at) == "2027-02-13 00:00"


def test_a_held_project_goes_on_under_the_new_policies_when_it_is_resumed() -> None:
    life = life_at("contract")
    life.ok(PREFECTURE, SNOW)
    event = go_on(life, editions.budgets(days={"contract": 80}))
    assert event.dues == {}
    life.ok(PREFECTURE, RESUME)
    assert life.due() == "2018-08-28"


def test_why_tells_which_policies_and_since_when() -> None:
    life = life_at("contract")
    under, ladder_name = "Under 'Universal service, fibre' since", f"supervision@{life.book.ladder.version}"
    text = "\n".join(explain.text(explain.why(life.state, life.book, life.now), life.book, "en"))
    assert (
        f"{under} 2018-05-07 10:00 +08:00 ({FIBRE}@{life.book.plan.version}, supervision@{life.book.ladder.version}"
        in text
    )
    life.until_day("2018-05-10")
    go_on(life, editions.budgets(days={"contract": 80}))
    text = "\n".join(explain.text(explain.why(life.state, life.book, life.now), life.book, "en"))
    assert f"{under} 2018-05-10 10:00 +08:00 ({FIBRE}@2099.1, {ladder_name}" in text


def test_milestones_of_a_batch_are_not_stored_up_either() -> None:
    """Under a plan whose first milestone was a year ago the batch is held against those that lie ahead."""

    def sooner(raw: Raw) -> None:
        raw["milestones"][0]["after_months"] = 12
        raw["may"]["migrate"] = ["fcc_bureau"]

    life = batches.begin("rdof", total=1000)
    life.pass_days(730)
    new = editions.pins(life.state.pins, editions.edition("plan", "rdof", "2099.1", sooner))
    for fires_past, first in ((False, "year-4"), (True, "year-3")):
        book = books.shelf().book(new)
        _, after = migration.moved(life.state, life.book, book, life.now, fires_past=fires_past)
        assert next(rung.key for rung in ladder.rungs(after, book) if rung.kind == "milestone") == first


# What opens


def notice(*, after: str, before: str = "") -> Raw:
    """Return a plan with a new stage between two others."""

    def inserted(raw: Raw) -> None:
        stages = stages_of(raw)
        new = {**stages["contract"], "key": "briefing", "title": {"zh": "交底", "en": "Briefing"}, "after": [after]}
        raw["stages"].insert(raw["stages"].index(stages[after]) + 1, new)
        if before:
            stages[before]["after"] = ["briefing"]

    return change(inserted)


def test_a_new_stage_whose_prerequisites_are_done_opens_at_once() -> None:
    life = life_at("contract")
    events = life.ok(PROVINCE, migrate(editions.pins(life.state.pins, notice(after="funding"))))
    assert [event.type for event in events] == ["policies_migrated", "turn_opened"]
    assert life.state.open_stages() == ["briefing", "contract"]
    assert list(life.state.stages) == [stage["key"] for stage in notice(after="funding")["stages"]]


def test_a_new_stage_ahead_waits_for_its_prerequisites() -> None:
    life = life_at("contract")
    go_on(life, notice(after="contract", before="baseline"))
    assert life.state.open_stages() == ["contract"]
    life.close("contract")
    assert life.state.open_stages() == ["briefing"]


def test_nothing_opens_while_the_project_is_held() -> None:
    life = life_at("contract")
    life.ok(PREFECTURE, HoldProject(code="WINTER_STOP"))
    act = migrate(editions.pins(life.state.pins, notice(after="funding")))
    assert life.code(PROVINCE, act) == "project.held"
    life.ok(PREFECTURE, ResumeProject())
    assert life.ok(PROVINCE, act)


# What stands in the way


def without_contract(raw: Raw) -> None:
    raw["stages"] = [stage for stage in raw["stages"] if stage["key"] != "contract"]
    stages_of(raw)["baseline"]["after"] = ["funding"]
    for name in ("payment", "baseline"):
        raw.pop(name, None)


def of_others(raw: Raw) -> None:
    raw["hierarchy"] = "elsewhere"


def unsound(raw: Raw) -> None:
    stages_of(raw)["route"]["owner"] = "nobody"


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("migrate.technology", editions.budgets("universal-service-4g", days={"contract": 61})),
        ("migrate.stage_missing", change(without_contract)),
        ("migrate.hierarchy", change(of_others)),
        ("policy.unknown_role", change(unsound)),
        ("migrate.day_length", editions.edition("calendar", "compressed", "9.9")),
        ("act.not_in_plan", editions.edition("plan", FIBRE, "2099.2", lambda raw: raw["may"].pop("migrate", None))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused(code: str, raw: Raw) -> None:
    old = editions.edition("plan", FIBRE, "2000.1", lambda raw: raw["may"].pop("migrate", None))
    life = Life.begin(book=editions.book(books.pins(), old))
    life.close_before("contract")
    target = editions.pins(life.state.pins, raw)
    if raw["kind"] == "calendar":
        target = editions.pins(target, editions.budgets(days={"contract": 60}))
    assert life.code(PROVINCE, migrate(target)) == code


def test_only_whom_the_plan_lets() -> None:
    """The plan in force tells who may; where it knows nothing of the act, the new one does."""
    old = editions.edition("plan", FIBRE, "2000.1", lambda raw: raw["may"].pop("migrate", None))
    life = Life.begin(book=editions.book(books.pins(), old))
    by_ministry = change(lambda raw: raw["may"].update(migrate=["ministry_supervisor"]))
    there = migrate(editions.pins(life.state.pins, by_ministry))
    assert life.code(COUNTY, there) == life.code(PROVINCE, there) == "authority.wrong_role"
    life.ok(MINISTRY, there)
    life.book = books.shelf().book(life.state.pins)
    on = migrate(editions.pins(life.state.pins, editions.budgets(version="2099.3")))
    assert life.code(PROVINCE, on) == "authority.wrong_role"


def test_refused_whoever_asks() -> None:
    life = life_at("contract")
    there = editions.pins(life.state.pins, editions.budgets())
    assert life.code(PROVINCE, migrate(there, approved_by="province")) == "migrate.own_approval"
    go_on(life, editions.budgets())
    assert life.code(PROVINCE, migrate(there)) == "migrate.same"
    unknown = there.model_copy(update={"plan": "universal-service-fibre@9.9#0000000000000000"})
    with pytest.raises(PolicyMissingError):
        life.do(PROVINCE, migrate(unknown))


def test_a_rectification_needs_a_rule_for_it() -> None:
    life = life_at("preliminary_acceptance")
    life.ok(PREFECTURE, TOO_SLOW)

    def plain(raw: Raw) -> None:
        stage = stages_of(raw)["preliminary_acceptance"]
        del stage["rectification"]
        stage["closed_by"]["act"] = "submit"

    assert life.code(PROVINCE, migrate(editions.pins(life.state.pins, change(plain)))) == "migrate.no_rectification"


def test_a_final_date_does_not_become_provisional_again() -> None:
    life = Life.begin(at=beijing("2026-11-20"), book=editions.book(books.pins(), editions.china_2027()))
    life.close("funding")
    back = editions.pins(life.state.pins, editions.edition("calendar", "china", "2026.1"), editions.budgets())
    assert life.code(PROVINCE, migrate(back)) == "migrate.provisional"


# Nothing is stored up


def test_nothing_fires_retroactively() -> None:
    """The term shrinks so that it ended a month ago: the ladder goes on from here, the rungs of that month are past."""
    life = life_at("contract")
    life.until_day("2018-07-10")
    assert life.fired("contract") == []
    go_on(life, editions.budgets(days={"contract": 20}))
    assert shown(life.turn().previous_due_at or life.now) == "2018-08-01 00:00"
    assert life.table() == [
        ("interview", "2018-07-17 09:00", 4),
        ("ministry-report", "2018-08-28 09:00", 5),
    ]
    life.wake()
    assert life.fired("contract") == []


def test_unless_that_was_ordered() -> None:
    life = life_at("contract")
    life.until_day("2018-07-10")
    go_on(life, editions.budgets(days={"contract": 20}), fires_past=True)
    life.wake()
    late = [rung.rung for rung in life.fired("contract")]
    assert late == ["reminder-7", "reminder-1", "overdue", "supervision-order", "circular"]


def test_a_promise_still_ends_after_a_migration() -> None:
    """What waits for the end of a promise is not past, although its own day went by before the migration."""
    life = life_at("contract")
    life.until_day("2018-08-01", "09:30")
    life.ok(PREFECTURE, promise(life, 14))
    life.until_day("2018-08-10")
    before = life.table()
    go_on(life, editions.budgets())
    assert life.table() == before


def test_the_ladder_does_not_climb_down() -> None:
    """A ladder with other rungs goes on above the level that was reached."""

    def renamed(raw: Raw) -> None:
        for rung in raw["rungs"]:
            rung["key"] = f"new-{rung['key']}"
            rung["offset_days"] += 10 if rung["offset_days"] > 0 else 0

    life = life_at("contract")
    life.until_day("2018-08-10")
    assert life.turn().level == 2
    go_on(life, editions.edition("ladder", "supervision", "2099.1", renamed), editions.budgets())
    assert [rung.level for rung in life.rungs("contract")] == [2, 3, 4, 5]


def test_a_date_beyond_every_calendar_is_refused() -> None:
    life = life_at("contract")
    far = editions.book(life.state.pins, editions.budgets(days={"contract": 30000}))
    with pytest.raises(Refusal, match=r"calendar\.outside"):
        migration.moved(life.state, life.book, far, life.now)


def test_a_calendar_that_does_not_reach_back_is_refused() -> None:
    """Days of stages that are done are counted in every row written later: such a calendar would stop the project."""

    def later(raw: Raw) -> None:
        raw["first_year"] = 2020
        for name in ("holidays", "makeup"):
            raw[name] = {year: days for year, days in raw[name].items() if int(year) >= 2020}

    life = Life.begin()
    life.until_day("2020-06-01")
    life.close(life.open())
    calendar = editions.edition("calendar", "china", "2099.1", later)
    assert life.code(PROVINCE, migrate(editions.pins(life.state.pins, calendar))) == "calendar.outside"


def test_what_a_migration_silenced_stays_silent_when_days_are_given_back() -> None:
    """A turn that stays late moves on by the days of an outage; rungs that were past before are past still."""
    life = Life.begin()
    life.until(life.rungs()[-1].due_at - timedelta(days=2))
    life.wake()
    go_on(life, editions.budgets(days={"funding": 1}))
    assert not [rung for rung in life.rungs() if rung.at < life.now]
    life.pass_days(5)
    life.ok(OPERATOR, RecordOutage(since_at=life.now - timedelta(days=7), until_at=life.now, note="server room"))
    fired = len(life.fired())
    life.wake()
    assert len(life.fired()) == fired
