"""A mail server on loopback that behaves well or badly as it is told, and writes down what it took."""

from __future__ import annotations

import asyncio
import email
import hashlib
import re
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port
from tests.support.receipts import Receipts

MODES = ("ok", "451", "550", "hang", "drop")
"""ok: take it; 451: ask to come back, not taken; 550: refuse its receiver, not taken; hang: taken, never answered;
drop: taken, connection closed without an answer."""

_KEY = re.compile(r"<([0-9a-f]+)@")


class MailGateway:
    """A mail server in a thread of its own.

    Attributes:
        mode: How it behaves with every receiver.
        moods: How it behaves with single receivers, by address; before `mode`.
        receipts: What it took, `email` as the channel, and the key as told by the Message-ID.
        folder: Where the mails themselves are kept, as KEY.eml.
    """

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        """Open the receipts; nobody listens yet."""
        self.mode = "ok"
        self.moods: dict[str, str] = {}
        self.folder = folder / "mails"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.receipts = Receipts(folder / "mail.jsonl")
        self._controller = Controller(self, hostname="127.0.0.1", port=port or free_port())

    @property
    def url(self) -> str:
        """URL for the settings."""
        return f"smtp://127.0.0.1:{self._controller.port}"

    def start(self) -> None:
        """Begin to listen."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()
        self.receipts.close()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse a receiver, or take it."""
        if self._mode(address) == "550":
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        """Take a mail, or do what else the mode says."""
        mode = self._mode(envelope.rcpt_tos[0])
        if mode == "451":
            return "451 4.3.0 come back later"
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        found = _KEY.search(str(email.message_from_bytes(content, policy=default)["Message-ID"]))
        key = found[1] if found else ""
        (self.folder / f"{key}.eml").write_bytes(content)
        self.receipts.add(key, "email", mode, hashlib.sha256(content).hexdigest())
        if mode == "drop":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        if mode == "hang":
            await asyncio.sleep(3600)
        return "250 taken"

    def _mode(self, address: str) -> str:
        return self.moods.get(address, self.mode)
