"""The mail channel: SMTP, one connection for a batch, and an honest answer when none came."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused, SMTPResponseException

from infra.channels.base import PermanentFailure, TemporaryFailure, UnknownOutcome
from infra.channels.letter import eml
from schemas.delivery import OutboxMessage

T = TypeVar("T")

SECONDS = 20.0
"""Time for the greeting and envelope, and again for the text."""

MAILS_A_CONNECTION = 100
"""Many servers hang up after so many; better to say good-bye first."""

GOODBYE_SECONDS = 2.0
"""Time for a good-bye, which is a courtesy only."""

_PERMANENT = 500


class SmtpChannel:
    """Hands messages to a mail server."""

    name = "email"

    def __init__(self, url: str, sender: str, *, seconds: float = SECONDS) -> None:
        """Take the mail server.

        Args:
            url: `smtp://[user:password@]host[:port]`, or `smtps://` for TLS from the first byte. With `smtp://` TLS
                is begun when the server offers it.
            sender: Address that mails come from.
            seconds: Time limit for each half of a hand-over.

        Raises:
            ValueError: The URL is none of a mail server.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError(f"not the URL of a mail server: {parts.scheme}://{parts.hostname}")
        self._secure = parts.scheme == "smtps"
        self._host, self._port = parts.hostname, parts.port
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._sender = sender
        self._seconds = seconds
        self._client: SMTP | None = None
        self._sent = 0

    async def send(self, message: OutboxMessage) -> None:
        """Hand one message over.

        Raises:
            TemporaryFailure: The server is away, or asked to come back later.
            PermanentFailure: The server refused this receiver or this text, or the address is none.
            UnknownOutcome: The connection broke between the text and the answer.
        """
        if not message.address:
            raise PermanentFailure("the receiver has no mail address")
        try:
            content = eml(message, self._sender)
        except (ValueError, UnicodeError) as problem:
            raise PermanentFailure(f"no mail can be made of it: {problem}") from problem
        if self._sent >= MAILS_A_CONNECTION:
            await self.close()
        client = await self._envelope(message.address)
        await self._text(client, content)

    async def close(self) -> None:
        """Say good-bye to the mail server."""
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
            await self.close()
            if refused.code >= _PERMANENT:
                raise PermanentFailure(_shown(refused)) from refused
            raise TemporaryFailure(_shown(refused), is_channel_down=False) from refused
        except (SMTPException, OSError, TimeoutError) as failure:
            self._drop()
            raise TemporaryFailure(_shown(failure)) from failure

    async def _text(self, client: SMTP, content: bytes) -> None:
        try:
            await self._within(client.data(content))
        except SMTPResponseException as refused:
            await self.close()
            if refused.code >= _PERMANENT:
                raise PermanentFailure(_shown(refused)) from refused
            raise TemporaryFailure(_shown(refused)) from refused
        except (SMTPException, OSError, TimeoutError) as failure:
            self._drop()
            raise UnknownOutcome(_shown(failure)) from failure

    async def _greet_and_name(self, address: str) -> SMTP:
        client = self._client or await self._connected()
        self._sent += 1
        await client.mail(self._sender)
        await client.rcpt(address)
        return client

    async def _connected(self) -> SMTP:
        client = SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._secure,
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


def _shown(failure: BaseException) -> str:
    """Return what the server said, or how it was lost, in one line."""
    if isinstance(failure, SMTPResponseException):
        return f"{failure.code} {failure.message}".replace("\n", " ").strip()
    return f"{type(failure).__name__}: {failure}".replace("\n", " ").strip().removesuffix(":")
