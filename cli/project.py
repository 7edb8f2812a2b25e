"""`project list|show`, `board`: questions, answered from the records also while the engine is away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter, validators

from cli.desk import Desk, Shared
from cli.messages import standing
from rules import batch_why, clock, ladder, moment
from rules.headline import matter_title, rung_title, rung_topic
from rules.narrate import narrate
from rules.policy import PolicyMissingError, Rulebook
from rules.text import both
from schemas.policy import Pins
from schemas.reason import ErrorKind, Refusal
from schemas.view import BoardKey, MessageRow, ProjectFilter, ProjectRow, RowStatus, StageRow

_AHEAD = 6
ProjectId = Annotated[str, Parameter(help="项目编号 / project id, US18F-000001")]


def list_(
    *,
    status: Annotated[tuple[RowStatus, ...], Parameter(help="状态 / status", negative=())] = (),
    stage: Annotated[str, Parameter(help="在办环节 / open stage")] = "",
    area: Annotated[str, Parameter(help="区划代码前缀 / code prefix, 2-12 digits")] = "",
    builder: Annotated[str, Parameter(help="承建单位 / builder")] = "",
    overdue: Annotated[bool, Parameter(negative=(), help="仅逾期 / only overdue")] = False,
    limit: Annotated[
        int, Parameter(help="每页条数 / rows of a page, 1-1000", validator=validators.Number(gte=1, lte=1000))
    ] = 50,
    after: Annotated[str, Parameter(help="接上页最后一个编号 / last id of the page before")] = "",
    shared: Shared | None = None,
) -> int:
    """List projects by id."""
    desk, now = Desk(shared), datetime.now(UTC)
    wanted = ProjectFilter(statuses=status, stage=stage, area=area, builder=builder, is_overdue=overdue)
    rows = desk.views.projects(wanted, now=now, limit=limit, after=after)
    total = desk.views.count(wanted, now=now)
    names = ("id", "place", "technology", "status", "stage", "due", "level", "percent")
    desk.table([f"column.{name}" for name in names], [_line(desk, row, now) for row in rows])
    desk.line("project.listed", shown=len(rows), total=total)
    if rows and len(rows) < total and len(rows) == limit:
        desk.line("project.next_page", after=rows[-1].project_id)
    return desk.answer({"projects": rows, "total": total})


def show(
    project_id: ProjectId,
    /,
    *,
    journal: Annotated[bool, Parameter(help="显示流水 / show the journal")] = True,
    shared: Shared | None = None,
) -> int:
    """Show a project: stages, clocks, what lies ahead, messages and journal."""
    desk = Desk(shared)
    row = desk.views.project(project_id)
    if row is None:
        raise Refusal("project.unknown", ErrorKind.NOT_FOUND, project_id=project_id)
    stages, messages = desk.views.stages(project_id), desk.views.messages(project_id)
    entries = desk.views.journal(project_id)
    if not entries:
        desk.line("project.registered", project_id=project_id, place=row.place)
        return desk.answer({"project": row, "stages": [], "messages": [], "journal": [], "rungs": []})
    state = desk.views.state(project_id)
    book = desk.shelf.book(state.pins)
    ahead = ladder.rungs(state, book)
    if not desk.json:
        _head(desk, row, book)
        if found := batch_why.why(state, book):
            for line in batch_why.text(found, book, desk.lang):
                desk.print(line)
        _draw_stages(desk, stages, book)
        for matter in state.matters:
            due_at = clock.due_at(matter.turn, book.calendar)
            due = moment.due(due_at, book.calendar) if due_at else "—"
            owner = book.role_title(matter.turn.owner)
            desk.line("project.matter", matter=matter_title(matter, book), owner=owner, due=due, by=matter.asked_by)
        for rung in ahead[:_AHEAD]:
            when, title = moment.moment(rung.at, book.calendar), rung_title(rung.key, book)
            to = desk.listed(book.role_title(role) for role in rung.to)
            desk.line("project.rung", when=when, stage=rung_topic(rung, state, book), rung=title, to=to)
        _draw_messages(desk, messages, book)
        for entry in entries if journal else ():
            desk.print(f"{entry.seq:>4} {narrate(entry, book, desk.lang)}")
    return desk.answer({"project": row, "stages": stages, "messages": messages, "journal": entries, "rungs": ahead})


def board(
    *,
    by: Annotated[BoardKey, Parameter(help="分组 / group by: county, prefecture, province, builder")] = "county",
    shared: Shared | None = None,
) -> int:
    """Count projects by area or builder; the lines add up to the last one."""
    desk = Desk(shared)
    found = desk.views.board(by, now=datetime.now(UTC))
    columns = ("registered", "running", "held", "overdue", "escalated", "completed", "cancelled", "rejected", "total")
    keyed = [(row.key, row) for row in found.rows] + [(desk.say("column.totals"), found.totals)]
    *rows, totals = [(key, *(str(getattr(row, name)) for name in columns)) for key, row in keyed]
    desk.table([f"column.{name}" for name in (by, *columns)], rows, totals)
    return desk.answer(found)


def _line(desk: Desk, row: ProjectRow, now: datetime) -> list[str]:
    stages, due = _standing(desk, row) if row.plan else ("—", "—")  # one that is only registered has no policies yet
    mark = " !" if row.next_due_at and row.next_due_at < now else ""
    technology, status = desk.say(f"technology.{row.technology}"), desk.say(f"status.{row.status}")
    return [row.project_id, row.place, technology, status, stages, due + mark, str(row.level), f"{row.percent}%"]


def _standing(desk: Desk, row: ProjectRow) -> tuple[str, str]:
    """Return the open stages and the due day in words; as codes when the project's policies are not here."""
    at = row.next_due_at
    try:
        book = desk.shelf.book(Pins(plan=row.plan, ladder=row.ladder, hierarchy=row.hierarchy, calendar=row.calendar))
    except PolicyMissingError:
        return row.open_stages or "—", at.isoformat(timespec="minutes") if at else "—"
    stages = desk.listed(book.title(key) for key in row.open_stages.split(",") if key)
    return stages, moment.due(at, book.calendar) if at else "—"


def _head(desk: Desk, row: ProjectRow, book: Rulebook) -> None:
    desk.line(
        "project.head",
        project_id=row.project_id,
        place=row.place,
        code=row.village_code,
        technology=desk.say(f"technology.{row.technology}"),
        builder=row.builder,
        tier=desk.word("tier", row.tier),
        status=desk.say(f"status.{row.status}"),
        percent=row.percent,
    )
    desk.line("project.pins", plan=row.plan, ladder=row.ladder, calendar=row.calendar, hierarchy=row.hierarchy)
    if row.hold_code:
        coded = book.coded("hold", row.hold_code)
        desk.line("project.hold", code=row.hold_code, title=coded.title if coded else row.hold_code)


def _draw_stages(desk: Desk, stages: Sequence[StageRow], book: Rulebook) -> None:
    names = ("stage", "status", "owner", "due", "original", "closed", "percent", "level", "days")
    rows = []
    for row in stages:
        status = desk.say(f"stage_status.{row.status}")
        owner = book.role_title(row.owner).text(desk.lang) if row.owner else "—"
        due, original = (moment.due(at, book.calendar) if at else "—" for at in (row.due_at, row.original_due_at))
        closed = moment.moment(row.closed_at, book.calendar) if row.closed_at else "—"
        title = book.title(row.stage).text(desk.lang)
        days = "\n".join(
            f"{book.party_title(party).text(desk.lang)} {count}"
            for party, count in json.loads(row.days_by_party).items()
        )
        rows.append((title, status, owner, due, original, closed, f"{row.percent}%", str(row.level), days))
    desk.table([f"column.{name}" for name in names], rows)


def _draw_messages(desk: Desk, messages: Sequence[MessageRow], book: Rulebook) -> None:
    names = ("sent", "rung", "stage", "person", "channel", "state", "attempts")
    rows = []
    for row in messages:
        rung = rung_title(row.rung, book).text(desk.lang)
        when = moment.moment(row.delivered_at, book.calendar) if row.delivered_at else "—"
        stage = row.matter or (book.title(row.stage) if row.stage else both("topic.whole")).text(desk.lang)
        rows.append(
            (
                when,
                rung,
                stage,
                row.name or "—",
                desk.word("channel", row.channel),
                standing(desk, row),
                str(row.attempts),
            )
        )
    if rows:
        desk.table([f"column.{name}" for name in names], rows)
