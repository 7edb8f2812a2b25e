"""Ports of this machine: whether the embedded engine can listen on them, and who holds those that it cannot."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from contextlib import suppress
from pathlib import Path

from infra.settings import Settings
from schemas.reason import ErrorKind, Refusal

LOOPBACK = ("127.0.0.1", "localhost")
HOSTS = (*LOOPBACK, "0.0.0.0")  # noqa: S104 - chosen by the person, never the default
"""Where the embedded server can listen: its parts look for each other on 127.0.0.1 whatever address they are given."""

_POLL = 0.05
_PORTS = 65536


async def check_ports(settings: Settings, *, patience: float = 0.0) -> None:
    """Make sure, before anything is started, that engine and console can listen where the settings say.

    Args:
        settings: Hosts and ports.
        patience: Seconds to wait for a port to become free, after a run that was killed and is just passing away.

    Raises:
        Refusal: `engine.host_unsupported`, `engine.port_invalid`, `engine.ports_equal`, `engine.port_forbidden` or
            `engine.port_taken`; the last names the process that holds the port, when it can be seen.
    """
    if settings.host not in HOSTS:
        raise Refusal("engine.host_unsupported", ErrorKind.INVALID, host=settings.host, hosts=", ".join(HOSTS))
    if settings.port == settings.ui_port:
        raise Refusal("engine.ports_equal", ErrorKind.INVALID, port=settings.port)
    if settings.console_port and settings.console_port in {settings.port, settings.ui_port}:
        raise Refusal("console.port_shared", ErrorKind.INVALID, port=settings.console_port)
    end = asyncio.get_running_loop().time() + patience
    for host, port, setting, flag in (
        (settings.host, settings.port, "CUNTONG_PORT", "--port"),
        (settings.host, settings.ui_port, "CUNTONG_UI_PORT", "--ui-port"),
        *(
            [(settings.console_host, settings.console_port, "CUNTONG_CONSOLE_PORT", "--console-port")]
            if settings.console_port
            else []
        ),
    ):
        if not 0 < port < _PORTS:
            raise Refusal("engine.port_invalid", ErrorKind.INVALID, port=port, setting=setting, flag=flag)
        while error := _cannot_listen(host, port):
            if error.errno != errno.EADDRINUSE:
                detail = os.strerror(error.errno or 0)
                raise Refusal(
                    "engine.port_forbidden", ErrorKind.INVALID, port=port, setting=setting, flag=flag, detail=detail
                )
            if asyncio.get_running_loop().time() >= end:
                holder = _port_holder(port)
                raise Refusal(
                    "engine.port_taken", ErrorKind.CONFLICT, port=port, setting=setting, flag=flag, holder=holder
                )
            await asyncio.sleep(_POLL)


def pick_port(settings: Settings, wanted: int) -> int:
    """Return `wanted` when the engine's host can listen on it, else some free port."""
    if 0 < wanted < _PORTS and _cannot_listen(settings.host, wanted) is None:
        return wanted
    with socket.create_server((settings.host, 0)) as listener:
        return int(listener.getsockname()[1])


def _cannot_listen(host: str, port: int) -> OSError | None:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        return error
    return None


def _port_holder(port: int) -> str:
    """Return `<pid> <program>` of the process that listens on `port`, `?` when it cannot be seen."""
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                cells = line.split()
                if cells[3] == "0A" and int(cells[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{cells[9]}]")
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(link.readlink()) in inodes:
                process = link.parent.parent
                return f"{process.name} {(process / 'comm').read_text().strip()}"
    return "?"
