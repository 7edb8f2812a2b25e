"""`inbox`: what a person was told, the newest first, and what still waits for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter, validators

from cli.desk import Desk, Shared
from infra.db.in_force import InForce
from infra.db.inbox import Inbox, InboxRow
from infra.db.policies import Policies
from rules import notice
from rules.reader import Reader
from schemas.reason import ErrorKind, Refusal

_COLUMNS = ("at", "id", "place", "stage", "rung", "due", "state", "todo")


def inbox(
    *,
    open_: Annotated[
        bool, Parameter(name="--open", negative=(), help="只列尚待办理且未签收的 / only what still asks for something")
    ] = False,
    limit: Annotated[
        int, Parameter(help="最多条数 / at most so many, 1-1000", validator=validators.Number(gte=1, lte=1000))
    ] = 50,
    shared: Shared | None = None,
) -> int:
    """List the notices of a person, the newest first, whatever became of letters; `--as` says whose."""
    desk, now = Desk(shared), datetime.now(UTC)
    owner = desk.settings.acting_as
    if not owner:
        raise Refusal("actor.none", ErrorKind.INVALID)
    rows = Inbox(desk.records).rows(owner, now, is_open=open_, limit=limit)
    calendar = InForce(Policies(desk.records)).manner().calendar
    reader = Reader(desk.lang, calendar.document.utc_offset_hours)
    desk.table([f"column.{name}" for name in _COLUMNS], [_line(desk, row, reader) for row in rows])
    waiting = sum(1 for row in rows if row.is_open and row.promised_at is None)
    desk.line("inbox.listed", count=len(rows), waiting=waiting, person=owner)
    return desk.answer({"person_id": owner, "notices": rows})


def _line(desk: Desk, row: InboxRow, reader: Reader) -> tuple[str, ...]:
    told = notice.view(row, reader)
    where = (reader.moment(row.created_at), row.project_id, told.place, told.stage, told.rung, told.due)
    return (*where, desk.word("message_state", row.state), _step(desk, row, reader, told.step))


def _step(desk: Desk, row: InboxRow, reader: Reader, step: str) -> str:
    """Return what there is to do about a notice."""
    if not (row.stage or row.matter):
        return step
    if not row.is_open:
        return desk.say("inbox.over")
    if row.promised_at:
        return desk.say("inbox.acknowledged", person=row.acknowledged_by, promised=reader.due(row.promised_at))
    return step
