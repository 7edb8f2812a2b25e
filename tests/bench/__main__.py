"""`python -m tests.bench [NAME...]`: what a project costs, each figure beside a floor taken in the same run."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence

from infra import process
from tests.bench import commit, digest, memory, project, rehearsal, start, timer
from tests.bench.figure import Figure, machine, print_table, record
from tests.bench.ground import ROOT, quiet_environment

DOCUMENT = ROOT / "docs" / "bench.md"
MEASUREMENTS: dict[str, Callable[[], Awaitable[list[Figure]]]] = {
    "project": project.measure,
    "start": start.measure,
    "durability": start.durability,
    "timer": timer.measure,
    "commit": commit.measure,
    "memory": memory.measure,
    "rehearsal": rehearsal.measure,
    "digest": digest.measure,
}


async def measured(names: Sequence[str]) -> tuple[list[Figure], list[str]]:
    """Take measurements one after the other; return the figures, and the names of those that failed to run."""
    figures: list[Figure] = []
    failed: list[str] = []
    for name in names:
        since = time.monotonic()
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            figures += await MEASUREMENTS[name]()
        except Exception:  # noqa: BLE001 - the others are still worth measuring
            traceback.print_exc()
            failed.append(name)
        print(f"{name}: {time.monotonic() - since:.0f} s", file=sys.stderr, flush=True)
    return figures, failed


def main(argv: Sequence[str]) -> int:
    """Measure what is asked for; 0 whatever the figures are, 1 when a measurement failed to run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(MEASUREMENTS)}; all when none is named")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--record", action="store_true", help="write the figures into docs/bench.md")
    asked = parser.parse_args(argv)
    unknown = [name for name in asked.names if name not in MEASUREMENTS]
    if unknown:
        parser.error(f"there is no measurement {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}")
    quiet_environment()
    figures, failed = asyncio.run(measured(asked.names or list(MEASUREMENTS)))
    if asked.json:
        print(json.dumps({"machine": machine(), "figures": [one.plain() for one in figures], "failed": failed}))
    else:
        print_table(figures)
    if asked.record and not failed:
        record(figures, DOCUMENT)
    return 1 if failed else 0


if __name__ == "__main__":
    process.leave(main(sys.argv[1:]))
