"""Acts that many tests send, and projects that stand where they fit."""

from __future__ import annotations

from datetime import timedelta

from schemas.command import (
    Acknowledge,
    Agree,
    Cancel,
    Close,
    FactValue,
    HoldProject,
    Refuse,
    ReportObstacle,
    RequestChange,
    RequestExtension,
    ResumeProject,
    Return,
)
from tests.support import people
from tests.support.life import Life, closing, good_facts

SNOW = HoldProject(code="WINTER_STOP")
RESUME = ResumeProject()
NO_POWER = ReportObstacle(code="NO_POWER", note="no mains within 5 km")
ASK_30 = RequestExtension(days=30, reason="rain")
TOO_SLOW = Refuse(item="access rate below 12 Mbps")
MENDED = Close(act="submit")
LOOSE_POLES = Return(stage="route", code="QUALITY", note="loose poles")
DUPLICATE = Cancel(code="DUPLICATE", decision_no="No. 7")
TAKE_OUT = RequestChange(kind="cancel", code="DUPLICATE", note="listed twice")


def life_at(stage: str, plan: str = "universal-service-fibre") -> Life:
    """Return a project in which a stage has just opened."""
    life = Life.begin(plan)
    life.close_before(stage)
    return life


def close(life: Life, stage: str, **changes: FactValue | None) -> Close:
    """Return the act that closes a stage with good facts, some of them changed or (None) left out."""
    rule = life.book.stages[stage]
    facts = {**good_facts(rule), **changes}
    return closing(rule, {key: value for key, value in facts.items() if value is not None})


def promise(life: Life, days: float) -> Acknowledge:
    """Return an acknowledgement with a promise some days from now."""
    return Acknowledge(promised_at=life.now + timedelta(days=days))


def take_out(life: Life) -> None:
    """Let a task leave the list by a change, through every step: after the baseline there is no other way."""
    life.ok(people.COUNTY, TAKE_OUT)
    for person in (people.PREFECTURE, people.PROVINCE, people.PROVINCE_DEPUTY):
        life.ok(person, Agree(number="No. 7"))
