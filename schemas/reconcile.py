"""The way from the planned to the final list of tasks, line by line."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.message import Message
from schemas.reason import Reason

ReconcileKey = Literal["reason", "county", "prefecture", "province"]
"""What the lines are grouped by; `reason` gives one group with every line."""

LineKind = Literal["planned", "cancelled", "rejected", "merged", "removed", "added", "final"]


class TaskRow(Message):
    """A task of the list as the records have it. Fields as in `schemas.view.ProjectRow`."""

    project_id: str
    programme: str
    batch: str
    technology: str
    first_village_code: str
    status: str
    ended_code: str = ""
    merged_into: str = ""


class BatchUnits(Message):
    """The units of a batch.

    Attributes:
        project_id: The batch.
        code: Its code, by which it is grouped.
        planned: Units in scope at the start.
        final: Units in scope now.
        moved: Units that left (negative) or entered, by reason code.
    """

    project_id: str
    code: str
    planned: int
    final: int
    moved: dict[str, int] = Field(default_factory=dict)


class Line(Message):
    """One line: so many for this reason.

    Attributes:
        kind: What happened to them.
        code: Coded reason; empty where the kind says it all.
        count: How many; negative when they leave the list.
    """

    kind: LineKind
    code: str = ""
    count: int


class Group(Message):
    """The way of one group.

    Attributes:
        key: Code of the area; empty when everything is one group.
        lines: From planned to final, in this order.
        gap: Final minus everything before it: 0 when it adds up.
    """

    key: str = ""
    lines: tuple[Line, ...]
    gap: int = 0


class Reconciliation(Message):
    """A list of tasks reconciled.

    Attributes:
        by: What the groups stand for.
        tasks: Tasks by group.
        total: All of them.
        units: Units of batches; None when there are none.
        changes: Changes that leave the number of tasks as it is, by kind.
        problems: Everything that does not add up or cannot be explained.
    """

    by: ReconcileKey
    tasks: tuple[Group, ...] = ()
    total: Group
    units: Group | None = None
    changes: dict[str, int] = Field(default_factory=dict)
    problems: tuple[Reason, ...] = ()
