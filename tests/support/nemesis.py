"""Somebody who kills, by a script that can be played again."""

from __future__ import annotations

import asyncio
import random

from tests.support.rig import Rig


class Nemesis:
    """Kills by a script that follows from a seed.

    Attributes:
        script: Pauses in seconds, each followed by the child to kill.
    """

    def __init__(self, seed: int, kills: dict[str, int], pause: tuple[float, float]) -> None:
        """Write the script."""
        rng = random.Random(seed)  # noqa: S311 - a script that can be played again
        victims = [child for child, count in kills.items() for _ in range(count)]
        rng.shuffle(victims)
        self.script = [(round(rng.uniform(*pause), 2), victim) for victim in victims]

    async def rage(self, rig: Rig) -> None:
        """Carry out the script."""
        for pause, victim in self.script:
            await asyncio.sleep(pause)
            await rig.kill(victim)
