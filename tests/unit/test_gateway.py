"""The gateway asks until there is an answer, and no longer than it has patience."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import ConnectConfig, RPCError, RPCStatusCode

from infra.gateway import Gateway
from schemas.command import Command, Receipt, Report
from schemas.reason import ErrorKind, Reason, Refusal
from tests.support import people

COMMAND = Command(command_id="c-1", actor=people.COUNTY, act=Report(percent=50))
DONE = Receipt(project_id="p", command_id="c-1", seq=3, is_repeat=False, status="running", open_stages=())
SHORT = timedelta(seconds=0.5)
FOR_EVER = object()


class Engine:
    """Answers every question by a script, the last answer again and again.

    Attributes:
        asked: Update ids of the questions.
    """

    def __init__(self, *answers: object) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)
        self.service_client = SimpleNamespace(config=ConnectConfig(target_host="127.0.0.1:7233"))

    def get_workflow_handle(self, _workflow_id: str) -> Engine:
        return self

    async def execute_update(self, _name: str, _command: Command, **options: Any) -> Receipt:  # noqa: ANN401
        self.asked.append(options["id"])
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if answer is FOR_EVER:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError as error:  # as the library does
                raise WorkflowUpdateRPCTimeoutOrCancelledError from error
        if isinstance(answer, Exception):
            raise answer
        return cast("Receipt", answer)


def away(status: RPCStatusCode, message: str = "") -> RPCError:
    return RPCError(message, status, b"")


def refused(code: str) -> WorkflowUpdateFailedError:
    reason = Reason(code=code, kind=ErrorKind.REFUSED)
    return WorkflowUpdateFailedError(ApplicationError(code, reason.model_dump(mode="json")))


def gateway(engine: Engine, patience: timedelta = timedelta(seconds=20), kept: list[Reason] | None = None) -> Gateway:
    def keep(_project_id: str, _command: Command, reason: Reason) -> None:
        if kept is not None:
            kept.append(reason)

    return Gateway(cast("Client", engine), patience, keep=keep)


async def answers(engine: Engine, patience: timedelta = timedelta(seconds=20)) -> str:
    """Return the code of the refusal of a command, or `done`."""
    try:
        return "done" if await gateway(engine, patience).send("p", COMMAND) == DONE else "?"
    except Refusal as refusal:
        return refusal.reason.code


@pytest.mark.parametrize(
    "lost",
    [
        away(RPCStatusCode.UNAVAILABLE, "workflow update was aborted"),
        away(RPCStatusCode.UNKNOWN, "transport error"),
        away(RPCStatusCode.ABORTED),
        away(RPCStatusCode.RESOURCE_EXHAUSTED, "limit on number of concurrent in-flight updates has been reached"),
        away(RPCStatusCode.FAILED_PRECONDITION, "Unable to ... due to unexpected workflow task failure."),
        away(RPCStatusCode.FAILED_PRECONDITION, "Unable to ... due to Workflow Task in failed state."),
        WorkflowUpdateRPCTimeoutOrCancelledError(),
    ],
    ids=["aborted task", "broken connection", "aborted", "busy", "failed task", "failing task", "no answer"],
)
async def test_what_is_lost_is_sent_again_under_the_same_id(lost: Exception) -> None:
    engine = Engine(lost, lost, DONE)
    assert await answers(engine) == "done"
    assert len(engine.asked) == 3
    assert len(set(engine.asked)) == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (FOR_EVER, "command.no_answer"),
        (away(RPCStatusCode.UNAVAILABLE), "command.no_answer"),
        (WorkflowUpdateRPCTimeoutOrCancelledError(), "command.no_answer"),
        (away(RPCStatusCode.RESOURCE_EXHAUSTED), "engine.failed"),
    ],
    ids=["silence", "away", "timeout", "busy"],
)
async def test_patience_holds_for_the_whole(said: object, code: str) -> None:
    async with asyncio.timeout(30):
        assert await answers(Engine(said), SHORT) == code


async def test_what_will_not_change_is_told_at_once() -> None:
    engine = Engine(away(RPCStatusCode.NOT_FOUND, "workflow not found"))
    assert (await answers(engine), len(engine.asked)) == ("project.not_running", 1)
    engine = Engine(away(RPCStatusCode.PERMISSION_DENIED))
    assert (await answers(engine), len(engine.asked)) == ("engine.failed", 1)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([refused("project.held"), DONE], "done"),
        ([refused("project.held"), refused("stage.done")], "stage.done"),
        ([refused("project.held"), away(RPCStatusCode.UNAVAILABLE), DONE], "done"),
    ],
    ids=["it has passed", "another now", "lost between"],
)
async def test_a_refusal_is_asked_for_anew(script: Iterable[object], code: str) -> None:
    """The engine may have remembered it; the second question is one that it cannot know."""
    engine = Engine(*script)
    assert await answers(engine) == code
    assert engine.asked[1].startswith(f"{engine.asked[0]}/")


async def test_only_the_last_word_is_kept() -> None:
    kept: list[Reason] = []
    engine = Engine(away(RPCStatusCode.UNAVAILABLE), refused("project.held"), refused("stage.done"))
    with pytest.raises(Refusal):
        await gateway(engine, kept=kept).send("p", COMMAND)
    assert [reason.code for reason in kept] == ["stage.done"]


async def test_whoever_cancels_is_heard() -> None:
    engine = Engine(FOR_EVER)
    sending = asyncio.create_task(gateway(engine).send("p", COMMAND))
    while not engine.asked:  # noqa: ASYNC110 - it asks at once
        await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
