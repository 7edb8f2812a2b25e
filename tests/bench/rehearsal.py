"""What a rehearsal of the whole country takes, against a bare loop over as many rungs."""

from __future__ import annotations

import csv
import gc
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import TypeVar

from cli.start import PLANS, pins_of
from infra.db.registry import project_of
from infra.files.ledger import read_ledger
from infra.files.ledger_writer import write_ledger
from infra.files.national import INVENTED, VILLAGES, national_ledger
from infra.files.policies import load_tree
from rules.policy import Shelf
from rules.rehearse import plan_starts, rehearse
from rules.staffing import invented_seats
from schemas.hierarchy import Hierarchy
from schemas.project import Start
from schemas.rehearsal import Assumption, Lateness, Rehearsal
from tests.bench.figure import Figure

ROUNDS = 3
FULL_LADDER = 61
"""Working days late: one more than the last rung of the default ladder."""

VACANT_SHARE = 0.02
GOAL_SECONDS = 2.0

_Result = TypeVar("_Result")


async def measure() -> list[Figure]:
    """Rehearse the full ladder over the national ledger, all at once and spread over forty days."""
    shelf, orders = _loaded()
    hierarchy = shelf.document(orders[0].pins.hierarchy)
    assert isinstance(hierarchy, Hierarchy)
    seats = invented_seats([hierarchy], (order.project for order in orders), VACANT_SHARE)
    calendar = shelf.calendar(orders[0].pins.calendar)

    def played(spread_days: int) -> Rehearsal:
        late = (Lateness(days=FULL_LADDER),)
        assumed = Assumption(start_on=date(2018, 5, 7), late=late, spread_days=spread_days)
        return rehearse(plan_starts(orders, assumed, calendar), seats, assumed, shelf.book)

    at_once, floors, spread = [], [], []
    found = played(1)
    for _ in range(ROUNDS):
        at_once.append(_timed(lambda: played(1))[0])
        floors.append(_timed(lambda: _bare(found.rungs))[0])
        spread.append(_timed(lambda: played(40))[0])
    about = (
        f"{found.projects:,} projects, {found.rungs:,} rungs, {found.messages:,} messages to {len(found.people):,} "
        f"people; seconds of one core for everything after loading; floor: a bare loop that counts as many rungs by day"
    )
    return [
        Figure(
            name="rehearsal.full_ladder",
            value=median(at_once),
            unit="s",
            floor=median(floors),
            goal=GOAL_SECONDS,
            note=about,
        ),
        Figure(
            name="rehearsal.spread_40_days",
            value=median(spread),
            unit="s",
            floor=median(floors),
            note="the same, the counties of each province started over 40 working days",
        ),
        *_files(),
    ]


def _loaded() -> tuple[Shelf, list[Start]]:
    policies, shelf = load_tree(), Shelf()
    for one in policies:
        shelf.put(one.raw)
    rows = list(national_ledger())
    pins = pins_of(policies, PLANS, "china", dict.fromkeys(row.technology for row in rows))
    return shelf, [Start(project=project_of(f"row-{row.row}", row, "US"), pins=pins[row.technology]) for row in rows]


def _bare(rungs: int) -> dict[int, int]:
    """Count as many rungs as there are, each into its day."""
    days = dict.fromkeys(range(100), 0)
    for number in range(rungs):
        days[number % 100] += 1
    return days


def _files() -> list[Figure]:
    """Write the national ledger and read it back; every row must come through."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.csv"
        writing, count = _timed(lambda: write_ledger(national_ledger(), path, INVENTED))
        reading, read = _timed(lambda: read_ledger(path))
        floor, _ = _timed(lambda: _csv_rows(path))
    assert (count, len(read.rows), read.problems) == (VILLAGES, VILLAGES, ())
    about = f"{VILLAGES:,} villages as CSV; floor: the same file through the reader of the standard library"
    return [
        Figure(name="national.write", value=writing, unit="s", note="inventing the ledger and writing it as CSV"),
        Figure(name="national.read", value=reading, unit="s", floor=floor, note=about),
    ]


def _csv_rows(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return sum(1 for _ in csv.reader(stream))


def _timed(work: Callable[[], _Result]) -> tuple[float, _Result]:
    """Return the seconds of one core that some work took, whatever else the machine does, and its result."""
    gc.collect()
    since = time.process_time()
    result = work()
    return time.process_time() - since, result
