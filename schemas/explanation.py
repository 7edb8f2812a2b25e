"""Why a project stands where it stands: whose turn it is, how its due days follow, and what comes next."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.ladder import RungKind
from schemas.matter import Matter
from schemas.message import Instant, Message
from schemas.plan import Unit
from schemas.policy import Pins
from schemas.state import Hold, ProjectStatus
from schemas.turn import Acknowledgement, ExtensionRequest, TurnKind

MoveKind = Literal[
    "close",
    "rectify",
    "clear",
    "wait",
    "resume",
    "decide_extension",
    "decide",
    "check",
    "spot_check",
    "release_payment",
]
"""close: close the stage; rectify: submit the rectification; clear: clear the obstacle; wait: it ends by itself;
check: pass a part of an acceptance; spot_check: look again at what was accepted; release_payment: release early;
resume: resume the project; decide_extension: answer a request; decide: agree to a matter or decline
it; none: the project is over."""


class Stretch(Message):
    """A stretch of the clock of a turn.

    Attributes:
        party: To whom it is counted.
        since_at: Start.
        until_at: End; None while it lasts.
        is_running: Whether it used up the budget.
        working_days: Elapsed working days.
        used_days: Days of the budget used, in the unit of the turn; 0 while held.
        stopped_days: Working days among them on which a season stopped work; they are counted to its party.
    """

    party: str
    since_at: Instant
    until_at: Instant | None = None
    is_running: bool
    working_days: int
    used_days: int
    stopped_days: int = 0


class NextRung(Message):
    """The next thing the clock will do to a stage."""

    key: str
    kind: RungKind
    level: int
    at: Instant
    to: tuple[str, ...] = ()
    consequence: str = ""
    postponed_to: Instant | None = None
    is_faster: bool = False


class Move(Message):
    """What somebody may do next.

    Attributes:
        kind: Sort of move.
        stage: Stage; empty for the project as a whole.
        acts: Names of the acts, the proper one first.
        roles: Roles that may do so.
        not_by: Ids of people who may not although they hold such a post, because it would be their own work.
        matter: Key of the matter that is decided; empty otherwise.
    """

    kind: MoveKind
    stage: str = ""
    acts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    matter: str = ""


class AcceptanceWhy(Message):
    """How far an open acceptance has come.

    Attributes:
        passed: Parts that have passed, with the id of the person who passed them.
        waiting: Parts that have not.
        missing: Facts still to be stated; of a group of alternatives each one is named.
    """

    passed: dict[str, str] = Field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class RetainedWhy(Message):
    """Where the retained payment of a contract stands.

    Attributes:
        amount_cny: Amount of the contract.
        retained_cny: What is retained of it until settlement.
        released_cny: What was released early.
        paid_cny: What was paid at settlement.
        left_cny: What may still be released or paid.
        is_frozen: Whether it is frozen.
    """

    amount_cny: float
    retained_cny: float
    released_cny: float
    paid_cny: float
    left_cny: float
    is_frozen: bool = False


class StageWhy(Message):
    """One open stage.

    Attributes:
        stage: The stage.
        round: Round of the stage.
        turn: Kind of the live turn.
        owner: Role in duty.
        person: Person named for that role in this project; empty: whoever holds the post.
        party: Party that the running days are counted to.
        code: Reason code of an obstacle.
        percent: Reported progress.
        opened_at: When the turn opened.
        budget_days: Budget, granted extensions included.
        extension_days: Granted extensions in it.
        extensions: How many were granted.
        unit: Unit of the budget.
        used_days: Days used until now.
        left_days: Days left; negative when overdue.
        stretches: The clock of the turn, stretch by stretch.
        running_since: Start of the running stretch; None while held.
        left_at_running: Days that were left when it began.
        due_at: Due instant; None while held.
        original_due_at: Due instant when the turn opened.
        is_moved_to_working_day: Whether the last day was free, so that the next working day counts.
        is_provisional: Whether the due day may still move, because its year is not published.
        next_rung: What the clock does next; None while held or when nothing lies ahead.
        fired: Rungs that fired towards this due day.
        level: Highest level fired.
        acknowledged: Receipt with a promise.
        request: Pending extension request.
        suspended_turn: Kind of the turn below an obstacle; None without one.
        suspended_left_days: Days that are left of it.
        suspended_unit: Unit of its budget.
        acceptance: How far an acceptance has come; None for other stages and during rectification.
        seasons: Codes of the seasons in which its clock stands still.
        period: Number of the period of a recurring stage, from 1; 0 for others.
        periods: How many periods there are.
        period_ends_on: Last day of the period, in words of the calendar.
    """

    stage: str
    round: int
    turn: TurnKind
    owner: str
    person: str = ""
    party: str
    code: str = ""
    percent: int = 0
    opened_at: Instant
    budget_days: int
    extension_days: int = 0
    extensions: int = 0
    unit: Unit
    used_days: int
    left_days: int
    stretches: tuple[Stretch, ...]
    running_since: Instant | None = None
    left_at_running: int = 0
    due_at: Instant | None = None
    original_due_at: Instant
    is_moved_to_working_day: bool = False
    is_provisional: bool = False
    next_rung: NextRung | None = None
    fired: tuple[str, ...] = ()
    level: int = 0
    acknowledged: Acknowledgement | None = None
    request: ExtensionRequest | None = None
    suspended_turn: TurnKind | None = None
    suspended_left_days: int = 0
    suspended_unit: Unit = "working"
    acceptance: AcceptanceWhy | None = None
    seasons: tuple[str, ...] = ()
    period: int = 0
    periods: int = 0
    period_ends_on: str = ""


class BatchWhy(Message):
    """How a batch stands against its milestones.

    Attributes:
        owner: Role that has to keep them.
        planned: Units in scope at the start.
        total: Units in scope now.
        built: Units built.
        milestone: Last milestone that has come; empty before the first.
        milestone_at: When it came.
        required: Units it requires.
        gap: What is missing, as a share of what is required.
        tier: Gap tier in force; empty when on course.
        withheld_share: Share of support withheld in it.
        lower_tier: The tier below; empty for none, the batch is then on course.
        units_to_lower: How many more units lead there.
        next_milestone: Next milestone ahead; empty when there is none.
        next_at: When it comes.
        next_required: Units it will require.
    """

    owner: str
    planned: int
    total: int
    built: int
    milestone: str = ""
    milestone_at: Instant | None = None
    required: int = 0
    gap: float = 0.0
    tier: str = ""
    withheld_share: float = 0.0
    lower_tier: str = ""
    units_to_lower: int = 0
    next_milestone: str = ""
    next_at: Instant | None = None
    next_required: int = 0


class MatterWhy(Message):
    """A matter that waits for a decision.

    Attributes:
        matter: The matter, with its clock.
        person: Person named for the deciding role in this project; empty: whoever holds the post.
        due_at: When the decision falls due; None while its clock stands still below an obstacle.
        left_days: Days that are left to decide; negative when overdue.
        next_rung: What its clock does next.
    """

    matter: Matter
    person: str = ""
    due_at: Instant | None = None
    left_days: int
    next_rung: NextRung | None = None


class Explanation(Message):
    """A project explained at an instant.

    Attributes:
        project_id: The project.
        at: The instant it was explained for.
        status: Where it stands as a whole.
        hold: Set while held.
        pins: The policies in force.
        pinned_since_at: Since when: the start of the project, or the last migration.
        stages: Every open stage, in plan order.
        matters: What waits for a decision, in the order asked.
        moves: What may be done next, and by whom.
        days_by_party: Elapsed working days by party, over all stages; parallel stages count each.
        retained: Where the retained payment stands; None when none is on record.
        batch: How it stands against its milestones; None for a project that is no batch.
    """

    project_id: str
    at: Instant
    status: ProjectStatus
    hold: Hold | None = None
    pins: Pins | None = None
    pinned_since_at: Instant | None = None
    stages: tuple[StageWhy, ...] = ()
    matters: tuple[MatterWhy, ...] = ()
    moves: tuple[Move, ...] = ()
    days_by_party: dict[str, int] = Field(default_factory=dict)
    retained: RetainedWhy | None = None
    batch: BatchWhy | None = None
