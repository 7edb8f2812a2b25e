"""The oracle of the fault tests reckons what the rules reckon, and its judge finds what it is there to find."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rules import project
from rules.policy import Rulebook, Shelf
from schemas.project import Project, Start
from tests.chaos import oracle, stage
from tests.chaos.script import Act, Script, written
from tests.chaos.verdict import Evidence, Got, Judge, LetterRow, Row, Told
from tests.support.life import Life

DAY = 5.0
BEGAN = oracle.instant(300_000_000, 0.0, DAY)
VILLAGES = 12


@functools.cache
def book() -> Rulebook:
    shelf, raws = Shelf(), stage.policies(DAY)
    for raw in raws:
        shelf.put(raw)
    return shelf.book(stage.pins(raws))


def when(act: Act) -> float:
    return BEGAN + act.at * DAY


def heard(script: Script) -> dict[str, oracle.Window]:
    return {act.key: (when(act), when(act)) for act in script.acts}


def lived(number: int, script: Script, until: float) -> set[tuple[int, str, str, int]]:
    """Return the rungs that the rules let a project of a script have."""
    row = stage.row(number, script)
    project_ = Project(
        project_id=f"P-{number}",
        programme="US",
        batch=row.batch,
        technology="fibre",
        village_code=row.village_code,
        village_name=row.village_name,
        builder=row.builder,
    )
    acts = [act for act in script.acts if act.village == number and act.kind != "silence"]
    rules = book()
    life = Life(rules, datetime.fromtimestamp(when(acts[0]), UTC))
    life.write(project.begin(Start(project=project_, pins=rules.pins), life.now, rules))
    for act in acts[1:]:
        life.until(datetime.fromtimestamp(when(act), UTC))
        command = stage.command(act, script)
        life.ok(command.actor, command.act)
    life.until(datetime.fromtimestamp(until, UTC))
    due = [(rung.stage, rung.rung, oracle.day_of(rung.due_at.timestamp(), DAY) - 1) for rung in life.fired()]
    return {(number, *one) for one in due}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_oracle_and_the_rules_agree_on_every_rung(seed: int) -> None:
    script = written(seed, villages=VILLAGES, days=30, day_seconds=DAY)
    end = BEGAN + 30 * DAY
    duties = oracle.duties(script, heard(script), end + DAY)
    assert all(duty.is_sure for duty in duties)
    for number in range(VILLAGES):
        expected = {(number, one.stage, one.rung, one.due_days[0]) for one in duties if one.village == number}
        assert lived(number, script, end) == expected, number
    assert {"yes", "maybe", "no"} == {duty.silence for duty in duties}


def sound(script: Script) -> tuple[list[oracle.Duty], Evidence]:
    """Return what a faultless system leaves of a script: one letter for every notice."""
    duties = oracle.duties(script, heard(script), BEGAN + 31 * DAY)
    evidence = Evidence(projects={str(number): number for number in range(VILLAGES)})
    for number, duty in enumerate(duties):
        key, letter, person, at = f"n{number}", f"l{number}", min(duty.people), duty.latest
        is_silent = duty.silence == "yes"
        letter = "" if is_silent else letter
        state = "suppressed" if is_silent else "written"
        due = duty.due_days[0]
        row = Row(key, duty.village, duty.stage, duty.rung, person, due, state, "", letter, int(is_silent), at)
        evidence.rows.append(row)
        if not is_silent:
            channel = script.people[person].channel
            evidence.letters[letter] = LetterRow(letter, person, "alone", f"day {number}", channel, "delivered", 1, 0)
            told = Told(key, str(duty.village), duty.stage, duty.rung, oracle.instant(due + 1, 0.0, DAY))
            evidence.got.append(Got(channel, letter, letter, person, (told,), at + 1))
    return duties, evidence


@pytest.fixture(scope="module")
def script() -> Script:
    return written(7, villages=VILLAGES, days=30, day_seconds=DAY)


def test_a_faultless_system_is_found_faultless(script: Script) -> None:
    verdict = Judge(script, *sound(script)).judge()
    assert verdict.findings == []
    assert sum(tally.received for tally in verdict.channels.values()) == verdict.letters


def kinds(script: Script, duties: list[oracle.Duty], evidence: Evidence) -> set[str]:
    return set(Judge(script, duties, evidence).judge().kinds())


def test_what_never_arrived_is_lost(script: Script) -> None:
    duties, evidence = sound(script)
    evidence.got.pop()
    assert kinds(script, duties, evidence) == {"lost"}


def test_a_copy_nobody_can_explain_is_a_duplicate(script: Script) -> None:
    duties, evidence = sound(script)
    mail = next(got for got in evidence.got if got.sink == "email")
    evidence.got.append(mail)
    assert kinds(script, duties, evidence) == {"duplicated"}
    evidence.letters[mail.letter] = replace(evidence.letters[mail.letter], unknown=1)
    assert kinds(script, duties, evidence) == set()


def test_a_receiver_with_keys_folds_copies_but_not_other_keys(script: Script) -> None:
    duties, evidence = sound(script)
    post = next(got for got in evidence.got if got.sink == "hook")
    evidence.got.append(post)
    assert kinds(script, duties, evidence) == set()
    evidence.got.append(replace(post, fold="another"))
    assert kinds(script, duties, evidence) == {"duplicated"}


def test_what_a_silence_covers_and_what_nobody_ordered_is_unexpected(script: Script) -> None:
    duties, evidence = sound(script)
    at, row = next((at, row) for at, row in enumerate(evidence.rows) if row.state == "suppressed")
    evidence.rows[at] = replace(row, letter="l", state="written")
    channel = script.people[row.person].channel
    evidence.letters["l"] = LetterRow("l", row.person, "alone", "day", channel, "delivered", 1, 0)
    evidence.got.append(Got(channel, "l", "l", row.person, None, row.created_at + 1))
    assert kinds(script, duties, evidence) == {"unexpected"}
    evidence.rows[at] = replace(row, due_day=row.due_day + 1)
    assert "unexpected" in kinds(script, duties, evidence)


def test_what_comes_before_its_hour_is_early(script: Script) -> None:
    duties, evidence = sound(script)
    evidence.got[0] = replace(evidence.got[0], at=evidence.got[0].at - 2)
    assert kinds(script, duties, evidence) == {"early"}


def test_two_digests_on_a_day_are_one_too_many(script: Script) -> None:
    duties, evidence = sound(script)
    of_one = [one for one in evidence.letters.values() if one.person == "province"][:2]
    for letter in of_one:
        evidence.letters[letter.key] = replace(letter, kind="digest", day="day 1")
    assert kinds(script, duties, evidence) == {"duplicated"}
