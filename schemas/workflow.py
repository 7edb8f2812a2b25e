"""Inputs and results of workflows."""

from __future__ import annotations

from schemas.message import Message
from schemas.project import Start
from schemas.state import ProjectState


class ProjectRun(Message):
    """Input of one run of a project's workflow.

    Attributes:
        start: The order that started the project; None in later runs.
        state: State carried from the run before; None in the first run.
    """

    start: Start | None = None
    state: ProjectState | None = None


class Outcome(Message):
    """Result of a project's workflow."""

    project_id: str
    status: str
    seq: int
