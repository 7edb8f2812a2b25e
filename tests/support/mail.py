"""A mail server on loopback that does as a test tells it."""

from __future__ import annotations

import asyncio
import email
import socket
from email.message import EmailMessage
from email.policy import default
from typing import Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Mood = Literal["accept", "refuse", "later", "break", "hang"]


class MailServer:
    """Keeps what it accepts, in order.

    Attributes:
        mails: Mails that were taken, also those whose answer was then lost.
        mood: What it does with a text: accept it, refuse it for good, ask to come back, take it and break the
            connection, or take it and never answer.
        refused: Receivers it does not know.
        connections: How many connections there were.
    """

    def __init__(self) -> None:
        """Reserve a port; nobody listens there yet."""
        self.mails: list[EmailMessage] = []
        self.mood: Mood = "accept"
        self.refused: set[str] = set()
        self.connections = 0
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = int(probe.getsockname()[1])
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """URL for the settings."""
        return f"smtp://127.0.0.1:{self._port}"

    @property
    def ids(self) -> list[str]:
        """Message-IDs in order of arrival."""
        return [str(mail["Message-ID"]) for mail in self.mails]

    def start(self) -> None:
        """Begin to listen."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        if self._controller:
            self._controller.stop()
        self._controller = None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count the connection."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept the receivers we know."""
        if address in self.refused:
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        """Do with a text as the mood is."""
        if self.mood == "refuse":
            return "554 5.7.1 not wanted"
        if self.mood == "later":
            return "451 4.3.0 come back later"
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        self.mails.append(email.message_from_bytes(content, policy=default))
        if self.mood == "break":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        if self.mood == "hang":
            await asyncio.sleep(60)
        return "250 taken"
