"""What operators can filter projects by in the engine's own lists."""

from __future__ import annotations

from datetime import datetime

from rules import clock, project
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
    turns = [stage.turn for stage in state.stages.values() if stage.turn]
    dues = [due for turn in turns if (due := clock.due_at(turn, book.calendar))]
    opened = state.open_stages()
    return Attributes(
        stage=opened[0] if opened else state.status,
        status=state.status,
        county=state.project.county_code,
        plan=book.plan.name,
        level=max((turn.level for turn in turns), default=0),
        due_at=min(dues, default=None),
    )


def at_start(order: Start, now: datetime, book: Rulebook) -> Attributes:
    """Return the search attributes that a project will have once it has begun at `now`.

    Told to the engine together with the start they cost nothing; the workflow corrects what turns out otherwise.
    """
    first = project.entries(None, project.begin(order, now, book), now, order.ordered_by)
    return attributes(project.fold(first), book)
