"""`policy check`, `policy show`, `policy schema`: policies as files, before anything runs under them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.table import Table

from cli.desk import PROBLEMS, Desk, Shared
from infra.files.letters import place
from infra.files.policies import (
    BadPolicyError,
    LoadedPolicy,
    load_files,
    load_tree,
    named,
    newest,
    problems,
    same_versions,
)
from infra.files.policy_schema import KINDS, write_schemas
from infra.files.policy_schema import schema as json_schema
from rules.policy import PolicyDocuments
from rules.text import render
from schemas.calendar import Calendar
from schemas.hierarchy import Hierarchy
from schemas.ladder import Ladder, RungRule
from schemas.message import Title
from schemas.messaging import Hours, LetterTemplates, MessagingPolicy
from schemas.migration import DocumentKind
from schemas.plan import Plan, Stage
from schemas.policy import PolicyDocument
from schemas.reason import Reason

PolicyKind = Literal["all", DocumentKind]


def check(
    files: Annotated[
        tuple[Path, ...], Parameter(help="政策文件或目录 / files or folders; none: those of the tree")
    ] = (),
    /,
    *,
    shared: Shared | None = None,
) -> int:
    """Check policies: their text, their fields, and their rules. Tells every problem."""
    desk = Desk(shared)
    given = [path for file in files for path in (sorted(file.rglob("*.yaml")) if file.is_dir() else [file])]
    try:
        wanted = load_files(given)
        tree = load_tree()
        found = same_versions([*tree, *wanted]) + problems(wanted if files else tree, tree)
    except BadPolicyError as error:
        return _tell(desk, error.reasons)
    if found:
        return _tell(desk, found)
    checked = wanted if files else tree
    desk.line("policy.sound", count=len(checked))
    return desk.answer({"policies": [policy.reference for policy in checked], "problems": []})


def show(
    name: Annotated[str, Parameter(help="名称，名称@版本 / name, or name@version")],
    /,
    *,
    shared: Shared | None = None,
) -> int:
    """Show a policy: the graph of stages of a plan with its ladder; a ladder; roles; or days off."""
    desk = Desk(shared)
    policies = load_tree()
    chosen = named(policies, name)
    for policy in chosen:
        title, kind = policy.parsed.title, desk.say(f"policy.kind.{policy.parsed.kind}")
        desk.line("policy.head", title=title, document=policy.name, kind=kind)
        desk.line("policy.source", source=policy.parsed.source)
        desk.line("policy.reference", reference=policy.reference)
        _draw(policy.parsed, policies, desk)
    shown = [{"reference": one.reference, "file": str(one.path), "document": one.parsed} for one in chosen]
    return desk.answer({"policies": shown})


def schema(
    kind: Annotated[PolicyKind, Parameter(help="种类 / kind")] = "all",
    /,
    *,
    write: Annotated[bool, Parameter(negative=(), help="写入 policies/schema / write them to policies/schema")] = False,
    shared: Shared | None = None,
) -> int:
    """Print the JSON Schema of a kind of policy, or of all, or write them to their files."""
    desk = Desk(shared)
    if write:
        written = write_schemas()
        for path in written:
            desk.line("policy.written", file=str(path))
        return desk.answer({"written": [str(path) for path in written]})
    found = {each: json_schema(each) for each in KINDS} if kind == "all" else json_schema(kind)
    desk.print(json.dumps(found, ensure_ascii=False, indent=2))
    return desk.answer(found)


def _tell(desk: Desk, found: Sequence[Reason]) -> int:
    told = [{**reason.model_dump(mode="json"), "message": render(reason, desk.lang)} for reason in found]
    for problem in told:
        desk.errors.print(f"✗ {problem['message']}")
    places = {reason.params.get("file") or reason.params.get("document") for reason in found}
    desk.note("policy.unsound", count=len(found), files=len(places))
    return desk.answer({"policies": [], "problems": told}, PROBLEMS)


def _draw(document: PolicyDocuments, policies: Sequence[LoadedPolicy], desk: Desk) -> None:
    if isinstance(document, Plan):
        desk.show(_stages(document, newest(policies, Hierarchy, document.hierarchy)[1], desk))
        policy, ladder = newest(policies, Ladder, document.ladder)
        desk.line("policy.ladder", title=ladder.title, document=policy.name)
        _draw(ladder, policies, desk)
    elif isinstance(document, Ladder):
        desk.show(_rungs(document, newest(policies, Hierarchy, document.hierarchy)[1], desk))
        if document.faster_tiers:
            desk.line("policy.faster", tiers=", ".join(document.faster_tiers))
    elif isinstance(document, Hierarchy):
        desk.show(_roles(document, desk))
    elif isinstance(document, MessagingPolicy):
        desk.show(_manners(document, desk))
    elif isinstance(document, LetterTemplates):
        desk.show(_texts(document, desk))
    elif document.weekend:
        desk.show(_years(document, desk))
    else:
        desk.line("policy.every_day", seconds=document.day_seconds)


def _stages(plan: Plan, hierarchy: Hierarchy, desk: Desk) -> Table:
    table = _table(desk, "stage", "after", "owner", "budget", "closed_by")
    titles = {stage.key: stage.title.text(desk.lang) for stage in plan.stages}
    for stage in plan.stages:
        table.add_row(
            _keyed(stage.title, stage.key, desk),
            "\n".join(titles.get(key, key) for key in stage.after) or desk.say("policy.first"),
            _names([stage.owner], hierarchy, desk),
            f"{stage.budget.days} {desk.say(f'unit.{stage.budget.unit}')}",
            _closing(stage, hierarchy, desk),
        )
    return table


def _closing(stage: Stage, hierarchy: Hierarchy, desk: Desk) -> str:
    act = desk.say(f"act.{stage.closed_by.act}")
    if not stage.closed_by.by:
        return act
    return desk.say("policy.closed_by", act=act, roles=_names(stage.closed_by.by, hierarchy, desk))


def _rungs(ladder: Ladder, hierarchy: Hierarchy, desk: Desk) -> Table:
    table = _table(desk, "rung", "offset", "level", "to", "consequence")
    for rung in ladder.rungs:
        to = _names(_default_roles(rung), hierarchy, desk)
        consequence = desk.say(f"consequence.{rung.consequence}") if rung.consequence else ""
        title = _keyed(rung.title, rung.key, desk)
        table.add_row(title, f"{rung.offset_days:+d}", str(rung.level), to, consequence)
    return table


def _default_roles(rung: RungRule) -> tuple[str, ...]:
    return rung.to.get("default", ("owner",))


def _roles(hierarchy: Hierarchy, desk: Desk) -> Table:
    table = _table(desk, "role", "superior")
    for role in hierarchy.roles:
        superior = _names([role.superior], hierarchy, desk) if role.superior else "—"
        table.add_row(_keyed(role.title, role.key, desk), superior)
    return table


def _years(calendar: Calendar, desk: Desk) -> Table:
    table = _table(desk, "year", "holidays", "makeup")
    for year in sorted({*calendar.holidays, *calendar.makeup}):
        days = (calendar.holidays.get(year, ()), calendar.makeup.get(year, ()))
        table.add_row(str(year), *(" ".join(found) for found in days))
    return table


def _manners(policy: MessagingPolicy, desk: Desk) -> Table:
    """Return every setting of a messaging policy with what it means."""
    table = _table(desk, "setting", "value", "meaning")
    for name in MessagingPolicy.model_fields:
        if name not in PolicyDocument.model_fields and name != "kind":
            table.add_row(name, _setting(getattr(policy, name)), desk.say(f"messaging.setting.{name}"))
    return table


def _setting(value: object) -> str:
    """Return a setting as it is written."""
    if isinstance(value, Hours):
        return f"{value.since:%H:%M}-{value.until:%H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "—" if value is None else str(value)


def _texts(letters: LetterTemplates, desk: Desk) -> Table:
    """Return where each text of letters stands, how long it is, and how long it may come out."""
    table = _table(desk, "text", "lines", "longest")
    for language, kinds in letters.texts.items():
        for kind, parts in kinds.items():
            for part, source in parts.items():
                most = letters.longest.get(part, 0)
                table.add_row(place(language, kind, part), str(source.count("\n")), str(most) if most else "—")
    return table


def _table(desk: Desk, *columns: str) -> Table:
    table = Table(show_lines=True)
    for column in columns:
        table.add_column(desk.say(f"policy.column.{column}"), overflow="fold")
    return table


def _keyed(title: Title, key: str, desk: Desk) -> str:
    """Return a name with its code below."""
    return f"{title.text(desk.lang)}\n{key}"


def _names(roles: Sequence[str], hierarchy: Hierarchy, desk: Desk) -> str:
    titles = {role.key: role.title.text(desk.lang) for role in hierarchy.roles} | {"owner": desk.say("policy.owner")}
    return ("、" if desk.lang.startswith("zh") else ", ").join(titles.get(role, role) for role in roles)
