"""The proof finds what was taken from the records, and calls what happened by its name; its sums add up."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, update

from cli.app import main
from infra.db import migrate
from infra.db.directory import People
from infra.db.engine import open_engine, writing
from infra.db.policies import Policies
from infra.db.proof import Proofs
from infra.db.records import Records
from infra.db.tables import journal, outbox, project
from rules import proof
from schemas.proof import ProjectProof, Totals
from tests.support import books, journals, mailroom, offices
from tests.support.ports import free_port

DAY = timedelta(days=1)
MONTH = (2018, 9)


class Archive:
    """Records of five projects that were late all summer, with every notice of September in a letter handed over."""

    def __init__(self, engine: Engine) -> None:
        """Write them."""
        self.engine = engine
        People(engine).import_directory(offices.directory(), journals.STARTED_AT - DAY)
        Policies(engine).publish(books.raws(), journals.STARTED_AT - DAY)
        records = Records(engine, books.shelf())
        subjects = [journals.project(f"US18F-{n:06}", village_code=f"53332310320{n}") for n in range(1, 6)]
        lives = [journals.Journal(subject) for subject in subjects]
        for life in lives:
            life.days(60)
            life.close()
            life.days(110)
            for commit in life.commits:
                records.commit(commit)
        self.now: datetime = lives[0].at
        self.span = proof.month(*MONTH, books.book().calendar)
        self.sent: list[str] = []
        for row in mailroom.notices(engine, state="waiting"):
            mailroom.write(engine, f"L-{row.key[:8]}", [row.key], row.created_at)
            mailroom.tried(engine, f"L-{row.key[:8]}", row.created_at, "accepted")
            if self.span.holds(row.created_at):
                self.sent.append(row.key)

    def proved(self, project_id: str = "") -> tuple[list[ProjectProof], Totals]:
        """Return the proof of September."""
        reader, found = Proofs(self.engine), list[ProjectProof]()
        for page in reader.pages(self.span.since, self.span.until, project_id=project_id):
            facts = reader.notices([one.project_id for one in page])
            for one in page:
                before = None if one.journal else one.state
                rungs = tuple(proof.rungs(one.journal, books.shelf().book, self.span, self.now, before))
                notices = proof.notices(rungs, facts.get(one.project_id, ()), {"hook"})
                found.append(
                    ProjectProof(project_id=one.project_id, seq=1, is_over=False, rungs=rungs, notices=notices)
                )
        totals = proof.added(found)
        assert proof.add_up(totals)
        return found, totals

    def lettered(self, number: int) -> tuple[str, str]:
        """Return a notice of September and its letter."""
        key = self.sent[number]
        return key, f"L-{key[:8]}"

    def reason(self, key: str) -> tuple[str, str]:
        """Return what the proof says of a notice."""
        found, _ = self.proved()
        return next((one.fate, one.reason) for project in found for one in project.notices if one.key == key)


@pytest.fixture
def archive(engine: Engine) -> Archive:
    return Archive(engine)


def test_what_was_sent_is_proved(archive: Archive) -> None:
    _, totals = archive.proved()
    assert totals.projects == 5
    assert totals.expected == totals.fired == totals.told > 2
    assert (totals.missing, totals.unexpected, totals.untold, totals.left_out) == (0, 0, 0, 0)
    assert totals.fates["sent_once"] == len(archive.sent) > 2
    assert set(totals.fates) <= {"sent_once", "superseded"}


def test_a_notice_taken_away_is_missing(archive: Archive) -> None:
    key, _ = archive.lettered(0)
    (row,) = mailroom.notices(archive.engine, key=key)
    with writing(archive.engine) as connection:
        connection.execute(delete(outbox).where(outbox.c.key == key))
    found, totals = archive.proved()
    lost = [one for project in found for one in project.notices if not one.key]
    assert {(one.project_id, one.seq, one.fate) for one in lost} == {(row.project_id, row.seq, "missing")}
    assert {one.reason for one in lost} == {f"no_notice:{role}" for role in row.roles.split(",")}
    assert totals.fates["missing"] == totals.left_out == len(lost)


def test_a_rung_taken_away_is_missing(archive: Archive) -> None:
    with writing(archive.engine) as connection:
        mine = (journal.c.project_id == "US18F-000002", journal.c.type == "rung_fired")
        last = connection.execute(journal.select().where(*mine).order_by(journal.c.seq.desc()).limit(1)).one()
        connection.execute(delete(journal).where(journal.c.project_id == last.project_id, journal.c.seq == last.seq))
    span = archive.span
    archive.span = span._replace(until=archive.now + DAY)
    _, totals = archive.proved("US18F-000002")
    assert totals.missing == 1


def test_tries_receipts_silences_and_withdrawals_are_told_apart(archive: Archive) -> None:
    twice, unknown, silent, gone, receipts = (archive.lettered(number) for number in range(5))
    at = archive.now
    mailroom.tried(archive.engine, twice[1], at, "accepted")
    mailroom.tried(archive.engine, unknown[1], at, "unknown")
    mailroom.received(archive.engine, receipts[1], at, "delivered", "delivered")
    with writing(archive.engine) as connection:
        held_back = {"state": "suppressed", "silence": 7, "letter": ""}
        connection.execute(update(outbox).where(outbox.c.key == silent[0]).values(held_back))
        withdrawn = {"state": "superseded", "reason_code": "stage_closed", "letter": ""}
        connection.execute(update(outbox).where(outbox.c.key == gone[0]).values(withdrawn))
    told = [archive.reason(key) for key, _ in (twice, unknown, silent, gone, receipts)]
    assert told == [
        ("duplicate", "arrived_twice"),
        ("unknown", "unknown_try"),
        ("suppressed", "S-7"),
        ("superseded", "stage_closed"),
        ("sent_once", ""),
    ]


def test_projects_that_did_not_live_then_are_left_out(archive: Archive) -> None:
    with writing(archive.engine) as connection:
        first = project.c.project_id == "US18F-000001"
        connection.execute(update(project).where(first).values(closed_at=archive.span.since - DAY))
    found, _ = archive.proved()
    assert [one.project_id for one in found] == [f"US18F-{number:06}" for number in range(2, 6)]


def test_the_command_adds_up_and_ends_as_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    migrate.upgrade(url)
    archive = Archive(open_engine(url))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUNTONG_DATABASE_URL", url)
    monkeypatch.setenv("CUNTONG_PORT", str(free_port()))
    asked = ["prove-reminders", "--month", "2018-09"]
    assert main([*asked, "--csv", str(tmp_path / "proof.csv"), "--lang", "zh-CN"]) == 3, "no engine to ask"
    said = capsys.readouterr()
    assert "证明成立：无缺失，无重复。" in said.out
    assert "引擎未应答" in said.err
    with (tmp_path / "proof.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    _, totals = archive.proved()
    assert Counter(row["fate"] for row in rows) == totals.fates
    mailroom.tried(archive.engine, archive.lettered(0)[1], archive.now, "accepted")
    assert main([*asked, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["is_proved"], answer["totals"]["fates"]["duplicate"], answer["differing"]) == (False, 1, None)
    assert main([*asked, "--lang", "en"]) == 1
    assert "received more than once (arrived_twice)" in capsys.readouterr().out
    for month, code in (("2018-13", "proof.bad_month"), ("September", "proof.bad_month")):
        assert main(["prove-reminders", "--month", month, "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["error"]["code"] == code
    assert main([*asked, "--project", "US18F-999999", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "project.unknown"
