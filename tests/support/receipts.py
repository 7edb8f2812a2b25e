"""What a simulated receiver took, on disk before it answers: the truth that every other count is held against."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Receipt:
    """One letter that a receiver took over, whether or not it could say so.

    Attributes:
        key: Key of the letter.
        channel: Last part of the address it came to; `email` for mail.
        mode: How the receiver behaved.
        at: When, by this machine's clock.
        is_repeat: Whether it had this key on this channel before.
        is_same: Whether a repeat had the same content; True for what is none.
        digest: Digest of the content.
    """

    key: str
    channel: str
    mode: str
    at: str
    is_repeat: bool
    is_same: bool
    digest: str


class Receipts:
    """An append-only file of receipts; one that is opened again remembers everything."""

    def __init__(self, path: Path) -> None:
        """Open or make the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = threading.Lock()
        self._seen = {(one.channel, one.key): one.digest for one in reversed(read(path))}
        if path.exists():
            os.truncate(path, path.read_bytes().rfind(b"\n") + 1)  # a line cut short by a kill was never answered
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def add(self, key: str, channel: str, mode: str, digest: str) -> Receipt:
        """Write down one letter; what is returned outlives a kill of this process."""
        with self._lock:
            before = self._seen.get((channel, key))
            self._seen.setdefault((channel, key), digest)
            at = datetime.now(UTC).isoformat()
            one = Receipt(key, channel, mode, at, before is not None, before in {None, digest}, digest)
            os.write(self._descriptor, (json.dumps(asdict(one)) + "\n").encode())
            return one

    def has(self, channel: str, key: str) -> bool:
        """Whether a letter was taken over."""
        return (channel, key) in self._seen

    def all(self) -> list[Receipt]:
        """Return all receipts in order."""
        return read(self._path)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def read(path: Path) -> list[Receipt]:
    """Return the receipts of a file in order; a line cut short by a kill is none."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    return [Receipt(**json.loads(line)) for line in lines[:-1]]
