"""The life of a project in four pure functions.

`begin` gives the first events, `decide` answers a command of a person, `advance` does what the clock demands, and
`evolve` (re-exported) is the only way a state changes. The workflow, the console's grey buttons, the rehearsal and
the tests all ask these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules import authority, batch, ladder
from rules.acts import acceptance, change, contest, decision, migrate, payment, stage, term, whole
from rules.acts.ask import Ask
from rules.evolve import evolve
from rules.policy import Rulebook
from rules.text import both
from schemas import command as c
from schemas.command import Actor, Command
from schemas.event import Entry, Event, ProjectStarted, RungFired
from schemas.project import Start
from schemas.reason import ErrorKind, Reason, Refusal
from schemas.rung import Rung
from schemas.state import Done, ProjectState, StageState

__all__ = [
    "Accepted",
    "Refused",
    "Repeated",
    "advance",
    "begin",
    "carry_out",
    "decide",
    "entries",
    "evolve",
    "fingerprint",
    "fold",
    "may_start",
]

CLOCK = ""
"""Author of what the clock does."""

_DECISIONS = {"contest_days", "record_outage", "request_change", "agree", "decline", "withdraw", "deny_extension"}
WHILE_HELD = frozenset({"report", "resume", "cancel", "reassign", "correct", "hold", "migrate", *_DECISIONS})
"""What can be done while the project is held: among it every decision that a hold may wait for."""


@dataclass(frozen=True)
class Accepted:
    """The command is carried out by these events."""

    events: tuple[Event, ...]


@dataclass(frozen=True)
class Repeated:
    """The same command was carried out before; nothing is to be done."""

    done: Done


@dataclass(frozen=True)
class Refused:
    """The command is not carried out, for this reason."""

    reason: Reason


_ACTS: dict[type, Callable[[Any, Ask], list[Event]]] = {
    c.Close: stage.close,
    c.Reject: stage.reject,
    c.Refuse: stage.refuse,
    c.Report: stage.report,
    c.Return: stage.send_back,
    c.RequestExtension: term.request_extension,
    c.GrantExtension: term.grant_extension,
    c.DenyExtension: term.deny_extension,
    c.HoldProject: term.hold,
    c.ResumeProject: term.resume,
    c.ReportObstacle: term.report_obstacle,
    c.ClearObstacle: term.clear_obstacle,
    c.Acknowledge: term.acknowledge,
    c.Reassign: whole.reassign,
    c.Cancel: whole.cancel,
    c.Correct: whole.correct,
    c.Check: acceptance.check,
    c.SpotCheckResult: acceptance.spot_check,
    c.ReleasePayment: payment.release_payment,
    c.ContestDays: contest.contest_days,
    c.RecordOutage: contest.record_outage,
    c.RequestChange: change.request_change,
    c.Agree: decision.agree,
    c.Decline: decision.decline,
    c.Withdraw: decision.withdraw,
    c.Migrate: migrate.migrate,
}


def begin(order: Start, now: datetime, book: Rulebook) -> tuple[Event, ...]:
    """Return the first events of a project: it exists, and its first stages open."""
    ask = Ask(_blank(order, book), Actor(person_id=order.ordered_by), now, book)
    started = ProjectStarted(project=order.project, pins=order.pins, stages=tuple(book.stages))
    return (started, *ask.openings())


def may_start(order: Start, actor: Actor, book: Rulebook) -> Reason | None:
    """Return None when the actor may start this project, else the reason why not."""
    return authority.may(actor, book.plan.may.get("start", ()), _blank(order, book), book)


def decide(state: ProjectState, command: Command, now: datetime, book: Rulebook) -> Accepted | Repeated | Refused:
    """Answer a command: the events that carry it out, or the coded reason why not.

    A command id seen before is answered from memory; the same id with other content is a conflict.
    """
    known = next((done for done in state.done if done.command_id == command.command_id), None)
    if known and known.fingerprint == fingerprint(command):
        return Repeated(known)
    if known:
        params: dict[str, Any] = {"command_id": command.command_id, "seq": known.seq}
        return Refused(Reason(code="command.id_reused", params=params, kind=ErrorKind.CONFLICT))
    try:
        ask = Ask(state, command.actor, now, book)
        _in_season(ask, command.act.act)
        events = _ACTS[type(command.act)](command.act, ask)
    except Refusal as refusal:
        return Refused(refusal.reason)
    return Accepted(tuple(events))


def advance(state: ProjectState, now: datetime, book: Rulebook) -> tuple[Event, ...]:
    """Return the events of the earliest rung that is due at `now`; none when nothing is.

    Call again with the evolved state until it returns none: what one rung does decides whether the next exists.
    """
    rung = ladder.next_rung(state, book)
    return () if rung is None or rung.at > now else carry_out(rung, state, now, book)


def carry_out(rung: Rung, state: ProjectState, now: datetime, book: Rulebook) -> tuple[Event, ...]:
    """Return the events of a rung that is due: the earliest one, as `ladder.next_rung` gives it."""
    if rung.kind == "elapse":
        return tuple(stage.elapse(rung.stage, Ask(state, Actor(person_id=CLOCK), now, book)))
    if rung.kind == "milestone":
        return tuple(batch.come(rung, Ask(state, Actor(person_id=CLOCK), now, book)))
    return (_fired(rung),)


def entries(
    state: ProjectState | None, events: Iterable[Event], at: datetime, by: str = CLOCK, command: Command | None = None
) -> tuple[Entry, ...]:
    """Return events as the next lines of the journal."""
    first = (state.seq if state else 0) + 1
    command_id, print_ = (command.command_id, fingerprint(command)) if command else ("", "")
    return tuple(
        Entry(seq=seq, at=at, by=by, command_id=command_id, fingerprint=print_, event=event)
        for seq, event in enumerate(events, start=first)
    )


def fold(journal: Iterable[Entry], state: ProjectState | None = None) -> ProjectState:
    """Return the state that a journal leads to.

    Raises:
        ValueError: The journal is empty or has a gap.
    """
    for entry in journal:
        state = evolve(state, entry)
    if state is None:
        raise ValueError("an empty journal has no state")
    return state


def fingerprint(command: Command) -> str:
    """Return a digest of what a command asks and who asks it, apart from its id."""
    text = f"{command.actor.person_id}|{command.act.model_dump_json()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _blank(order: Start, book: Rulebook) -> ProjectState:
    return ProjectState(project=order.project, pins=order.pins, stages={key: StageState() for key in book.stages})


def _in_season(ask: Ask, act: str) -> None:
    if ask.state.is_over:
        raise Refusal("project.over", status=both(f"status.{ask.state.status}"))
    if ask.state.hold and act not in WHILE_HELD:
        raise ask.held(ask.state.hold)


def _fired(rung: Rung) -> RungFired:
    return RungFired(
        stage=rung.stage,
        round=rung.round,
        turn=rung.turn,
        generation=rung.generation,
        rung=rung.key,
        kind=rung.kind,
        level=rung.level,
        nominal_at=rung.at,
        due_at=rung.due_at,
        to=rung.to,
        consequence=rung.consequence,
        matter=rung.matter,
    )
