"""`calendar show`, `calendar apply`: a year that is published later comes to the projects that run already."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from cli.desk import Desk, Shared
from cli.policy_change import FirePast, Preview, propose, published, target
from infra.db.pinned import Pinned
from infra.files.policies import load_tree, newest
from schemas.calendar import Calendar
from schemas.migration import MigrationOrder


def show(
    name: Annotated[str, Parameter(help="日历名称，名称@版本 / calendar, or calendar@version")],
    /,
    *,
    shared: Shared | None = None,
) -> int:
    """Show a calendar: its days off, its worked weekends, and which versions projects run under."""
    desk = Desk(shared)
    policy, document = newest([*load_tree(), *published(desk)], Calendar, name)
    versions = [one for one in Pinned(desk.records).published() if (one.kind, one.name) == ("calendar", document.name)]
    desk.line("policy.head", title=document.title, document=policy.name, kind=desk.say("policy.kind.calendar"))
    desk.line("policy.source", source=document.source)
    if document.last_year is None:
        desk.line("policy.every_day", seconds=document.day_seconds)
    else:
        years = range(document.first_year, document.last_year + 1)
        tables = (document.holidays, document.makeup)
        rows = [(str(year), *(" ".join(table.get(year, ())) for table in tables)) for year in years]
        desk.table([f"policy.column.{column}" for column in ("year", "holidays", "makeup")], rows)
        desk.line("calendar.last_year", year=document.last_year)
    for one in versions:
        desk.line("calendar.version", reference=one.ref, projects=one.projects)
    return desk.answer({"reference": policy.reference, "document": document, "published": versions})


def apply(
    name: Annotated[str, Parameter(help="日历名称@版本 / calendar@version")],
    /,
    *,
    preview: Preview = False,
    fire_past: FirePast = False,
    shared: Shared | None = None,
) -> int:
    """Propose that every running project under a calendar of that name goes on under this version."""
    desk = Desk(shared)
    wanted = name if ":" in name else f"calendar:{name}"
    kind, ref = target(desk, wanted, is_preview=preview)
    order = MigrationOrder(targets={kind: ref}, names={kind: ref.partition("@")[0]}, fires_past=fire_past)
    return propose(desk, order, is_preview=preview)
