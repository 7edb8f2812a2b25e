"""Acts on the project as a whole: reassign, cancel, correct."""

from __future__ import annotations

from rules.acts.ask import Ask
from rules.baseline import frozen_at
from schemas.command import Cancel, Correct, Reassign
from schemas.event import DutyReassigned, EntryCorrected, Event, ProjectCancelled
from schemas.reason import Refusal


def reassign(act: Reassign, ask: Ask) -> list[Event]:
    """Name the person who takes a role for this project.

    A role of government or staff is given only by somebody who may act in it, and so is a role taken by oneself:
    nobody makes themselves a superior, or the builder of what they supervise.
    """
    ask.authorise_act("reassign")
    role = ask.book.roles.get(act.role)
    if role is None:
        raise Refusal("role.unknown", role=act.role, known=", ".join(ask.book.roles))
    if role.side != "company" or act.person_id == ask.actor.person_id:
        ask.authorise([role.key])
    return [DutyReassigned(role=act.role, person_id=act.person_id, reason=act.reason)]


def cancel(act: Cancel, ask: Ask) -> list[Event]:
    """End the project by a recorded decision; once the list of tasks is frozen that is a change like any other."""
    ask.authorise_act("cancel")
    ask.coded("cancel", act.code)
    frozen = frozen_at(ask.state, ask.book)
    if frozen and frozen <= ask.now:
        raise Refusal("change.baseline_frozen", since=ask.told(frozen))
    return [ProjectCancelled(code=act.code, decision_no=act.decision_no, note=act.note)]


def correct(act: Correct, ask: Ask) -> list[Event]:
    """Correct an earlier entry by a further one."""
    ask.authorise_act("correct")
    if act.seq > ask.state.seq:
        raise Refusal("correct.no_entry", seq=act.seq, last=ask.state.seq)
    return [EntryCorrected(corrected_seq=act.seq, note=act.note)]
