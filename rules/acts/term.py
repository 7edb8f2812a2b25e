"""Acts on time: hold, resume, extension, obstacle, acknowledgement."""

from __future__ import annotations

from rules import clock, moment
from rules.acts import matter
from rules.acts.ask import Ask
from schemas.command import (
    Acknowledge,
    ClearObstacle,
    DenyExtension,
    GrantExtension,
    HoldProject,
    ReportObstacle,
    RequestExtension,
    ResumeProject,
)
from schemas.event import (
    Acknowledged,
    Event,
    ExtensionDenied,
    ExtensionGranted,
    ExtensionRequested,
    ObstacleCleared,
    ProjectHeld,
    ProjectResumed,
)
from schemas.matter import Outcome
from schemas.plan import Stage
from schemas.reason import Refusal
from schemas.state import StageState
from schemas.turn import ExtensionRequest, Turn


def hold(act: HoldProject, ask: Ask) -> list[Event]:
    """Stop every clock; the days go to the party the reason names."""
    if ask.state.hold:
        raise ask.held(ask.state.hold)
    ask.authorise_act("hold")
    reason = ask.coded("hold", act.code)
    return [ProjectHeld(code=act.code, party=reason.party or "authority", note=act.note)]


def resume(act: ResumeProject, ask: Ask) -> list[Event]:
    """Let every clock go on with exactly what was left."""
    if not ask.state.hold:
        raise Refusal("project.not_held")
    ask.authorise_act("resume")
    dues = {}
    for key, stage in ask.state.stages.items():
        due = clock.due_at(clock.running(stage.turn, ask.now), ask.calendar(key)) if stage.turn else None
        if due is not None:
            dues[key] = due
    return [ProjectResumed(dues=dues, note=act.note)]


def request_extension(act: RequestExtension, ask: Ask) -> list[Event]:
    """Ask for more days; the clock goes on, and that of whoever has to decide begins."""
    rule, _, turn = ask.stage(act.stage)
    ask.by_hand(rule)
    ask.authorise([turn.owner])
    if turn.request:
        raise Refusal("extension.pending", stage=rule.title, days=turn.request.days)
    _within_limit(act.days, ask)
    asked = ExtensionRequested(stage=rule.key, days=act.days, reason=act.reason)
    steps = ask.book.plan.procedures.get("extension", ())
    return [asked, *(matter.opened("extension", step, ask, stage=rule.key, note=act.reason) for step in steps[:1])]


def grant_extension(act: GrantExtension, ask: Ask) -> list[Event]:
    """Grant the pending request; original, previous and new dates stay on record."""
    rule, stage, turn = ask.stage(act.stage or _with_request(ask))
    request = _pending(rule, stage, turn, ask)
    ask.authorise_act("grant_extension")
    if request.requested_by == ask.actor.person_id:
        raise Refusal("authority.own_request", person=ask.actor.person_id)
    days = act.days or request.days
    _within_limit(days, ask)
    longer = turn.model_copy(update={"budget_days": turn.budget_days + days})
    due = clock.due_at(longer, ask.calendar(rule.key))
    if due is not None and due <= ask.now:
        raise Refusal("extension.into_past", stage=rule.title, due=moment.due(due, ask.book.calendar), days=days)
    return [
        ExtensionGranted(
            stage=rule.key,
            days=days,
            original_due_at=turn.original_due_at,
            previous_due_at=clock.due_at(turn, ask.calendar(rule.key)),
            due_at=due,
            reason=request.reason,
            note=act.note,
        ),
        *_decided(request, rule, "granted", ask),
    ]


def deny_extension(act: DenyExtension, ask: Ask) -> list[Event]:
    """Deny the pending request."""
    rule, stage, turn = ask.stage(act.stage or _with_request(ask))
    request = _pending(rule, stage, turn, ask)
    ask.authorise_act("grant_extension")
    return [ExtensionDenied(stage=rule.key, reason=act.reason), *_decided(request, rule, "refused", ask)]


def report_obstacle(act: ReportObstacle, ask: Ask) -> list[Event]:
    """Pass the ball to whoever can clear the obstacle; their clock runs until it is cleared."""
    rule, _, turn = ask.stage(act.stage)
    ask.unobstructed(rule, turn)
    ask.by_hand(rule)
    ask.authorise({turn.owner, *ask.book.plan.may.get("report_obstacle", ())})
    reason = ask.coded("obstacle", act.code)
    owner, party = reason.owner or rule.owner, reason.party or rule.party
    budget = ask.book.plan.obstacle_budget
    return [ask.turn_opened(rule.key, "obstacle", owner, party, budget, note=act.note, code=act.code)]


def clear_obstacle(act: ClearObstacle, ask: Ask) -> list[Event]:
    """Give the ball back; the stage goes on with what was left."""
    rule, _, turn = ask.stage(act.stage or _with_obstacle(ask))
    if turn.kind != "obstacle":
        raise Refusal("obstacle.none", stage=rule.title)
    ask.authorise({turn.owner, *ask.book.plan.may.get("clear_obstacle", ())})
    return [ObstacleCleared(stage=rule.key, note=act.note)]


def acknowledge(act: Acknowledge, ask: Ask) -> list[Event]:
    """Receive a reminder with a promised date; the ladder pauses until then."""
    rule, _, turn = ask.stage(act.stage)
    ask.authorise({turn.owner, *ask.book.plan.may.get("acknowledge", ())})
    if turn.acknowledged and turn.acknowledged.promised_at > ask.now:
        raise Refusal("acknowledge.already", stage=rule.title, promised=ask.told(turn.acknowledged.promised_at))
    if turn.last_rung_at is None or (turn.acknowledged and turn.last_rung_at <= turn.acknowledged.at):
        raise Refusal("acknowledge.nothing", stage=rule.title)
    left = ask.book.plan.promise_limit_days - turn.promised_days
    days = ask.calendar(rule.key).between(ask.now, act.promised_at) if act.promised_at > ask.now else 0
    if act.promised_at <= ask.now or days > left:
        raise Refusal("acknowledge.bad_promise", promised=ask.told(act.promised_at), limit=left)
    return [Acknowledged(stage=rule.key, promised_at=act.promised_at, days=days, note=act.note)]


def _decided(request: ExtensionRequest, rule: Stage, outcome: Outcome, ask: Ask) -> list[Event]:
    waiting = matter.extension_of(request, rule.key, ask)
    return [matter.closed(waiting, outcome)] if waiting else []


def _within_limit(days: int, ask: Ask) -> None:
    limit = ask.book.plan.extension_limit_days
    if days > limit:
        raise Refusal("extension.too_long", days=days, limit=limit)


def _pending(rule: Stage, stage: StageState, turn: Turn, ask: Ask) -> ExtensionRequest:
    """Return the request of the live turn; one of a turn below an obstacle waits until that is cleared."""
    if turn.request:
        return turn.request
    if stage.suspended and stage.suspended.request:
        ask.unobstructed(rule, turn)
    raise Refusal("extension.none_pending", stage=rule.title)


def _with_request(ask: Ask) -> str:
    turns = {key: (stage.turn, stage.suspended) for key, stage in ask.state.stages.items()}
    asked = [key for key, pair in turns.items() if any(turn and turn.request for turn in pair)]
    return asked[0] if len(asked) == 1 else ""


def _with_obstacle(ask: Ask) -> str:
    blocked = [key for key, stage in ask.state.stages.items() if stage.suspended]
    return blocked[0] if len(blocked) == 1 else ""
