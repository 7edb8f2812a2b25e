"""The words in which timelines are written."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from schemas.command import Act, Actor

FIBRE, FOUR_G, BOTH = "universal-service-fibre", "universal-service-4g", "universal-service-both"
PLANS = (FIBRE, FOUR_G, BOTH)

BEGINS = "2018-05-07 10:00"
"""A Monday after the May holidays, on which every timeline starts."""


@dataclass(frozen=True)
class Does:
    """A person sends a command.

    Attributes:
        at: Day, or day and local time; ten o'clock when none is given.
        by: The person.
        act: What is asked.
    """

    at: str
    by: Actor
    act: Act


@dataclass(frozen=True)
class Promises:
    """A person acknowledges the last reminder and promises a day."""

    at: str
    by: Actor
    day: str


@dataclass(frozen=True)
class Closes:
    """The proper person closes a stage with good facts."""

    at: str
    stage: str


@dataclass(frozen=True)
class Waits:
    """Nobody does anything until a day."""

    at: str


@dataclass(frozen=True)
class Builds:
    """Stands for the building of whatever the plan builds, from September 2018 to March 2019."""


Step = Does | Promises | Closes | Waits


@dataclass(frozen=True)
class Timeline:
    """One project.

    Attributes:
        path: What is special about it.
        script: What happens, in order of time.
        fires: Rungs that fire under the first of its plans, as `day time stage rung`; the pure run knows those under
            the others.
        status: How it ends.
        plans: Plans under which it is recorded.
        tier: Priority tier.
    """

    path: str
    script: tuple[Step | Builds, ...]
    fires: tuple[str, ...]
    status: str = "cancelled"
    plans: tuple[str, ...] = PLANS
    tier: str = "general"

    def steps(self, plan: str) -> list[Step]:
        """Return what happens under a plan."""
        return list(
            chain.from_iterable(_BUILDING[plan] if isinstance(step, Builds) else [step] for step in self.script)
        )


_BUILDING: dict[str, tuple[Step, ...]] = {
    FIBRE: (Closes("2018-11-19", "route"), Closes("2019-01-21", "cable"), Closes("2019-03-04", "equipment")),
    FOUR_G: (
        Closes("2018-11-26", "tower"),
        Closes("2018-12-24", "transmission"),
        Closes("2019-01-14", "power"),
        Closes("2019-03-04", "base_station"),
    ),
    BOTH: (
        Closes("2018-11-19", "route"),
        Closes("2018-11-26", "tower"),
        Closes("2018-12-24", "transmission"),
        Closes("2019-01-14", "power"),
        Closes("2019-01-21", "cable"),
        Closes("2019-03-04", "base_station"),
        Closes("2019-03-05", "equipment"),
    ),
}
