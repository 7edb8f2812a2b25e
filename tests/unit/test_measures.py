"""The seven application measures of a county: quarterly returns under the same ladder; targets refuse nothing."""

from __future__ import annotations

import pytest

from cli.start import pins_of, tree_policies
from infra.files.ledger import read_ledger
from rules import ladder
from rules.narrate import narrate
from rules.phase import phase
from rules.project import Refused, decide
from schemas.command import Act, Close, Command, FactValue, Return
from schemas.reason import Refusal
from tests.support import books, journals
from tests.support.journals import Journal
from tests.unit.test_samples import NUJIANG

PLAN = "application-measures"
COUNTY = "533301000000"
EDUCATION: dict[str, FactValue] = {"schools": 41, "schools_connected_percent": 100, "schools_100m_percent": 92.7}
MEASURES = ["tariffs", "terminals", "apps", "video", "education", "health", "platform"]


def county() -> Journal:
    """Return the measures of a county, started in May 2018."""
    subject = journals.project("US18M-000001", technology="measures", village_code=COUNTY, village_name="泸水市")
    return Journal(subject, books.book(PLAN))


def submit(journal: Journal, stage: str, **facts: FactValue) -> None:
    rule = journal.book.stages[stage]
    stated = journals.facts(rule) | facts
    journal.act("submit", rule.closed_by.by[0], stage=stage, facts=stated)


def test_seven_returns_begin_side_by_side_and_are_due_after_the_quarter() -> None:
    journal = county()
    assert journal.now.open_stages() == MEASURES
    dues = {rung.derivation.due_on for rung in ladder.rungs(journal.now, journal.book)}
    assert dues == {"2018-07-16"}  # the 15th is a Sunday
    to = {rung.stage: rung.to for rung in ladder.rungs(journal.now, journal.book) if rung.key == "overdue"}
    assert to["education"] == ("education_bureau", "county_officer")
    assert to["health"] == ("health_commission", "county_officer")
    assert to["tariffs"] == ("builder", "county_officer")


def test_twelve_quarters_of_every_measure_and_it_is_complete() -> None:
    journal = county()
    for _ in range(12):
        for measure in MEASURES:
            submit(journal, measure)
    assert journal.now.status == "completed"
    assert {stage.period for stage in journal.now.stages.values()} == {12}


def test_a_value_below_its_target_is_taken_and_told() -> None:
    journal = county()
    submit(journal, "education", **EDUCATION)
    closed = next(entry for entry in journal.entries if entry.event.type == "stage_closed")
    assert "带宽100Mbps以上学校占比(%) 92.7（低于目标 98）" in narrate(closed, journal.book, "zh-CN")
    told = narrate(closed, journal.book, "en")
    assert (
        "Schools connected, per cent 100; Schools at 100 Mbps or more, per cent 92.7 (short of the target of 98)"
        in told
    )


def refused(journal: Journal, role: str, act: Act) -> str:
    """Return the code of the reason for which an act is refused now."""
    command = Command(command_id="c", actor=journals.holder(role), act=act)
    answer = decide(journal.now, command, journal.at, journal.book)
    assert isinstance(answer, Refused)
    return answer.reason.code


@pytest.mark.parametrize(("share", "code"), [(-1, "fact.below_minimum"), (120, "fact.above_maximum")])
def test_what_cannot_be_is_refused(share: float, code: str) -> None:
    act = Close(act="submit", stage="education", facts={**EDUCATION, "schools_100m_percent": share})
    assert refused(county(), "education_bureau", act) == code


def test_only_its_own_office_makes_a_return() -> None:
    journal = county()
    health = Close(act="submit", stage="health", facts=journals.facts(journal.book.stages["health"]))
    assert refused(journal, "education_bureau", health) == "authority.wrong_role"
    back = Return(stage="health", code="FIGURES", note="counted twice")
    assert refused(journal, "county_officer", back) == "return.not_done"
    submit(journal, "health")
    journal.act("return", "county_officer", stage="health", code="FIGURES", note="counted twice")
    turn = journal.now.stages["health"].turn
    assert turn
    assert turn.period == 1


def test_a_run_lasts_a_quarter() -> None:
    """Only the return of the platform ends one: seven of them would be seven new runs."""
    journal = county()
    before = phase(journal.now, journal.book)
    for measure in MEASURES[:-1]:
        submit(journal, measure)
    assert phase(journal.now, journal.book) == before
    submit(journal, "platform")
    assert phase(journal.now, journal.book) != before


def test_a_ledger_of_counties_starts_under_the_plan_of_measures() -> None:
    rows = read_ledger(NUJIANG / "measures-2018.csv").rows
    pins = pins_of(tree_policies("china", None), "universal-service", "china", {row.technology for row in rows})
    assert pins["measures"].plan.startswith(f"{PLAN}@")
    with pytest.raises(Refusal):
        pins_of(tree_policies("china", None), "nothing", "china", ["fibre"])
