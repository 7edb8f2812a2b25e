"""Coded reasons: why something was refused or done, the same for screen, log and journal."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from schemas.message import Message, Title

Param = Title | str | int | float


class ErrorKind(StrEnum):
    """The closed list of ways in which a request can fail; each has one exit code of the command line."""

    REFUSED = "refused"
    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    UNAVAILABLE = "unavailable"


class Reason(Message):
    """A reason as code and parameters; the sentence is made where it is read (`rules.text.render`).

    Attributes:
        code: Dotted code with a sentence in every catalogue of `rules/texts`.
        params: Values of the sentence; a `Title` is shown in the reader's language.
        kind: Which sort of failure it is.
    """

    code: str
    params: dict[str, Param] = Field(default_factory=dict)
    kind: ErrorKind = ErrorKind.REFUSED


class Refusal(Exception):  # noqa: N818 - in the field a refusal is an answer, not an error
    """Carries a `Reason` up to the edge that tells the person.

    Attributes:
        reason: Why.
    """

    def __init__(self, code: str, /, kind: ErrorKind = ErrorKind.REFUSED, **params: Param) -> None:
        """Make the reason from its code and parameters."""
        self.reason = Reason(code=code, params=params, kind=kind)
        super().__init__(code, params)
