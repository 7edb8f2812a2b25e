"""What the sinks have taken, from their own receipts, bodies and files: the records are not asked."""

from __future__ import annotations

import email
import json
from collections.abc import Iterator
from datetime import datetime
from email.policy import default
from pathlib import Path

from tests.chaos.verdict import Got


def everything(folder: Path, data: Path) -> list[Got]:
    """Return what all sinks have taken.

    Args:
        folder: With the folders of the gateways.
        data: Data folder of the installation, where files are handed over.
    """
    return [*_posted(folder / "hook"), *_posted(folder / "sms"), *_mailed(folder / "hook"), *_filed(data / "messages")]


def _receipts(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            yield json.loads(line)


def _posted(folder: Path) -> Iterator[Got]:
    """Yield what a gateway took: it folds by the key of the request; who and what stands in the body."""
    for receipt in _receipts(folder / "http.jsonl"):
        body = json.loads((folder / "bodies" / receipt["digest"]).read_bytes())
        yield Got(receipt["channel"], receipt["key"], *_told(body), _instant(receipt["at"]))


def _told(body: dict[str, object]) -> tuple[str, str, tuple[str, ...] | None]:
    """Return letter, person and notices of a body."""
    raise NotImplementedError


def _mailed(folder: Path) -> Iterator[Got]:
    """Yield what the mail server took: nobody folds it; a mailbox tells the receiver, a header the letter."""
    for receipt in _receipts(folder / "mail.jsonl"):
        letter, person = _letter(folder / "mails" / f"{receipt['key']}.eml")
        yield Got("email", receipt["key"], letter, person, None, _instant(receipt["at"]))


def _filed(folder: Path) -> Iterator[Got]:
    """Yield the files: one that is written again is the same."""
    for path in sorted(folder.rglob("*.eml")):
        letter, person = _letter(path)
        yield Got("file", path.name, letter, person, None, path.stat().st_mtime)


def _letter(path: Path) -> tuple[str, str]:
    mail = email.message_from_bytes(path.read_bytes(), policy=default)
    address = str(mail["To"] or "").rpartition("<")[2].rstrip(">")
    return str(mail["X-Cuntong-Letter"]), address.partition("@")[0] or str(mail["X-Cuntong-Receiver"])


def _instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
