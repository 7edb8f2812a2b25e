"""`python -m tests.saboteurs`: a play for every breakage and one for none; exits 1 unless each is found for what it is.

Nothing is killed from outside here: a few letters kill the worker that holds them, just before the wire or just after
it, and the sinks behave badly at times. The unbroken system must come through that clean.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.campaign import Played, Size, played
from tests.chaos.report import table
from tests.saboteurs.breakages import BREAKAGES, SKEW
from tests.saboteurs.worker import BREAKAGE, CRASHES

WORKER = (sys.executable, "-m", "tests.saboteurs.worker")
SIZE = Size(villages=12, days=12, day_seconds=3.5)
SEED = 4
AT_ONCE = 2
CONTROL = "none"

RIGHT_REASONS: Mapping[str, str] = {
    "no unique key": "duplicated",
    "mark sent before sending": "lost",
    "lease by wall clock": "lost",
    "send inside the transaction": "duplicated",
    "command ids dropped": "unexpected",
    "silence ignored": "unexpected",
}
"""The failure that tells of each breakage."""


@dataclass(frozen=True)
class Trial:
    """How a play with a breakage ended."""

    name: str
    found: Played
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether the breakage was found for the right reason, and the unbroken system found faultless."""
        if self.name == CONTROL:
            return self.found.verdict.is_clean
        return self.found.verdict.kinds()[RIGHT_REASONS[self.name]] > 0

    def line(self) -> str:
        """Return it as a line of the table."""
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.found.verdict.kinds().items())) or "clean"
        wanted = "clean" if self.name == CONTROL else RIGHT_REASONS[self.name]
        verdict = "ok" if self.is_right else "MISSED"
        return f"{self.name:28} {wanted:12} {verdict:7} {self.seconds:4.0f} s  {kinds}"


async def trial(name: str, folder: Path, gate: asyncio.Semaphore) -> Trial:
    """Play with one breakage."""
    async with gate:
        began = time.monotonic()
        crashes = folder / "crashes"
        crashes.mkdir(parents=True)
        broken = {BREAKAGE: "" if name == CONTROL else name, CRASHES: str(crashes)}
        env = {"worker-1": {**broken, SKEW: "7200"}, "worker-2": {**broken, SKEW: "-7200"}}
        found = await played(SEED, SIZE, folder / "play", trouble="sinks", worker=WORKER, env=env)
        found.kills.update({moment: len(list(crashes.glob(f"{moment}-*"))) for moment in ("before", "after")})
        return Trial(name, found, time.monotonic() - began)


async def trials(names: list[str], folder: Path) -> list[Trial]:
    """Play all of them, two at a time."""
    gate = asyncio.Semaphore(AT_ONCE)
    tasks = [trial(name, folder / name.replace(" ", "-"), gate) for name in names]
    return list(await asyncio.gather(*tasks))


def main() -> int:
    """Play, print the table, and return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.saboteurs", description=__doc__)
    asked.add_argument("--only", choices=[CONTROL, *BREAKAGES], nargs="+", help="only these")
    asked.add_argument("--verbose", action="store_true", help="with the findings of each play")
    asked.add_argument("--keep", type=Path, help="folder for logs and what the sinks got; default: a temporary one")
    given = asked.parse_args()
    names = given.only or [CONTROL, *BREAKAGES]
    with tempfile.TemporaryDirectory(prefix="cuntong-saboteurs-") as temporary:
        found = asyncio.run(trials(names, given.keep or Path(temporary)))
    if given.verbose:
        print("\n".join(table(one.found, one.seconds) for one in found))
    print(
        "\n".join(
            ["breakage                     must show    found   time    failures", *(one.line() for one in found)]
        )
    )
    broken = [one for one in found if one.name != CONTROL]
    print(f"caught {sum(one.is_right for one in broken)}/{len(broken)}")
    return 0 if all(one.is_right for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
