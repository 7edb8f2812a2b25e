"""Migrations of many projects to other policies: what is asked for, and what would move."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.message import Instant, Message
from schemas.policy import Pins
from schemas.reason import Reason

PolicyKind = Literal["plan", "ladder", "hierarchy", "calendar"]
"""Kinds of policies that projects keep until a migration."""
DocumentKind = Literal[PolicyKind, "messaging", "letters"]
"""Kinds of policies; of those that projects do not keep, the version published last is in force for all."""


class MigrationOrder(Message):
    """Which projects go on under which policies.

    Attributes:
        targets: References of the new policies by kind; what is not named stays as each project has it.
        names: Names of the policies they take the place of, by kind: projects under others are not meant.
        project_ids: Only these; empty for all.
        area: Only those whose village lies there, as a code prefix.
        batch: Only those of this batch.
        plan: Only those under a plan of this name.
        fires_past: Whether rungs that would lie in the past fire at once.
    """

    targets: Annotated[dict[PolicyKind, str], Field(min_length=1)]
    names: dict[PolicyKind, str]
    project_ids: tuple[str, ...] = ()
    area: str = ""
    batch: str = ""
    plan: str = ""
    fires_past: bool = False

    def pins(self, present: Pins) -> Pins:
        """Return the pins of a project that is meant, from its present ones."""
        return present.model_copy(update={str(kind): ref for kind, ref in self.targets.items()})


class Deadline(Message):
    """The due day of an open stage before and after a migration.

    Attributes:
        project_id: The project.
        stage: The stage.
        due_before: Due instant under the present policies; None while held.
        due_after: Due instant under the new ones.
        moved_days: Calendar days by which it moves; negative: earlier.
        falls_past: Whether it lies in the past then, and does not now.
        was_provisional: Whether it lies beyond the last published year of the present calendar.
        is_provisional: The same of the new calendar.
        past_rungs: Keys of the rungs that would have been due before now: they stay silent, or fire when ordered.
    """

    project_id: str
    stage: str
    due_before: Instant | None = None
    due_after: Instant | None = None
    moved_days: int = 0
    falls_past: bool = False
    was_provisional: bool = False
    is_provisional: bool = False
    past_rungs: tuple[str, ...] = ()


class ProjectMove(Message):
    """What a migration would do to one project.

    Attributes:
        project_id: The project.
        deadlines: Its open stages.
        opens: Stages that would open at once.
        refused: Why it cannot go on under the new policies; None when it can.
    """

    project_id: str
    deadlines: tuple[Deadline, ...] = ()
    opens: tuple[str, ...] = ()
    refused: Reason | None = None


class StageMoves(Message):
    """How many deadlines of one stage move."""

    stage: str
    deadlines: int = 0
    moved: int = 0
    falls_past: int = 0
    made_final: int = 0


class RefusedProject(Message):
    """A project that stays under its present policies, and why."""

    project_id: str
    reason: Reason


class MigrationPreview(Message):
    """What a migration would do to many projects.

    Attributes:
        projects: How many would go on under the new policies.
        refused: How many could not, by the code of the reason.
        deadlines: Open deadlines of those that would.
        moved: How many of these move.
        later: Those that move to a later day.
        earlier: Those that move to an earlier day.
        falls_past: Those that would lie in the past, and do not now.
        made_final: Those that are provisional now and would not be.
        made_provisional: Those that would become provisional.
        past_rungs: Rungs that would have been due before now.
        opens: Stages that would open at once.
        by_stage: The same by stage.
        samples: The ten deadlines that move furthest.
        refusals: The first ten projects that could not, and why.
    """

    projects: int = 0
    refused: dict[str, int] = Field(default_factory=dict)
    deadlines: int = 0
    moved: int = 0
    later: int = 0
    earlier: int = 0
    falls_past: int = 0
    made_final: int = 0
    made_provisional: int = 0
    past_rungs: int = 0
    opens: int = 0
    by_stage: tuple[StageMoves, ...] = ()
    samples: tuple[Deadline, ...] = ()
    refusals: tuple[RefusedProject, ...] = ()


class MigrationProposal(Message):
    """Content of a proposal of the kind `migrate`.

    Attributes:
        order: What is to be done.
        preview: What it would have moved when it was filed.
    """

    order: MigrationOrder
    preview: MigrationPreview


class PublicationProposal(Message):
    """Content of a proposal of the kind `publish`.

    Attributes:
        documents: Policies as they were written.
    """

    documents: tuple[dict[str, Any], ...]


class Item(Message):
    """What became of one project of an approved migration.

    Attributes:
        project_id: The project.
        outcome: `migrated`; `repeated` when that was done before; `refused`; `unanswered` when nobody can tell yet.
        reason: Why not.
    """

    project_id: str
    outcome: Literal["migrated", "repeated", "refused", "unanswered"]
    reason: Reason | None = None


class Proposal(Message):
    """An act on many projects or on policies that a second person has to approve.

    Attributes:
        number: `P-000001`, ...
        kind: `migrate` or `publish`.
        content: The order, as JSON.
        proposed_by: Person who proposed it.
        proposed_at: When.
        decided_by: Person who approved or declined it.
        decided_at: When.
        outcome: Empty while it waits; `approved` while it is carried out; then `done`; or `declined`.
    """

    number: str
    kind: str
    content: str
    proposed_by: str
    proposed_at: Instant
    decided_by: str = ""
    decided_at: Instant | None = None
    outcome: Literal["", "approved", "done", "declined"] = ""


class PublishedPolicy(Message):
    """A published version of a policy.

    Attributes:
        ref: Its reference.
        kind: Its kind.
        name: Its name.
        version: Its version.
        published_at: When it was published.
        projects: Running and held projects that are pinned to it.
    """

    ref: str
    kind: DocumentKind
    name: str
    version: str
    published_at: Instant
    projects: int = 0
