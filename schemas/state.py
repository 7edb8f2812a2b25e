"""State of a project: the fold of its events, carried from run to run of its workflow."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.message import Instant, Message
from schemas.plan import Unit
from schemas.policy import Pins
from schemas.project import Project

ProjectStatus = Literal["running", "held", "completed", "cancelled", "rejected"]
StageStatus = Literal["pending", "open", "done"]
TurnKind = Literal["work", "rectification", "recheck", "obstacle"]


class Segment(Message):
    """A stretch of time that is counted to exactly one party.

    Attributes:
        party: To whom its days are counted.
        since_at: Start, inclusive.
        until_at: End, exclusive; None while it lasts.
        is_running: Whether it uses up the budget (a hold does not).
    """

    party: str
    since_at: Instant
    until_at: Instant | None = None
    is_running: bool = True


class Acknowledgement(Message):
    """A receipt by the person in duty (签收) with a promise; it pauses the ladder until the promised instant."""

    by: str
    at: Instant
    promised_at: Instant


class ExtensionRequest(Message):
    """A pending request for more time. While it is pending the clock goes on."""

    days: int
    reason: str
    requested_by: str
    requested_at: Instant


class Turn(Message):
    """Somebody holds the ball for a budget of days.

    Attributes:
        kind: Work of the stage, rectification after a refusal, recheck after rectification, or an obstacle.
        owner: Role in duty.
        party: Party its running days are counted to.
        budget_days: Budget, granted extensions included.
        unit: Unit of the budget.
        original_due_at: Due instant when the turn opened; never changed.
        segments: Clock segments in order, without gap or overlap.
        generation: Grows with every granted extension: the ladder starts anew towards the new due day.
        fired: Keys of the rungs that fired in this generation.
        level: Highest level fired in this generation.
        last_rung_at: Nominal instant of the last of them; those that follow keep their distance from it.
        acknowledged: Promise that pauses the ladder.
        promised_days: Working days by which promises have paused the ladder in this generation.
        request: Pending extension request; it stays with the turn while an obstacle suspends it.
        code: Reason code of an obstacle.
    """

    kind: TurnKind
    owner: str
    party: str
    budget_days: int
    unit: Unit
    original_due_at: Instant
    segments: tuple[Segment, ...]
    generation: int = 0
    fired: tuple[str, ...] = ()
    level: int = 0
    last_rung_at: Instant | None = None
    promised_days: int = 0
    acknowledged: Acknowledgement | None = None
    request: ExtensionRequest | None = None
    code: str = ""

    @property
    def opened_at(self) -> Instant:
        """Instant at which the turn began."""
        return self.segments[0].since_at

    @property
    def is_held(self) -> bool:
        """Whether the clock stands still."""
        return not self.segments[-1].is_running


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

    @property
    def is_over(self) -> bool:
        """Whether nothing can happen any more."""
        return self.status in {"completed", "cancelled", "rejected"}

    def open_stages(self) -> list[str]:
        """Keys of the open stages, in plan order."""
        return [key for key, stage in self.stages.items() if stage.status == "open"]


COMMANDS_KEPT = 64
