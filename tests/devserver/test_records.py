"""The records keep every entry once, and everything that follows from it in the same transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.records import RecordsActivity
from infra.db.directory import People
from infra.db.engine import reading
from infra.db.records import JournalConflictError, Records
from infra.db.tables import outbox, project, stage
from infra.db.views import Views
from rules import projection
from rules.project import fold
from schemas.event import ProgressReported
from schemas.record import Commit, Committed
from schemas.state import ProjectState
from tests.support import books, journals, offices
from tests.support.journals import Journal
from workflows.ports import JOURNAL_CONFLICT

PROJECT = "US18F-000001"
STATEMENTS = 11  # the longest commit: a rung with a person named for the project; everything else needs fewer


@pytest.fixture
def records(engine: Engine) -> Records:
    People(engine).import_directory(offices.directory(), journals.STARTED_AT - timedelta(days=1))
    return Records(engine, books.shelf())


def keep(records: Records, journal: Journal) -> None:
    for commit in journal.commits:
        records.commit(commit)


def states(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return sorted(connection.execute(select(outbox.c.state)).scalars())


def test_a_commit_is_kept_and_found_again(records: Records, engine: Engine) -> None:
    journal = journals.eventful()
    keep(records, journal)
    assert Views(engine).journal(PROJECT) == journal.entries


def test_writing_the_same_again_changes_nothing(records: Records, engine: Engine) -> None:
    journal = journals.eventful()
    keep(records, journal)
    before = everything(engine)
    for commit in journal.commits:
        assert records.commit(commit) == Committed(seq=journal.now.seq, is_repeat=True)
    assert everything(engine) == before


def test_entries_known_in_part_are_completed(records: Records, engine: Engine) -> None:
    journal = journals.eventful()
    first, second = journal.entries[:5], journal.entries[:9]
    assert records.commit(Commit(project_id=PROJECT, entries=tuple(first))) == Committed(seq=5)
    assert records.commit(Commit(project_id=PROJECT, entries=tuple(second))) == Committed(seq=9)
    assert len(Views(engine).journal(PROJECT)) == 9


def test_what_was_written_first_is_what_happened(records: Records, engine: Engine) -> None:
    """Other entries at the same place change nothing: the answer brings those that stand there."""
    journal = journals.eventful()
    keep(records, journal)
    before = everything(engine)
    entry = journal.entries[3]
    for changes in (
        {"by": "somebody-else"},
        {"at": entry.at + timedelta(microseconds=1)},
        {"event": ProgressReported(stage="funding", percent=1)},
    ):
        changed = entry.model_copy(update=changes)
        answer = records.commit(Commit(project_id=PROJECT, entries=(changed,)))
        assert answer.instead == tuple(journal.entries[3:])
        assert (answer.seq, answer.is_repeat) == (journal.entries[-1].seq, False)
    assert everything(engine) == before


def test_a_gap_is_a_conflict(records: Records, engine: Engine) -> None:
    entries = journals.eventful().entries
    for wrong in (entries[1:2], [entries[0], entries[2]], []):
        with pytest.raises(JournalConflictError):
            records.commit(Commit(project_id=PROJECT, entries=tuple(wrong)))
    records.commit(Commit(project_id=PROJECT, entries=tuple(entries[:2])))
    with pytest.raises(JournalConflictError, match="entry 4 does not follow entry 2"):
        records.commit(Commit(project_id=PROJECT, entries=tuple(entries[3:4])))
    assert len(Views(engine).journal(PROJECT)) == 2


def test_entries_of_another_project_are_a_conflict(records: Records, engine: Engine) -> None:
    with pytest.raises(JournalConflictError, match="another project"):
        records.commit(Commit(project_id="US18F-000002", entries=tuple(journals.eventful().entries[:2])))
    assert everything(engine) == {"project": [], "stage": [], "outbox": []}


def test_the_read_model_equals_a_rebuild_from_the_journal_at_every_step(records: Records, engine: Engine) -> None:
    views, book = Views(engine), books.book()
    state: ProjectState | None = None
    for commit in journals.eventful().commits:
        records.commit(commit)
        state = fold(commit.entries, state)
        at = commit.entries[-1].at
        assert views.project(PROJECT) == projection.project_row(state, book, at)
        assert views.stages(PROJECT) == projection.stage_rows(state, book, at)
    rebuilt = fold(views.journal(PROJECT))
    assert rebuilt == state


def test_messages_come_and_go_with_the_entries_that_cause_it(records: Records, engine: Engine) -> None:
    journal = journals.Journal()
    journal.days(20)
    keep(records, journal)
    assert states(engine) == ["waiting"]
    journal.close()
    records.commit(journal.commits[-1])
    assert states(engine) == ["superseded"]
    rows = Views(engine).messages(PROJECT)
    assert {row.reason_code for row in rows} == {"stage_closed"}
    assert {row.name for row in rows} == {"of-provincial_supervisor 同志"}


@pytest.mark.parametrize("table", ["INSERT INTO journal", "INSERT INTO stage", "UPDATE outbox", "INSERT INTO outbox"])
def test_a_fault_in_the_middle_leaves_nothing(records: Records, engine: Engine, table: str) -> None:
    journal = journals.Journal()
    journal.days(40)
    late = [entry for commit in journal.commits[-1:] for entry in commit.entries]
    keep_until_last = journal.commits[:-1]
    journal.close()
    both = Commit(project_id=PROJECT, entries=(*late, *journal.commits[-1].entries))
    for commit in keep_until_last:
        records.commit(commit)
    before = everything(engine)

    def fail(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:  # noqa: ANN401 - an event of SQLAlchemy
        if statement.startswith(table):
            raise OSError("the disk is gone")

    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(OSError, match="the disk is gone"):
        records.commit(both)
    event.remove(engine, "before_cursor_execute", fail)
    assert everything(engine) == before
    assert records.commit(both) == Committed(seq=journal.now.seq)
    assert set(states(engine)) == {"superseded"}


def test_eight_threads_write_each_entry_once(records: Records, engine: Engine) -> None:
    shared = [journals.on_time(journals.project(f"US18F-{n:06d}", village_code=f"5333231{n:05d}")) for n in range(3)]

    def all_of(_thread: int) -> int:
        answers = [records.commit(commit) for journal in shared for commit in journal.commits]
        return sum(not answer.is_repeat for answer in answers)

    with ThreadPoolExecutor(8) as pool:
        fresh = sum(pool.map(all_of, range(8)))
    assert fresh == sum(len(journal.commits) for journal in shared)
    for journal in shared:
        assert len(Views(engine).journal(journal.now.project.project_id)) == journal.now.seq


def test_a_commit_stays_within_few_statements(records: Records, engine: Engine) -> None:
    counts: list[int] = []
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_o: statements.append(statement))
    for commit in journals.eventful().commits:
        statements.clear()
        records.commit(commit)
        counts.append(len(statements))
    assert max(counts) <= STATEMENTS


def test_a_registered_project_is_taken_over(records: Records, engine: Engine) -> None:
    registered = projection.registered_row(journals.project(), journals.STARTED_AT)
    with engine.begin() as connection:
        connection.execute(project.insert(), registered.model_dump())
    keep(records, journals.Journal())
    row = Views(engine).project(PROJECT)
    assert row is not None
    assert (row.status, row.seq) == ("running", 2)


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that a commit writes besides the journal itself."""
    with reading(engine) as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in (project, stage, outbox)
        }


def test_the_activity_says_that_trying_a_conflict_again_is_useless(records: Records) -> None:
    commit_activity = RecordsActivity(records).commit
    journal = journals.eventful()
    first, *_ = journal.commits
    assert ActivityEnvironment().run(commit_activity, first) == Committed(seq=2)
    assert ActivityEnvironment().run(commit_activity, first) == Committed(seq=2, is_repeat=True)
    other = Commit(project_id=PROJECT, entries=(journal.entries[5],))
    with pytest.raises(ApplicationError) as conflict:
        ActivityEnvironment().run(commit_activity, other)
    assert (conflict.value.type, conflict.value.non_retryable) == (JOURNAL_CONFLICT, True)
