"""The act by which a project goes on under other policies."""

from __future__ import annotations

from rules import migration
from rules.acts.ask import Ask
from rules.policy import Rulebook
from schemas.command import Migrate
from schemas.event import Event
from schemas.reason import Refusal


def migrate(act: Migrate, ask: Ask) -> list[Event]:
    """Let the project go on under other policies; what opens under them opens now.

    A running project always has an open stage, which the new plan must have too: it cannot end by this.

    Raises:
        Refusal: The actor may not, approves their own act, or the project cannot go on under them.
        PolicyMissingError: This process cannot find them: the workflow waits until it can.
    """
    new = ask.book.shelf.book(act.pins)
    _authorise(ask, new)
    if act.approved_by == ask.actor.person_id:
        raise Refusal("migrate.own_approval", person=act.approved_by)
    event, after = migration.moved(
        ask.state,
        ask.book,
        new,
        ask.now,
        fires_past=act.fires_past,
        decision_no=act.decision_no,
        approved_by=act.approved_by,
    )
    opened = Ask(after, ask.actor, ask.now, new).openings()
    if opened and ask.state.hold:
        raise ask.held(ask.state.hold)
    return [event, *opened]


def _authorise(ask: Ask, new: Rulebook) -> None:
    """Pass when the plan in force lets the actor migrate; a plan that knows nothing of it leaves that to the new one.

    So projects under plans from before there was this act can be brought on.
    """
    book = ask.book if ask.book.plan.may.get("migrate") else new
    Ask(ask.state, ask.actor, ask.now, book).authorise_act("migrate")
