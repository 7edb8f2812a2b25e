"""The outbox from the journal's side: notices come, are taken back, grow out of date, and find another receiver.

What has been tried may have arrived, and keeps its receiver: a notice is untried while it waits or is held, and in a
letter that nobody has tried. Everything here happens inside the caller's transaction, which holds the row of the
project: entries of one project and changes of the directory take turns.

The order of locks is the same everywhere, so that nobody waits for one who waits for him: the project, the notices
that wait, then the letters in order of their keys. What was waiting a moment ago may be in a letter by now; therefore
what waits is always looked at before the letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, case, exists, false, or_, select, true, update

from infra.db.seats import people_of, seats_near
from infra.db.tables import journal, letter, outbox, project
from infra.db.upsert import insert_once
from rules import outbox as drafting
from rules.outbox import OUTDATED, READDRESSED, Draft, Withdrawal
from rules.policy import Rulebook
from schemas.directory import Person, Seat
from schemas.event import Entry
from schemas.policy import Pins
from schemas.state import ProjectState

EMPTIED = "emptied"
"""Reason code of a letter that nobody had tried when its last notice was taken out of it."""


def around(connection: Connection, state: ProjectState, at: datetime) -> tuple[list[Seat], dict[str, Person]]:
    """Return who can receive notices about a project: posts with their holders at an instant, and people by id."""
    seats, people = seats_near(connection, state.project.village_code, at)
    if state.assigned:
        people = {**people, **people_of(connection, state.assigned.values(), at)}
    return seats, people


def put(connection: Connection, drafts: Sequence[Draft], at: datetime) -> None:
    """Put notices about one project into the outbox, once each; reminders they make out of date are taken back."""
    connection.execute(insert_once(connection, outbox), [_row(draft) for draft in drafts])
    _outdate(connection, drafts[0].project_id, at)


def withdraw(connection: Connection, project_id: str, withdrawal: Withdrawal, at: datetime) -> None:
    """Take notices back.

    What waits, or is in a letter that nobody has tried, is superseded. What is in a letter that was tried and may not
    have arrived stays there and is marked: its sender finds out (see `infra.db.outbox`).
    """
    meant = _meant(withdrawal)
    if meant is None:
        return
    mine = and_(outbox.c.project_id == project_id, meant)
    taken = {"state": "superseded", "reason_code": withdrawal.reason_code, "withdrawn_at": at}
    connection.execute(update(outbox).where(mine, _WAITS).values(taken))
    untried, tried = _undelivered(connection, outbox.c.project_id == project_id)
    _take_out(connection, _in(connection, untried, mine), taken)
    if tried:
        marks = {"reason_code": withdrawal.reason_code, "withdrawn_at": at}
        connection.execute(update(outbox).where(mine, _WRITTEN, outbox.c.letter.in_(tried)).values(marks))


def readdress(connection: Connection, state: ProjectState, book: Rulebook, at: datetime) -> None:
    """Give the untried notices about a project to those who have the duty now.

    A notice to another person is another notice, with a key of its own; the old one stays on record, and leaves its
    letter.
    """
    project_id = state.project.project_id
    mine = outbox.c.project_id == project_id
    waiting = connection.execute(select(outbox).where(mine, _WAITS).with_for_update()).all()
    lettered = _in(connection, _undelivered(connection, mine)[0], mine)
    untried = sorted((*waiting, *lettered), key=lambda row: (row.seq, row.key))
    if not untried:
        return
    seats, people = around(connection, state, at)
    for seq, group in groupby(untried, key=lambda row: row.seq):
        rows = list(group)
        text = connection.execute(_ENTRY, {"of_project": project_id, "of_seq": seq}).scalar_one()
        roles = list(dict.fromkeys(role for row in rows for role in row.roles.split(",")))
        entry = Entry.model_validate_json(text)
        _replace(connection, rows, drafting.drafts(entry, state, seats, people, book, roles=roles), at)
    _outdate(connection, project_id, at)


def readdress_all(connection: Connection, book: Callable[[Pins], Rulebook], at: datetime) -> None:
    """Do so for every project with untried notices: those of a day, and more when a channel is down."""
    projects = connection.execute(_WITH_UNTRIED).scalars().all()
    _undelivered(connection, true())
    for project_id in projects:
        text = connection.execute(_STATE, {"of_project": project_id}).scalar_one()
        state = ProjectState.model_validate_json(text)
        readdress(connection, state, book(state.pins), at)


def _meant(withdrawal: Withdrawal) -> ColumnElement[bool] | None:
    """Return the condition that a withdrawal means a notice of its project; None when it means none."""
    stages, matters = withdrawal.stages, withdrawal.matters
    if stages is None and matters is None:
        return true()
    parts = []
    if stages is None:
        parts.append(outbox.c.matter == "")
    elif stages:
        parts.append(and_(outbox.c.matter == "", outbox.c.stage.in_(stages)))
    if matters is None:
        parts.append(outbox.c.matter != "")
    elif matters:
        parts.append(outbox.c.matter.in_(matters))
    return or_(false(), *parts) if parts else None


def _undelivered(connection: Connection, notices: ColumnElement[bool]) -> tuple[list[str], list[str]]:
    """Return the letters, untried and tried, that some notices are in and that may not have arrived.

    They are locked until the end of the transaction, in order, so that two transactions do not wait for each other.
    Whoever tries a letter locks it first: what is untried here stays so.
    """
    named = select(outbox.c.letter).where(notices, _WRITTEN)
    query = select(letter.c.key, letter.c.attempts).where(letter.c.key.in_(named), letter.c.state != "delivered")
    rows = connection.execute(query.order_by(letter.c.key).with_for_update()).all()
    return [row.key for row in rows if not row.attempts], [row.key for row in rows if row.attempts]


def _in(connection: Connection, letters: Sequence[str], which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Return notices that are in some letters."""
    if not letters:
        return ()
    return connection.execute(select(outbox).where(which, _WRITTEN, outbox.c.letter.in_(letters))).all()


def _take_out(connection: Connection, rows: Sequence[Row[Any]], values: dict[str, Any]) -> None:
    """Take notices out of untried letters that are locked by us; a letter without any is superseded."""
    if not rows:
        return
    these = outbox.c.key.in_([row.key for row in rows])
    connection.execute(update(outbox).where(these).values(letter="", **values))
    counts = Counter(row.letter for row in rows)
    connection.execute(_LIGHTEN, [{"of_key": key, "less": count} for key, count in counts.items()])


def _outdate(connection: Connection, project_id: str, at: datetime) -> None:
    """Take back untried reminders about a project when a later rung of the same turn speaks to the same person."""
    outdated = and_(outbox.c.kind == "reminder", _HAS_LATER)
    taken = {"state": "superseded", "reason_code": OUTDATED, "withdrawn_at": at}
    mine = and_(outbox.c.project_id == project_id, outbox.c.state == "waiting")
    connection.execute(update(outbox).where(mine, outdated).values(taken))
    untried, _ = _undelivered(connection, outbox.c.project_id == project_id)
    _take_out(connection, _in(connection, untried, and_(outbox.c.project_id == project_id, outdated)), taken)


def _replace(connection: Connection, rows: Sequence[Row[Any]], drafts: Sequence[Draft], at: datetime) -> None:
    keys = {draft.key for draft in drafts}
    passed_on = {"state": "superseded", "reason_code": READDRESSED, "withdrawn_at": at}
    gone = [row for row in rows if row.key not in keys]
    if waited := [row.key for row in gone if not row.letter]:
        connection.execute(update(outbox).where(outbox.c.key.in_(waited)).values(passed_on))
    _take_out(connection, [row for row in gone if row.letter], passed_on)
    written = {row.key for row in rows if row.letter}
    for draft in drafts:
        why = {name: getattr(draft, name) for name in _WHY_THIS_PERSON}
        if draft.key in written:
            connection.execute(update(outbox).where(outbox.c.key == draft.key).values(why))
            continue
        now = {**why, "state": draft.state, "reason_code": draft.reason_code, "withdrawn_at": None}
        standing = update(outbox).where(outbox.c.key == draft.key, or_(_WAITS, _IS_PASSED_ON))
        if not connection.execute(standing.values(now)).rowcount:
            connection.execute(insert_once(connection, outbox), _row(draft))


_WHY_THIS_PERSON = ("roles", "vacant", "vacant_zh", "vacant_en", "step")


def _row(draft: Draft) -> dict[str, Any]:
    withdrawn_at = draft.created_at if draft.state == "superseded" else None
    return {**asdict(draft), "withdrawn_at": withdrawn_at}


_WAITS = outbox.c.state.in_(("waiting", "held"))
_IS_PASSED_ON = and_(outbox.c.state == "superseded", outbox.c.reason_code == READDRESSED)
_WRITTEN = and_(outbox.c.state == "written", outbox.c.withdrawn_at.is_(None))
_IS_UNTRIED = or_(_WAITS, and_(_WRITTEN, exists().where(letter.c.key == outbox.c.letter, letter.c.attempts == 0)))
_WITH_UNTRIED = (
    select(project.c.project_id)
    .where(project.c.project_id.in_(select(outbox.c.project_id).where(_IS_UNTRIED)))
    .order_by(project.c.project_id)
    .with_for_update()
)
_STATE = select(project.c.state).where(project.c.project_id == bindparam("of_project"))
_ENTRY = select(journal.c.entry).where(
    journal.c.project_id == bindparam("of_project"), journal.c.seq == bindparam("of_seq")
)
_LIGHTEN = (
    update(letter)
    .where(letter.c.key == bindparam("of_key"))
    .values(
        notices=letter.c.notices - bindparam("less"),
        state=case((letter.c.notices == bindparam("less"), "superseded"), else_=letter.c.state),
        reason_code=case((letter.c.notices == bindparam("less"), EMPTIED), else_=letter.c.reason_code),
        lease_until=case((letter.c.notices == bindparam("less"), None), else_=letter.c.lease_until),
    )
)

_later = outbox.alias("later")
_HAS_LATER = exists().where(
    # What waits is of the live turn, for the end of a turn takes all its notices: so what came later is, too.
    _later.c.project_id == outbox.c.project_id,
    _later.c.stage == outbox.c.stage,
    _later.c.matter == outbox.c.matter,
    _later.c.person_id == outbox.c.person_id,
    _later.c.seq > outbox.c.seq,
    _later.c.state.not_in(("superseded", "held", "suppressed")),
)
