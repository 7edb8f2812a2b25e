"""Acts on matters that wait for a decision: agree, decline, withdraw; and how a matter is opened and closed."""

from __future__ import annotations

from rules import clock
from rules.acts.ask import Ask
from rules.text import both
from schemas.event import MatterClosed, MatterOpened
from schemas.matter import Change, Contest, Matter, MatterKind, Outcome
from schemas.plan import Step
from schemas.reason import Refusal
from schemas.turn import ExtensionRequest


def steps(kind: MatterKind, ask: Ask) -> tuple[Step, ...]:
    """Return the steps through which a matter goes under the plan.

    Raises:
        Refusal: The plan has none: nobody could decide it.
    """
    found = ask.book.plan.procedures.get(kind, ())
    if not found:
        raise Refusal("matter.no_procedure", plan=ask.book.plan.title, what=both(f"matter.{kind}"), at=kind)
    return found


def opened(  # noqa: PLR0913 - everything a matter begins with
    kind: MatterKind,
    step: Step,
    ask: Ask,
    *,
    stage: str = "",
    contest: Contest | None = None,
    change: Change | None = None,
    note: str = "",
) -> MatterOpened:
    """Return the event with which a matter begins to wait at a step."""
    budget = step.budget
    return MatterOpened(
        key=f"M{ask.state.matters_opened + 1}",
        kind=kind,
        stage=stage,
        step=step.key,
        owner=step.owner,
        party=step.party,
        budget_days=budget.days,
        unit=budget.unit,
        due_at=clock.first_due_at(ask.now, budget.days, budget.unit, ask.book.calendar),
        contest=contest,
        change=change,
        note=note,
    )


def closed(matter: Matter, outcome: Outcome, number: str = "", note: str = "") -> MatterClosed:
    """Return the event that ends a matter."""
    return MatterClosed(key=matter.key, kind=matter.kind, outcome=outcome, number=number, note=note)


def extension_of(request: ExtensionRequest, stage: str, ask: Ask) -> Matter | None:
    """Return the matter in which a request for more time waits; None where the plan has no such procedure."""
    asked = (one for one in ask.state.matters if (one.kind, one.stage) == ("extension", stage))
    return next((one for one in asked if one.asked_at == request.requested_at), None)
