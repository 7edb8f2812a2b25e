"""`messages bounce`: a mail that came back is read and put on record; its letter goes another way, or waits for you."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli.desk import Desk, Shared
from infra.bounce import LARGEST_MAIL, read_bounce
from infra.channels import open_channels
from infra.db.receipts import Receipts
from schemas.reason import ErrorKind, Refusal

CHANNEL = "email"


def bounce(
    file: Annotated[
        Path,
        Parameter(help="退信文件，- 为标准输入 / file of the mail, - for standard input", allow_leading_hyphen=True),
    ],
    /,
    *,
    shared: Shared | None = None,
) -> int:
    """Record a mail that came back (a delivery status notification); the same one again changes nothing."""
    desk = Desk(shared)
    found = read_bounce(_read(file))
    if found.event is None:
        desk.line("bounce.not_final", letter=found.letter, action=found.action)
        return desk.answer({"letter": found.letter, "action": found.action, "taken": "not_final"})
    receipts = Receipts(desk.records, set(open_channels(desk.settings)))
    taken = receipts.take(found.event, found.event_id, CHANNEL)
    desk.line(f"bounce.{taken}", letter=found.letter, detail=found.event.detail or "—")
    told = {"letter": found.letter, "action": found.action, "kind": found.event.kind, "taken": taken}
    return desk.answer(told)


def _read(file: Path) -> bytes:
    """Return the mail, of which no more is read than can be one.

    Raises:
        Refusal: `file.missing`: there is no such file, or it cannot be read.
    """
    if str(file) == "-":
        return sys.stdin.buffer.read(LARGEST_MAIL + 1)
    try:
        with file.open("rb") as mail:
            return mail.read(LARGEST_MAIL + 1)
    except OSError:
        raise Refusal("file.missing", ErrorKind.NOT_FOUND, file=str(file)) from None
