"""Commands on the server: each is carried out once or refused without a trace, whatever comes in between."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from rules import ladder
from rules.policy import Rulebook
from rules.text import render
from schemas.command import Acknowledge, Act, Actor, Close, Command, HoldProject, Receipt, Report, ResumeProject
from schemas.event import Acknowledged, RungFired, StageClosed
from schemas.reason import ErrorKind, Reason, Refusal
from schemas.state import COMMANDS_KEPT
from tests.support import people
from tests.support.engine import Site, book_where_it_is, eventually, instant, taken_in
from tests.support.life import closing
from tests.timeskip.script import BEGINS

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def book() -> Rulebook:
    return book_where_it_is(BEGINS)


def command(act: Act, by: Actor = people.PROVINCE, command_id: str = "c-1") -> Command:
    return Command(command_id=command_id, actor=by, act=act)


def closes(book: Rulebook, stage: str, command_id: str = "") -> Command:
    """Return the command by which the proper person closes a stage."""
    rule = book.stages[stage]
    return command(closing(rule), people.BY_ROLE[rule.closed_by.by[0]], command_id or f"close-{stage}")


def reports(number: int) -> Command:
    """Return a command that may be given at any time; each number is another one."""
    return command(Report(percent=number % 101, note=str(number)), people.COUNTY, f"report-{number}")


async def update(site: Site, sent: Command, update_id: str) -> Receipt:
    """Send a command under an update id of the sender's choice."""
    receipt: Receipt = await site.handle.execute_update(sent.act.act, sent, id=update_id, result_type=Receipt)
    return receipt


async def refusal(sending: Awaitable[object]) -> Reason:
    """Return the coded reason of an update that must be refused."""
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await sending
    cause = failed.value.cause
    assert isinstance(cause, ApplicationError)
    reason = Reason.model_validate(cause.details[0])
    assert cause.type == reason.kind.value
    assert all(render(reason, lang) for lang in ("zh-CN", "en"))
    return reason


async def accepted(site: Site, number: int) -> bool:
    """Return whether so many updates have passed the door of this run."""
    events = await site.events()
    return sum(event.HasField("workflow_execution_update_accepted_event_attributes") for event in events) >= number


def carried_out(site: Site) -> Counter[str]:
    """Return how many entries each command has in the journal."""
    return Counter(entry.command_id for entry in site.journal if entry.command_id)


async def test_the_same_update_twice_is_carried_out_once(site: Site, book: Rulebook) -> None:
    """The engine itself answers again."""
    async with site.working():
        await site.start(book)
        first = await update(site, reports(1), "u-1")
        again = await update(site, reports(1), "u-1")
    assert first == again
    assert carried_out(site) == {"report-1": 1}


async def test_the_same_command_in_another_update_is_carried_out_once(site: Site, book: Rulebook) -> None:
    async with site.working():
        await site.start(book)
        first = await update(site, reports(1), "u-1")
        again = await update(site, reports(1), "u-2")
    assert again == first.model_copy(update={"is_repeat": True})
    assert carried_out(site) == {"report-1": 1}


async def test_the_same_command_after_continuing_as_new_is_carried_out_once(site: Site, book: Rulebook) -> None:
    """The engine has forgotten the update by then, the project has not."""
    async with site.working():
        await site.start(book)
        first = await site.send(closes(book, "funding"))
        runs = {(await site.handle.describe()).run_id}
        for stage in ("contract", "baseline"):  # the last of them ends the first phase of the plan
            await site.send(closes(book, stage))
        again = await site.send(closes(book, "funding"))
        runs.add((await site.handle.describe()).run_id)
    assert (again.is_repeat, again.seq, len(runs)) == (True, first.seq, 2)
    assert carried_out(site) == {"close-funding": 2, "close-contract": 2, "close-baseline": 2}


async def test_the_same_command_after_many_others_is_carried_out_once(site: Site, book: Rulebook) -> None:
    """As many as are kept; without a cache, so that the memory is in the history and not in the worker."""
    async with site.working(cached=0):
        await site.start(book)
        first = await site.send(reports(0))
        for start in range(1, COMMANDS_KEPT, 8):
            numbers = range(start, min(start + 8, COMMANDS_KEPT))
            await asyncio.gather(*(site.send(reports(number)) for number in numbers))
        again = await update(site, reports(0), "u-2")
    assert (again.is_repeat, again.seq) == (True, first.seq)
    assert carried_out(site) == {f"report-{number}": 1 for number in range(COMMANDS_KEPT)}


async def test_an_id_used_for_something_else_is_a_conflict(site: Site, book: Rulebook) -> None:
    async with site.working():
        await site.start(book)
        await update(site, reports(1), "u-1")
        other = command(Report(percent=99), people.COUNTY, "report-1")
        reason = await refusal(update(site, other, "u-2"))
    assert (reason.code, reason.kind) == ("command.id_reused", ErrorKind.CONFLICT)
    assert carried_out(site) == {"report-1": 1}


async def test_a_refused_command_leaves_no_trace_in_the_history(site: Site, book: Rulebook) -> None:
    async with site.working():
        await site.start(book)
        before = await site.events()
        for act in (closing(book.stages["contract"]), Close(act="approve", stage="funding")):
            with pytest.raises(Refusal):
                await site.send(command(act))
        with pytest.raises(Refusal) as refused:
            await site.send(command(closing(book.stages["funding"]), people.COUNTY))
        assert refused.value.reason.code == "authority.wrong_role"
        assert await site.events() == before
        await site.send(reports(1))
    assert carried_out(site) == {"report-1": 1}


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("approve", [{"nonsense": True}], "command.unreadable"),
        ("approve", ["approve it"], "command.unreadable"),
        ("approve", [], "command.unreadable"),
        ("approve", [reports(1), reports(2)], "command.unreadable"),
        ("approve", [reports(1)], "command.wrong_name"),
        ("abolish", [reports(1)], "command.wrong_name"),
    ],
    ids=["no command", "text", "nothing", "two", "another act", "unknown act"],
)
async def test_what_cannot_be_read_is_refused_without_harm(
    site: Site, book: Rulebook, name: str, arguments: list[object], code: str
) -> None:
    async with site.working():
        await site.start(book)
        before = await site.events()
        reason = await refusal(site.handle.execute_update(name, args=arguments, id="u-1"))
        assert reason.code == code
        assert await site.events() == before
        await site.send(reports(1))
    assert carried_out(site) == {"report-1": 1}


async def test_of_twenty_at_once_one_wins(site: Site, book: Rulebook) -> None:
    async with site.working():
        await site.start(book)
        attempts = [site.send(closes(book, "funding", f"c-{number}")) for number in range(20)]
        answers = await asyncio.gather(*attempts, return_exceptions=True)
    won = [answer for answer in answers if isinstance(answer, Receipt)]
    lost = [answer.reason.code for answer in answers if isinstance(answer, Refusal)]
    assert len(won) == 1
    assert lost == ["stage.done"] * 19
    assert carried_out(site) == {won[0].command_id: 2}


async def test_of_many_that_passed_the_door_one_wins(site: Site, book: Rulebook) -> None:
    """While the records are away commands pile up behind the first: the rules are asked again when their turn comes."""
    async with site.working():
        await site.start(book)
        site.records.fail(1000)
        first = asyncio.create_task(site.send(reports(1)))
        await eventually(lambda: site.records.commits > 3)
        attempts = asyncio.gather(
            *(site.send(closes(book, "funding", f"c-{number}")) for number in range(5)), return_exceptions=True
        )
        await eventually(lambda: accepted(site, 6))
        site.records.fail(0)
        await first
        answers = await attempts
    won = [answer for answer in answers if isinstance(answer, Receipt)]
    lost = [answer.reason.code for answer in answers if isinstance(answer, Refusal)]
    assert (len(won), lost) == (1, ["stage.done"] * 4)
    assert carried_out(site) == {"report-1": 1, won[0].command_id: 2}


async def test_a_refusal_behind_the_door_passes_with_its_cause(site: Site, book: Rulebook) -> None:
    """The engine remembers what was refused after it had been accepted; whoever asks again is answered anew."""
    async with site.working():
        await site.start(book)
        site.records.fail(1000)
        first = asyncio.create_task(site.send(reports(1)))
        await eventually(lambda: site.records.commits > 3)
        hold = command(HoldProject(code="WINTER_STOP"), people.PREFECTURE, "hold")
        holding = asyncio.create_task(site.send(hold))
        await eventually(lambda: accepted(site, 2))
        closing_early = asyncio.create_task(site.send(closes(book, "funding", "c-1")))
        await eventually(lambda: accepted(site, 3))
        site.records.fail(0)
        await asyncio.gather(first, holding)
        with pytest.raises(Refusal) as refused:
            await closing_early
        assert refused.value.reason.code == "project.held"
        await site.send(command(ResumeProject(), people.PREFECTURE, "resume"))
        receipt = await site.send(closes(book, "funding", "c-1"))
        again = await site.send(closes(book, "funding", "c-1"))
    assert (again.is_repeat, again.seq) == (True, receipt.seq)
    assert carried_out(site) == {"report-1": 1, "hold": 1, "resume": 1, "c-1": 2}


async def test_a_command_at_the_instant_of_a_rung_comes_after_it(site: Site, book: Rulebook) -> None:
    """The reminder is in the journal first, so it can be acknowledged in the very task in which it fires."""
    async with site.working():
        await site.start(book)
        (due, *_) = await site.rungs()
    turning = asyncio.create_task(site.until(due.at))
    await eventually(lambda: site.has_come(due.at))
    act = Acknowledge(promised_at=instant(book, "2018-06-15 10:00"))
    sending = asyncio.create_task(site.send(command(act)))
    await taken_in()
    async with site.working():
        await sending
        await turning
    fired, acknowledged = site.journal[-2:]
    assert isinstance(fired.event, RungFired)
    assert isinstance(acknowledged.event, Acknowledged)
    assert (fired.event.nominal_at, fired.at) == (due.at, acknowledged.at)


async def test_no_command_is_lost_while_the_project_continues_as_new(site: Site, book: Rulebook) -> None:
    """People go on reporting while stage after stage is closed."""

    async def report(numbers: range) -> list[Receipt]:
        return [await site.send(reports(number)) for number in numbers]

    async with site.working():
        await site.start(book)
        reporting = [asyncio.create_task(report(range(start, start + 15))) for start in range(0, 60, 15)]
        for stage in ("funding", "contract", "baseline", "survey_design", "route"):
            await site.send(closes(book, stage))
        receipts = [receipt for told in await asyncio.gather(*reporting) for receipt in told]
        state = await site.state()
    # not by `is_repeat`: where a task is lost, the one that comes after it finds the command carried out
    own = {entry.command_id: entry.seq for entry in site.journal}
    assert [receipt.seq for receipt in receipts] == [own[receipt.command_id] for receipt in receipts]
    done = carried_out(site)
    assert [done[f"report-{number}"] for number in range(60)] == [1] * 60
    closed = [entry.event.stage for entry in site.journal if isinstance(entry.event, StageClosed)]
    assert closed == ["funding", "contract", "baseline", "survey_design", "route"]
    assert state.open_stages() == ["cable"]


async def test_queries_answer_while_it_runs_and_afterwards(site: Site, book: Rulebook) -> None:
    async with site.working():
        await site.start(book)
        state = await site.state()
        assert (state.status, state.open_stages()) == ("running", ["funding"])
        assert await site.rungs() == ladder.rungs(state, book)
        reject = {"act": "reject", "code": "INELIGIBLE", "note": "not on the list"}
        await site.send(Command.model_validate({"command_id": "c-1", "actor": people.PROVINCE, "act": reject}))
        await site.handle.result()
        assert ((await site.state()).status, await site.rungs()) == ("rejected", [])
        with pytest.raises(Refusal) as refused:
            await site.send(reports(1))
        assert refused.value.reason.code == "project.over_for_good"
