"""The file channel: every letter a file in its receiver's folder. It needs nobody and cannot be away."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from urllib.parse import quote

from infra.channels.base import Fate, Manners, TemporaryFailure
from infra.channels.letter import eml
from schemas.letter import MadeLetter

_OWNER_ONLY = 0o700


class FileChannel:
    """Writes `FOLDER/PERSON/KEY.eml`; the same letter again replaces its file by the same content."""

    name = "file"
    manners = Manners()

    def __init__(self, folder: Path, sender: str) -> None:
        """Take the folder, and the address that letters come from."""
        self._folder = folder
        self._sender = sender

    async def send(self, made: MadeLetter) -> str:
        """Write one letter, safe against power loss.

        Returns:
            Its path inside the folder.

        Raises:
            TemporaryFailure: The disk is full or cannot be written to.
            PermanentFailure: No mail can be made of it.
        """
        try:
            return await asyncio.to_thread(self._write, made)
        except OSError as failure:
            raise TemporaryFailure(f"{type(failure).__name__}: {failure}") from failure

    async def fate(self, key: str) -> Fate:
        """Look whether the letter is there.

        Raises:
            TemporaryFailure: The folder cannot be read.
        """
        try:
            return await asyncio.to_thread(self._find, key)
        except OSError as failure:
            raise TemporaryFailure(f"{type(failure).__name__}: {failure}") from failure

    async def close(self) -> None:
        """Do nothing: no file stays open."""

    def path(self, person_id: str, key: str) -> Path:
        """Return where a letter is written; an id that is no file name is quoted."""
        person = quote(person_id, safe="")
        return self._folder / (person.replace(".", "%2E") if person.startswith(".") else person) / f"{key}.eml"

    def _find(self, key: str) -> Fate:
        if not self._folder.is_dir():
            return "absent"
        is_there = any((folder / f"{key}.eml").is_file() for folder in self._folder.iterdir())
        return "accepted" if is_there else "absent"

    def _write(self, made: MadeLetter) -> str:
        path = self.path(made.letter.person_id, made.letter.key)
        for folder in (self._folder, path.parent):  # each by itself: the mode counts for the last one only
            folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        with open(draft, "wb", opener=_private) as file:
            file.write(eml(made, self._sender))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(path.parent)
        return path.relative_to(self._folder).as_posix()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    """Make sure that the name is on disk too, not only the content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
