"""`console`: runs the web console in the foreground."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cli.desk import Desk, Shared

TREE = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "console")
"""Command of the console's process, to be run with the tree on Python's path."""


def console(*, shared: Shared | None = None) -> int:
    """Answer links of letters and receipts over HTTP until Ctrl-C. `--json` makes its log JSON."""
    desk = Desk(shared)
    os.environ |= {"CUNTONG_DATA": str(desk.settings.data), "CUNTONG_LANG": desk.lang}
    if desk.json:
        os.environ["CUNTONG_LOG_FORMAT"] = "json"
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(TREE), os.environ.get("PYTHONPATH", ""))))
    os.execv(sys.executable, COMMAND)  # noqa: S606 - our own program
