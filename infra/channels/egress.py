"""Where letters may go over HTTP: to public addresses by TLS, and elsewhere only where the operator allowed the host.

A name is resolved here and nowhere else, every address it has is checked, and the connection goes to one of these very
addresses: a name that answers differently the second time gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpcore
import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
Option = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

MOST_ADDRESSES = 3
"""So many addresses of a name are tried."""

_PUBLIC_6 = ipaddress.ip_network("2000::/3")
_SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # relays of 6to4, retired (RFC 7526)
        "2001::/23",  # protocol assignments, Teredo among them: they carry IPv4 addresses
        "2002::/16",  # 6to4: the same
    )
)
_LEAVE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7", "::1/128")
)
"""What a host may have that is allowed by name: private, carrier-grade NAT, loopback. Nothing gives leave for
others, such as link-local addresses, where clouds keep the secrets of a machine."""

_NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
"""What ends in a number is read as an IPv4 address, also `2130706433` and `0x7f.1` (WHATWG URL, "ends in a number")."""


class Forbidden(Exception):  # noqa: N818 - an answer, not a bug
    """A host that letters may not go to, told with the address it has."""


class Egress:
    """The operator's rules about where letters may go."""

    def __init__(
        self, allow_private: Iterable[str] = (), allow_plain: Iterable[str] = (), resolve: Resolver | None = None
    ) -> None:
        """Take the rules.

        Args:
            allow_private: Hosts that may have private or loopback addresses.
            allow_plain: Hosts that may be spoken to without TLS.
            resolve: Turns a name into addresses; None for the machine's own way.
        """
        self._private = {_normal(host) for host in allow_private}
        self._plain = {_normal(host) for host in allow_plain}
        self._resolve = resolve or _system

    def fault(self, url: str) -> str | None:
        """Return the code of the rule that an address breaks as it is written; None when it may be tried."""
        parsed = _parsed(url)
        if parsed is None:
            return "channels.rule.url"
        host = _normal(parsed.raw_host.decode("ascii"))
        address = literal(host)
        broken = {
            "channels.rule.userinfo": bool(parsed.userinfo),
            "channels.rule.host": address is None and (not _NAME.fullmatch(host) or bool(_NUMBER.fullmatch(host))),
            "channels.rule.private": address is not None and not self._is_allowed(host, address),
            "channels.rule.plain": parsed.scheme == "http" and not self.is_plain_allowed(host),
        }
        return next((code for code, is_broken in broken.items() if is_broken), None)

    def is_named(self, host: str) -> bool:
        """Whether the operator allowed a host by name, whatever its addresses."""
        return _normal(host) in self._private

    def is_plain_allowed(self, host: str) -> bool:
        """Whether a host may be spoken to without TLS: it is named for that, or it is this machine and allowed."""
        host = _normal(host)
        address = literal(host)
        is_here = host == "localhost" or (address is not None and address.is_loopback)
        return host in self._plain or (is_here and host in self._private)

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host, each of them checked.

        Raises:
            Forbidden: One of them is not to be reached.
            OSError: The name has none.
        """
        host = _normal(host)
        here = literal(host)
        found = [str(here)] if here is not None else list(await self._resolve(host, port))
        if not found:
            raise OSError(f"no address of {host}")
        for text in found:
            address = literal(text)
            if address is None or not self._is_allowed(host, address):
                raise Forbidden(f"{host} has the address {text}, which letters may not go to")
        return found[:MOST_ADDRESSES]

    def _is_allowed(self, host: str, address: Address) -> bool:
        if is_public(address):
            return True
        return host in self._private and any(address in network for network in _LEAVE)


class Backend(httpcore.AsyncNetworkBackend):
    """Connects to checked addresses only; the name still counts for TLS."""

    def __init__(self, egress: Egress) -> None:
        """Take the rules."""
        self._egress = egress
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Option] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of the host that answers.

        Raises:
            Forbidden: The host is not to be reached.
            httpcore.ConnectError: It has no address, or none answers.
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._egress.addresses(host, port)
        except TimeoutError as failure:
            raise httpcore.ConnectTimeout("its name was not resolved in time") from failure
        except OSError as failure:
            raise httpcore.ConnectError(str(failure)) from failure
        options = list(socket_options or ())
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's
        socket_options: Iterable[Option] | None = None,  # noqa: ARG002 - the same
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no letter goes to a socket of this machine.

        Raises:
            Forbidden: Always.
        """
        raise Forbidden(f"{path} is no host")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, and hides no other one."""
    if address.version == 6 and address not in _PUBLIC_6:  # noqa: PLR2004 - mapped, NAT64, link-local, multicast, ...
        return False
    is_special = any(address in network for network in _SPECIAL if network.version == address.version)
    return address.is_global and not (address.is_multicast or address.is_reserved or is_special)


def literal(host: str) -> Address | None:
    """Return the address that a host is written as in the usual way; None for names, and for unusual ways."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _parsed(url: str) -> httpx.URL | None:
    """Return an address of the web in its parts; None where it is none."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return None
    is_port = parsed.port is None or 0 < parsed.port <= 65535  # noqa: PLR2004 - TCP
    is_web = parsed.scheme in {"http", "https"} and bool(parsed.raw_host) and "\\" not in url
    return parsed if is_web and is_port else None


def _normal(host: str) -> str:
    return host.strip().strip("[]").lower().removesuffix(".")


async def _system(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
