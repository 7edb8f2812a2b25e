"""Commands on the server: each is carried out once or refused without a trace, whatever comes in between."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from rules import ladder
from rules.policy import Rulebook
from rules.text import render
from schemas.command import Acknowledge, Act, Actor, Close, Command, Receipt, Report
from schemas.event import RungFired, StageClosed
from schemas.reason import ErrorKind, Reason, Refusal
from schemas.state import COMMANDS_KEPT
from tests.support import people
from tests.support.engine import Site, book_where_it_is, eventually, instant
from tests.support.life import closing
from tests.timeskip.script import BEGINS

pytestmark = pytest.mark.asyncio(loop_scope="session")

PROJECT = "P-1"


@pytest.fixture
def book() -> Rulebook:
    return book_where_it_is(BEGINS)


@pytest.fixture
def approve(book: Rulebook) -> Close:
    """The act that closes the first stage."""
    return closing(book.stages["funding"])


def command(act: Act, by: Actor = people.PROVINCE, command_id: str = "c-1") -> Command:
    return Command(command_id=command_id, actor=by, act=act)


def report(number: int) -> Command:
    """Return a command that may be given at any time, each with an id of its own."""
    return command(Report(percent=number % 100), people.COUNTY, f"report-{number}")


async def update(site: Site, sent: Command, update_id: str) -> Receipt:
    """Send a command under an update id of the sender's choice."""
    handle = site.handle(site.project(PROJECT))
    receipt: Receipt = await handle.execute_update(sent.act.act, sent, id=update_id, result_type=Receipt)
    return receipt


async def refusal(sending: Any) -> Reason:  # noqa: ANN401 - any awaitable
    """Return the coded reason of an update that must be refused."""
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await sending
    cause = failed.value.cause
    assert isinstance(cause, ApplicationError)
    reason = Reason.model_validate(cause.details[0])
    assert cause.type == reason.kind.value
    assert all(render(reason, lang) for lang in ("zh-CN", "en"))
    return reason
