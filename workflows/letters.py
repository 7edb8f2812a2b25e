"""One round of letter writing over a shard of people; a schedule starts it again and again."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from schemas import names
    from schemas.letter import RoundOrder, RoundReport
    from workflows.ports import LettersPort

_ROUND = timedelta(minutes=15)
_HEARTBEAT = timedelta(seconds=30)
_SOON = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30))


@workflow.defn(name=names.LETTERS_WORKFLOW)
class LetterRound:
    """Has the letters of one shard of people written; what is left by a worker that dies another one goes on with."""

    @workflow.run
    async def run(self, order: RoundOrder) -> RoundReport:
        """Write everything that is due now."""
        return await workflow.execute_activity_method(
            LettersPort.write,
            order,
            task_queue=names.DELIVERY_QUEUE,
            start_to_close_timeout=_ROUND,
            heartbeat_timeout=_HEARTBEAT,
            retry_policy=_SOON,
            summary=f"{order.shard + 1}/{order.shards}",
        )
