"""A message of the outbox as an e-mail: the same message always gives the same bytes."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from infra.channels.base import PermanentFailure
from rules.letter import compose, one_line
from schemas.delivery import OutboxMessage

DOMAIN = "cuntong"
_LONGEST_ADDRESS = 254
_NONE = (ValueError, MessageError, IndexError)
"""What Python's email package raises where something is no address or no header."""


def message_id(key: str) -> str:
    """Return the Message-ID of a message: made from its key, so that a repeat can be recognised."""
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


def eml(message: OutboxMessage, sender: str) -> bytes:
    """Return the e-mail of a message, as it goes over the wire.

    Raises:
        PermanentFailure: No mail can be made of it: the receiver's address is none.
    """
    try:
        return _eml(message, sender)
    except _NONE as problem:
        raise PermanentFailure(f"no mail can be made of it: {one_line(str(problem))}") from problem


def _eml(message: OutboxMessage, sender: str) -> bytes:
    letter = compose(message)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name="村通 Cuntong", addr_spec=sender)
    if message.address:
        mail["To"] = Address(display_name=one_line(message.name), addr_spec=message.address)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message_id(message.key)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.lang
    mail["X-Cuntong-Project"] = one_line(message.project_id)
    mail["X-Cuntong-Receiver"] = one_line(message.person_id)
    mail.set_content(letter.text, charset="utf-8")
    # The id is longer than what email folds at, and some readers keep the space of a folded id.
    return mail.as_bytes().replace(b"Message-ID:\r\n <", b"Message-ID: <", 1)
