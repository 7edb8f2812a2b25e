"""Reads a mail that came back (RFC 3464): which letter it is about, and whether its receiver can be reached.

What is read was written by strangers: nothing in it is trusted but the Message-ID of our own letter, which must be the
key of one. Nothing here raises on any bytes but the one refusal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from rules.text import one_line
from schemas.reason import ErrorKind, Refusal
from schemas.receipt import LetterEvent, ReceiptKind

LARGEST_MAIL = 10 * 1024 * 1024
LONGEST_DETAIL = 500
_MOST_PARTS = 100
_OURS = re.compile(r"<([0-9a-f]{64})@cuntong>")
_KINDS: dict[str, ReceiptKind] = {"failed": "bounced", "delivered": "delivered", "expanded": "delivered"}
"""Actions that tell something for good; `delayed` and `relayed` do not."""

_ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers")


@dataclass(frozen=True)
class Bounce:
    """What a report says of one letter.

    Attributes:
        event: What happened; None when it says nothing for good.
        letter: Key of the letter.
        event_id: Name of the report: told twice, it is the same.
        action: The action in the report's own word.
    """

    event: LetterEvent | None
    letter: str
    event_id: str
    action: str


def read_bounce(raw: bytes) -> Bounce:
    """Return what a delivery status notification says.

    Raises:
        Refusal: `bounce.too_large`; `bounce.not_ours`: it is none, or not about a letter of ours.
    """
    if len(raw) > LARGEST_MAIL:
        raise Refusal("bounce.too_large", ErrorKind.INVALID, most=LARGEST_MAIL // 1024 // 1024)
    try:
        mail = BytesParser(policy=compat32).parsebytes(raw)
        parts = [part for part, _ in zip(_walk(mail), range(_MOST_PARTS), strict=False)]
        letter, fields = _letter(parts), _fields(parts)
        name = str(mail.get("Message-ID", "")).strip()
    except Exception as error:  # the email package raises many things on hostile input, and all mean the same
        raise Refusal("bounce.not_ours", ErrorKind.INVALID) from error
    action = fields.get("action", "").strip().lower()
    if not letter or not action:
        raise Refusal("bounce.not_ours", ErrorKind.INVALID)
    status, said = fields.get("status", ""), fields.get("diagnostic-code", "")
    detail = one_line(f"{status} {said}")[:LONGEST_DETAIL]
    named = f"{name}|{letter}|{action}" if name else hashlib.sha256(raw).hexdigest()
    kind = _KINDS.get(action)
    event = LetterEvent(letter=letter, kind=kind, detail=detail) if kind else None
    return Bounce(event, letter, hashlib.sha256(named.encode(errors="replace")).hexdigest(), one_line(action)[:40])


def _walk(mail: Message) -> Iterator[Message]:
    """Yield the parts of a mail, the outer ones first, without going deeper than it is wide."""
    waiting = [mail]
    while waiting:
        part = waiting.pop(0)
        yield part
        content = part.get_payload()
        if isinstance(content, list):
            waiting += [one for one in content if isinstance(one, Message)]


def _letter(parts: list[Message]) -> str:
    """Return the key of the letter whose headers were sent back; empty when there is none of ours."""
    for part in parts:
        kind = part.get_content_type()
        text = str(part.get_payload()) if kind in _ORIGINALS and not part.is_multipart() else ""
        own = str(part.get("Message-ID", "")) if part is not parts[0] else ""
        head = re.search(r"^Message-ID:\s*(\S+)", text, re.MULTILINE | re.IGNORECASE)
        if found := _OURS.fullmatch(own.strip()) or (head and _OURS.fullmatch(head[1])):
            return found[1]
    return ""


def _fields(parts: list[Message]) -> dict[str, str]:
    """Return the fields of the first receiver in the report; that of a letter has only one."""
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            for group in groups if isinstance(groups, list) else []:
                if isinstance(group, Message) and group.get("Action"):
                    return {key.lower(): str(value) for key, value in group.items()}
    return {}
