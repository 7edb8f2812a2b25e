"""A fired rung speaks to each receiver once; what ends a duty takes its waiting messages away."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from rules.outbox import NOBODY_FOUND, Draft, drafts, settle, withdrawals
from rules.project import fold
from schemas.command import Agree, Post, RequestChange
from schemas.directory import Person, Seat
from schemas.event import Entry, RungFired
from schemas.state import ProjectState
from tests.support import journals, offices
from tests.support.acts import life_at
from tests.support.journals import Journal
from tests.support.people import COUNTY, PREFECTURE, PROVINCE


def seats(*vacant: str, **holders: str) -> list[Seat]:
    return [
        Seat(
            post=Post.model_validate(line.model_dump(include={"post_id", "role", "area", "organisation"})),
            person_id=line.holder or "",
        )
        for line in offices.directory(*vacant, **holders).posts
    ]


def people(**holders: str) -> dict[str, Person]:
    return {person.person_id: person for person in offices.directory(**holders).people}


def rung(journal: Journal, key: str) -> tuple[Entry, ProjectState]:
    """Return the first entry at which a rung fired, and the state after it."""
    number = next(
        number
        for number, entry in enumerate(journal.entries)
        if isinstance(entry.event, RungFired) and entry.event.rung == key
    )
    return journal.entries[number], fold(journal.entries[: number + 1])


def building(days: float = 200) -> Journal:
    """Return the journal of a project whose builder does not finish the survey."""
    journal = Journal()
    for _ in range(3):
        journal.close()
    journal.days(days)
    return journal


def written(key: str, *vacant: str, journal: Journal | None = None, **holders: str) -> list[Draft]:
    made = journal or building()
    entry, state = rung(made, key)
    return drafts(entry, state, seats(*vacant, **holders), people(**holders), made.book)


def test_one_message_for_each_receiver() -> None:
    made = written("reminder-7")
    assert [draft.person_id for draft in made] == ["of-builder", "of-county_officer"]
    assert {(draft.state, draft.kind, draft.level) for draft in made} == {("waiting", "reminder", 0)}
    first = made[0]
    assert (first.stage, first.stage_title_zh, first.rung_title_en) == (
        "survey_design",
        "勘察设计",
        "Reminder, 7 working days ahead",
    )
    assert (first.days, first.place) == (7, "云南省怒江州福贡县上帕镇亚坪村")


def test_two_roles_of_one_person_give_one_message() -> None:
    made = written("reminder-7", county_officer="of-builder")
    assert [draft.person_id for draft in made] == ["of-builder"]


def test_a_vacant_post_is_named_in_the_message_of_the_one_above() -> None:
    made = written("reminder-7", "builder", "county_officer", "prefecture_officer", "provincial_supervisor")
    by_person = {draft.person_id: draft.vacant for draft in made}
    assert by_person == {
        "of-builder_province": "builder",
        "of-ministry_supervisor": "county_officer,prefecture_officer,provincial_supervisor",
    }
    assert made[0].vacant_zh == "承建单位县级责任人"
    assert made[1].vacant_en == "County officer, Prefecture officer, Provincial supervisor"


def test_vacancies_of_two_roles_that_meet_are_both_named_once() -> None:
    made = written("reminder-7", "builder", "builder_province", "county_officer", "prefecture_officer")
    (only,) = made
    assert only.person_id == "of-provincial_supervisor"
    assert only.vacant == "builder,builder_province,county_officer,prefecture_officer"


def test_nobody_at_all_is_one_held_message_that_people_see() -> None:
    (only,) = written("reminder-7", *offices.AREAS)
    assert (only.person_id, only.state, only.reason_code) == ("", "held", NOBODY_FOUND)
    assert only.vacant.startswith("builder,builder_province,provincial_supervisor,ministry_supervisor")


def test_a_notice_tells_what_to_do_and_what_comes_next() -> None:
    by_person = {draft.person_id: draft for draft in written("reminder-7")}
    assert {key: draft.step for key, draft in by_person.items()} == {"of-builder": "act", "of-county_officer": "press"}
    first = by_person["of-builder"]
    assert first.next_at is not None
    assert first.created_at < first.next_at < first.due_at
    assert (first.next_zh, first.next_en) == ("到期前1个工作日提醒", "Reminder, 1 working day ahead")
    order = {draft.person_id: draft.step for draft in written("supervision-order")}
    assert order["of-builder"] == "reply"
    assert set(order.values()) == {"reply", "press"}


def test_after_the_last_rung_nothing_comes_next() -> None:
    last = written("ministry-report")
    assert {(draft.next_at, draft.next_zh, draft.next_en) for draft in last} == {(None, "", "")}


def test_whoever_decides_a_matter_is_told_to_decide() -> None:
    life = life_at("route")
    life.ok(COUNTY, RequestChange(kind="move", code="RELOCATED", place="安置点", note="整村搬迁"))
    life.ok(PREFECTURE, Agree())
    life.pass_days(120)
    told = [step for step in life.steps if isinstance(step.entry.event, RungFired) and step.entry.event.matter]
    made = drafts(told[-1].entry, told[-1].after, seats(), people(), life.book)
    assert {draft.person_id: draft.step for draft in made}["of-provincial_supervisor"] == "decide"


def test_a_person_named_for_the_project_receives_what_the_role_would() -> None:
    journal = Journal()
    for _ in range(3):
        journal.close()
    journal.act("reassign", "prefecture_officer", role="builder", person_id="stand-in", reason="出差")
    journal.days(200)
    assert written("reminder-7", journal=journal, tower_company="stand-in")[0].person_id == "stand-in"
    assert written("reminder-7", journal=journal)[0].person_id == "of-builder", "not in the directory: not named"


def test_escalations_go_up_and_carry_their_consequence() -> None:
    made = written("ministry-report")
    assert [draft.person_id for draft in made] == [
        "of-builder_province",
        "of-provincial_supervisor",
        "of-ministry_supervisor",
    ]
    assert {(draft.level, draft.days, draft.consequence) for draft in made} == {(5, -60, "freeze_retained_payment")}
    assert written("supervision-order")[0].reply_days == 5


def test_other_entries_bring_no_message() -> None:
    journal = building()
    for number, entry in enumerate(journal.entries):
        if not isinstance(entry.event, RungFired):
            state = fold(journal.entries[: number + 1])
            assert drafts(entry, state, seats(), people(), journal.book) == []


def every_key(journal: Journal) -> list[str]:
    keys = []
    for number, entry in enumerate(journal.entries):
        state = fold(journal.entries[: number + 1])
        keys += [draft.key for draft in drafts(entry, state, seats(), people(), journal.book)]
    return keys


def test_every_message_has_a_key_of_its_own_also_when_turns_repeat() -> None:
    """Refused twice in one round, the second rectification must remind anew."""
    journal = Journal()
    while "preliminary_acceptance" not in journal.now.open_stages():
        journal.close()
    for _ in range(2):
        journal.act("refuse", "prefecture_officer", item="速率不达标")
        journal.days(60)
        journal.act("submit", "builder")
    turns = [entry.event for entry in journal.entries if isinstance(entry.event, RungFired)]
    assert len([event for event in turns if (event.turn, event.rung) == ("rectification", "reminder-7")]) == 2
    keys = every_key(journal)
    assert len(keys) == len(set(keys))


def test_each_step_of_a_matter_has_messages_of_its_own() -> None:
    """The province decides two steps of a change: it is reminded of the second as it was of the first."""
    life = life_at("route")
    life.ok(COUNTY, RequestChange(kind="move", code="RELOCATED", place="安置点", note="整村搬迁"))
    life.ok(PREFECTURE, Agree())
    life.pass_days(120)
    life.ok(PROVINCE, Agree(number="No. 9"))
    life.pass_days(120)
    told = [step for step in life.steps if isinstance(step.entry.event, RungFired) and step.entry.event.matter]
    keys = [draft.key for step in told for draft in drafts(step.entry, step.after, seats(), people(), life.book)]
    rungs = Counter(step.entry.event.rung for step in told if isinstance(step.entry.event, RungFired))
    assert max(rungs.values()) > 1
    assert len(keys) == len(set(keys))


def test_keys_say_the_same_for_ever() -> None:
    assert every_key(journals.eventful()) == every_key(journals.eventful())
    assert {len(key) for key in every_key(journals.eventful())} == {64}


def taken(journal: Journal) -> list[tuple[str, str, tuple[str, ...] | None]]:
    """Return what each entry takes away, as (type of event, reason, stages)."""
    return [(entry.event.type, one.reason_code, one.stages) for entry in journal.entries for one in withdrawals(entry)]


def test_what_ends_a_duty_takes_its_messages() -> None:
    seen = set(taken(journals.eventful()))
    acceptance = ("preliminary_acceptance",)
    assert seen >= {
        ("stage_closed", "stage_closed", ("funding",)),
        ("extension_granted", "extended", ("survey_design",)),
        ("turn_opened", "ball_passed", ("survey_design",)),
        ("obstacle_cleared", "ball_passed", ("survey_design",)),
        ("acceptance_refused", "ball_passed", acceptance),
        ("rectification_submitted", "ball_passed", acceptance),
        ("stage_returned", "stage_returned", ("cable", "equipment", "self_check", *acceptance)),
        ("project_held", "project_held", None),
    }
    assert {kind for kind, _, _ in seen} & {
        "rung_fired",
        "progress_reported",
        "project_resumed",
        "acknowledged",
    } == set()
    assert ("project_completed", "project_completed", None) in taken(journals.on_time())


@pytest.mark.parametrize("act", ["cancel", "reject"])
def test_the_end_of_a_project_takes_every_message(act: str) -> None:
    journal = Journal()
    if act == "cancel":
        journal.act("cancel", "provincial_supervisor", code="DUPLICATE", decision_no="1")
    else:
        journal.act("reject", "provincial_supervisor", code="FILES", note="材料不齐")
    assert taken(journal)[-1][2] is None


def test_opening_a_stage_takes_nothing() -> None:
    assert taken(Journal()) == []


def test_a_message_of_the_same_transaction_is_settled_too() -> None:
    made = written("reminder-7")
    journal = building()
    journal.close()
    closing = [one for entry in journal.entries[-2:] for one in withdrawals(entry)]
    assert {(draft.state, draft.reason_code) for draft in settle(made, closing)} == {("superseded", "stage_closed")}
    other = [one for entry in journal.entries[:4] for one in withdrawals(entry)]
    assert settle(made, other) == made


def test_rungs_of_one_turn_do_not_take_each_other() -> None:
    fired = [entry for entry in building().entries if isinstance(entry.event, RungFired)]
    assert all(later.at > earlier.at for earlier, later in pairwise(fired))
    assert all(withdrawals(entry) == [] for entry in fired)
    assert fired[-1].at - fired[0].at > timedelta(days=60)
