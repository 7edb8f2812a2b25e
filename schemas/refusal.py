"""Commands that the rules refused, as they stand on record."""

from __future__ import annotations

from pydantic import Field

from schemas.message import Instant, Message
from schemas.reason import Param


class RefusalRow(Message):
    """A command that was refused.

    Attributes:
        number: Running number.
        at: When.
        project_id: Project it was meant for; empty when it was for several.
        person_id: Who asked.
        command_id: Id of the command.
        act: What was asked.
        code: Code of the reason.
        params: Its values.
        message: The reason in words; filled in where it is read.
    """

    number: int = 0
    at: Instant
    project_id: str = ""
    person_id: str
    command_id: str = ""
    act: str
    code: str
    params: dict[str, Param] = Field(default_factory=dict)
    message: str = ""
