"""The journal and what follows from it, written in one transaction: all of it or nothing, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from infra.db import messages
from infra.db.engine import writing
from infra.db.tables import journal, matter, project, stage
from infra.db.upsert import upsert
from rules import outbox as drafting
from rules import projection
from rules.evolve import evolve
from rules.outbox import Draft, Withdrawal
from rules.policy import Rulebook, Shelf, canonical
from rules.projection import matter_rows
from schemas.event import ChangeEffected, DutyReassigned, Entry, PoliciesMigrated, RungFired
from schemas.record import Commit, Committed
from schemas.state import ProjectState


class JournalConflictError(Exception):
    """The journal holds something else at that place, or the entries do not follow it. A person must look."""


@dataclass
class _Step:
    """What one entry after the other adds to a transaction."""

    state: ProjectState
    drafts: list[Draft]
    withdrawals: list[Withdrawal]


class Records:
    """Writes the journal, the read model and the outbox."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        """Take what is needed.

        Args:
            engine: Database of the records.
            shelf: Policies by reference.
        """
        self._engine = engine
        self._shelf = shelf
        self._upsert_stages = upsert(engine, stage)
        self._upsert_matters = upsert(engine, matter)

    def commit(self, batch: Commit) -> Committed:
        """Write entries of one project, the rows of its read model and its messages, in one transaction.

        Writing the same entries again changes nothing, also when two processes do so at the same moment. Where other
        entries stand at that place, nothing is written and the answer brings those instead.

        Returns:
            Where the journal stands now, whether all entries had been there, and what stands there instead.

        Raises:
            JournalConflictError: There is a gap before or between the entries, or they cannot follow the journal.
            PolicyMissingError: A policy of the project is not published here; try again when it is.
        """
        try:
            return self._commit(batch)
        except IntegrityError:
            return self._commit(batch)  # somebody wrote the first entries at the same moment: now they can be seen

    def _commit(self, batch: Commit) -> Committed:
        _check_order(batch)
        with writing(self._engine) as connection:
            seq, before = _locked(connection, batch.project_id)
            new = [entry for entry in batch.entries if entry.seq > seq]
            known = _stored(connection, batch) if len(new) < len(batch.entries) else ()
            if known[: len(batch.entries)] != batch.entries[: len(known)]:
                return Committed(seq=seq, instead=known)
            if not new:
                return Committed(seq=seq, is_repeat=True)
            if new[0].seq != seq + 1:
                raise JournalConflictError(f"{batch.project_id}: entry {new[0].seq} does not follow entry {seq}")
            self._append(connection, batch.project_id, before, new)
            return Committed(seq=new[-1].seq)

    def _append(
        self, connection: Connection, project_id: str, before: ProjectState | None, new: Sequence[Entry]
    ) -> None:
        step = self._folded(connection, project_id, before, new)
        at, book = new[-1].at, self._shelf.book(step.state.pins)
        row = {
            **projection.project_row(step.state, book, at).model_dump(),
            "state": step.state.model_dump_json(),
        }
        changed = connection.execute(_UPDATE_PROJECT, {**row, "key": project_id, "known_seq": new[0].seq - 1})
        if not changed.rowcount:
            connection.execute(insert(project), row)
        connection.execute(insert(journal), [_journal_row(project_id, entry) for entry in new])
        rows = projection.stage_rows(step.state, book, at, before)
        if rows:
            connection.execute(self._upsert_stages, [one.model_dump() for one in rows])
        gone = sorted(set(before.stages) - set(step.state.stages)) if before else []
        if gone:  # stages ahead that the policies now in force do not have
            connection.execute(delete(stage).where(stage.c.project_id == project_id, stage.c.stage.in_(gone)))
        self._keep_matters(connection, step.state, before, book)
        for withdrawal in step.withdrawals:
            messages.withdraw(connection, project_id, withdrawal, at)
        if step.drafts:
            messages.put(connection, step.drafts, at)
        if any(isinstance(entry.event, DutyReassigned | ChangeEffected | PoliciesMigrated) for entry in new):
            messages.readdress(connection, step.state, book, at)

    def _keep_matters(
        self, connection: Connection, state: ProjectState, before: ProjectState | None, book: Rulebook
    ) -> None:
        """Bring the rows of what waits for a decision up to date; what was decided goes, the journal keeps it."""
        known = before.matters if before else ()
        if state.matters == known and (before is None or before.pins == state.pins):
            return
        waiting = {one.key for one in state.matters}
        gone = [one.key for one in known if one.key not in waiting]
        if gone:
            connection.execute(_DECIDED, {"of_project": state.project.project_id, "keys": gone})
        if state.matters:
            connection.execute(self._upsert_matters, [row.model_dump() for row in matter_rows(state, book)])

    def _folded(
        self, connection: Connection, project_id: str, before: ProjectState | None, new: Sequence[Entry]
    ) -> _Step:
        state = before
        drafts: list[Draft] = []
        withdrawals: list[Withdrawal] = []
        for entry in new:
            former = state
            try:
                state = evolve(state, entry)
            except (ValueError, KeyError) as problem:
                raise JournalConflictError(f"{project_id}: entry {entry.seq} cannot follow: {problem}") from problem
            taken = [*drafting.withdrawals(entry), *drafting.passed_on(former, state)]
            drafts = drafting.settle(drafts, taken)
            withdrawals += [one for one in taken if one not in withdrawals]
            if isinstance(entry.event, RungFired):
                seats, people = messages.around(connection, state, entry.at)
                book = self._shelf.book(state.pins)
                drafts += drafting.drafts(entry, state, seats, people, book)
        if state is None or state.project.project_id != project_id:
            raise JournalConflictError(f"{project_id}: the entries are of another project")
        return _Step(state, drafts, withdrawals)


def _check_order(batch: Commit) -> None:
    seqs = [entry.seq for entry in batch.entries]
    if not seqs or seqs != list(range(seqs[0], seqs[0] + len(seqs))) or seqs[0] < 1:
        raise JournalConflictError(f"{batch.project_id}: entries do not follow one another: {seqs}")


_LOCKED = select(project.c.seq, project.c.state).where(project.c.project_id == bindparam("key")).with_for_update()
_STORED = (
    select(journal.c.entry)
    .where(journal.c.project_id == bindparam("key"), journal.c.seq >= bindparam("first"))
    .order_by(journal.c.seq)
)
_DECIDED = delete(matter).where(
    matter.c.project_id == bindparam("of_project"), matter.c.key.in_(bindparam("keys", expanding=True))
)
_UPDATE_PROJECT = update(project).where(
    project.c.project_id == bindparam("key"), project.c.seq == bindparam("known_seq")
)


def _locked(connection: Connection, project_id: str) -> tuple[int, ProjectState | None]:
    """Return where the journal of a project stands; its row is ours until the end of the transaction."""
    row = connection.execute(_LOCKED, {"key": project_id}).first()
    if row is None or row.state is None:
        return 0, None
    state = ProjectState.model_validate_json(row.state)
    if state.seq != row.seq:
        raise JournalConflictError(f"{project_id}: the state is at {state.seq}, its row at {row.seq}")
    return state.seq, state


def _stored(connection: Connection, batch: Commit) -> tuple[Entry, ...]:
    """Return everything that stands in the journal from the first entry of a batch on."""
    asked = {"key": batch.project_id, "first": batch.entries[0].seq}
    return tuple(Entry.model_validate_json(text) for text in connection.execute(_STORED, asked).scalars())


def _canonical(entry: Entry) -> str:
    return canonical(entry.model_dump(mode="json"))


def _journal_row(project_id: str, entry: Entry) -> dict[str, Any]:
    return {
        "project_id": project_id,
        "seq": entry.seq,
        "at": entry.at,
        "by": entry.by,
        "command_id": entry.command_id,
        "type": entry.event.type,
        "entry": _canonical(entry),
    }
