"""Silences on record: what each holds back is counted and told, the same scope once at a time, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update

from infra.db.directory import People
from infra.db.engine import writing
from infra.db.in_force import InForce
from infra.db.letters import Letters
from infra.db.policies import Policies
from infra.db.records import Records
from infra.db.silences import Silences
from infra.db.tables import outbox
from rules.silence import NoticeFacts, matches
from rules.text import LANGUAGES, render
from schemas.letter import RoundOrder
from schemas.reason import Refusal
from schemas.silence import SilenceRequest
from tests.support import books, journals, mailroom, offices

AT = journals.STARTED_AT
DAY = timedelta(days=1)
NOW = AT + 60 * DAY
IDS = ("US18F-000001", "US18F-000002")
OTHER_VILLAGE = "533324103201"


@pytest.fixture
def silences(engine: Engine) -> Silences:
    """Return the silences of records with waiting notices about two projects of two counties."""
    People(engine).import_directory(offices.directory(), AT - DAY)
    records = Records(engine, books.shelf())
    for project_id, village in zip(IDS, (journals.VILLAGE, OTHER_VILLAGE), strict=True):
        life = journals.Journal(journals.project(project_id, village_code=village))
        life.days(60)
        for commit in life.commits:
            records.commit(commit)
    return Silences(engine)


def request(until: datetime = NOW + 5 * DAY, **fields: Any) -> SilenceRequest:  # noqa: ANN401 - any field
    return SilenceRequest(reason="雨季封路", until_at=until, **fields)


def refused(refusal: pytest.ExceptionInfo[Refusal]) -> str:
    assert all(render(refusal.value.reason, lang) for lang in LANGUAGES)
    return refusal.value.reason.code


def test_what_the_records_know_of_what_is_named(silences: Silences) -> None:
    known = silences.named(request(project_id=IDS[1], person_id="of-county_officer"), NOW)
    assert known.village_code == OTHER_VILLAGE
    assert [post.post_id for post in known.posts or ()] == ["post-county_officer"]
    ghosts = silences.named(request(project_id="P-none", person_id="ghost"), NOW)
    assert (ghosts.village_code, ghosts.posts) == (None, None)
    assert silences.named(request(area="53"), NOW).posts is None


def test_a_silence_is_numbered_shown_and_ended_once(silences: Silences) -> None:
    first = silences.add(request(area="533323"), "zhou", NOW)
    second = silences.add(request(area="533324"), "zhou", NOW)
    assert second.number > first.number
    assert [row.number for row in silences.rows(NOW)] == [second.number, first.number]
    ended = silences.end(first.number, "qian", NOW + DAY)
    assert (ended.ended_at, ended.ended_by, ended.is_live(NOW + DAY)) == (NOW + DAY, "qian", False)
    assert [row.number for row in silences.rows(NOW + DAY)] == [second.number]
    assert [row.number for row in silences.rows()] == [second.number, first.number]
    assert silences.one(first.number).ended_by == "qian"
    assert [row.number for row in silences.rows(NOW + 5 * DAY)] == []
    with pytest.raises(Refusal) as refusal:
        silences.end(first.number, "qian", NOW + 2 * DAY)
    assert refused(refusal) == "silence.over"
    for number in (99, 0):
        with pytest.raises(Refusal) as refusal:
            silences.one(number)
        assert refused(refusal) == "silence.unknown"


def test_the_same_scope_is_silenced_once_at_a_time(silences: Silences) -> None:
    known = silences.add(request(area="533323", rung="overdue"), "zhou", NOW)
    with pytest.raises(Refusal) as refusal:
        silences.add(request(NOW + 9 * DAY, area="533323", rung="overdue"), "qian", NOW + DAY)
    assert refused(refusal) == "silence.exists"
    assert silences.add(request(area="533323"), "zhou", NOW).number != known.number
    silences.end(known.number, "zhou", NOW + DAY)
    assert silences.add(request(area="533323", rung="overdue"), "zhou", NOW + DAY).number > known.number


SCOPES: list[dict[str, str]] = [
    {"project_id": IDS[0]},
    {"area": "53"},
    {"area": "533324"},
    {"area": journals.VILLAGE},
    {"person_id": "of-county_officer"},
    {"area": "53", "builder": journals.BUILDER, "stage": "funding"},
    {"area": "53", "builder": "nobody"},
    {"area": "53", "rung": "overdue"},
    {"area": "44"},
]


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("limit", [None, 1])
def test_the_preview_says_what_the_rule_would_hold_back(
    engine: Engine, silences: Silences, scope: dict[str, Any], limit: int | None
) -> None:
    asked = request(**scope)
    villages = dict(zip(IDS, (journals.VILLAGE, OTHER_VILLAGE), strict=True))
    expected = {
        row.key
        for row in mailroom.notices(engine, state="waiting")
        if matches(
            asked,
            NoticeFacts(
                row.project_id,
                villages[row.project_id],
                journals.BUILDER,
                row.stage,
                row.rung,
                row.level,
                row.person_id,
            ),
        )
        and (limit is None or row.level < limit)
    }
    found = silences.waiting(asked, limit, limit=1000)
    assert {row.key for row in found.rows} == expected
    assert found.total == len(expected)
    assert len(silences.waiting(asked, limit, limit=1).rows) <= 1


def test_what_it_held_back_is_counted_and_named(engine: Engine, silences: Silences) -> None:
    known = silences.add(request(project_id=IDS[0]), "zhou", NOW)
    waiting = [row.key for row in mailroom.notices(engine, state="waiting", project_id=IDS[0])]
    assert len(waiting) >= 2
    with writing(engine) as connection:
        taken = update(outbox).where(outbox.c.key.in_(waiting))
        connection.execute(taken.values(state="suppressed", silence=known.number))
    assert silences.one(known.number).suppressed == len(waiting)
    assert [(row.number, row.suppressed) for row in silences.rows(NOW)] == [(known.number, len(waiting))]
    found = silences.suppressed(known.number, limit=1)
    assert (len(found.rows), found.total) == (1, len(waiting))
    assert found.rows[0].name.endswith("同志")


def test_a_round_of_letters_leaves_out_what_is_silenced_and_nothing_else(engine: Engine, silences: Silences) -> None:
    """The silenced notices name it and stay so when it ends; what comes to others goes out in letters."""
    working_morning = datetime(2018, 7, 10, 2, 30, tzinfo=UTC)
    known = silences.add(request(working_morning + DAY, project_id=IDS[0]), "zhou", working_morning - DAY)
    before = mailroom.notices(engine, state="waiting")
    foretold = silences.waiting(known, None, limit=1000)
    writer = Letters(engine, InForce(Policies(engine)).manner, {"file"}, now=lambda _: working_morning)
    this = writer.begin(RoundOrder())
    reports = [writer.write(this, due) for due in this.due]
    suppressed = mailroom.notices(engine, state="suppressed")
    assert {row.key for row in suppressed} == {row.key for row in foretold.rows} != set()
    assert {(row.silence, row.letter) for row in suppressed} == {(known.number, "")}
    assert sum(report.suppressed for report in reports) == silences.one(known.number).suppressed == len(suppressed)
    written = mailroom.notices(engine, state="written")
    assert {row.project_id for row in written} == {IDS[1]}
    assert len(written) + len(suppressed) == len(before)
    silences.end(known.number, "zhou", working_morning + timedelta(hours=1))
    later = Letters(engine, InForce(Policies(engine)).manner, {"file"}, now=lambda _: working_morning + DAY)
    this = later.begin(RoundOrder())
    assert [later.write(this, due).notices for due in this.due] == []
