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
AUDIT_RUN = audit.run
AUDIT_SCHEDULE = audit
AUDIT_WORKFLOW = Audit
DELIVERY_QUEUE = cuntong-delivery
DELIVERY_WORKFLOW = Delivery
LETTERS_WORKFLOW = LetterRound
LETTERS_WRITE = letters.write
MEMO_JOURNAL = journal
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
workflow LetterRound(RoundOrder) -> RoundReport
workflow Audit(AuditOrder) -> AuditReport
activity records.commit(Commit) -> Committed
activity outbox.deliver(DeliveryOrder) -> DeliveryReport
act accept = Close
act acknowledge = Acknowledge
act agree = Agree
act approve = Close
act cancel = Cancel
act check = Check
act clear_obstacle = ClearObstacle
act contest_days = ContestDays
act correct = Correct
act decline = Decline
act deny_extension = DenyExtension
act grant_extension = GrantExtension
act hold = HoldProject
act migrate = Migrate
act reassign = Reassign
act record_contract = Close
act record_outage = RecordOutage
act refuse = Refuse
act register_baseline = Close
act reject = Reject
act release_payment = ReleasePayment
act report = Report
act report_obstacle = ReportObstacle
act request_change = RequestChange
act request_extension = RequestExtension
act resume = ResumeProject
act return = Return
act settle = Close
act spot_check = SpotCheckResult
act submit = Close
act withdraw = Withdraw
event acceptance_refused = AcceptanceRefused
event acceptance_reopened = AcceptanceReopened
event acknowledged = Acknowledged
event batch_counted = BatchCounted
event change_effected = ChangeEffected
event days_reattributed = DaysReattributed
event duty_reassigned = DutyReassigned
event entry_corrected = EntryCorrected
event extension_denied = ExtensionDenied
event extension_granted = ExtensionGranted
event extension_requested = ExtensionRequested
event gap_assessed = GapAssessed
event matter_closed = MatterClosed
event matter_opened = MatterOpened
event matter_passed = MatterPassed
event obstacle_cleared = ObstacleCleared
event part_passed = PartPassed
event payment_released = PaymentReleased
event policies_migrated = PoliciesMigrated
event progress_reported = ProgressReported
event project_cancelled = ProjectCancelled
event project_completed = ProjectCompleted
event project_held = ProjectHeld
event project_rejected = ProjectRejected
event project_resumed = ProjectResumed
event project_started = ProjectStarted
event rectification_submitted = RectificationSubmitted
event rung_fired = RungFired
event spot_checked = SpotChecked
event stage_closed = StageClosed
event stage_returned = StageReturned
event turn_opened = TurnOpened
AcceptanceRefused item*:string note:string stage*:string type:acceptance_refused
AcceptanceReopened item*:string reset*:[string] stage*:string type:acceptance_reopened
Acknowledge act:acknowledge note:string promised_at*:date-time stage:string
Acknowledged days:integer note:string promised_at*:date-time stage*:string type:acknowledged
Acknowledgement at*:date-time by*:string promised_at*:date-time
Actor person_id*:string posts:[Post]
Agree act:agree matter:string note:string number:string
BatchCounted built*:integer total*:integer type:batch_counted
BatchState built:integer milestones:[string] planned:integer required:integer tier:string total:integer
    withheld_share:number
Cancel act:cancel code*:string decision_no*:string note:string
Change code*:string into:string kind*:move|cancel|replace|merge|split|recode|remove_units|add_units
    place:string successors:[string] units:[UnitChange] village_code:string village_name:string
ChangeDone at*:date-time code*:string from_code:string
    kind*:move|cancel|replace|merge|split|recode|remove_units|add_units number:string to_code:string
    units:{integer}
ChangeEffected change*:Change key*:string note:string number:string project*:Project type:change_effected
Check act:check facts:object note:string part*:string stage:string
ClearObstacle act:clear_obstacle note:string stage:string
Close act*:approve|record_contract|register_baseline|submit|accept|settle facts:object note:string
    stage:string
Command act*:by-act actor*:Actor command_id*:string
Commit entries*:[Entry] project_id*:string
Committed instead:[Entry] is_repeat:boolean seq*:integer
Contest party*:string since_at*:date-time until_at*:date-time
ContestDays act:contest_days party*:string reason*:string since_at*:date-time stage:string until_at*:date-time
Correct act:correct note*:string seq*:integer
DaysReattributed cause*:contest|outage due_at:date-time|null matter:string note:string party*:string
    previous_due_at:date-time|null since_at*:date-time stage*:string type:days_reattributed
    until_at*:date-time
Decline act:decline matter:string reason*:string
DeliveryOrder channel*:string runs:integer
DeliveryReport delivered:integer failed:integer unknown:integer
DenyExtension act:deny_extension reason*:string stage:string
Derivation budget_days*:integer consumed_days*:integer due_on*:string is_faster:boolean is_provisional:boolean
    offset_days:integer opened_at*:date-time postponed_to:date-time|null quiet_days:integer
    running_since*:date-time unit*:working|calendar
Done command_id*:string fingerprint*:string seq*:integer
DutyReassigned person_id*:string reason*:string role*:string type:duty_reassigned
Entry at*:date-time by:string command_id:string event*:by-type fingerprint:string seq*:integer
EntryCorrected corrected_seq*:integer note*:string type:entry_corrected
ExtensionDenied reason*:string stage*:string type:extension_denied
ExtensionGranted days*:integer due_at*:date-time|null note:string original_due_at*:date-time
    previous_due_at*:date-time|null reason*:string stage*:string type:extension_granted
ExtensionRequest days*:integer reason*:string requested_at*:date-time requested_by*:string
ExtensionRequested days*:integer reason*:string stage*:string type:extension_requested
GapAssessed built*:integer gap*:number milestone*:string required*:integer tier:string type:gap_assessed
    withheld_share:number
GrantExtension act:grant_extension days:integer|null note:string stage:string
Hold at*:date-time by*:string code*:string party*:string
HoldProject act:hold code*:string note:string
Matter asked_at*:date-time asked_by*:string change:Change|null contest:Contest|null key*:string
    kind*:extension|contest|change note:string passed_by:[string] stage:string step*:string turn*:Turn
MatterClosed key*:string kind*:extension|contest|change note:string number:string
    outcome*:granted|refused|withdrawn type:matter_closed
MatterOpened budget_days*:integer change:Change|null contest:Contest|null due_at*:date-time key*:string
    kind*:extension|contest|change note:string owner*:string party*:string stage:string step*:string
    type:matter_opened unit*:working|calendar
MatterPassed budget_days*:integer due_at*:date-time key*:string note:string number:string owner*:string
    party*:string passed*:string step*:string type:matter_passed unit*:working|calendar
Migrate act:migrate approved_by*:string decision_no*:string fires_past:boolean pins*:Pins
ObstacleCleared note:string stage*:string type:obstacle_cleared
Outcome project_id*:string seq*:integer status*:string
PartPassed facts:{boolean|integer|number|string} note:string part*:string stage*:string type:part_passed
PaymentReleased amount_cny*:number decision_no*:string note:string type:payment_released
Pins calendar*:string hierarchy*:string ladder*:string plan*:string
PoliciesMigrated approved_by:string budgets:{integer} decision_no:string dues:{date-time} is_silent:boolean
    pins*:Pins previous_dues:{date-time} stages*:[string] suspended_budgets:{integer} type:policies_migrated
Post area:string organisation:string post_id*:string role*:string
ProgressReported evidence:[string] note:string percent*:integer stage*:string type:progress_reported
Project batch*:string builder*:string place:string programme*:string project_id*:string
    technology*:fibre|4g|both|measures|batch tier:string village_code*:string village_name*:string
ProjectCancelled code*:string decision_no*:string note:string type:project_cancelled
ProjectCompleted type:project_completed
ProjectHeld code*:string note:string party*:string type:project_held
ProjectRejected code*:string note*:string stage*:string type:project_rejected
ProjectResumed dues*:{date-time} note:string type:project_resumed
ProjectRun start:Start|null state:ProjectState|null
ProjectStarted pins*:Pins project*:Project stages*:[string] type:project_started
ProjectState assigned:{string} batch:BatchState|null changes:[ChangeDone] done:[Done] ended_code:string
    hold:Hold|null is_frozen:boolean matters:[Matter] matters_opened:integer merged_into:string
    migrated_at:date-time|null money:{number} pins*:Pins project*:Project seq:integer
    silent_before:date-time|null stages:{StageState} status:running|held|completed|cancelled|rejected
Reassign act:reassign person_id*:string| reason*:string role*:string
Receipt command_id*:string is_repeat:boolean open_stages:[string] project_id*:string seq*:integer
    status*:string
RecordOutage act:record_outage note*:string since_at*:date-time until_at*:date-time
RectificationSubmitted note:string stage*:string type:rectification_submitted
Refuse act:refuse item*:string note:string stage:string
Reject act:reject code*:string note*:string stage:string
ReleasePayment act:release_payment amount_cny*:number decision_no*:string note:string
Report act:report evidence:[string] note:string percent*:integer stage:string
ReportObstacle act:report_obstacle code*:string note*:string stage:string
RequestChange act:request_change code*:string into:string
    kind*:move|cancel|replace|merge|split|recode|remove_units|add_units note*:string place:string
    successors:[string] units:[UnitChange] village_code:string village_name:string
RequestExtension act:request_extension days*:integer reason*:string stage:string
ResumeProject act:resume note:string
Return act:return code*:string note*:string stage*:string
Rung at*:date-time consequence:string derivation*:Derivation due_at*:date-time generation*:integer key*:string
    kind*:reminder|escalation|elapse|milestone level*:integer matter:string round*:integer stage*:string
    to:[string] turn*:work|rectification|recheck|obstacle|decision
RungFired consequence:string due_at*:date-time generation*:integer kind*:reminder|escalation|elapse|milestone
    level*:integer matter:string nominal_at*:date-time round*:integer rung*:string stage*:string to*:[string]
    turn*:work|rectification|recheck|obstacle|decision type:rung_fired
Segment is_running:boolean party*:string since_at*:date-time until_at:date-time|null
SpotCheckResult act:spot_check item:string note:string report_no*:string result*:passed|failed
SpotChecked is_passed*:boolean item:string note:string report_no:string stage*:string type:spot_checked
StageClosed act*:string facts:{boolean|integer|number|string} note:string period:integer stage*:string
    type:stage_closed
StageReturned code*:string note*:string reset*:[string] stage*:string type:stage_returned
StageState checked:{{boolean|integer|number|string}} checked_by:{string} closed_at:date-time|null
    closed_by:string past:[Turn] percent:integer period:integer rectified_by:[string] refusals:integer
    reopened:integer round:integer status:pending|open|done suspended:Turn|null turn:Turn|null
Start command_id:string ordered_by:string pins*:Pins project*:Project
Turn acknowledged:Acknowledgement|null budget_days*:integer code:string fired:[string] generation:integer
    kind*:work|rectification|recheck|obstacle|decision last_rung_at:date-time|null level:integer
    original_due_at*:date-time owner*:string party*:string period:integer previous_due_at:date-time|null
    promised_days:integer request:ExtensionRequest|null segments*:[Segment] silent_before:date-time|null
    unit*:working|calendar
TurnOpened budget_days*:integer code:string due_at*:date-time note:string owner*:string party*:string
    period:integer round*:integer stage*:string turn*:work|rectification|recheck|obstacle|decision
    type:turn_opened unit*:working|calendar
UnitChange code*:string unit*:string
Withdraw act:withdraw matter:string note:string
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
