"""The sandbox all workflows run in: the same for workers, tests and replay."""

from __future__ import annotations

from temporalio import workflow
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows import ports, refusal, search, writing
from workflows.audit import Audit
from workflows.delivery import Delivery
from workflows.letters import LetterRound
from workflows.project import VillageProject

WORKFLOWS: tuple[type, ...] = (VillageProject, Delivery, LetterRound, Audit)
"""Every workflow of this system."""

_POLICY = (
    workflow.SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
    | workflow.SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
)

_SHARED = tuple(module.__name__ for module in (ports, refusal, search, writing))
"""Said by name: `from workflows import search` would run the module again in every sandbox, passed through or not."""


def runner() -> SandboxedWorkflowRunner:
    """Return the sandbox: it raises on an import that was not passed through on purpose."""
    restrictions = SandboxRestrictions.default.with_import_notification_policy(_POLICY)
    return SandboxedWorkflowRunner(restrictions=restrictions.with_passthrough_modules(*_SHARED))
