"""Every name that leaves this process: workflow types and ids, activities, queues, search attributes.

Changing one is a reviewed act: `tests/unit/test_wire_names.py` holds a fingerprint.
"""

from __future__ import annotations

NAMESPACE = "default"

PROJECT_QUEUE = "cuntong-projects"
DELIVERY_QUEUE = "cuntong-delivery"

PROJECT_WORKFLOW = "VillageProject"
DELIVERY_WORKFLOW = "Delivery"
LETTERS_WORKFLOW = "LetterRound"
AUDIT_WORKFLOW = "Audit"

STATE_QUERY = "state"
RUNGS_QUERY = "rungs"

RECORDS_COMMIT = "records.commit"
OUTBOX_DELIVER = "outbox.deliver"
LETTERS_WRITE = "letters.write"
AUDIT_RUN = "audit.run"

AUDIT_SCHEDULE = "audit"

ATTRIBUTE_STAGE = "ProjectStage"
ATTRIBUTE_STATUS = "ProjectStatus"
ATTRIBUTE_COUNTY = "ProjectCounty"
ATTRIBUTE_PLAN = "ProjectPlan"
ATTRIBUTE_LEVEL = "ProjectLevel"
ATTRIBUTE_DUE_AT = "ProjectDueAt"

SEARCH_ATTRIBUTES: dict[str, str] = {
    ATTRIBUTE_STAGE: "Keyword",
    ATTRIBUTE_STATUS: "Keyword",
    ATTRIBUTE_COUNTY: "Keyword",
    ATTRIBUTE_PLAN: "Keyword",
    ATTRIBUTE_LEVEL: "Int",
    ATTRIBUTE_DUE_AT: "Datetime",
}

MEMO_JOURNAL = "journal"
"""Memo of a project: number of an entry up to which its journal stood when there was nothing else to tell."""


def project_workflow_id(project_id: str) -> str:
    """Return the workflow id of a project: readable, from the immutable id, without personal data."""
    return f"project/{project_id}"


def project_id_of(workflow_id: str) -> str:
    """Return the project id inside a project's workflow id."""
    return workflow_id.removeprefix("project/")


def delivery_workflow_id(channel: str) -> str:
    """Return the id of the one delivery workflow of a channel."""
    return f"delivery/{channel}"


def letters_schedule_id(shard: int) -> str:
    """Return the id of the schedule that writes the letters of one shard of people."""
    return f"letters/{shard}"
