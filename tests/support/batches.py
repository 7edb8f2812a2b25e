"""Batches of three regimes, counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rules import batch
from rules.acts.ask import Ask
from schemas.command import Actor, FactValue
from schemas.event import Event, GapAssessed, RungFired
from schemas.matter import Change, UnitChange
from schemas.state import BatchState
from tests.support import books
from tests.support.life import Life, beijing
from tests.support.people import BUILDING_COMPANY, actor, post

CALENDARS = {"rdof": "usa", "bduk": "england", "monthly-targets": "china"}
"""The calendar of each plan of a batch."""

YEAR = timedelta(days=366)
"""A year, and a little more."""

BUREAU = actor("bureau", post("fcc_bureau"))
CARRIER = actor("carrier", post("carrier_officer", "53", BUILDING_COMPANY))
MANAGER = actor("manager", post("contract_manager", "53"))
ASSURANCE = actor("assurance", post("assurance"))
SUPPLIER = actor("supplier", post("supplier", "53", BUILDING_COMPANY))
CLERK = Actor(person_id="clerk")


def begin(plan: str, at: datetime | None = None, *, total: int = 0) -> Life:
    """Start a batch, with its total counted when one is given; a plan of dates on the day of Dezhou's list."""
    default = beijing("2017-05-02") if plan == "monthly-targets" else datetime(2021, 3, 15, 15, 0, tzinfo=UTC)
    life = Life.begin(plan, at=at or default, book=books.book(plan, CALENDARS[plan]))
    if total:
        count(life, total=total, built=0)
    return life


def after_year(number: int, *, total: int = 1000, built: int = 0) -> Life:
    """Return a batch under the plan of shares by year, shortly after the milestone of a year."""
    life = begin("rdof", total=total)
    if built:
        count(life, built=built)
    life.until(life.now + number * YEAR)
    return life


def ask(life: Life) -> Ask:
    """Return the question of somebody who counts."""
    return Ask(life.state, CLERK, life.now, life.book)


def count(life: Life, *, built: int, total: int | None = None) -> list[Event]:
    """Count as a return does; return what followed."""
    rule = life.book.plan.batch
    assert rule is not None
    life.wake()
    stated: dict[str, FactValue] = {rule.built_fact: float(built)}
    if total is not None:
        stated[rule.total_fact] = float(total)
    return written(life, batch.counted(stated, ask(life)))


def recount(life: Life, kind: str, *codes: str) -> list[Event]:
    """Let units enter or leave the scope, each for the reason given; return what followed."""
    return written(life, batch.recounted(change(kind, *codes), ask(life)))


def change(kind: str, *codes: str) -> Change:
    """Return a change of as many units as reasons are given."""
    units = tuple(UnitChange(unit=f"U-{number}", code=code) for number, code in enumerate(codes))
    return Change.model_validate({"kind": kind, "code": "DUPLICATE", "units": units})


def written(life: Life, events: list[Event]) -> list[Event]:
    """Put events on record and return them."""
    life.write(tuple(events), by=CLERK.person_id)
    return events


def standing(life: Life) -> BatchState:
    """Return where the batch stands."""
    assert life.state.batch is not None
    return life.state.batch


def gaps(events: list[Event]) -> list[GapAssessed]:
    """Return the assessments among events."""
    return [event for event in events if isinstance(event, GapAssessed)]


def told(events: list[Event]) -> list[RungFired]:
    """Return the messages about the batch as a whole among events."""
    return [event for event in events if isinstance(event, RungFired) and not event.stage]
