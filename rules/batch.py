"""A batch against its milestones: what is required, how far it is behind, and which tier of the ladder follows.

A milestone comes on its day, whether or not anybody has counted; from then on every count is held against it. A gap
that grows leads into its tier at once. A gap that shrinks leads down tier by tier, each step on record, so that what
is withheld always follows from the figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil, floor

from rules.acts.ask import Ask
from rules.policy import Rulebook
from schemas.command import FactValue
from schemas.event import BatchCounted, Event, GapAssessed, RungFired
from schemas.ladder import GapTier
from schemas.matter import Change
from schemas.plan import Milestone
from schemas.reason import Refusal
from schemas.rung import Derivation, Rung
from schemas.state import BatchState, ProjectState

WHOLE = ""
"""Stage of what speaks of the batch as a whole."""

_SIGNS = {"remove_units": -1, "add_units": 1}


# What is required


def required(share: float, total: int) -> int:
    """Return the units that a share of a total makes, rounded up: half a unit is not a unit built."""
    return ceil(Fraction(str(share)) * total)


def gap(need: int, built: int) -> float:
    """Return what is missing as a share of what is required, 0 to 1; nothing required is nothing missing."""
    return max(0, need - built) / need if need else 0.0


def tier_at(share: float, book: Rulebook) -> GapTier | None:
    """Return the tier of a gap: the last of those whose least gap is reached; None when on course."""
    return next((tier for tier in reversed(book.ladder.gap_tiers) if tier.gap <= share), None)


def least_built(tier: GapTier, need: int) -> int:
    """Return the fewest units with which a tier does not apply."""
    return floor((1 - Fraction(str(tier.gap))) * need) + 1


def tier_of(state: ProjectState, book: Rulebook) -> GapTier | None:
    """Return the tier in force; None when on course, and for a project that is no batch."""
    key = state.batch.tier if state.batch else ""
    return next((tier for tier in book.ladder.gap_tiers if tier.key == key), None)


def level(state: ProjectState, book: Rulebook) -> int:
    """Return the level of escalation of the tier in force; 0 without one."""
    tier = tier_of(state, book)
    return tier.level if tier else 0


# When it is required


def closes_at(milestone: Milestone, state: ProjectState, book: Rulebook) -> datetime | None:
    """Return the midnight that ends the day of a milestone; None as long as nothing has begun."""
    calendar, start = book.calendar, started_at(state)
    if milestone.on:
        midnight = datetime.fromisoformat(f"{milestone.on.isoformat()}T00:00:00+00:00")
        return midnight + timedelta(days=1, hours=-calendar.document.utc_offset_hours)
    if start is None or milestone.after_months is None:
        return None
    return calendar.closes_at(calendar.months_after(calendar.day(start), milestone.after_months))


def started_at(state: ProjectState) -> datetime | None:
    """Return the instant at which the first clock of a project began."""
    turns = (turn for stage in state.stages.values() for turn in (*stage.past, stage.suspended, stage.turn))
    return min((turn.opened_at for turn in turns if turn), default=None)


def rungs(state: ProjectState, book: Rulebook) -> Iterator[Rung]:
    """Yield the milestones that lie ahead; none while the project is held.

    One whose day was over when the project began, or when the policies that name it came into force, never comes. One
    whose day goes by while the project is held comes when it is resumed: a hold moves no milestone, only another
    version of the plan does.
    """
    start = started_at(state)
    if start is None or state.hold:
        return
    come = state.batch.milestones if state.batch else ()
    for milestone in book.plan.milestones:
        at = closes_at(milestone, state, book)
        is_past = at is None or at <= start or (state.silent_before is not None and at < state.silent_before)
        if at is not None and not is_past and milestone.key not in come:
            yield _rung(milestone, at, start, state, book)


# What follows


def come(rung: Rung, ask: Ask) -> list[Event]:
    """Return what follows when a milestone comes: the gap, and a message when a tier applies."""
    milestone = next(one for one in ask.book.plan.milestones if one.key == rung.key)
    before = ask.state.batch or BatchState()
    return [*_assessed(milestone, before, before, ask)]


def counted(facts: Mapping[str, FactValue], ask: Ask) -> list[Event]:
    """Return what follows from facts stated when a stage is closed: a count, held against the last milestone.

    Raises:
        Refusal: A count is no whole number, or more is built than there is.
    """
    rule, before = ask.book.plan.batch, ask.state.batch or BatchState()
    if rule is None or not {rule.total_fact, rule.built_fact} & set(facts):
        return []
    total = _whole(facts.get(rule.total_fact, before.total), rule.total_fact)
    built = _whole(facts.get(rule.built_fact, before.built), rule.built_fact)
    if built > total:
        raise Refusal("batch.more_than_total", built=built, total=total)
    return _count(total, built, before, ask)


def recounted(change: Change, ask: Ask) -> list[Event]:
    """Return what follows when units leave or enter the scope: a count with the new total.

    Raises:
        Refusal: As `may_recount`.
    """
    may_recount(change, ask)
    if change.kind not in _SIGNS:
        return []
    before = ask.state.batch or BatchState()
    return _count(before.total + _SIGNS[change.kind] * len(change.units), before.built, before, ask)


def may_recount(change: Change, ask: Ask) -> None:
    """Pass when the units of a change can leave or enter the scope; other changes pass always.

    Raises:
        Refusal: This is no batch; no unit is named, or one twice; a unit has no reason of the plan; or so many would
            leave that more would be built than is left.
    """
    if change.kind not in _SIGNS:
        return
    if ask.book.plan.batch is None:
        raise Refusal("batch.none", plan=ask.book.plan.title)
    if not change.units:
        raise Refusal("batch.no_units")
    unit, times = Counter(one.unit for one in change.units).most_common(1)[0]
    if times > 1:
        raise Refusal("batch.unit_twice", unit=unit)
    for code in dict.fromkeys(one.code for one in change.units):
        ask.coded("change", code)
    count, before = len(change.units), ask.state.batch or BatchState()
    if change.kind == "remove_units" and before.total - count < before.built:
        raise Refusal("batch.removes_built", count=count, total=before.total, built=before.built)


def last_milestone(batch: BatchState, book: Rulebook) -> Milestone | None:
    """Return the last milestone that has come."""
    return next((one for one in reversed(book.plan.milestones) if one.key in batch.milestones), None)


def _count(total: int, built: int, before: BatchState, ask: Ask) -> list[Event]:
    after = before.model_copy(update={"total": total, "built": built})
    milestone = last_milestone(before, ask.book)
    assessed = _assessed(milestone, before, after, ask) if milestone and after != before else ()
    return [BatchCounted(total=total, built=built), *assessed]


def _assessed(milestone: Milestone, before: BatchState, after: BatchState, ask: Ask) -> Iterator[Event]:
    """Yield the gap, step by step downwards, then one message when the tier is another or the milestone is new."""
    tiers = ask.book.ladder.gap_tiers
    need = required(milestone.share, after.total)
    short = gap(need, after.built)
    then = next((rank for rank, tier in enumerate(tiers, start=1) if tier.key == before.tier), 0)
    now = sum(tier.gap <= short for tier in tiers)
    for rank in range(then - 1, now - 1, -1) if now < then else (now,):
        tier = tiers[rank - 1] if rank else None
        yield GapAssessed(
            milestone=milestone.key,
            required=need,
            built=after.built,
            gap=short,
            tier=tier.key if tier else "",
            withheld_share=tier.withheld_share if tier else 0.0,
        )
    is_new = milestone.key not in before.milestones
    tier = tiers[now - 1] if now else None
    if tier and (now > then or (now == then and is_new)):
        yield _told(milestone, tier, [tier], ask)
    elif now < then:
        yield _told(milestone, tier, tiers[max(now - 1, 0) : then], ask, is_better=True)


def _told(
    milestone: Milestone, tier: GapTier | None, met: Sequence[GapTier], ask: Ask, *, is_better: bool = False
) -> RungFired:
    """Return the message to everybody whom the tiers on the way concern; on course it speaks of the milestone."""
    come = ask.state.batch.milestones if ask.state.batch else ()
    due_at, is_new = closes_at(milestone, ask.state, ask.book) or ask.now, milestone.key not in come
    return RungFired(
        stage=WHOLE,
        round=0,
        turn="work",
        generation=len(come) + is_new,
        rung=tier.key if tier else milestone.key,
        kind="milestone" if is_better else "escalation",
        level=tier.level if tier else 0,
        nominal_at=due_at if is_new else ask.now,
        due_at=due_at,
        to=tuple(dict.fromkeys(role for one in met for role in one.to)),
        consequence=(tier.consequence or "") if tier and not is_better else "",
    )


def _rung(milestone: Milestone, at: datetime, start: datetime, state: ProjectState, book: Rulebook) -> Rung:
    calendar = book.calendar
    day = calendar.day(at) - 1
    derivation = Derivation(
        opened_at=start,
        budget_days=day - calendar.day(start),
        unit="calendar",
        consumed_days=0,
        running_since=start,
        due_on=calendar.label(day),
    )
    return Rung(
        stage=WHOLE,
        round=0,
        turn="work",
        generation=len(state.batch.milestones) if state.batch else 0,
        key=milestone.key,
        kind="milestone",
        level=0,
        at=at,
        due_at=at,
        derivation=derivation,
    )


def _whole(value: FactValue, fact: str) -> int:
    number = float(value)
    if not number.is_integer() or number < 0:
        raise Refusal("batch.not_whole", fact=fact, value=number)
    return int(number)
