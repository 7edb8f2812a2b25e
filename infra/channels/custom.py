"""The long tail of channels by a fan-out library: best effort, because all it says is yes or no.

The library connects by itself, so our own check of addresses does not hold for it. Only services whose hosts are fixed
in the library are let in, and others only where the operator named their host.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import apprise

from infra.channels.base import Fate, Manners, TemporaryFailure, UnknownOutcome
from infra.channels.egress import Egress
from rules.text import one_line
from schemas.letter import MadeLetter

SECONDS = 60.0
"""The library waits between calls of one service, by itself."""

FIXED = frozenset(
    {"discord", "gchat", "line", "pover", "pushme", "pushplus", "qq", "schan", "slack", "spugpush", "tgram", "webex"}
    | {"wpush", "wxpusher"}
)
"""Services whose host is fixed in the library. Those that we speak to ourselves are not among them: the library says
yes when DingTalk, WeCom or Feishu refuse."""

NAMED = frozenset(
    {"bark", "barks", "gotify", "gotifys", "mmost", "mmosts", "ntfy", "ntfys", "pushdeer", "pushdeers"}
    | {"rocket", "rockets"}
)
"""Services that an operator runs: their host must be among those allowed by name."""

MOST_UNKNOWN = 10
"""A "no" of the library may be a refusal or an answer lost: unknown, and tried again rather than given up."""


def fault(url: str, egress: Egress) -> str | None:
    """Return the code of the rule that an address of the library breaks; None when it may be used."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "channels.rule.custom"
    if parts.scheme.lower() in NAMED:
        if not egress.is_named(host):
            return "channels.rule.custom_host"
    elif parts.scheme.lower() not in FIXED:
        return "channels.rule.custom"
    return None if _service(url) is not None else "channels.rule.custom"


class CustomChannel:
    """Hands letters to the library, and believes it."""

    def __init__(self, name: str, url: str, manners: Manners) -> None:
        """Take a configured channel; `fault` has let its address pass."""
        self.name = name
        self.manners = manners
        self._url = url

    async def send(self, made: MadeLetter) -> str:
        """Hand one letter over.

        Raises:
            TemporaryFailure: The address is no longer one that the library knows.
            UnknownOutcome: The library says no, and not why; or it did not come back in time.
        """
        service = _service(self._url)
        if service is None:
            raise TemporaryFailure("the address is none that the library knows")
        try:
            async with asyncio.timeout(SECONDS):
                is_taken = await service.async_notify(body=made.short.strip(), title=one_line(made.subject))
        except TimeoutError as failure:
            raise UnknownOutcome(f"no answer within {SECONDS:.0f} seconds") from failure
        if not is_taken:
            raise UnknownOutcome("the library says no, and does not say why")
        return ""

    async def fate(self, key: str) -> Fate:  # noqa: ARG002 - every channel is asked so
        """Return `unknown`: the library cannot ask."""
        return "unknown"

    async def close(self) -> None:
        """Do nothing: the library keeps no connection for us."""


def _service(url: str) -> apprise.Apprise | None:
    asset = apprise.AppriseAsset(http_redirects=False, storage_mode=apprise.PersistentStoreMode.MEMORY)
    service = apprise.Apprise(asset=asset)
    return service if service.add(url) else None
