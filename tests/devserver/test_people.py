"""Who held which post when is kept, and importing a directory twice changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from sqlalchemy import Engine, select

from infra.db.directory import Imported, People
from infra.db.engine import reading
from infra.db.policies import Policies
from infra.db.seats import seats_near
from infra.db.tables import holding, policy_document
from rules.policy import Shelf
from rules.text import render
from schemas.directory import Directory, Person, PostLine
from schemas.reason import ErrorKind, Refusal
from tests.support import books, journals, offices

AT = journals.STARTED_AT
LATER = AT + timedelta(days=30)


def holder(people: People, post_id: str, at_days: float) -> str:
    seats = {seat.post.post_id: seat.person_id for seat in people.seats(AT + timedelta(days=at_days))}
    return seats[post_id]


def test_importing_twice_changes_nothing(engine: Engine) -> None:
    people = People(engine)
    roles = len(offices.AREAS)
    assert people.import_directory(offices.directory(), AT) == Imported(people=roles, posts=roles, holders=roles)
    assert people.import_directory(offices.directory(), LATER) == Imported()
    assert len(people.people()) == roles
    assert holder(people, "post-builder", 0) == holder(people, "post-builder", 31) == "of-builder"


def test_a_new_holder_follows_the_old_one_who_stays_on_record(engine: Engine) -> None:
    people = People(engine)
    people.import_directory(offices.directory(), AT)
    changed = people.import_directory(offices.directory(county_officer="new-officer"), LATER)
    assert changed == Imported(people=1, holders=1)
    assert holder(people, "post-county_officer", 29.9) == "of-county_officer"
    assert holder(people, "post-county_officer", 30) == "new-officer"


def test_a_post_may_become_vacant_and_be_filled_again(engine: Engine) -> None:
    people = People(engine)
    people.import_directory(offices.directory(), AT)
    assert people.import_directory(offices.directory("builder"), LATER).holders == 1
    assert holder(people, "post-builder", 31) == ""
    people.import_directory(offices.directory(), LATER + timedelta(days=1))
    assert holder(people, "post-builder", 32) == "of-builder"


def test_nobody_holds_a_post_before_the_first_import(engine: Engine) -> None:
    people = People(engine)
    people.import_directory(offices.directory(), AT)
    assert {seat.person_id for seat in people.seats(AT - timedelta(seconds=1))} == {""}


def test_a_mistake_put_right_at_the_same_instant_leaves_no_trace(engine: Engine) -> None:
    people = People(engine)
    people.import_directory(offices.directory(builder="wrong-person"), AT)
    people.import_directory(offices.directory(), AT)
    assert holder(people, "post-builder", 0) == "of-builder"
    with reading(engine) as connection:
        ever = connection.execute(select(holding.c.person_id).where(holding.c.post_id == "post-builder")).scalars()
        assert list(ever) == ["of-builder"]


def test_an_unknown_holder_is_told_and_nothing_is_taken_over(engine: Engine) -> None:
    people = People(engine)
    line = PostLine(post_id="post-x", role="county_officer", area="533323", holder="nobody")
    known = Person(person_id="somebody", name="某人")
    with pytest.raises(Refusal) as refused:
        people.import_directory(Directory(people=(known,), posts=(line,)), AT)
    assert refused.value.reason.code == "person.unknown_holder"
    assert refused.value.reason.params == {"person": "nobody", "post": "post-x"}
    assert people.people() == []


def test_how_people_are_reached_is_kept_and_given_back(engine: Engine) -> None:
    people = People(engine)
    who = Person(
        person_id="he",
        name="和建国",
        email="he@example.cn",
        channels=("sms", "email"),
        addresses={"sms": "13800000000", "wecom": "和"},
        digest_at=time(16, 30),
    )
    given = Directory(people=(who,), posts=())
    assert people.import_directory(given, AT).people == 1
    assert people.import_directory(given, LATER).people == 0
    assert people.people() == [who]
    assert people.export_directory(LATER).people == (who,)
    moved = who.model_copy(update={"addresses": {"sms": "13900000000"}, "digest_at": None})
    assert people.import_directory(Directory(people=(moved,), posts=()), LATER).people == 1
    assert people.people() == [moved]


def test_an_actor_has_the_posts_held_now(engine: Engine) -> None:
    people = People(engine)
    people.import_directory(offices.directory(builder="of-county_officer"), AT)
    assert [post.role for post in people.actor("of-county_officer").posts] == ["builder", "county_officer"]
    assert people.actor("of-builder").posts == ()
    with pytest.raises(Refusal) as refused:
        people.actor("nobody")
    assert refused.value.reason.code == "person.unknown"


def test_only_posts_around_the_village_are_asked_for(engine: Engine) -> None:
    people = People(engine)
    people.import_directory(offices.directory("county_officer"), AT)
    others = [PostLine(post_id="far", role="county_officer", area="533324", holder="of-builder")]
    people.import_directory(Directory(people=(), posts=tuple(others)), AT)
    with reading(engine) as connection:
        seats, found = seats_near(connection, journals.VILLAGE, AT)
    assert {seat.post.post_id for seat in seats} == {f"post-{role}" for role in offices.AREAS}
    assert "of-county_officer" not in found
    assert found["of-builder"].email == "builder@example.cn"


def test_policies_are_kept_by_reference_for_ever(engine: Engine) -> None:
    policies = Policies(engine)
    refs = policies.publish(books.raws(), AT)
    assert policies.publish(books.raws(), LATER) == refs
    with reading(engine) as connection:
        rows = connection.execute(select(policy_document.c.ref, policy_document.c.published_at)).all()
    assert sorted((row.ref, row.published_at) for row in rows) == sorted((ref, AT) for ref in refs)
    shelf = Shelf(policies.fetch)
    assert shelf.book(books.pins()).plan == books.book().plan
    assert policies.fetch("nothing@1#0") is None


def test_a_version_is_published_with_one_text(engine: Engine) -> None:
    policies = Policies(engine)
    policies.publish(books.raws(), AT)
    changed = {**books.raws()[0], "title": {"zh": "另一个", "en": "Another"}}
    for raws in ([changed], [{**changed, "version": "9"}, {**books.raws()[0], "version": "9"}]):
        with pytest.raises(Refusal) as refused:
            policies.publish(raws, LATER)
        reason = refused.value.reason
        assert (reason.code, reason.kind) == ("policy.same_version_published", ErrorKind.CONFLICT)
        assert f"{changed['name']}@{raws[-1]['version']}" in render(reason, "en")
        assert "已经发布" in render(reason, "zh-CN")
    with reading(engine) as connection:
        assert len(connection.execute(select(policy_document.c.ref)).all()) == len(books.raws()), "all or none"
    assert policies.publish([{**changed, "version": "9"}], LATER)


def test_two_who_publish_at_once_agree(engine: Engine) -> None:
    def publish(number: int) -> bool:
        raw = {**books.raws()[0], "source": str(number)}
        try:
            return bool(Policies(engine).publish([raw], AT))
        except Refusal:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(publish, range(8))) == 1
