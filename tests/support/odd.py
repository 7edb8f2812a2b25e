"""A channel on which one letter goes wrong as a test wants it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from infra.channels.base import Fate, Manners
from infra.channels.file import FileChannel
from schemas.letter import MadeLetter


class Odd(FileChannel):
    """A file channel on which one letter goes wrong.

    Attributes:
        key: The letter.
        failure: How it goes wrong.
        answer: What it says when asked about a letter.
        asked: Letters it was asked about.
        sent: Letters it was given.
        noticed: Called with each.
    """

    def __init__(self, folder: Path, manners: Manners, key: str, failure: Exception, answer: Fate | Exception) -> None:
        """Take how it behaves."""
        super().__init__(folder, "cuntong@example.cn")
        self.manners = manners
        self.key, self.failure, self.answer = key, failure, answer
        self.asked: list[str] = []
        self.sent: list[str] = []
        self.noticed: Callable[[], None] = lambda: None

    async def send(self, made: MadeLetter) -> str:
        """Write a letter, or fail."""
        self.sent.append(made.letter.key)
        self.noticed()
        if made.letter.key == self.key:
            raise self.failure
        return await super().send(made)

    async def fate(self, key: str) -> Fate:
        """Say what became of a letter."""
        self.asked.append(key)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def odd(
    folder: Path,
    key: str,
    failure: Exception,
    manners: Manners | None = None,
    answer: Fate | Exception = "unknown",
) -> Odd:
    """Return a file channel on which a letter fails; a key that is none lets all of them pass."""
    return Odd(folder, manners or Manners(), key, failure, answer)
