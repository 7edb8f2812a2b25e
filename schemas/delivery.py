"""Messages to people on their way out, and the work order of the delivery workflow."""

from __future__ import annotations

from typing import Literal

from schemas.message import Instant, Message

OutboxState = Literal["pending", "sending", "delivered", "superseded", "held", "dead"]
"""pending: to be handed over; sending: an attempt is under way; delivered: handed over; superseded: withdrawn because
its stage ended; held: nobody to send it to; dead: given up, a person must look."""

AttemptState = Literal["sending", "accepted", "rejected", "unknown"]


class OutboxMessage(Message):
    """One message to one person over one channel, ready to be handed over.

    Attributes:
        key: Digest of its meaning; the same rung for the same person and channel has the same key for ever.
        project_id: Project it speaks of.
        place: Village, for the subject.
        stage: Stage it speaks of.
        stage_title_zh: Name of the stage.
        stage_title_en: Name of the stage.
        rung: Rung of the ladder.
        rung_title_zh: Name of the rung.
        rung_title_en: Name of the rung.
        kind: `reminder` or `escalation`.
        level: Level of the rung.
        due_at: Due instant of the stage.
        person_id: Receiver.
        name: Name of the receiver.
        address: Address for the channel.
        lang: Language of the receiver.
        vacant: Roles that were passed over because vacant, comma separated.
        created_at: When the rung was claimed.
        days: Working days left to the due day when the rung was claimed; negative when it was over.
        reply_days: Working days within which a written reply is due; 0 when none is asked.
        consequence: What follows besides the message, as the ladder codes it.
        vacant_zh: Names of the roles that were passed over.
        vacant_en: Names of the roles that were passed over.
        matter: Key of the matter it speaks of; empty when it is the stage itself.
    """

    key: str
    project_id: str
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
    person_id: str
    name: str
    address: str
    lang: str
    vacant: str = ""
    created_at: Instant
    days: int = 0
    reply_days: int = 0
    consequence: str = ""
    vacant_zh: str = ""
    vacant_en: str = ""
    matter: str = ""


class DeliveryOrder(Message):
    """Work order of one delivery workflow.

    Attributes:
        channel: Channel it serves.
        runs: How many times it continued as new; for the eye only.
    """

    channel: str
    runs: int = 0


class DeliveryReport(Message):
    """What one stint of delivery did."""

    delivered: int = 0
    failed: int = 0
    unknown: int = 0
