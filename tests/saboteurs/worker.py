"""A worker of the fault tests that dies by its own hand at the two worst moments, and may be broken on purpose."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from activities import delivery
from infra.channels.base import Channel
from infra.db.outcomes import Outcome
from schemas.letter import MadeLetter
from tests.chaos.worker import shorten
from tests.saboteurs.breakages import BREAKAGES

BREAKAGE, CRASHES = "CHAOS_BREAKAGE", "CHAOS_CRASHES"
"""Environment variables: name of the breakage, empty for none; folder in which each death is put on record."""

DEATHS = {("before", "sms"): 2, ("after", "email"): 1, ("after", "hook"): 1}
"""How often a worker dies just before the wire and just after it, by a letter of which channel."""


def die(moment: str, channel: str) -> None:
    """Kill this process, unless enough have died so."""
    for number in range(DEATHS.get((moment, channel), 0)):
        with suppress(FileExistsError):
            (Path(os.environ[CRASHES]) / f"{moment}-{channel}-{number}").touch(exist_ok=False)
            os.kill(os.getpid(), signal.SIGKILL)


def crash_around_the_wire() -> None:
    """Let some letters kill the worker between record and wire, and others between wire and record."""
    tried = delivery.tried

    async def deadly(channel: Channel, made: MadeLetter) -> Outcome:
        die("before", channel.name)
        outcome = await tried(channel, made)
        if outcome.state == "accepted":
            die("after", channel.name)
        return outcome

    delivery.tried = deadly


def main() -> int:
    """Run the worker and return its exit code."""
    shorten()
    if name := os.environ.get(BREAKAGE):
        BREAKAGES[name]()
    crash_around_the_wire()
    import worker  # noqa: PLC0415 - after what it is made of has been changed

    return worker.main()


if __name__ == "__main__":
    os._exit(main())
