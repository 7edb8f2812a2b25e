"""Simulated people for demonstrations: each project's people have a habit, and act through the real engine.

They know no more than real ones: they see open stages in the read model, and they send commands.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from cli.start import first_refusal
from infra.gateway import Gateway
from rules.policy import Rulebook
from rules.post import resolve
from schemas.command import Actor, Command, FactValue
from schemas.directory import Seat
from schemas.plan import Fact
from schemas.project import Project
from schemas.reason import ErrorKind, Reason, Refusal
from schemas.view import StageRow


class Habit(StrEnum):
    """How the people of a project behave."""

    PUNCTUAL = "punctual"
    LATE = "late"
    PROMISING = "promising"
    REFUSED = "refused"
    EXTENDED = "extended"
    HELD = "held"
    OBSTRUCTED = "obstructed"
    CANCELLED = "cancelled"


LATENESS = (2, 9, 17, 32)
"""Working days by which the late are late, in turn: so that every level of the ladder is reached."""

TROUBLE: dict[str, str] = {"fibre": "route", "4g": "tower", "both": "cable"}
"""The stage in which each technology's people have their trouble."""


@dataclass
class Crowd:
    """All people of a demonstration.

    Attributes:
        gateway: Way to the engine.
        projects: Projects by id, with their habit.
        books: Rulebook by technology.
        seats: Posts with their holders.
        actors: Person with posts, by person id.
        look: Reads the open stages.
        rng: Source of chance, seeded.
        waiting: What was answered last to whoever tries again and again, by project and command id.
    """

    gateway: Gateway
    projects: dict[str, tuple[Project, Habit]]
    books: dict[str, Rulebook]
    seats: Sequence[Seat]
    actors: Callable[[str], Actor]
    look: Callable[[], list[StageRow]]
    rng: random.Random
    waiting: dict[tuple[str, str], Reason] = field(default_factory=dict)
    _seen: set[tuple[str, str, int, str, datetime | None]] = field(default_factory=set)
    _at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(16))

    async def live(self, is_over: Callable[[], bool]) -> None:
        """Let everybody act on what they see until it is over.

        Raises:
            Refusal: Somebody was refused what they should have been allowed.
        """
        try:
            async with asyncio.TaskGroup() as everybody:
                while not is_over():
                    for row in await asyncio.to_thread(self.look):
                        seen = (row.project_id, row.stage, row.round, row.turn, row.original_due_at)
                        if row.project_id in self.projects and seen not in self._seen and row.due_at:
                            self._seen.add(seen)
                            everybody.create_task(self._take_turn(row))
                    await asyncio.sleep(0.15)
        except* Refusal as refusals:
            raise first_refusal(refusals) from None

    async def _take_turn(self, row: StageRow) -> None:
        project, habit = self.projects[row.project_id]
        book = self.books[project.technology]
        rule = book.stages[row.stage]
        if rule.closed_by.act == "elapse" or row.due_at is None:
            return
        turn = _Turn(self, project, row, book, datetime.now(UTC), row.due_at)
        trouble = row.turn == "work" and row.stage == TROUBLE[project.technology]
        if row.turn == "obstacle":
            await turn.wait_days(4)
            await turn.do(row.owner, {"act": "clear_obstacle"})
        elif row.turn == "rectification":
            await turn.wait(0.5)
            await turn.do(row.owner, {"act": "submit", "note": "已整改"})
        elif habit is Habit.REFUSED and row.stage == "preliminary_acceptance" and row.turn == "work":
            await turn.wait(0.5)
            await turn.do(rule.closed_by.by[0], {"act": "refuse", "item": "接入速率低于 12 Mbps"})
        elif habit is Habit.CANCELLED and row.stage == "contract":
            await turn.wait(0.5)
            cancel = {"act": "cancel", "code": "COVERED_BY_OTHER", "decision_no": "演示〔2018〕1 号"}
            await turn.do("provincial_supervisor", cancel)
        elif trouble and habit in _TROUBLES:
            await _TROUBLES[habit](turn)
        else:
            await turn.wait(self.rng.uniform(0.35, 0.85))
            await turn.close()


@dataclass
class _Turn:
    """One turn of a stage as its people see it."""

    crowd: Crowd
    project: Project
    row: StageRow
    book: Rulebook
    since: datetime
    due: datetime

    async def wait(self, share: float) -> None:
        """Wait until a share of the time to the due instant has passed."""
        await _until(self.since + (self.due - self.since) * share)

    async def wait_days(self, days: float, since: datetime | None = None) -> None:
        """Wait for days of the demonstration calendar."""
        start = since or datetime.now(UTC)
        await _until(start + timedelta(seconds=days * self.book.calendar.document.day_seconds))

    async def close(self) -> None:
        """Close the stage by its proper act, with all facts."""
        closing = self.book.stages[self.row.stage].closed_by
        facts = {fact.key: self._fact(fact) for fact in closing.facts if fact.required != "never" or fact.one_of}
        await self.do(closing.by[0], {"act": closing.act, "stage": self.row.stage, "facts": facts})

    def _fact(self, fact: Fact) -> FactValue:
        """Return a value that passes; whoever pays, pays what was retained."""
        payment = self.book.plan.payment
        if fact.type == "money":
            return AMOUNT * payment.retained_share if payment and fact.key == payment.paid_fact else AMOUNT
        if fact.type == "number":
            good = (fact.minimum or 0.0) + 10.0
            return good if fact.maximum is None else min(good, fact.maximum)
        if fact.type == "date":
            return "2018-09-03"
        return True if fact.type == "flag" else f"{self.project.project_id}-{fact.key}"

    async def do(self, role: str, act: dict[str, Any]) -> None:
        """Send a command as whoever holds a role, again and again with the same id while there is no answer.

        People of a parallel branch may have had the project held; then one waits until it goes on. So one does when a
        killed worker left the journal, which everybody reads, a step ahead of the workflow that is coming back.
        """
        act.setdefault("stage", self.row.stage)
        found = resolve(role, self.project, self.crowd.seats, {}, self.book)
        row = self.row
        command = Command(
            command_id=f"demo-{row.stage[:20]}-{row.round}-{row.turn[:5]}-{act['act'][:20]}",
            actor=self.crowd.actors(found.person_id),
            act=act,  # type: ignore[arg-type] # validated by the model
        )
        while True:
            try:
                async with self.crowd._at_once:  # noqa: SLF001 - its own people
                    await self.crowd.gateway.send(self.project.project_id, command)
            except Refusal as refusal:
                if refusal.reason.kind is not ErrorKind.UNAVAILABLE and refusal.reason.code not in _PASSING:
                    raise
                self.crowd.waiting[self.project.project_id, command.command_id] = refusal.reason
                await asyncio.sleep(0.5)
            else:
                self.crowd.waiting.pop((self.project.project_id, command.command_id), None)
                return


async def _late(turn: _Turn) -> None:
    order = sorted(key for key, (_, habit) in turn.crowd.projects.items() if habit is Habit.LATE)
    days = LATENESS[order.index(turn.project.project_id) % len(LATENESS)]
    await turn.wait_days(days, turn.due)
    await turn.close()


async def _promising(turn: _Turn) -> None:
    await turn.wait_days(2, turn.due)
    day = turn.book.calendar.document.day_seconds
    promised = datetime.now(UTC) + timedelta(seconds=8 * day)
    await turn.do(turn.row.owner, {"act": "acknowledge", "promised_at": promised, "note": "预计 8 日内完成"})
    await turn.wait_days(6)
    await turn.close()


async def _extended(turn: _Turn) -> None:
    await turn.wait(0.6)
    ask = {"act": "request_extension", "days": 20, "reason": "山区材料运输困难"}
    await turn.do(turn.row.owner, ask)
    await turn.wait_days(2)
    await turn.do("provincial_supervisor", {"act": "grant_extension"})
    await turn.wait_days(12, turn.due)
    await turn.close()


async def _held(turn: _Turn) -> None:
    await turn.wait(0.3)
    await turn.do("prefecture_officer", {"act": "hold", "code": "WINTER_STOP"})
    await turn.wait_days(10)
    await turn.do("prefecture_officer", {"act": "resume"})
    await turn.wait(0.9)
    await turn.close()


async def _obstructed(turn: _Turn) -> None:
    await turn.wait(0.3)
    await turn.do(turn.row.owner, {"act": "report_obstacle", "code": "NO_POWER", "note": "变压器未到位"})
    await turn.wait_days(8)
    await turn.wait(0.9)
    await turn.close()


AMOUNT = 400_000.0
"""What everything costs in a demonstration, CNY."""

_PASSING = frozenset({"project.held", "stage.pending"})
"""Refusals that pass by themselves, for somebody who saw the stage open."""

_TROUBLES = {
    Habit.LATE: _late,
    Habit.PROMISING: _promising,
    Habit.EXTENDED: _extended,
    Habit.HELD: _held,
    Habit.OBSTRUCTED: _obstructed,
}


async def _until(at: datetime) -> None:
    await asyncio.sleep(max(0.0, (at - datetime.now(UTC)).total_seconds()))


def habits(count: int) -> list[Habit]:
    """Return a habit for each of `count` projects: every kind at least once, most people punctual."""
    special = [
        *[Habit.LATE] * 8,
        *[Habit.REFUSED] * 3,
        *[Habit.EXTENDED] * 3,
        *[Habit.HELD] * 3,
        *[Habit.PROMISING] * 2,
        *[Habit.OBSTRUCTED] * 2,
        Habit.CANCELLED,
    ]
    return [
        special[index // 2] if index % 2 and index // 2 < len(special) else Habit.PUNCTUAL for index in range(count)
    ]
