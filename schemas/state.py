"""State of a project: the fold of its events, carried from run to run of its workflow."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.command import FactValue
from schemas.matter import ChangeKind, Matter
from schemas.message import Instant, Message
from schemas.policy import Pins
from schemas.project import Project
from schemas.turn import ExtensionRequest, Turn

ProjectStatus = Literal["running", "held", "completed", "cancelled", "rejected"]
StageStatus = Literal["pending", "open", "done"]


class StageState(Message):
    """One stage.

    Attributes:
        status: Pending until its prerequisites are done, then open, then done.
        round: 1 when it opens first; grows when it is returned.
        turn: The live turn of an open stage.
        suspended: The turn below an obstacle, which goes on when the obstacle is cleared.
        past: Earlier turns of this and former rounds.
        percent: Last reported progress.
        closed_by: Id of the person who closed it.
        closed_at: When.
        rectified_by: Ids of those who submitted a rectification in this round.
        refusals: How often acceptance was refused.
        checked: Facts of the parts of an acceptance that have passed in this round, by part.
        checked_by: Who passed each of them.
        reopened: How often a failed spot check opened it again.
        period: Last period of a recurring stage that is over; 0 when none is.
    """

    status: StageStatus = "pending"
    round: int = 0
    turn: Turn | None = None
    suspended: Turn | None = None
    past: tuple[Turn, ...] = ()
    percent: int = 0
    closed_by: str = ""
    closed_at: Instant | None = None
    rectified_by: tuple[str, ...] = ()
    refusals: int = 0
    checked: dict[str, dict[str, FactValue]] = Field(default_factory=dict)
    checked_by: dict[str, str] = Field(default_factory=dict)
    reopened: int = 0
    period: int = 0

    @property
    def request(self) -> ExtensionRequest | None:
        """Pending extension request of the live turn."""
        return self.turn.request if self.turn else None


class Hold(Message):
    """The project stands still for a coded reason; no clock runs and no rung fires."""

    code: str
    party: str
    by: str
    at: Instant


class Done(Message):
    """A command that was carried out: kept so that sending it again changes nothing."""

    command_id: str
    fingerprint: str
    seq: int


class ChangeDone(Message):
    """A change that took effect: a line of the way from the planned to the final list.

    Attributes:
        kind: Sort of change.
        code: Coded reason.
        at: When it took effect.
        number: Number of the decision or filing.
        from_code: Village code before.
        to_code: Village code after; empty when the project ended with it.
        units: Number of units that left (negative) or entered the scope, by reason code.
    """

    kind: ChangeKind
    code: str
    at: Instant
    number: str = ""
    from_code: str = ""
    to_code: str = ""
    units: dict[str, int] = Field(default_factory=dict)


class BatchState(Message):
    """Progress of a batch against its milestones.

    Attributes:
        planned: Units in scope at the start.
        total: Units in scope now, after every change.
        built: Units reported as built.
        milestones: Keys of the milestones that have come.
        required: Units required by the last of them.
        tier: Key of the gap tier in force; empty when on course.
        withheld_share: Share of support withheld in that tier.
    """

    planned: int = 0
    total: int = 0
    built: int = 0
    milestones: tuple[str, ...] = ()
    required: int = 0
    tier: str = ""
    withheld_share: float = 0.0


class ProjectState(Message):
    """Everything the rules need to decide. Always the fold of the events `1..seq`.

    Attributes:
        project: Identity.
        pins: Policies in force.
        seq: Number of the last event.
        status: Where the project stands as a whole.
        stages: State by stage key, in plan order.
        hold: Set while held.
        assigned: Person ids that take a role for this project, by role.
        is_frozen: Whether the retained payment is frozen; it is settled only by a decision that lifts this.
        done: The most recent commands, newest last (at most `COMMANDS_KEPT`).
        matters: What waits for a decision, in the order asked.
        matters_opened: How many matters there have been.
        changes: Changes that took effect, in order.
        money: Amounts on record in CNY by fact or payment (`central_cny`, `amount_cny`, `released_cny`, ...).
        ended_code: Coded reason with which it was cancelled or rejected.
        merged_into: Project that took the task over.
        batch: Progress of a batch; None for a project of one village.
        migrated_at: Since when the policies are in force, when they are not those of the start.
        silent_before: Milestones of a batch before this instant count as past, like rungs (`Turn.silent_before`).
    """

    project: Project
    pins: Pins
    seq: int = 0
    status: ProjectStatus = "running"
    stages: dict[str, StageState] = Field(default_factory=dict)
    hold: Hold | None = None
    assigned: dict[str, str] = Field(default_factory=dict)
    is_frozen: bool = False
    done: tuple[Done, ...] = ()
    matters: tuple[Matter, ...] = ()
    matters_opened: int = 0
    changes: tuple[ChangeDone, ...] = ()
    money: dict[str, float] = Field(default_factory=dict)
    ended_code: str = ""
    merged_into: str = ""
    batch: BatchState | None = None
    migrated_at: Instant | None = None
    silent_before: Instant | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing can happen any more."""
        return self.status in {"completed", "cancelled", "rejected"}

    def matter(self, key: str) -> Matter | None:
        """Return the waiting matter of that key."""
        return next((one for one in self.matters if one.key == key), None)

    def open_stages(self) -> list[str]:
        """Keys of the open stages, in plan order."""
        return [key for key, stage in self.stages.items() if stage.status == "open"]


COMMANDS_KEPT = 64
