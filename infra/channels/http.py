"""Posts a letter and reads the answer, or tells honestly that there is none: what every channel over HTTP shares.

What an answer means is told in one place, `judge`; docs/reference/channels.md shows it as a table.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpcore
import httpx

from infra.channels.base import PermanentFailure, TemporaryFailure, UnknownOutcome
from infra.channels.egress import Backend, Egress, Forbidden
from rules.text import one_line

LARGEST_ANSWER = 64 * 1024
LONGEST_WAIT = 6 * 3600.0
"""Longest time for which a receiver may ask to be left alone; a lying one cannot shut a channel for ever."""

_TOLD = 300
_REDIRECTS = range(300, 400)
_GOOD = range(200, 300)
_SHUT = frozenset({401, 402, 403, 404, 405, 406, 407, 410, 415})
"""Refusals of us, not of a letter: the address, the secret, the account or the form is wrong."""

_LATER = frozenset({408, 425, 429, 503})
_CONFLICT = frozenset({409, 423})
_MIDDLEMAN = frozenset({502, 504, 520, 521, 522, 523, 524})
"""Answers of somebody in between who got none himself; those beyond 511 are Cloudflare's."""

_TOO_MANY = 500

logging.getLogger("httpx").setLevel(
    logging.WARNING
)  # at INFO it tells whole addresses, and robots have their token there


@dataclass(frozen=True)
class Times:
    """Time limits in seconds.

    Attributes:
        connect: For the name, the connection and TLS.
        read: Longest silence of the other side.
        whole: For everything.
    """

    connect: float = 5.0
    read: float = 15.0
    whole: float = 20.0


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: HTTP status.
        headers: Headers by name in lower case.
        body: Content; None when it was too long, broken off or compressed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes | None

    @property
    def data(self) -> dict[str, Any] | None:
        """Content as a JSON object; None when it is none."""
        try:
            found = json.loads(self.body) if self.body else None
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    @property
    def told(self) -> str:
        """Status and beginning of the content, in one line."""
        said = (self.body or b"").decode("utf-8", "replace")[:_TOLD]
        return one_line(f"{self.status} {said}")


class Wire:
    """One client for one channel: no redirects, no proxies of the environment, no cookies kept, limits on all."""

    def __init__(self, egress: Egress, *, times: Times | None = None, is_kept: bool = False) -> None:
        """Take the rules.

        Args:
            egress: Where letters may go.
            times: Time limits.
            is_kept: Whether connections are used again. Saves time where repeats are folded; elsewhere a connection
                that the other side closes just then would make an outcome unknown for nothing.
        """
        self._egress = egress
        self._times = times or Times()
        self._kept = 2 if is_kept else 0
        self._client: httpx.AsyncClient | None = None

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a content and return the answer.

        Raises:
            TemporaryFailure: Nothing of it left the house.
            UnknownOutcome: It left, and no status came back.
        """
        return await self._ask("POST", url, content, headers)

    async def get(self, url: str) -> Answer:
        """Ask for a page that changes nothing.

        Raises:
            TemporaryFailure: There was no answer.
        """
        try:
            return await self._ask("GET", url, b"", {})
        except UnknownOutcome as failure:
            raise TemporaryFailure(str(failure)) from failure

    async def close(self) -> None:
        """Close what is open."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _ask(self, method: str, url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        if code := self._egress.fault(url):
            raise TemporaryFailure(f"the address is not allowed: {code}")
        left: list[str] = []

        async def watch(event: str, _info: Mapping[str, object]) -> None:
            if event.endswith(("send_request_headers.started", "send_connect.started")):
                left.append(event)

        request = self._opened().build_request(
            method, url, content=content, headers=dict(headers), extensions={"trace": watch, "timeout": self._limits()}
        )
        try:
            async with asyncio.timeout(self._times.whole):
                answer = await self._opened().send(request, stream=True)
        except Forbidden as refused:
            raise TemporaryFailure(str(refused)) from refused
        except (httpx.HTTPError, httpcore.ProtocolError, OSError, TimeoutError) as failure:
            if left:
                raise UnknownOutcome(_shown(failure)) from failure
            raise TemporaryFailure(_shown(failure)) from failure
        return Answer(answer.status_code, answer.headers, await self._body(answer))

    async def _body(self, answer: httpx.Response) -> bytes | None:
        """Return the content as it came; None when it was not all there within our limits."""
        content = bytearray()
        try:
            async with asyncio.timeout(self._times.read):
                async for part in answer.aiter_raw():
                    content += part
                    if len(content) > LARGEST_ANSWER:
                        return None
        except (httpx.HTTPError, httpx.StreamError, OSError, TimeoutError):
            return None
        finally:
            await answer.aclose()
        is_plain = answer.headers.get("content-encoding", "identity") == "identity"
        return bytes(content) if is_plain else None

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=_Transport(self._egress, self._kept),
                trust_env=False,
                follow_redirects=False,
                headers={"User-Agent": "Cuntong", "Accept": "application/json", "Accept-Encoding": "identity"},
            )
        self._client.cookies.clear()
        return self._client

    def _limits(self) -> dict[str, float]:
        times = self._times
        return {"connect": times.connect, "read": times.read, "write": times.read, "pool": times.connect}


class _Transport(httpx.AsyncHTTPTransport):
    """The usual transport over our own way of connecting, for which httpx has no argument."""

    def __init__(self, egress: Egress, kept: int) -> None:
        tls = _tls()
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=10,
            max_keepalive_connections=kept,
            keepalive_expiry=30.0,
            network_backend=Backend(egress),
        )


@cache
def _tls() -> ssl.SSLContext:
    """Return whom we trust, read once: a channel that is idle is closed, and opened again for the next letter."""
    tls = httpx.create_ssl_context(trust_env=False)
    tls.load_default_certs()  # besides the public ones, those that this machine's operator trusts
    return tls


def judge(answer: Answer, now: datetime) -> None:
    """Return when a status says that the receiver has taken the letter.

    Raises:
        TemporaryFailure: It has not, and a later try may help.
        PermanentFailure: It has not, and never will.
        UnknownOutcome: Nobody can tell.
    """
    status, told = answer.status, answer.told
    if status in _GOOD:
        return
    if status in _REDIRECTS:
        raise TemporaryFailure(f"{status}: the receiver sends us elsewhere, and redirects are not followed")
    if status in _SHUT or status in _LATER:
        raise TemporaryFailure(told, retry_after=retry_after(answer.headers, now))
    if status in _CONFLICT:
        raise TemporaryFailure(told, is_channel_down=False, retry_after=retry_after(answer.headers, now))
    if status in _MIDDLEMAN or status < min(_GOOD):
        raise UnknownOutcome(told)
    if status >= _TOO_MANY:
        raise TemporaryFailure(told, retry_after=retry_after(answer.headers, now))
    raise PermanentFailure(told)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds a receiver asks to be left alone (RFC 9110, 10.2.3); None when it does not say.

    A date is measured from the receiver's own `Date`, so that its clock may be wrong.
    """
    asked = headers.get("retry-after", "").strip()
    try:
        seconds = float(asked) if asked.isascii() and asked.isdigit() else _until(asked, headers.get("date"), now)
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else LONGEST_WAIT


def _until(asked: str, date: str | None, now: datetime) -> float:
    until = _moment(asked)
    try:
        since = _moment(date) if date else now
    except ValueError:
        since = now
    return (until - since).total_seconds()


def _moment(text: str) -> datetime:
    found = parsedate_to_datetime(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _shown(failure: BaseException) -> str:
    """Return how an answer was lost, in one line and without the address, which may hold a token."""
    return one_line(f"{type(failure).__name__}: {failure}").removesuffix(":")
