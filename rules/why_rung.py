"""Why a rung of the ladder fired or did not, from the journal, and what would have changed it.

Nothing here is a second opinion: what lay ahead at each entry comes from `rules.ladder`, and what would have happened
from the same rules with one thing changed (`rules.whatif`). `rules.why_text` puts it into words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules import clock, ladder, whatif
from rules.climb import Books, Moment, Way, replay, ways
from rules.explain import stretch
from rules.policy import Rulebook
from schemas import event as e
from schemas.directory import Resolution
from schemas.event import Entry, RungFired
from schemas.ladder import RungKind, RungRule
from schemas.rung import Rung
from schemas.state import ProjectState
from schemas.why import ClimbWhy, Counterfactual, Fate, RungWhy, Why

Receiver = Callable[[str, ProjectState, Rulebook, datetime], Resolution]
"""Tells who receives a message for a role of a project at an instant."""

_INSTANT_BEFORE = timedelta(microseconds=1)

_ENDS: dict[type, Fate] = {
    e.StageClosed: "closed",
    e.MatterClosed: "closed",
    e.MatterPassed: "passed_on",
    e.ExtensionGranted: "extended",
    e.StageReturned: "returned",
    e.AcceptanceReopened: "returned",
    e.ProjectCancelled: "over",
    e.ProjectRejected: "over",
    e.ProjectCompleted: "over",
}
"""What ends a climb, by the event that did; any other passed the ball on."""

_TAKES_AWAY: dict[type, Fate] = {
    e.ProjectHeld: "held",
    e.TurnOpened: "suspended",
    e.Acknowledged: "promised",
    e.RungFired: "overtaken",
    e.PoliciesMigrated: "silent",
}
"""What takes a rung away although its climb lasts; any other moved it."""


def why(  # noqa: PLR0913 - what to explain, from what, for when
    journal: Sequence[Entry], books: Books, now: datetime, receiver: Receiver, *, stage: str = "", rung: str = ""
) -> Why:
    """Explain the rungs of a project.

    Args:
        journal: Its journal, complete.
        books: Rulebook by policies.
        now: Instant of asking.
        receiver: Who received what, at any instant.
        stage: Only climbs of this stage, its matters included; empty for all.
        rung: Only this rung; empty for all.
    """
    moments = replay(journal, books)
    found = [way for way in ways(moments) if stage in ("", way.climb.stage)]
    climbs = [_climb(way, rung, now, receiver) for way in found]
    project_id = moments[0].after.project.project_id
    return Why(project_id=project_id, at=now, climbs=tuple(one for one in climbs if one.rungs))


@dataclass(frozen=True)
class _Case:
    """A rung in a climb."""

    way: Way
    key: str
    rule: RungRule | None

    def expected(self, moment: Moment) -> Rung | None:
        return moment.expects(self.way.climb, self.key)

    def fires_from(self, state: ProjectState, book: Rulebook) -> Rung | None:
        return whatif.fires(state, book, self.way.climb, self.key)


def _climb(way: Way, wanted: str, now: datetime, receiver: Receiver) -> ClimbWhy:
    last, turn, climb = way.moments[-1], way.turn, way.climb
    ended_at = way.end.entry.at if way.end else None
    stood = clock.ended(turn, ended_at) if ended_at else turn
    counting = last.book.calendar if climb.matter else last.book.calendar_of(climb.stage, last.after.project)
    return ClimbWhy(
        stage=climb.stage,
        matter=climb.matter,
        round=climb.round,
        turn=climb.turn,
        generation=climb.generation,
        owner=turn.owner,
        unit=turn.unit,
        opened_at=climb.opened_at,
        ended_at=ended_at,
        stretches=tuple(stretch(one, turn, counting, now) for one in stood.segments),
        plan=last.after.pins.plan,
        ladder=last.after.pins.ladder,
        calendar=last.after.pins.calendar,
        rungs=tuple(_why(case, now, receiver) for case in _cases(way) if wanted in ("", case.key)),
    )


def _cases(way: Way) -> Iterator[_Case]:
    """Yield the rungs of a climb from the lowest up; those of a ladder that was replaced when they fired."""
    last, climb = way.moments[-1], way.climb
    rule = last.book.stages.get(climb.stage)
    rules = last.book.ladder.rungs if climb.matter or (rule and rule.is_watched) else ()
    known = {one.key for one in rules}
    fired = (moment.entry.event for moment in way.moments)
    yield from (
        _Case(way, event.rung, None)
        for event in fired
        if isinstance(event, RungFired) and climb.takes(event) and event.rung not in known
    )
    yield from (_Case(way, one.key, one) for one in rules)
    if rule and not climb.matter and rule.closed_by.act == ladder.ELAPSE and climb.turn == "work":
        yield _Case(way, ladder.ELAPSE, None)


def _why(case: _Case, now: datetime, receiver: Receiver) -> RungWhy:
    for before, moment in zip(case.way.moments, case.way.moments[1:], strict=False):
        event = moment.entry.event
        if isinstance(event, RungFired) and event.rung == case.key and case.way.climb.takes(event):
            return _fired(case, event, before, moment, receiver)
    last, end = case.way.moments[-1], case.way.end
    rung = case.expected(last)
    if rung is None:
        return _missing(case)
    if end is None:
        receivers = tuple(receiver(role, last.after, last.book, now) for role in rung.to)
        told = _told(case, "ahead", rung, None, _unless(case, rung.at, last))
        return told.model_copy(update={"receivers": receivers})
    if case.key == ladder.ELAPSE and isinstance(end.entry.event, e.StageClosed) and not end.entry.by:
        told = _told(case, "fired", rung, end.entry, _unless(case, rung.at, last))
        return told.model_copy(update={"taken_up_at": end.entry.at})
    fate = _ENDS.get(type(end.entry.event), "passed_on")
    return _told(case, fate, rung, end.entry, _had_not(case, end))


def _fired(case: _Case, event: RungFired, before: Moment, moment: Moment, receiver: Receiver) -> RungWhy:
    rung = case.expected(before)
    at = moment.entry.at
    return RungWhy(
        rung=case.key,
        kind=event.kind,
        level=event.level,
        fate="fired",
        at=event.nominal_at,
        taken_up_at=at,
        due_at=event.due_at,
        cause=moment.entry,
        receivers=tuple(receiver(role, moment.after, moment.book, at) for role in event.to),
        consequence=event.consequence,
        postponed_to=rung.derivation.postponed_to if rung else None,
        is_provisional=rung is not None and rung.derivation.is_provisional,
        is_faster=rung is not None and rung.derivation.is_faster,
        counterfactual=_unless(case, event.nominal_at, before),
    )


def _told(case: _Case, fate: Fate, rung: Rung | None, cause: Entry | None, what_if: Counterfactual) -> RungWhy:
    rule = case.rule
    kind: RungKind = "elapse" if rule is None else "reminder" if rule.offset_days < 0 else "escalation"
    level = rule.level if rule else 0
    if rung is None:
        return RungWhy(rung=case.key, kind=kind, level=level, fate=fate, cause=cause, counterfactual=what_if)
    return RungWhy(
        rung=case.key,
        kind=rung.kind,
        level=rung.level,
        fate=fate,
        at=rung.at,
        due_at=rung.due_at,
        cause=cause,
        consequence=rung.consequence,
        postponed_to=rung.derivation.postponed_to,
        is_provisional=rung.derivation.is_provisional,
        is_faster=rung.derivation.is_faster,
        counterfactual=what_if,
    )


# Why it is not due


def _missing(case: _Case) -> RungWhy:
    """Explain a rung that did not lie ahead when its climb ended, or does not now."""
    moments = case.way.moments
    first, last = moments[0], moments[-1]
    if case.key not in {rule.key for rule in ladder.rules_for(last.after.project.tier, last.book)}:
        other = case.fires_from(whatif.without_priority(first.after), first.book)
        return _told(case, "faster", None, None, _would(case, "other_tier", other))
    seen = [(number, rung) for number, moment in enumerate(moments) if (rung := case.expected(moment))]
    if seen:
        number, rung = seen[-1]
        return _gone(case, rung, moments[number + 1])
    return _never(case)


def _never(case: _Case) -> RungWhy:
    """Explain a rung that never lay ahead in its climb."""
    first, climb = case.way.moments[0], case.way.climb
    quiet = case.fires_from(first.after, whatif.without_quiet(first.book))
    if quiet:
        return _told(case, "quiet", None, None, _would(case, "no_quiet", quiet))
    loud = case.fires_from(whatif.with_turn(first.after, climb, silent_before=None), first.book)
    if loud:
        return _told(case, "silent", None, None, _would(case, "not_silent", loud))
    if first.after.hold and not climb.matter:
        return _told(case, "held", None, None, Counterfactual(code="nothing"))
    days, longer = whatif.longer(first.after, first.book, climb, case.key)
    fate: Fate = "before_clock" if longer else "moved"
    return _told(case, fate, None, None, _would(case, "longer_term", longer, days=days))


def _gone(case: _Case, rung: Rung, taken: Moment) -> RungWhy:
    """Explain a rung that an entry took away although the climb lasted."""
    fate = _TAKES_AWAY.get(type(taken.entry.event), "moved")
    if fate == "overtaken":
        return _told(case, fate, rung, taken.entry, Counterfactual(code="nothing"))
    if fate == "silent":
        loud = case.fires_from(whatif.with_turn(taken.after, case.way.climb, silent_before=None), taken.book)
        then = loud.model_copy(update={"at": max(loud.at, taken.entry.at)}) if loud else None
        return _told(case, fate, loud or rung, taken.entry, _would(case, "not_silent", then))
    return _told(case, fate, rung, taken.entry, _had_not(case, taken))


# What would have changed it


def _unless(case: _Case, at: datetime, before: Moment) -> Counterfactual:
    """Return the latest instant at which ending the climb would have prevented a rung: asked on both sides of it."""
    climb, known = case.way.climb, case.way.moments
    since = before
    for moment in reversed(known[: known.index(before) + 1]):
        rung = case.expected(moment)
        if rung is None or rung.at != at:
            break
        since = moment if not isinstance(moment.entry.event, RungFired) else since
    act = whatif.ending(climb, before.after, before.book)[0]
    if since.entry.at > at and since.before:  # due before the rules that made it due: it fired when they came
        return Counterfactual(code="unless", at=since.entry.at, act=act)
    in_time = whatif.prevented(before.after, before.book, climb, case.key, at - _INSTANT_BEFORE)
    too_late = not whatif.prevented(before.after, before.book, climb, case.key, at)
    return Counterfactual(code="unless", at=at, act=act) if in_time and too_late else Counterfactual(code="nothing")


def _had_not(case: _Case, cause: Moment) -> Counterfactual:
    """Return when a rung would have fired, had an entry not come and nobody acted from there on."""
    prior = case.way.moments[-1] if cause is case.way.end else _prior(case.way, cause)
    return _would(case, "had_not", case.fires_from(prior.after, prior.book), is_end=cause is case.way.end)


def _prior(way: Way, moment: Moment) -> Moment:
    return way.moments[way.moments.index(moment) - 1]


def _would(case: _Case, code: str, rung: Rung | None, *, days: int = 0, is_end: bool = False) -> Counterfactual:
    end = case.way.end
    if rung is None:
        return Counterfactual(code="nothing")
    if end and not is_end and rung.at >= end.entry.at:
        return Counterfactual(code="even_then", at=rung.at)
    return Counterfactual.model_validate({"code": code, "would_fire": True, "at": rung.at, "days": days})
