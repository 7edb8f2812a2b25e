"""Files that hold secrets."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def is_private(path: Path) -> bool:
    """Whether a file is ours, or the system's, and nobody else can read or change it.

    Raises:
        OSError: It is not there, or cannot be looked at.
    """
    found = path.stat()
    is_ours = found.st_uid in {os.geteuid(), 0}
    return is_ours and stat.S_ISREG(found.st_mode) and not stat.S_IMODE(found.st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
