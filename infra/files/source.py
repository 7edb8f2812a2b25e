"""Reads a file named by a person into memory, or says why that cannot be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.reason import ErrorKind, Refusal

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 300 * 1024 * 1024
MAX_ROWS = 1_048_576
"""Rows of the largest sheet that spreadsheet programs know; a CSV may not have more either."""


def read_source(path: Path) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        Refusal: There is no such file (`NOT_FOUND`), it is a folder or device, it is too large, or the system does
            not let us read it (`INVALID`).
    """
    try:
        if not path.exists():
            raise Refusal("file.missing", ErrorKind.NOT_FOUND, file=str(path))
        if not path.is_file():
            raise Refusal("file.not_regular", ErrorKind.INVALID, file=str(path))
        size = path.stat().st_size
        if size > MAX_BYTES:
            mib = 1024 * 1024
            raise Refusal(
                "file.too_large", ErrorKind.INVALID, file=str(path), size_mib=size // mib, limit_mib=MAX_BYTES // mib
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:
        problem = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise Refusal("file.unreadable", ErrorKind.INVALID, file=str(path), problem=problem) from error
