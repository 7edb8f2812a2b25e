"""A plan: the graph of stages that a project goes through, as data."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.message import Document, Title
from schemas.policy import PolicyDocument

Unit = Literal["working", "calendar"]
ClosingAct = Literal["approve", "record_contract", "register_baseline", "submit", "accept", "settle", "elapse"]
ReasonGroup = Literal["hold", "obstacle", "cancel", "reject", "return", "change"]
MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


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
        maximum: Greatest value of a number or money.
        required: `always`, `never`, or `frozen`: only while the retained payment is frozen.
        part: Part of an acceptance that it belongs to; empty when the stage has no parts.
        one_of: Name of a group of alternatives: at least one fact of the group must be stated, and what is stated must
            keep its thresholds. Such facts are `required: never` by themselves.
        target: Least value aimed at: one below it is taken all the same, and told as short of it.
    """

    key: str
    type: Literal["text", "money", "number", "date", "flag"]
    title: Title
    minimum: float | None = None
    maximum: float | None = None
    required: Literal["always", "never", "frozen"] = "always"
    part: str = ""
    one_of: str = ""
    target: float | None = None


class Part(Document):
    """One part of an acceptance, which may be passed before the others and by another person.

    Attributes:
        key: Code, unique in the stage.
        title: Name for readers.
    """

    key: str
    title: Title


class Closing(Document):
    """How a stage is closed, and by whom.

    Attributes:
        act: The only act that closes it; `elapse` closes it by itself when its budget is spent.
        by: Roles that may do so.
        facts: What must be stated.
        not_by_closer_of: Stages whose closing person may not close this one (four eyes).
        parts: Parts of an acceptance. A refusal then names one of them, or one of the facts.
    """

    act: ClosingAct
    by: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    not_by_closer_of: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


class Recurrence(Document):
    """A stage that comes again: a yearly watch, a quarterly return.

    Attributes:
        months: Length of a period.
        times: How many periods there are.
        times_by_tier: Other numbers of periods, by priority tier (upkeep at the border lasts longer).
        is_aligned: Whether periods are those of the calendar year; otherwise they count from the first opening.
        due_days: Days after the end of a period on which its turn falls due, in the unit of the stage's budget; the
            budget itself is then not used. 0 for the end of the period.
    """

    months: int = Field(gt=0)
    times: int = Field(gt=0)
    times_by_tier: dict[str, int] = Field(default_factory=dict)
    is_aligned: bool = False
    due_days: int = Field(default=0, ge=0)


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
        is_outdoor: Whether its clock stands still in the stop seasons of the county.
        recurs: Given for a stage that opens again for a further period when it is closed.
        ends_phase: Whether the workflow begins a new run when it is done. In a plan where no stage does, every stage
            begins one.
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
    is_outdoor: bool = False
    recurs: Recurrence | None = None
    ends_phase: bool = False


class Season(Document):
    """A time of the year in which outdoor work stops in some areas.

    Attributes:
        code: Code of the reason.
        title: Name for readers.
        party: Party to whom its days are counted.
        areas: Code prefixes of the areas, two to twelve digits.
        since: First day, `MM-DD`.
        until: Last day, `MM-DD`; before `since` when it runs over the end of the year.
    """

    code: str
    title: Title
    party: str
    areas: tuple[str, ...]
    since: MonthDay
    until: MonthDay


class Step(Document):
    """One step of a procedure: who decides, within what time.

    Attributes:
        key: Code, unique in the procedure.
        title: Name for readers.
        owner: Role that has the duty to decide.
        party: Party its days are counted to.
        budget: Time to decide.
        by: Roles that may decide.
        needs_number: Whether agreeing must state the number of a document (a filing, a decision).
    """

    key: str
    title: Title
    owner: str
    party: str
    budget: Budget
    by: tuple[str, ...]
    needs_number: bool = False


class Baseline(Document):
    """When the list of tasks is frozen: later changes go through the whole procedure, earlier ones need its last step.

    Attributes:
        stage: Stage whose closing starts the term (the contract).
        days: Calendar days after that.
    """

    stage: str
    days: int = Field(gt=0)


class Payment(Document):
    """How the contract amount is paid.

    Attributes:
        amount_fact: Fact with the contract amount.
        retained_share: Share that is retained until settlement, 0 to 1.
        retained_fact: Fact of a contract with a share of its own in per cent; empty when there is none.
        settled_by: Stage that settles it; its facts of money may not be more than what is retained.
        paid_fact: Fact with the amount paid at settlement.
        released_after: Stage after which it may be released early by a decision; empty for never.
    """

    amount_fact: str
    retained_share: float = Field(ge=0, le=1)
    retained_fact: str = ""
    settled_by: str
    paid_fact: str
    released_after: str = ""


class SpotCheck(Document):
    """What a failed spot check opens again.

    Attributes:
        after: Stage that must be done before a spot check makes sense.
        reopens: Acceptance stage whose rectification a failure opens.
    """

    after: str
    reopens: str


class SamplingRule(Document):
    """How a sample is drawn for an acceptance.

    Attributes:
        share: Least share of the sites, 0 to 1.
        per_county: Least number of sites in each county.
        weights: Weight of a site by priority tier; 1 where none is given.
    """

    share: float = Field(gt=0, le=1)
    per_county: int = Field(ge=0)
    weights: dict[str, float] = Field(default_factory=dict)


class Milestone(Document):
    """A share of the units of a batch that must be built by a date.

    Attributes:
        key: Code, unique in the plan.
        title: Name for readers.
        share: Required share, 0 to 1.
        on: Last day on which it counts as kept.
        after_months: Or so many months after the start of the project.
    """

    key: str
    title: Title
    share: float = Field(gt=0, le=1)
    on: date | None = None
    after_months: int | None = Field(default=None, gt=0)


class BatchRule(Document):
    """What is counted in a batch.

    Attributes:
        total_fact: Fact with the units in scope, stated when a stage is closed.
        built_fact: Fact with the units built so far.
        owner: Role that has to keep the milestones.
    """

    total_fact: str
    built_fact: str
    owner: str


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
        technology: `fibre`, `4g` or `both`; `measures` for recurring returns of a county, `batch` for milestones.
        hierarchy: Name of the hierarchy its roles and parties come from.
        ladder: Name of the ladder used by default.
        stages: The graph; order is the order of display.
        may: Roles that may do each act that does not close a stage (hold, resume, cancel, return, ...).
        reasons: Coded reasons by group.
        obstacle_budget: Time for the owner of an obstacle to clear it.
        extension_limit_days: Longest single extension, in the unit of the stage.
        promise_limit_days: Furthest promised date when acknowledging, in working days.
        seasons: Times of the year in which outdoor work stops.
        procedures: Steps through which a matter goes, by kind (`extension`, `contest`, `change`).
        baseline: When the list of tasks is frozen.
        payment: How the contract amount is paid.
        spot_check: What a failed spot check opens again.
        sampling: How samples for acceptances are drawn.
        batch: What is counted, for a plan of a batch.
        milestones: Shares of the batch and their dates, in order of time.
    """

    kind: Literal["plan"] = "plan"
    technology: Literal["fibre", "4g", "both", "measures", "batch"]
    hierarchy: str
    ladder: str
    stages: tuple[Stage, ...]
    may: dict[str, tuple[str, ...]]
    reasons: dict[ReasonGroup, tuple[CodedReason, ...]]
    obstacle_budget: Budget
    extension_limit_days: int = Field(gt=0)
    promise_limit_days: int = Field(gt=0)
    seasons: tuple[Season, ...] = ()
    procedures: dict[Literal["extension", "contest", "change"], tuple[Step, ...]] = Field(default_factory=dict)
    baseline: Baseline | None = None
    payment: Payment | None = None
    spot_check: SpotCheck | None = None
    sampling: SamplingRule | None = None
    batch: BatchRule | None = None
    milestones: tuple[Milestone, ...] = ()
