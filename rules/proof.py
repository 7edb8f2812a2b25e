"""Proof of reminders: walks a journal and tells which rungs fell due by the rules, and what became of each notice.

It asks the function by which the workflow arms its timer. Between two entries the state does not change, so what that
state has ahead and whose instant lies before the next entry should have been claimed by then.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from rules import ladder
from rules.calendar import WorkingCalendar
from rules.evolve import evolve
from rules.policy import Rulebook
from schemas.event import Entry, GapAssessed, RungFired
from schemas.policy import Pins
from schemas.proof import (
    NoticeClass,
    NoticeFacts,
    NoticeProof,
    ProjectProof,
    RungProof,
    RungReason,
    RungVerdict,
    Totals,
)
from schemas.rung import Rung
from schemas.state import ProjectState

LATE = timedelta(hours=1)
"""On the worst morning 147,000 rungs fall due at one instant, and two cores claim them within the hour."""

DECEMBER = 12
_Key = tuple[str, int, str, int, str, str, datetime]


class Span(NamedTuple):
    """A stretch of time.

    Attributes:
        since: Start, inclusive.
        until: End, exclusive.
    """

    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.since <= at < self.until


def month(year: int, number: int, calendar: WorkingCalendar) -> Span:
    """Return a month in the local time of a calendar."""
    ahead = timedelta(hours=calendar.document.utc_offset_hours)
    later = (year + 1, 1) if number == DECEMBER else (year, number + 1)
    return Span(datetime(year, number, 1, tzinfo=UTC) - ahead, datetime(*later, 1, tzinfo=UTC) - ahead)


# Rungs


def rungs(
    journal: Iterable[Entry],
    book: Callable[[Pins], Rulebook],
    span: Span,
    now: datetime,
    state: ProjectState | None = None,
) -> list[RungProof]:
    """Return the rungs that fell due in a stretch of time by the rules, and those claimed for an instant in it.

    Args:
        journal: The journal; empty when `state` is where it ended before the stretch.
        book: Rulebooks by the policies pinned.
        span: The stretch.
        now: Instant up to which rungs should have been claimed.
        state: State before the first entry.
    """
    walk = _Walk(book, span, state)
    for entry in journal:
        walk.step(entry)
    return walk.end(now)


@dataclass
class _Walk:
    """Goes through a journal.

    Attributes:
        book: Rulebooks by the policies pinned.
        span: The stretch of time that is looked at.
        state: State after the last entry.
        last_at: Instant of the last entry.
        found: What was claimed.
        passed: What was not claimed when it should have been; it may be later.
        owed: Message about the gap of a batch that has to follow.
    """

    book: Callable[[Pins], Rulebook]
    span: Span
    state: ProjectState | None = None
    last_at: datetime | None = None
    found: list[RungProof] = field(default_factory=list)
    passed: dict[_Key, RungProof] = field(default_factory=dict)
    owed: RungProof | None = None

    def step(self, entry: Entry) -> None:
        """Take the next entry."""
        event, before = entry.event, self.state
        if self.owed and not isinstance(event, GapAssessed) and not _speaks_of_batch(event):
            self.found.append(self.owed)
            self.owed = None
        ahead = self._ahead(entry.at)
        for rung in ahead:
            if rung.at < entry.at and not _is_it(rung, event):
                self.passed.setdefault(_key(rung), _proof(rung, self._id, "missing", "passed_over"))
        if isinstance(event, RungFired) and self.span.holds(event.nominal_at):
            self.found.append(self._claimed(event, entry))
        self.state, self.last_at = evolve(self.state, entry), entry.at
        if isinstance(event, GapAssessed) and before:
            self._owe(event, entry, before)

    def end(self, now: datetime) -> list[RungProof]:
        """Return everything, in order of the instants."""
        if self.owed:
            self.found.append(self.owed)
        for rung in self._ahead(now):
            if rung.at < now:
                self.passed.setdefault(_key(rung), _proof(rung, self._id, "missing", "not_claimed"))
        return sorted((*self.found, *self.passed.values()), key=lambda one: (one.due_at, one.seq))

    @property
    def _id(self) -> str:
        return self.state.project.project_id if self.state else ""

    def _ahead(self, until: datetime) -> list[Rung]:
        """Return the rungs of the stretch that lie ahead of the state and speak through a ladder."""
        is_over = self.last_at is not None and self.last_at >= self.span.until
        if self.state is None or is_over or until < self.span.since:
            return []
        every = ladder.rungs(self.state, self.book(self.state.pins))
        return [one for one in every if one.kind in {"reminder", "escalation"} and self.span.holds(one.at)]

    def _claimed(self, event: RungFired, entry: Entry) -> RungProof:
        late: RungReason = "late" if entry.at - event.nominal_at > LATE else ""
        if _speaks_of_batch(event):
            is_owed, self.owed = self.owed is not None, None
            return _fired(event, entry, self._id, "" if is_owed else "not_due")
        if self.passed.pop(_event_key(event), None):
            return _fired(event, entry, self._id, late)
        every = ladder.rungs(self.state, self.book(self.state.pins)) if self.state else []
        same = [one for one in every if _key(one)[:-1] == _event_key(event)[:-1]]
        if not same:
            return _fired(event, entry, self._id, "not_due")
        if same[0].at != event.nominal_at:
            return _fired(event, entry, self._id, "other_instant")
        return _fired(event, entry, self._id, "early" if event.nominal_at > entry.at else late)

    def _owe(self, event: GapAssessed, entry: Entry, before: ProjectState) -> None:
        """Note that a message has to follow: the tier of a batch is another, or a milestone found it in one.

        Steps downwards come one after the other, with one message at the end: what is owed once stays owed.
        """
        known = before.batch
        is_new = known is None or event.milestone not in known.milestones
        is_other = event.tier != (known.tier if known else "")
        if not (is_other or (is_new and event.tier) or self.owed) or not self.span.holds(entry.at):
            return
        self.owed = RungProof(
            project_id=self._id,
            stage="",
            rung=event.tier or event.milestone,
            kind="escalation",
            level=0,
            due_at=entry.at,
            verdict="missing",
            reason="passed_over",
        )


def _speaks_of_batch(event: object) -> bool:
    return isinstance(event, RungFired) and not event.stage and not event.matter


def _key(rung: Rung) -> _Key:
    return rung.stage, rung.round, rung.turn, rung.generation, rung.key, rung.matter, rung.at


def _event_key(event: RungFired) -> _Key:
    return event.stage, event.round, event.turn, event.generation, event.rung, event.matter, event.nominal_at


def _is_it(rung: Rung, event: object) -> bool:
    return isinstance(event, RungFired) and _event_key(event) == _key(rung)


def _proof(rung: Rung, project_id: str, verdict: RungVerdict, reason: RungReason) -> RungProof:
    return RungProof(
        project_id=project_id,
        stage=rung.stage,
        matter=rung.matter,
        rung=rung.key,
        kind=rung.kind,
        level=rung.level,
        due_at=rung.at,
        to=rung.to,
        verdict=verdict,
        reason=reason,
    )


def _fired(event: RungFired, entry: Entry, project_id: str, reason: RungReason) -> RungProof:
    return RungProof(
        project_id=project_id,
        seq=entry.seq,
        stage=event.stage,
        matter=event.matter,
        rung=event.rung,
        kind=event.kind,
        level=event.level,
        due_at=event.nominal_at,
        fired_at=entry.at,
        to=event.to,
        verdict="unexpected" if reason in {"not_due", "early", "other_instant"} else "fired",
        reason=reason,
    )


# Notices


def notices(
    found: Sequence[RungProof], facts: Sequence[NoticeFacts], keyed: Collection[str]
) -> tuple[NoticeProof, ...]:
    """Return what became of the notices of claimed rungs; also those that should be there and are not.

    Args:
        found: Rungs of one project.
        facts: What is on record of its notices.
        keyed: Channels whose receiver folds repeats by our key.
    """
    by_seq: defaultdict[int, list[NoticeFacts]] = defaultdict(list)
    for one in facts:
        by_seq[one.seq].append(one)
    return tuple(proof for rung in found if rung.seq for proof in _of_rung(rung, by_seq[rung.seq], keyed))


def _of_rung(rung: RungProof, facts: Sequence[NoticeFacts], keyed: Collection[str]) -> Iterable[NoticeProof]:
    told = {role for one in facts for role in one.roles}
    for role in rung.to:
        if role not in told:
            yield NoticeProof(
                project_id=rung.project_id, seq=rung.seq, rung=rung.rung, fate="missing", reason=f"no_notice:{role}"
            )
    lettered = Counter[str]()
    for one in facts:
        fate_, reason = fate(one, keyed)
        if one.letter and one.person_id:
            lettered[one.person_id] += 1
            if lettered[one.person_id] > 1:
                fate_, reason = "duplicate", "two_notices"
        yield NoticeProof(
            project_id=one.project_id,
            seq=one.seq,
            rung=rung.rung,
            key=one.key,
            person_id=one.person_id,
            letter=one.letter,
            fate=fate_,
            reason=reason,
        )


_UNLETTERED: dict[str, NoticeClass] = {
    "waiting": "waiting",
    "superseded": "superseded",
    "suppressed": "suppressed",
    "held": "held",
}
_ENDED: dict[str, NoticeClass] = {"unclear": "unknown", "dead": "dead", "superseded": "superseded"}
_ARRIVED = frozenset({"delivered", "opened"})
SETTLED = "settled_arrived"
"""Reason code of a letter of which a person found out that it had arrived."""


def fate(facts: NoticeFacts, keyed: Collection[str]) -> tuple[NoticeClass, str]:
    """Return what became of a notice, and why as a code.

    Its receiver has it as often as channels took it over, over all channels; one that folds repeats by our key hands
    it over once. Receipts show that a channel did hand it over, not how often: gateways tell one arrival in several
    events. A try of unknown outcome never counts as an arrival by itself; with one, it may have come once more than is
    known, unless the very channel folds repeats, or the arrival that is known is the one of that try.
    """
    if facts.state in _UNLETTERED:
        return _UNLETTERED[facts.state], f"S-{facts.silence}" if facts.silence else facts.reason_code
    if facts.letter_person != facts.person_id or not facts.letter_state:
        return "missing", "letter_of_another" if facts.letter_state else "no_letter"
    tries = Counter(facts.attempts)
    arrived = {channel: _arrivals(facts, tries, channel, keyed) for channel, _ in facts.attempts}
    if sum(arrived.values()) > 1:
        return "duplicate", "arrived_twice"
    doubts = {channel: tries[channel, "unknown"] for channel in arrived}
    if not any(arrived.values()):
        return _not_arrived(facts, sum(doubts.values()))
    for channel, known in arrived.items():
        explained = doubts[channel] if channel in keyed else int(not tries[channel, "accepted"])
        if doubts[channel] > (explained if known else 0):
            return "unknown", "unknown_try"
    came_back = {channel for channel, kind in facts.receipts if kind in {"bounced", "failed"}}
    return "sent_once", "bounced" if any(arrived[channel] for channel in came_back & {*arrived}) else ""


def _arrivals(facts: NoticeFacts, tries: Counter[tuple[str, str]], channel: str, keyed: Collection[str]) -> int:
    """Return how often a channel is known to have handed a letter over."""
    is_told = any(told == channel and kind in _ARRIVED for told, kind in facts.receipts)
    accepted = tries[channel, "accepted"]
    return max(min(accepted, 1) if channel in keyed else accepted, int(is_told))


def _not_arrived(facts: NoticeFacts, doubts: int) -> tuple[NoticeClass, str]:
    """Return what became of a notice whose letter no try is known to have brought, with so many of unknown outcome."""
    if facts.letter_state in {"pending", "sending"}:
        return ("unknown", "unknown_try") if doubts else ("waiting", facts.letter_reason)
    if facts.letter_state in _ENDED:
        return _ENDED[facts.letter_state], facts.letter_reason or facts.reason_code
    if facts.letter_reason == SETTLED:
        return "sent_once", SETTLED
    return ("unknown", "unknown_try") if doubts else ("missing", "no_try")


# Sums


def added(proofs: Iterable[ProjectProof]) -> Totals:
    """Return the sums over projects."""
    sums, fates = Counter[str](), Counter[NoticeClass]()
    for project in proofs:
        told = {one.seq for one in project.notices if one.key}
        sums["projects"] += 1
        for rung in project.rungs:
            sums[rung.verdict] += 1
            sums["late"] += rung.reason == "late"
            if rung.verdict == "fired":
                sums["told" if rung.seq in told else "untold" if rung.to else "to_nobody"] += 1
        fates.update(one.fate for one in project.notices)
        sums["notices"] += sum(bool(one.key) for one in project.notices)
        sums["left_out"] += sum(not one.key for one in project.notices)
    return Totals(**sums, expected=sums["fired"] + sums["missing"], fates=dict(fates))


def add_up(totals: Totals) -> bool:
    """Whether the sums add up."""
    return (
        totals.expected == totals.fired + totals.missing
        and totals.fired == totals.told + totals.to_nobody + totals.untold
        and totals.notices + totals.left_out == sum(totals.fates.values())
    )
