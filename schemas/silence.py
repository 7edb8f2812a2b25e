"""Silences: notices that somebody holds back for a stated time and reason."""

from __future__ import annotations

from schemas.message import Instant, Message


class SilenceRequest(Message):
    """A silence as asked for. Empty fields match everything; at least one of project, area and person is given.

    Attributes:
        project_id: Project whose notices are held back.
        area: Code prefix of villages (2, 4, 6 or 12 digits).
        builder: Organisation that builds.
        stage: Stage.
        rung: Rung of the ladder.
        person_id: Receiver.
        reason: Why, in words.
        until_at: End, exclusive; not later than the policy's longest silence.
    """

    project_id: str = ""
    area: str = ""
    builder: str = ""
    stage: str = ""
    rung: str = ""
    person_id: str = ""
    reason: str
    until_at: Instant


class Silence(SilenceRequest):
    """A silence on record.

    Attributes:
        number: Its number, by which suppressed notices name it.
        owner: Who asked for it and answers for it.
        since_at: Start, inclusive.
        ended_at: When it was ended early; None while it was not.
        ended_by: By whom.
    """

    number: int
    owner: str
    since_at: Instant
    ended_at: Instant | None = None
    ended_by: str = ""

    def is_live(self, at: Instant) -> bool:
        """Whether it holds notices back at an instant."""
        return self.since_at <= at < min(self.until_at, self.ended_at or self.until_at)
