"""Samples: reproducible, a part of every county, never less than the share, and more of priority areas."""

from __future__ import annotations

from collections import Counter
from math import ceil
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import sampling
from rules.sampling import among, draw, smallest
from rules.text import LANGUAGES, render
from schemas.plan import SamplingRule
from schemas.reason import Refusal
from schemas.sample import Sample, Site
from schemas.view import ProjectRow
from tests.support import books, journals
from tests.support.accepting import FIBRE, Change, raw_plan
from tests.support.people import BUILDER, NEIGHBOUR, PREFECTURE, VILLAGE, actor, post

HUNAN = SamplingRule(share=0.03, per_county=1)
"""At least 3 % of the stations, and at least one in every county."""

ANKANG = SamplingRule(share=0.3188, per_county=1)
"""22 of 69 were drawn."""


def sites(**counties: int) -> list[Site]:
    return [
        Site(project_id=f"{county}-{n:04d}", county=county) for county, count in counties.items() for n in range(count)
    ]


def by_county(sample: Sample) -> Counter[str]:
    county = {site.project_id: site.county for site in sample.sites}
    return Counter(county[key] for key in sample.chosen)


def test_hunan_draws_three_per_cent_and_one_in_each_county() -> None:
    """Xiangxi drew 8 stations in its 8 counties; a large county among small ones gets what the share adds."""
    xiangxi = draw(HUNAN, "2023-02-17", sites(**{f"4331{n:02d}": 25 for n in range(1, 9)}))
    assert len(xiangxi.chosen) == 8
    assert set(by_county(xiangxi).values()) == {1}
    uneven = draw(HUNAN, "2023-02-17", sites(a=1, b=2, c=3, d=994))
    assert len(uneven.chosen) == 30
    assert set(by_county(uneven)) == {"a", "b", "c", "d"}


def test_ankang_draws_22_of_69() -> None:
    counties = {f"6109{n:02d}": 7 for n in range(2, 11)} | {"610921": 6}
    found = draw(ANKANG, "ankang-2017", sites(**counties))
    assert (len(found.sites), len(found.chosen), len(by_county(found))) == (69, 22, 10)


def test_a_draw_of_today_is_the_same_for_ever() -> None:
    """What is written here was drawn once; another machine, version or order of sites must not draw otherwise."""
    found = draw(HUNAN, "seed", reversed(sites(x=40, y=20)))
    assert found.chosen == ("x-0018", "y-0018")
    assert found.draw_no == "S-2e7e8aec93abf716"


@pytest.mark.parametrize(
    ("share", "count", "least"),
    [(0.03, 100, 3), (0.07, 100, 7), (0.03, 101, 4), (0.03, 1, 1), (1, 5, 5), (0.3188, 69, 22), (0.1, 30, 3)],
)
def test_a_share_is_rounded_up_by_its_decimal_text(share: float, count: int, least: int) -> None:
    assert smallest(SamplingRule(share=share, per_county=0), count) == least


seeds = st.text(max_size=20)
rules = st.builds(
    SamplingRule,
    share=st.integers(1, 1000).map(lambda n: n / 1000),
    per_county=st.integers(0, 4),
    weights=st.dictionaries(
        st.sampled_from(["three-regions", "deep-poverty"]), st.integers(1, 50).map(lambda n: n / 10)
    ),
)
site_lists = st.lists(
    st.builds(
        Site,
        project_id=st.integers(0, 999).map(lambda n: f"P-{n}"),
        county=st.sampled_from(["533301", "533323", "533324", "530000"]),
        tier=st.sampled_from(["general", "three-regions", "deep-poverty"]),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda site: site.project_id,
)


@given(rule=rules, seed=seeds, found=site_lists, shuffle=st.randoms(use_true_random=False))
def test_a_sample_keeps_its_rule_and_depends_on_nothing_else(
    rule: SamplingRule, seed: str, found: list[Site], shuffle: Random
) -> None:
    sample = draw(rule, seed, found)
    counties, drawn = Counter(site.county for site in found), by_county(sample)
    assert len(set(sample.chosen)) == len(sample.chosen) >= ceil(rule.share * len(found) - 1e-9)
    assert all(drawn[county] >= min(rule.per_county, count) for county, count in counties.items())
    assert set(sample.chosen) <= {site.project_id for site in found}
    needed = sum(min(rule.per_county, count) for count in counties.values())
    assert len(sample.chosen) <= max(needed, smallest(rule, len(found))), "and not one more"
    other = list(found)
    shuffle.shuffle(other)
    assert draw(rule, seed, other) == sample
    assert Sample.model_validate_json(sample.model_dump_json()) == sample


@given(rule=rules, seed=seeds, found=site_lists, more=st.floats(0, 1), further=st.integers(0, 3))
def test_a_larger_sample_holds_the_smaller_one(
    rule: SamplingRule, seed: str, found: list[Site], more: float, further: int
) -> None:
    larger = rule.model_copy(update={"share": max(rule.share, more), "per_county": rule.per_county + further})
    small, large = draw(rule, seed, found), draw(larger, seed, found)
    assert len(small.chosen) <= len(large.chosen)
    if not further:
        assert set(small.chosen) <= set(large.chosen)


@given(rule=rules, seed=seeds, found=site_lists)
def test_the_number_stands_for_rule_seed_and_sites(rule: SamplingRule, seed: str, found: list[Site]) -> None:
    one = draw(rule, seed, found).draw_no
    moved = [found[0].model_copy(update={"county": "650000"}), *found[1:]]
    others = [
        draw(rule, seed + "x", found).draw_no,
        draw(rule, seed, moved).draw_no,
        draw(rule.model_copy(update={"per_county": rule.per_county + 1}), seed, found).draw_no,
    ]
    assert one not in others


@settings(max_examples=5, deadline=None)
@given(seed=seeds)
def test_priority_areas_are_drawn_more_often(seed: str) -> None:
    """With weight 3 a site is drawn first three times as often as one with weight 1; over 200 draws that shows."""
    rule = SamplingRule(share=0.1, per_county=0, weights={"three-regions": 3})
    half = [Site(project_id=f"P-{n}", county="533301", tier="three-regions" if n % 2 else "general") for n in range(40)]
    drawn = Counter(int(key[2:]) % 2 for n in range(200) for key in draw(rule, f"{seed}/{n}", half).chosen)
    assert 2.2 < drawn[1] / drawn[0] < 4


def test_every_site_has_its_chance() -> None:
    """Without weights each of 20 sites is drawn in about a tenth of 2,000 draws."""
    rule, found = SamplingRule(share=0.1, per_county=0), sites(a=20)
    drawn = Counter(key for n in range(2000) for key in draw(rule, str(n), found).chosen)
    assert len(drawn) == 20
    assert all(150 < count < 250 for count in drawn.values())


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([], "sample.no_sites"),
        ([Site(project_id="P-1", county="a"), Site(project_id="P-1", county="b")], "sample.site_twice"),
    ],
)
def test_bad_lists_are_refused(found: list[Site], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        draw(HUNAN, "s", found)
    assert refused.value.reason.code == code
    assert all(render(refused.value.reason, lang) for lang in LANGUAGES)


# Among projects

ELSEWHERE = "511321101201"
"""A village of another province."""


def row(project_id: str, *changes: Change, village: str = VILLAGE) -> ProjectRow:
    """Return a project under the shipped plan, or a changed one."""
    pins = books.pins()
    if changes:
        pins = pins.model_copy(update={"plan": books.shelf().put(raw_plan(FIBRE, *changes))})
    subject = journals.project(project_id, village_code=village)
    known = {**subject.model_dump(), **pins.model_dump(), "county_code": village[:6], "status": "running"}
    return ProjectRow.model_validate({**known, "updated_at": journals.STARTED_AT})


def test_the_rule_is_that_of_the_plan_and_the_sites_are_the_projects() -> None:
    rule, found = among([row("P-1"), row("P-2")], "preliminary_acceptance", PREFECTURE, books.shelf().book)
    assert rule == books.book().plan.sampling
    assert [site.project_id for site in found] == ["P-1", "P-2"]
    assert {site.county for site in found} == {VILLAGE[:6]}


def _newer(raw: dict[str, object]) -> None:
    raw["version"] = "2018.8"


def _other_rule(raw: dict[str, object]) -> None:
    raw |= {"version": "2018.9", "sampling": {"share": 0.5, "per_county": 2}}


def _no_rule(raw: dict[str, object]) -> None:
    raw["version"] = "2018.7"
    del raw["sampling"]


@pytest.mark.parametrize(
    ("rows", "stage", "who", "code"),
    [
        ([], "preliminary_acceptance", PREFECTURE, "sample.no_sites"),
        ([row("P-1")], "cable", PREFECTURE, "sample.no_acceptance"),
        ([row("P-1")], "preliminary_acceptance", BUILDER, "authority.wrong_role"),
        ([row("P-1")], "preliminary_acceptance", NEIGHBOUR, "authority.wrong_role"),
        (
            [row("P-1"), row("P-2", village="511321101201")],
            "preliminary_acceptance",
            PREFECTURE,
            "authority.outside_area",
        ),
        ([row("P-1", _no_rule)], "preliminary_acceptance", PREFECTURE, "sample.no_rule"),
        ([row("P-1"), row("P-2", _other_rule)], "preliminary_acceptance", PREFECTURE, "sample.rules_differ"),
    ],
)
def test_what_cannot_be_drawn_is_refused(rows: list[ProjectRow], stage: str, who: object, code: str) -> None:
    assert isinstance(who, type(PREFECTURE))
    with pytest.raises(Refusal) as refused:
        among(rows, stage, who, books.shelf().book)
    assert refused.value.reason.code == code
    assert all(render(refused.value.reason, lang) for lang in LANGUAGES)


def test_two_versions_with_the_same_rule_are_drawn_together() -> None:
    mixed = [row("P-1"), row("P-2", _newer)]
    assert len(among(mixed, "preliminary_acceptance", PREFECTURE, books.shelf().book)[1]) == 2


def test_a_superior_office_may_draw() -> None:
    above = actor("province", post("provincial_supervisor", "53"))
    assert among([row("P-1")], "preliminary_acceptance", above, books.shelf().book)[1]


def test_the_method_takes_no_other_randomness() -> None:
    assert not {"random", "secrets", "uuid"} & set(vars(sampling))
