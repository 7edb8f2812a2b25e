"""What the auditor asks of the rules."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rules import vigil
from schemas.message import Title
from schemas.messaging import MessagingPolicy
from schemas.state import Hold
from tests.support import books, journals
from tests.support.life import beijing

HOUR = timedelta(hours=1)
POLICY = MessagingPolicy(
    name="m", version="1", title=Title(zh="m", en="m"), source="test", calendar="china", letters="standard"
)


@pytest.mark.parametrize(
    ("now", "opened"),
    [
        (("2018-09-05", "12:00"), "2018-09-04"),  # in the middle of Wednesday
        (("2018-09-05", "18:30"), "2018-09-04"),  # the office has closed, the slack is not over
        (("2018-09-05", "19:00"), "2018-09-05"),
        (("2018-09-09", "12:00"), "2018-09-07"),  # Sunday
        (("2018-10-07", "12:00"), "2018-09-30"),  # the national holidays, before which a Sunday is worked
    ],
)
def test_a_notice_is_late_when_an_office_day_went_by_that_it_saw_open(now: tuple[str, str], opened: str) -> None:
    found = vigil.written_until(POLICY, books.book().calendar, beijing(*now), HOUR)
    assert found == beijing(opened, "09:00")


def test_a_rung_is_overdue_only_once_its_instant_is_over() -> None:
    journal = journals.Journal()
    rung = vigil.overdue_rung(journal.now, journal.book, journal.at + timedelta(days=400))
    assert rung
    assert vigil.overdue_rung(journal.now, journal.book, rung.at) is None
    assert vigil.overdue_rung(journal.now, journal.book, rung.at + timedelta(seconds=1)) == rung


def test_who_was_told_at_the_last_rung_is_not_without_a_deadline() -> None:
    journal = journals.Journal()
    assert not vigil.is_without_deadline(journal.now, journal.book)
    journal.days(400)
    assert not vigil.is_without_deadline(journal.now, journal.book)
    stages = {key: stage.model_copy(update={"turn": None}) for key, stage in journal.now.stages.items()}
    idle = journal.now.model_copy(update={"stages": stages, "matters": ()})
    assert vigil.is_without_deadline(idle, journal.book)
    hold = Hold(code="WINTER_STOP", party="government", by="p", at=journal.at)
    assert not vigil.is_without_deadline(idle.model_copy(update={"hold": hold, "status": "held"}), journal.book)
