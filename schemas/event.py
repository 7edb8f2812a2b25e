"""Events: what happened to a project, in past tense. A state is the fold of these and of nothing else.

Each carries all that the fold needs, so that old journals can be read when policies are long gone.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from schemas.command import FactValue
from schemas.ladder import RungKind
from schemas.message import Instant, Message
from schemas.plan import Unit
from schemas.policy import Pins
from schemas.project import Project
from schemas.state import TurnKind


class ProjectStarted(Message):
    """The project exists; its stages wait for their prerequisites."""

    type: Literal["project_started"] = "project_started"
    project: Project
    pins: Pins
    stages: tuple[str, ...]


class TurnOpened(Message):
    """A stage opened, or the ball passed inside it; a clock runs for `party`.

    Attributes:
        stage: The stage.
        round: Round of the stage.
        turn: Kind of turn. `work` opens the stage itself.
        due_at: Due instant as it stood then, for the record; the due day of now is computed from the clock.
    """

    type: Literal["turn_opened"] = "turn_opened"
    stage: str
    round: int
    turn: TurnKind
    owner: str
    party: str
    budget_days: int
    unit: Unit
    due_at: Instant
    code: str = ""
    note: str = ""


class ProgressReported(Message):
    """Somebody reported how far the stage is."""

    type: Literal["progress_reported"] = "progress_reported"
    stage: str
    percent: int
    note: str = ""
    evidence: tuple[str, ...] = ()


class StageClosed(Message):
    """The stage is done, with the facts stated."""

    type: Literal["stage_closed"] = "stage_closed"
    stage: str
    act: str
    facts: dict[str, FactValue] = Field(default_factory=dict)
    note: str = ""


class AcceptanceRefused(Message):
    """An acceptance failed on a named item. A rectification turn follows."""

    type: Literal["acceptance_refused"] = "acceptance_refused"
    stage: str
    item: str
    note: str = ""


class RectificationSubmitted(Message):
    """The rectification is reported as done. A recheck turn follows."""

    type: Literal["rectification_submitted"] = "rectification_submitted"
    stage: str
    note: str = ""


class ObstacleCleared(Message):
    """The obstacle is gone; the suspended turn goes on."""

    type: Literal["obstacle_cleared"] = "obstacle_cleared"
    stage: str
    note: str = ""


class StageReturned(Message):
    """The project was sent back to `stage`; `reset` are the stages that count as not done again."""

    type: Literal["stage_returned"] = "stage_returned"
    stage: str
    reset: tuple[str, ...]
    code: str
    note: str


class ExtensionRequested(Message):
    """More time was asked for."""

    type: Literal["extension_requested"] = "extension_requested"
    stage: str
    days: int
    reason: str


class ExtensionGranted(Message):
    """More time was granted; original, previous and new due instants stay on record."""

    type: Literal["extension_granted"] = "extension_granted"
    stage: str
    days: int
    original_due_at: Instant
    previous_due_at: Instant | None
    due_at: Instant | None
    reason: str
    note: str = ""


class ExtensionDenied(Message):
    """More time was denied."""

    type: Literal["extension_denied"] = "extension_denied"
    stage: str
    reason: str


class ProjectHeld(Message):
    """Every clock stands still; the days are counted to `party`."""

    type: Literal["project_held"] = "project_held"
    code: str
    party: str
    note: str = ""


class ProjectResumed(Message):
    """The clocks go on. `dues` are the new due instants by stage, for the record."""

    type: Literal["project_resumed"] = "project_resumed"
    dues: dict[str, Instant]
    note: str = ""


class DutyReassigned(Message):
    """A person took the duties of a role for this project, or (empty) gave them back to the post."""

    type: Literal["duty_reassigned"] = "duty_reassigned"
    role: str
    person_id: str
    reason: str


class Acknowledged(Message):
    """A reminder was received with a promise, `days` working days ahead."""

    type: Literal["acknowledged"] = "acknowledged"
    stage: str
    promised_at: Instant
    days: int = 0
    note: str = ""


class RungFired(Message):
    """A reminder or escalation became due and was claimed: from now on a message for it must exist.

    Attributes:
        rung: Key in the ladder.
        nominal_at: Instant at which it was due; the entry's own instant tells how late it was taken up.
        due_at: Due instant of the stage it speaks of.
        to: Roles that receive it.
    """

    type: Literal["rung_fired"] = "rung_fired"
    stage: str
    round: int
    turn: TurnKind
    generation: int
    rung: str
    kind: RungKind
    level: int
    nominal_at: Instant
    due_at: Instant
    to: tuple[str, ...]
    consequence: str = ""


class ProjectCompleted(Message):
    """Every stage is done."""

    type: Literal["project_completed"] = "project_completed"


class ProjectRejected(Message):
    """Funding was rejected."""

    type: Literal["project_rejected"] = "project_rejected"
    stage: str
    code: str
    note: str


class ProjectCancelled(Message):
    """The project ended without result."""

    type: Literal["project_cancelled"] = "project_cancelled"
    code: str
    decision_no: str
    note: str = ""


class EntryCorrected(Message):
    """An earlier entry is corrected by this one."""

    type: Literal["entry_corrected"] = "entry_corrected"
    corrected_seq: int
    note: str


Event = Annotated[
    ProjectStarted
    | TurnOpened
    | ProgressReported
    | StageClosed
    | AcceptanceRefused
    | RectificationSubmitted
    | ObstacleCleared
    | StageReturned
    | ExtensionRequested
    | ExtensionGranted
    | ExtensionDenied
    | ProjectHeld
    | ProjectResumed
    | DutyReassigned
    | Acknowledged
    | RungFired
    | ProjectCompleted
    | ProjectRejected
    | ProjectCancelled
    | EntryCorrected,
    Field(discriminator="type"),
]

EVENT_TYPES: tuple[str, ...] = tuple(model.model_fields["type"].default for model in get_args(get_args(Event)[0]))
"""Every event by its wire name."""


class Entry(Message):
    """One line of the journal.

    Attributes:
        seq: Position in the project's journal, from 1 without gap.
        at: When it happened by the engine's clock.
        by: Person id; empty when the clock did it.
        command_id: Command that caused it; empty when the clock did it.
        fingerprint: Digest of that command, to recognise the same id with other content.
        event: What happened.
    """

    seq: int
    at: Instant
    by: str = ""
    command_id: str = ""
    fingerprint: str = ""
    event: Event
