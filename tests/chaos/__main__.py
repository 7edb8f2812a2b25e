"""`python -m tests.chaos`: plays of some seeds one after the other, each judged; exits 1 unless every one is clean."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.campaign import Size, played
from tests.chaos.report import summary, table


def main() -> int:
    """Play, print a table for each seed and one for all, and return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    asked.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="what every chance follows from")
    asked.add_argument("--quiet", action="store_true", help="without faults")
    asked.add_argument("--smoke", action="store_true", help="the short form that runs with the tests")
    asked.add_argument("--keep", type=Path, help="folder for logs and what the sinks got; default: a temporary one")
    given = asked.parse_args()
    size = Size.smoke() if given.smoke else Size.full()
    is_clean, lines = True, []
    with tempfile.TemporaryDirectory(prefix="cuntong-chaos-") as temporary:
        for seed in given.seeds:
            began = time.monotonic()
            folder = (given.keep or Path(temporary)) / f"seed-{seed}"
            found = asyncio.run(played(seed, size, folder, trouble="none" if given.quiet else "all"))
            print(table(found, time.monotonic() - began), flush=True)
            lines.append(summary(found, time.monotonic() - began))
            is_clean = is_clean and found.verdict.is_clean
    print("\n".join(lines))
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
