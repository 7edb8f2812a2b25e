"""A rehearsal as tables: totals, heaviest days, most loaded people, gaps, long holidays; beside another version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from rich.table import Table

from cli.desk import Desk
from rules.rehearsal_text import level_name
from schemas.rehearsal import SHARES_SUM, Gap, Rehearsal

SHOWN = 10
"""Days, people, gaps and holidays that are shown; the answer in JSON has them all."""


class Pair(NamedTuple):
    """What is told.

    Attributes:
        here: The rehearsal.
        other: The one it is compared with; None for none.
        name: What that one is called.
    """

    here: Rehearsal
    other: Rehearsal | None = None
    name: str = ""


def tell(desk: Desk, pair: Pair, areas: Mapping[str, str], people: Mapping[str, str]) -> None:
    """Print a rehearsal for people.

    Args:
        desk: Where to print.
        pair: What to tell.
        areas: Names of areas by code.
        people: Names of people by id; those not in it are told by their id.
    """
    _head(desk, pair.here)
    _totals(desk, pair)
    _days(desk, pair)
    _people(desk, pair, people)
    _gaps(desk, pair.here, areas, people)
    _holidays(desk, pair)


def _head(desk: Desk, found: Rehearsal) -> None:
    assumed = found.assumed
    told = desk.say("rehearsal.on_time")
    for one in (one for one in assumed.late if one.days):
        all_late = one.share == SHARES_SUM
        code = "rehearsal.all_late" if all_late else "rehearsal.late"
        told = desk.say(code, days=one.days, **({} if all_late else {"share": f"{one.share * 100:g}"}))
    desk.line("rehearsal.head", projects=f"{found.projects:,}", start=assumed.start_on.isoformat(), late=told)


def _totals(desk: Desk, pair: Pair) -> None:
    levels = sorted({*pair.here.rungs_by_level, *(pair.other.rungs_by_level if pair.other else ())})
    capacity = f"{pair.here.assumed.capacity:,}"
    lines: list[tuple[str, Callable[[Rehearsal], int]]] = [
        (desk.say("rehearsal.total.projects"), lambda one: one.projects),
        (desk.say("rehearsal.total.rungs"), lambda one: one.rungs),
        *(
            (
                desk.say("rehearsal.total.rungs_of_level", level=level_name(pair.here, level, desk.lang)),
                lambda one, level=level: one.rungs_by_level.get(level, 0),
            )
            for level in levels
        ),
        (desk.say("rehearsal.total.messages"), lambda one: one.messages),
        (desk.say("rehearsal.total.people"), lambda one: len(one.people)),
        (desk.say("rehearsal.total.heaviest"), lambda one: max((day.messages for day in one.days), default=0)),
        (desk.say("rehearsal.total.over", capacity=capacity), lambda one: len(one.people_over)),
        (desk.say("rehearsal.total.nobody"), lambda one: sum(gap.rungs for gap in one.nobody)),
        (desk.say("rehearsal.total.upward"), lambda one: sum(gap.rungs for gap in one.upward)),
        (desk.say("rehearsal.total.moved"), lambda one: one.moved),
        (desk.say("rehearsal.total.provisional"), lambda one: one.provisional),
    ]
    table = _table(desk, pair, "what", "here")
    for name, of in lines:
        table.add_row(name, f"{of(pair.here):,}", *_compared(pair, of))
    desk.show(table)


def _days(desk: Desk, pair: Pair) -> None:
    levels = sorted(pair.here.rungs_by_level)
    names = [desk.say("rehearsal.level_number", level=level) if level else _reminders(desk) for level in levels]
    table = _table(desk, pair, "day", "messages", *(f"={name}" for name in names), "busiest", "over")
    for day in pair.here.heaviest_days[:SHOWN]:
        counts = [day.messages, *(day.by_level.get(level, 0) for level in levels), day.busiest, day.over_capacity]
        same = lambda one, number=day.number: sum(  # noqa: E731 - read where it is used
            day.messages for day in one.days if day.number == number
        )
        table.add_row(day.day, *(f"{count:,}" for count in counts), *_compared(pair, same))
    desk.show(table)


def _people(desk: Desk, pair: Pair, people: Mapping[str, str]) -> None:
    if not pair.here.people:
        return
    table = _table(desk, pair, "person", "messages", "busiest_day", "on_busiest_day", "days_over")
    for one in pair.here.people[:SHOWN]:
        same = lambda other, who=one.person_id: sum(  # noqa: E731 - read where it is used
            one.messages for one in other.people if one.person_id == who
        )
        counts = (f"{one.on_busiest_day:,}", f"{one.days_over:,}")
        name = people.get(one.person_id, one.person_id)
        table.add_row(name, f"{one.messages:,}", one.busiest_day, *counts, *_compared(pair, same))
    desk.show(table)


def _gaps(desk: Desk, found: Rehearsal, areas: Mapping[str, str], people: Mapping[str, str]) -> None:
    gaps = [*found.nobody, *found.upward]
    if not gaps:
        desk.line("rehearsal.no_gaps")
        return
    codes = [f"rehearsal.column.{name}" for name in ("role", "area", "organisation", "rungs", "receiver")]
    desk.table(codes, (_gap(desk, gap, found, areas, people) for gap in gaps[:SHOWN]))
    if len(gaps) > SHOWN:
        desk.line("rehearsal.more_gaps", more=len(gaps) - SHOWN)


def _gap(
    desk: Desk, gap: Gap, found: Rehearsal, areas: Mapping[str, str], people: Mapping[str, str]
) -> tuple[str, ...]:
    title = found.roles.get(gap.role)
    receiver = people.get(gap.person_id, gap.person_id) or desk.say("rehearsal.nobody")
    place = f"{areas.get(gap.area, '')} {gap.area}".strip() or "—"
    return (title.text(desk.lang) if title else gap.role, place, gap.organisation or "—", f"{gap.rungs:,}", receiver)


def _holidays(desk: Desk, pair: Pair) -> None:
    heavy = sorted(pair.here.holidays, key=lambda one: (-one.messages, -one.moved, one.first))
    told = [one for one in heavy if one.messages or one.moved][:SHOWN]
    if not told:
        return
    table = _table(desk, Pair(pair.here), "holiday", "free_days", "resumes_on", "on_that_day", "moved")
    for one in told:
        counts = (f"{one.messages:,}", f"{one.moved:,}")
        table.add_row(f"{one.since} – {one.until}", str(one.free_days), one.resumes_on, *counts)
    desk.show(table)


def _reminders(desk: Desk) -> str:
    return desk.say("rehearsal.reminders")


def _table(desk: Desk, pair: Pair, *columns: str) -> Table:
    """Return a table with these columns, and two more when there is something to compare with."""
    table = Table()
    for number, column in enumerate(columns):
        name = column[1:] if column.startswith("=") else desk.say(f"rehearsal.column.{column}")
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    if pair.other:
        table.add_column(desk.say("rehearsal.column.against", name=pair.name), justify="right", overflow="fold")
        table.add_column(desk.say("rehearsal.column.difference"), justify="right")
    return table


def _compared(pair: Pair, of: Callable[[Rehearsal], int]) -> Iterator[str]:
    """Yield the same number of the other version, and by how much this one is more."""
    if pair.other:
        yield f"{of(pair.other):,}"
        more = of(pair.here) - of(pair.other)
        yield f"{more:+,}" if more else "0"
