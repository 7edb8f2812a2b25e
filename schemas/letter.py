"""Letters: what one person is handed at a time, and the notices that are in it.

A *notice* is a claimed rung for one receiver (a row of `outbox`). A *letter* carries notices to their receiver: one, or
a whole day's as a digest. An *attempt* is a try to hand a letter over.
"""

from __future__ import annotations

from typing import Literal

from schemas.message import Instant, Message
from schemas.messaging import LetterKind

NoticeState = Literal["waiting", "written", "superseded", "suppressed", "held"]
"""waiting: for its letter; written: in exactly one letter, whose state is the notice's fate; superseded: withdrawn
before any try, because what it speaks of is over; suppressed: held back by a silence, whose number is on record; held:
nobody to send it to."""

LetterState = Literal["pending", "sending", "delivered", "unclear", "superseded", "dead"]
"""pending: to be handed over; sending: an attempt is under way; delivered: handed over; unclear: it may have arrived,
and its channel does not try again by itself; superseded: every notice in it was withdrawn; dead: given up, a person
must look."""

AttemptState = Literal["sending", "accepted", "rejected", "unknown"]

NextStep = Literal["act", "reply", "decide", "press", ""]
"""What its receiver does about a notice: act, do the duty; reply, in writing; decide, a matter; press, see to it that
the owner acts."""


class Notice(Message):
    """One notice as a letter tells it.

    Attributes:
        key: Digest of its meaning.
        project_id: Project it speaks of.
        seq: Journal entry that caused it.
        place: Village.
        stage: Stage it speaks of; empty for a batch.
        stage_title_zh: Name of the stage.
        stage_title_en: Name of the stage.
        rung: Rung of the ladder.
        rung_title_zh: Name of the rung.
        rung_title_en: Name of the rung.
        kind: `reminder`, `escalation` or `milestone`.
        level: Level of the rung.
        due_at: Due instant of what it speaks of.
        days: Working days left when the rung was claimed; negative when it was over.
        reply_days: Working days within which a written reply is due; 0 when none is asked.
        consequence: What follows besides, as the ladder codes it.
        vacant_zh: Names of roles passed over because vacant.
        vacant_en: The same.
        matter: Key of the matter it speaks of; empty when it is the stage itself.
        step: What the receiver does about it.
        next_at: When the next rung of the same turn is due if nothing happens; None when there is none.
        next_zh: Name of that rung.
        next_en: The same.
        created_at: When the rung was claimed.
    """

    key: str
    project_id: str
    seq: int
    place: str
    stage: str
    stage_title_zh: str
    stage_title_en: str
    rung: str
    rung_title_zh: str
    rung_title_en: str
    kind: str
    level: int
    due_at: Instant
    days: int = 0
    reply_days: int = 0
    consequence: str = ""
    vacant_zh: str = ""
    vacant_en: str = ""
    matter: str = ""
    step: NextStep = ""
    next_at: Instant | None = None
    next_zh: str = ""
    next_en: str = ""
    created_at: Instant


class Letter(Message):
    """A letter ready to be made: everything its text follows from. The same letter always gives the same bytes.

    Attributes:
        key: Digest of its meaning: person, kind, and day or notice. The same on every channel and try.
        kind: A day's notices together, or one alone.
        day: Local day it belongs to, as its calendar labels it.
        person_id: Receiver.
        name: Name of the receiver.
        address: Address for the channel.
        lang: Language of the receiver.
        channel: Channel it goes by.
        templates: Reference of the templates it is made with; empty for those that come with this tree.
        link: Signed link to answer it; empty when this installation has no address of its own.
        created_at: When it was written; its date.
        worst: How many notices its text tells in full; the others are in its table.
        utc_offset_hours: Offset of the receiver's local time.
        notices: What is in it, the worst first.
    """

    key: str
    kind: LetterKind
    day: str
    person_id: str
    name: str
    address: str = ""
    lang: str = "zh-CN"
    channel: str
    templates: str = ""
    link: str = ""
    created_at: Instant
    worst: int = 10
    utc_offset_hours: float = 8.0
    notices: tuple[Notice, ...]


class Attachment(Message):
    """A file that goes with a letter."""

    name: str
    media_type: str
    content: bytes


class MadeLetter(Message):
    """A letter as it leaves the house.

    Attributes:
        letter: What it was made of.
        subject: One line.
        text: The whole, as plain text.
        html: The whole, as HTML.
        short: For robots and SMS.
        attachments: The full list as a spreadsheet, when there is more than the text tells.
    """

    letter: Letter
    subject: str
    text: str
    html: str
    short: str
    attachments: tuple[Attachment, ...] = ()


class RoundOrder(Message):
    """Work order of one round of letter writing: the shard of people whose turn it is.

    Attributes:
        shard: From 0.
        shards: How many there are.
    """

    shard: int = 0
    shards: int = 1


class RoundReport(Message):
    """What one round of letter writing did.

    Attributes:
        people: People who got a letter.
        letters: Letters written.
        notices: Notices in them.
        suppressed: Notices held back by a silence.
    """

    people: int = 0
    letters: int = 0
    notices: int = 0
    suppressed: int = 0
