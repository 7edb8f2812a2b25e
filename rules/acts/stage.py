"""Acts on a stage: close, report, refuse, return."""

from __future__ import annotations

from rules import acceptance, batch, clock, recurrence
from rules.acts.acceptance import four_eyes, known_item
from rules.acts.ask import Ask
from rules.acts.facts import checked
from rules.acts.payment import recorded
from schemas.command import Close, Refuse, Reject, Report, Return
from schemas.event import (
    AcceptanceRefused,
    Event,
    ProgressReported,
    ProjectCompleted,
    ProjectRejected,
    RectificationSubmitted,
    StageClosed,
    StageReturned,
)
from schemas.plan import Stage
from schemas.reason import Refusal
from schemas.state import StageState
from schemas.turn import Turn


def close(act: Close, ask: Ask) -> list[Event]:
    """Close a stage by its proper act and open what follows."""
    rule, stage, turn = ask.stage(act.stage, [act.act])
    ask.unobstructed(rule, turn)
    if turn.kind == "rectification":
        return _rectified(act, rule, turn, ask)
    ask.by_hand(rule)
    if rule.closed_by.act != act.act:
        raise Refusal("act.not_for_stage", stage=rule.title, act=act.act, proper=rule.closed_by.act)
    ask.authorise(rule.closed_by.by)
    four_eyes(rule, ask)
    passed = acceptance.facts_passed(stage)
    stated = checked(rule.closed_by, act.facts, is_frozen=ask.state.is_frozen, passed=passed)
    facts = recorded(rule, stated, ask)
    closed = StageClosed(stage=rule.key, act=act.act, facts=facts, note=act.note, period=_period(rule, stage))
    return [closed, *batch.counted(facts, ask), *after_closing(rule.key, ask)]


def elapse(key: str, ask: Ask) -> list[Event]:
    """Close a stage whose time is over, and open what follows."""
    period = _period(ask.book.stages[key], ask.state.stages[key])
    return [StageClosed(stage=key, act="elapse", period=period), *after_closing(key, ask)]


def after_closing(key: str, ask: Ask) -> list[Event]:
    """Return what follows when a stage is done: it opens again, further stages open, or the project is complete."""
    if again := ask.reopening(key):
        return [again]
    opened = ask.openings(key)
    others = [stage for other, stage in ask.state.stages.items() if other != key]
    if not opened and all(stage.status == "done" for stage in others):
        return [ProjectCompleted()]
    return opened


def _period(rule: Stage, stage: StageState) -> int:
    return recurrence.current(stage) if rule.recurs else 0


def reject(act: Reject, ask: Ask) -> list[Event]:
    """Reject the funding; the project ends."""
    rule, _, _ = ask.stage(act.stage, ["approve"])
    if rule.closed_by.act != "approve":
        raise Refusal("act.not_for_stage", stage=rule.title, act="reject", proper=rule.closed_by.act)
    ask.authorise(rule.closed_by.by)
    ask.coded("reject", act.code)
    return [ProjectRejected(stage=rule.key, code=act.code, note=act.note)]


def refuse(act: Refuse, ask: Ask) -> list[Event]:
    """Refuse an acceptance: keep the result, open rectification with a clock of its own."""
    rule, _, turn = ask.stage(act.stage, ["accept"])
    if rule.rectification is None:
        raise Refusal("act.not_for_stage", stage=rule.title, act="refuse", proper=rule.closed_by.act)
    ask.unobstructed(rule, turn)
    if turn.kind == "rectification":
        raise Refusal("acceptance.in_rectification", stage=rule.title)
    ask.authorise(rule.closed_by.by)
    four_eyes(rule, ask)
    known_item(rule, act.item)
    mending = rule.rectification
    return [
        AcceptanceRefused(stage=rule.key, item=act.item, note=act.note),
        ask.turn_opened(rule.key, "rectification", mending.owner, mending.party, mending.budget, note=act.item),
    ]


def report(act: Report, ask: Ask) -> list[Event]:
    """Report progress; the ladder does not stop for a report."""
    rule, _, turn = ask.stage(act.stage)
    ask.authorise({turn.owner, *ask.book.plan.may.get("report", ())})
    return [ProgressReported(stage=rule.key, percent=act.percent, note=act.note, evidence=act.evidence)]


def send_back(act: Return, ask: Ask) -> list[Event]:
    """Return the project to a stage already done; everything built upon it is open again.

    A stage that has opened for a further period is returned for the last one that is over.
    """
    if act.stage not in ask.book.stages:
        raise Refusal("stage.unknown", stage=act.stage, known=", ".join(ask.book.stages))
    rule, stage = ask.book.stages[act.stage], ask.state.stages[act.stage]
    if not _is_closed(stage) or rule.closed_by.act == "elapse":
        raise Refusal("return.not_done", stage=rule.title)
    ask.authorise_act("return")
    ask.coded("return", act.code)
    touched = acceptance.built_on(ask.book.plan, [rule.key])
    for key in touched:
        _may_undo(key, ask, is_named=key == rule.key)
    reset = tuple(key for key, stage in ask.state.stages.items() if key in touched and stage.status != "pending")
    return [
        StageReturned(stage=rule.key, reset=reset, code=act.code, note=act.note),
        ask.opening(rule.key, over=clock.periods_kept(stage, is_undone=True)),
    ]


def _is_closed(stage: StageState) -> bool:
    """Whether there is something to return: the stage is done, or a period of it is over."""
    return stage.status == "done" or (stage.status == "open" and stage.period > 0)


def _may_undo(key: str, ask: Ask, *, is_named: bool) -> None:
    """Pass unless a stage that government closed would be undone by somebody who could not have closed it."""
    closing = ask.book.stages[key].closed_by
    is_official = any(ask.book.roles[role].side == "government" for role in closing.by)
    stage = ask.state.stages[key]
    if is_official and (stage.status == "done" or (is_named and _is_closed(stage))):
        ask.authorise(closing.by)


def _rectified(act: Close, rule: Stage, turn: Turn, ask: Ask) -> list[Event]:
    if act.act != "submit":
        raise Refusal("acceptance.in_rectification", stage=rule.title)
    ask.authorise([turn.owner])
    recheck = rule.rectification.recheck if rule.rectification else rule.budget
    return [
        RectificationSubmitted(stage=rule.key, note=act.note),
        ask.turn_opened(rule.key, "recheck", rule.owner, rule.party, recheck),
    ]
