"""The supervisors' side of the engine: starts projects and carries commands to them.

It speaks to workflows by wire names alone. Whatever the engine answers, the caller gets a receipt or a coded reason.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from rules.attributes import Attributes
from rules.project import fingerprint
from schemas import names
from schemas.command import Command, Receipt
from schemas.delivery import DeliveryOrder
from schemas.project import Start
from schemas.reason import ErrorKind, Reason, Refusal
from schemas.workflow import ProjectRun

_PATIENCE = timedelta(seconds=20)
_PAUSE_SECONDS = 0.2

# The library has tried some of these again by itself, but for less long than we have patience. Unavailable is also what
# the engine says when it lost a task with the commands in it; unknown is a connection that broke.
_AWAY = {
    RPCStatusCode.ABORTED,
    RPCStatusCode.CANCELLED,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.UNKNOWN,
}
_BUSY = RPCStatusCode.RESOURCE_EXHAUSTED
_TASK_FAILED = "workflow task"  # in what the engine says when the task with the command failed, in whatever case

Recall = Callable[[str, Command], Receipt | None]
"""Returns the receipt of a command of a project when the journal knows it."""

Keep = Callable[[str, Command, Reason], None]
"""Puts on record that a command to a project was refused; it never raises."""


class Gateway:
    """Starts projects and sends commands, each at most once however often it is tried.

    Attributes:
        client: Connection to the engine.
        patience: How long to wait for the answer to a command.
        recall: Finds the receipt of a command that is on record; asked when the project ended before its answer came.
        keep: Told of every command that was not carried out.
    """

    def __init__(
        self,
        client: Client,
        patience: timedelta = _PATIENCE,
        recall: Recall = lambda *_: None,
        keep: Keep = lambda *_: None,
    ) -> None:
        """Work over an open connection."""
        self.client = client
        self.patience = patience
        self.recall = recall
        self.keep = keep

    async def start(self, order: Start, told: Attributes | None = None) -> bool:
        """Start a project; True when it is new, False when it runs or ran already.

        Args:
            order: What to start.
            told: What operators will find it by after its first task, as far as that can be known: told together
                with the start it costs nothing, later it is an act of its own.

        Raises:
            Refusal: The engine is away.
        """
        project = order.project
        try:
            await self.client.start_workflow(
                names.PROJECT_WORKFLOW,
                ProjectRun(start=order),
                id=names.project_workflow_id(project.project_id),
                task_queue=names.PROJECT_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                search_attributes=_at_start(order, told),
                static_summary=f"{project.place or project.village_name} · {project.technology} · {project.batch}",
            )
        except WorkflowAlreadyStartedError:
            return False
        except RPCError as error:
            raise self._unreachable(error) from error
        return True

    async def send(self, project_id: str, command: Command) -> Receipt:
        """Carry a command to a project and return its receipt; whatever gets lost on the way is sent again.

        A refusal is what the rules say now, also when the same command was refused before.

        Raises:
            Refusal: By the rules; or the project is unknown; or there was no answer in time, in which case the same
                command id may be sent again without harm.
        """
        try:
            return await self._send(project_id, command)
        except Refusal as refusal:
            await asyncio.to_thread(self.keep, project_id, command, refusal.reason)
            raise

    async def _send(self, project_id: str, command: Command) -> Receipt:
        """Ask until there is an answer, or patience has an end. The project knows the command again by its id."""
        clock = asyncio.get_running_loop().time
        end = clock() + self.patience.total_seconds()
        # within a run the engine answers a known id without asking us: other content must be another id
        update_id = known = f"{command.command_id}/{fingerprint(command)}"
        while True:
            try:
                return await self._ask(project_id, command, update_id, max(end - clock(), _PAUSE_SECONDS))
            except WorkflowUpdateFailedError as error:
                # What was refused after it had passed the door the engine goes on saying for as long as the run lasts,
                # though what was in the way is gone. Under an id that it does not know the rules are asked.
                if update_id != known:
                    raise _refusal(error, project_id) from error
                update_id = f"{known}/{uuid.uuid4().hex}"
                continue
            except WorkflowUpdateRPCTimeoutOrCancelledError as error:
                lost: Exception = error
                refusal = _no_answer(project_id, command.command_id)
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND and (done := self.recall(project_id, command)):
                    return done
                lost, refusal = error, self._unanswered(error, project_id, command)
                if refusal.reason.code != "command.no_answer" and error.status != _BUSY:
                    raise refusal from error
            if clock() + _PAUSE_SECONDS >= end:
                raise refusal from lost
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _ask(self, project_id: str, command: Command, update_id: str, seconds: float) -> Receipt:
        """Send a command once; the library's own limit holds for each of its calls, and it may need many.

        Raises:
            WorkflowUpdateFailedError: It was refused.
            WorkflowUpdateRPCTimeoutOrCancelledError: There was no answer in time.
            RPCError: The engine did not answer, or the project does not run.
        """
        handle = self.client.get_workflow_handle(names.project_workflow_id(project_id))
        task = asyncio.current_task()
        try:
            async with asyncio.timeout(seconds):
                receipt: Receipt = await handle.execute_update(
                    command.act.act,
                    command,
                    id=update_id,
                    result_type=Receipt,
                    rpc_timeout=timedelta(seconds=seconds),
                )
        except TimeoutError as error:
            raise WorkflowUpdateRPCTimeoutOrCancelledError from error
        except WorkflowUpdateRPCTimeoutOrCancelledError as error:
            if task and task.cancelling():  # the library swallows it; whoever cancels us must be heard
                raise asyncio.CancelledError from error
            raise
        return receipt

    def _unanswered(self, error: RPCError, project_id: str, command: Command) -> Refusal:
        if error.status == RPCStatusCode.NOT_FOUND:
            code = "project.over_for_good" if "completed" in error.message else "project.not_running"
            return Refusal(code, ErrorKind.NOT_FOUND, project_id=project_id)
        if error.status in _AWAY or _TASK_FAILED in error.message.casefold():
            return _no_answer(project_id, command.command_id)
        return self._unreachable(error)

    async def start_delivery(self, channel: str) -> None:
        """Make sure that the delivery of a channel is at work."""
        await self.client.start_workflow(
            names.DELIVERY_WORKFLOW,
            DeliveryOrder(channel=channel),
            id=names.delivery_workflow_id(channel),
            task_queue=names.DELIVERY_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"消息送达 Delivery · {channel}",
        )

    def _unreachable(self, error: RPCError) -> Refusal:
        address = self.client.service_client.config.target_host
        return Refusal("engine.failed", ErrorKind.UNAVAILABLE, address=address, detail=error.message)


def _at_start(order: Start, told: Attributes | None) -> TypedSearchAttributes:
    values: dict[str, Any] = told.by_name() if told else {names.ATTRIBUTE_COUNTY: order.project.county_code}
    pairs = [
        SearchAttributePair(_KEY_MAKERS[kind](name), value)
        for name, kind in names.SEARCH_ATTRIBUTES.items()
        if (value := values.get(name)) is not None
    ]
    return TypedSearchAttributes(pairs)


_KEY_MAKERS: dict[str, Any] = {
    "Keyword": SearchAttributeKey.for_keyword,
    "Int": SearchAttributeKey.for_int,
    "Datetime": SearchAttributeKey.for_datetime,
}
"""As in `workflows.search`: names and types are told once, in `schemas.names`, which may not know the engine; and these
two rooms do not know each other."""


def _refusal(error: WorkflowUpdateFailedError, project_id: str) -> Refusal:
    cause: Any = error.cause
    if isinstance(cause, ApplicationError) and cause.details:
        reason = Reason.model_validate(cause.details[0])
        return Refusal(reason.code, kind=reason.kind, **reason.params)
    return Refusal("command.failed", ErrorKind.UNAVAILABLE, project_id=project_id, detail=str(cause or error))


def _no_answer(project_id: str, command_id: str) -> Refusal:
    return Refusal("command.no_answer", ErrorKind.UNAVAILABLE, project_id=project_id, command_id=command_id)
