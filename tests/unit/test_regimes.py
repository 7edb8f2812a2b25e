"""Other regimes are data alone: their policies are sound, and no line of code knows their names."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.files.policies import load_tree, problems
from infra.letters.make import make
from rules import batch, explain, headline, letter_sample, tier_why
from rules.acts.facts import checked
from rules.narrate import narrate
from rules.outbox import Draft, drafts
from rules.plan import ladder_problems, plan_problems
from rules.projection import project_row
from rules.text import LANGUAGES
from schemas.command import Act, Agree, Close, FactValue, RequestChange
from schemas.directory import Person, Seat
from schemas.event import BatchCounted, Event, RungFired
from schemas.hierarchy import Hierarchy
from schemas.ladder import Ladder
from schemas.letter import Notice
from schemas.matter import UnitChange
from schemas.plan import Plan
from schemas.reason import Reason, Refusal
from schemas.why import Why
from tests.support import batches, books
from tests.support.batches import ASSURANCE, BUREAU, CARRIER, MANAGER, SUPPLIER, YEAR, after_year, begin, count, told
from tests.support.life import Life
from tests.support.people import actor, post
from tests.unit import test_plan_rules

ROOT = Path(__file__).parents[2]
REGIMES = {"rdof": ("usa", "usa"), "bduk": ("uk", "england")}
CODE = ("rules", "workflows", "activities", "infra", "cli", "schemas")
Change = Callable[[dict[str, Any]], object]

SEATS = (BUREAU, CARRIER, actor("administrator", post("usac")))
"""Who sits in the offices; that of the state is vacant."""


def closed(life: Life, who: Any, act: str, stage: str, **facts: FactValue) -> tuple[Event, ...]:  # noqa: ANN401 - an actor
    closing: Act = Close.model_validate({"act": act, "stage": stage, "facts": facts})
    return life.ok(who, closing)


# The data


def test_no_code_knows_the_name_of_a_regime() -> None:
    """Plans and ladders of the FCC and of BDUK came without a line of code for them."""
    names = re.compile(r"\b(rdof|fcc|bduk|usac?|england)(?![a-z])", re.IGNORECASE)
    files = [file for room in CODE for file in (ROOT / room).rglob("*.py")]
    assert len(files) > 100
    assert [str(file.relative_to(ROOT)) for file in files if names.search(file.read_text(encoding="utf-8"))] == []


def test_every_policy_of_the_tree_is_sound() -> None:
    tree = load_tree()
    assert problems(tree) == []
    there = {(one.parsed.kind, one.parsed.name) for one in tree}
    for name, (hierarchy, calendar) in REGIMES.items():
        assert {("plan", name), ("ladder", name), ("hierarchy", hierarchy), ("calendar", calendar)} <= there


@pytest.mark.parametrize("name", ["rdof", "bduk", "batch-supervision"])
def test_what_no_source_told_is_marked(name: str) -> None:
    assert re.search(r"default|\[G\]", test_plan_rules.raw("ladder", name)["source"], re.IGNORECASE)


@pytest.mark.parametrize(
    ("calendar", "free", "working"),
    [
        ("usa", ("2021-06-18", "2021-12-31", "2020-07-03", "2026-11-26"), ("2021-12-30", "2018-11-23")),
        ("england", ("2022-09-19", "2020-12-28", "2023-05-08", "2018-03-30"), ("2022-09-20", "2019-12-27")),
    ],
)
def test_the_calendars_know_their_free_days(calendar: str, free: tuple[str, ...], working: tuple[str, ...]) -> None:
    counted = books.book("rdof", calendar).calendar
    assert [day for day in free if counted.is_working(counted.day_of(date.fromisoformat(day)))] == []
    assert [day for day in working if not counted.is_working(counted.day_of(date.fromisoformat(day)))] == []
    assert (counted.document.first_year, counted.document.last_year) == (2018, 2026)


# A batch through its acts


def test_what_is_stated_when_a_stage_is_closed_is_counted() -> None:
    life = begin("rdof")
    events = closed(life, BUREAU, "record_contract", "authorization", public_notice="DA 21-1", locations=1000)
    assert events[1] == BatchCounted(total=1000, built=0)
    events = closed(life, CARRIER, "submit", "returns", locations_served="120", certified=True)
    assert events[1] == BatchCounted(total=1000, built=120)


def test_more_than_there_is_cannot_be_returned() -> None:
    life = begin("rdof")
    closed(life, BUREAU, "record_contract", "authorization", public_notice="DA 21-1", locations=1000)
    facts: dict[str, FactValue] = {"locations_served": 1200, "certified": True}
    assert life.code(CARRIER, Close(act="submit", stage="returns", facts=facts)) == "batch.more_than_total"


def test_a_missed_build_milestone_suspends_payment_until_a_decision_lifts_that() -> None:
    life = begin("bduk")
    closed(life, MANAGER, "record_contract", "contract", contract_no="1", signed_on="2021-03-15", premises=40_000)
    closed(life, SUPPLIER, "submit", "design", design_no="1")
    closed(life, SUPPLIER, "submit", "build_plan", build_plan_no="1", premises_passed=9_999)
    life.until(life.now + 2 * YEAR)
    (message,) = told(life.events)
    assert (message.rung, message.level, message.consequence) == ("milestone-missed", 2, "freeze_retained_payment")
    assert life.state.is_frozen
    assert life.state.batch is not None
    assert life.state.batch.withheld_share == 1.0
    payment = life.book.stages["final_payment"].closed_by
    with pytest.raises(Refusal, match=r"payment\.frozen"):
        checked(payment, {"payment_no": "1"}, is_frozen=life.state.is_frozen)
    assert checked(payment, {"payment_no": "1", "release_decision_no": "2"}, is_frozen=True)


def test_returns_come_again_each_quarter_and_each_is_held_against_the_milestone() -> None:
    life = begin("rdof", datetime(2021, 2, 1, 15, 0, tzinfo=UTC))
    closed(life, BUREAU, "record_contract", "authorization", public_notice="DA 21-1", locations=1000)
    closed(life, CARRIER, "submit", "letter_of_credit", letter_no="L-1")
    for quarter in range(1, 15):
        life.until(life.rungs("returns")[-1].due_at - timedelta(days=10))
        closed(life, CARRIER, "submit", "returns", locations_served=quarter * 25, certified=True)
        assert life.state.stages["returns"].period == quarter
    counts = [event.built for event in life.events if isinstance(event, BatchCounted)]
    assert counts == [0, *range(25, 375, 25)]
    assert [(one.built, one.tier) for one in batches.gaps(life.events)] == [
        (300, "tier-3"),  # on the day of the milestone, 400 required
        (325, "tier-2"),
        (350, "tier-1"),
    ]


def test_premises_leave_by_a_change_with_a_reason_for_each() -> None:
    life = begin("bduk")
    closed(life, MANAGER, "record_contract", "contract", contract_no="1", signed_on="2021-03-15", premises=400)
    closed(life, SUPPLIER, "submit", "design", design_no="1")
    closed(life, SUPPLIER, "submit", "build_plan", build_plan_no="1", premises_passed=98)
    life.until(life.now + 2 * YEAR)
    assert batches.standing(life).tier == "milestone-missed"
    units = [UnitChange(unit=f"UPRN-{number}", code="COMMERCIAL") for number in range(7)]
    units.append(UnitChange(unit="UPRN-7", code="DEMOLISHED"))
    asked = RequestChange(kind="remove_units", code="COMMERCIAL", units=tuple(units), note="overbuilt")
    life.ok(SUPPLIER, asked)
    life.ok(MANAGER, Agree())
    events = life.ok(ASSURANCE, Agree(number="VFM-1"))
    assert [event for event in events if isinstance(event, BatchCounted)] == [BatchCounted(total=392, built=98)]
    assert batches.standing(life).tier == ""
    assert life.state.changes[-1].units == {"COMMERCIAL": -7, "DEMOLISHED": -1}
    assert life.state.is_frozen, "payment goes on only by a decision"
    assert life.code(SUPPLIER, asked.model_copy(update={"units": ()})) != ""


# What people see


def written(life: Life, event_of: RungFired) -> list[Draft]:
    step = next(step for step in life.steps if step.entry.event == event_of)
    seats = [Seat(post=one.posts[0], person_id=one.person_id) for one in SEATS]
    people = {
        one.person_id: Person(person_id=one.person_id, name=one.person_id, email=f"{one.person_id}@example.org")
        for one in SEATS
    }
    return drafts(step.entry, step.after, seats, people, life.book)


def letter(draft: Draft, lang: str) -> tuple[str, str]:
    notice = Notice(**{name: getattr(draft, name) for name in Notice.model_fields})
    made = make(letter_sample.letter(lang, "alone", notices=(notice,)))
    return made.subject, made.text


def test_a_message_about_a_tier_names_milestone_figures_and_tier() -> None:
    life = after_year(3, built=320)
    made = written(life, told(life.events)[0])
    assert [(one.person_id, one.roles, one.vacant) for one in made] == [
        ("carrier", "carrier_officer", ""),
        ("administrator", "usac,state_commission", "state_commission"),
        ("bureau", "fcc_bureau", ""),
    ]
    assert (made[0].reply_days, made[0].level) == (10, 2)
    subject, text = letter(made[0], "en")
    assert "Tier 2 (gap of 15 to 25 %)" in subject
    assert "40 % by the end of year 3 (400 units required, 320 built, 15 % withheld)" in text
    assert "Please reply in writing within 10 working day(s)." in text
    assert "第3年末40%（应建成 400 个，已建成 320 个，暂扣 15 %）" in letter(made[0], "zh-CN")[1]


def test_messages_of_a_shrunken_gap_ask_for_nothing() -> None:
    life = after_year(3, built=250)
    count(life, built=350)
    count(life, built=400)
    better, caught_up = (written(life, one)[0] for one in told(life.events)[1:])
    assert (better.reply_days, better.consequence) == (0, "")
    assert letter(better, "en")[0].startswith("[Cuntong] The gap has shrunk, now Tier 1")
    assert letter(caught_up, "zh-CN")[0].startswith("【村通】已赶上进度")
    assert "no tier applies any more" in letter(caught_up, "en")[1]


def test_the_same_tier_entered_again_is_a_message_of_its_own() -> None:
    life = after_year(3, built=320)
    for built in (400, 320):
        life.pass_days(30)
        count(life, built=built)
    entered = [one for one in told(life.events) if one.rung == "tier-2"]
    assert len(entered) == 2
    assert not {draft.key for draft in written(life, entered[0])} & {draft.key for draft in written(life, entered[1])}


def test_the_journal_tells_the_steps_down_and_never_that_a_gap_of_nothing_has_a_tier() -> None:
    life = after_year(3, built=250)
    count(life, built=400)
    lines = [narrate(entry, life.book, "en") for entry in life.journal if entry.event.type == "gap_assessed"]
    assert [line.rpartition("; ")[2] for line in lines[1:3]] == [
        "on its way down through 'Tier 2 (gap of 15 to 25 %)', 15 % withheld",
        "on its way down through 'Tier 1 (gap of 5 to 15 %)', 0 % withheld",
    ]
    assert lines[0].endswith("a gap of 37.5 %; 'Tier 3 (gap of 25 to 50 %)' applies, 25 % withheld")
    assert lines[3].endswith("400 units required, 400 built, kept")
    assert "started batch P-1" in narrate(life.journal[0], life.book, "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_why_tells_what_would_bring_the_tier_down(lang: str) -> None:
    life = after_year(3, built=320)
    told_lines = "\n".join(explain.text(explain.why(life.state, life.book, life.now), life.book, lang))
    for figure in ("1000", "400", "320", "80", "20 %", "15 %", "2024-03-15", "2025-03-15", "600", "280"):
        assert figure in told_lines
    lower = {"zh-CN": "再建成 21 个，即降为“第1级", "en": "21 more units would bring it down to 'Tier 1"}[lang]
    assert lower in told_lines
    assert "None" not in told_lines


def test_why_a_tier_applied_or_did_not_and_how_many_units_would_have_changed_it() -> None:
    life = after_year(3, built=320)
    count(life, built=390)
    found = tier_why.tiers(life.journal, lambda _pins: life.book, "tier-2")
    assert [(one.built, one.has_applied, one.units) for one in found] == [(320, True, 21), (390, False, 50)]
    asked = Why(project_id="P-1", at=life.now, tiers=found)
    for lang, said in (("en", "had 21 more units been built"), ("zh-CN", "当时少建成 50 个，即会适用")):
        assert said in "\n".join(tier_why.text(asked, life.book, lang))


@given(st.integers(1, 3000), st.integers(0, 3000), st.sampled_from(["tier-1", "tier-2", "tier-3", "tier-4"]))
def test_the_units_that_would_have_changed_a_tier_are_the_fewest(total: int, built: int, key: str) -> None:
    life = begin("rdof", total=total)
    count(life, built=min(built, total))
    life.until(life.now + 3 * YEAR)
    least = next(tier.gap for tier in life.book.ladder.gap_tiers if tier.key == key)
    (one,) = tier_why.tiers(life.journal, lambda _pins: life.book, key)
    sign = 1 if one.has_applied else -1
    assert (batch.gap(one.required, one.built + sign * one.units) >= least) != one.has_applied
    assert (batch.gap(one.required, one.built + sign * (one.units - 1)) >= least) == one.has_applied


def test_lists_show_the_tier_as_level_and_the_milestone_when_it_comes_first() -> None:
    life = after_year(3, built=150)
    row = project_row(life.state, life.book, life.now)
    assert (row.level, row.technology) == (4, "batch")
    fresh = begin("monthly-targets", total=461)
    life_due = project_row(fresh.state, fresh.book, fresh.now).next_due_at
    assert life_due == min(rung.due_at for rung in fresh.rungs())
    page = headline.details(life.state, life.book)
    assert "Tier 4" in page
    assert "第4年末60%" in page


# What makes them sound


def plan(change: Change, name: str = "rdof") -> list[Reason]:
    written_plan = test_plan_rules.raw("plan", name)
    change(written_plan)
    hierarchy = Hierarchy.model_validate(test_plan_rules.raw("hierarchy", REGIMES[name][0]))
    return plan_problems(Plan.model_validate(written_plan), hierarchy)


def ladder(change: Change) -> list[Reason]:
    written_ladder = test_plan_rules.raw("ladder", "rdof")
    change(written_ladder)
    return ladder_problems(
        Ladder.model_validate(written_ladder), Hierarchy.model_validate(test_plan_rules.raw("hierarchy", "usa"))
    )


PLAN_CHANGES: dict[str, tuple[Change, str]] = {
    "nothing is counted": (lambda raw: raw.pop("batch"), "policy.batch_without_rule"),
    "a fact that nobody states": (lambda raw: raw["batch"].update(built_fact="homes"), "policy.batch_fact_missing"),
    "a total that nobody states": (lambda raw: raw["batch"].update(total_fact="homes"), "policy.batch_fact_missing"),
    "a text is counted": (
        lambda raw: raw["stages"][2]["closed_by"]["facts"][0].update(type="text"),
        "policy.batch_fact_type",
    ),
    "a count may be left out": (
        lambda raw: raw["stages"][2]["closed_by"]["facts"][0].update(required="never"),
        "policy.batch_fact_type",
    ),
    "a total in every return": (
        lambda raw: raw["stages"][2]["closed_by"]["facts"].append(raw["stages"][0]["closed_by"]["facts"][1]),
        "policy.batch_total_twice",
    ),
    "an unknown owner": (lambda raw: raw["batch"].update(owner="somebody"), "policy.unknown_role"),
    "no date": (lambda raw: raw["milestones"][0].pop("after_months"), "policy.milestone_date"),
    "two dates": (lambda raw: raw["milestones"][0].update(on="2024-01-01"), "policy.milestone_date"),
    "earlier than the one before": (
        lambda raw: raw["milestones"][1].update(after_months=36),
        "policy.milestone_order",
    ),
    "dates and months mixed": (
        lambda raw: raw["milestones"][0].update(on="2024-01-01", after_months=None),
        "policy.milestone_order",
    ),
    "a share that does not grow": (lambda raw: raw["milestones"][1].update(share=0.4), "policy.milestone_share"),
    "two of one key": (lambda raw: raw["milestones"][1].update(key="year-3"), "policy.duplicate"),
}


@pytest.mark.parametrize("name", PLAN_CHANGES)
def test_an_unsound_plan_of_a_batch_is_told(name: str) -> None:
    change, code = PLAN_CHANGES[name]
    assert plan(lambda _raw: None) == []
    assert code in test_plan_rules.told(plan(change))


def test_milestones_need_a_batch_whatever_is_built() -> None:
    def change(written_plan: dict[str, Any]) -> None:
        written_plan.update(technology="fibre")
        written_plan.pop("batch")

    assert list(test_plan_rules.told(plan(change))) == ["policy.batch_without_rule"]


LADDER_CHANGES: dict[str, tuple[Change, str]] = {
    "a gap that does not grow": (lambda raw: raw["gap_tiers"][1].update(gap=0.05), "policy.tier_gap_falls"),
    "a level that falls": (lambda raw: raw["gap_tiers"][2].update(level=1), "policy.tier_level_falls"),
    "less withheld for more": (
        lambda raw: raw["gap_tiers"][3].update(withheld_share=0.2),
        "policy.tier_withheld_share_falls",
    ),
    "no gap at all": (lambda raw: raw["gap_tiers"][0].update(gap=0), "policy.tier_gap"),
    "more than all missing": (lambda raw: raw["gap_tiers"][3].update(gap=1.5), "policy.tier_gap"),
    "more than all withheld": (lambda raw: raw["gap_tiers"][3].update(withheld_share=1.5), "policy.tier_withheld"),
    "no level": (lambda raw: raw["gap_tiers"][0].update(level=0), "policy.tier_level"),
    "nobody is told": (lambda raw: raw["gap_tiers"][0].update(to=[]), "policy.no_recipient"),
    "an unknown receiver": (lambda raw: raw["gap_tiers"][0].update(to=["somebody"]), "policy.unknown_role"),
    "two of one key": (lambda raw: raw["gap_tiers"][1].update(key="tier-1"), "policy.duplicate"),
    "the key of a rung": (lambda raw: raw["gap_tiers"][1].update(key="late"), "policy.duplicate"),
}


@pytest.mark.parametrize("name", LADDER_CHANGES)
def test_unsound_gap_tiers_are_told(name: str) -> None:
    change, code = LADDER_CHANGES[name]
    assert ladder(lambda _raw: None) == []
    assert code in test_plan_rules.told(ladder(change))
