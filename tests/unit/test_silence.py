"""A silence holds back what it names while it lasts, and only those may ask for one who stand over what it names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.silence import LONGEST_REASON, Named, NoticeFacts, check, holding, matches, may_end
from rules.text import LANGUAGES, render
from schemas.command import Actor, Post
from schemas.message import Title
from schemas.messaging import MessagingPolicy
from schemas.reason import Refusal
from schemas.silence import Silence, SilenceRequest
from tests.support import books
from tests.support.journals import BUILDER, VILLAGE

NOW = datetime(2018, 9, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
ROLES = books.book().roles
POLICY = MessagingPolicy(
    name="m", version="1", title=Title(zh="m", en="m"), source="a test", calendar="china", letters="standard"
)
FACTS = NoticeFacts("P1", VILLAGE, BUILDER, "construction", "overdue", 1, "li")


def silence(number: int = 1, **fields: object) -> Silence:
    given_fields = {"owner": "zhao", "since_at": NOW, "until_at": NOW + 5 * DAY, "reason": "flood", **fields}
    return Silence.model_validate({"number": number, **given_fields})


def request(**fields: object) -> SilenceRequest:
    return SilenceRequest.model_validate({"reason": "flood", "until_at": NOW + 5 * DAY, **fields})


def post(role: str, area: str = "", organisation: str = "") -> Post:
    return Post(post_id=f"post-{role}", role=role, area=area, organisation=organisation)


COUNTY = Actor(person_id="zhao", posts=(post("county_officer", VILLAGE[:6]),))
PREFECTURE = Actor(person_id="qian", posts=(post("prefecture_officer", VILLAGE[:4]),))
MINISTRY = Actor(person_id="min", posts=(post("ministry_supervisor"),))
BUILDING = Actor(person_id="li", posts=(post("builder", VILLAGE[:6], BUILDER),))

MATCHING = [
    ({"project_id": "P1"}, True),
    ({"project_id": "P2"}, False),
    ({"area": VILLAGE[:2]}, True),
    ({"area": VILLAGE}, True),
    ({"area": "99"}, False),
    ({"person_id": "li"}, True),
    ({"person_id": "wang"}, False),
    ({"area": VILLAGE[:6], "builder": BUILDER, "stage": "construction", "rung": "overdue", "person_id": "li"}, True),
    ({"area": VILLAGE[:6], "builder": "CTCC-YN"}, False),
    ({"area": VILLAGE[:6], "stage": "funding"}, False),
    ({"area": VILLAGE[:6], "rung": "circular"}, False),
    ({"stage": "construction"}, False),
    ({"builder": BUILDER, "rung": "overdue"}, False),
    ({}, False),
]


@pytest.mark.parametrize(("fields", "is_meant"), MATCHING)
def test_a_silence_is_about_what_all_its_fields_name(fields: dict[str, Any], *, is_meant: bool) -> None:
    assert matches(request(**fields), FACTS) is is_meant
    assert holding([silence(**fields)], FACTS, NOW) == (1 if is_meant else 0)


LIVE = [
    ({}, timedelta(0), True),
    ({}, -timedelta(microseconds=1), False),
    ({}, 5 * DAY, False),
    ({}, 5 * DAY - timedelta(microseconds=1), True),
    ({"ended_at": NOW + DAY}, DAY, False),
    ({"ended_at": NOW + DAY}, DAY - timedelta(microseconds=1), True),
    ({"ended_at": NOW + 9 * DAY}, 6 * DAY, False),
]


@pytest.mark.parametrize(("fields", "after", "is_held"), LIVE)
def test_it_holds_back_from_its_start_to_its_end_exclusive(
    fields: dict[str, Any], after: timedelta, *, is_held: bool
) -> None:
    assert bool(holding([silence(area=VILLAGE[:2], **fields)], FACTS, NOW + after)) is is_held


def test_the_oldest_of_several_is_named() -> None:
    several = [silence(7, area=VILLAGE[:2]), silence(3, person_id="li"), silence(2, person_id="wang")]
    assert holding(several, FACTS, NOW) == 3


@pytest.mark.parametrize(("level", "limit", "is_held"), [(3, 4, True), (4, 4, False), (5, 4, False), (9, None, True)])
def test_from_a_level_on_nothing_is_held_back(level: int, limit: int | None, *, is_held: bool) -> None:
    assert bool(holding([silence(person_id="li")], replace(FACTS, level=level), NOW, limit)) is is_held


HERE = Named(village_code=VILLAGE)
LI = Named(posts=BUILDING.posts)
ALLOWED = [
    (COUNTY, {"project_id": "P1"}, HERE),
    (COUNTY, {"area": VILLAGE[:6]}, Named()),
    (COUNTY, {"area": VILLAGE}, Named()),
    (COUNTY, {"person_id": "li"}, LI),
    (COUNTY, {"area": VILLAGE[:6], "person_id": "li"}, LI),
    (COUNTY, {"area": VILLAGE[:6], "person_id": "nobody's"}, Named(posts=())),
    (PREFECTURE, {"area": VILLAGE[:4]}, Named()),
    (MINISTRY, {"area": "53"}, Named()),
    (MINISTRY, {"person_id": "li"}, LI),
    (COUNTY, {"area": VILLAGE[:6], "until_at": NOW + 30 * DAY}, Named()),
]


@pytest.mark.parametrize(("actor", "fields", "named"), ALLOWED)
def test_an_office_silences_within_its_area_and_below_it(actor: Actor, fields: dict[str, object], named: Named) -> None:
    check(request(**fields), actor, POLICY, NOW, named=named, roles=ROLES)


REFUSED = [
    ("people.no_reason", COUNTY, {"area": VILLAGE[:6], "reason": "  "}, Named()),
    ("silence.long_reason", COUNTY, {"area": VILLAGE[:6], "reason": "x" * (LONGEST_REASON + 1)}, Named()),
    ("silence.past", COUNTY, {"area": VILLAGE[:6], "until_at": NOW}, Named()),
    ("silence.too_long", COUNTY, {"area": VILLAGE[:6], "until_at": NOW + 30 * DAY + timedelta(seconds=1)}, Named()),
    ("silence.everything", MINISTRY, {}, Named()),
    ("silence.everything", MINISTRY, {"rung": "overdue", "builder": BUILDER}, Named()),
    ("silence.no_area", MINISTRY, {"area": "533"}, Named()),
    ("silence.no_area", MINISTRY, {"area": "５３"}, Named()),
    ("silence.no_area", MINISTRY, {"area": "5%"}, Named()),
    ("silence.unknown_project", COUNTY, {"project_id": "P9"}, Named()),
    ("person.unknown", COUNTY, {"person_id": "ghost"}, Named()),
    ("silence.elsewhere", MINISTRY, {"project_id": "P1", "area": "44"}, HERE),
    ("silence.wrong_role", BUILDING, {"project_id": "P1"}, HERE),
    ("silence.wrong_role", Actor(person_id="ops", posts=(post("operator"),)), {"area": "53"}, Named()),
    ("silence.wrong_role", Actor(person_id="none"), {"area": "53"}, Named()),
    ("silence.outside_area", COUNTY, {"area": VILLAGE[:4]}, Named()),
    ("silence.outside_area", COUNTY, {"area": "440103"}, Named()),
    ("silence.outside_area", COUNTY, {"project_id": "P7"}, Named(village_code="440103001001")),
    ("silence.not_over_person", COUNTY, {"person_id": "qian"}, Named(posts=PREFECTURE.posts)),
    ("silence.not_over_person", COUNTY, {"area": VILLAGE[:6], "person_id": "qian"}, Named(posts=PREFECTURE.posts)),
    ("silence.person_without_post", COUNTY, {"person_id": "nobody's"}, Named(posts=())),
]


@pytest.mark.parametrize(("code", "actor", "fields", "named"), REFUSED)
def test_what_is_refused_and_why(code: str, actor: Actor, fields: dict[str, object], named: Named) -> None:
    with pytest.raises(Refusal) as refused:
        check(request(**fields), actor, POLICY, NOW, named=named, roles=ROLES)
    assert refused.value.reason.code == code
    assert all(render(refused.value.reason, lang) for lang in LANGUAGES)


ENDING = [
    (COUNTY, COUNTY.posts, True),
    (PREFECTURE, COUNTY.posts, True),
    (PREFECTURE, (), False),
    (MINISTRY, (), True),
    (BUILDING, COUNTY.posts, False),
]


@pytest.mark.parametrize(("actor", "owner_posts", "may"), ENDING)
def test_its_owner_and_who_stands_above_may_end_it(actor: Actor, owner_posts: tuple[Post, ...], *, may: bool) -> None:
    reason = may_end(actor, silence(area=VILLAGE[:6]), owner_posts, ROLES)
    assert (reason is None) is may
    assert reason is None or all(render(reason, lang) for lang in LANGUAGES)


AREAS = st.sampled_from(["", "53", "5333", "533323", VILLAGE, "44", "440103"])


@given(AREAS, st.booleans(), AREAS, st.sampled_from([VILLAGE, "440103001001", "530102001001"]))
def test_nobody_silences_a_village_beyond_their_own_area(area: str, has_project: bool, own: str, village: str) -> None:  # noqa: FBT001
    """Whatever passes the check holds back no notice of a village outside the area of the office that asked."""
    actor = Actor(person_id="a", posts=(post("county_officer", own),))
    asked = request(area=area, project_id="P1" if has_project else "")
    try:
        check(asked, actor, POLICY, NOW, named=Named(VILLAGE if has_project else None), roles=ROLES)
    except Refusal:
        return
    project_id = "P1" if village == VILLAGE else "P2"
    if matches(asked, replace(FACTS, village_code=village, project_id=project_id)):
        assert village.startswith(own)
