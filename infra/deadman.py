"""The dead man's switch: an address outside that expects a call after every sound audit, and raises the alarm itself.

What watches from inside dies with what it watches. The address comes from the operator's settings alone; redirects are
not followed, and nothing of the answer is read but its code.
"""

from __future__ import annotations

import httpx
import structlog

_PATIENCE_SECONDS = 10.0


async def call(url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
    """Tell whoever waits outside that all is well; one that cannot be reached is logged, and misses the call.

    Args:
        url: Address to get; empty: nobody waits.
        transport: Way to it; None for the network.
    """
    if not url:
        return
    log = structlog.get_logger("cuntong.deadman")
    try:
        async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS, follow_redirects=False, transport=transport) as client:
            answer = await client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        log.warning("heartbeat_not_taken", error=type(error).__name__)
        return
    if not answer.is_success:
        log.warning("heartbeat_not_taken", status=answer.status_code)
