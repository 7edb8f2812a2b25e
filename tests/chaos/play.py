"""Plays a script on a house: people act at their hour and insist until they are heard, things break at theirs.

When an act was heard is what its sender knows: not before it was first sent, not after the answer came.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from temporalio.client import Client
from temporalio.service import RPCError

from infra.db.directory import People
from infra.db.engine import writing
from infra.db.policies import Policies
from infra.db.registry import Registry
from infra.db.tables import silence
from infra.db.views import Views
from infra.gateway import Gateway
from rules.attributes import at_start
from rules.policy import Rulebook, Shelf
from schemas.project import Project, Start
from schemas.reason import ErrorKind, Refusal
from tests.chaos import stage
from tests.chaos.house import WORKERS, House, until
from tests.chaos.oracle import Window, day_of, instant
from tests.chaos.script import Act, Fault, Script, holder

INSIST_SECONDS = 0.5
ANSWER = timedelta(seconds=8)


class Play:
    """One script on one house.

    Attributes:
        heard: When each act was heard.
        broken_answers: What was answered otherwise than it should have been.
        projects: Project ids by number of the village.
    """

    def __init__(self, script: Script, house: House) -> None:
        """Take both; nothing happens yet."""
        self.script, self.house = script, house
        self.heard: dict[str, Window] = {}
        self.broken_answers: list[str] = []
        self.projects: dict[int, str] = {}
        self._views = Views(house.records)
        self._known: dict[int, Project] = {}
        self._client: Client

    async def prepare(self) -> None:
        """Publish policies, write the directory, register the projects, and open the workers."""
        now, raws = datetime.now(UTC), stage.policies(self.script.day_seconds)
        Policies(self.house.records).publish(raws, now)
        shelf = Shelf()
        for raw in raws:
            shelf.put(raw)
        self._pins = stage.pins(raws)
        self._book: Rulebook = shelf.book(self._pins)
        self._people = People(self.house.records, shelf)
        self._people.import_directory(stage.directory(self.script), now)
        rows = [stage.row(number, self.script) for number in range(len(self.script.villages))]
        for number, one in enumerate(Registry(self.house.records).register(rows, "US", now)):
            self._known[number], self.projects[number] = one.project, one.project.project_id
        self._client = await self.house.client()
        self.house.open_workers()
        await until(lambda: self.house.is_ready(*WORKERS), "the workers do not get ready", patience=120)

    async def perform(self) -> None:
        """Let everything happen, and return after the last day; then nothing breaks any more."""
        length, began = self.script.day_seconds, time.time()
        self._zero = instant(day_of(began, length), 0.0, length)
        end = self._zero + self.script.days * length
        breaking = [asyncio.create_task(self._break()), asyncio.create_task(self._switch())]
        try:
            async with asyncio.timeout(end - began + 150), asyncio.TaskGroup() as everybody:
                for number in sorted({act.village for act in self.script.acts}):
                    everybody.create_task(self._live([act for act in self.script.acts if act.village == number]))
            await asyncio.sleep(end - time.time())
        finally:
            for task in breaking:
                task.cancel()
            await asyncio.gather(*breaking, return_exceptions=True)
            await self.house.calm()

    async def _live(self, acts: list[Act]) -> None:
        """Do one after the other what concerns a project; what concerns none has no order."""
        again: list[asyncio.Task[None]] = []
        try:
            for act in acts:
                if act.village < 0:
                    again.append(asyncio.create_task(self._do(act)))
                else:
                    await self._do(act)
                    if act.repeat_at is not None:
                        again.append(asyncio.create_task(self._repeat(act, acts)))
            await asyncio.gather(*again)
        finally:
            for task in again:
                task.cancel()

    async def _do(self, act: Act) -> None:
        await self._at(act.at)
        since = time.time()
        await self._insist(lambda: self._act(act))
        self.heard[act.key] = (since, time.time())

    async def _repeat(self, act: Act, acts: list[Act]) -> None:
        """Send a command once more; it must be known, and change nothing."""
        await self._at(act.repeat_at or 0.0)
        last = acts[-1]
        await until(lambda: last.key in self.heard, f"{last.key} is not heard", patience=150)
        receipt = await self._insist(lambda: self._send(act))
        if receipt is not True:
            self.broken_answers.append(f"{act.key} was sent again and carried out again")

    async def _at(self, day: float) -> None:
        await asyncio.sleep(max(0.0, self._zero + day * self.script.day_seconds - time.time()))

    async def _insist(self, doing: Callable[[], Awaitable[object]]) -> object:
        """Do something again and again until it is done; whoever is refused for good is a finding."""
        while True:
            try:
                return await doing()
            except Refusal as refusal:
                if refusal.reason.kind is not ErrorKind.UNAVAILABLE and refusal.reason.code not in _PASSING:
                    self.broken_answers.append(f"refused: {refusal.reason.code} {refusal.reason.params}")
                    return None
            except (DBAPIError, RPCError, OSError):
                pass
            await asyncio.sleep(INSIST_SECONDS)

    async def _act(self, act: Act) -> object:
        if act.kind == "silence":
            await asyncio.to_thread(self._silence, act)
            return None
        if act.kind == "hand_over":
            await asyncio.to_thread(self._hand_over, act)
            return None
        if act.kind == "start":
            order = Start(project=self._known[act.village], pins=self._pins, ordered_by="province")
            await Gateway(self._client).start(order, at_start(order, datetime.now(UTC), self._book))
            await until(lambda: self._has_begun(act.village), f"{act.key} does not begin", patience=80)
            return None
        return await self._send(act)

    async def _send(self, act: Act) -> bool:
        """Send the command of an act, and tell whether it was known."""
        gateway = Gateway(self._client, patience=ANSWER, recall=self._views.receipt)
        receipt = await gateway.send(self.projects[act.village], stage.command(act, self.script))
        return receipt.is_repeat

    def _has_begun(self, number: int) -> bool:
        with suppress(DBAPIError):
            return bool(self._views.journal(self.projects[number]))
        return False

    def _hand_over(self, act: Act) -> None:
        before = holder("county_officer", act.county, "")
        now = datetime.now(UTC)
        self._people.hand_over(before, act.person, [f"p-{before}"], now, now, by="province", reason="x")

    def _silence(self, act: Act) -> None:
        now = datetime.now(UTC)
        scope = dict.fromkeys(("area", "builder", "stage", "rung"), "")
        scope |= {"project_id": self.projects[act.village] if act.village >= 0 else "", "person_id": act.person}
        told = {
            "owner": "province",
            "reason": "x",
            "since_at": now,
            "until_at": now + timedelta(days=1),
            "ended_by": "",
        }
        with writing(self.house.records) as connection:
            connection.execute(insert(silence), {**scope, **told})

    # Faults

    async def _break(self) -> None:
        pauses: set[asyncio.Task[None]] = set()
        try:
            for fault in self.script.faults:
                await asyncio.sleep(fault.pause)
                await self._strike(fault, pauses)
        finally:
            for task in pauses:
                task.cancel()
            await asyncio.gather(*pauses, return_exceptions=True)

    async def _strike(self, fault: Fault, pauses: set[asyncio.Task[None]]) -> None:
        if fault.victim in WORKERS:  # on a busy machine they would never come up if nobody waited for them
            with suppress(TimeoutError):
                await until(lambda: self.house.is_ready(fault.victim), fault.victim, patience=25)
        if fault.kind == "kill":
            await self.house.kill(fault.victim)
        else:
            task = asyncio.create_task(self.house.pause(fault.victim, fault.seconds))
            pauses.add(task)
            task.add_done_callback(pauses.discard)

    async def _switch(self) -> None:
        for mode in self.script.modes:
            await self._at(mode.at)
            self.house.switch(mode.sink, mode.mode)


_PASSING = frozenset({"stage.pending", "project.not_running"})
"""Refusals that pass by themselves: a killed worker left the journal a step ahead."""
