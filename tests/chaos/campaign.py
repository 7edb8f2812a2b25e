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

from tests.chaos.evidence import Standing, gathered, standing
from tests.chaos.house import House
from tests.chaos.oracle import Duty, duties
from tests.chaos.play import Play
from tests.chaos.script import Script, Trouble, written
from tests.chaos.verdict import Judge, Verdict

WORKER = (sys.executable, "-m", "tests.chaos.worker")
IDLE_SECONDS = 50.0
"""A killed worker comes back sooner than this, and the engine gives its work to another."""
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
        return cls(villages=42, days=19, day_seconds=6.0)

    @classmethod
    def smoke(cls) -> Size:
        """Return the size of the short form."""
        return cls(villages=12, days=19, day_seconds=4.0)


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
    kills: dict[str, int]
    modes: Mapping[str, int]
    drained_seconds: float


async def played(  # noqa: PLR0913 - the size and kind of a play
    seed: int,
    size: Size,
    folder: Path,
    *,
    trouble: Trouble = "all",
    worker: Sequence[str] = WORKER,
    env: Mapping[str, Mapping[str, str]] | None = None,
) -> Played:
    """Play the script of a seed, wait until nothing is on its way any more, and judge.

    Args:
        seed: What every chance follows from.
        size: How large it is.
        folder: For everything that is kept.
        trouble: What breaks.
        worker: Command of the workers.
        env: Further environment variables by process.
    """
    script = written(seed, villages=size.villages, days=size.days, day_seconds=size.day_seconds, trouble=trouble)
    async with House(folder, worker=worker, env=env) as house:
        play = Play(script, house)
        await play.prepare()
        await play.perform()
        ended = time.monotonic()
        expected = duties(script, play.heard, time.time())
        await asyncio.sleep(SETTLE_SECONDS)
        await _drained(house.url, expected)
        drained = time.monotonic() - ended
        expected = duties(script, play.heard, time.time())
        logs = sorted((folder / "logs").iterdir())
        evidence = gathered(house.url, play.projects, script.day_seconds, house.got(script.people), logs)
        evidence.broken_answers = play.broken_answers
        (folder / "evidence.json").write_text(
            json.dumps({"heard": play.heard, "evidence": asdict(evidence), "duties": [str(one) for one in expected]}),
            encoding="utf-8",
        )
    modes = Counter(mode.mode for mode in script.modes)
    return Played(script, Judge(script, expected, evidence).judge(), dict(house.kills), dict(modes), drained)


async def _drained(url: str, expected: list[Duty]) -> None:
    """Return when nothing is on its way, or when nothing has moved for long: what is left then, is lost."""
    sure = len({(one.village, one.stage, one.rung, one.due_days) for one in expected if one.is_sure})
    seen, since = Standing(), time.monotonic()
    while time.monotonic() - since < IDLE_SECONDS:
        with suppress(psycopg.OperationalError):
            now = await asyncio.to_thread(standing, url)
            if now.rungs >= sure and now.open == 0:
                return
            if now != seen:
                seen, since = now, time.monotonic()
        await asyncio.sleep(0.5)
