"""`start FILE`: projects from a ledger; killed at any point and run again it ends with exactly the right set."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter, validators
from rich.progress import Progress

from cli.desk import PROBLEMS, Desk, Shared
from infra.db.in_force import DEFAULT
from infra.db.policies import Policies
from infra.db.registry import Registry, project_of
from infra.files.ledger import read_ledger
from infra.files.policies import (
    BadPolicyError,
    LoadedPolicy,
    compressed,
    compressed_messaging,
    default_pins,
    kept_by_projects,
    load_file,
    load_tree,
    problems,
)
from infra.gateway import Gateway
from rules import project as rules
from rules.attributes import at_start
from rules.ledger import LAYERS, MEASURES
from rules.policy import Raw, Shelf, parse, reference
from rules.text import both, render
from schemas.command import Actor
from schemas.ledger import LedgerFile, LedgerRow
from schemas.plan import Plan
from schemas.policy import Pins
from schemas.project import Project, Start
from schemas.reason import ErrorKind, Refusal

AT_ONCE = 64
"""Starts under way at the same time."""

PLANS = "universal-service"
"""What the names of the default plans begin with."""

_PROBLEMS_SHOWN = 20


async def start(
    file: Annotated[Path, Parameter(help="台账文件 / ledger file, .csv or .xlsx")],
    /,
    *,
    programme: Annotated[str, Parameter(help="项目类别代码 / code of the programme")] = "US",
    plans: Annotated[str, Parameter(help="各方案名称的开头 / what the names of the plans begin with")] = PLANS,
    calendar: Annotated[str, Parameter(help="工作日历 / calendar: china, compressed")] = "china",
    day_seconds: Annotated[float | None, Parameter(help="压缩日历一天的秒数 / seconds of a compressed day")] = None,
    limit: Annotated[
        int | None, Parameter(help="只启动前 N 行 / only the first N rows", validator=validators.Number(gte=1))
    ] = None,
    dry_run: Annotated[bool, Parameter(negative=(), help="只检查不启动 / check only, start nothing")] = False,
    shared: Shared | None = None,
) -> int:
    """Start a project for every row of a ledger."""
    desk = Desk(shared)
    ledger = read_ledger(file)
    if ledger.problems:
        return show_problems(desk, ledger)
    rows = ledger.rows[:limit]
    actor = desk.actor()
    policies = tree_policies(calendar, day_seconds)
    pins = pins_of(policies, plans, calendar, dict.fromkeys(row.technology for row in rows))
    with desk.refusals.kept(actor.person_id, "start", is_wanted=not dry_run):
        check_authority([project_of("-", row, programme) for row in rows], policies, pins, actor)
    if dry_run:
        Registry(desk.records).check(rows, programme)
        desk.line("start.checked", rows=len(rows), file=str(file))
        return desk.answer({"rows": len(rows), "started": 0})
    ids, new = await launch(desk, rows, programme, policies, pins)
    known = len(ids) - new
    desk.line("start.done", new=new, known=known, file=str(file))
    return desk.answer({"rows": len(rows), "started": new, "known": known, "projects": ids})


async def launch(
    desk: Desk, rows: Sequence[LedgerRow], programme: str, policies: Sequence[LoadedPolicy], pins: dict[str, Pins]
) -> tuple[list[str], int]:
    """Publish the policies, register the rows and start what has not started.

    Args:
        desk: Whoever orders it.
        rows: What to start.
        programme: Code of the programme.
        policies: Policies of the tree.
        pins: Those that the projects run under, by technology.

    Returns:
        The project id of each row, and how many were started just now.
    """
    actor, gateway = desk.actor(), await desk.gateway()
    Policies(desk.records).publish([one.raw for one in policies], datetime.now(UTC))
    with desk.refusals.kept(actor.person_id, "start"):
        registered = Registry(desk.records).register(rows, programme, datetime.now(UTC))
    # The engine forgets projects that have ended, and would begin them anew; the journal does not forget.
    fresh = [one.project for one in registered if not one.is_started]
    with desk.progress("start.progress", len(fresh)) as bar:
        done = await start_all(gateway, _ordered(fresh, pins, actor), desk.shelf, bar)
    return [one.project.project_id for one in registered], done["new"]


def publish(desk: Desk, calendar: str, day_seconds: float | None, plans: str = PLANS) -> dict[str, Pins]:
    """Publish the policies of the tree where they are not yet, and return the pins by technology.

    Raises:
        Refusal: There is no such calendar, or a policy of the tree is not sound.
    """
    policies = tree_policies(calendar, day_seconds)
    pins = pins_of(policies, plans, calendar, LAYERS)
    Policies(desk.records).publish([one.raw for one in policies], datetime.now(UTC))
    return pins


def pins_of(
    policies: Sequence[LoadedPolicy], plans: str, calendar: str, technologies: Iterable[str]
) -> dict[str, Pins]:
    """Return the pins by technology: each technology's plan is the one whose name begins with `plans`.

    Nothing is built for measures: whatever `plans` says, theirs is the only plan there is for them.

    Raises:
        Refusal: A technology has no such plan, or several; or there is no such calendar.
    """
    pins = {}
    for technology in technologies:
        documents = [one.parsed for one in policies if isinstance(one.parsed, Plan)]
        wanted = "" if technology == MEASURES else plans
        names = {one.name for one in documents if one.technology == technology and one.name.startswith(wanted)}
        if len(names) != 1:
            found, title = ", ".join(sorted(names)) or "—", both(f"technology.{technology}")
            raise Refusal("start.no_plan", ErrorKind.INVALID, technology=title, plans=plans, found=found)
        pins[technology] = default_pins(policies, names.pop(), calendar)
    return pins


def tree_policies(calendar: str, day_seconds: float | None) -> list[LoadedPolicy]:
    """Return the policies of the tree that projects keep, its calendar with days of another length when asked for.

    How people are told is no project's: that is published by itself, and the version published last is in force. Only
    days of another length bring theirs with them, else a digest of such days would come once in a real one.
    """
    loaded = load_tree()
    if wrong := problems(loaded):
        raise BadPolicyError(wrong)
    kept = kept_by_projects(loaded)
    if day_seconds is None:
        return kept
    base = next((one for one in loaded if one.parsed.kind == "calendar" and one.parsed.name == calendar), None)
    if base is None or calendar != "compressed":
        raise Refusal("start.not_compressed", ErrorKind.INVALID, calendar=calendar)
    days = _changed(base, compressed(base.raw, day_seconds))
    telling = load_file(DEFAULT)
    told = _changed(telling, compressed_messaging(telling.raw, day_seconds))
    return [*(days if one is base else one for one in kept), told]


def _changed(policy: LoadedPolicy, raw: Raw) -> LoadedPolicy:
    return LoadedPolicy(raw, parse(raw), policy.path, reference(raw))


async def start_all(
    gateway: Gateway, orders: Sequence[Start], shelf: Shelf, bar: Progress | None = None
) -> Counter[str]:
    """Start projects, many at a time; those that run already are left alone.

    Args:
        gateway: Way to the engine.
        orders: What to start.
        shelf: The policies that the orders refer to.
        bar: Progress to move on by one for each.

    Returns:
        How many were `new` and how many were `known`.
    """
    gate, done = asyncio.Semaphore(AT_ONCE), Counter[str]()

    async def one(order: Start) -> None:
        async with gate:
            told = at_start(order, datetime.now(UTC), shelf.book(order.pins))
            done["new" if await gateway.start(order, told) else "known"] += 1
        if bar:
            bar.advance(bar.task_ids[0])

    try:
        async with asyncio.TaskGroup() as group:
            for order in orders:
                group.create_task(one(order))
    except* Refusal as refusals:
        raise first_refusal(refusals) from None
    return done


def show_problems(desk: Desk, ledger: LedgerFile) -> int:
    """Tell what is wrong with a ledger file; nothing was started."""
    for problem in ledger.problems[:_PROBLEMS_SHOWN]:
        place = f"{problem.place}:{problem.row}" if problem.row else problem.place
        where = f"{place} [{problem.column}] {problem.value!r}" if problem.column else place
        hint = f" → {problem.suggestion}" if problem.suggestion else ""
        desk.errors.print(f"✗ {where}: {render(problem.reason, desk.lang)}{hint}")
    desk.note("start.problems", count=len(ledger.problems), rows=len(ledger.rows), file=ledger.name)
    report: list[dict[str, Any]] = [
        {**problem.model_dump(mode="json"), "message": render(problem.reason, desk.lang)} for problem in ledger.problems
    ]
    return desk.answer({"file": ledger.name, "problems": report}, PROBLEMS)


def _ordered(projects: Sequence[Project], pins: dict[str, Pins], actor: Actor) -> list[Start]:
    batch = f"start-{uuid.uuid4().hex[:12]}"
    return [
        Start(project=one, pins=pins[one.technology], ordered_by=actor.person_id, command_id=batch) for one in projects
    ]


def check_authority(
    projects: Sequence[Project], policies: Sequence[LoadedPolicy], pins: dict[str, Pins], actor: Actor
) -> None:
    """Refuse what the actor may not start, by policies that may not be published yet."""
    shelf = Shelf()
    for policy in policies:
        shelf.put(policy.raw)
    for order in _ordered(projects, pins, actor):
        reason = rules.may_start(order, actor, shelf.book(order.pins))
        if reason:
            raise Refusal(reason.code, reason.kind, **reason.params)


def first_refusal(refusals: BaseExceptionGroup[Refusal]) -> Refusal:
    """Return the first of the refusals that came out of a group of tasks."""
    inner = refusals.exceptions[0]
    return inner if isinstance(inner, Refusal) else first_refusal(inner)
