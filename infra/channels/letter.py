"""A letter as an e-mail: the same letter always gives the same bytes, on every try and every machine."""

from __future__ import annotations

import hashlib
import re
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from infra.channels.base import PermanentFailure
from rules.text import one_line
from schemas.letter import MadeLetter

DOMAIN = "cuntong"
_LONGEST_ADDRESS = 254
_NONE = (ValueError, MessageError, IndexError, LookupError)
"""What Python's email package raises where something is no address, no header or no text."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters that no mail may carry, and some servers refuse one for."""

_FOLDED = re.compile(rb"^(Message-ID|X-Cuntong-Letter):\r\n ", re.MULTILINE)


def message_id(key: str) -> str:
    """Return the Message-ID of a letter: made from its key, so that a repeat can be recognised."""
    return f"<{key}@{DOMAIN}>"


def is_address(text: str) -> bool:
    """Whether mail can be sent to an address: a local part and a domain, and nothing else around them.

    Addresses with letters beyond ASCII are none: they need SMTPUTF8, which few mail servers of the offices offer and
    our channel does not ask for. A domain of that sort can be written in its `xn--` form.
    """
    try:
        parsed = Address(addr_spec=text)
    except _NONE:
        return False
    return text.isascii() and parsed.addr_spec == text and len(text) <= _LONGEST_ADDRESS


def eml(made: MadeLetter, sender: str) -> bytes:
    """Return the e-mail of a letter, as it goes over the wire: plain text, the same as HTML, and the attachments.

    It names its receiver when there is an address that mail can be sent to.

    Raises:
        PermanentFailure: No mail can be made of it, such as a text that no encoding holds.
    """
    try:
        return _eml(made, sender)
    except _NONE as problem:
        raise PermanentFailure(f"no mail can be made of it: {one_line(str(problem))}") from problem


def _eml(made: MadeLetter, sender: str) -> bytes:
    letter = made.letter
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name="村通 Cuntong", addr_spec=sender)
    if is_address(letter.address):
        mail["To"] = Address(display_name=one_line(letter.name), addr_spec=letter.address)
    mail["Subject"] = one_line(made.subject)
    mail["Date"] = format_datetime(letter.created_at)
    mail["Message-ID"] = message_id(letter.key)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Cuntong-Letter"] = one_line(letter.key)
    mail["X-Cuntong-Receiver"] = one_line(letter.person_id)
    mail.set_content(_clean(made.text), charset="utf-8")
    if made.html:
        mail.add_alternative(_clean(made.html), subtype="html", charset="utf-8", cte="base64")
    for attachment in made.attachments:
        main, _, sub = attachment.media_type.partition("/")
        mail.add_attachment(attachment.content, maintype=main, subtype=sub, filename=one_line(attachment.name))
    mail["Content-Language"] = one_line(letter.lang)  # last: what is set before goes to the first part, not the whole
    _bound(mail, made)
    # Keys are longer than what email folds at, and some readers keep the space of a folded id.
    return _FOLDED.sub(rb"\1: ", mail.as_bytes(), count=2)


def _clean(text: str) -> str:
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _bound(mail: EmailMessage, made: MadeLetter) -> None:
    """Give every multipart its boundary: repeatable, and hanging on the text, so that no text can hold its own."""
    whole = f"{made.letter.key}\x00{made.text}\x00{made.html}".encode()
    parts = (part for part in mail.walk() if part.is_multipart())
    for number, part in enumerate(parts):
        digest = hashlib.sha256(whole + b"\0%d" % number).hexdigest()
        part.set_boundary(f"=_{digest[:40]}")
