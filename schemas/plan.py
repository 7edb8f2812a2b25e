"""A plan: the graph of stages that a project goes through, as data."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.message import Document, Title
from schemas.policy import PolicyDocument

Unit = Literal["working", "calendar"]
ClosingAct = Literal["approve", "record_contract", "register_baseline", "submit", "accept", "settle", "elapse"]
ReasonGroup = Literal["hold", "obstacle", "cancel", "reject", "return"]


class Budget(Document):
    """How long a turn may take.

    Attributes:
        days: Whole days.
        unit: `working` counts by the calendar; `calendar` counts every day, a due day that is free moves to the
            next working day (Civil Code of the PRC, Art. 201 and 203).
    """

    days: int = Field(gt=0)
    unit: Unit = "working"


class Fact(Document):
    """A statement that must be on record before a stage may close.

    Attributes:
        key: Name of the fact in the command.
        type: How it is checked.
        title: Name for readers.
        minimum: Least value of a number or money.
        required: `always`, `never`, or `frozen`: only while the retained payment is frozen.
    """

    key: str
    type: Literal["text", "money", "number", "date", "flag"]
    title: Title
    minimum: float | None = None
    required: Literal["always", "never", "frozen"] = "always"


class Closing(Document):
    """How a stage is closed, and by whom.

    Attributes:
        act: The only act that closes it; `elapse` closes it by itself when its budget is spent.
        by: Roles that may do so.
        facts: What must be stated.
        not_by_closer_of: Stages whose closing person may not close this one (four eyes).
    """

    act: ClosingAct
    by: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    not_by_closer_of: tuple[str, ...] = ()


class Rectification(Document):
    """What a refused acceptance opens.

    Attributes:
        owner: Role that has to rectify.
        party: Party the days are counted to.
        budget: Time for rectification.
        recheck: Time for the acceptance team to look again.
    """

    owner: str
    party: str
    budget: Budget
    recheck: Budget


class Stage(Document):
    """One stage of a plan.

    Attributes:
        key: Code, unique in the plan.
        title: Name for readers.
        owner: Role that has the duty.
        party: Party the days of the stage are counted to.
        budget: Time for the stage.
        after: Stages that must be done before it opens.
        closed_by: How it ends.
        rectification: Given for acceptance stages: what a refusal opens.
        is_watched: Whether the reminder and escalation ladder applies.
    """

    key: str
    title: Title
    owner: str
    party: str
    budget: Budget
    after: tuple[str, ...] = ()
    closed_by: Closing
    rectification: Rectification | None = None
    is_watched: bool = True


class CodedReason(Document):
    """A reason a person may give for an act.

    Attributes:
        code: Upper-case code.
        title: Name for readers.
        party: Party that the days are counted to while it lasts (holds and obstacles).
        owner: Role that has to clear it (obstacles).
    """

    code: str
    title: Title
    party: str | None = None
    owner: str | None = None


class Plan(PolicyDocument):
    """A whole plan.

    Attributes:
        technology: `fibre`, `4g` or `both`.
        hierarchy: Name of the hierarchy its roles and parties come from.
        ladder: Name of the ladder used by default.
        stages: The graph; order is the order of display.
        may: Roles that may do each act that does not close a stage (hold, resume, cancel, return, ...).
        reasons: Coded reasons by group.
        obstacle_budget: Time for the owner of an obstacle to clear it.
        extension_limit_days: Longest single extension, in the unit of the stage.
        promise_limit_days: Furthest promised date when acknowledging, in working days.
    """

    kind: Literal["plan"] = "plan"
    technology: Literal["fibre", "4g", "both"]
    hierarchy: str
    ladder: str
    stages: tuple[Stage, ...]
    may: dict[str, tuple[str, ...]]
    reasons: dict[ReasonGroup, tuple[CodedReason, ...]]
    obstacle_budget: Budget
    extension_limit_days: int = Field(gt=0)
    promise_limit_days: int = Field(gt=0)
