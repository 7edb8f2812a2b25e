"""Writes letters: one round over one shard of people."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import OperationalError
from temporalio import activity

from infra.db.heartbeats import Heartbeats
from infra.db.letters import Due, Letters, Round
from schemas import names
from schemas.letter import RoundOrder, RoundReport
from workflows.ports import LettersPort

PEOPLE_AT_ONCE = 20
"""People between two signs of life."""

_log = structlog.get_logger("cuntong.letters")


class LettersActivity(LettersPort):
    """Writes what is due; a round that is broken off is gone on with by the next one."""

    def __init__(self, letters: Letters, heartbeats: Heartbeats) -> None:
        """Take the writer, and where to put on record that a round gets on: the auditor misses it otherwise."""
        self._letters = letters
        self._heartbeats = heartbeats

    @activity.defn(name=names.LETTERS_WRITE)
    async def write(self, order: RoundOrder) -> RoundReport:
        """Write the letters of everybody of a shard whose hour has come, heartbeating.

        Raises:
            Exception: Letters of somebody could not be written, and this was wrong with the first of them; all others
                have theirs.
        """
        part, report = f"letters/{order.shard}", RoundReport()
        failures: list[Exception] = []
        this = await asyncio.to_thread(self._letters.begin, order)
        for start in range(0, len(this.due), PEOPLE_AT_ONCE):
            activity.heartbeat(report)
            if activity.is_worker_shutdown():
                return report
            if self._heartbeats.is_due(part):
                await self._beat(part, report)
            people = this.due[start : start + PEOPLE_AT_ONCE]
            report = _sum((report, await asyncio.to_thread(self._write, this, people, failures)))
        await self._beat(part, report)
        if failures:
            raise failures[0]
        return report

    async def _beat(self, part: str, report: RoundReport) -> None:
        await asyncio.to_thread(self._heartbeats.beat, part, report.model_dump_json())

    def _write(self, this: Round, people: Sequence[Due], failures: list[Exception]) -> RoundReport:
        """Write the letters of some people; who cannot be written to keeps nobody else waiting."""
        done = []
        for due in people:
            try:
                done.append(self._letters.write(this, due))
            except OperationalError:  # the database is away, for everybody
                raise
            except Exception as error:  # noqa: BLE001 - told and raised once all others have theirs
                _log.exception("letters_not_written", person_id=due.person.person_id)
                failures.append(error)
        return _sum(done)


def _sum(reports: Sequence[RoundReport]) -> RoundReport:
    return RoundReport(
        people=sum(one.people for one in reports),
        letters=sum(one.letters for one in reports),
        notices=sum(one.notices for one in reports),
        suppressed=sum(one.suppressed for one in reports),
    )
