"""Events: what happened to a project, in past tense. A state is the fold of these and of nothing else.

Each carries all that the fold needs, so that old journals can be read when policies are long gone.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from schemas.command import FactValue
from schemas.ladder import RungKind
from schemas.matter import Change, Contest, MatterKind, Outcome
from schemas.message import Instant, Message
from schemas.plan import Unit
from schemas.policy import Pins
from schemas.project import Project
from schemas.turn import TurnKind


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
        period: Period of a recurring stage, from 1; 0 when the stage does not recur.
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
    period: int = 0


class ProgressReported(Message):
    """Somebody reported how far the stage is."""

    type: Literal["progress_reported"] = "progress_reported"
    stage: str
    percent: int
    note: str = ""
    evidence: tuple[str, ...] = ()


class StageClosed(Message):
    """The stage is done, with the facts stated; or, when it recurs, a period of it is.

    Attributes:
        period: Period of a recurring stage that is over with it, from 1; 0 when the stage does not recur.
    """

    type: Literal["stage_closed"] = "stage_closed"
    stage: str
    act: str
    facts: dict[str, FactValue] = Field(default_factory=dict)
    note: str = ""
    period: int = 0


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
        matter: Key of the matter whose clock it is; empty when it is the stage's own.
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
    matter: str = ""


class MatterOpened(Message):
    """A matter waits for a decision; a clock of its own runs. Attributes as in `schemas.matter.Matter`."""

    type: Literal["matter_opened"] = "matter_opened"
    key: str
    kind: MatterKind
    stage: str = ""
    step: str
    owner: str
    party: str
    budget_days: int
    unit: Unit
    due_at: Instant
    contest: Contest | None = None
    change: Change | None = None
    note: str = ""


class MatterPassed(Message):
    """A step agreed; the matter goes on to the next one, with a clock of its own."""

    type: Literal["matter_passed"] = "matter_passed"
    key: str
    passed: str
    step: str
    owner: str
    party: str
    budget_days: int
    unit: Unit
    due_at: Instant
    number: str = ""
    note: str = ""


class MatterClosed(Message):
    """A matter was decided."""

    type: Literal["matter_closed"] = "matter_closed"
    key: str
    kind: MatterKind
    outcome: Outcome
    number: str = ""
    note: str = ""


class DaysReattributed(Message):
    """Days of a stage are counted to another party than before; those that had used up its budget are given back.

    Attributes:
        stage: The stage.
        since_at: Start of the stretch, inclusive.
        until_at: Its end, exclusive.
        party: Party to whom the days are counted now.
        cause: A contest that was upheld, or an outage of the system itself.
        matter: Key of the contest.
        previous_due_at: Due instant of the live turn before; None while held and when the stage is done.
        due_at: Due instant after.
    """

    type: Literal["days_reattributed"] = "days_reattributed"
    stage: str
    since_at: Instant
    until_at: Instant
    party: str
    cause: Literal["contest", "outage"]
    matter: str = ""
    previous_due_at: Instant | None = None
    due_at: Instant | None = None
    note: str = ""


class ChangeEffected(Message):
    """A change took effect.

    Attributes:
        key: Key of the matter.
        change: What was changed.
        project: The project as it is from now on.
        number: Number of the decision or filing.
        note: Note of whoever decided.
    """

    type: Literal["change_effected"] = "change_effected"
    key: str
    change: Change
    project: Project
    number: str = ""
    note: str = ""


class PartPassed(Message):
    """A part of an acceptance passed, with the facts stated."""

    type: Literal["part_passed"] = "part_passed"
    stage: str
    part: str
    facts: dict[str, FactValue] = Field(default_factory=dict)
    note: str = ""


class SpotChecked(Message):
    """Somebody from above looked again at what had been accepted."""

    type: Literal["spot_checked"] = "spot_checked"
    stage: str
    is_passed: bool
    item: str = ""
    report_no: str = ""
    note: str = ""


class AcceptanceReopened(Message):
    """A failed spot check opened an acceptance again; `reset` are the stages that wait again. Rectification follows."""

    type: Literal["acceptance_reopened"] = "acceptance_reopened"
    stage: str
    reset: tuple[str, ...]
    item: str


class PaymentReleased(Message):
    """Part of the retained payment was released before settlement, by a decision."""

    type: Literal["payment_released"] = "payment_released"
    amount_cny: float
    decision_no: str
    note: str = ""


class PoliciesMigrated(Message):
    """The project goes on under other policies.

    Attributes:
        pins: The policies from now on.
        stages: Keys of the stages of the plan, in order.
        budgets: New budgets of the open turns by stage, where they change, as days.
        suspended_budgets: The same of turns below an obstacle.
        is_silent: Whether rungs that would lie in the past stay unfired.
        dues: Due instants by open stage after it, for the record.
        previous_dues: Due instants before it, of those open stages whose due instant it moved.
        decision_no: Number of the decision.
        approved_by: The second person.
    """

    type: Literal["policies_migrated"] = "policies_migrated"
    pins: Pins
    stages: tuple[str, ...]
    budgets: dict[str, int] = Field(default_factory=dict)
    suspended_budgets: dict[str, int] = Field(default_factory=dict)
    is_silent: bool = True
    dues: dict[str, Instant] = Field(default_factory=dict)
    previous_dues: dict[str, Instant] = Field(default_factory=dict)
    decision_no: str = ""
    approved_by: str = ""


class BatchCounted(Message):
    """Units of a batch in scope and built, as they stand now."""

    type: Literal["batch_counted"] = "batch_counted"
    total: int
    built: int


class GapAssessed(Message):
    """A batch was held against its last milestone.

    Attributes:
        milestone: Key of the milestone.
        required: Units required by it.
        built: Units built.
        gap: What is missing, as a share of what is required, 0 to 1.
        tier: Key of the tier that applies now; empty when on course.
        withheld_share: Share of support withheld in it.
    """

    type: Literal["gap_assessed"] = "gap_assessed"
    milestone: str
    required: int
    built: int
    gap: float
    tier: str = ""
    withheld_share: float = 0.0


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
    | EntryCorrected
    | MatterOpened
    | MatterPassed
    | MatterClosed
    | DaysReattributed
    | ChangeEffected
    | PartPassed
    | SpotChecked
    | AcceptanceReopened
    | PaymentReleased
    | PoliciesMigrated
    | BatchCounted
    | GapAssessed,
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
