"""A running workflow goes on under other policies: its timer, its lists and its journal follow, and it replays so."""

from __future__ import annotations

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from rules import ladder, policy, project
from rules.attributes import attributes
from rules.policy import Raw, Rulebook
from schemas import names
from schemas.command import Command
from schemas.event import RungFired
from schemas.policy import Pins
from schemas.reason import ErrorKind, Refusal
from tests.support import editions, people
from tests.support.engine import Site, book_where_it_is, instant, shown
from tests.support.migrating import migrate
from tests.timeskip.script import BEGINS
from workflows.runner import WORKFLOWS, runner

pytestmark = pytest.mark.asyncio(loop_scope="session")


def under(book: Rulebook, *raws: Raw) -> Pins:
    """Return the pins of a project with some policies in place of its own; a worker of this process finds them."""
    return book.pins.model_copy(update={raw["kind"]: policy.installed.put(raw) for raw in raws})


def command(pins: Pins) -> Command:
    return Command(command_id="migrate:P-000001", actor=people.PROVINCE, act=migrate(pins))


@pytest.mark.parametrize("cached", [500, 0])
async def test_the_timer_follows_the_new_policies(site: Site, cached: int) -> None:
    """The term shrinks from 20 to 8 working days on the tenth: what it would have fired is past, the ladder goes on."""
    book = book_where_it_is(BEGINS)
    pins = under(book, editions.budgets(days={"funding": 8}))
    async with site.working(cached=cached):
        await site.start(book)
        await site.until(instant(book, "2018-05-18 15:00"))
        receipt = await site.send(command(pins))
        assert (await site.send(command(pins))).seq == receipt.seq
        new, state = policy.installed.book(pins), await site.state()
        assert (state.pins, state) == (pins, project.fold(site.journal))
        ahead = await site.rungs()
        assert ahead == ladder.rungs(state, new)
        assert shown(new, ahead[0].due_at) == "2018-05-18 00:00"
        assert [(rung.key, shown(new, rung.at)) for rung in ahead[:2]] == [
            ("supervision-order", "2018-05-28 09:00"),
            ("circular", "2018-06-07 09:00"),
        ]
        assert [event for event in await site.events() if event.HasField("timer_canceled_event_attributes")]
        await site.until(instant(book, "2018-05-29 10:00"))
        told = {pair.key.name: pair.value for pair in (await site.handle.describe()).typed_search_attributes}
        wanted = attributes(await site.state(), new)
        assert (told[names.ATTRIBUTE_PLAN], told[names.ATTRIBUTE_LEVEL]) == (wanted.plan, 2)
    after = [entry.event for entry in site.journal if entry.seq > receipt.seq]
    assert [(event.rung, event.nominal_at) for event in after if isinstance(event, RungFired)] == [
        ("supervision-order", instant(book, "2018-05-28 09:00"))
    ]
    replayer = Replayer(workflows=[*WORKFLOWS], data_converter=pydantic_data_converter, workflow_runner=runner())
    await replayer.replay_workflow(await site.handle.fetch_history())


async def test_a_policy_that_is_nowhere_is_refused_at_the_door(site: Site) -> None:
    book = book_where_it_is(BEGINS)
    nowhere = book.pins.model_copy(update={"calendar": "china@2099.1#0123456789abcdef"})
    async with site.working():
        await site.start(book)
        before = len(await site.events())
        with pytest.raises(Refusal) as refused:
            await site.send(command(nowhere))
        assert (refused.value.reason.code, refused.value.reason.kind) == ("policy.not_published", ErrorKind.UNAVAILABLE)
        assert isinstance(refused.value.__cause__, WorkflowUpdateFailedError)
        assert len(await site.events()) == before
