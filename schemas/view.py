"""Rows of the read model, and what one may ask of it. Lists, boards and reports are made of these."""

from __future__ import annotations

from typing import Literal

from schemas.letter import AttemptState
from schemas.message import Instant, Message

RowStatus = Literal["registered", "running", "held", "completed", "cancelled", "rejected"]
"""Status of a project in the read model: `registered` before its workflow has written anything."""

MessageState = Literal[
    "waiting", "held", "suppressed", "superseded", "pending", "sending", "delivered", "unclear", "dead"
]
"""Where a notice stands: its own state while it is in no letter, else that of its letter."""

BoardKey = Literal["county", "prefecture", "province", "builder"]
"""What a board is grouped by."""


class ProjectRow(Message):
    """A project as lists show it.

    Attributes:
        project_id: Immutable id.
        programme: Code of the programme.
        batch: Batch of the programme.
        technology: What is built.
        village_code: 12-digit code of the village.
        village_name: Name at that date.
        place: Full name from the province down.
        county_code: Six-digit code of the county.
        builder: Organisation that builds.
        tier: Priority tier.
        plan: Reference of the plan; empty while registered, like the other references.
        ladder: Reference of the ladder.
        hierarchy: Reference of the hierarchy.
        calendar: Reference of the calendar.
        status: Where it stands as a whole.
        hold_code: Reason code while held, else empty.
        open_stages: Keys of the open stages in plan order, comma separated.
        level: Highest level of escalation among the open stages.
        percent: Share of stages that are done.
        next_due_at: Earliest due instant of the open stages; None while held and when nothing is open.
        next_original_due_at: Due instant of that stage as it was when its turn opened.
        is_provisional: Whether that due day lies beyond the last published year of the calendar.
        seq: Last entry of the journal; 0 while registered.
        refusals: How often acceptance was refused, over all stages.
        started_at: When the project started.
        closed_at: When it was completed, cancelled or rejected.
        updated_at: Instant of the last entry, or of the registration.
        ended_code: Coded reason with which it was cancelled or rejected.
        merged_into: Project that took the task over.
        first_village_code: Code of the village at the registration; a change may have given it another one since.
        money: Amounts on record in CNY, as JSON with sorted keys.
        matters: How many matters wait for a decision.
    """

    project_id: str
    programme: str
    batch: str
    technology: str
    village_code: str
    village_name: str
    place: str = ""
    county_code: str
    builder: str
    tier: str
    plan: str = ""
    ladder: str = ""
    hierarchy: str = ""
    calendar: str = ""
    status: RowStatus
    hold_code: str = ""
    open_stages: str = ""
    level: int = 0
    percent: int = 0
    next_due_at: Instant | None = None
    next_original_due_at: Instant | None = None
    is_provisional: bool = False
    seq: int = 0
    refusals: int = 0
    started_at: Instant | None = None
    closed_at: Instant | None = None
    updated_at: Instant
    ended_code: str = ""
    merged_into: str = ""
    first_village_code: str = ""
    money: str = "{}"
    matters: int = 0


class StageRow(Message):
    """A stage of a project as lists show it.

    Attributes:
        project_id: The project.
        stage: Key of the stage.
        position: Place in the plan, from 0.
        status: `pending`, `open` or `done`.
        round: Round of the stage; 0 before it opens first.
        turn: Kind of the live turn; empty unless open.
        owner: Role in duty; empty unless open.
        party: Party whose days run or, while held, to whom they are counted; empty unless open.
        opened_at: When the stage opened in this round; None while pending.
        due_at: When it falls due; None while held and while pending. Of a stage that is done: as it stood at the end.
        original_due_at: Due instant when its last turn opened.
        closed_at: When it was closed.
        closed_by: Person who closed it; empty when it ended by itself.
        percent: Last reported progress.
        level: Highest level fired in its last turn.
        days_by_party: Elapsed working days by party over all rounds, as JSON with sorted keys.
        has_request: Whether a request for more time is pending.
        previous_due_at: Due instant before the last extension, re-attribution or migration; None when there was none.
    """

    project_id: str
    stage: str
    position: int
    status: str
    round: int = 0
    turn: str = ""
    owner: str = ""
    party: str = ""
    opened_at: Instant | None = None
    due_at: Instant | None = None
    original_due_at: Instant | None = None
    closed_at: Instant | None = None
    closed_by: str = ""
    percent: int = 0
    level: int = 0
    days_by_party: str = "{}"
    has_request: bool = False
    previous_due_at: Instant | None = None


class MatterRow(Message):
    """A matter that waits for a decision, as lists show it.

    Attributes:
        project_id: The project.
        key: Key of the matter.
        kind: `extension`, `contest` or `change`.
        stage: Stage it speaks of; empty when it is the project as a whole.
        step: Step of the plan's procedure that decides now.
        owner: Role that has to decide.
        asked_by: Person who asked.
        asked_at: When.
        due_at: When the decision falls due.
        level: Highest level fired in this step.
    """

    project_id: str
    key: str
    kind: str
    stage: str = ""
    step: str
    owner: str
    asked_by: str
    asked_at: Instant
    due_at: Instant | None = None
    level: int = 0


class WaitingRow(MatterRow):
    """A matter with its project, as the list of what waits shows it.

    Attributes:
        place: Full name of the place.
        plan: Reference of the plan, whose procedure names the step; like the other references.
        ladder: Reference of the ladder.
        hierarchy: Reference of the hierarchy.
        calendar: Reference of the calendar.
    """

    place: str
    plan: str
    ladder: str
    hierarchy: str
    calendar: str


class ProjectFilter(Message):
    """Which projects are asked for; what is left empty does not narrow.

    Attributes:
        statuses: Any of these.
        stage: Stage that is open.
        area: Code prefix: province 2, prefecture 4, county 6, township 9 or village 12 digits.
        builder: Organisation that builds.
        batch: Batch of the programme.
        technology: What is built.
        is_overdue: Only those with an open stage past its due instant.
    """

    statuses: tuple[str, ...] = ()
    stage: str = ""
    area: str = ""
    builder: str = ""
    batch: str = ""
    technology: str = ""
    is_overdue: bool = False


class BoardRow(Message):
    """How many projects of one area or builder stand where.

    Attributes:
        key: Code of the area or builder; empty in the line of totals.
        overdue: Those running with an open stage past its due instant.
        escalated: Those running at level 1 or higher.
        total: All of them.
    """

    key: str
    registered: int = 0
    running: int = 0
    held: int = 0
    completed: int = 0
    cancelled: int = 0
    rejected: int = 0
    overdue: int = 0
    escalated: int = 0
    total: int = 0


class Board(Message):
    """A board with its totals.

    Attributes:
        by: What the rows stand for.
        rows: Rows by key.
        totals: Sum of all rows.
    """

    by: BoardKey
    rows: tuple[BoardRow, ...] = ()
    totals: BoardRow


class MessageRow(Message):
    """A notice with the letter it is in, as lists show it.

    Attributes:
        key: Digest of its meaning.
        project_id: Project it speaks of.
        seq: Journal entry that caused it.
        stage: Stage it speaks of.
        matter: Key of the matter it speaks of; empty when it is the stage itself.
        rung: Rung of the ladder.
        kind: `reminder`, `escalation` or `milestone`.
        level: Level of the rung.
        person_id: Receiver; empty when nobody could be found.
        name: Name of the receiver as the directory has it now.
        letter: Key of the letter it is in; empty while it is in none.
        channel: Channel the letter goes by; empty while there is none.
        state: Where it stands.
        reason_code: Why it was withdrawn or held, or why its letter was given up; empty otherwise.
        silence: Number of the silence that holds it back; 0 for none.
        vacant: Roles passed over because vacant, comma separated.
        attempts: How often its letter was tried.
        unknowns: How many of these have an unknown outcome.
        created_at: When the rung was claimed.
        delivered_at: When the channel took the letter over.
        withdrawn_at: When it was withdrawn, also when its letter had been tried before.
    """

    key: str
    project_id: str
    seq: int
    stage: str
    matter: str = ""
    rung: str
    kind: str
    level: int
    person_id: str
    name: str = ""
    letter: str = ""
    channel: str = ""
    state: MessageState
    reason_code: str = ""
    silence: int = 0
    vacant: str = ""
    attempts: int = 0
    unknowns: int = 0
    created_at: Instant
    delivered_at: Instant | None = None
    withdrawn_at: Instant | None = None


class AttemptRow(Message):
    """One try to hand a letter over.

    Attributes:
        key: The letter.
        number: 1 for the first try.
        channel: Channel.
        state: How it went; `sending` while under way, `unknown` when nobody can tell.
        detail: What the other side answered.
        started_at: When it began, by the database's clock.
        finished_at: When its outcome was recorded.
    """

    key: str
    number: int
    channel: str
    state: AttemptState
    detail: str = ""
    started_at: Instant
    finished_at: Instant | None = None


class OutboxCount(Message):
    """How many notices of one sort there are; `channel` is empty for those in no letter."""

    channel: str
    state: MessageState
    kind: str
    level: int
    count: int
