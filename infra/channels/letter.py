"""A message of the outbox as an e-mail: the same message always gives the same bytes."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from rules.letter import compose
from schemas.delivery import OutboxMessage

DOMAIN = "cuntong"


def message_id(key: str) -> str:
    """Return the Message-ID of a message: made from its key, so that a repeat can be recognised."""
    return f"<{key}@{DOMAIN}>"


def eml(message: OutboxMessage, sender: str) -> bytes:
    """Return the e-mail of a message, as it goes over the wire.

    Raises:
        ValueError: Sender or receiver have no valid address.
    """
    letter = compose(message)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name="村通 Cuntong", addr_spec=sender)
    if message.address:
        mail["To"] = Address(display_name=message.name, addr_spec=message.address)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message_id(message.key)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.lang
    mail["X-Cuntong-Project"] = message.project_id
    mail["X-Cuntong-Receiver"] = message.person_id
    mail.set_content(letter.text, charset="utf-8")
    # The id is longer than what email folds at, and some readers keep the space of a folded id.
    return mail.as_bytes().replace(b"Message-ID:\r\n <", b"Message-ID: <", 1)
