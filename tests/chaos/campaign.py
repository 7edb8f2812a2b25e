"""One play from its seed to its verdict."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from tests.chaos.evidence import gathered, open_work
from tests.chaos.house import House, until
from tests.chaos.oracle import Duty, duties
from tests.chaos.play import Play
from tests.chaos.script import Script, written
from tests.chaos.verdict import Judge, Verdict

WORKER = (sys.executable, "-m", "tests.chaos.worker")
DRAIN_SECONDS = 75.0
SETTLE_SECONDS = 5.0
"""Time for killed workers to come back before anybody looks whether something is left."""


@dataclass(frozen=True)
class Size:
    """How large a play is."""

    villages: int
    days: float
    day_seconds: float

    @classmethod
    def full(cls) -> Size:
        """Return the size of the campaign."""
        return cls(villages=30, days=26, day_seconds=4.5)

    @classmethod
    def smoke(cls) -> Size:
        """Return the size of the short form."""
        return cls(villages=12, days=25, day_seconds=2.5)


@dataclass(frozen=True)
class Played:
    """A play and what was found.

    Attributes:
        script: What was to be done.
        verdict: What was found.
        kills: How often each process was killed or stopped.
        modes: How often each sink behaved in each way.
        drained_seconds: How long after the last day the last letter took.
    """

    script: Script
    verdict: Verdict
    kills: Mapping[str, int]
    modes: Mapping[str, int]
    drained_seconds: float


async def played(  # noqa: PLR0913 - the size and kind of a play
    seed: int,
    size: Size,
    folder: Path,
    *,
    is_quiet: bool = False,
    worker: Sequence[str] = WORKER,
    env: Mapping[str, Mapping[str, str]] | None = None,
    drain_seconds: float = DRAIN_SECONDS,
) -> Played:
    """Play the script of a seed, wait until nothing is on its way any more, and judge.

    Args:
        seed: What every chance follows from.
        size: How large it is.
        folder: For everything that is kept.
        is_quiet: Without faults.
        worker: Command of the workers.
        env: Further environment variables by process.
        drain_seconds: How long to wait at most for what is on its way after the last day; what is then still on its
            way is lost.
    """
    script = written(seed, villages=size.villages, days=size.days, day_seconds=size.day_seconds, is_quiet=is_quiet)
    async with House(folder, worker=worker, env=env) as house:
        play = Play(script, house)
        await play.prepare()
        await play.perform()
        ended = time.monotonic()
        expected = duties(script, play.heard, time.time())
        await asyncio.sleep(SETTLE_SECONDS)
        with suppress(TimeoutError):  # what is left then the judge tells
            await until(lambda: _is_over(house.url, expected), "something is left", drain_seconds)
        drained = time.monotonic() - ended
        expected = duties(script, play.heard, time.time())
        logs = sorted((folder / "logs").iterdir())
        evidence = gathered(house.url, play.projects, script.day_seconds, house.got(), logs)
        evidence.broken_answers = play.broken_answers
        (folder / "evidence.json").write_text(
            json.dumps({"heard": play.heard, "evidence": asdict(evidence), "duties": [str(one) for one in expected]}),
            encoding="utf-8",
        )
    modes = Counter(mode.mode for mode in script.modes)
    return Played(script, Judge(script, expected, evidence).judge(), dict(house.kills), dict(modes), drained)


def _is_over(url: str, expected: list[Duty]) -> bool:
    """Whether every rung that must have fired has, and nothing is on its way."""
    sure = {(one.village, one.stage, one.rung, one.due_days) for one in expected if one.is_sure}
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            fired = connection.execute("SELECT count(*) FROM journal WHERE type = 'rung_fired'").fetchone()
        return fired is not None and fired[0] >= len(sure) and open_work(url) == 0
    except psycopg.OperationalError:
        return False
