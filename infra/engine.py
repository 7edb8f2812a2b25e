"""The Temporal engine: the command line of the embedded server, its ports, and the connection to it or to a cluster.

It refuses to know what runs on the engine, and it starts no process: `infra.supervisor` does.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from infra.port import LOOPBACK
from infra.settings import Settings
from schemas.names import NAMESPACE, SEARCH_ATTRIBUTES
from schemas.reason import ErrorKind, Refusal

DYNAMIC_CONFIG: dict[str, str] = {
    # The server reads timers ahead by this much, and may fire a short one late by as much; its default is 1 s.
    "history.timerProcessorMaxTimeShift": '"1ms"',
    # The defaults, 2400, protect the tenants of a cluster from each other; here is one, who waits for a bulk start.
    "frontend.rps": "20000",
    "frontend.namespaceRPS": "20000",
    # A run may follow another at once: a stage of a demonstration can be shorter than the default of one second.
    "history.workflowIdReuseMinimalInterval": '"0s"',
}
"""Dynamic configuration of the embedded engine, values as JSON."""


_POLL = 0.05
_ANSWER = timedelta(seconds=5)
_CACHE_SECONDS = 60.0
_Attributes: TypeAlias = dict[str, IndexedValueType.ValueType]


def engine_binary() -> Path:
    """Return the `temporal` program: the one installed beside this Python, else the first in `PATH`.

    Raises:
        Refusal: `engine.binary_missing`.
    """
    # Not resolved: the python of a virtual environment is a link, and its neighbours are wanted.
    beside = Path(sys.executable).with_name("temporal")
    if os.access(beside, os.X_OK):
        return beside
    found = shutil.which("temporal")
    if found is None:
        raise Refusal("engine.binary_missing", ErrorKind.UNAVAILABLE, place=str(beside.parent))
    return Path(found)


def engine_command(settings: Settings, database: Path, *, http_port: int = 0, metrics_port: int = 0) -> list[str]:
    """Return the command line of the embedded engine that keeps everything in `database`.

    Args:
        settings: Host, ports and durability.
        database: SQLite file of the engine; nothing of ours is ever kept in it.
        http_port: Port of the engine's HTTP interface, 0 for one that the server picks at each start.
        metrics_port: Port of the engine's Prometheus metrics, 0 likewise. The three ports over which the parts of
            the server talk to each other cannot be set; they are free ones on the same host.
    """
    command = [str(engine_binary()), "server", "start-dev", "--log-level", "warn", "--ui-disable-news-fetch"]
    command += ["--ip", settings.host, "--port", str(settings.port), "--ui-port", str(settings.ui_port)]
    command += ["--namespace", NAMESPACE, "--db-filename", str(database)]
    # WAL: a commit writes each page once. `synchronous` says whether a commit waits for the disk.
    command += ["--sqlite-pragma", "journal_mode=wal"]
    command += ["--sqlite-pragma", f"synchronous={settings.engine_synchronous}"]
    for flag, port in (("--http-port", http_port), ("--metrics-port", metrics_port)):
        command += [flag, str(port)] if port else []
    for name, kind in SEARCH_ATTRIBUTES.items():
        command += ["--search-attribute", f"{name}={kind}"]
    for key, value in DYNAMIC_CONFIG.items():
        command += ["--dynamic-config-value", f"{key}={value}"]
    return command


def engine_address(settings: Settings) -> str:
    """Return `host:port` at which the embedded engine is reached from this machine."""
    return f"{settings.host if settings.host in LOOPBACK else LOOPBACK[0]}:{settings.port}"


def page_address(settings: Settings) -> str:
    """Return the address of the embedded engine's web page, to open on this machine."""
    return f"http://{engine_address(settings).rpartition(':')[0]}:{settings.ui_port}"


def discard_half_made(database: Path) -> bool:
    """Remove an engine database whose very first start was cut off, and tell whether there was one.

    The server makes its tables only when there is no file: killed meanwhile, it would never start again, or start
    without the tables of its lists. A file without a namespace cannot hold a project yet, so nothing is lost.

    Raises:
        Refusal: `engine.database_damaged`, the file is no SQLite database.
    """
    if not database.exists():
        return False
    try:
        with closing(sqlite3.connect(database)) as tables:
            made = tables.execute("SELECT count(*) FROM sqlite_master WHERE name = 'namespaces'").fetchone()[0]
            if made and tables.execute("SELECT count(*) FROM namespaces").fetchone()[0]:
                return False
    except sqlite3.DatabaseError as error:
        raise Refusal(
            "engine.database_damaged", ErrorKind.UNAVAILABLE, path=str(database), detail=str(error)
        ) from error
    for suffix in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    return True


async def connect(
    settings: Settings, *, wait: float = 5.0, embedded: bool = False, runtime: Runtime | None = None
) -> Client:
    """Return a client of the engine that `TEMPORAL_*` and its profiles name, else of the one at `settings`.

    Args:
        settings: Host and port when neither the environment nor a profile names an address.
        wait: Seconds to go on trying; 0 tries once.
        embedded: Use `settings` whatever the environment says.
        runtime: Runtime with telemetry, of a worker.

    Raises:
        Refusal: `engine.unreachable`, `engine.address_invalid` or `engine.profile_invalid`.
    """
    config = _connect_config(settings, embedded=embedded)
    address = config["target_host"]
    end = asyncio.get_running_loop().time() + wait
    while True:
        left = end - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(max(left, 1.0)):
                return await Client.connect(**config, data_converter=pydantic_data_converter, runtime=runtime)
        except ValueError as error:
            raise Refusal("engine.address_invalid", ErrorKind.INVALID, address=address, detail=str(error)) from error
        except (RuntimeError, OSError) as error:
            if left <= 0:
                detail = _cause(error)
                raise Refusal("engine.unreachable", ErrorKind.UNAVAILABLE, address=address, detail=detail) from error
        await asyncio.sleep(_POLL)


def _connect_config(settings: Settings, *, embedded: bool) -> ClientConnectConfig:
    config: ClientConnectConfig = {}
    if not embedded:
        try:
            config = ClientConfig.load_client_connect_config()
        except (RuntimeError, ValueError, OSError) as error:
            raise Refusal("engine.profile_invalid", ErrorKind.INVALID, detail=str(error)) from error
    config.setdefault("target_host", engine_address(settings))
    config.setdefault("namespace", NAMESPACE)
    return config


def _cause(error: BaseException) -> str:
    """Return the innermost message of the SDK's nested error text, which is no sentence for a person."""
    messages = re.findall(r'(?:message|error): "((?:[^"\\]|\\.)+)"', str(error))
    return messages[-1] if messages else str(error)[:200] or type(error).__name__


async def wait_ready(client: Client, *, wait: float = 30.0) -> None:
    """Return when the engine answers questions about its namespace and its lists.

    Raises:
        Refusal: `engine.namespace_missing`, or `engine.not_ready` after `wait` seconds.
    """
    address = client.service_client.config.target_host
    end = asyncio.get_running_loop().time() + wait
    while True:
        try:
            request = DescribeNamespaceRequest(namespace=client.namespace)
            await client.workflow_service.describe_namespace(request, timeout=_ANSWER)
            await client.count_workflows(rpc_timeout=_ANSWER)
        except RPCError as error:
            late = asyncio.get_running_loop().time() >= end
            if late and error.status is RPCStatusCode.NOT_FOUND:
                name = client.namespace
                raise Refusal(
                    "engine.namespace_missing", ErrorKind.NOT_FOUND, namespace=name, address=address
                ) from error
            if late:
                raise Refusal(
                    "engine.not_ready", ErrorKind.UNAVAILABLE, address=address, detail=error.message
                ) from error
        else:
            return
        await asyncio.sleep(_POLL)


async def ensure_search_attributes(client: Client) -> list[str]:
    """Register the search attributes that the engine does not know yet, and return their names.

    A workflow that writes an unknown one would be retried for ever, so this comes before the first worker.

    Raises:
        Refusal: `engine.attribute_type`, one exists with another type and nothing was registered;
            `engine.attributes_refused`, the engine does not let us register them.
    """
    wanted = {name: _attribute_type(kind) for name, kind in SEARCH_ATTRIBUTES.items()}
    try:
        known = await _search_attributes(client)
        _check_types(known, wanted)
        missing = {name: kind for name, kind in wanted.items() if name not in known}
        if missing:
            await _add_search_attributes(client, missing)
            # The engine keeps the list in a cache; a worker must not be faster than it.
            async with asyncio.timeout(_CACHE_SECONDS):
                while wanted.keys() - known.keys():
                    await asyncio.sleep(_POLL)
                    known = await _search_attributes(client)
    except (RPCError, TimeoutError) as error:
        names = ", ".join(f"{name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items())
        raise Refusal(
            "engine.attributes_refused",
            ErrorKind.UNAVAILABLE,
            names=names,
            namespace=client.namespace,
            detail=str(error) or type(error).__name__,
        ) from error
    return list(missing)


def _check_types(known: _Attributes, wanted: _Attributes) -> None:
    for name in wanted.keys() & known.keys():
        if known[name] != wanted[name]:
            found = IndexedValueType.Name(known[name]).removeprefix("INDEXED_VALUE_TYPE_").capitalize()
            kind = SEARCH_ATTRIBUTES[name]
            raise Refusal("engine.attribute_type", ErrorKind.CONFLICT, name=name, found=found, wanted=kind)


async def _search_attributes(client: Client) -> _Attributes:
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return dict(answer.custom_attributes)


async def _add_search_attributes(client: Client, missing: _Attributes) -> None:
    request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:  # another worker of this moment was faster
            raise


def _attribute_type(kind: str) -> IndexedValueType.ValueType:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).upper()
    return IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{words}")
