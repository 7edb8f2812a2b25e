"""Finds what would be paid for twice: a village in which another project builds the same already.

Source: a project that is funded from another central source is not eligible (duplicate-funding check of the pilot).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from rules.ledger import LAYERS
from rules.text import both
from schemas.ledger import LedgerRow
from schemas.message import Message
from schemas.reason import ErrorKind, Param, Refusal

ENDED_WITHOUT_RESULT = ("cancelled", "rejected")
"""Statuses of projects that stand in nobody's way."""


class Standing(Protocol):
    """A project that is registered; attributes as in `schemas.view.ProjectRow`."""

    @property
    def project_id(self) -> str:
        """Its id."""

    @property
    def programme(self) -> str:
        """Its programme."""

    @property
    def batch(self) -> str:
        """Its batch."""

    @property
    def technology(self) -> str:
        """What it builds."""

    @property
    def village_code(self) -> str:
        """Its village as it is now."""

    @property
    def status(self) -> str:
        """Where it stands."""


class Clash(Message):
    """A row of a ledger that asks for what a project builds, or has built under another programme.

    Attributes:
        row: The row.
        project_id: The project.
        programme: Its programme.
        batch: Its batch.
        status: Where it stands.
    """

    row: LedgerRow
    project_id: str
    programme: str
    batch: str
    status: str


def clashes(rows: Iterable[LedgerRow], programme: str, standing: Iterable[Standing]) -> list[Clash]:
    """Return the first clash of each row, in the order of the rows.

    What was completed under the same programme is no clash: a later batch may upgrade it.
    """
    builders: defaultdict[tuple[str, str], list[Standing]] = defaultdict(list)
    for known in standing:
        for layer in LAYERS.get(known.technology, ()):
            builders[known.village_code, layer].append(known)
    found = []
    for row in rows:
        others = [other for layer in LAYERS.get(row.technology, ()) for other in builders[row.village_code, layer]]
        first = next((other for other in others if _stands_in_the_way(other, row, programme)), None)
        if first:
            told = {name: getattr(first, name) for name in ("project_id", "programme", "batch", "status")}
            found.append(Clash(row=row, **told))
    return found


def refusal(found: list[Clash], programme: str) -> Refusal:
    """Return the refusal that names the first clash and how many there are."""
    first, row = found[0], found[0].row
    told: dict[str, Param] = {"row": row.row, "place": row.place, "project_id": first.project_id, "count": len(found)}
    if (first.programme, first.batch) == (programme, row.batch):
        return Refusal("project.built_already", ErrorKind.CONFLICT, **told, batch=row.batch)
    other: dict[str, Param] = {"programme": first.programme, "batch": first.batch}
    return Refusal("funding.double", ErrorKind.CONFLICT, **told, **other, status=both(f"status.{first.status}"))


def _stands_in_the_way(other: Standing, row: LedgerRow, programme: str) -> bool:
    if other.status in ENDED_WITHOUT_RESULT:
        return False
    is_upgrade = other.programme == programme and other.batch != row.batch and other.status == "completed"
    return not is_upgrade
