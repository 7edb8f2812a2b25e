"""What goes wrong around a project may stop it, but never ends it: it goes on as if nothing had been."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from infra.gateway import Gateway
from rules import policy, project
from rules.policy import Rulebook, reference
from rules.project import Accepted
from schemas.command import Command, Report
from schemas.event import Event, RungFired
from schemas.reason import ErrorKind, Refusal
from schemas.record import Commit
from tests.support import books, people
from tests.support.engine import Site, book_under, book_where_it_is, eventually, taken_in
from tests.support.life import Life, closing
from tests.timeskip.script import BEGINS

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOON = timedelta(seconds=1)
"""Time after which a failed task is tried again, so that the tests need not wait for ten."""


@pytest.fixture
def site(server: WorkflowEnvironment) -> Site:
    return Site(server, task_timeout=SOON)


@pytest.fixture
def book() -> Rulebook:
    return book_where_it_is(BEGINS)


def report(number: int = 1) -> Command:
    return Command(command_id=f"report-{number}", actor=people.COUNTY, act=Report(percent=number))


def approve(book: Rulebook, number: int = 1) -> Command:
    act = closing(book.stages["funding"])
    return Command(command_id=f"approve-{number}", actor=people.PROVINCE, act=act)


def done(site: Site) -> list[tuple[str, str]]:
    """Return type and command of every entry after the beginning."""
    return [(entry.event.type, entry.command_id) for entry in site.journal[2:]]


async def kinds(site: Site) -> list[str]:
    """Return what is in the history of the current run, in short."""
    return [str(event.WhichOneof("attributes")).removesuffix("_event_attributes") for event in await site.events()]


async def is_ahead_of_its_records(site: Site) -> bool:
    """Return whether a task has ended since the timer fired, although nothing has been written yet."""
    seen = await kinds(site)
    return "timer_fired" in seen and "workflow_task_completed" in seen[seen.index("timer_fired") :]


async def gets_through(site: Site, command: Command, patience: timedelta = timedelta(seconds=20)) -> bool:
    """Send a command to a project that may be stuck, and return whether it has been carried out."""
    try:
        await Gateway(site.client, patience).send(site.project_id, command)
    except Refusal as refusal:
        if refusal.reason.kind != ErrorKind.UNAVAILABLE:
            raise
        return False
    return True


async def is_stuck(site: Site) -> bool:
    """Return whether the task of the project has failed and is tried again, and the project is none the worse."""
    described = await site.handle.describe()
    assert described.status == WorkflowExecutionStatus.RUNNING
    return described.raw_description.pending_workflow_task.attempt > 1


@pytest.mark.filterwarnings(
    "ignore:coroutine '_WorkflowInstanceImpl:RuntimeWarning"
)  # the SDK's, of a first task that failed
async def test_waits_for_a_policy_that_is_missing(
    site: Site, book: Rulebook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It begins when the policy is there, and nobody has to do anything about it."""
    late = {**next(raw for raw in books.raws() if raw["kind"] == "calendar"), "version": "late", "name": site.queue}
    order = site.order(book)
    order = order.model_copy(update={"pins": order.pins.model_copy(update={"calendar": reference(late)})})
    published: dict[str, policy.Raw] = {}
    monkeypatch.setattr(policy.installed, "fetch", published.get)
    caplog.set_level(logging.CRITICAL, logger="temporalio")  # what is logged is kept, with what it refers to
    async with site.working():
        await site.gateway.start(order)
        await eventually(lambda: is_stuck(site))
        assert site.journal == []
        assert not await gets_through(site, report(), patience=timedelta(milliseconds=200))
        published[reference(late)] = late
        await eventually(lambda: gets_through(site, report()))
    gc.collect()  # so that the SDK's warning comes here, and not in another test
    assert done(site) == [("progress_reported", "report-1")]


async def test_a_short_absence_of_the_records_is_not_seen(site: Site, book: Rulebook) -> None:
    async with site.working():
        await site.start(book)
        site.records.fail(2)
        await site.send(report())
    assert "activity_task_scheduled" not in await kinds(site)
    assert done(site) == [("progress_reported", "report-1")]


async def test_a_long_absence_of_the_records_is_waited_for_in_sight(site: Site, book: Rulebook) -> None:
    """After three attempts the writing is an activity of its own, which an operator can see."""
    async with site.working():
        await site.start(book)
        site.records.fail(3)
        receipt = await site.send(report())
    assert receipt.seq == 3
    assert (await kinds(site)).count("activity_task_scheduled") == 1
    assert done(site) == [("progress_reported", "report-1")]


@pytest.mark.parametrize("failures", [0, 3], ids=["met at once", "met after an absence"])
async def test_a_conflict_stops_the_project_until_it_is_gone(site: Site, book: Rulebook, failures: int) -> None:
    """The project neither ends nor forgets: the same command, sent again, finds it as it was."""
    async with site.working():
        await site.start(book)
        site.records.fail(failures)
        site.records.is_in_conflict = True
        assert not await gets_through(site, report(), patience=timedelta(seconds=2))
        await eventually(lambda: is_stuck(site))
        assert done(site) == []
        site.records.is_in_conflict = False
        await eventually(lambda: gets_through(site, report()))
    assert done(site) == [("progress_reported", "report-1")]


async def test_a_conflict_at_the_very_beginning_only_delays(site: Site, book: Rulebook) -> None:
    site.records.is_in_conflict = True
    async with site.working():
        await site.gateway.start(site.order(book))
        await eventually(lambda: is_stuck(site))
        site.records.is_in_conflict = False
        await eventually(lambda: len(site.journal) == 2)


def write_and_get_lost(site: Site, events: Iterable[Event], at: datetime, command: Command | None = None) -> None:
    """Write what a task writes whose worker is killed before it can tell the engine."""
    by = command.actor.person_id if command else project.CLOCK
    entries = project.entries(project.fold(site.journal), events, at, by, command)
    site.records.commit(Commit(project_id=site.project_id, entries=entries))


async def test_what_a_lost_task_wrote_is_what_happened(site: Site, book: Rulebook) -> None:
    """The journal comes first. Whoever is overtaken by it is answered by the rules as things stand then."""
    async with site.working():
        await site.start(book)
        at = site.journal[-1].at + timedelta(milliseconds=1)
        answer = project.decide(await site.state(), approve(book, 1), at, book)
        assert isinstance(answer, Accepted)
        write_and_get_lost(site, answer.events, at, approve(book, 1))
        with pytest.raises(Refusal) as refused:
            await site.send(approve(book, 2))
        assert refused.value.reason.code == "stage.done"
        again = await site.send(approve(book, 1))
        await site.send(report())
        assert await site.state() == project.fold(site.journal)
    assert (again.is_repeat, again.seq) == (True, 4)
    assert done(site) == [
        ("stage_closed", "approve-1"),
        ("turn_opened", "approve-1"),
        ("progress_reported", "report-1"),
    ]


async def test_a_rung_fired_by_a_lost_task_has_fired(site: Site, book: Rulebook) -> None:
    async with site.working():
        await site.start(book)
        (due, *_) = await site.rungs()
        write_and_get_lost(site, project.advance(await site.state(), due.at, book), due.at)
        await site.until(due.at + timedelta(hours=1))
        await site.send(report())
        assert await site.state() == project.fold(site.journal)
    assert done(site) == [("rung_fired", ""), ("progress_reported", "report-1")]


async def test_a_beginning_written_by_a_lost_task_is_taken_over(site: Site, book: Rulebook) -> None:
    order, at = site.order(book), datetime.now(UTC)
    first = project.entries(None, project.begin(order, at, book), at, order.ordered_by)
    site.records.commit(Commit(project_id=site.project_id, entries=first))
    async with site.working():
        await site.start(book)
        await site.send(report())
        assert await site.state() == project.fold(site.journal)
    assert site.journal[:2] == list(first)
    assert done(site) == [("progress_reported", "report-1")]


async def test_a_worker_that_forgets_remembers_how_it_began(site: Site, book: Rulebook) -> None:
    """A question while the records are slow ends the task before the writing is done; replay must see it likewise."""
    await site.gateway.start(site.order(book))
    asking = asyncio.create_task(site.state())
    await taken_in()
    site.records.seconds = 0.5
    async with site.working():
        await asking
    async with site.working(), asyncio.timeout(30):
        assert await site.state() == project.fold(site.journal)


async def test_a_worker_that_forgets_remembers_what_came_first(site: Site, book: Rulebook) -> None:
    """The same with commands that come before the records have answered: the rung was first and remains so."""
    async with site.working():
        await site.start(book)
        (due, *_) = await site.rungs()
    turning = asyncio.create_task(site.until(due.at + timedelta(hours=1)))
    await eventually(lambda: site.has_come(due.at))
    asking = asyncio.create_task(site.state())
    await taken_in()
    site.records.seconds = 0.8
    async with site.working():
        await eventually(lambda: is_ahead_of_its_records(site))
        await asyncio.gather(turning, asking, site.send(report(1)), site.send(report(2)))
    site.records.seconds = 0.0
    async with site.working(), asyncio.timeout(30):
        assert await site.state() == project.fold(site.journal)
        await site.send(report(3))
    assert done(site)[0] == ("rung_fired", "")
    assert len(done(site)) == 4


async def test_a_question_does_not_hide_that_a_timer_has_fired(site: Site, book: Rulebook) -> None:
    """A worker that is asked before it hears of the timer is told of it without being told the time."""
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
        await eventually(lambda: fired(site))
        await site.send(report())
    async with site.working(), asyncio.timeout(30):
        assert await site.state() == project.fold(site.journal)
    assert done(site) == [("rung_fired", ""), ("progress_reported", "report-1")]


async def test_a_worker_away_for_a_month_fires_each_rung_once_and_late(site: Site) -> None:
    """In days of a twelfth of a second. The rules, heard at the same instants, write the same journal."""
    book = compressed(day_seconds=0.08)
    async with site.working():
        await site.start(book)
        ahead = await site.rungs()
        await eventually(lambda: fired(site))
    back_at = next(rung.at for rung in ahead if rung.key == "interview")
    await eventually(lambda: datetime.now(UTC) > back_at)
    async with site.working():
        await eventually(lambda: len(fired(site)) == len(ahead) - 1)
    assert [event.rung for event in fired(site)] == [rung.key for rung in ahead[:-1]]
    assert site.journal[-1].at > back_at

    life = Life(book, site.journal[0].at, is_prompt=False)
    order = site.order(book)
    life.write(project.begin(order, life.now, book), by=order.ordered_by)
    for entry in site.journal[2:]:
        life.now = entry.at
        life.write(project.advance(life.state, entry.at, book))
    assert life.journal == site.journal


def compressed(day_seconds: float) -> Rulebook:
    """Return the rulebook of the usual plan with short days."""
    raw = next(raw for raw in books.raws() if raw["name"] == "compressed")
    return book_under({**raw, "day_seconds": day_seconds})


def fired(site: Site) -> list[RungFired]:
    return [entry.event for entry in site.journal if isinstance(entry.event, RungFired)]


async def test_a_click_on_cancel_ends_nothing(site: Site, book: Rulebook) -> None:
    """A project is ended by an act on record; the clock and the commands go on after the click."""
    async with site.working():
        await site.start(book)
        await site.handle.cancel()
        await site.send(report(1))
        (due, *_) = await site.rungs()
        await site.until(due.at + timedelta(hours=1))
        assert (await site.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    assert [kind for kind, _ in done(site)] == ["progress_reported", "rung_fired"]
