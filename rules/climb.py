"""The journal read again as climbs of the ladder: which turns there were, and what lay ahead of each at every entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from rules import ladder
from rules.evolve import evolve
from rules.policy import Rulebook
from schemas.event import Entry, RungFired
from schemas.policy import Pins
from schemas.rung import Rung
from schemas.state import ProjectState
from schemas.turn import Turn, TurnKind

Books = Callable[[Pins], Rulebook]
"""Gives the rulebook of a project's policies."""


class Climb(NamedTuple):
    """Whose way up the ladder: a turn of a stage or a matter, between two extensions."""

    stage: str
    matter: str
    round: int
    turn: TurnKind
    opened_at: datetime
    generation: int

    def takes(self, rung: Rung | RungFired) -> bool:
        """Whether a rung is of this climb, while the climb lasts."""
        return (rung.stage, rung.matter, rung.turn, rung.generation) == (
            self.stage,
            self.matter,
            self.turn,
            self.generation,
        )


@dataclass(frozen=True)
class Moment:
    """One entry of the journal, and how the project stood before and after it.

    Attributes:
        entry: The entry.
        before: State before; None for the first.
        after: State after.
        book: Policies in force after it.
        ahead: Rungs that lay ahead after it.
    """

    entry: Entry
    before: ProjectState | None
    after: ProjectState
    book: Rulebook
    ahead: tuple[Rung, ...]

    def expects(self, climb: Climb, key: str) -> Rung | None:
        """Return a rung of a climb that lay ahead after this entry."""
        return next((rung for rung in self.ahead if rung.key == key and climb.takes(rung)), None)


@dataclass(frozen=True)
class Way:
    """A climb with the moments it lasted for, and the one that ended it.

    Attributes:
        climb: Which.
        moments: The moments after which it lasted, in order.
        end: The moment that ended it; None while it lasts.
    """

    climb: Climb
    moments: tuple[Moment, ...]
    end: Moment | None

    @property
    def turn(self) -> Turn:
        """The turn as it stood last in this climb."""
        return turns(self.moments[-1].after)[self.climb]


def replay(journal: Sequence[Entry], books: Books) -> list[Moment]:
    """Return the moments of a journal."""
    moments: list[Moment] = []
    state: ProjectState | None = None
    for entry in journal:
        after = evolve(state, entry)
        book = books(after.pins)
        moments.append(Moment(entry, state, after, book, tuple(ladder.rungs(after, book))))
        state = after
    return moments


def ways(moments: Sequence[Moment]) -> list[Way]:
    """Return every climb of a project, in the order in which they began."""
    lasting: dict[Climb, list[Moment]] = {}
    ends: dict[Climb, Moment] = {}
    for moment in moments:
        living = turns(moment.after)
        for climb in lasting:
            if climb not in living and climb not in ends:
                ends[climb] = moment
        for climb in living:
            lasting.setdefault(climb, []).append(moment)
    return [Way(climb, tuple(known), ends.get(climb)) for climb, known in lasting.items()]


def turns(state: ProjectState) -> dict[Climb, Turn]:
    """Return the turns that are on their way, those below an obstacle too; none when the project is over."""
    if state.is_over:
        return {}
    found = {
        _climb(key, "", stage.round, turn): turn
        for key, stage in state.stages.items()
        for turn in (stage.turn, stage.suspended)
        if turn
    }
    for matter in state.matters:
        stage = state.stages.get(matter.stage)
        found[_climb(matter.stage, matter.key, stage.round if stage else 0, matter.turn)] = matter.turn
    return found


def _climb(stage: str, matter: str, round_: int, turn: Turn) -> Climb:
    return Climb(stage, matter, round_, turn.kind, turn.opened_at, turn.generation)
