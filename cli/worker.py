"""`worker`: runs the worker process in the foreground."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cli.desk import Desk, Shared

_WORKER = Path(__file__).parents[1] / "worker.py"


def worker(*, shared: Shared | None = None) -> int:
    """Run a worker until Ctrl-C; on SIGTERM it finishes what it has begun. `--json` makes its log JSON."""
    desk = Desk(shared)
    os.environ |= {"CUNTONG_DATA": str(desk.settings.data), "CUNTONG_LANG": desk.lang}
    if desk.json:
        os.environ["CUNTONG_LOG_FORMAT"] = "json"
    os.execv(sys.executable, [sys.executable, str(_WORKER)])  # noqa: S606 - our own program
