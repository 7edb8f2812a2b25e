"""Holds what became of projects against what a scenario expects; answers are sentences, none when all is well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rules import clock, funding
from rules.calendar import WorkingCalendar
from rules.post import resolve
from rules.sampling import draw
from schemas.directory import Seat
from schemas.event import Entry, RungFired
from schemas.sample import Site
from schemas.turn import Turn
from tests.support import people
from tests.support.life import Life
from tests.support.scenario import Draw, Expect, Overall, Standing

Told = tuple[str, str, str]
"""An event without its time: type, stage, and rung, turn or code."""


@dataclass
class Lived:
    """A project that has lived.

    Attributes:
        life: Its life in the rules.
        problems: What was not as it should be.
    """

    life: Life
    problems: list[str] = field(default_factory=list)


def standing(life: Life, expected: Standing) -> list[str]:
    """Tell in what a project stands otherwise than expected."""
    state = life.state
    turns = {key: stage.turn for key, stage in state.stages.items() if stage.turn}
    turns |= {one.key: one.turn for one in state.matters}
    counted = {key: life.book.calendar_of(key, state.project) for key in state.stages}
    found = {
        "status": state.status,
        "open": tuple(state.open_stages()),
        "matters": {one.key: one.step for one in state.matters},
        "is_frozen": state.is_frozen,
        "tier": state.batch.tier if state.batch else "",
        "withheld_share": state.batch.withheld_share if state.batch else 0.0,
    }
    wrong = [_unlike(key, found[key], getattr(expected, key)) for key in found if getattr(expected, key) is not None]
    of_turns: dict[str, Callable[[Turn, WorkingCalendar], object]] = {
        "turn": lambda turn, _: turn.kind,
        "owner": lambda turn, _: turn.owner,
        "due": lambda turn, calendar: _day(clock.due_at(turn, calendar), calendar),
        "original_due": lambda turn, calendar: _day(turn.original_due_at, calendar),
        "previous_due": lambda turn, calendar: _day(turn.previous_due_at, calendar),
        "left": lambda turn, calendar: clock.left(turn, calendar, life.now),
        "level": lambda turn, _: turn.level,
    }
    for name, look in of_turns.items():
        for key, value in getattr(expected, name).items():
            found_ = look(turns[key], counted.get(key, life.book.calendar)) if key in turns else "no turn"
            wrong.append(_unlike(f"{name} of {key}", found_, value))
    for key, value in expected.round.items():
        wrong.append(_unlike(f"round of {key}", state.stages[key].round, value))
    for key, parts in expected.parts.items():
        wrong.append(_unlike(f"parts of {key}", tuple(state.stages[key].checked), parts))
    return [line for line in wrong if line]


def outcome(life: Life, expected: Expect) -> list[str]:
    """Tell in what a project ended otherwise than expected."""
    state, batch = life.state, life.state.batch
    wrong = [
        _unlike("status", state.status, expected.status),
        _unlike("ended with", state.ended_code, expected.ended_code),
        _unlike("village", state.project.village_code, expected.village_code),
        _unlike("days", days(life), expected.days),
        _unlike("changes", tuple(one.kind for one in state.changes), expected.changes),
        _unlike("tier", batch.tier if batch else None, expected.tier),
        _unlike("withheld share", batch.withheld_share if batch else None, expected.withheld_share),
        *(_unlike(key, state.money.get(key), value) for key, value in expected.money.items()),
        *(_unlike(key, getattr(batch, key, None), value) for key, value in expected.batch.items()),
    ]
    wrong += [_unlike(f"{role} goes to", _receiver(life, role, expected), to) for role, to in expected.vacant.items()]
    if expected.fired is not None:
        wrong += list(_unlike_lines("fired", fired(life), expected.fired))
    return [line for line in wrong if line]


def overall(by_group: Mapping[str, Sequence[Lived]], expected: Overall) -> list[str]:
    """Tell in what all projects of a scenario together are otherwise than expected."""
    lives = [lived.life for group in by_group.values() for lived in group]
    going = [life for life in lives if life.state.status not in {"cancelled", "rejected"}]
    wrong = [_unlike("reconciles", reconciled(lives), expected.reconciles)] if expected.reconciles else []
    if expected.sample:
        wrong += _drawn(going, expected.sample)
    for key, amount in expected.funds.items():
        wrong.append(_unlike(f"{key} over all", round(sum(life.state.money.get(key, 0) for life in going), 2), amount))
    if expected.left_cny is not None:
        lines = [funding.of_project(life.state.project.project_id, life.state.money) for life in going]
        wrong.append(_unlike("left by the awards", sum(line.left_cny for line in lines), expected.left_cny))
    return [line for line in wrong if line]


def reconciled(lives: Sequence[Life]) -> dict[str, int]:
    """Return the lines from the planned to the final number of projects."""
    left = Counter(life.state.ended_code for life in lives if life.state.ended_code)
    lines = {code: -number for code, number in sorted(left.items())}
    return {"planned": len(lives), **lines, "final": len(lives) - left.total()}


def _drawn(lives: Sequence[Life], expected: Draw) -> list[str]:
    """Tell in what the sample of some projects is otherwise than expected; it is drawn twice, from either end."""
    subjects = [life.state.project for life in lives]
    sites = [Site(project_id=one.project_id, county=one.county_code, tier=one.tier) for one in subjects]
    rule = lives[0].book.plan.sampling
    if rule is None:
        return ["the plan has no rule for samples"]
    sample = draw(rule, expected.seed, sites)
    chosen = [site for site in sites if site.project_id in sample.chosen]
    wrong = [
        _unlike("drawn again", draw(rule, expected.seed, reversed(sites)).chosen, sample.chosen),
        _unlike("drawn", len(chosen), expected.drawn),
        _unlike("sites", len(sites), expected.sites),
        _unlike("counties drawn", len({site.county for site in chosen}), expected.counties),
        _unlike("counties", len({site.county for site in sites}), expected.counties),
    ]
    if expected.tier:
        of_tier = [site.tier == expected.tier for site in chosen].count(True) / len(chosen)
        usual = [site.tier == expected.tier for site in sites].count(True) / len(sites)
        wrong.append("" if of_tier > usual else f"{of_tier:.2f} of the sample is {expected.tier}, of all {usual:.2f}")
    return wrong


def sequence(journal: list[Entry]) -> list[Told]:
    """Return the events of a journal without their times: type, stage, and rung, turn or code."""
    return [
        (
            entry.event.type,
            getattr(entry.event, "stage", ""),
            next((value for key in ("rung", "turn", "code", "step") if (value := getattr(entry.event, key, ""))), ""),
        )
        for entry in journal
    ]


def rungs(journal: list[Entry]) -> int:
    """Return the number of rungs in a journal."""
    return sum(isinstance(entry.event, RungFired) for entry in journal)


def _receiver(life: Life, role: str, expected: Expect) -> str:
    """Return the role that receives what is meant for a role, while some posts are vacant."""
    project = life.state.project
    everybody = people.around(project.village_code, project.builder).values()
    seats = [
        Seat(post=post, person_id="" if post.role in expected.vacant else person.person_id)
        for person in everybody
        for post in person.posts
        if len(person.posts) == 1
    ]
    found = resolve(role, project, seats, life.state.assigned, life.book)
    return next((post.role for seat in seats if (post := seat.post).post_id == found.post_id), "nobody")


def days(life: Life) -> dict[str, int]:
    """Return the working days of a project by party, over all its stages."""
    found: Counter[str] = Counter()
    for key, stage in life.state.stages.items():
        calendar = life.book.calendar_of(key, life.state.project)
        found.update(clock.days_by_party(clock.segments(stage), calendar, life.now))
    return dict(sorted(found.items()))


def fired(life: Life) -> tuple[str, ...]:
    """Return the rungs that have fired, as `day time stage rung`."""
    return tuple(
        f"{local(life, event.nominal_at)} {event.matter or event.stage or 'batch'} {event.rung}"
        for event in life.events
        if isinstance(event, RungFired)
    )


def local(life: Life, at: datetime) -> str:
    """Return an instant on the clocks of the place."""
    return f"{at + timedelta(hours=life.book.calendar.document.utc_offset_hours):%Y-%m-%d %H:%M}"


def _day(due: datetime | None, calendar: WorkingCalendar) -> str:
    return "held" if due is None else calendar.label(calendar.day(due) - 1)


def _unlike(what: str, found: object, expected: object) -> str:
    return "" if expected is None or found == expected else f"{what}: {found}, expected {expected}"


def _unlike_lines(what: str, found: tuple[str, ...], expected: tuple[str, ...]) -> Iterator[str]:
    for line in expected:
        if line not in found:
            yield f"not {what}: {line}"
    for line in found:
        if line not in expected:
            yield f"{what}, not expected: {line}"
    if sorted(found) == sorted(expected) and found != expected:
        yield f"{what} in another order: {', '.join(found)}"
