"""Why a rung of the ladder fired or did not, and what would have changed it."""

from __future__ import annotations

from typing import Literal

from schemas.directory import Resolution
from schemas.event import Entry
from schemas.explanation import Stretch
from schemas.ladder import RungKind
from schemas.message import Instant, Message
from schemas.plan import Unit
from schemas.turn import TurnKind

Fate = Literal[
    "fired",
    "ahead",
    "closed",
    "passed_on",
    "extended",
    "returned",
    "over",
    "held",
    "suspended",
    "promised",
    "quiet",
    "before_clock",
    "silent",
    "faster",
    "overtaken",
    "moved",
]
"""fired: it fired. ahead: it will. What ended its clock before it was due: closed, passed_on (the ball went to somebody
else), extended (the ladder began anew), returned, over (the project ended). Why it is not due: held, suspended (an
obstacle), promised, quiet (too early in the term), before_clock (its day lies before the clock began to run), silent (a
migration to other policies), faster (left out for a priority tier), overtaken (a later one had fired), moved (its day
moved into the past)."""

WhatIf = Literal[
    "unless",
    "had_not",
    "no_quiet",
    "longer_term",
    "other_tier",
    "not_silent",
    "even_then",
    "nothing",
]
"""unless: it would not have fired, had `act` come before `at`. The others say when it would have fired: had the cause
not happened, had the ladder no quiet part, had the term been of `days`, had the place no priority, had the migration
not been silent. even_then: not even so, since its clock had ended by then. nothing: no single change would have
brought it."""


class Counterfactual(Message):
    """What would have changed it, found by asking the rules again with one thing changed.

    Attributes:
        code: What is changed.
        would_fire: Whether it would have fired then.
        at: When it would have fired; or (`unless`) the instant before which `act` would have prevented it.
        act: Act that would have prevented it.
        days: Length of the term with which it would have fired.
    """

    code: WhatIf
    would_fire: bool = False
    at: Instant | None = None
    act: str = ""
    days: int = 0


class RungWhy(Message):
    """One rung in one climb of the ladder: what became of it, why, and what would have changed it.

    Attributes:
        rung: Key in the ladder.
        kind: Reminder, escalation, or the end of a stage that ends by itself.
        level: Level of escalation.
        fate: What became of it.
        at: When it was due, is due, or was last expected; None when it never had an instant.
        taken_up_at: When it was taken up, later than `at` when no worker was there.
        due_at: Due instant of the clock it speaks of.
        cause: Entry of the journal that decided it.
        receivers: Who receives it, role by role, at the instant it was taken up, or now when it lies ahead.
        consequence: What follows besides.
        postponed_to: Promise that moved it.
        is_provisional: Whether its due day lies beyond the last published year of the calendar.
        is_faster: Whether the priority of the place brought it one level earlier.
        counterfactual: What would have changed it.
    """

    rung: str
    kind: RungKind
    level: int = 0
    fate: Fate
    at: Instant | None = None
    taken_up_at: Instant | None = None
    due_at: Instant | None = None
    cause: Entry | None = None
    receivers: tuple[Resolution, ...] = ()
    consequence: str = ""
    postponed_to: Instant | None = None
    is_provisional: bool = False
    is_faster: bool = False
    counterfactual: Counterfactual


class ClimbWhy(Message):
    """One turn's way up the ladder; an extension begins another.

    Attributes:
        stage: Stage; empty for a matter of the whole project.
        matter: Key of the matter whose clock it is; empty for a stage's own.
        round: Round of the stage.
        turn: Kind of turn.
        generation: Number of extensions before it.
        owner: Role in duty.
        unit: Unit of its term.
        opened_at: When the turn opened.
        ended_at: When its climb ended; None while it lasts.
        stretches: The clock of the turn, stretch by stretch, as it stood at the end, or stands now.
        plan: Reference of the plan in force then.
        ladder: Reference of the ladder.
        calendar: Reference of the calendar.
        rungs: Its rungs, from the lowest up.
    """

    stage: str
    matter: str = ""
    round: int
    turn: TurnKind
    generation: int = 0
    owner: str
    unit: Unit
    opened_at: Instant
    ended_at: Instant | None = None
    stretches: tuple[Stretch, ...] = ()
    plan: str
    ladder: str
    calendar: str
    rungs: tuple[RungWhy, ...] = ()


class TierWhy(Message):
    """Whether a gap tier applied when a batch was held against a milestone, and what would have changed that.

    Attributes:
        tier: The tier.
        milestone: The milestone.
        seq: Entry of the journal.
        at: Its instant.
        required: Units required.
        built: Units built.
        gap: What was missing of those required, as a share.
        has_applied: Whether the gap reached the tier.
        units: Fewest units that would have changed it: further ones when it applied, fewer ones when it did not.
    """

    tier: str
    milestone: str
    seq: int
    at: Instant
    required: int
    built: int
    gap: float
    has_applied: bool
    units: int


class Why(Message):
    """Rungs of a project explained at an instant; of a batch, a gap tier at every assessment."""

    project_id: str
    at: Instant
    climbs: tuple[ClimbWhy, ...] = ()
    tiers: tuple[TierWhy, ...] = ()
