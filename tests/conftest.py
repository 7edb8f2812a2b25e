"""What holds for every test: no settings of the machine leak in, and nothing is reached outside the machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

OWN_VARIABLES = ("CUNTONG_", "TEMPORAL_")


@pytest.fixture(scope="session", autouse=True)
def _neutral_environment() -> Iterator[None]:
    """Take our own variables away and speak English, also in the processes that tests start."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(OWN_VARIABLES)]:
            patch.delenv(name)
        for name in ("LANG", "LC_ALL"):
            patch.setenv(name, "C.UTF-8")  # English to us, and a locale that initdb finds on every machine
        patch.delenv("LANGUAGE", raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """Fail a test that connects to another machine, even where the code under test swallows errors."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


def _guarded(connect: Any) -> Any:  # noqa: ANN401 - stands in for two methods with different answers
    def guard(self: socket.socket, address: Any) -> Any:  # noqa: ANN401 - an address is a tuple, a path or bytes
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(str(address[0])):
            pytest.fail(f"a test may only connect to this machine, not to {address!r}")
        return connect(self, address)

    return guard


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
