"""Acts on whose days they were: contested days, and an outage of the system itself.

Each elapsed day of a stage is counted to exactly one party. Both acts move days that have passed from one party to
another; those that had used up the budget are given back, and the due day moves with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rules import clock
from rules.acts import matter
from rules.acts.ask import Ask
from schemas.command import ContestDays, RecordOutage
from schemas.event import DaysReattributed, Event
from schemas.matter import Contest, Matter
from schemas.plan import Stage
from schemas.reason import Refusal
from schemas.state import StageState
from schemas.turn import Segment, Turn

SYSTEM = "system"
"""Party to whom the days of an outage are counted."""


def contest_days(act: ContestDays, ask: Ask) -> list[Event]:
    """Claim that past days of a stage, open or done, belong to another party; no clock stops for it."""
    rule, stage = _stage(act.stage, ask)
    owners = {rule.owner, *([stage.turn.owner] if stage.turn else [])}
    ask.authorise({*owners, *ask.book.plan.may.get("contest_days", ())})
    steps = matter.steps("contest", ask)
    if act.party not in ask.book.parties:
        raise Refusal("contest.unknown_party", party=act.party, known=", ".join(ask.book.parties))
    _is_past(act.since_at, act.until_at, ask)
    _lies_within(act, rule, stage, ask)
    for other in ask.state.matters:
        claimed = other.contest if other.stage == rule.key else None
        if claimed and claimed.since_at < act.until_at and act.since_at < claimed.until_at:
            raise Refusal("contest.pending", key=other.key, stage=rule.title)
    contest = Contest(since_at=act.since_at, until_at=act.until_at, party=act.party)
    return [matter.opened("contest", steps[0], ask, stage=rule.key, contest=contest, note=act.reason)]


def effects(waiting: Matter, ask: Ask, note: str) -> list[Event]:
    """Return what follows when the last step has agreed: the days change hands."""
    claim = waiting.contest
    stage = ask.state.stages.get(waiting.stage)
    if claim is None or stage is None:
        return []
    before = stage.turn
    after = clock.reattributed(before, claim.since_at, claim.until_at, claim.party) if before else None
    return [
        DaysReattributed(
            stage=waiting.stage,
            since_at=claim.since_at,
            until_at=claim.until_at,
            party=claim.party,
            cause="contest",
            matter=waiting.key,
            previous_due_at=_due(waiting.stage, before, ask),
            due_at=_due(waiting.stage, after, ask),
            note=note,
        )
    ]


def record_outage(act: RecordOutage, ask: Ask) -> list[Event]:
    """Count the days of an outage of the system to the system, in every open stage that was running through it."""
    ask.authorise_act("record_outage")
    _is_past(act.since_at, act.until_at, ask)
    opened = [(key, ask.state.stages[key]) for key in ask.state.open_stages()]
    if any(_overlap(one, act) for _, stage in opened for one in clock.segments(stage) if one.party == SYSTEM):
        raise Refusal("outage.recorded", since=ask.told(act.since_at), until=ask.told(act.until_at))
    events = [event for key, stage in opened for event in _given_back(key, stage, act, ask)]
    if not events:
        raise Refusal("outage.nothing", since=ask.told(act.since_at), until=ask.told(act.until_at))
    return events


def _given_back(key: str, stage: StageState, act: RecordOutage, ask: Ask) -> Iterable[Event]:
    """Yield an event for each running stretch; what a hold had stopped was nobody's to use up."""
    turn = stage.turn
    for segment in clock.segments(stage):
        shared = _overlap(segment, act)
        if shared is None or not segment.is_running:
            continue
        before, turn = turn, clock.reattributed(turn, *shared, SYSTEM) if turn else None
        yield DaysReattributed(
            stage=key,
            since_at=shared[0],
            until_at=shared[1],
            party=SYSTEM,
            cause="outage",
            previous_due_at=_due(key, before, ask),
            due_at=_due(key, turn, ask),
            note=act.note,
        )


def _overlap(segment: Segment, act: RecordOutage) -> tuple[datetime, datetime] | None:
    since = max(segment.since_at, act.since_at)
    until = min(segment.until_at, act.until_at) if segment.until_at else act.until_at
    return (since, until) if since < until else None


def _due(key: str, turn: Turn | None, ask: Ask) -> datetime | None:
    return clock.due_at(turn, ask.book.calendar_of(key, ask.state.project)) if turn else None


def _stage(key: str, ask: Ask) -> tuple[Stage, StageState]:
    """Return a stage that is open or done; an open one need not be named when it is the only one."""
    known = ask.state.stages.get(key)
    if known and known.status == "done":
        return ask.book.stages[key], known
    rule, stage, _ = ask.stage(key)
    return rule, stage


def _is_past(since: datetime, until: datetime, ask: Ask) -> None:
    if since >= until:
        raise Refusal("days.empty", since=ask.told(since), until=ask.told(until))
    if until > ask.now:
        raise Refusal("days.future", until=ask.told(until), now=ask.told(ask.now))


def _lies_within(act: ContestDays, rule: Stage, stage: StageState, ask: Ask) -> None:
    """Pass when clocks of the stage ran or stood through the whole stretch, and some of it is another party's."""
    spans = [(one.since_at, one.until_at or ask.now, one.party) for one in clock.segments(stage)]
    reached, parties = act.since_at, set[str]()
    for since, until, party in spans:
        if since <= reached < until:
            reached = until
            parties.add(party)
        if reached >= act.until_at:
            break
    if reached < act.until_at:
        first, last = spans[0][0], spans[-1][1]
        raise Refusal("contest.outside", stage=rule.title, first=ask.told(first), last=ask.told(last))
    if parties == {act.party}:
        raise Refusal("contest.already", party=ask.book.party_title(act.party), stage=rule.title)
