"""Projects that go on under other policies."""

from __future__ import annotations

from rules.policy import Raw
from schemas import event as e
from schemas.command import Migrate
from schemas.policy import Pins
from tests.support import books, editions
from tests.support.life import Life
from tests.support.people import PROVINCE


def migrate(pins: Pins, *, approved_by: str = "province-deputy", fires_past: bool = False) -> Migrate:
    """Return the act by which a project goes on under `pins`."""
    return Migrate(pins=pins, approved_by=approved_by, decision_no="P-000001", fires_past=fires_past)


def go_on(life: Life, *raws: Raw, fires_past: bool = False) -> e.PoliciesMigrated:
    """Let a project go on under other policies, and its clock with it."""
    event, *_ = life.ok(PROVINCE, migrate(editions.pins(life.state.pins, *raws), fires_past=fires_past))
    life.book = books.shelf().book(life.state.pins)
    assert isinstance(event, e.PoliciesMigrated)
    return event
