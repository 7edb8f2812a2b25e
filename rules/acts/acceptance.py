"""Acts on an acceptance besides giving and refusing it: one part of it, and the spot check from above."""

from __future__ import annotations

from rules import acceptance, authority
from rules.acts.ask import Ask
from rules.acts.facts import checked
from schemas.command import Check, SpotCheckResult
from schemas.event import AcceptanceReopened, Event, PartPassed, SpotChecked
from schemas.plan import Part, Rectification, SpotCheck, Stage
from schemas.reason import Refusal


def check(act: Check, ask: Ask) -> list[Event]:
    """Pass one part of an acceptance with its facts; the clock goes on until the acceptance itself is given."""
    rule, stage, turn = ask.stage(act.stage, ["accept"])
    ask.unobstructed(rule, turn)
    if turn.kind == "rectification":
        raise Refusal("acceptance.in_rectification", stage=rule.title)
    part = _part(rule, act.part)
    ask.authorise((*rule.closed_by.by, *ask.book.plan.may.get("check", ())))
    four_eyes(rule, ask)
    if part.key in stage.checked:
        raise Refusal("part.passed", part=part.title, person=stage.checked_by.get(part.key, "—"))
    facts = checked(acceptance.of_part(rule.closed_by, part.key), act.facts, is_frozen=ask.state.is_frozen)
    return [PartPassed(stage=rule.key, part=part.key, facts=facts, note=act.note)]


def spot_check(act: SpotCheckResult, ask: Ask) -> list[Event]:
    """Record a spot check; a failed one opens the acceptance again, with rectification first.

    Source: 监督检查/抽查 after acceptance (MIIT "必要时组织专家监督检查"); a failure leads to 整改 and 复验. What was
    paid stays paid: only stages that are open wait again.
    """
    rule, mending = _spot_checked(ask)
    if ask.actor.person_id in acceptance.acceptors(ask.state, ask.book.plan):
        raise Refusal("authority.own_work", person=ask.actor.person_id, stage=rule.title)
    found = SpotChecked(
        stage=rule.key, is_passed=act.result == "passed", item=act.item, report_no=act.report_no, note=act.note
    )
    if found.is_passed:
        return [found]
    if not act.item:
        raise Refusal("spot_check.no_item", stage=rule.title)
    known_item(rule, act.item)
    after = acceptance.built_on(ask.book.plan, [rule.key])
    opened = {key for key, stage in ask.state.stages.items() if key in after and stage.status == "open"}
    reset = tuple(key for key in ask.state.stages if key in opened | {rule.key})
    return [
        found,
        AcceptanceReopened(stage=rule.key, reset=reset, item=act.item),
        ask.turn_opened(rule.key, "rectification", mending.owner, mending.party, mending.budget, note=act.item),
    ]


def four_eyes(rule: Stage, ask: Ask) -> None:
    """Pass unless the actor would pass judgement on their own work.

    Raises:
        Refusal: They would.
    """
    reason = authority.separate(ask.actor, rule, ask.state, ask.book)
    if reason:
        raise Refusal(reason.code, reason.kind, **reason.params)


def known_item(rule: Stage, item: str) -> None:
    """Pass when a failed item is one of those the plan knows; a plan without parts takes any text.

    Raises:
        Refusal: It is not.
    """
    known = acceptance.items(rule.closed_by)
    if known and item not in known:
        raise Refusal("acceptance.unknown_item", stage=rule.title, item=item, known=", ".join(known))


def _part(rule: Stage, key: str) -> Part:
    parts = rule.closed_by.parts
    if not parts:
        raise Refusal("part.none", stage=rule.title)
    part = next((part for part in parts if part.key == key), None)
    if part is None:
        raise Refusal("part.unknown", stage=rule.title, part=key, known=", ".join(part.key for part in parts))
    return part


def _spot_checked(ask: Ask) -> tuple[Stage, Rectification]:
    """Return the acceptance that a spot check looks at, and what its failure opens."""
    asked: SpotCheck | None = ask.book.plan.spot_check
    rule = ask.book.stages.get(asked.reopens) if asked else None
    if asked is None or rule is None or rule.rectification is None:
        raise Refusal("act.not_in_plan", act="spot_check", plan=ask.book.plan.title)
    ask.authorise_act("spot_check")
    turn = ask.state.stages[rule.key].turn
    if turn and turn.kind == "rectification":
        raise Refusal("acceptance.in_rectification", stage=rule.title)
    for key in (asked.after, rule.key):
        if ask.state.stages[key].status != "done":
            raise Refusal("spot_check.too_early", stage=ask.book.title(key))
    return rule, rule.rectification
