"""What operators can filter projects by in the engine's own lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rules import batch, clock, project
from rules.policy import Rulebook
from schemas import names
from schemas.message import Message
from schemas.project import Start
from schemas.state import ProjectState


class Attributes(Message):
    """Values of the search attributes of a project. Never personal data: they are not encrypted.

    Attributes:
        stage: Key of the first open stage; the final status when none is open.
        status: Status of the project.
        county: Six-digit county code.
        plan: Name of the plan.
        level: Highest escalation level that fired on an open stage.
        due_at: Earliest due instant of the open stages; None while held or over.
    """

    stage: str
    status: str
    county: str
    plan: str
    level: int
    due_at: datetime | None

    def by_name(self) -> dict[str, str | int | datetime | None]:
        """Return the values under their wire names."""
        return {
            names.ATTRIBUTE_STAGE: self.stage,
            names.ATTRIBUTE_STATUS: self.status,
            names.ATTRIBUTE_COUNTY: self.county,
            names.ATTRIBUTE_PLAN: self.plan,
            names.ATTRIBUTE_LEVEL: self.level,
            names.ATTRIBUTE_DUE_AT: self.due_at,
        }


def attributes(state: ProjectState, book: Rulebook) -> Attributes:
    """Return the search attributes of a project as it stands."""
    turns = {key: stage.turn for key, stage in state.stages.items() if stage.turn}
    calendars = {key: book.calendar_of(key, state.project) for key in turns}
    dues = [due for key, turn in turns.items() if (due := clock.due_at(turn, calendars[key]))]
    opened = state.open_stages()
    return Attributes(
        stage=opened[0] if opened else state.status,
        status=state.status,
        county=state.project.county_code,
        plan=book.plan.name,
        level=max((batch.level(state, book), *(turn.level for turn in turns.values()))),
        due_at=min(dues, default=None),
    )


def are_pressing(changed: Iterable[str]) -> bool:
    """Whether the engine has to be told of changes at once, or can hear of them with the next run or pressing change.

    Telling costs an action. In a plan with phases the stage and its due instant may therefore be those of the
    beginning of a phase: who is late is told by the level, and the lists of supervisors read the records.

    Args:
        changed: Wire names of the attributes that differ from what the engine knows.
    """
    return bool(set(changed) - _CAN_WAIT)


_CAN_WAIT = {names.ATTRIBUTE_STAGE, names.ATTRIBUTE_DUE_AT}


def at_start(order: Start, now: datetime, book: Rulebook) -> Attributes:
    """Return the search attributes that a project will have once it has begun at `now`.

    Told to the engine together with the start they cost nothing; the workflow corrects what turns out otherwise.
    """
    first = project.entries(None, project.begin(order, now, book), now, order.ordered_by)
    return attributes(project.fold(first), book)
