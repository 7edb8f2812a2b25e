"""A worker process: settings -> adapters -> activities -> workers. Drains on SIGTERM, fails loudly on what it lacks."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

from activities.audit import open_audit
from activities.delivery import DeliveryActivity
from activities.letters import LettersActivity
from activities.records import RecordsActivity
from infra import engine, metrics, process, schedules, scrape, telemetry
from infra.channels import open_channels
from infra.db import migrate
from infra.db.engine import open_engine
from infra.db.heartbeats import Heartbeats
from infra.db.in_force import InForce
from infra.db.letters import Letters
from infra.db.outbox import Outbox
from infra.db.policies import Policies
from infra.db.records import Records
from infra.gateway import Gateway
from infra.letters.maker import open_maker
from infra.settings import Settings
from rules import policy
from schemas import names
from workflows.runner import WORKFLOWS, runner

COMMITS_AT_ONCE = 8
"""Writings of records at once, and as many within workflow tasks; SQLite takes one at a time, PostgreSQL profits."""

GRACE = timedelta(seconds=10)


async def serve(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM, then let what has begun be finished.

    Raises:
        Refusal: The engine or something it needs is missing, the records are not there or of another version, or a
            setting is not what it should be.
    """
    log = structlog.get_logger("cuntong.worker")
    channels = open_channels(settings)
    await asyncio.to_thread(migrate.check, settings.records_url)
    core = scrape.private_address() if settings.metrics_port else ""
    client = await engine.connect(settings, wait=30.0, runtime=telemetry.runtime(core))
    await engine.ensure_search_attributes(client)
    records = open_engine(settings.records_url)
    policies = Policies(records)
    policy.installed.fetch = _in_sandboxes(policies.fetch)
    writer = Records(records, policy.installed)
    in_force, heartbeats = InForce(policies), Heartbeats(records)
    manners = {name: channel.manners for name, channel in channels.items()}
    outbox, maker = Outbox(records, manners, quiet=in_force.after_quiet), open_maker(settings, in_force, manners)
    deliverer = DeliveryActivity(outbox, channels, maker, heartbeats, poll_seconds=settings.delivery_poll_seconds)
    letters = LettersActivity(Letters(records, in_force.manner, set(channels)), heartbeats)
    audit = open_audit(settings, records, client, channels, in_force.manner)
    async with AsyncExitStack() as stack:
        stack.enter_context(metrics.serving(settings, records, core))
        threads = stack.enter_context(ThreadPoolExecutor(2 * COMMITS_AT_ONCE, thread_name_prefix="records"))
        delivery = _delivery(client, [deliverer.deliver, letters.write, audit.audit])
        for worker in (_projects(client, RecordsActivity(writer), threads), delivery):
            await stack.enter_async_context(worker)
        for channel in channels:
            await Gateway(client).start_delivery(channel)
        await schedules.ensure_all(client, settings)
        log.info("worker_ready", address=client.service_client.config.target_host, channels=sorted(channels))
        await _asked_to_stop()
        log.info("worker_draining")


def _in_sandboxes(fetch: Callable[[str], policy.Raw | None]) -> Callable[[str], policy.Raw | None]:
    """Return a way to fetch policies that may be used inside workflows: a database driver imports some parts late."""

    def fetched(ref: str) -> policy.Raw | None:
        with workflow.unsafe.imports_passed_through():
            return fetch(ref)

    return fetched


def _projects(client: Client, records: RecordsActivity, threads: ThreadPoolExecutor) -> Worker:
    """Return the worker of project workflows and their records."""
    return Worker(
        client,
        task_queue=names.PROJECT_QUEUE,
        workflows=WORKFLOWS,
        activities=[records.commit],
        activity_executor=threads,
        max_concurrent_activities=COMMITS_AT_ONCE,
        max_concurrent_local_activities=COMMITS_AT_ONCE,
        workflow_runner=runner(),
        graceful_shutdown_timeout=GRACE,
    )


def _delivery(client: Client, activities: Sequence[Callable[..., object]]) -> Worker:
    """Return the worker that writes letters, hands them over, and audits."""
    return Worker(
        client,
        task_queue=names.DELIVERY_QUEUE,
        workflows=WORKFLOWS,
        workflow_runner=runner(),
        activities=activities,
        graceful_shutdown_timeout=GRACE,
    )


async def _asked_to_stop() -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()


def main() -> int:
    """Run the worker and return the exit code: 0 drained, 3 unavailable."""
    return process.run(serve)


if __name__ == "__main__":
    process.leave(main())
