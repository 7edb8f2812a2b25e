"""How a process of ours begins and ends: who may read its files, its logs, its exit code, and a clean way out."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import NoReturn

from infra import telemetry
from infra.settings import Settings
from rules.text import render
from schemas.reason import Refusal

OTHERS_READ_NOTHING = 0o077
"""Mask for new files: they hold names, addresses and letters."""


def run(serve: Callable[[Settings], Awaitable[None]]) -> int:
    """Run what serves until it is asked to stop, and return the exit code: 0 ended in order, 3 unavailable."""
    os.umask(OTHERS_READ_NOTHING)
    settings = Settings()
    telemetry.set_up_logging(settings)

    async def served() -> None:
        await serve(settings)

    try:
        asyncio.run(served())
    except Refusal as refusal:
        sys.stderr.write(render(refusal.reason, settings.reader_lang) + "\n")
        return 3
    return 0


def leave(code: int) -> NoReturn:
    """End this process with an exit code that tells the truth.

    The engine's library can abort the interpreter while it shuts down, after all work was done (seen with temporalio
    1.35 on Python 3.11): leave without that phase.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
