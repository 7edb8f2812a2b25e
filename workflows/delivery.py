"""Hands messages over, one workflow a channel: a stint of delivery after another, for ever."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from schemas import names
    from schemas.delivery import DeliveryOrder
    from workflows.ports import OutboxPort

_STINT = timedelta(minutes=15)
_HEARTBEAT = timedelta(seconds=15)
_AT_ONCE = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=10))


@workflow.defn(name=names.DELIVERY_WORKFLOW)
class Delivery:
    """Keeps exactly one deliverer of a channel at work; when its worker dies, another takes over."""

    @workflow.run
    async def run(self, order: DeliveryOrder) -> None:
        """Let one stint be done, then continue as new, so that the history stays short."""
        await workflow.execute_activity_method(
            OutboxPort.deliver,
            order,
            task_queue=names.DELIVERY_QUEUE,
            start_to_close_timeout=_STINT,
            heartbeat_timeout=_HEARTBEAT,
            retry_policy=_AT_ONCE,
            summary=order.channel,
        )
        workflow.continue_as_new(order.model_copy(update={"runs": order.runs + 1}))
