"""`silence`: notices that an office holds back for a stated time and reason, and what each silence has held back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter, validators

from cli.desk import Desk, Shared
from cli.people import shown
from infra.db.in_force import InForce
from infra.db.policies import Policies
from infra.db.silences import SCOPE, Found, HeldBack, SilenceRow, Silences
from infra.files.policies import load_tree, roles
from rules.moment import written
from rules.silence import check, may_end
from schemas.reason import Param, Refusal
from schemas.silence import Silence, SilenceRequest

Number = Annotated[int, Parameter(help="暂停编号 / number of the silence", validator=validators.Number(gte=1))]
Limit = Annotated[
    int, Parameter(help="最多条数 / at most so many, 1-1000", validator=validators.Number(gte=1, lte=1000))
]
_NOTICE_COLUMNS = ("at", "id", "place", "stage", "rung", "person")


def add(
    *,
    until: Annotated[str, Parameter(help="末日（含）/ last day: 2018-09-20, or +5d for working days from now")],
    reason: Annotated[str, Parameter(help="理由 / reason")],
    project: Annotated[str, Parameter(help="项目编号 / project id")] = "",
    area: Annotated[str, Parameter(help="行政区划代码开头 / prefix of the village code")] = "",
    builder: Annotated[str, Parameter(help="承建单位 / builder")] = "",
    stage: Annotated[str, Parameter(help="环节代码 / stage")] = "",
    rung: Annotated[str, Parameter(help="督办级别代码 / rung of the ladder")] = "",
    person: Annotated[str, Parameter(help="收件人编号 / receiver, person id")] = "",
    preview: Annotated[bool, Parameter(negative=(), help="只预览，不生效 / only show what it would hold back")] = False,
    shared: Shared | None = None,
) -> int:
    """Hold notices back until a day; clocks and escalations go on, and what is held back stays on record."""
    desk, now = Desk(shared), datetime.now(UTC)
    manner = InForce(Policies(desk.records)).manner()
    request = SilenceRequest(
        project_id=project,
        area=area,
        builder=builder,
        stage=stage,
        rung=rung,
        person_id=person,
        reason=reason,
        until_at=written(until, manner.calendar, now),
    )
    silences, actor = Silences(desk.records), desk.actor()
    with desk.refusals.kept(actor.person_id, "silence_add", is_wanted=not preview):
        named = silences.named(request, now)
        check(request, actor, manner.policy, now, named=named, roles=roles(load_tree()))
        known = None if preview else silences.add(request, actor.person_id, now)
    waiting = silences.waiting(request, manner.policy.unsilenced_from_level)
    _draw(desk, waiting)
    told: dict[str, Param] = {
        "scope": _scope(desk, request),
        "until": shown(request.until_at),
        "count": waiting.total,
    }
    if known is None:
        desk.line("silence.preview", **told)
    else:
        desk.line("silence.added", number=known.number, **told)
    if manner.policy.unsilenced_from_level is not None:
        desk.line("silence.unsilenced", level=manner.policy.unsilenced_from_level)
    return desk.answer({"silence": known or request, "is_preview": preview, "waiting": _plain(waiting)})


def list_(
    *,
    all_: Annotated[
        bool, Parameter(name="--all", negative=(), help="含已结束的 / those that are over as well")
    ] = False,
    limit: Limit = 50,
    shared: Shared | None = None,
) -> int:
    """List silences with how many notices each has held back, the latest first."""
    desk, now = Desk(shared), datetime.now(UTC)
    rows = Silences(desk.records).rows(None if all_ else now, limit)
    names = ("number", "owner", "scope", "reason", "since", "until", "suppressed")
    desk.table([f"silence.column.{name}" for name in names], [_line(desk, row, now) for row in rows])
    desk.line("silence.listed", count=len(rows))
    return desk.answer({"silences": [{**row.model_dump(mode="json"), "is_live": row.is_live(now)} for row in rows]})


def show(number: Number, /, *, limit: Limit = 50, shared: Shared | None = None) -> int:
    """Show a silence and the notices that it has held back."""
    desk, now = Desk(shared), datetime.now(UTC)
    silences = Silences(desk.records)
    known, found = silences.one(number), silences.suppressed(number, limit)
    desk.line(
        "silence.shown",
        number=known.number,
        scope=_scope(desk, known),
        owner=known.owner,
        reason=known.reason,
        since=shown(known.since_at),
        until=_until(desk, known, now),
    )
    _draw(desk, found)
    desk.line("silence.held_back", count=found.total)
    return desk.answer({"silence": known, "is_live": known.is_live(now), "suppressed": _plain(found)})


def end(number: Number, /, *, shared: Shared | None = None) -> int:
    """End a silence early; what it has held back is not sent any more."""
    desk, now = Desk(shared), datetime.now(UTC)
    silences, actor = Silences(desk.records), desk.actor()
    with desk.refusals.kept(actor.person_id, "silence_end"):
        known = silences.one(number)
        if why := may_end(actor, known, silences.posts(known.owner, now), roles(load_tree())):
            raise Refusal(why.code, why.kind, **why.params)
        ended = silences.end(number, actor.person_id, now)
    desk.line("silence.ended", number=number, count=known.suppressed)
    return desk.answer({"silence": ended, "suppressed": known.suppressed})


def _draw(desk: Desk, found: Found) -> None:
    if found.rows:
        desk.table([f"column.{name}" for name in _NOTICE_COLUMNS], [_notice(desk, row) for row in found.rows])
    if found.total > len(found.rows):
        desk.line("silence.more", count=found.total - len(found.rows))


def _notice(desk: Desk, row: HeldBack) -> tuple[str, ...]:
    is_chinese = desk.lang.startswith("zh")
    stage, rung = (row.stage_title_zh, row.rung_title_zh) if is_chinese else (row.stage_title_en, row.rung_title_en)
    return (shown(row.created_at), row.project_id, row.place, stage, rung, row.name or row.person_id or "—")


def _line(desk: Desk, row: SilenceRow, now: datetime) -> tuple[str, ...]:
    told = (str(row.number), row.owner, _scope(desk, row), row.reason, shown(row.since_at))
    return (*told, _until(desk, row, now), str(row.suppressed))


def _scope(desk: Desk, request: SilenceRequest) -> str:
    """Return in words what a silence is about."""
    parts = [(name, getattr(request, name)) for name in SCOPE]
    told = [desk.say(f"silence.scope.{name}", value=value) for name, value in parts if value]
    return ("，" if desk.lang.startswith("zh") else ", ").join(told)


def _until(desk: Desk, known: Silence, now: datetime) -> str:
    if known.ended_at:
        return desk.say("silence.ended_early", at=shown(known.ended_at), person=known.ended_by)
    return shown(known.until_at) if known.is_live(now) else desk.say("silence.was_until", at=shown(known.until_at))


def _plain(found: Found) -> dict[str, object]:
    return {"total": found.total, "notices": [row.model_dump(mode="json") for row in found.rows]}
