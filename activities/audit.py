"""The auditor's round: records and engine are looked at, what is wrong is told loudly, and only then is all well."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import Engine
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError

from infra import deadman
from infra.db.audit import Auditor, Strays
from infra.db.heartbeats import Heartbeats
from infra.db.in_force import Manner
from infra.db.views import Views
from infra.duty import duty, strays
from infra.settings import Settings
from rules import policy
from schemas import names
from schemas.audit import AuditOrder, AuditReport
from workflows.ports import AuditPort

WHOLE_EVERY = 12
"""Every so many audits, and in the first one, projects and workflows are compared one by one; else, counts first."""


class Roll(Protocol):
    """Compares the living projects of the records with the running workflows of the engine."""

    async def __call__(self, *, is_whole: bool) -> Strays:
        """Compare them: one by one, or counts first."""
        ...


class AuditActivity(AuditPort):
    """Audits, and raises the alarm."""

    def __init__(self, auditor: Auditor, roll: Roll, all_is_well: Callable[[], Awaitable[bool]]) -> None:
        """Take what is needed.

        Args:
            auditor: Looks at the records.
            roll: Compares them with the engine.
            all_is_well: Called only after an audit that could ask both and found nothing; somebody outside waits for
                it.
        """
        self._auditor = auditor
        self._roll = roll
        self._all_is_well = all_is_well
        self._audits = 0

    @activity.defn(name=names.AUDIT_RUN)
    async def audit(self, _order: AuditOrder) -> AuditReport:
        """Audit once and return what was found; where the engine cannot be asked, the records alone."""
        log = structlog.get_logger("cuntong.audit")
        strays = None
        try:
            strays = await self._roll(is_whole=self._audits % WHOLE_EVERY == 0)
            self._audits += 1
        except RPCError as error:
            log.warning("engine_not_asked", error=str(error))
        report = await asyncio.to_thread(self._auditor.audit, strays)
        if report.gap:
            log.error("conservation_gap", gap=report.gap, **report.balance.model_dump())
        if report.findings:
            log.error("audit_findings", **report.findings)
        if strays is not None and not report.gap and not report.findings:
            await self._all_is_well()
        return report


def open_audit(
    settings: Settings, records: Engine, client: Client, channels: Iterable[str], manner: Callable[[], Manner]
) -> AuditActivity:
    """Return the auditor of this installation; from now on every part that it watches has to be heard of.

    Args:
        settings: Of this installation.
        records: Database of the records.
        client: The engine.
        channels: Names of the channels.
        manner: How people are told at the moment of asking.
    """
    held_to = duty(settings, channels, manner)
    Heartbeats(records).begin(held_to.allowed)
    return AuditActivity(
        Auditor(records, policy.installed, held_to),
        partial(strays, Views(records), client),
        partial(deadman.call, settings.heartbeat_url),
    )
