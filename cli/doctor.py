"""`doctor`: looks at everything an installation needs and names the remedy for what is missing.

What it asks of the engine about projects and delivery stands in `infra.roll`.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

from rich.table import Column, Table
from rich.text import Text
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from cli.desk import DONE, PROBLEMS, Desk, Shared
from cli.trouble import checked_url, reason_of, shown_url
from infra import engine
from infra.channels import open_channels
from infra.db.audit import PART, last_audit
from infra.db.directory import People
from infra.db.letter_views import LetterViews
from infra.duty import audit_silence
from infra.files.policies import load_tree, problems
from infra.roll import compare, failing, is_running
from rules.text import render
from schemas import names
from schemas.calendar import Calendar
from schemas.reason import Param

_RECENTLY = timedelta(days=7)
_STUCK = timedelta(minutes=5)
"""A letter that was tried and is older than this has not just met a moment's trouble."""

Verdict = Literal["ok", "warn", "fail"]
_MARKS: dict[Verdict, Text] = {"ok": Text("✓", "green"), "warn": Text("!", "yellow"), "fail": Text("✗", "red")}
_LOW_DISK = 1_000_000_000
_IDS_SHOWN = 5


class Finding(NamedTuple):
    """What one look found."""

    check: str
    verdict: Verdict
    text: str


async def doctor(*, shared: Shared | None = None) -> int:
    """Check engine, records, policies, people, messages and disk; each line ok, warn or fail with its remedy."""
    desk = Desk(shared)
    _ = desk.settings  # what is wrong with these is told once, not by every look
    looks: list[tuple[str, Callable[[Desk], Awaitable[Finding]]]] = [
        ("disk", _disk),
        ("records", _records),
        ("policies", _policies),
        ("calendar", _calendar),
        ("people", _people),
        ("messages", _messages),
        ("audit", _audit),
        ("engine", _engine),
        ("worker", _worker),
        ("delivery", _delivery),
        ("projects", _projects),
        ("tasks", _tasks),
    ]
    findings = await asyncio.gather(*(_look(name, look, desk) for name, look in looks))
    table = Table("", "", Column(overflow="fold"), show_header=False)
    for finding in findings:
        table.add_row(_MARKS[finding.verdict], desk.say(f"doctor.{finding.check}"), finding.text)
    desk.show(table)
    worst = any(finding.verdict == "fail" for finding in findings)
    return desk.answer({"findings": [finding._asdict() for finding in findings]}, PROBLEMS if worst else DONE)


async def _look(name: str, look: Callable[[Desk], Awaitable[Finding]], desk: Desk) -> Finding:
    try:
        return await look(desk)
    except Exception as error:  # noqa: BLE001 - one look that fails, even by a bug, must not hide the others
        reason = reason_of(error)
        text = render(reason, desk.lang) if reason else f"{type(error).__name__}: {error}"
        return Finding(name, "fail", text)


def _found(desk: Desk, check: str, verdict: Verdict, code: str, **params: Param | datetime) -> Finding:
    return Finding(check, verdict, desk.say(f"doctor.{code}", **params))


async def _disk(desk: Desk) -> Finding:
    folder = desk.settings.data.resolve()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    verdict: Verdict = "ok" if free > _LOW_DISK else "warn"
    return _found(desk, "disk", verdict, "disk_free", path=str(folder), free=f"{free / 1e9:.1f} GB")


async def _records(desk: Desk) -> Finding:
    total = desk.views.count(now=datetime.now(UTC))
    return _found(desk, "records", "ok", "records_ok", url=shown_url(checked_url(desk.settings)), total=total)


async def _policies(desk: Desk) -> Finding:
    loaded = load_tree()
    wrong = problems(loaded)
    if wrong:
        return Finding("policies", "fail", render(wrong[0], desk.lang))
    return _found(desk, "policies", "ok", "policies_ok", count=len(loaded))


async def _calendar(desk: Desk) -> Finding:
    last = max(one.parsed.last_year or 0 for one in load_tree() if isinstance(one.parsed, Calendar))
    ends = date(last, 12, 31)
    verdict: Verdict = "ok" if (ends - datetime.now(UTC).date()).days > _NOTICE_DAYS else "warn"
    return _found(desk, "calendar", verdict, f"calendar_{verdict}", year=last)


_NOTICE_DAYS = 60


async def _people(desk: Desk) -> Finding:
    seats = People(desk.records).seats(datetime.now(UTC))
    vacant = [seat.post.post_id for seat in seats if not seat.present]
    if not seats:
        return _found(desk, "people", "warn", "people_none")
    verdict: Verdict = "warn" if vacant else "ok"
    return _found(desk, "people", verdict, "people_found", posts=len(seats), vacant=", ".join(vacant) or "—")


async def _messages(desk: Desk) -> Finding:
    views, channels = LetterViews(desk.records), open_channels(desk.settings)
    letters = Counter[str]()
    for one in views.counts():
        letters[one.state] += one.count
    told = {"letters": letters["pending"] + letters["sending"], "dead": letters["dead"], "unclear": letters["unclear"]}
    told |= {"waiting": 0, "held": 0, **views.unwritten()}
    told["moved"] = views.moved_on(channels, datetime.now(UTC) - _RECENTLY)
    code = next((name for name in ("dead", "unclear", "held", "moved") if told[name]), "ok")
    server = desk.settings.smtp_url.rpartition("@")[2]
    channel = ", ".join(server if name == "email" else name for name in sorted(channels))
    return _found(desk, "messages", "ok" if code == "ok" else "warn", f"messages_{code}", channel=channel, **told)


async def _audit(desk: Desk) -> Finding:
    last, now, settings = last_audit(desk.records), datetime.now(UTC), desk.settings
    if last is None:
        return _found(desk, "audit", "warn", "audit_none")
    at, gap, findings = last.report.at, last.report.gap, sum(last.report.findings.values())
    if gap or findings:
        return _found(desk, "audit", "fail", "audit_unsound", at=at, gap=gap, findings=findings)
    if now - at > audit_silence(settings)[PART]:
        return _found(desk, "audit", "warn", "audit_late", at=at, every=f"{settings.audit_every_seconds:g}")
    balance = last.report.balance
    return _found(desk, "audit", "ok", "audit_ok", at=at, rungs=balance.rungs, notices=balance.notices)


async def _engine(desk: Desk) -> Finding:
    client = await engine.connect(desk.settings, wait=1.0)
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = sorted(set(names.SEARCH_ATTRIBUTES) - set(known.custom_attributes))
    address = client.service_client.config.target_host
    if missing:
        return _found(desk, "engine", "fail", "engine_attributes", address=address, missing=", ".join(missing))
    return _found(desk, "engine", "ok", "engine_ok", address=address, namespace=client.namespace)


async def _worker(desk: Desk) -> Finding:
    client = await engine.connect(desk.settings, wait=1.0)
    project, delivery = await asyncio.gather(
        _pollers(client, names.PROJECT_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
        _pollers(client, names.DELIVERY_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
    )
    if not project or not delivery:
        return _found(desk, "worker", "fail", "worker_none")
    return _found(desk, "worker", "ok", "worker_ok", count=max(project, delivery))


async def _delivery(desk: Desk) -> Finding:
    client = await engine.connect(desk.settings, wait=1.0)
    due = (one.channel for one in LetterViews(desk.records).counts() if one.state in {"pending", "sending"})
    wanted = {*open_channels(desk.settings), *due}
    idle = [channel for channel in sorted(wanted) if not await is_running(client, names.delivery_workflow_id(channel))]
    if idle:
        return _found(desk, "delivery", "fail", "delivery_none", channels=", ".join(idle))
    if stuck := LetterViews(desk.records).stuck(datetime.now(UTC) - _STUCK):
        told = ", ".join(f"{channel} ({count})" for channel, count in sorted(stuck.items()))
        return _found(desk, "delivery", "warn", "delivery_stuck", channels=told)
    return _found(desk, "delivery", "ok", "delivery_ok", channels=", ".join(sorted(wanted)))


async def _projects(desk: Desk) -> Finding:
    client = await engine.connect(desk.settings, wait=1.0)
    found = await compare(desk.views, client, is_whole=True)
    if found.missing:
        return _found(desk, "projects", "fail", "projects_missing", count=len(found.missing), ids=_ids(found.missing))
    if found.strange:
        return _found(desk, "projects", "warn", "projects_strange", count=len(found.strange), ids=_ids(found.strange))
    return _found(desk, "projects", "ok", "projects_ok", count=found.agreed)


async def _tasks(desk: Desk) -> Finding:
    stuck = await failing(await engine.connect(desk.settings, wait=1.0))
    if stuck:
        return _found(desk, "tasks", "fail", "tasks_failing", count=len(stuck), ids=_ids(stuck))
    return _found(desk, "tasks", "ok", "tasks_ok")


def _ids(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_IDS_SHOWN]) + (" …" if len(ids) > _IDS_SHOWN else "")


async def _pollers(client: Client, queue: str, kind: TaskQueueType.ValueType) -> int:
    question = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
    )
    answer = await client.workflow_service.describe_task_queue(question)
    return len({poller.identity for poller in answer.pollers})
