"""Matters that wait for a decision beside the stages: a request for more time, contested days, a change.

Each has a clock of its own and the same ladder as a stage. While it waits the clocks of the stages go on.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.message import Instant, Message
from schemas.turn import Turn

MatterKind = Literal["extension", "contest", "change"]
ChangeKind = Literal["move", "cancel", "replace", "merge", "split", "recode", "remove_units", "add_units"]
Outcome = Literal["granted", "refused", "withdrawn"]


class Contest(Message):
    """A claim that days of a stage belong to another party.

    Attributes:
        since_at: Start of the contested stretch, inclusive.
        until_at: Its end, exclusive.
        party: Party to whom the days should be counted instead.
    """

    since_at: Instant
    until_at: Instant
    party: str


class UnitChange(Message):
    """One unit (a village, a premises) that enters or leaves the scope of a batch, for a reason of its own."""

    unit: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Change(Message):
    """What is to be changed about a project once every step has agreed.

    Attributes:
        kind: Sort of change.
        code: Coded reason of the plan's group `change`.
        village_code: New code of the village (move, replace, recode).
        village_name: New name of the village; empty leaves it.
        place: New full name of the place; empty leaves it.
        into: Project that takes the task over (merge).
        successors: Codes of villages that get projects of their own (split, replace).
        units: Units that leave or enter the scope of a batch.
    """

    kind: ChangeKind
    code: str
    village_code: str = ""
    village_name: str = ""
    place: str = ""
    into: str = ""
    successors: tuple[str, ...] = ()
    units: Annotated[tuple[UnitChange, ...], Field(max_length=5000)] = ()


class Matter(Message):
    """A matter that waits.

    Attributes:
        key: `M1`, `M2`, ... in the order in which the project's matters were opened.
        kind: What is asked for.
        stage: Stage it speaks of; empty when it is the project as a whole.
        step: Key of the step of the plan's procedure that decides now.
        turn: Clock of that step; its kind is `decision`.
        asked_by: Person who asked.
        asked_at: When.
        passed_by: People who agreed in earlier steps, in order.
        contest: What is contested.
        change: What is to be changed.
        note: Why.
    """

    key: str
    kind: MatterKind
    stage: str = ""
    step: str
    turn: Turn
    asked_by: str
    asked_at: Instant
    passed_by: tuple[str, ...] = ()
    contest: Contest | None = None
    change: Change | None = None
    note: str = ""
