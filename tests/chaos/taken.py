"""What the sinks have taken, from their own receipts, bodies and files: the records are not asked."""

from __future__ import annotations

import email
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from email.message import Message
from email.policy import default
from pathlib import Path

from tests.chaos.script import Person
from tests.chaos.verdict import Got, Told


def everything(folder: Path, data: Path, people: Mapping[str, Person]) -> list[Got]:
    """Return what all sinks have taken.

    Args:
        folder: With the folders of the gateways.
        data: Data folder of the installation, where files are handed over.
        people: Whose addresses these are.
    """
    owners = {person.address: person.key for person in people.values()}
    found = [*_posted(folder / "hook"), *_posted(folder / "sms"), *_mailed(folder / "hook")]
    named = [replace(got, person=owners.get(got.person, got.person)) for got in found]
    return [*named, *_filed(data / "messages")]


def _receipts(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            yield json.loads(line)


def _posted(folder: Path) -> Iterator[Got]:
    """Yield what a gateway took: it folds by the key of the request; who and what stands in the body."""
    for receipt in _receipts(folder / "http.jsonl"):
        body = json.loads((folder / "bodies" / receipt["digest"]).read_bytes())
        at = datetime.fromisoformat(receipt["at"]).timestamp()
        if "data" in body:
            data = body["data"]
            notices = tuple(_told(notice) for notice in data["notices"])
            yield Got(receipt["channel"], receipt["key"], data["key"], data["address"], notices, at)
        else:
            yield Got(receipt["channel"], receipt["key"], body["key"], body["to"], None, at)


def _told(notice: Mapping[str, str]) -> Told:
    due_at = datetime.fromisoformat(notice["due_at"]).timestamp()
    return Told(notice["key"], notice["project_id"], notice["stage"], notice["rung"], due_at)


def _mailed(folder: Path) -> Iterator[Got]:
    """Yield what the mail server took: nobody folds it; a mailbox tells the receiver, a header the letter."""
    for receipt in _receipts(folder / "mail.jsonl"):
        mail = _mail(folder / "mails" / f"{receipt['key']}.eml")
        address = str(mail["To"]).rpartition("<")[2].rstrip(">")
        at = datetime.fromisoformat(receipt["at"]).timestamp()
        yield Got("email", receipt["key"], str(mail["X-Cuntong-Letter"]), address, None, at)


def _filed(folder: Path) -> Iterator[Got]:
    """Yield the files, in a folder a person: one that is written again is the same."""
    for path in sorted(folder.rglob("*.eml")):
        yield Got("file", path.name, str(_mail(path)["X-Cuntong-Letter"]), path.parent.name, None, path.stat().st_mtime)


def _mail(path: Path) -> Message:
    return email.message_from_bytes(path.read_bytes(), policy=default)
