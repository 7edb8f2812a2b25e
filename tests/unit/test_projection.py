"""The rows of the read model follow from the journal alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from rules import ladder
from rules.project import fold
from rules.projection import project_row, registered_row, stage_row, stage_rows
from schemas.view import ProjectRow, StageRow
from tests.support import books, journals
from tests.support.journals import Journal

AT = journals.STARTED_AT


def row_of(journal: Journal) -> ProjectRow:
    return project_row(journal.now, journal.book, journal.at)


def stage_of(journal: Journal, key: str) -> StageRow:
    position = list(journal.now.stages).index(key)
    return stage_row(key, position, journal.now, journal.book, journal.at)


def test_a_registered_project_is_only_itself() -> None:
    row = registered_row(journals.project(), AT)
    assert (row.status, row.seq, row.county_code, row.plan, row.started_at) == ("registered", 0, "533323", "", None)


def test_a_started_project_shows_its_first_stage() -> None:
    journal = Journal()
    row = row_of(journal)
    assert (row.status, row.open_stages, row.percent, row.level, row.seq) == ("running", "funding", 0, 0, 2)
    assert row.plan == books.pins().plan
    assert row.started_at == row.updated_at == AT
    assert row.next_due_at == row.next_original_due_at == datetime(2018, 5, 30, 16, 0, tzinfo=UTC)
    stage = stage_of(journal, "funding")
    assert (stage.status, stage.turn, stage.owner, stage.party) == (
        "open",
        "work",
        "provincial_supervisor",
        "funding_office",
    )
    assert (stage.round, stage.opened_at, stage.due_at) == (1, AT, row.next_due_at)
    assert stage_of(journal, "contract") == StageRow(
        project_id=row.project_id, stage="contract", position=1, status="pending"
    )


def test_the_level_is_that_of_the_open_stages() -> None:
    journal = Journal()
    journal.days(70)
    assert row_of(journal).level == 3
    journal.close()
    assert row_of(journal).level == 0
    assert stage_of(journal, "funding").level == 3


def test_a_hold_takes_the_due_instant_away_and_names_its_party() -> None:
    journal = Journal()
    journal.days(5)
    journal.act("hold", "prefecture_officer", code="DISASTER")
    row, stage = row_of(journal), stage_of(journal, "funding")
    assert (row.status, row.hold_code, row.next_due_at, row.next_original_due_at) == ("held", "DISASTER", None, None)
    assert (stage.status, stage.due_at, stage.party) == ("open", None, "weather")
    assert stage.original_due_at is not None


def test_an_extension_moves_the_due_instant_and_keeps_the_original() -> None:
    journal = Journal()
    before = row_of(journal)
    journal.act("request_extension", "provincial_supervisor", days=10, reason="材料补正")
    assert stage_of(journal, "funding").has_request
    journal.act("grant_extension", "ministry_supervisor", days=10)
    after = row_of(journal)
    assert before.next_due_at is not None
    assert after.next_due_at is not None
    assert after.next_due_at > before.next_due_at
    assert after.next_original_due_at == before.next_due_at
    assert not stage_of(journal, "funding").has_request


def test_a_closed_stage_keeps_the_due_instant_it_was_measured_by() -> None:
    journal = Journal()
    journal.days(3)
    due = stage_of(journal, "funding").due_at
    journal.close()
    stage = stage_of(journal, "funding")
    assert (stage.status, stage.due_at, stage.closed_at) == ("done", due, journal.at)
    assert (stage.closed_by, stage.percent, stage.turn, stage.owner) == ("of-provincial_supervisor", 100, "", "")


def test_days_are_counted_by_party_and_stop_with_the_stage() -> None:
    journal = Journal()
    journal.until(datetime(2018, 5, 9, 2, 0, tzinfo=UTC))
    journal.act("hold", "prefecture_officer", code="DISASTER")
    journal.until(datetime(2018, 5, 11, 2, 0, tzinfo=UTC))
    journal.act("resume", "prefecture_officer")
    journal.close()
    counted = json.loads(stage_of(journal, "funding").days_by_party)
    assert counted == {"funding_office": 5, "weather": 2}
    journal.days(100)
    assert json.loads(stage_of(journal, "funding").days_by_party) == counted


def test_a_completed_project_is_whole() -> None:
    journal = journals.on_time()
    row = row_of(journal)
    assert (row.status, row.percent, row.open_stages, row.next_due_at) == ("completed", 100, "", None)
    assert row.closed_at == journal.entries[-1].at
    assert {stage.status for stage in stage_rows(journal.now, journal.book, journal.at)} == {"done"}


def test_a_cancelled_project_ends_when_it_was_cancelled() -> None:
    journal = Journal()
    journal.days(3)
    journal.act("hold", "prefecture_officer", code="DISASTER")
    journal.days(3)
    journal.act("cancel", "provincial_supervisor", code="DUPLICATE", decision_no="云通〔2018〕9号")
    cancelled_at = journal.at
    row = row_of(journal)
    assert (row.status, row.closed_at, row.updated_at) == ("cancelled", cancelled_at, cancelled_at)
    assert (row.open_stages, row.hold_code) == ("", "")


def test_a_due_day_beyond_the_published_calendar_is_marked() -> None:
    journal = journals.on_time()
    by_time = [project_row(fold(journal.entries[: n + 1]), journal.book, AT) for n in range(len(journal.entries))]
    marked = [row for row in by_time if row.is_provisional]
    assert marked == [row for row in by_time if row.next_due_at and row.next_due_at.year > 2026]


@pytest.mark.parametrize(
    ("play", "plan"),
    [
        (journals.eventful, "universal-service-fibre"),
        (journals.on_time, "universal-service-fibre"),
        (journals.on_time, "universal-service-4g"),
        (journals.on_time, "universal-service-both"),
    ],
)
def test_rows_in_steps_equal_rows_at_once(play: Callable[..., Journal], plan: str) -> None:
    """Writing only what changed, step by step, leaves the same rows as a rebuild from the whole journal."""
    book = books.book(plan)
    journal = play(book=book)
    kept: dict[str, StageRow] = {}
    before = None
    for commit in journal.commits:
        state = fold(commit.entries, before)
        at = commit.entries[-1].at
        kept |= {row.stage: row for row in stage_rows(state, book, at, before)}
        assert list(kept.values()) == stage_rows(state, book, at)
        before = state
    assert fold(journal.entries) == before


def test_exactly_the_open_stages_of_a_running_project_have_a_due_instant() -> None:
    journal = journals.eventful()
    for number in range(1, len(journal.entries) + 1):
        state = fold(journal.entries[:number])
        rows = stage_rows(state, journal.book, journal.entries[number - 1].at)
        dated = {row.stage for row in rows if row.status == "open" and row.due_at}
        assert dated == (set() if state.hold else set(state.open_stages()))
        row = project_row(state, journal.book, journal.entries[number - 1].at)
        assert row.next_due_at == min((r.due_at for r in rows if r.stage in dated and r.due_at), default=None)
        watched = [rung for rung in ladder.rungs(state, journal.book) if not rung.matter]
        assert all(rung.due_at in {r.due_at for r in rows} for rung in watched)
    assert journal.at > AT + timedelta(days=300)
