"""Names and shapes that leave this process: running projects, kept histories and other processes hold us to them."""

from __future__ import annotations

import difflib
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import TypeAdapter
from temporalio import activity, workflow

from schemas import names
from schemas.command import ACT_MODELS, Command, Receipt
from schemas.delivery import DeliveryOrder, DeliveryReport
from schemas.event import EVENT_TYPES, Event
from schemas.record import Commit, Committed
from schemas.rung import Rung
from schemas.state import ProjectState
from schemas.workflow import Outcome, ProjectRun
from workflows.ports import OutboxPort, RecordsPort
from workflows.runner import WORKFLOWS

_lines = textwrap.TextWrapper(110, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)

MESSAGES = (ProjectRun, Outcome, Command, Receipt, Commit, Committed, DeliveryOrder, DeliveryReport, ProjectState, Rung)
PORTS = (RecordsPort, OutboxPort)

TEACHING = """
What projects on the wire are made of has changed. Lines with + are what the code says now.

A new message, or a new field with a default, is an addition: old histories and old clients do without it.
1. Copy the lines into FINGERPRINT.

Everything else (a name or a field gone or renamed, another type, a field that is now required) breaks what runs:
a worker of this version can no longer read what an older one wrote. Add beside the old one instead, if you can.
If it must be, it is a reviewed act:
1. Copy the lines into FINGERPRINT, in a commit that says why.
2. Record the histories anew: make histories. Say how running projects get over it.
3. Write an entry that begins with **Upgrade:** into CHANGELOG.md.
"""


def fingerprint() -> str:
    """Return everything that counts, one thing a paragraph; `*` marks what must be given."""
    paragraphs = [*_names(), *_workflows(), *_activities(), *_acts(), *_events(), *_messages()]
    return "\n".join(_lines.fill(text) for text in paragraphs)


def _names() -> Iterator[str]:
    for key, value in sorted(vars(names).items()):
        if key.isupper():
            yield f"{key} = {value}"
    yield f"project_workflow_id = {names.project_workflow_id('ID')}"
    yield f"delivery_workflow_id = {names.delivery_workflow_id('CHANNEL')}"


def _workflows() -> Iterator[str]:
    for defn in map(workflow._Definition.must_from_class, WORKFLOWS):
        yield f"workflow {defn.name}{_signature(defn.run_fn)}"
        for name, query in sorted(defn.queries.items(), key=str):
            yield f"query {defn.name}.{name}{_signature(query.fn)}"
        for name, update in sorted(defn.updates.items(), key=str):
            yield f"update {defn.name}.{name or 'ANY ACT'} -> {_word(update.ret_type)}"
        for name in sorted(map(str, defn.signals)):
            yield f"signal {defn.name}.{name}"


def _activities() -> Iterator[str]:
    for port in PORTS:
        for _, method in inspect.getmembers(port, inspect.isfunction):
            yield f"activity {activity._Definition.must_from_callable(method).name}{_signature(method)}"


def _acts() -> Iterator[str]:
    for name, model in sorted(ACT_MODELS.items()):
        yield f"act {name} = {model.__name__}"


def _events() -> Iterator[str]:
    known = TypeAdapter(Event).json_schema()["discriminator"]["mapping"]
    for name in sorted(EVENT_TYPES):
        yield f"event {name} = {known[name].rpartition('/')[2]}"


def _messages() -> Iterator[str]:
    models: dict[str, Any] = {}
    for message in MESSAGES:
        schema = message.model_json_schema()
        models.update(schema.pop("$defs", {}))
        models[message.__name__] = schema
    for name, schema in sorted(models.items()):
        required = schema.get("required", ())
        fields = (
            f"{field}{'*' if field in required else ''}:{_kind(what)}"
            for field, what in sorted(schema.get("properties", {}).items())
        )
        yield f"{name} {' '.join(fields)}"


def _kind(schema: dict[str, Any]) -> str:  # noqa: PLR0911 - one answer a case
    """Return the type of a field in one word."""
    match schema:
        case {"$ref": str(ref)}:
            return ref.rpartition("/")[2]
        case {"discriminator": {"propertyName": name}}:
            return f"by-{name}"
        case {"anyOf": [*choices]}:
            return "|".join(map(_kind, choices))
        case {"enum": [*values]}:
            return "|".join(map(str, values))
        case {"const": value}:
            return str(value)
        case {"items": dict() as items}:
            return f"[{_kind(items)}]"
        case {"additionalProperties": dict() as values}:
            return f"{{{_kind(values)}}}"
        case _:
            return str(schema.get("format") or schema.get("type", "any"))


def _signature(function: Any) -> str:  # noqa: ANN401 - any function
    hints = get_type_hints(function)
    given = [hints[name] for name in inspect.signature(function).parameters if name != "self"]
    return f"({', '.join(map(_word, given))}) -> {_word(hints['return'])}"


def _word(type_: Any) -> str:  # noqa: ANN401 - any type
    return ", ".join(map(_word, get_args(type_))).join("[]") if get_args(type_) else str(type_.__name__)


FINGERPRINT = """
ATTRIBUTE_COUNTY = ProjectCounty
ATTRIBUTE_DUE_AT = ProjectDueAt
ATTRIBUTE_LEVEL = ProjectLevel
ATTRIBUTE_PLAN = ProjectPlan
ATTRIBUTE_STAGE = ProjectStage
ATTRIBUTE_STATUS = ProjectStatus
DELIVERY_QUEUE = cuntong-delivery
DELIVERY_WORKFLOW = Delivery
NAMESPACE = default
OUTBOX_DELIVER = outbox.deliver
PROJECT_QUEUE = cuntong-projects
PROJECT_WORKFLOW = VillageProject
RECORDS_COMMIT = records.commit
RUNGS_QUERY = rungs
SEARCH_ATTRIBUTES = {'ProjectStage': 'Keyword', 'ProjectStatus': 'Keyword', 'ProjectCounty': 'Keyword',
    'ProjectPlan': 'Keyword', 'ProjectLevel': 'Int', 'ProjectDueAt': 'Datetime'}
STATE_QUERY = state
project_workflow_id = project/ID
delivery_workflow_id = delivery/CHANNEL
workflow VillageProject(ProjectRun) -> Outcome
query VillageProject.rungs() -> [Rung]
query VillageProject.state() -> ProjectState
update VillageProject.ANY ACT -> Receipt
workflow Delivery(DeliveryOrder) -> NoneType
activity records.commit(Commit) -> Committed
activity outbox.deliver(DeliveryOrder) -> DeliveryReport
act accept = Close
act acknowledge = Acknowledge
act approve = Close
act cancel = Cancel
act clear_obstacle = ClearObstacle
act correct = Correct
act deny_extension = DenyExtension
act grant_extension = GrantExtension
act hold = HoldProject
act reassign = Reassign
act record_contract = Close
act refuse = Refuse
act register_baseline = Close
act reject = Reject
act report = Report
act report_obstacle = ReportObstacle
act request_extension = RequestExtension
act resume = ResumeProject
act return = Return
act settle = Close
act submit = Close
event acceptance_refused = AcceptanceRefused
event acknowledged = Acknowledged
event duty_reassigned = DutyReassigned
event entry_corrected = EntryCorrected
event extension_denied = ExtensionDenied
event extension_granted = ExtensionGranted
event extension_requested = ExtensionRequested
event obstacle_cleared = ObstacleCleared
event progress_reported = ProgressReported
event project_cancelled = ProjectCancelled
event project_completed = ProjectCompleted
event project_held = ProjectHeld
event project_rejected = ProjectRejected
event project_resumed = ProjectResumed
event project_started = ProjectStarted
event rectification_submitted = RectificationSubmitted
event rung_fired = RungFired
event stage_closed = StageClosed
event stage_returned = StageReturned
event turn_opened = TurnOpened
AcceptanceRefused item*:string note:string stage*:string type:acceptance_refused
Acknowledge act:acknowledge note:string promised_at*:date-time stage:string
Acknowledged days:integer note:string promised_at*:date-time stage*:string type:acknowledged
Acknowledgement at*:date-time by*:string promised_at*:date-time
Actor person_id*:string posts:[Post]
Cancel act:cancel code*:string decision_no*:string note:string
ClearObstacle act:clear_obstacle note:string stage:string
Close act*:approve|record_contract|register_baseline|submit|accept|settle facts:object note:string
    stage:string
Command act*:by-act actor*:Actor command_id*:string
Commit entries*:[Entry] project_id*:string
Committed instead:[Entry] is_repeat:boolean seq*:integer
Correct act:correct note*:string seq*:integer
DeliveryOrder channel*:string runs:integer
DeliveryReport delivered:integer failed:integer unknown:integer
DenyExtension act:deny_extension reason*:string stage:string
Derivation budget_days*:integer consumed_days*:integer due_on*:string is_faster:boolean is_provisional:boolean
    offset_days:integer opened_at*:date-time postponed_to:date-time|null running_since*:date-time
    unit*:working|calendar
Done command_id*:string fingerprint*:string seq*:integer
DutyReassigned person_id*:string reason*:string role*:string type:duty_reassigned
Entry at*:date-time by:string command_id:string event*:by-type fingerprint:string seq*:integer
EntryCorrected corrected_seq*:integer note*:string type:entry_corrected
ExtensionDenied reason*:string stage*:string type:extension_denied
ExtensionGranted days*:integer due_at*:date-time|null note:string original_due_at*:date-time
    previous_due_at*:date-time|null reason*:string stage*:string type:extension_granted
ExtensionRequest days*:integer reason*:string requested_at*:date-time requested_by*:string
ExtensionRequested days*:integer reason*:string stage*:string type:extension_requested
GrantExtension act:grant_extension days:integer|null note:string stage:string
Hold at*:date-time by*:string code*:string party*:string
HoldProject act:hold code*:string note:string
ObstacleCleared note:string stage*:string type:obstacle_cleared
Outcome project_id*:string seq*:integer status*:string
Pins calendar*:string hierarchy*:string ladder*:string plan*:string
Post area:string organisation:string post_id*:string role*:string
ProgressReported evidence:[string] note:string percent*:integer stage*:string type:progress_reported
Project batch*:string builder*:string place:string programme*:string project_id*:string
    technology*:fibre|4g|both tier:string village_code*:string village_name*:string
ProjectCancelled code*:string decision_no*:string note:string type:project_cancelled
ProjectCompleted type:project_completed
ProjectHeld code*:string note:string party*:string type:project_held
ProjectRejected code*:string note*:string stage*:string type:project_rejected
ProjectResumed dues*:{date-time} note:string type:project_resumed
ProjectRun start:Start|null state:ProjectState|null
ProjectStarted pins*:Pins project*:Project stages*:[string] type:project_started
ProjectState assigned:{string} done:[Done] hold:Hold|null is_frozen:boolean pins*:Pins project*:Project
    seq:integer stages:{StageState} status:running|held|completed|cancelled|rejected
Reassign act:reassign person_id*:string| reason*:string role*:string
Receipt command_id*:string is_repeat:boolean open_stages:[string] project_id*:string seq*:integer
    status*:string
RectificationSubmitted note:string stage*:string type:rectification_submitted
Refuse act:refuse item*:string note:string stage:string
Reject act:reject code*:string note*:string stage:string
Report act:report evidence:[string] note:string percent*:integer stage:string
ReportObstacle act:report_obstacle code*:string note*:string stage:string
RequestExtension act:request_extension days*:integer reason*:string stage:string
ResumeProject act:resume note:string
Return act:return code*:string note*:string stage*:string
Rung at*:date-time consequence:string derivation*:Derivation due_at*:date-time generation*:integer key*:string
    kind*:reminder|escalation|elapse level*:integer round*:integer stage*:string to:[string]
    turn*:work|rectification|recheck|obstacle
RungFired consequence:string due_at*:date-time generation*:integer kind*:reminder|escalation|elapse
    level*:integer nominal_at*:date-time round*:integer rung*:string stage*:string to*:[string]
    turn*:work|rectification|recheck|obstacle type:rung_fired
Segment is_running:boolean party*:string since_at*:date-time until_at:date-time|null
StageClosed act*:string facts:{boolean|integer|number|string} note:string stage*:string type:stage_closed
StageReturned code*:string note*:string reset*:[string] stage*:string type:stage_returned
StageState closed_at:date-time|null closed_by:string past:[Turn] percent:integer rectified_by:[string]
    refusals:integer round:integer status:pending|open|done suspended:Turn|null turn:Turn|null
Start command_id:string ordered_by:string pins*:Pins project*:Project
Turn acknowledged:Acknowledgement|null budget_days*:integer code:string fired:[string] generation:integer
    kind*:work|rectification|recheck|obstacle last_rung_at:date-time|null level:integer
    original_due_at*:date-time owner*:string party*:string promised_days:integer request:ExtensionRequest|null
    segments*:[Segment] unit*:working|calendar
TurnOpened budget_days*:integer code:string due_at*:date-time note:string owner*:string party*:string
    round*:integer stage*:string turn*:work|rectification|recheck|obstacle type:turn_opened
    unit*:working|calendar
"""


def test_what_is_on_the_wire_has_not_changed() -> None:
    compare(FINGERPRINT.strip())


def test_a_change_is_shown_together_with_what_to_do() -> None:
    without = "\n".join(line for line in fingerprint().splitlines() if line != "act approve = Close")
    with pytest.raises(pytest.fail.Exception) as failed:
        compare(without)
    assert "make histories" in str(failed.value)
    assert str(failed.value).endswith("\n+act approve = Close")


def compare(expected: str) -> None:
    """Fail with the lines that differ, and with what to do about it."""
    lines = difflib.unified_diff(expected.splitlines(), fingerprint().splitlines(), lineterm="", n=0)
    changes = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    if changes:
        pytest.fail("\n".join([TEACHING, *changes]), pytrace=False)
