"""A PostgreSQL server of the tests' own, in a temporary folder, started as an ordinary user."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.support.ports import free_port

START_SECONDS = 30
_USER = "cuntong"


class PostgreSQL:
    """One server: durable as in earnest (fsync on), reachable over loopback."""

    def __init__(self, folder: Path, programs: Path) -> None:
        """Take an empty folder that belongs to `server_user()`, and the folder of initdb and postgres."""
        self._folder = folder
        self._programs = programs
        self._password = secrets.token_hex(16)
        self._server: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    def initialise(self) -> None:
        """Make the data folder."""
        secret = self._folder / "password"
        secret.write_text(self._password, encoding="ascii")
        _give(secret)
        self._run(
            *("initdb", "-D", self.data, "-U", _USER, "--pwfile", str(secret), "--auth", "scram-sha-256"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        )

    @property
    def data(self) -> str:
        """Folder of the data."""
        return str(self._folder / "data")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = ("postgres", "-D", self.data, "-k", str(self._folder), "-h", "127.0.0.1", "-p", str(self.port))
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(self._as_user(*command), stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self._conninfo("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"PostgreSQL did not start:\n{(self._folder / 'log').read_text(encoding='utf-8')}")
                time.sleep(0.05)
            else:
                return

    def stop(self, *, crash: bool = False) -> None:
        """Stop the server; with `crash`, without letting it write anything down."""
        if self._server and self._server.poll() is None:
            self._server.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
            self._server.wait(START_SECONDS)
        self._server = None

    def create_database(self, name: str, template: str = "template1") -> str:
        """Make a database and return its URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(statement)
        return self.url(name)

    def url(self, database: str) -> str:
        """Return the URL of a database."""
        return f"postgresql://{_USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def _conninfo(self, database: str) -> str:
        return self.url(database)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(self._as_user(program, *arguments), capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _as_user(self, program: str, *arguments: str) -> list[str]:
        """Return a command line that runs as an ordinary user and does not outlive the tests."""
        user = server_user()
        identity = [] if user is None else [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        leash = ["setpriv", "--pdeathsig", "INT", *identity] if shutil.which("setpriv") else []
        if identity and not leash:
            pytest.fail("PostgreSQL refuses to run as root, and setpriv (Debian: util-linux) is missing")
        return [*leash, str(self._programs / program), *arguments]


def server_user() -> pwd.struct_passwd | None:
    """Return the user the server runs as; None when that is us."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


@contextmanager
def running() -> Iterator[PostgreSQL]:
    """Yield a running server and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="cuntong-pg-", dir="/tmp"))
    try:
        _give(folder)
        server = PostgreSQL(folder, _programs())
        server.initialise()
        try:
            server.start()
            yield server
        finally:
            server.stop(crash=True)  # nobody will read this data again: do not wait until it is all on disk
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = known[-1] if known else Path(shutil.which("initdb") or "")
    if not found.is_file():
        pytest.fail("the tests need PostgreSQL; run once: sudo apt-get install -y postgresql")
    return found.parent


def _give(path: Path) -> None:
    user = server_user()
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)
