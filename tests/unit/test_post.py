"""A message finds its receiver by post, goes up when a post is vacant, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.post import resolve, serves, told
from rules.text import LANGUAGES
from schemas.command import Post
from schemas.directory import Resolution, Seat
from tests.support import books, journals

BOOK = books.book()
PROJECT = journals.project()
CODE = PROJECT.village_code
ROLES = tuple(BOOK.roles)


def seat(role: str, area: str = "", person: str = "", organisation: str = "", post: str = "") -> Seat:
    made = Post(post_id=post or f"{role}:{area}:{organisation}", role=role, area=area, organisation=organisation)
    return Seat(post=made, person_id=person)


def county(person: str, until: datetime | None = None, deputy: str = "", deputy_until: datetime | None = None) -> Seat:
    known = {"away_until": until, "deputy_id": deputy, "deputy_away_until": deputy_until}
    return seat("county_officer", "533323", person, post="county").model_copy(update=known)


def found(role: str, *seats: Seat, assigned: Mapping[str, str] | None = None) -> Resolution:
    return resolve(role, PROJECT, seats, assigned or {}, BOOK)


def codes(answer: Resolution) -> list[str]:
    return [step.code for step in answer.steps]


def test_the_holder_of_the_post_receives_it() -> None:
    answer = found("county_officer", seat("county_officer", "533323", "li"), seat("county_officer", "533324", "he"))
    assert (answer.person_id, answer.post_id, answer.vacant) == ("li", "county_officer:533323:", ())
    assert codes(answer) == ["holder"]


def test_a_person_named_for_the_project_comes_first() -> None:
    seats = (seat("county_officer", "533323", "li"),)
    answer = found("county_officer", *seats, assigned={"county_officer": "stand-in", "builder": "other"})
    assert (answer.person_id, answer.post_id, codes(answer)) == ("stand-in", "", ["named"])


def test_a_person_named_for_the_superior_role_receives_what_comes_up() -> None:
    answer = found("county_officer", assigned={"prefecture_officer": "stand-in"})
    assert (answer.person_id, answer.vacant) == ("stand-in", ("county_officer",))


def test_the_nearest_area_wins() -> None:
    seats = (
        seat("tower_company", "53", "far"),
        seat("tower_company", "5333", "near"),
        seat("tower_company", "", "all"),
    )
    assert found("tower_company", *seats).person_id == "near"


def test_a_vacant_post_passes_it_up_and_is_named() -> None:
    seats = (
        seat("county_officer", "533323"),
        seat("prefecture_officer", "5333"),
        seat("provincial_supervisor", "53", "wang"),
    )
    answer = found("county_officer", *seats)
    assert answer.person_id == "wang"
    assert answer.vacant == ("county_officer", "prefecture_officer")


def test_a_vacant_near_post_is_not_taken_over_by_the_same_role_further_up() -> None:
    seats = (
        seat("tower_company", "5333"),
        seat("tower_company", "53", "far"),
        seat("prefecture_officer", "5333", "zhao"),
    )
    assert found("tower_company", *seats).person_id == "zhao"


def test_a_second_post_of_the_same_area_stands_in_for_a_vacant_one() -> None:
    seats = (seat("county_officer", "533323", post="a"), seat("county_officer", "533323", "li", post="b"))
    assert found("county_officer", *seats).post_id == "b"


def test_two_holders_of_one_area_are_told_apart_the_same_way_every_time() -> None:
    one, two = (seat("county_officer", "533323", who, post=who) for who in ("a", "b"))
    assert found("county_officer", one, two) == found("county_officer", two, one)


def test_a_builder_post_must_be_of_the_company_that_builds() -> None:
    other = seat("builder", "533323", "their-man", "CTCC-YN")
    ours = seat("builder_province", "53", "our-man", journals.BUILDER)
    answer = found("builder", other, ours)
    assert (answer.person_id, answer.vacant) == ("our-man", ("builder",))


def test_other_companies_serve_an_area_whatever_their_code() -> None:
    assert found("power_company", seat("power_company", "5333", "grid-man", "GRID-YN")).person_id == "grid-man"


def test_a_builder_without_anybody_goes_to_the_government() -> None:
    answer = found("builder", seat("ministry_supervisor", "", "minister"))
    assert answer.person_id == "minister"
    assert answer.vacant == ("builder", "builder_province", "provincial_supervisor")


BACK_ON = datetime(2018, 7, 2, 16, tzinfo=UTC)
STANDING: dict[str, tuple[Seat, dict[str, str], dict[str, datetime], str, list[str]]] = {
    "the holder is there": (county("li", deputy="he"), {}, {}, "li", ["holder"]),
    "the holder is away": (county("li", BACK_ON, "he"), {}, {}, "he", ["holder_away", "deputy"]),
    "the post is vacant": (county("", deputy="he"), {}, {}, "he", ["vacant", "deputy"]),
    "away without a deputy": (county("li", BACK_ON), {}, {}, "zhao", ["holder_away", "superior", "holder"]),
    "both are away": (
        county("li", BACK_ON, "he", BACK_ON),
        {},
        {},
        "zhao",
        ["holder_away", "deputy_away", "superior", "holder"],
    ),
    "vacant, the deputy away": (
        county("", deputy="he", deputy_until=BACK_ON),
        {},
        {},
        "zhao",
        ["vacant", "deputy_away", "superior", "holder"],
    ),
    "named, and there": (county("li", BACK_ON, "he"), {"county_officer": "mu"}, {}, "mu", ["named"]),
    "named, and away": (
        county("li"),
        {"county_officer": "mu"},
        {"mu": BACK_ON},
        "li",
        ["named_away", "holder"],
    ),
}


@pytest.mark.parametrize("case", STANDING)
def test_who_is_not_there_is_stood_in_for(case: str) -> None:
    nearest, assigned, away, who, steps = STANDING[case]
    above = seat("prefecture_officer", "5333", "zhao")
    answer = resolve("county_officer", PROJECT, (nearest, above), assigned, BOOK, away)
    assert (answer.person_id, codes(answer)) == (who, steps)
    assert answer.vacant == (("county_officer",) if who == "zhao" else ())
    if not assigned:
        assert nearest.present == ("" if who == "zhao" else who)
    for lang in LANGUAGES:
        words = told(answer, BOOK, lang)
        assert len(words) == len(steps)
        assert who in words[-1]
        assert ("2018-07-03 00:00" in " ".join(words)) == any("away" in step for step in steps)


def test_a_second_post_with_somebody_present_comes_before_the_deputy_of_the_first() -> None:
    one = county("li", BACK_ON, "he")
    two = seat("county_officer", "533323", "mu", post="z")
    assert (found("county_officer", one, two).person_id, codes(found("county_officer", one, two))) == ("mu", ["holder"])


def test_the_way_up_is_told_to_its_end() -> None:
    answer = found("county_officer", seat("prefecture_officer", "5333"))
    assert codes(answer) == ["no_post", "superior", "vacant", "superior", "no_post", "superior", "no_post", "nobody"]
    assert "Provincial supervisor" in " ".join(told(answer, BOOK, "en"))


@pytest.mark.parametrize("role", ["county_officer", "no-such-role"])
def test_when_nobody_is_found_the_whole_chain_is_named(role: str) -> None:
    answer = found(role)
    assert answer.person_id == ""
    assert answer.vacant[0] == role


def test_a_post_of_an_unknown_role_serves_nothing() -> None:
    assert not serves(Post(post_id="x", role="no-such-role"), PROJECT, BOOK)


AREAS = st.sampled_from(["", "53", "5333", "533323", "533324", "54"])
SEATS = st.lists(
    st.builds(
        seat,
        st.sampled_from(ROLES),
        AREAS,
        st.sampled_from(["", "a", "b", "c"]),
        st.sampled_from(["", journals.BUILDER, "CTCC-YN"]),
        st.uuids().map(str),
    )
)


@given(st.sampled_from(ROLES), SEATS)
def test_a_receiver_always_holds_a_fitting_post(role: str, seats: list[Seat]) -> None:
    answer = found(role, *seats)
    chosen = {one.post.post_id: one for one in seats}
    if answer.person_id:
        taken = chosen[answer.post_id]
        assert taken.person_id == answer.person_id
        assert serves(taken.post, PROJECT, BOOK)
        assert taken.post.role not in answer.vacant
    else:
        reachable = [one for one in seats if one.post.role in answer.vacant and serves(one.post, PROJECT, BOOK)]
        nearest = {
            one.post.role: max(len(o.post.area) for o in reachable if o.post.role == one.post.role) for one in reachable
        }
        assert not [one for one in reachable if one.person_id and len(one.post.area) == nearest[one.post.role]]
