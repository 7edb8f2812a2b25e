"""Rows about letters, and what one may ask of them."""

from __future__ import annotations

from schemas.letter import LetterState
from schemas.message import Instant, Message
from schemas.messaging import LetterKind
from schemas.view import MessageRow


class NoticeRow(MessageRow):
    """A notice with what it says of itself.

    Attributes:
        place: Village.
        stage_title_zh: Name of the stage.
        stage_title_en: Name of the stage.
        rung_title_zh: Name of the rung.
        rung_title_en: Name of the rung.
    """

    place: str
    stage_title_zh: str
    stage_title_en: str
    rung_title_zh: str
    rung_title_en: str


class LetterRow(Message):
    """A letter as lists show it.

    Attributes:
        key: Digest of its meaning.
        kind: A day's notices together, or one alone.
        day: Local day it belongs to.
        person_id: Receiver.
        name: Name of the receiver as the directory has it now.
        channel: Channel of the next try, or of the last one.
        state: Where it stands.
        reason_code: Why it was given up or is left alone, or that it goes by another channel; empty otherwise.
        notices: How many notices are in it.
        attempts: How often it was tried.
        unknowns: How many of these have an unknown outcome.
        detail: What the other side answered to the last try.
        created_at: When it was written.
        not_before: Earliest next try; None for at once.
        delivered_at: When the channel took it over.
        provider_id: What the receiver's side calls it; empty when it did not say.
    """

    key: str
    kind: LetterKind
    day: str
    person_id: str
    name: str = ""
    channel: str
    state: LetterState
    reason_code: str = ""
    notices: int = 0
    attempts: int = 0
    unknowns: int = 0
    detail: str = ""
    created_at: Instant
    not_before: Instant | None = None
    delivered_at: Instant | None = None
    provider_id: str = ""


class LetterFilter(Message):
    """Which letters are asked for; what is left empty does not narrow.

    Attributes:
        states: Any of these.
        project_id: Something about this project stands in it.
        person_id: Its receiver.
        channel: Channel it goes by.
        reason_code: Why it stands where it stands.
    """

    states: tuple[LetterState, ...] = ()
    project_id: str = ""
    person_id: str = ""
    channel: str = ""
    reason_code: str = ""


class ReceiptRow(Message):
    """What the other side said of a letter afterwards.

    Attributes:
        channel: Channel it came by.
        kind: `delivered`, `bounced`, `failed` or `opened`.
        detail: Its words.
        at: When it was told.
    """

    channel: str
    kind: str
    detail: str = ""
    at: Instant


class LetterCount(Message):
    """How many letters of one channel and state there are."""

    channel: str
    state: LetterState
    count: int
