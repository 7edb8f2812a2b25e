"""Letters go to public addresses and to hosts the operator named; a canary on loopback hears nothing of the rest."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import httpcore
import pytest

from infra.channels import custom
from infra.channels.base import TemporaryFailure
from infra.channels.config import read_channels
from infra.channels.egress import Backend, Egress, Forbidden, is_public, literal
from infra.channels.http import Times, Wire
from schemas.reason import Refusal
from tests.support.gateway import Gateway
from tests.support.made import MADE

TIMES = Times(connect=1.0, read=1.0, whole=2.0)
PUBLIC = "93.184.216.34"


class Canary:
    """Listens on loopback and counts who comes.

    Attributes:
        hits: How many connections there were.
    """

    def __init__(self) -> None:
        self.hits = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.hits += 1
                connection.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def canary() -> Iterator[Canary]:
    one = Canary()
    yield one
    one.close()


def names(host: str) -> Sequence[str]:
    """Return what a hostile name server says: whatever is asked, it is this machine, in ever another disguise."""
    disguises = {
        "mapped.example": ["::ffff:127.0.0.1"],
        "compatible.example": ["::127.0.0.1"],
        "six.example": ["::1"],
        "mixed.example": [PUBLIC, "127.0.0.1"],
        "mixed6.example": ["2606:2800:220:1::1", "::1"],
        "cloud.example": ["169.254.169.254"],
        "scope.example": ["fe80::1%lo"],
        "nat64.example": ["64:ff9b::7f00:1"],
        "sixtofour.example": ["2002:7f00:1::1"],
        "teredo.example": ["2001:0:7f00:1::1"],
        "any.example": ["0.0.0.0"],  # noqa: S104 - an answer, nobody listens there
        "any6.example": ["::"],
        "none.example": [],
        "nonsense.example": ["not an address"],
    }
    return disguises.get(host, ["127.0.0.1"])


async def hostile(host: str, _port: int) -> Sequence[str]:
    return names(host)


HOSTS = [
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0"),
    *("127.0.0.1.", "127.000.000.001", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),  # noqa: S104
    *("[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[fe80::1]"),
    *("[fe80::1%25lo]", "[fc00::1]", "[ff02::1]", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "169.254.0.1", "198.18.0.1", "192.0.0.1", "192.88.99.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "localhost", "localhost.", "LOCALHOST", "a.localhost", "127.0.0.1.nip.io", "rebind.example"),
    *("mapped.example", "compatible.example", "six.example", "mixed.example", "mixed6.example", "cloud.example"),
    *("scope.example", "nat64.example", "sixtofour.example", "teredo.example", "any.example", "any6.example"),
    *("none.example", "nonsense.example", "xn--lcalhost-n4a.example", "１２７.0.0.1", "127。0。0。1", "ⓛocalhost"),
    *("user@127.0.0.1", "good.example@127.0.0.1", "good.example%40127.0.0.1", "127.0.0.1%2f.good.example", "a b"),
    *("good.example\\@127.0.0.1", "good.example#@127.0.0.1", "good.example?@127.0.0.1", "-a.example", "a..example"),
]


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("host", HOSTS)
async def test_nothing_reaches_this_machine(host: str, scheme: str, canary: Canary, tmp_path: Path) -> None:
    url = f"{scheme}://{host}:{canary.port}/hook"
    wire = Wire(Egress(resolve=hostile), times=TIMES)
    with pytest.raises(TemporaryFailure):
        await wire.post(url, b"{}", {})
    await wire.close()
    path = tmp_path / "channels.yaml"
    path.write_text(json.dumps({"channels": [{"name": "c1", "type": "webhook", "url": url}]}))
    with suppress(Refusal):  # names are let in by their look, and refused by their address
        assert read_channels(path)
        assert literal(host.strip("[]")) is None
    assert canary.hits == 0


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "gopher://127.0.0.1:70/x", "ftp://good.example/x", "unix:///run/x.sock", "data:,x"),
        *(
            "//good.example/x",
            "good.example/x",
            "https:///x",
            "https://",
            "",
            "https://good.example:0/",
            "javascript:1",
        ),
        *("https://good.example:99999/", "https://good.example/\r\nHost: evil", "https://good.example:x/"),
        *("https://u:p@good.example/", "http://good.example/", "https:/good.example", "https://[::1/", "mailto:a@b.cn"),
    ],
)
def test_what_is_no_address_of_ours_is_refused_as_written(url: str) -> None:
    assert Egress().fault(url) is not None


@pytest.mark.parametrize(
    "url",
    [
        *("json://127.0.0.1/x", "xml://127.0.0.1/", "form://127.0.0.1/", "syslog://", "dbus://", "glib://", "gnome://"),
        *("macosx://", "windows://", "file:///etc/passwd", "mqtt://127.0.0.1/x", "mailto://u:p@127.0.0.1", "http://x"),
        *("ntfy://127.0.0.1/topic", "gotify://127.0.0.1/token", "bark://127.0.0.1/key", "jsons://good.example/"),
        *("dingtalk://token", "feishu://token", "wecombot://key", "https://hooks.slack.com/services/T/B/X", "tgram://"),
    ],
)
def test_the_library_of_the_long_tail_gets_no_host_that_nobody_named(url: str) -> None:
    assert custom.fault(url, Egress()) is not None


def test_what_the_library_may_have() -> None:
    assert custom.fault("pover://" + "u" * 30 + "@" + "t" * 30, Egress()) is None
    assert custom.fault("ntfys://ntfy.county.example/topic", Egress(["ntfy.county.example"])) is None


async def test_a_name_that_changes_its_mind_is_connected_to_as_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def turncoat(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    backend = Backend(Egress(resolve=turncoat))
    reached: list[str] = []

    async def connect(host: str, *_rest: object) -> httpcore.AsyncNetworkStream:
        reached.append(host)
        return httpcore.AsyncMockStream([])

    monkeypatch.setattr(backend._inner, "connect_tcp", connect)
    await backend.connect_tcp("rebind.example", 443)
    with pytest.raises(Forbidden, match=r"127\.0\.0\.1"):
        await backend.connect_tcp("rebind.example", 443)
    assert (asked, reached) == (["rebind.example"] * 2, [PUBLIC])


async def test_a_second_address_is_tried_where_the_first_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def two(_host: str, _port: int) -> Sequence[str]:
        return ["93.184.216.33", PUBLIC]

    backend = Backend(Egress(resolve=two))

    async def connect(host: str, *_rest: object) -> httpcore.AsyncNetworkStream:
        if host != PUBLIC:
            raise httpcore.ConnectError
        return httpcore.AsyncMockStream([])

    monkeypatch.setattr(backend._inner, "connect_tcp", connect)
    assert isinstance(await backend.connect_tcp("two.example", 443), httpcore.AsyncMockStream)


async def test_a_socket_of_this_machine_is_no_host() -> None:
    with pytest.raises(Forbidden):
        await Backend(Egress()).connect_unix_socket("/run/x.sock")


async def test_neither_redirects_nor_proxies_lead_elsewhere(
    canary: Canary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    gateway = Gateway(tmp_path)
    gateway.start()
    path = tmp_path / "channels.yaml"
    line = {"name": "c1", "type": "webhook", "url": f"{gateway.url}/c1"}
    path.write_text(json.dumps({"allow_private": ["127.0.0.1"], "channels": [line]}))
    channel = read_channels(path, times=TIMES)["c1"]
    await channel.send(MADE)
    gateway.behave("redirect", location=f"http://127.0.0.1:{canary.port}/stolen")
    with pytest.raises(TemporaryFailure, match="redirects are not followed"):
        await channel.send(MADE)
    await channel.close()
    gateway.stop()
    assert (len(gateway.requests), canary.hits) == (2, 0)


def test_leave_by_name_is_for_private_addresses_only() -> None:
    egress = Egress(["sms.county.example", "10.1.2.3", "169.254.169.254", "LocalHost."], ["sms.county.example"])
    allowed = ("https://10.1.2.3/x", "http://sms.county.example/x", "http://localhost:8080/x", "https://8.8.8.8/")
    refused = ("https://10.1.2.4/x", "http://10.1.2.3/x", "https://169.254.169.254/x", "http://8.8.8.8/")
    assert [egress.fault(url) for url in allowed] == [None] * len(allowed)
    assert all(egress.fault(url) for url in refused)


@pytest.mark.parametrize("host", ["8.8.8.8", PUBLIC, "2606:2800:220:1::1", "240e::1", "114.114.114.114"])
def test_public_addresses(host: str) -> None:
    address = literal(host)
    assert address is not None
    assert is_public(address)
