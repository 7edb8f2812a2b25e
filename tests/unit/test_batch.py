"""Batches against their milestones: what is required when, which tier follows, and who is told."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import batch, explain
from rules.text import LANGUAGES, render
from schemas.command import HoldProject, ResumeProject
from schemas.event import BatchCounted
from schemas.reason import Refusal
from tests.support import batches, books
from tests.support.batches import YEAR, after_year, begin, count, gaps, recount, standing, told
from tests.support.life import Life, beijing, shown
from tests.support.people import PROVINCE

# What is required


@pytest.mark.parametrize(
    ("share", "total", "required"),
    [(0.8, 461, 369), (0.9, 461, 415), (1.0, 461, 461), (0.4, 1000, 400), (0.55, 100, 55), (0.6, 5, 3), (0.4, 0, 0)],
)
def test_a_share_is_rounded_up_and_never_by_the_error_of_a_float(share: float, total: int, required: int) -> None:
    assert batch.required(share, total) == required


@pytest.mark.parametrize(
    ("built", "tier", "withheld"),
    [
        (400, "", 0.0),
        (420, "", 0.0),
        (381, "", 0.0),
        (380, "tier-1", 0.0),
        (341, "tier-1", 0.0),
        (340, "tier-2", 0.15),
        (301, "tier-2", 0.15),
        (300, "tier-3", 0.25),
        (201, "tier-3", 0.25),
        (200, "tier-4", 0.5),
        (0, "tier-4", 0.5),
    ],
)
def test_each_tier_begins_at_its_least_gap(built: int, tier: str, withheld: float) -> None:
    """Of 1,000 locations 400 are required by the end of year 3: tiers begin at 5, 15, 25 and 50 % of these."""
    life = after_year(3, built=built)
    assert (standing(life).tier, standing(life).withheld_share) == (tier, withheld)
    assert standing(life).required == 400


# When it is required


def test_years_end_on_the_day_of_the_start() -> None:
    life = begin("rdof")
    ahead = [rung for rung in life.rungs() if rung.kind == "milestone"]
    assert [rung.key for rung in ahead] == ["year-3", "year-4", "year-5", "year-6"]
    assert [rung.derivation.due_on for rung in ahead] == ["2024-03-15", "2025-03-15", "2026-03-15", "2027-03-15"]
    assert ahead[0].at == datetime(2024, 3, 16, 5, 0, tzinfo=UTC)
    assert {(rung.stage, rung.to) for rung in ahead} == {("", ())}


@pytest.mark.parametrize(
    ("start", "ends"), [("2021-08-31", "2024-08-31"), ("2020-02-29", "2023-02-28"), ("2021-12-31", "2024-12-31")]
)
def test_a_month_that_is_shorter_ends_on_its_last_day(start: str, ends: str) -> None:
    life = begin("rdof", datetime.fromisoformat(f"{start}T15:00:00+00:00"))
    assert next(rung.derivation.due_on for rung in life.rungs() if rung.key == "year-3") == ends


def test_monthly_targets_come_at_the_end_of_their_days() -> None:
    life = begin("monthly-targets", total=461)
    ahead = [(rung.key, shown(rung.at)) for rung in life.rungs() if rung.kind == "milestone"]
    assert ahead == [
        ("july", "2017-08-01 00:00"),
        ("august", "2017-09-01 00:00"),
        ("september", "2017-10-01 00:00"),
    ]


def test_a_milestone_that_was_over_at_the_start_never_comes() -> None:
    life = begin("monthly-targets", beijing("2017-08-07"))
    assert [rung.key for rung in life.rungs() if rung.kind == "milestone"] == ["august", "september"]


def test_under_a_demonstration_calendar_a_month_has_thirty_of_its_days() -> None:
    life = Life.begin("rdof", book=books.book("rdof", "compressed"))
    calendar, start = life.book.calendar, life.now
    ahead = next(rung for rung in life.rungs() if rung.key == "year-3")
    assert calendar.day(ahead.at) == calendar.day(start) + 36 * 30 + 1


# What follows


def test_a_batch_on_course_is_held_against_its_milestone_and_nobody_is_bothered() -> None:
    life = after_year(3, built=400)
    (kept,) = gaps(life.events)
    assert (kept.milestone, kept.required, kept.built, kept.gap, kept.tier) == ("year-3", 400, 400, 0.0, "")
    assert told(life.events) == []


def test_a_missed_milestone_tells_everybody_whom_its_tier_names() -> None:
    life = after_year(3, built=320)
    (missed,), (message,) = gaps(life.events), told(life.events)
    assert (missed.gap, missed.tier, missed.withheld_share) == (0.2, "tier-2", 0.15)
    assert (message.rung, message.kind, message.level) == ("tier-2", "escalation", 2)
    assert message.to == ("carrier_officer", "usac", "state_commission", "fcc_bureau")
    assert message.nominal_at == message.due_at == datetime(2024, 3, 16, 5, 0, tzinfo=UTC)


def test_a_shrinking_gap_leads_down_tier_by_tier_and_one_message_tells_all() -> None:
    life = after_year(3, built=150)
    assert standing(life).tier == "tier-4"
    events = count(life, built=330)
    assert [(one.tier, one.withheld_share) for one in gaps(events)] == [("tier-3", 0.25), ("tier-2", 0.15)]
    (message,) = told(events)
    assert (message.rung, message.kind, message.level, message.consequence) == ("tier-2", "milestone", 2, "")
    events = count(life, built=400)
    assert [(one.tier, one.withheld_share) for one in gaps(events)] == [("tier-1", 0.0), ("", 0.0)]
    (message,) = told(events)
    assert (message.rung, message.level) == ("year-3", 0)
    assert message.to == ("carrier_officer", "usac", "state_commission", "fcc_bureau")


def test_a_growing_gap_leads_up_at_once() -> None:
    """Locations that turn out to be unserved are counted out again."""
    life = after_year(3, built=400)
    events = count(life, built=250)
    assert [one.tier for one in gaps(events)] == ["tier-3"]
    assert [(one.rung, one.kind, one.level) for one in told(events)] == [("tier-3", "escalation", 3)]


def test_other_figures_in_the_same_tier_are_on_record_and_tell_nobody() -> None:
    life = after_year(3, built=310)
    events = count(life, built=320)
    assert [(one.gap, one.tier) for one in gaps(events)] == [(0.2, "tier-2")]
    assert told(events) == []


def test_the_same_figures_are_a_count_and_nothing_more() -> None:
    life = after_year(3, built=310)
    assert count(life, built=310) == [BatchCounted(total=1000, built=310)]


def test_a_further_milestone_missed_in_the_same_tier_tells_again() -> None:
    life = after_year(3, built=320)
    count(life, built=480)
    assert standing(life).tier == ""
    life.until(life.now + YEAR)
    assert (standing(life).milestones, standing(life).tier) == (("year-3", "year-4"), "tier-2")
    count(life, built=640)
    life.until(life.now + YEAR)
    fired = [(one.rung, one.generation, one.kind) for one in told(life.events)]
    assert fired == [
        ("tier-2", 1, "escalation"),
        ("year-3", 1, "milestone"),
        ("tier-2", 2, "escalation"),
        ("year-4", 2, "milestone"),
        ("tier-2", 3, "escalation"),
    ]


def test_before_its_first_milestone_a_batch_is_only_counted() -> None:
    life = begin("rdof", total=1000)
    assert count(life, built=10) == [BatchCounted(total=1000, built=10)]
    assert (standing(life).planned, standing(life).total, standing(life).built) == (1000, 1000, 10)


def test_a_total_that_comes_after_the_milestone_is_held_against_it() -> None:
    life = begin("rdof")
    life.until(life.now + 3 * YEAR)
    assert (standing(life).required, standing(life).tier) == (0, "")
    count(life, total=1000, built=100)
    assert (standing(life).planned, standing(life).required, standing(life).tier) == (1000, 400, "tier-4")


def test_a_milestone_that_goes_by_during_a_hold_comes_when_it_is_resumed() -> None:
    life = begin("monthly-targets", total=461)
    life.until_day("2017-07-28")
    life.ok(PROVINCE, HoldProject(code="DISASTER"))
    life.until_day("2017-08-10")
    assert life.rungs() == []
    assert gaps(life.events) == []
    life.ok(PROVINCE, ResumeProject())
    life.wake()
    assert [one.milestone for one in gaps(life.events)] == ["july"]


def test_dezhou_by_month() -> None:
    """461 stations: 369 by the end of July, 415 by the end of August, 461 by the end of September 2017."""
    life = begin("monthly-targets", total=461)
    for on, built in (("2017-07-20", 300), ("2017-08-20", 400), ("2017-09-20", 461)):
        life.until_day(on)
        count(life, built=built)
    life.until_day("2017-10-08")
    assert [(one.milestone, one.required, one.built, one.tier) for one in gaps(life.events)] == [
        ("july", 369, 300, "behind"),
        ("july", 369, 400, "lagging"),
        ("july", 369, 400, ""),
        ("august", 415, 400, ""),
        ("august", 415, 461, ""),
        ("september", 461, 461, ""),
    ]
    assert [(one.rung, one.level) for one in told(life.events)] == [("behind", 2), ("july", 0)]


# Units that leave and enter


def test_units_that_leave_lower_what_is_required() -> None:
    life = after_year(3, total=500, built=175)
    assert standing(life).tier == "tier-1"
    events = recount(life, "remove_units", *["DUPLICATE"] * 60)
    assert events[0] == BatchCounted(total=440, built=175)
    assert (standing(life).planned, standing(life).total, standing(life).required) == (500, 440, 176)
    assert standing(life).tier == ""


def test_units_that_enter_raise_what_is_required() -> None:
    life = after_year(3, total=100, built=40)
    recount(life, "add_units", *["COUNT_UPDATED"] * 50)
    assert (standing(life).total, standing(life).required, standing(life).tier) == (150, 60, "tier-3")


def test_other_changes_count_nothing() -> None:
    life = after_year(3, built=400)
    assert batch.recounted(batches.change("move"), batches.ask(life)) == []


@pytest.mark.parametrize(
    ("kind", "codes", "code"),
    [
        ("remove_units", (), "batch.no_units"),
        ("add_units", ("WHATEVER",), "reason.unknown"),
        ("remove_units", ("DUPLICATE", ""), "reason.unknown"),
        ("remove_units", ("DUPLICATE",) * 61, "batch.removes_built"),
    ],
)
def test_units_that_cannot_leave_or_enter(kind: str, codes: tuple[str, ...], code: str) -> None:
    life = after_year(3, total=100, built=40)
    asked = batches.change(kind, *(one or "DUPLICATE" for one in codes))
    if "" in codes:
        units = (asked.units[0], asked.units[1].model_copy(update={"code": "NONE"}))
        asked = asked.model_copy(update={"units": units})
    refused(life, asked, code)


def test_a_unit_is_listed_once() -> None:
    life = after_year(3, total=100, built=40)
    asked = batches.change("remove_units", "DUPLICATE")
    refused(life, asked.model_copy(update={"units": asked.units * 2}), "batch.unit_twice")


def test_a_project_of_one_village_has_no_units() -> None:
    refused(Life.begin(), batches.change("remove_units", "DUPLICATE"), "batch.none")


def refused(life: Life, asked: object, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        batch.recounted(asked, batches.ask(life))  # type: ignore[arg-type]
    assert caught.value.reason.code == code
    for lang in LANGUAGES:
        assert "{" not in render(caught.value.reason, lang)


@pytest.mark.parametrize(
    ("built", "code"), [(1001.0, "batch.more_than_total"), (10.5, "batch.not_whole"), (-1.0, "batch.not_whole")]
)
def test_a_count_that_cannot_be(built: float, code: str) -> None:
    life = begin("rdof", total=1000)
    with pytest.raises(Refusal) as caught:
        batch.counted({"locations_served": built}, batches.ask(life))
    assert caught.value.reason.code == code


# Whatever happens


figures = st.lists(st.integers(0, 500), min_size=1, max_size=12)


@given(figures, st.integers(1, 500))
def test_what_is_withheld_follows_the_gap(counts: list[int], total: int) -> None:
    life = begin("rdof", total=total)
    life.until(life.now + 3 * YEAR)
    for built in counts:
        count(life, built=min(built, total))
        now = standing(life)
        tier = batch.tier_at(batch.gap(now.required, now.built), life.book)
        assert (now.tier, now.withheld_share) == ((tier.key, tier.withheld_share) if tier else ("", 0.0))
    keys = ["", *(tier.key for tier in life.book.ladder.gap_tiers)]
    ranks = [keys.index(step.after.batch.tier) for step in life.steps if step.after.batch]
    assert all(before - after <= 1 for before, after in pairwise(ranks)), "one step down at a time"


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_what_is_required_never_falls_from_milestone_to_milestone(total: int, built: int) -> None:
    life = begin("rdof", total=total)
    count(life, built=min(built, total))
    life.until(life.now + 6 * YEAR)
    required = [one.required for one in gaps(life.events)]
    assert len(required) == 4
    assert required == sorted(required)
    assert required[-1] == total


@given(st.lists(st.tuples(st.sampled_from(["add_units", "remove_units"]), st.integers(1, 30)), max_size=10))
def test_the_total_is_always_explained(changes: list[tuple[str, int]]) -> None:
    life = begin("rdof", total=40)
    expected = 40
    for kind, units in changes:
        step = units if kind == "add_units" else -units
        if expected + step < 0:
            refused(life, batches.change(kind, *["DUPLICATE"] * units), "batch.removes_built")
            continue
        expected += step
        recount(life, kind, *["DUPLICATE"] * units)
    assert (standing(life).planned, standing(life).total) == (40, expected)


@given(st.integers(1, 2000), st.floats(0, 1))
def test_the_units_that_bring_a_tier_down_are_the_fewest(total: int, share: float) -> None:
    life = begin("rdof", total=total)
    count(life, built=int(share * total))
    life.until(life.now + 6 * YEAR)
    found = explain.why(life.state, life.book, life.now).batch
    assert found is not None
    if not found.tier:
        assert found.units_to_lower == 0
        return
    keys = ["", *(tier.key for tier in life.book.ladder.gap_tiers)]
    one_less = batch.tier_at(batch.gap(found.required, found.built + found.units_to_lower - 1), life.book)
    enough = batch.tier_at(batch.gap(found.required, found.built + found.units_to_lower), life.book)
    assert one_less is not None
    assert one_less.key == found.tier
    assert keys.index(enough.key if enough else "") < keys.index(found.tier)
