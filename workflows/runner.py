"""The sandbox all workflows run in: the same for workers, tests and replay."""

from __future__ import annotations

from temporalio import workflow
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.delivery import Delivery
from workflows.project import VillageProject

WORKFLOWS: tuple[type, ...] = (VillageProject, Delivery)
"""Every workflow of this system."""

_POLICY = (
    workflow.SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
    | workflow.SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
)


def runner() -> SandboxedWorkflowRunner:
    """Return the sandbox: it raises on an import that was not passed through on purpose."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_import_notification_policy(_POLICY))
