"""The breakages: each a small change of a running worker, made before it starts. None of them is ever on in earnest."""

from __future__ import annotations

import hashlib
import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from infra.channels.webhook import WebhookChannel
from infra.db import letters, outbox
from infra.db.outbox import Claim, Outbox
from infra.db.outcomes import Outcome
from schemas.letter import Letter
from schemas.workflow import ProjectRun
from tests.chaos.worker import by_default

SKEW = "CHAOS_SKEW_SECONDS"
"""Environment variable: by how much the clock of this worker is wrong."""


def no_unique_key() -> None:
    """Let every try carry a key of its own instead of the key of the letter."""
    headers, numbers = WebhookChannel._headers, itertools.count()

    def of_the_try(self: WebhookChannel, key: str, content: bytes) -> dict[str, str]:
        own = hashlib.sha256(f"{key}{os.getpid()}{next(numbers)}".encode()).hexdigest()
        return headers(self, own, content)

    WebhookChannel._headers = of_the_try  # type: ignore[method-assign]


def mark_before_sending() -> None:
    """Put a letter on record as delivered before it is on the wire."""
    begin = Outbox.begin

    def begin_and_mark(self: Outbox, claim: Claim, lease_seconds: float) -> Letter | None:
        begun = begin(self, claim, lease_seconds)
        if begun is not None:
            self.finish(claim, Outcome("accepted"))
        return begun

    Outbox.begin = begin_and_mark  # type: ignore[method-assign]


def lease_by_wall_clock() -> None:
    """Let every worker lease by its own clock, which is wrong."""
    skew = timedelta(seconds=float(os.environ.get(SKEW, "0")))

    def own_clock(_connection: Connection) -> datetime:
        return datetime.now(UTC) + skew

    by_default(Outbox.__init__, "now", own_clock)


def send_inside_transaction() -> None:
    """Commit the record of a try together with its outcome, after the wire, instead of before it."""
    make: Any = Outbox._letter
    begin, finish, writing = Outbox.begin, Outbox.finish, vars(outbox)["writing"]
    here = threading.local()

    class UndoneError(Exception):
        pass

    @contextmanager
    def perhaps_undone(engine: Engine) -> Iterator[Connection]:
        with writing(engine) as connection:
            yield connection
            if getattr(here, "is_undone", False):
                raise UndoneError

    def kept(*known: Any) -> Letter:  # noqa: ANN401 - as the method it stands in for
        here.letter = make(*known)
        return here.letter  # type: ignore[no-any-return]

    def begin_without_trace(self: Outbox, claim: Claim, lease_seconds: float) -> Letter | None:
        here.is_undone, here.letter = True, None
        try:
            return begin(self, claim, lease_seconds)
        except UndoneError:
            return here.letter  # type: ignore[no-any-return]
        finally:
            here.is_undone = False

    def begin_and_finish(self: Outbox, claim: Claim, outcome: Outcome) -> None:
        if begin(self, claim, 60.0) is not None:
            finish(self, claim, outcome)

    vars(outbox)["writing"] = perhaps_undone
    Outbox._letter = staticmethod(kept)  # type: ignore[method-assign, assignment]
    Outbox.begin = begin_without_trace  # type: ignore[method-assign]
    Outbox.finish = begin_and_finish  # type: ignore[method-assign]


def command_ids_dropped() -> None:
    """Forget at continue-as-new which commands were carried out."""
    begin = ProjectRun.__init__

    def forgetful(self: ProjectRun, **given: Any) -> None:  # noqa: ANN401 - fields of ProjectRun
        if given.get("state") is not None:
            given["state"] = given["state"].model_copy(update={"done": ()})
        begin(self, **given)

    ProjectRun.__init__ = forgetful  # type: ignore[method-assign, assignment]


def silence_ignored() -> None:
    """Write letters as if there were no silences."""
    vars(letters)["holding"] = lambda *_known: 0


BREAKAGES: dict[str, Callable[[], None]] = {
    "no unique key": no_unique_key,
    "mark sent before sending": mark_before_sending,
    "lease by wall clock": lease_by_wall_clock,
    "send inside the transaction": send_inside_transaction,
    "command ids dropped": command_ids_dropped,
    "silence ignored": silence_ignored,
}
