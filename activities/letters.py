"""Writes letters: one round over one shard of people."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from temporalio import activity

from infra.db.heartbeats import Heartbeats
from infra.db.letters import Due, Letters, Round
from schemas import names
from schemas.letter import RoundOrder, RoundReport
from workflows.ports import LettersPort

PEOPLE_AT_ONCE = 20
"""People between two signs of life."""


class LettersActivity(LettersPort):
    """Writes what is due; a round that is broken off is gone on with by the next one."""

    def __init__(self, letters: Letters, heartbeats: Heartbeats) -> None:
        """Take the writer, and where to put on record that a round has ended: the auditor misses those that do not."""
        self._letters = letters
        self._heartbeats = heartbeats

    @activity.defn(name=names.LETTERS_WRITE)
    async def write(self, order: RoundOrder) -> RoundReport:
        """Write the letters of everybody of a shard whose hour has come, heartbeating."""
        report = RoundReport()
        this = await asyncio.to_thread(self._letters.begin, order)
        for start in range(0, len(this.due), PEOPLE_AT_ONCE):
            activity.heartbeat(report)
            if activity.is_worker_shutdown():
                break
            part = this.due[start : start + PEOPLE_AT_ONCE]
            report = _sum((report, await asyncio.to_thread(self._write, this, part)))
        await asyncio.to_thread(self._heartbeats.beat, f"letters/{order.shard}", report.model_dump_json())
        return report

    def _write(self, this: Round, part: Sequence[Due]) -> RoundReport:
        return _sum([self._letters.write(this, due) for due in part])


def _sum(reports: Sequence[RoundReport]) -> RoundReport:
    return RoundReport(
        people=sum(one.people for one in reports),
        letters=sum(one.letters for one in reports),
        notices=sum(one.notices for one in reports),
        suppressed=sum(one.suppressed for one in reports),
    )
