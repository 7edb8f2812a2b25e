"""The file channel: every message a file in its receiver's folder. It needs nobody and cannot be away."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from urllib.parse import quote

from infra.channels.base import TemporaryFailure
from infra.channels.letter import eml
from schemas.delivery import OutboxMessage

_OWNER_ONLY = 0o700


class FileChannel:
    """Writes `FOLDER/PERSON/KEY.eml`; the same message again replaces its file by the same content."""

    name = "file"

    def __init__(self, folder: Path, sender: str) -> None:
        """Take the folder, and the address that messages come from."""
        self._folder = folder
        self._sender = sender

    async def send(self, message: OutboxMessage) -> None:
        """Write one message, safe against power loss.

        Raises:
            TemporaryFailure: The disk is full or cannot be written to.
            PermanentFailure: No mail can be made of it.
        """
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as failure:
            raise TemporaryFailure(f"{type(failure).__name__}: {failure}") from failure

    async def close(self) -> None:
        """Do nothing: no file stays open."""

    def path(self, person_id: str, key: str) -> Path:
        """Return where a message is written; an id that is no file name is quoted."""
        person = quote(person_id, safe="")
        return self._folder / (person.replace(".", "%2E") if person.startswith(".") else person) / f"{key}.eml"

    def _write(self, message: OutboxMessage) -> None:
        path = self.path(message.person_id, message.key)
        for folder in (self._folder, path.parent):  # each by itself: the mode counts for the last one only
            folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        with open(draft, "wb", opener=_private) as file:
            file.write(eml(message, self._sender))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(path.parent)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    """Make sure that the name is on disk too, not only the content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
