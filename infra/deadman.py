"""The dead man's switch: an address outside that expects a call after every sound audit, and raises the alarm itself.

What watches from inside dies with what it watches. The address comes from the operator's settings alone, which is leave
for its host and for no other: redirects are not followed, and addresses that no leave opens stay shut.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog

from infra.channels.base import PermanentFailure, TemporaryFailure
from infra.channels.egress import Egress
from infra.channels.http import Wire


async def call(url: str) -> bool:
    """Tell whoever waits outside that all is well; one that cannot be reached is logged, and misses the call.

    Args:
        url: Address to get; empty: nobody waits.

    Returns:
        Whether the call was taken.
    """
    if not url:
        return False
    host = urlsplit(url).hostname or ""
    egress = Egress(allow_private={host}, allow_plain={host})
    said = egress.fault(url)
    if said is None:
        wire = Wire(egress)
        try:
            answer = await wire.get(url)
            said = None if answer.status // 100 == _TAKEN else str(answer.status)
        except (TemporaryFailure, PermanentFailure) as failure:
            said = str(failure)
        finally:
            await wire.close()
    if said:
        structlog.get_logger("cuntong.deadman").warning("heartbeat_not_taken", host=host, said=said)
    return said is None


_TAKEN = 2
