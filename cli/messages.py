"""`messages list|retry`: what waits in the outbox, what was given up and why, and a further try for it."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter, validators
from sqlalchemy import ColumnElement, Engine, and_, func, select

from cli.desk import Desk, Shared
from infra.db.engine import reading
from infra.db.outbox import Outbox
from infra.db.tables import attempt, outbox, person
from schemas.delivery import OutboxState
from schemas.view import MessageRow

_COLUMNS = ("id", "stage", "rung", "person", "channel", "state", "attempts", "detail", "key")


class SentRow(MessageRow):
    """A message with what it says of itself.

    Attributes:
        place: Village.
        stage_title_zh: Name of the stage.
        stage_title_en: Name of the stage.
        rung_title_zh: Name of the rung.
        rung_title_en: Name of the rung.
        detail: What the other side answered to the last try.
    """

    place: str
    stage_title_zh: str
    stage_title_en: str
    rung_title_zh: str
    rung_title_en: str
    detail: str = ""


def list_(
    *,
    state: Annotated[tuple[OutboxState, ...], Parameter(help="状态 / state", negative=())] = (),
    project: Annotated[str, Parameter(help="项目编号 / project id")] = "",
    limit: Annotated[
        int, Parameter(help="最多条数 / at most so many, 1-1000", validator=validators.Number(gte=1, lte=1000))
    ] = 50,
    shared: Shared | None = None,
) -> int:
    """List messages, oldest first."""
    desk = Desk(shared)
    wanted: list[ColumnElement[bool]] = [outbox.c.state.in_(state)] if state else []
    wanted += [outbox.c.project_id == project] if project else []
    rows, total = _found(desk.records, wanted, limit)
    desk.table([f"column.{name}" for name in _COLUMNS], [_line(desk, row) for row in rows])
    desk.line("messages.listed", shown=len(rows), total=total)
    return desk.answer({"messages": rows, "total": total})


def retry(
    keys: Annotated[tuple[str, ...], Parameter(help="消息编号 / keys of messages; none: all that fit")] = (),
    /,
    *,
    channel: Annotated[str, Parameter(help="渠道 / channel")] = "",
    project: Annotated[str, Parameter(help="项目编号 / project id")] = "",
    shared: Shared | None = None,
) -> int:
    """Let messages that were given up be tried again; what was withdrawn stays so."""
    desk = Desk(shared)
    revived = Outbox(desk.records).revive(keys, channel=channel, project_id=project)
    desk.line("messages.revived" if revived else "messages.none_dead", count=len(revived))
    return desk.answer({"revived": revived})


def standing(desk: Desk, row: MessageRow) -> str:
    """Return in words where a message stands, and why."""
    state = desk.say(f"message_state.{row.state}")
    if not row.reason_code:
        return state
    reason = desk.word("message_reason", row.reason_code)
    return f"{state}（{reason}）" if desk.lang.startswith("zh") else f"{state} ({reason})"


def _found(engine: Engine, wanted: list[ColumnElement[bool]], limit: int) -> tuple[list[SentRow], int]:
    columns = [outbox.c[name] for name in SentRow.model_fields if name not in {"name", "detail"}]
    last = and_(attempt.c.key == outbox.c.key, attempt.c.number == outbox.c.attempts)
    query = (
        select(
            *columns,
            func.coalesce(person.c.name, "").label("name"),
            func.coalesce(attempt.c.detail, "").label("detail"),
        )
        .select_from(outbox)
        .outerjoin(person, person.c.person_id == outbox.c.person_id)
        .outerjoin(attempt, last)
        .where(*wanted)
        .order_by(outbox.c.created_at, outbox.c.key)
        .limit(limit)
    )
    with reading(engine) as connection:
        rows = [SentRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]
        return rows, connection.execute(select(func.count()).select_from(outbox).where(*wanted)).scalar_one()


def _line(desk: Desk, row: SentRow) -> tuple[str, ...]:
    is_chinese = desk.lang.startswith("zh")
    stage, rung = (row.stage_title_zh, row.rung_title_zh) if is_chinese else (row.stage_title_en, row.rung_title_en)
    told = (row.name or row.person_id or "—", desk.word("channel", row.channel), standing(desk, row), str(row.attempts))
    return (row.project_id, stage, rung, *told, row.detail or "—", row.key)
