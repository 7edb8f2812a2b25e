"""Plays every scenario and prints what came of it: `make scenarios`, or `python -m tests.support.scenarios [WORDS]`.

With `--tell` it prints the journals that the rules make of them instead, for whoever writes a scenario.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table
from temporalio.testing import WorkflowEnvironment

from tests.support import scenario_checks
from tests.support.engine import server
from tests.support.rig import Rig
from tests.support.scenario import Scenario, chosen
from tests.support.scenario_checks import Lived, rungs, sequence
from tests.support.scenario_engine import live_on_engine
from tests.support.scenario_play import live
from tests.support.scenario_real import DAY_SECONDS, live_in_earnest

_AT_ONCE = 4
PATIENCE = 60.0
HEADS = ("scenario", "title", "projects", "steps", "entries", "rungs", "pure = workflow", "real time", "seconds")
NUMBERS = {"projects", "steps", "entries", "rungs", "seconds"}


@dataclass
class Played:
    """A scenario that has been played.

    Attributes:
        scenario: The scenario.
        pure: Its projects by the rules alone.
        beside: Those that were also played on the engine.
        is_real: Whether it was played in real time as well.
        problems: What was not as it should be.
        seconds: How long it took.
    """

    scenario: Scenario
    pure: list[Lived] = field(default_factory=list)
    beside: list[Lived] = field(default_factory=list)
    is_real: bool = False
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_equal(self) -> bool:
        """Whether all was as it should be."""
        return not self.problems


def play_pure(name: str, scenario: Scenario, *, is_whole: bool = True) -> Played:
    """Play a scenario by the rules: all its projects, or those that are played on the engine."""
    since = time.perf_counter()
    by_group = live(scenario, name, is_whole=is_whole)
    played = Played(scenario, [lived for group in by_group.values() for lived in group])
    played.problems += [line for lived in played.pure for line in lived.problems][:20]
    if is_whole:
        played.problems += scenario_checks.overall(by_group, scenario.overall)
    played.seconds = time.perf_counter() - since
    return played


async def play_both(name: str, scenario: Scenario, env: WorkflowEnvironment, *, is_whole: bool = True) -> Played:
    """Play a scenario by the rules and on a server, and compare."""
    since = time.perf_counter()
    played = await asyncio.to_thread(play_pure, name, scenario, is_whole=is_whole)
    try:
        async with asyncio.timeout(PATIENCE):
            played.beside = await live_on_engine(scenario, name, env)
    except Exception as error:  # noqa: BLE001 - one scenario that cannot be played must not hide the others
        played.problems.append(f"cannot be played on the engine: {error!r}")
    played.problems += [line for lived in played.beside for line in lived.problems]
    alike = {tuple(sequence(lived.life.journal)) for lived in played.pure}
    if any(tuple(sequence(lived.life.journal)) not in alike for lived in played.beside):
        played.problems.append("under the calendar of the place something else happens")
    played.seconds = time.perf_counter() - since
    return played


async def play_all(
    asked: Iterable[tuple[str, Scenario]],
    env: WorkflowEnvironment,
    is_whole: Callable[[Scenario], bool] = lambda _: True,
) -> dict[str, Played]:
    """Play scenarios both ways, several at a time, and return them by name.

    Args:
        asked: The scenarios with their names.
        env: The server.
        is_whole: Tells of which all projects are played by the rules.
    """
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(name: str, scenario: Scenario) -> tuple[str, Played]:
        async with gate:
            return name, await play_both(name, scenario, env, is_whole=is_whole(scenario))

    return dict(await asyncio.gather(*(one(*pair) for pair in asked)))


async def play_in_earnest(words: Sequence[str]) -> dict[str, Lived]:
    """Play those scenarios that are meant for it in real time, and return what became of them by name."""
    real = [(name, scenario) for name, scenario in chosen(tuple(words)) if scenario.real]
    if not real:
        return {}
    with TemporaryDirectory(prefix="scenarios-") as folder:
        async with Rig(Path(folder), day_seconds=DAY_SECONDS) as rig:
            return await live_in_earnest(real, rig)


def table(played: dict[str, Played]) -> Table:
    """Return what came of scenarios as a table."""
    shown = Table(title=f"{len(played)} scenarios")
    for head in HEADS:
        shown.add_column(head, justify="right" if head in NUMBERS else "left")
    for name, one in played.items():
        entries = [lived.life.journal for lived in one.pure]
        shown.add_row(
            name,
            one.scenario.title.en,
            f"{len(one.pure)} ({len(one.beside)})",
            str(one.scenario.step_count),
            str(sum(map(len, entries))),
            str(sum(map(rungs, entries))),
            "yes" if one.is_equal else "NO",
            "yes" if one.is_real else "",
            f"{one.seconds:.1f}",
        )
    return shown


def tell(words: Sequence[str]) -> None:
    """Print what the rules make of scenarios, entry by entry."""
    for name, scenario in chosen(tuple(words)):
        for group, lives in live(scenario, name).items():
            life = lives[0].life
            print(f"== {name} {group}")
            for entry, (_, stage, what) in zip(life.journal, sequence(life.journal), strict=True):
                print(f"{entry.seq:4} {scenario_checks.local(life, entry.at)} {entry.event.type} {stage} {what}")
            print("fired:", *(f"- {line}" for line in scenario_checks.fired(life)), sep="\n")
            print("days:", scenario_checks.days(life), "money:", life.state.money, "status:", life.state.status)
            print(*lives[0].problems, sep="\n")


async def main(words: Sequence[str]) -> int:
    """Play, print, and return the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    async with server(skipping=True) as env:
        played, real = await asyncio.gather(play_all(chosen(tuple(words)), env), play_in_earnest(words))
    for name, lived in real.items():
        played[name].is_real = True
        played[name].problems += [f"in real time: {line}" for line in lived.problems]
    console.print(table(played))
    wrong = {name: one.problems for name, one in played.items() if not one.is_equal}
    for name, problems in wrong.items():
        console.print(f"{name}:", *problems, sep="\n  ", markup=False, highlight=False)
    return 1 if wrong or not played else 0


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if not word.startswith("-")]
    if "--tell" in sys.argv[1:]:
        tell(given)
    else:
        sys.exit(asyncio.run(main(given)))
