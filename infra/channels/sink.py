"""A mail server on loopback that keeps what it is given: for demonstrations and for trying things out."""

from __future__ import annotations

import email
import socket
from email.message import Message as Mail
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailSink:
    """Accepts every mail, keeps it as a file, and remembers the order of their ids.

    Attributes:
        received: Message-ID and receivers of each mail, in order of arrival; a mail sent twice is here twice.
    """

    def __init__(self, folder: Path, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Keep mails in `folder`; port 0 takes a free one."""
        self.received: list[tuple[str, tuple[str, ...]]] = []
        self._folder = folder
        self._controller = Controller(self, hostname=host, port=port or _free_port(host))

    @property
    def url(self) -> str:
        """URL for the settings."""
        return f"smtp://{self._controller.hostname}:{self._controller.port}"

    def start(self) -> None:
        """Begin to listen."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        mail: Mail = email.message_from_bytes(content, policy=default)
        self.received.append((str(mail["Message-ID"]), tuple(envelope.rcpt_tos)))
        name = f"{len(self.received):06d}.eml"
        (self._folder / name).write_bytes(content)
        return "250 kept"


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as listener:
        return int(listener.getsockname()[1])
