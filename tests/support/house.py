"""A running installation, and the real command line against it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from cli.app import main
from infra import engine
from infra.settings import Settings
from tests.support.ports import free_port

TREE = Path(__file__).parents[2]
PATIENCE = 60.0


@dataclass(frozen=True)
class Told:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    def answer(self) -> dict[str, Any]:
        """Return what stands on stdout: one JSON object and nothing else."""
        assert len(self.out.splitlines()) == 1, self.out
        return dict(json.loads(self.out))


class House:
    """A running installation, and the way to give commands to it."""

    def __init__(self, folder: Path) -> None:
        """Start `up` and wait until it is ready."""
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
            self.port, page = one.getsockname()[1], two.getsockname()[1]
        self.folder, self.data = folder, folder / "data"
        own = {"CUNTONG_DATA": self.data, "CUNTONG_PORT": self.port, "CUNTONG_UI_PORT": page, "CUNTONG_CONSOLE_PORT": 0}
        self.variables = {key: str(value) for key, value in own.items()}
        with (folder / "up.err").open("wb") as said:
            self._up = self.process(["up", "--json"], stdout=subprocess.PIPE, stderr=said)
        assert self._up.stdout
        assert self._up.stdout.readline(), (folder / "up.err").read_text(encoding="utf-8")

    def process(self, argv: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - of Popen
        """Start a command as a process."""
        # Not in the tree: a `.env` there must not speak here.
        environment = {**os.environ, **self.variables}
        command = [sys.executable, str(TREE / "starter.py"), *argv]
        return subprocess.Popen(command, cwd=self.folder, env=environment, **options)

    def run(self, *argv: str, **variables: str) -> Told:
        """Give a command as a process."""
        done = subprocess.run(
            [sys.executable, str(TREE / "starter.py"), *argv],
            cwd=self.folder,
            env={**os.environ, **self.variables, **variables},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Told(done.returncode, done.stdout, done.stderr)

    def call(self, *argv: str, **variables: str) -> Told:
        """Give a command within this process."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            for key, value in {**self.variables, **variables}.items():
                patch.setenv(key, value)
            patch.chdir(self.folder)
            code = main(argv)
        return Told(code, out.getvalue(), err.getvalue())

    def asked(self, query: str, *values: object) -> list[Any]:
        """Return the first column of what a query on the records finds."""
        with closing(sqlite3.connect(f"file:{self.data / 'records.db'}?mode=ro", uri=True)) as records:
            return [row[0] for row in records.execute(query, values)]

    def standing(self) -> list[Any]:
        """Return what must not change when a command is refused."""
        tables = ("journal", "project", "stage", "policy_document", "person", "post")
        return [self.asked(f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608 - our own names

    async def client(self) -> Client:
        """Return a connection to the engine."""
        return await engine.connect(Settings(port=self.port), embedded=True)

    def close(self) -> None:
        """End everything: in order, or the hard way."""
        self._up.send_signal(signal.SIGTERM)
        try:
            self._up.communicate(timeout=PATIENCE / 2)
        finally:
            self._up.kill()


def until(claim: Callable[[], bool], pause: float = 0.05) -> None:
    """Wait until a claim holds, but not for ever."""
    end = time.monotonic() + PATIENCE
    while not claim():
        assert time.monotonic() < end
        time.sleep(pause)


def two_ports() -> dict[str, str]:
    """Return settings for an `up` that disturbs no other."""
    return {"CUNTONG_PORT": str(free_port()), "CUNTONG_UI_PORT": str(free_port()), "CUNTONG_CONSOLE_PORT": "0"}
