"""The mail channel: SMTP, one connection for a batch, and an honest answer when none came."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable
from contextlib import suppress
from typing import Literal, NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused, SMTPResponseException

from infra.channels.base import Fate, Manners, PermanentFailure, TemporaryFailure, UnknownOutcome
from infra.channels.letter import eml, is_address
from rules.text import one_line
from schemas.letter import MadeLetter

T = TypeVar("T")
Tls = Literal["auto", "required", "opportunistic", "off"]

SECONDS = 20.0
"""Time for the greeting and envelope, and again for the text."""

MAILS_A_CONNECTION = 100
"""Many servers hang up after so many; better to say good-bye first."""

MOST_UNKNOWN = 5
"""Further tries after one whose answer was lost. More than other channels without keys get: a repeat has the same
Message-ID and the same bytes, which mailboxes fold, and a server that dies a few times over one mail is an ordinary bad
day. Whatever comes twice is one of the tries on record as unknown."""

GOODBYE_SECONDS = 2.0
"""Time for a good-bye, which is a courtesy only."""

_PERMANENT = 500
_SERVER_ITSELF = (421, 452)
"""Answers to a receiver that speak of the server: it is closing, or its disk is full."""


class MailServer(NamedTuple):
    """Where mail goes.

    Attributes:
        host: Name or address.
        port: Port; None for the usual one.
        user: Name to log in with; None without.
        password: Password; None without.
        is_tls_first: Whether TLS comes from the first byte.
    """

    host: str
    port: int | None
    user: str | None
    password: str | None
    is_tls_first: bool

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine, where nobody listens in between."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def mail_server(url: str) -> MailServer:
    """Return what `smtp://[user:password@]host[:port]` or `smtps://` tells.

    Raises:
        ValueError: The URL is none of a mail server. The error shows no part of it: whatever was misread may belong
            to the password.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_NO_SERVER) from None
    if parts.scheme not in {"smtp", "smtps"} or not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(_NO_SERVER)
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return MailServer(host, port, user, password, parts.scheme == "smtps")


_NO_SERVER = "not the URL of a mail server"
_NO_ADDRESS = "no address for mail: {}"


class SmtpChannel:
    """Hands letters to a mail server, one at a time: two senders never share half a conversation."""

    name = "email"
    manners = Manners(most_unknown=MOST_UNKNOWN, is_keyed=False)

    def __init__(self, url: str, sender: str, *, tls: Tls = "auto", seconds: float = SECONDS) -> None:
        """Take the mail server.

        Args:
            url: `smtp://[user:password@]host[:port]`, or `smtps://` for TLS from the first byte.
            sender: Address that mails come from.
            tls: With `smtp://`: begin TLS always (`required`), when the server offers it (`opportunistic`) or never
                (`off`). `auto` never sends a password in the clear to another machine: then TLS is required.
            seconds: Time limit for each half of a hand-over.

        Raises:
            ValueError: The URL is none of a mail server.
        """
        self._server = mail_server(url)
        if tls == "auto":
            tls = "required" if self._server.user and not self._server.is_loopback else "opportunistic"
        self.start_tls = False if self._server.is_tls_first else _START_TLS[tls]
        self._sender = sender
        self._seconds = seconds
        self._client: SMTP | None = None
        self._sent = 0
        self._lock = asyncio.Lock()

    async def send(self, made: MadeLetter) -> str:
        """Hand one letter over.

        Returns:
            What the server said when it took it; most name their own id for it there.

        Raises:
            TemporaryFailure: The server is away, or asked to come back later.
            PermanentFailure: The server refused this receiver or this text, or the address is none.
            UnknownOutcome: The connection broke between the text and the answer.
        """
        address = made.letter.address
        if not is_address(address):
            raise PermanentFailure(_NO_ADDRESS.format(one_line(address)) if address else "the receiver has no address")
        content = eml(made, self._sender)
        async with self._lock:
            if self._sent >= MAILS_A_CONNECTION:
                await self._say_goodbye()
            client = await self._envelope(address)
            return await self._text(client, content)

    async def fate(self, key: str) -> Fate:  # noqa: ARG002 - every channel is asked so
        """Return `unknown`: a mail server does not tell what became of a mail."""
        return "unknown"

    async def close(self) -> None:
        """Say good-bye to the mail server."""
        async with self._lock:
            await self._say_goodbye()

    async def _say_goodbye(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await client.quit()
        client.close()

    async def _envelope(self, address: str) -> SMTP:
        """Return a connection on which the receiver was accepted."""
        try:
            return await self._within(self._greet_and_name(address))
        except SMTPRecipientRefused as refused:
            await self._say_goodbye()
            if refused.code >= _PERMANENT:
                raise PermanentFailure(_shown(refused)) from refused
            raise TemporaryFailure(_shown(refused), is_channel_down=refused.code in _SERVER_ITSELF) from refused
        except (SMTPException, OSError, TimeoutError) as failure:
            self._drop()
            raise TemporaryFailure(_shown(failure)) from failure

    async def _text(self, client: SMTP, content: bytes) -> str:
        try:
            answer = await self._within(client.data(content))
        except SMTPResponseException as refused:
            await self._say_goodbye()
            if refused.code >= _PERMANENT:
                raise PermanentFailure(_shown(refused)) from refused
            raise TemporaryFailure(_shown(refused)) from refused
        except (SMTPException, OSError, TimeoutError) as failure:
            self._drop()
            raise UnknownOutcome(_shown(failure)) from failure
        return one_line(answer.message)

    async def _greet_and_name(self, address: str) -> SMTP:
        client = self._client or await self._connected()
        self._sent += 1
        await client.mail(self._sender)
        await client.rcpt(address)
        return client

    async def _connected(self) -> SMTP:
        client = SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.user,
            password=self._server.password,
            use_tls=self._server.is_tls_first,
            start_tls=self.start_tls,
            timeout=self._seconds,
        )
        self._client, self._sent = client, 0
        await client.connect()
        return client

    async def _within(self, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._seconds):
                return await work
        except asyncio.CancelledError:
            self._drop()  # half a conversation cannot be gone on with
            raise

    def _drop(self) -> None:
        """Forget a connection that cannot be trusted any more."""
        client, self._client = self._client, None
        if client is not None:
            client.close()


_START_TLS: dict[str, bool | None] = {"required": True, "opportunistic": None, "off": False}


def _shown(failure: BaseException) -> str:
    """Return what the server said, or how it was lost, in one line."""
    if isinstance(failure, SMTPResponseException):
        return f"{failure.code} {failure.message}".replace("\n", " ").strip()
    return f"{type(failure).__name__}: {failure}".replace("\n", " ").strip().removesuffix(":")
