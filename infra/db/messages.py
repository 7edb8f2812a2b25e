"""The outbox from the journal's side: messages come, are taken back, grow out of date, and find another receiver.

What has been tried may have arrived, and keeps its receiver. Everything here happens inside the caller's transaction,
which holds the row of the project: entries of one project and changes of the directory take turns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, exists, or_, select, update

from infra.db.seats import people_of, seats_near
from infra.db.tables import journal, outbox, project
from infra.db.upsert import insert_once
from rules import outbox as drafting
from rules.outbox import OUTDATED, READDRESSED, Draft, Withdrawal
from rules.policy import Rulebook
from schemas.directory import Person, Seat
from schemas.event import Entry
from schemas.policy import Pins
from schemas.state import ProjectState


def around(connection: Connection, state: ProjectState, at: datetime) -> tuple[list[Seat], dict[str, Person]]:
    """Return who can receive messages about a project: posts with their holders at an instant, and people by id."""
    seats, people = seats_near(connection, state.project.village_code, at)
    if state.assigned:
        people = {**people, **people_of(connection, state.assigned.values(), at)}
    return seats, people


def put(connection: Connection, drafts: Sequence[Draft], at: datetime) -> None:
    """Put messages about one project into the outbox, once each; reminders they make out of date are taken back."""
    connection.execute(insert_once(connection, outbox), [_row(draft) for draft in drafts])
    connection.execute(_OUTDATE, {"of_project": drafts[0].project_id, "at": at})


def withdraw(connection: Connection, project_id: str, withdrawal: Withdrawal, at: datetime) -> None:
    """Take messages back; one that is on the wire is only marked, its sender finds out (see `infra.db.outbox`)."""
    asked = {"of_project": project_id, "code": withdrawal.reason_code, "at": at}
    stages, matters = withdrawal.stages, withdrawal.matters
    if stages is None and matters is None:
        connection.execute(_WITHDRAW, asked)
        return
    if stages is None:
        connection.execute(_WITHDRAW_OF_WORK, asked)
    elif stages:
        connection.execute(_WITHDRAW_OF_STAGES, {**asked, "stages": list(stages)})
    if matters:
        connection.execute(_WITHDRAW_OF_MATTERS, {**asked, "matters": list(matters)})


def readdress(connection: Connection, state: ProjectState, book: Rulebook, at: datetime) -> None:
    """Give the untried messages about a project to those who have the duty now.

    A message to another person is another message, with a key of its own; the old one stays on record.
    """
    project_id = state.project.project_id
    waiting = connection.execute(_UNTRIED, {"of_project": project_id}).all()
    if not waiting:
        return
    seats, people = around(connection, state, at)
    for seq, group in groupby(waiting, key=lambda row: row.seq):
        rows = list(group)
        text = connection.execute(_ENTRY, {"of_project": project_id, "of_seq": seq}).scalar_one()
        roles = list(dict.fromkeys(role for row in rows for role in row.roles.split(",")))
        entry, mail_on = Entry.model_validate_json(text), rows[0].mail_on
        _replace(connection, rows, drafting.drafts(entry, state, seats, people, book, mail_on=mail_on, roles=roles), at)
    connection.execute(_OUTDATE, {"of_project": project_id, "at": at})


def readdress_all(connection: Connection, book: Callable[[Pins], Rulebook], at: datetime) -> None:
    """Do so for every project with untried messages: few, unless a channel is down."""
    for project_id in connection.execute(_WITH_UNTRIED).scalars().all():
        text = connection.execute(_STATE, {"of_project": project_id}).scalar_one()
        state = ProjectState.model_validate_json(text)
        readdress(connection, state, book(state.pins), at)


def _replace(connection: Connection, rows: Sequence[Row[Any]], drafts: Sequence[Draft], at: datetime) -> None:
    keys = {draft.key for draft in drafts}
    gone = [{"of_key": row.key, "at": at} for row in rows if row.key not in keys]
    if gone:
        connection.execute(_PASS_ON, gone)
    for draft in drafts:
        now = {name: getattr(draft, name) for name in _WHY_THIS_PERSON}
        standing = update(outbox).where(outbox.c.key == draft.key, or_(_IS_UNTRIED, _IS_PASSED_ON))
        if not connection.execute(standing.values(**now, withdrawn_at=None)).rowcount:
            connection.execute(insert_once(connection, outbox), _row(draft))


_WHY_THIS_PERSON = ("roles", "vacant", "vacant_zh", "vacant_en", "state", "reason_code")


def _row(draft: Draft) -> dict[str, Any]:
    withdrawn_at = draft.created_at if draft.state == "superseded" else None
    return {**asdict(draft), "withdrawn_at": withdrawn_at, "attempts": 0, "unknowns": 0, "epoch": 0}


_IS_UNTRIED = outbox.c.state.in_(("waiting", "held"))
_IS_PASSED_ON = and_(outbox.c.state == "superseded", outbox.c.reason_code == READDRESSED)
_OF_PROJECT = outbox.c.project_id == bindparam("of_project")

_UNTRIED = select(outbox).where(_OF_PROJECT, _IS_UNTRIED).order_by(outbox.c.seq, outbox.c.key).with_for_update()
_WITH_UNTRIED = select(outbox.c.project_id).where(_IS_UNTRIED).distinct().order_by(outbox.c.project_id)
_STATE = select(project.c.state).where(project.c.project_id == bindparam("of_project")).with_for_update()
_ENTRY = select(journal.c.entry).where(
    journal.c.project_id == bindparam("of_project"), journal.c.seq == bindparam("of_seq")
)
_PASS_ON = (
    update(outbox)
    .where(outbox.c.key == bindparam("of_key"))
    .values(state="superseded", reason_code=READDRESSED, withdrawn_at=bindparam("at"))
)

_later = outbox.alias("later")
_OUTDATE = (
    update(outbox)
    .where(
        _OF_PROJECT,
        outbox.c.kind == "reminder",
        outbox.c.state == "pending",
        # What waits is of the live turn, for the end of a turn takes all its messages: so what came later is, too.
        exists().where(
            _later.c.project_id == outbox.c.project_id,
            _later.c.stage == outbox.c.stage,
            _later.c.matter == outbox.c.matter,
            _later.c.person_id == outbox.c.person_id,
            _later.c.seq > outbox.c.seq,
            _later.c.state.not_in(("superseded", "held")),
        ),
    )
    .values(state="superseded", reason_code=OUTDATED, withdrawn_at=bindparam("at"))
)
_WITHDRAW = (
    update(outbox)
    .where(_OF_PROJECT, outbox.c.state.in_(("pending", "held", "sending", "dead")), outbox.c.withdrawn_at.is_(None))
    .values(
        state=case((outbox.c.state.in_(("sending", "dead")), outbox.c.state), else_="superseded"),
        reason_code=case((outbox.c.state == "dead", outbox.c.reason_code), else_=bindparam("code")),
        withdrawn_at=bindparam("at"),
    )
)
"""What was given up stays so for people to see, and is marked: nobody can bring it back any more."""

_WITHDRAW_OF_WORK = _WITHDRAW.where(outbox.c.matter == "")
_WITHDRAW_OF_STAGES = _WITHDRAW_OF_WORK.where(outbox.c.stage.in_(bindparam("stages", expanding=True)))
_WITHDRAW_OF_MATTERS = _WITHDRAW.where(outbox.c.matter.in_(bindparam("matters", expanding=True)))
