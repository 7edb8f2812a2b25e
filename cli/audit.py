"""`messages audit`: is every claimed rung accounted for, and does anything stand still? Looked at now, in words."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Annotated

from cyclopts import Parameter

from cli.desk import DONE, PROBLEMS, UNAVAILABLE, Desk, Shared
from infra import engine
from infra.channels import open_channels
from infra.db.audit import Auditor, Standing, Strays, last_audit, standing_findings
from infra.db.in_force import InForce
from infra.db.policies import Policies
from infra.duty import audit_silence, duty, strays
from infra.metrics import PLACES
from schemas.audit import Balance
from schemas.reason import Refusal

_SHOWN = 10
"""Findings of a kind that are told one by one; JSON has them all."""


async def audit(
    *,
    everything: Annotated[
        bool,
        Parameter(
            help="逐个检查全部项目和信函，用时较长 / look at every project and letter; takes longer", negative=()
        ),
    ] = False,
    shared: Shared | None = None,
) -> int:
    """Audit now: where the claimed rungs are, and what stands still."""
    desk = Desk(shared)
    held_to = duty(desk.settings, open_channels(desk.settings), InForce(Policies(desk.records)).manner)
    if last_audit(desk.records):  # a system that has just begun has had none
        held_to = held_to._replace(allowed={**held_to.allowed, **audit_silence(desk.settings)})
    astray = await _strays(desk)
    auditor = Auditor(desk.records, desk.shelf, held_to)
    report = await asyncio.to_thread(auditor.audit, astray, is_whole=everything)
    found = standing_findings(desk.records)
    _draw_balance(desk, report.balance)
    _draw_findings(desk, found)
    is_sound = not report.gap and not found
    desk.line("audit.sound" if is_sound else "audit.unsound", gap=report.gap, findings=len(found), at=report.at)
    code = PROBLEMS if not is_sound else UNAVAILABLE if astray is None else DONE
    answer = {"report": report, "findings": found, "is_sound": is_sound, "is_engine_asked": astray is not None}
    return desk.answer(answer, code)


async def _strays(desk: Desk) -> Strays | None:
    """Return what only one of records and engine knows; None when the engine cannot be asked."""
    try:
        return await strays(desk.views, await engine.connect(desk.settings, wait=1.0), is_whole=True)
    except Refusal:
        desk.note("audit.engine_away")
        return None


def _draw_balance(desk: Desk, balance: Balance) -> None:
    """Draw the addition: the places add up to all notices, and every rung has some."""
    desk.line("audit.rungs", rungs=balance.rungs, silent=balance.silent_rungs)
    counts = {place: int(getattr(balance, place)) for place in PLACES}
    rows = [(f"+ {desk.say(f'place.{place}')}", str(count)) for place, count in counts.items()]
    if missing := balance.notices - sum(counts.values()):
        rows.append((f"? {desk.say('audit.nowhere')}", str(missing)))
    desk.table(["column.where", "column.notices"], rows, (f"= {desk.say('audit.all_notices')}", str(balance.notices)))


def _draw_findings(desk: Desk, found: list[Standing]) -> None:
    for kind, count in Counter(one.kind for one in found).items():
        desk.line("audit.finding", what=desk.say(f"finding.{kind}"), count=count)
        these = [one for one in found if one.kind == kind]
        for one in these[:_SHOWN]:
            desk.line("audit.subject", subject=one.subject, detail=one.detail or "—", since=one.first_at)
        if count > _SHOWN:
            desk.line("audit.more", count=count - _SHOWN)
        desk.line("audit.remedy", remedy=desk.say(f"remedy.{kind}"))
