"""Paths through the workflows that no timeline takes: what the engine, the records and impatient people do to them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio import activity
from temporalio.worker import Worker

from rules import project
from rules.policy import Rulebook
from rules.project import Accepted
from schemas import names
from schemas.command import Cancel, Command, Report
from schemas.delivery import DeliveryOrder, DeliveryReport
from schemas.reason import Refusal
from schemas.record import Commit
from tests.support import people
from tests.support.engine import Site, eventually, taken_in
from tests.support.life import closing
from workflows.ports import OutboxPort

Path = Callable[[Site, Rulebook], Awaitable[None]]

STINTS = 3


def _report(number: int) -> Command:
    return Command(command_id=f"report-{number}", actor=people.COUNTY, act=Report(percent=number))


def _approve(book: Rulebook, number: int = 1) -> Command:
    act = closing(book.stages["funding"])
    return Command(command_id=f"approve-{number}", actor=people.PROVINCE, act=act)


async def _cancel(site: Site) -> None:
    act = Cancel(code="DUPLICATE", decision_no="No. 9")
    await site.send(Command(command_id="cancel", actor=people.PROVINCE, act=act))
    await site.handle.result()


async def left_open(site: Site, book: Rulebook) -> None:
    """A project in the middle of its life: most of those that a new version finds."""
    async with site.working():
        await site.start(book)
        await site.send(_approve(book))
        (due, *_) = await site.rungs()
        await site.until(due.at + timedelta(hours=1))
        await eventually(site.is_at_rest)


async def records_away(site: Site, book: Rulebook) -> None:
    """Records that are away when it begins, when a rung fires, and when a command comes."""
    site.records.fail(3)
    async with site.working():
        await site.start(book)
        (due, *_) = await site.rungs()
        site.records.fail(3)
        await site.until(due.at + timedelta(hours=1))
        site.records.fail(4)
        await site.send(_approve(book))
        await _cancel(site)


async def conflict(site: Site, book: Rulebook) -> None:
    """Records that are away, and then hold something that does not fit, until somebody has mended it."""
    async with site.working():
        await site.start(book)
        site.records.fail(3)
        site.records.is_in_conflict = True
        sending = asyncio.create_task(site.send(_report(1)))
        await eventually(lambda: site.records.commits > 5)
        site.records.is_in_conflict = False
        await asyncio.wait([sending])
        await eventually(lambda: _gets_through(site, _report(1)))
        await _cancel(site)


async def lost_task(site: Site, book: Rulebook) -> None:
    """A worker was killed between writing and telling the engine; others come first then."""
    async with site.working():
        await site.start(book)
        at = site.journal[-1].at + timedelta(milliseconds=1)
        answer = project.decide(await site.state(), _approve(book, 1), at, book)
        assert isinstance(answer, Accepted)
        entries = project.entries(await site.state(), answer.events, at, "province", _approve(book, 1))
        site.records.commit(Commit(project_id=site.project_id, entries=entries))
        await asyncio.gather(*(site.send(_approve(book, number)) for number in (2, 1)), return_exceptions=True)
        await _cancel(site)


async def piled_up(site: Site, book: Rulebook) -> None:
    """Commands that passed the door while the records were away, and were refused when their turn came."""
    async with site.working():
        await site.start(book)
        site.records.fail(1000)
        sending = [asyncio.create_task(site.send(_report(1)))]
        await eventually(lambda: site.records.commits > 4)
        sending += [asyncio.create_task(site.send(_approve(book, number))) for number in range(4)]
        await taken_in()
        site.records.fail(0)
        await asyncio.gather(*sending, return_exceptions=True)
        await site.send(_report(1))
        await _cancel(site)


async def slow_records(site: Site, book: Rulebook) -> None:
    """Questions and commands that come while a rung is being written."""
    async with site.working():
        await site.start(book)
        (due, *_) = await site.rungs()
    turning = asyncio.create_task(site.until(due.at + timedelta(hours=1)))
    await eventually(lambda: site.has_come(due.at))
    asking = asyncio.create_task(site.state())
    await taken_in()
    site.records.seconds = 0.8
    async with site.working():
        await taken_in()
        await asyncio.gather(turning, asking, site.send(_report(1)), site.send(_report(2)))
        site.records.seconds = 0.0
        await _cancel(site)


async def asked_first(site: Site, book: Rulebook) -> None:
    """A worker that comes back, and is asked something before it hears that a timer has fired."""
    async with site.working():
        await site.start(book)
        (due, *_) = await site.rungs()
    asking = asyncio.create_task(site.state())
    await taken_in()
    turning = asyncio.create_task(site.until(due.at + timedelta(hours=1)))
    await eventually(lambda: site.has_come(due.at))
    await taken_in()
    async with site.working():
        await asyncio.gather(asking, turning)
        await _cancel(site)


async def cancel_clicked(site: Site, book: Rulebook) -> None:
    """Somebody clicked on Cancel in the engine's own page, which ends nothing."""
    async with site.working():
        await site.start(book)
        await site.handle.cancel()
        await site.send(_report(1))
        await _cancel(site)


async def _gets_through(site: Site, command: Command) -> bool:
    try:
        await site.send(command)
    except Refusal:
        return False
    return True


PROJECTS: dict[str, Path] = {
    "left-open": left_open,
    "records-away": records_away,
    "conflict": conflict,
    "lost-task": lost_task,
    "piled-up": piled_up,
    "slow-records": slow_records,
    "asked-first": asked_first,
    "cancel-clicked": cancel_clicked,
}


class _Stints(OutboxPort):
    """Delivers nothing, three times; the last stint lasts."""

    def __init__(self) -> None:
        self.begun = 0

    @activity.defn(name=names.OUTBOX_DELIVER)
    async def deliver(self, order: DeliveryOrder) -> DeliveryReport:
        self.begun += 1
        if order.runs == STINTS - 1:
            await asyncio.Event().wait()
        return DeliveryReport()


async def delivery(site: Site) -> str:
    """Run the delivery of a channel for some stints, and return its workflow id."""
    stints = _Stints()
    async with (
        site.working(),
        Worker(
            site.client, task_queue=names.DELIVERY_QUEUE, activities=[stints.deliver], identity=site.client.identity
        ),
    ):
        await site.gateway.start_delivery("email")
        await eventually(lambda: stints.begun == STINTS)
    return names.delivery_workflow_id("email")
