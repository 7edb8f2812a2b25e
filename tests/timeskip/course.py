"""Plays a timeline on the server and, step by step beside it, in the pure rules."""

from __future__ import annotations

from datetime import datetime

from rules import project
from rules.policy import Rulebook
from rules.project import Accepted
from schemas.command import Acknowledge, Act, Actor, Command
from tests.support import people
from tests.support.engine import Site, instant
from tests.support.life import Life, closing
from tests.timeskip.script import Closes, Does, Promises, Step, Timeline


class Course:
    """One project that lives twice.

    Attributes:
        site: Where it lives on the server.
        timeline: Its script.
        book: Its policies.
        life: Its life in the pure rules.
    """

    life: Life

    def __init__(self, site: Site, timeline: Timeline, book: Rulebook) -> None:
        """Prepare; nothing has begun yet."""
        self.site = site
        self.timeline = timeline
        self.book = book
        self._sent = 0

    async def begin(self) -> None:
        """Start the project; the pure life begins at the instant at which the workflow did."""
        order = await self.site.start(self.book, tier=self.timeline.tier)
        self.life = Life(self.book, self.site.journal[0].at)
        self.life.write(project.begin(order, self.life.now, self.book), by=order.ordered_by)

    async def take(self, step: Step) -> None:
        """Let time pass up to a step and take it, in both lives."""
        at = self._instant(step.at)
        await self.site.until(at)
        self.life.until(at)
        if asked := self._asked(step):
            self._sent += 1
            command = Command(command_id=f"c-{self._sent}", actor=asked[0], act=asked[1])
            answer = self.life.send(command)
            assert isinstance(answer, Accepted), f"{step}: {answer}"
            receipt = await self.site.send(command)
            assert (receipt.seq, receipt.is_repeat) == (self.life.state.seq, False)

    async def play(self) -> None:
        """Begin, and take every step."""
        await self.begin()
        for step in self.timeline.steps(self.book.plan.name):
            await self.take(step)

    def _asked(self, step: Step) -> tuple[Actor, Act] | None:
        match step:
            case Does():
                return step.by, step.act
            case Promises():
                return step.by, Acknowledge(promised_at=self._instant(step.day))
            case Closes():
                rule = self.book.stages[step.stage]
                return people.BY_ROLE[rule.closed_by.by[0]], closing(rule)
            case _:
                return None

    def _instant(self, day: str) -> datetime:
        return instant(self.book, day if " " in day else f"{day} 10:00")
