"""The console's process: settings -> records and engine -> application -> HTTP. Ends in order on SIGTERM."""

from __future__ import annotations

import asyncio

import structlog
import uvicorn

from console.app import Wiring, create_app
from console.office import Office
from console.way import EngineWay
from infra import process
from infra.channels import open_channels
from infra.channels.webhook import WebhookChannel
from infra.db import migrate
from infra.db.engine import open_engine
from infra.db.policies import Policies
from infra.db.receipts import Receipts
from infra.db.refusals import Refusals
from infra.db.views import Views
from infra.links import link_keys
from infra.settings import Settings
from rules import policy
from schemas.reason import ErrorKind, Refusal

GRACE_SECONDS = 10
_LONGEST_QUEUE = 100
_PROXIES = "127.0.0.1"


async def serve(settings: Settings) -> None:
    """Answer until SIGINT or SIGTERM, then let what has begun be finished.

    Raises:
        Refusal: The records are not there or of another version, a setting is not what it should be, or the port is
            switched off.
    """
    if settings.console_port == 0:
        raise Refusal("console.off", ErrorKind.INVALID)
    await asyncio.to_thread(migrate.check, settings.records_url)
    channels = open_channels(settings)
    records = open_engine(settings.records_url)
    policy.installed.fetch = Policies(records).fetch
    way = EngineWay(settings, Views(records), Refusals(records))
    signers = {name: one.signers for name, one in channels.items() if isinstance(one, WebhookChannel) and one.signers}
    app = create_app(
        Wiring(
            office=Office(records, policy.installed, link_keys(settings), way.gateway),
            receipts=Receipts(records, set(channels)),
            signers=signers,
            public_url=settings.public_url,
            is_well=way.is_well,
        )
    )
    config = uvicorn.Config(
        app,
        host=settings.console_host,
        port=settings.console_port,
        log_config=None,
        access_log=False,  # the path of a link is its secret
        server_header=False,
        forwarded_allow_ips=_PROXIES,
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=16 * 1024,
        backlog=_LONGEST_QUEUE,
    )
    structlog.get_logger("cuntong.console").info("console_ready", port=settings.console_port)
    await uvicorn.Server(config).serve()


def main() -> int:
    """Run the console and return the exit code: 0 ended in order, 3 unavailable."""
    try:
        return process.run(serve)
    except SystemExit:  # uvicorn, when it cannot listen
        return 3


if __name__ == "__main__":
    process.leave(main())
