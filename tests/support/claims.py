"""An outbox to claim letters from, on a clock of the test's own."""

from __future__ import annotations

import random

from sqlalchemy import Engine

from infra.channels.base import Manners
from infra.db.letter_views import LetterViews
from infra.db.outbox import Claim, Outbox
from infra.db.outcomes import Outcome
from schemas.channel import Unknown
from schemas.letter import Letter
from schemas.letter_view import LetterRow
from schemas.view import AttemptRow
from tests.support.moments import Clock

LEASE = 60
MOST_UNKNOWN = 2
MANNERS = {"email": Manners(most_unknown=MOST_UNKNOWN, is_keyed=False), "file": Manners()}
REFUSED = Outcome("rejected", "550 no such user", is_permanent=True)
LATER = Outcome("rejected", "450 greylisted")
DOWN = Outcome("rejected", "connection refused", is_channel_down=True)
LOST = Outcome("unknown", "no answer")
TAKEN = Outcome("accepted", provider_id="q-17")


def outbox(engine: Engine, clock: Clock) -> Outbox:
    """Return an outbox whose chance can be repeated."""
    return Outbox(engine, MANNERS, rng=random.Random(7), now=clock)  # noqa: S311 - a draw that can be repeated


def with_manners(engine: Engine, clock: Clock, unknown: Unknown, most: int | None = None) -> Outbox:
    """Return an outbox whose mail channel has a policy for answers that were lost."""
    return Outbox(engine, {"email": Manners(unknown=unknown, most_unknown=most), "file": Manners()}, now=clock)


def only(engine: Engine, key: str) -> tuple[LetterRow, list[AttemptRow]]:
    """Return a letter with its tries."""
    views = LetterViews(engine)
    (row,) = views.found(key)
    return row, views.attempts(key)


def claimed(outgoing: Outbox, channel: str = "email", most: int = 10) -> Claim:
    """Claim the one letter that is due, or the first of them."""
    (claim,) = outgoing.claim(channel, most, LEASE)
    return claim


def tried(outgoing: Outbox, outcome: Outcome, channel: str = "email", most: int = 10) -> Letter:
    """Claim the one letter that is due, or the first of them, and try it."""
    claim = claimed(outgoing, channel, most)
    sent = outgoing.begin(claim, LEASE)
    assert sent is not None
    outgoing.finish(claim, outcome)
    return sent
