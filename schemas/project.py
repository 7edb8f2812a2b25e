"""What a project is, before anything has happened to it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.message import Message
from schemas.policy import Pins

Technology = Literal["fibre", "4g", "both", "measures", "batch"]
"""What is built; `measures` stands for the recurring returns of a county, `batch` for a list of units."""


class Project(Message):
    """Identity of a village build project. Holds no personal data: it rests in histories.

    Attributes:
        project_id: Immutable internal id; never made from the village code, since codes change.
        programme: Code of the programme, for example `US` (universal service).
        batch: Batch of the programme, for example `2018`.
        technology: What is built.
        village_code: 12-digit code of the village at the start.
        village_name: Its name at that date.
        place: Full name from the province down, for readers.
        builder: Code of the organisation that builds.
        tier: Priority tier, for example `three-regions`; `general` when none.
    """

    project_id: str
    programme: str
    batch: str
    technology: Technology
    village_code: str
    village_name: str
    place: str = ""
    builder: str
    tier: str = "general"

    @property
    def county_code(self) -> str:
        """Six-digit code of the county."""
        return self.village_code[:6]


class Start(Message):
    """Order to start a project: what it is and under which policies.

    Attributes:
        project: The project.
        pins: The policies it runs under.
        ordered_by: Id of the person who ordered the start.
        command_id: Id of the order, for whoever reads the history; a project starts once, whatever the id.
    """

    project: Project
    pins: Pins
    ordered_by: str = ""
    command_id: str = Field(default="")
