"""One address for all series of a worker: the engine core's, which it tells on a port of its own, and ours."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from schemas.reason import ErrorKind, Refusal

_PATIENCE_SECONDS = 3.0
_PATH = "/metrics"
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def private_address() -> str:
    """Return `host:port` on this machine at which nobody listens: for the engine core's series."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def serving(host: str, port: int, registry: CollectorRegistry, core: str) -> Iterator[int]:
    """Answer Prometheus from a thread until the end.

    Args:
        host: Address to listen on.
        port: Its port; 0 for any.
        registry: Our own series.
        core: `host:port` of the engine core's series on this machine.

    Yields:
        The port.

    Raises:
        Refusal: `metrics.port_taken`.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer with both texts; the core's is left out while it does not answer."""
            if self.path.partition("?")[0] != _PATH:
                self.send_error(404)
                return
            body = generate_latest(registry) + _of_core(core)
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE_PLAIN_0_0_4)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:  # noqa: ANN401 - as the base class has it
            """Say nothing: a scrape is no event."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        address = f"{host}:{port}"
        raise Refusal("metrics.port_taken", ErrorKind.CONFLICT, address=address, detail=error.strerror or "") from error
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _of_core(address: str) -> bytes:
    try:
        with _direct.open(f"http://{address}{_PATH}", timeout=_PATIENCE_SECONDS) as answer:
            return bytes(answer.read())
    except OSError:
        return b""
