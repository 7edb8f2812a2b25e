"""How long one run of a project's workflow lasts, and what the engine's own lists must know at once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from rules.attributes import are_pressing
from rules.phase import phase
from rules.policy import Rulebook
from schemas import names
from schemas.command import Return
from tests.support import books
from tests.support.life import Life
from tests.support.people import PROVINCE


def book(*marked: str) -> Rulebook:
    """Return the fibre plan with these stages as the ends of phases, and no others."""

    def mark(raw: dict[str, Any]) -> None:
        for stage in raw["stages"]:
            stage["ends_phase"] = stage["key"] in marked

    return books.changed_plan(mark)


def ends(life: Life) -> list[str]:
    """Return the stages at whose closing, or further opening, a phase ended."""
    entries = [step for step in life.steps if step.before is not None]
    return [
        getattr(step.entry.event, "stage", "")
        for step in entries
        if step.before and phase(step.before, life.book) != phase(step.after, life.book)
    ]


def test_only_marked_stages_end_a_phase() -> None:
    life = Life.begin(book=book("baseline", "self_check"))
    life.close_before("preliminary_acceptance")
    assert ends(life) == ["baseline", "self_check"]


def test_without_marks_every_change_of_the_open_stages_ends_one() -> None:
    """As before there were marks: histories recorded then still replay."""
    life = Life.begin(book=book())
    life.close("funding", "contract")
    opened = [phase(step.after, life.book) for step in life.steps]
    assert [before != after for before, after in pairwise(opened)].count(True) == 5  # opens, and twice closes and opens
    assert opened[-1] == (("baseline", 1, False),)


def test_a_stage_sent_back_ends_its_phase_once_more() -> None:
    life = Life.begin(book=book("contract"))
    life.close("funding", "contract")
    life.ok(PROVINCE, Return(stage="contract", code="EVIDENCE", note="again"))
    life.close("contract")
    assert ends(life) == ["contract"] * 3


def test_within_a_phase_the_engine_hears_of_what_is_pressing() -> None:
    """The stage and its due instant can wait; a level, a hold and an end cannot."""
    can_wait = [names.ATTRIBUTE_STAGE, names.ATTRIBUTE_DUE_AT]
    assert not are_pressing(can_wait)
    assert not are_pressing([])
    assert are_pressing([*can_wait, names.ATTRIBUTE_LEVEL])
    assert are_pressing([names.ATTRIBUTE_STATUS])
