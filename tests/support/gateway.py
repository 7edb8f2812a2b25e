"""An HTTP gateway on loopback that behaves well or badly as it is told: webhook receiver, SMS gateway, chat robot.

A letter goes to any path; the last part of the path names the channel in the receipts, and a path under
`/robot/KIND/` answers in the words of that kind (`dingtalk`, `wecom`, `feishu`). `GET /fate/CHANNEL/KEY` tells what
became of a letter. `PUT /-/mode` with `{"mode": "500", ...}` (fields of `Behaviour`) changes its ways at run time,
`GET /-/mode` tells them. A repeat is answered like the first; whether it is folded or a second copy is for the reader
of the receipts to say: webhooks and SMS gateways fold by key, robots and mailboxes do not.

As a program: `python -m tests.support.gateway --folder DIR [--port N] [--mail-port N]` runs it, with a mail server
beside it, until it is killed; it prints one JSON line with both URLs when it listens. Receipts are DIR/http.jsonl and
DIR/mail.jsonl; DIR/bodies holds what was posted, by its digest. A mail server's ways change by `PUT /-/mail` with
`{"mode": "451"}`.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import socket
import struct
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.support.mail_gateway import MailGateway
from tests.support.ports import free_port
from tests.support.receipts import Receipt, Receipts

MODES = ("ok", "429", "500", "502", "slow", "hang", "drop", "cut", "error", "huge", "redirect", "reset", "400", "401")
"""ok: take it; 429, 400, 401, 500: refuse it, not taken; 502: taken, but a middleman lost the answer; slow: taken,
answered after `seconds`; hang: taken, never answered; drop: taken, connection closed without an answer; cut: taken,
connection closed in the middle of the answer; error: HTTP 200 with a refusal in the body, not taken; huge: taken, with
an answer without end; redirect: 302 elsewhere, not taken; reset: connection reset before the text was read, not taken.
Any other number: refused with that status. A mixture is written `ok:90,drop:5,500:5`."""

TAKEN = frozenset({"ok", "502", "slow", "hang", "drop", "cut", "huge"})

_GOOD = {
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "feishu": {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"},
}
_BAD = {
    "dingtalk": {"errcode": 310000, "errmsg": "sign not match"},
    "wecom": {"errcode": 93000, "errmsg": "invalid webhook url"},
    "feishu": {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"},
}


@dataclass(frozen=True)
class Behaviour:
    """How the gateway behaves.

    Attributes:
        mode: One of `MODES`, another status, or a mixture.
        seconds: How long `slow` takes.
        retry_after: What 429 and 503 ask for; empty: nothing.
        location: Where `redirect` points.
        error: Body of `error`; None for what the kind of robot usually says.
        seed: Seed of a mixture.
    """

    mode: str = "ok"
    seconds: float = 1.0
    retry_after: str = "1"
    location: str = "http://127.0.0.1:1/elsewhere"
    error: dict[str, Any] | None = None
    seed: int = 0


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        """Key of the letter."""
        return self.headers.get("idempotency-key") or self.headers.get("x-cuntong-letter", "")

    @property
    def channel(self) -> str:
        """Last part of the path."""
        return self.path.rstrip("/").rpartition("/")[2]


@dataclass
class Gateway:
    """The gateway, in a thread of its own.

    Attributes:
        behaviour: How it behaves.
        requests: Every request that came in whole, letters and questions about their fate.
        hits: How many connections there were.
    """

    folder: Path
    port: int = field(default_factory=free_port)
    behaviour: Behaviour = field(default_factory=Behaviour)
    mail: MailGateway | None = None
    requests: list[Request] = field(default_factory=list)
    hits: int = 0

    def __post_init__(self) -> None:
        """Open the receipts; nobody listens yet."""
        self.receipts = Receipts(self.folder / "http.jsonl")
        self._rng = random.Random(self.behaviour.seed)  # noqa: S311 - a mixture that can be played again
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Address without a path."""
        return f"http://127.0.0.1:{self.port}"

    def behave(self, mode: str, **changes: Any) -> None:  # noqa: ANN401 - fields of `Behaviour`
        """Change its ways; what is not named goes back to the default."""
        self.behaviour = Behaviour(mode=mode, **changes)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._run(self._listen())

    def stop(self) -> None:
        """Stop listening, and drop what is open."""
        self._run(self._hang_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.receipts.close()

    def _run(self, work: Any) -> Any:  # noqa: ANN401 - a coroutine of any result
        done: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=512)

    async def _hang_up(self) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.hits += 1
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while (request := await self._read(reader, writer)) and await self._answer(request, writer):
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ValueError):
            pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
        """Return the next request; None when there is none, or when this one is not to be read."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        if self.behaviour.mode == "reset" and not target.startswith("/-/"):
            _reset(writer)
            return None
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        path, _, query = target.partition("?")
        return Request(method, path, query, headers, body)

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is over."""
        if request.path.startswith("/-/"):
            _write(writer, 200, self._control(request))
            return True
        self.requests.append(request)
        if request.path.startswith("/fate/"):
            _, _, channel, key = request.path.split("/")
            _write(writer, 200, {"key": key, "state": "accepted" if self.receipts.has(channel, key) else "absent"})
            return True
        ways = self.behaviour
        mode = self._drawn(ways.mode)
        receipt = self._taken(request, mode) if mode in TAKEN else None
        return await self._act(mode, ways, request, receipt, writer)

    def _drawn(self, mode: str) -> str:
        if ":" not in mode:
            return mode
        shares = dict(part.split(":") for part in mode.split(","))
        return self._rng.choices(list(shares), [float(share) for share in shares.values()])[0]

    def _taken(self, request: Request, mode: str) -> Receipt:
        digest = hashlib.sha256(request.body).hexdigest()
        (self.folder / "bodies").mkdir(exist_ok=True)
        (self.folder / "bodies" / digest).write_bytes(request.body)
        return self.receipts.add(request.key, request.channel, mode, digest)

    async def _act(
        self, mode: str, ways: Behaviour, request: Request, receipt: Receipt | None, writer: asyncio.StreamWriter
    ) -> bool:
        kind = request.path.split("/")[2] if request.path.startswith("/robot/") else ""
        good = _GOOD.get(kind, {"id": receipt.digest[:12] if receipt else ""})
        if mode in {"ok", "slow"}:
            await asyncio.sleep(ways.seconds if mode == "slow" else 0)
            _write(writer, 200, good)
        elif mode == "hang":
            await asyncio.sleep(3600)
        elif mode == "huge":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            while True:
                writer.write(b" " * 65536)
                await writer.drain()
        elif mode == "error":
            _write(writer, 200, ways.error if ways.error is not None else _BAD.get(kind, {"error": "refused"}))
        elif mode == "redirect":
            _write(writer, 302, {}, f"Location: {ways.location}\r\n")
        elif mode == "cut":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
            await writer.drain()
        elif mode.isdigit():
            asked = f"Retry-After: {ways.retry_after}\r\n" if ways.retry_after and mode in {"429", "503"} else ""
            _write(writer, int(mode), {"error": f"mode {mode}"}, asked)
        return mode not in {"drop", "cut"}

    def _control(self, request: Request) -> dict[str, Any]:
        wanted = json.loads(request.body or b"{}")
        if request.path == "/-/mail" and self.mail is not None:
            self.mail.mode = wanted.get("mode", self.mail.mode)
            return {"mode": self.mail.mode}
        if request.method == "PUT":
            self.behaviour = replace(self.behaviour, **wanted)
            if "seed" in wanted:
                self._rng.seed(wanted["seed"])
        return asdict(self.behaviour)


def _write(writer: asyncio.StreamWriter, status: int, body: dict[str, Any], more: str = "") -> None:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n{more}\r\n"
    writer.write(head.encode() + content)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST, as a crashed machine does."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def run(folder: Path, port: int, mail_port: int, told: Callable[[str], object] = print) -> None:
    """Run the gateway and a mail server until somebody kills us."""
    mail = MailGateway(folder, port=mail_port)
    gateway = Gateway(folder, port=port, mail=mail)
    mail.start()
    gateway.start()
    told(json.dumps({"http": gateway.url, "mail": mail.url}))
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mail-port", type=int, default=0)
    asked = parser.parse_args()
    run(asked.folder, asked.port or free_port(), asked.mail_port or free_port())
