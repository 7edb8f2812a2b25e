"""Commands of people: what is asked, by whom, once.

Every act is one model; its `act` is also the name of the update that carries it and of the command-line verb.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, FiniteFloat, StringConstraints
from pydantic_core import PydanticCustomError

from schemas.matter import ChangeKind, UnitChange
from schemas.message import Instant, Message
from schemas.policy import Pins

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]


def _printable(text: str) -> str:
    """Refuse control characters: a note is read on screens, in letters and in logs."""
    if any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in text):
        raise PydanticCustomError("control_character", "control characters are not allowed")
    return text


Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_printable)]
Text = Annotated[Note, StringConstraints(min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,64}$")]
Evidence = Annotated[tuple[Annotated[Note, StringConstraints(max_length=200)], ...], Field(max_length=50)]
FactValue = Annotated[
    bool | int | FiniteFloat | Annotated[Note, StringConstraints(max_length=500)],
    BeforeValidator(lambda value: value.isoformat() if isinstance(value, date) else value),
]
"""A date is carried as its ISO text: JSON knows no other, and a text that looks like a date must stay a text."""


class Post(Message):
    """A post: a role bound to an area or an organisation.

    Attributes:
        post_id: Id of the post.
        role: Role of the hierarchy.
        area: Code prefix: empty for the nation, 2, 4 or 6 digits.
        organisation: Code of the organisation for company roles, else empty.
    """

    post_id: str
    role: str
    area: str = ""
    organisation: str = ""


class Actor(Message):
    """The person behind a command, with the posts held at that moment.

    The process that sends a command vouches for it; who may send at all is decided by the engine's access control.

    Attributes:
        person_id: Id of the person; names and addresses stay in the directory.
        posts: Posts held.
    """

    person_id: str
    posts: tuple[Post, ...] = ()


class Close(Message):
    """Close a stage with its proper act, stating its facts."""

    act: Literal["approve", "record_contract", "register_baseline", "submit", "accept", "settle"]
    stage: Code = ""
    facts: dict[Code, FactValue] = Field(default_factory=dict, max_length=50)
    note: Note = ""


class Reject(Message):
    """Reject the funding: the project ends."""

    act: Literal["reject"] = "reject"
    stage: Code = ""
    code: Code
    note: Text


class Refuse(Message):
    """Refuse an acceptance: names the failed item and opens rectification; the first result stays on record."""

    act: Literal["refuse"] = "refuse"
    stage: Code = ""
    item: Text
    note: Note = ""


class Report(Message):
    """Report progress of an open stage."""

    act: Literal["report"] = "report"
    stage: Code = ""
    percent: int = Field(ge=0, le=100)
    note: Note = ""
    evidence: Evidence = ()


class Return(Message):
    """Send the project back to an earlier stage; what was built upon it opens again later."""

    act: Literal["return"] = "return"
    stage: Code
    code: Code
    note: Text


class RequestExtension(Message):
    """Ask for more days for a stage. The clock goes on while the request is pending."""

    act: Literal["request_extension"] = "request_extension"
    stage: Code = ""
    days: int = Field(gt=0)
    reason: Text


class GrantExtension(Message):
    """Grant the pending request, in full or in part."""

    act: Literal["grant_extension"] = "grant_extension"
    stage: Code = ""
    days: int | None = Field(default=None, gt=0)
    note: Note = ""


class DenyExtension(Message):
    """Deny the pending request."""

    act: Literal["deny_extension"] = "deny_extension"
    stage: Code = ""
    reason: Text


class HoldProject(Message):
    """Stop every clock of the project for a coded reason."""

    act: Literal["hold"] = "hold"
    code: Code
    note: Note = ""


class ResumeProject(Message):
    """Let the clocks go on with what was left."""

    act: Literal["resume"] = "resume"
    note: Note = ""


class ReportObstacle(Message):
    """Tell that somebody else holds the ball: the clock moves to that party until it is cleared."""

    act: Literal["report_obstacle"] = "report_obstacle"
    stage: Code = ""
    code: Code
    note: Text


class ClearObstacle(Message):
    """Tell that the obstacle is gone: the stage goes on with what was left."""

    act: Literal["clear_obstacle"] = "clear_obstacle"
    stage: Code = ""
    note: Note = ""


class Reassign(Message):
    """Let a named person take the duties of a role for this project; empty gives them back to the post."""

    act: Literal["reassign"] = "reassign"
    role: Code
    person_id: Id | Literal[""]
    reason: Text


class Acknowledge(Message):
    """Receive a reminder (签收) and promise a date: the ladder pauses until then."""

    act: Literal["acknowledge"] = "acknowledge"
    stage: Code = ""
    promised_at: Instant
    note: Note = ""


class Cancel(Message):
    """End the project without result, by a recorded decision."""

    act: Literal["cancel"] = "cancel"
    code: Code
    decision_no: Text
    note: Note = ""


class Correct(Message):
    """Correct an earlier entry by a further one; nothing is edited."""

    act: Literal["correct"] = "correct"
    seq: int = Field(gt=0)
    note: Text


class Check(Message):
    """Pass one part of an acceptance, with its facts; the acceptance itself follows when every part has passed."""

    act: Literal["check"] = "check"
    stage: Code = ""
    part: Code
    facts: dict[Code, FactValue] = Field(default_factory=dict, max_length=50)
    note: Note = ""


class SpotCheckResult(Message):
    """Record a spot check of what was accepted; a failed one names the item and opens the acceptance again."""

    act: Literal["spot_check"] = "spot_check"
    result: Literal["passed", "failed"]
    report_no: Text
    item: Note = ""
    note: Note = ""


class ReleasePayment(Message):
    """Release part of the retained payment before settlement, by the number of a decision."""

    act: Literal["release_payment"] = "release_payment"
    amount_cny: FiniteFloat = Field(gt=0)
    decision_no: Text
    note: Note = ""


class ContestDays(Message):
    """Claim that days of a stage belong to another party; somebody else decides."""

    act: Literal["contest_days"] = "contest_days"
    stage: Code = ""
    since_at: Instant
    until_at: Instant
    party: Code
    reason: Text


class RequestChange(Message):
    """Ask for a change of the project through the steps of the plan. Fields as in `schemas.matter.Change`."""

    act: Literal["request_change"] = "request_change"
    kind: ChangeKind
    code: Code
    village_code: Code = ""
    village_name: Note = ""
    place: Note = ""
    into: Code = ""
    successors: Annotated[tuple[Code, ...], Field(max_length=50)] = ()
    units: Annotated[tuple[UnitChange, ...], Field(max_length=5000)] = ()
    note: Text


class Agree(Message):
    """Agree to a matter (a change, contested days) at its present step."""

    act: Literal["agree"] = "agree"
    matter: Code = ""
    number: Note = ""
    note: Note = ""


class Decline(Message):
    """Refuse a matter (a change, contested days); it is closed."""

    act: Literal["decline"] = "decline"
    matter: Code = ""
    reason: Text


class Withdraw(Message):
    """Take back a matter that one has asked for oneself."""

    act: Literal["withdraw"] = "withdraw"
    matter: Code = ""
    note: Note = ""


class RecordOutage(Message):
    """Record that the system itself was away: the days of every open stage are given back and counted to the system."""

    act: Literal["record_outage"] = "record_outage"
    since_at: Instant
    until_at: Instant
    note: Text


class Migrate(Message):
    """Let the project go on under other policies.

    Attributes:
        pins: The policies from now on.
        fires_past: Whether rungs that would lie in the past fire at once.
        approved_by: The second person.
        decision_no: Number of the decision, or of the proposal that was approved.
    """

    act: Literal["migrate"] = "migrate"
    pins: Pins
    fires_past: bool = False
    approved_by: Id
    decision_no: Text


Act = Annotated[
    Close
    | Reject
    | Refuse
    | Report
    | Return
    | RequestExtension
    | GrantExtension
    | DenyExtension
    | HoldProject
    | ResumeProject
    | ReportObstacle
    | ClearObstacle
    | Reassign
    | Acknowledge
    | Cancel
    | Correct
    | Check
    | SpotCheckResult
    | ReleasePayment
    | ContestDays
    | RequestChange
    | Agree
    | Decline
    | Withdraw
    | RecordOutage
    | Migrate,
    Field(discriminator="act"),
]

ACT_MODELS: dict[str, type[Message]] = {
    name: model for model in get_args(get_args(Act)[0]) for name in get_args(model.model_fields["act"].annotation)
}
"""Every act by its wire name."""


class Command(Message):
    """One command: sent twice, applied once.

    Attributes:
        command_id: Chosen by the sender and kept over retries.
        actor: Who asks.
        act: What is asked.
    """

    command_id: Id
    actor: Actor
    act: Act


class Receipt(Message):
    """The answer to a command that was carried out.

    Attributes:
        project_id: The project.
        command_id: The command.
        seq: Number of its last event in the journal.
        is_repeat: True when the same command had been carried out before; nothing was changed now.
        status: Status of the project afterwards.
        open_stages: Open stages afterwards.
    """

    project_id: str
    command_id: str
    seq: int
    is_repeat: bool = False
    status: str
    open_stages: tuple[str, ...] = ()
