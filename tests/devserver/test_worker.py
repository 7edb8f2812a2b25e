"""What a worker and a supervisor make is our user's alone, and a worker without its records does not begin."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from infra.db import migrate
from infra.settings import Settings
from infra.supervisor import hold

ROOT = Path(__file__).parents[2]


def test_what_is_made_under_a_hold_is_ours_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    before = os.umask(0o022)
    try:
        with hold(data):
            (data / "engine.db").touch()
            (data / "logs").mkdir()
        (tmp_path / "after").touch()
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (data, *data.iterdir(), tmp_path / "after")}
    assert modes == {"data": 0o700, "logs": 0o700, "engine.db": 0o600, "lock": 0o600, "after": 0o644}


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_a_worker_without_records_says_so_and_makes_none(tmp_path: Path, lang: str) -> None:
    settings = Settings(data=tmp_path / "data")
    code, said = run_worker(settings, lang)
    assert (code, "./cuntong db migrate" in said) == (3, True)
    assert not settings.data.exists()


def test_a_worker_does_not_work_on_records_of_another_version(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    migrate.upgrade(settings.records_url)
    with closing(sqlite3.connect(settings.data / "records.db")) as records, records:
        records.execute("UPDATE alembic_version SET version_num = '9999'")
    code, said = run_worker(settings, "en")
    assert (code, "newer than this program" in said) == (3, True)


def run_worker(settings: Settings, lang: str) -> tuple[int, str]:
    """Return the exit code of a worker that cannot work, and what it said."""
    ours = {"CUNTONG_DATA": str(settings.data), "CUNTONG_LANG": lang}
    run = subprocess.run(
        [sys.executable, "worker.py"],
        cwd=ROOT,
        env={**os.environ, **ours},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "worker_ready" not in run.stderr
    return run.returncode, run.stderr


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("CUNTONG_SMTP_URL", "smtp://me:top/secret@host", "CUNTONG_SMTP_URL"),
        ("CUNTONG_MAIL_FROM", "nobody", "CUNTONG_MAIL_FROM"),
        ("CUNTONG_DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/none", "cannot be reached"),
    ],
)
def test_a_worker_with_a_wrong_setting_names_it_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.setenv(variable, value)
    code, said = run_worker(Settings(data=tmp_path / "data", database_url=""), "en")
    assert (code, told in said, "secret" in said) == (3, True, False)
