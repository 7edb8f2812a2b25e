"""Audits the records: one round, started on a schedule of its own, whatever else stands still."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from schemas import names
    from schemas.audit import AuditOrder, AuditReport
    from workflows.ports import AuditPort

_LONGEST = timedelta(minutes=10)
_PATIENCE = timedelta(minutes=15)
_AGAIN = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=1))


@workflow.defn(name=names.AUDIT_WORKFLOW)
class Audit:
    """One audit. One that cannot be done is given up: the next comes by the schedule, and silence is its own alarm."""

    @workflow.run
    async def run(self, order: AuditOrder) -> AuditReport:
        """Have the records audited and return what was found."""
        return await workflow.execute_activity_method(
            AuditPort.audit,
            order,
            task_queue=names.DELIVERY_QUEUE,
            start_to_close_timeout=_LONGEST,
            schedule_to_close_timeout=_PATIENCE,
            retry_policy=_AGAIN,
        )
