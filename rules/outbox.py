"""Which notices an entry of the journal brings into the outbox, and which it takes away again.

Both are written in the transaction of the entry, so a notice exists exactly when its rung is on record, and none
outlives the stage it speaks of. By which channel a notice reaches its receiver is not known here: see `rules.route`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from rules import batch_why, evolve_matter, ladder, post
from rules.headline import topic
from rules.policy import Rulebook
from schemas import event as e
from schemas.directory import Person, Seat
from schemas.event import Entry, RungFired
from schemas.letter import NextStep
from schemas.message import Title
from schemas.rung import Rung
from schemas.state import ProjectState

NOBODY_FOUND = "nobody_found"
"""Reason code of a held notice: every post upward is vacant."""

READDRESSED = "readdressed"
"""Reason code of a notice that nobody had tried to hand over when its duty passed to somebody else."""

OUTDATED = "outdated"
"""Reason code of a reminder that nobody had tried to hand over when a later rung of the same turn spoke to the same
person. Escalations are never out of date: each has its own consequence."""

_WHOLE = (e.ProjectHeld, e.ProjectCompleted, e.ProjectRejected, e.ProjectCancelled)
"""Events that take away every message of the project; a hold leaves those about matters, which go on."""

_ENDINGS: dict[type, str] = {
    e.StageClosed: "stage_closed",
    e.ExtensionGranted: "extended",
    e.DaysReattributed: "days_reattributed",
    e.AcceptanceRefused: "ball_passed",
    e.RectificationSubmitted: "ball_passed",
    e.ObstacleCleared: "ball_passed",
    e.TurnOpened: "ball_passed",
    e.ProjectHeld: "project_held",
    e.ProjectCompleted: "project_completed",
    e.ProjectRejected: "project_rejected",
    e.ProjectCancelled: "project_cancelled",
}

_INSTANT_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True)
class Draft:
    """A notice to be put into the outbox; fields as in `schemas.letter.Notice`, without personal data.

    Attributes:
        seq: Entry of the journal that caused it.
        roles: Roles it is for, comma separated: by them another receiver is found as long as it waits.
        state: `waiting`; `held` when there is nobody to send it to; `superseded` when it came too late.
        reason_code: Why it does not wait.
    """

    key: str
    project_id: str
    seq: int
    place: str
    stage: str
    stage_title_zh: str
    stage_title_en: str
    rung: str
    rung_title_zh: str
    rung_title_en: str
    kind: str
    level: int
    due_at: datetime
    days: int
    reply_days: int
    consequence: str
    roles: str
    person_id: str
    vacant: str
    vacant_zh: str
    vacant_en: str
    state: Literal["waiting", "held", "superseded"]
    reason_code: str
    created_at: datetime
    matter: str = ""
    step: NextStep = ""
    next_at: datetime | None = None
    next_zh: str = ""
    next_en: str = ""


@dataclass(frozen=True)
class Withdrawal:
    """Notices to be taken back because what they speak of is no longer so.

    Attributes:
        reason_code: Why.
        stages: Stages whose own notices are meant; None for all that are not about a matter.
        matters: Matters whose notices are meant; None for all.
    """

    reason_code: str
    stages: tuple[str, ...] | None = ()
    matters: tuple[str, ...] | None = ()

    def covers(self, stage: str, matter: str = "") -> bool:
        """Whether a notice about `stage`, or about a matter, is meant."""
        if matter:
            return self.matters is None or matter in self.matters
        return self.stages is None or stage in self.stages


def drafts(  # noqa: PLR0913 - all that decides who gets which notice
    entry: Entry,
    state: ProjectState,
    seats: Sequence[Seat],
    people: Mapping[str, Person],
    book: Rulebook,
    *,
    roles: Sequence[str] | None = None,
) -> list[Draft]:
    """Return the notices of a fired rung: one for each receiver, none for any other entry.

    Two roles that lead to the same person give one notice. Roles for which nobody is found at all give one held
    notice together, so that somebody sees it.

    Args:
        entry: Entry of the journal.
        state: State after it.
        seats: Posts with their holders, at that instant or later when another receiver is wanted.
        people: The directory by person id. A person named for the project who is not in it counts as not named, and
            who has an absence there is away.
        book: Policies of the project.
        roles: Only the notices for these roles; None for all that the rung speaks to.
    """
    event = entry.event
    if not isinstance(event, RungFired):
        return []
    named = {role: person for role, person in state.assigned.items() if person in people}
    away = {key: max(one.until for one in person.absent) for key, person in people.items() if person.absent}
    receivers: dict[str, _Receiver] = {}
    for role in event.to if roles is None else roles:
        found = post.resolve(role, state.project, seats, named, book, away)
        receiver = receivers.setdefault(found.person_id, _Receiver(found.person_id))
        receiver.roles.append(role)
        receiver.vacant.extend(other for other in found.vacant if other not in receiver.vacant)
    after = _next(event, state, book)
    return [_draft(entry, event, state, book, receiver, after) for receiver in receivers.values()]


def withdrawals(entry: Entry) -> list[Withdrawal]:
    """Return which notices an entry takes away, tried or not.

    A rung takes none: which reminders it makes out of date (`OUTDATED`) depends on whether they were tried.
    """
    event = entry.event
    if isinstance(event, e.StageReturned):
        return [Withdrawal("stage_returned", event.reset)]
    if isinstance(event, e.AcceptanceReopened):
        return [Withdrawal("acceptance_reopened", event.reset)]
    reason = _ENDINGS.get(type(event))
    if reason is None or _ends_nothing(entry):
        return []
    if isinstance(event, _WHOLE):
        return [Withdrawal(reason, None, () if isinstance(event, e.ProjectHeld) else None)]
    stage: str = getattr(event, "stage", "")
    return [Withdrawal(reason, (stage,))]


def _ends_nothing(entry: Entry) -> bool:
    """Whether what an ending event ends has taken its notices already, or nothing has ended."""
    event = entry.event
    if isinstance(event, e.TurnOpened):
        return event.turn == "work"
    return isinstance(event, e.DaysReattributed) and not evolve_matter.starts_anew(event, entry)


def passed_on(before: ProjectState | None, after: ProjectState) -> list[Withdrawal]:
    """Return which notices go because their matter was decided, taken away or passed to its next step."""
    gone: list[Withdrawal] = []
    for matter in before.matters if before and not after.is_over else ():
        now = after.matter(matter.key)
        if now is None:
            gone.append(Withdrawal("matter_closed", matters=(matter.key,)))
        elif now.step != matter.step:
            gone.append(Withdrawal("matter_passed", matters=(matter.key,)))
    return gone


def settle(drafted: Sequence[Draft], withdrawn: Sequence[Withdrawal]) -> list[Draft]:
    """Return drafts of one transaction as they stand after withdrawals by later entries of the same transaction."""
    settled = []
    for draft in drafted:
        reason = next((one.reason_code for one in withdrawn if one.covers(draft.stage, draft.matter)), "")
        settled.append(replace(draft, state="superseded", reason_code=reason) if reason else draft)
    return settled


def message_key(event: RungFired, state: ProjectState, person_id: str) -> str:
    """Return the digest of what a notice means: the same rung for the same person, the same for ever.

    Turns of the same kind may follow one another within a round (refused twice, rectified twice), so the instant at
    which the turn opened is part of the meaning; so it is for the steps of a matter, whose rungs are the same ones. A
    batch enters a tier as often as its figures do, so there it is the instant of the assessment.
    """
    stage, matter = state.stages.get(event.stage), state.matter(event.matter)
    turn = matter.turn if matter else stage.turn if stage else None
    opened = turn.opened_at.isoformat() if turn else "" if event.stage or event.matter else event.nominal_at.isoformat()
    parts = (
        state.project.project_id,
        event.stage,
        str(event.round),
        event.turn,
        opened,
        str(event.generation),
        event.rung,
        person_id,
        *([event.matter] if event.matter else []),
    )
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _reply_days(event: RungFired, book: Rulebook) -> int:
    """Return the days within which a reply is due; none when a gap has shrunk, or nothing is asked."""
    asked = {tier.key: tier.reply_days for tier in book.ladder.gap_tiers if event.kind != "milestone"}
    asked |= {rule.key: rule.reply_days for rule in book.ladder.rungs}
    return asked.get(event.rung) or 0


def _next(event: RungFired, state: ProjectState, book: Rulebook) -> Rung | None:
    """Return the rung that comes next in the same turn if nothing happens."""
    same = (event.stage, event.round, event.turn, event.matter)
    return next(
        (
            rung
            for rung in ladder.rungs(state, book)
            if (rung.stage, rung.round, rung.turn, rung.matter) == same and rung.key != ladder.ELAPSE
        ),
        None,
    )


def _step(event: RungFired, state: ProjectState, book: Rulebook, receiver: _Receiver) -> NextStep:
    """Return what a receiver does about a rung: whoever holds the duty does it, the others press."""
    if event.kind == "milestone":
        return ""
    stage, matter, batch = state.stages.get(event.stage), state.matter(event.matter), book.plan.batch
    turn = matter.turn if matter else stage.turn if stage else None
    owner = turn.owner if turn else batch.owner if batch and not event.stage else ""
    if owner not in receiver.roles:
        return "press"
    return "decide" if event.matter else "reply" if _reply_days(event, book) else "act"


@dataclass
class _Receiver:
    """Somebody who gets a notice, for which roles, and which of them and their superiors are vacant."""

    person_id: str
    roles: list[str] = field(default_factory=list)
    vacant: list[str] = field(default_factory=list)


def _draft(  # noqa: PLR0913 - everything a notice is made of, in one place
    entry: Entry, event: RungFired, state: ProjectState, book: Rulebook, receiver: _Receiver, after: Rung | None
) -> Draft:
    rung_title = _rung_title(event.rung, book)
    next_title = _rung_title(after.key, book) if after else Title(zh="", en="")
    is_whole = not (event.stage or event.matter)
    about = batch_why.topic(state, book) if is_whole else topic(event.stage, state.matter(event.matter), book)
    calendar = book.calendar if event.matter else book.calendar_of(event.stage, state.project)
    due_day = calendar.day(event.due_at - _INSTANT_BEFORE)
    titles = [book.role_title(role) for role in receiver.vacant]
    return Draft(
        key=message_key(event, state, receiver.person_id),
        project_id=state.project.project_id,
        seq=entry.seq,
        place=state.project.place or state.project.village_name,
        stage=event.stage,
        stage_title_zh=about.zh,
        stage_title_en=about.en,
        rung=event.rung,
        rung_title_zh=rung_title.zh,
        rung_title_en=rung_title.en,
        kind=event.kind,
        level=event.level,
        due_at=event.due_at,
        days=calendar.between(entry.at, calendar.opens_at(due_day)),
        reply_days=_reply_days(event, book),
        consequence=event.consequence,
        roles=",".join(receiver.roles),
        person_id=receiver.person_id,
        vacant=",".join(receiver.vacant),
        vacant_zh="、".join(title.zh for title in titles),
        vacant_en=", ".join(title.en for title in titles),
        state="waiting" if receiver.person_id else "held",
        reason_code="" if receiver.person_id else NOBODY_FOUND,
        created_at=entry.at,
        matter=event.matter,
        step=_step(event, state, book, receiver),
        next_at=after.at if after else None,
        next_zh=next_title.zh,
        next_en=next_title.en,
    )


def _rung_title(key: str, book: Rulebook) -> Title:
    return book.rung_titles.get(key) or Title(zh=key, en=key)
