"""Acts on a matter that waits: agree, decline, withdraw."""

from __future__ import annotations

from rules import clock
from rules.acts import change, contest, matter
from rules.acts.ask import Ask
from schemas.command import Agree, Decline, Withdraw
from schemas.event import Event, MatterPassed
from schemas.matter import Matter
from schemas.plan import Step
from schemas.reason import Refusal


def agree(act: Agree, ask: Ask) -> list[Event]:
    """Agree at the present step: the matter goes on to the next one, or takes effect after the last."""
    waiting, step, further = _decided_by(act.matter, ask)
    if step.needs_number and not act.number:
        raise Refusal("matter.needs_number", step=step.title)
    if further:
        return [_passed(waiting, step, further, act, ask)]
    effects = (
        change.effects(waiting, ask, act.number, act.note)
        if waiting.kind == "change"
        else contest.effects(waiting, ask, act.note)
    )
    return [matter.closed(waiting, "granted", act.number, act.note), *effects]


def decline(act: Decline, ask: Ask) -> list[Event]:
    """Refuse a matter: everything stays as it is."""
    waiting, _, _ = _decided_by(act.matter, ask, is_refusal=True)
    return [matter.closed(waiting, "refused", note=act.reason)]


def withdraw(act: Withdraw, ask: Ask) -> list[Event]:
    """Take back a matter that one has asked for oneself."""
    waiting = _waiting(act.matter, ask)
    if waiting.asked_by != ask.actor.person_id:
        person = ask.actor.person_id
        raise Refusal("matter.not_yours", person=person, key=waiting.key, asked_by=waiting.asked_by)
    return [matter.closed(waiting, "withdrawn", note=act.note)]


def _passed(waiting: Matter, step: Step, further: Step, act: Agree, ask: Ask) -> MatterPassed:
    budget = further.budget
    return MatterPassed(
        key=waiting.key,
        passed=step.key,
        step=further.key,
        owner=further.owner,
        party=further.party,
        budget_days=budget.days,
        unit=budget.unit,
        due_at=clock.first_due_at(ask.now, budget.days, budget.unit, ask.book.calendar),
        number=act.number,
        note=act.note,
    )


def _decided_by(key: str, ask: Ask, *, is_refusal: bool = False) -> tuple[Matter, Step, Step | None]:
    """Return the matter, its present step and the next one, if the actor may decide it (four eyes at every step).

    Raises:
        Refusal: No such matter, another act decides it, its step is gone, wrong role, or the actor's own doing.
    """
    waiting = _waiting(key, ask)
    steps = ask.book.plan.procedures.get(waiting.kind, ())
    place = next((number for number, step in enumerate(steps) if step.key == waiting.step), None)
    if place is None:
        raise Refusal("matter.step_gone", plan=ask.book.plan.title, key=waiting.key, step=waiting.step)
    ask.authorise(steps[place].by)
    person = ask.actor.person_id
    if waiting.asked_by == person:
        raise Refusal("matter.own_request", person=person, key=waiting.key)
    if person in waiting.passed_by and not is_refusal:
        raise Refusal("matter.passed_already", person=person, key=waiting.key)
    return waiting, steps[place], steps[place + 1] if place + 1 < len(steps) else None


def _waiting(key: str, ask: Ask) -> Matter:
    """Return the matter of that key, or the only one; requests for more time have acts of their own."""
    named = ask.state.matter(key) if key else None
    if named and named.kind == "extension":
        raise Refusal("matter.by_own_act", key=named.key)
    if named:
        return named
    able = [one for one in ask.state.matters if one.kind != "extension"]
    waiting = ", ".join(one.key for one in able) or "—"
    if key:
        raise Refusal("matter.unknown", key=key, waiting=waiting)
    if not able:
        raise Refusal("matter.none_waiting")
    if len(able) > 1:
        raise Refusal("matter.which", waiting=waiting)
    return able[0]
