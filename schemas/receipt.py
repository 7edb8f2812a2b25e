"""Receipts: what receivers and mail servers say of a letter after it was handed over."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.message import Document

ReceiptKind = Literal["delivered", "opened", "bounced", "failed"]
"""delivered: it is in the receiver's box; opened: it was looked at; bounced: the address does not take it, now or
later; failed: it was lost on the way. The last two mean that nobody has been told."""


class LetterEvent(Document):
    """What the other side tells of one letter.

    Attributes:
        letter: Key of the letter.
        kind: What happened.
        detail: In its own words.
    """

    letter: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    kind: ReceiptKind
    detail: Annotated[str, Field(max_length=2000)] = ""
