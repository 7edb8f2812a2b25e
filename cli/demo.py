"""`demo`: real villages through the default plans on the real engine, with simulated people and a mail server."""

from __future__ import annotations

import asyncio
import functools
import random
import shutil
import signal
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from sqlalchemy import select

from cli.agreement import SETTLED, Agreement, judge
from cli.crowd import Crowd, habits
from cli.desk import DONE, PROBLEMS, Desk, Shared
from cli.start import publish, start_all
from cli.up import WORKER, embedded, reachable
from infra import engine, port
from infra.channels.sink import MailSink
from infra.db import migrate
from infra.db.directory import People
from infra.db.engine import reading
from infra.db.registry import Registered, Registry
from infra.db.tables import project as project_table
from infra.db.tables import stage as stage_table
from infra.files.directory import read_directory
from infra.files.ledger import read_ledger
from infra.gateway import Gateway
from infra.settings import Settings
from infra.supervisor import ChildEvent, hold
from rules.text import both
from schemas.ledger import LedgerRow
from schemas.project import Start
from schemas.reason import ErrorKind, Refusal
from schemas.view import StageRow

SAMPLES = Path(__file__).parents[1] / "samples" / "nujiang"
_MARK = ".cuntong-demo"
_SETTLED = "settlement"
_TELL_SECONDS = 3.0
_DRAIN_SECONDS = 30.0
_PATIENCE_SECONDS, _PATIENCE_DAYS = 60.0, 250


async def demo(
    *,
    once: Annotated[bool, Parameter(negative=(), help="跑完即止 / end when the projects are through")] = False,
    villages: Annotated[int, Parameter(help="村数 / number of villages")] = 44,
    day_seconds: Annotated[float, Parameter(help="一天的秒数 / seconds of a day")] = 0.25,
    seed: Annotated[int, Parameter(help="随机种子 / seed of chance")] = 2018,
    shared: Shared | None = None,
) -> int:
    """Run real villages through the default plans and show that all records agree."""
    shared = shared or Shared()
    desk = Desk(Shared(json=shared.json, lang=shared.lang, data=shared.data or Path("demo-data")))
    ledger = read_ledger(SAMPLES / "ledger-2018.csv")
    if not 0 < villages <= len(ledger.rows):
        raise Refusal("demo.villages", ErrorKind.INVALID, villages=villages, most=len(ledger.rows))
    rows = _spread(ledger.rows, villages)
    data = desk.settings.data.expanduser().resolve()
    _check_ours(data)
    with hold(data):
        _clear(data)
        sink = MailSink(data / "mail")
        sink.start()
        try:
            desk.settings = _settings(desk.settings, data, sink.url)
            await port.check_ports(desk.settings)
            return await _Show(desk, sink, rows, day_seconds, random.Random(seed)).run(stay=not once)  # noqa: S311 - chance of a play
        finally:
            sink.stop()


class _Show:
    """One demonstration, from the first process to the last line."""

    def __init__(
        self, desk: Desk, sink: MailSink, rows: Sequence[LedgerRow], day_seconds: float, rng: random.Random
    ) -> None:
        self.desk, self.sink, self.rows, self.day_seconds, self.rng = desk, sink, rows, day_seconds, rng
        self.ended = asyncio.Event()
        self.settled: set[str] = set()
        self.since = self.moved_at = time.monotonic()
        self.seen: set[tuple[str, str, int, str]] = set()

    async def run(self, *, stay: bool) -> int:
        """Start everything, let people act, judge, and (when asked to) stay until Ctrl-C."""
        desk = self.desk
        await asyncio.to_thread(migrate.upgrade, desk.settings.records_url)
        supervisor = embedded(desk.settings, worker=WORKER, on_event=self._child)
        running = asyncio.create_task(supervisor.run())
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self.ended.set)
        try:
            await _first(asyncio.create_task(supervisor.up.wait()), running, asyncio.create_task(self.ended.wait()))
            if self.ended.is_set() or running.done():
                return PROBLEMS
            for key, address in supervisor.addresses.items():
                desk.note(f"up.address_{key}", address=address)
            self.since = time.monotonic()
            code = await self._play()
            if stay and not self.ended.is_set():
                desk.note("demo.staying", data=str(desk.settings.data), port=desk.settings.port)
                await self.ended.wait()
            return code
        finally:
            supervisor.stop()
            await running

    async def _play(self) -> int:
        """Start the projects and let people live; tell how it went."""
        client = await engine.connect(self.desk.settings, embedded=True)
        gateway = Gateway(client, recall=self.desk.views.receipt)
        registered = self._register()
        crowd = await self._crowd(gateway, registered)
        living = asyncio.create_task(crowd.live(lambda: self.ended.is_set() or len(self.settled) >= len(registered)))
        telling = asyncio.create_task(self._tell(len(registered)))
        try:
            await _first(living, asyncio.create_task(self.ended.wait()), asyncio.create_task(self._stands_still()))
            if self.ended.is_set():
                return self.desk.answer({"interrupted": True}, PROBLEMS)
            if not living.done():
                raise Refusal("demo.stuck", ErrorKind.UNAVAILABLE, open=len(registered) - len(self.settled))
            await living
        finally:
            living.cancel()
            telling.cancel()
        ids = [one.project.project_id for one in registered]
        await self._drain()
        received = [message_id for message_id, _ in self.sink.received]
        return self._report(ids, await judge(ids, self.desk.views, received, client))

    def _register(self) -> list[Registered]:
        now = datetime.now(UTC)
        People(self.desk.records).import_directory(read_directory(SAMPLES / "people.yaml"), now)
        return Registry(self.desk.records).register(self.rows, "US", now)

    async def _crowd(self, gateway: Gateway, registered: Sequence[Registered]) -> Crowd:
        """Start the projects and return their people."""
        pins = publish(self.desk, "compressed", self.day_seconds)
        people = People(self.desk.records)
        orders = [
            Start(project=one.project, pins=pins[one.project.technology], ordered_by="demo", command_id="demo-start")
            for one in registered
        ]
        with self.desk.progress("start.progress", len(orders)) as bar:
            await start_all(gateway, orders, self.desk.shelf, bar)
        cast = zip(registered, habits(len(registered)), strict=True)
        return Crowd(
            gateway=gateway,
            projects={one.project.project_id: (one.project, habit) for one, habit in cast},
            books={technology: self.desk.shelf.book(pin) for technology, pin in pins.items()},
            seats=people.seats(datetime.now(UTC)),
            actors=functools.cache(people.actor),
            look=self._look,
            rng=self.rng,
        )

    def _look(self) -> list[StageRow]:
        """Return what people see: the open stages; and remember which projects are through."""
        with reading(self.desk.records) as connection:
            paid = select(stage_table.c.project_id).where(
                stage_table.c.stage == _SETTLED, stage_table.c.status == "done"
            )
            ended = select(project_table.c.project_id).where(project_table.c.status.in_(("cancelled", "rejected")))
            self.settled = {*connection.execute(paid).scalars(), *connection.execute(ended).scalars()}
        rows = self.desk.views.open_stages()
        seen = {(row.project_id, row.stage, row.round, row.turn) for row in rows}
        if seen != self.seen:
            self.seen, self.moved_at = seen, time.monotonic()
        return rows

    async def _stands_still(self) -> None:
        """Return when no project has moved for longer than any stage takes."""
        patience = max(_PATIENCE_SECONDS, _PATIENCE_DAYS * self.day_seconds)
        while time.monotonic() - self.moved_at < patience:  # noqa: ASYNC110 - what moves is in other processes
            await asyncio.sleep(1.0)

    async def _tell(self, total: int) -> None:
        while True:
            await asyncio.sleep(_TELL_SECONDS)
            board = await asyncio.to_thread(self.desk.views.board, "county", now=datetime.now(UTC))
            self.desk.note(
                "demo.progress",
                day=round((time.monotonic() - self.since) / self.day_seconds),
                settled=len(self.settled),
                total=total,
                overdue=board.totals.overdue,
                held=board.totals.held,
                mails=len(self.sink.received),
            )

    async def _drain(self) -> None:
        """Wait until every notice is in a letter that has left, or was withdrawn."""
        self.desk.note("demo.draining")
        end = time.monotonic() + _DRAIN_SECONDS
        while time.monotonic() < end:
            counts = await asyncio.to_thread(self.desk.views.outbox_counts)
            if all(count.state in SETTLED for count in counts):
                return
            await asyncio.sleep(0.2)

    def _report(self, ids: Sequence[str], found: Agreement) -> int:
        """Tell how the records agree; exit 0 only when they do."""
        types = {project_id: [e.event.type for e in self.desk.views.journal(project_id)] for project_id in ids}
        accepted = [
            any(stage.stage == "final_acceptance" and stage.status == "done" for stage in self.desk.views.stages(one))
            for one in ids
        ]
        result: dict[str, Any] = {
            "projects": len(ids),
            "accepted": sum(accepted),
            "rectified": sum("rectification_submitted" in seen for seen in types.values()),
            "extended": sum("extension_granted" in seen for seen in types.values()),
            "held": sum("project_held" in seen for seen in types.values()),
            "cancelled": sum("project_cancelled" in seen for seen in types.values()),
            **found.model_dump(exclude={"differences", "messages_open"}),
            "seconds": round(time.monotonic() - self.since, 1),
        }
        quick = found.notices_delivered > found.notices_withdrawn  # else letters were not written or handed over at all
        agrees = quick and not (
            found.differences or found.messages_lost or found.messages_duplicated or found.messages_open
        )
        for text in found.differences:
            self.desk.errors.print(f"✗ {text}")
        self.desk.note("demo.agree" if agrees else "demo.differ")
        for key, value in result.items():
            self.desk.print(f"{key:>24}  {value}")
        return self.desk.answer(result, DONE if agrees and result["accepted"] else PROBLEMS)

    def _child(self, event: ChildEvent) -> None:
        if event.kind not in {"started", "stopped"}:
            params: dict[str, Any] = {
                "pid": event.pid,
                "exit_code": event.code,
                "pause": event.pause,
                "log": str(event.log),
            }
            self.desk.note(f"up.{event.kind}", name=event.child.title, **params)


def _settings(settings: Settings, data: Path, smtp_url: str) -> Settings:
    """Return settings of its own for the demonstration: it disturbs nothing that runs here already."""
    wanted = (settings.port, settings.ui_port, settings.console_port)
    engine_port, page_port, console_port = (port.pick_port(settings, one) if one else 0 for one in wanted)
    own = {"data": data, "smtp_url": smtp_url, "port": engine_port, "ui_port": page_port, "database_url": ""}
    own |= {"console_port": console_port, "public_url": ""}
    often = {"delivery_poll_seconds": 0.2, "letters_every_seconds": 1.0}
    return reachable(settings.model_copy(update={**own, **often}))


def _check_ours(data: Path) -> None:
    """Refuse a folder in which somebody keeps something: a demonstration clears its folder, but only its own.

    Raises:
        Refusal: `demo.not_ours`.
    """
    if data.is_dir() and not (data / _MARK).exists() and {path.name for path in data.iterdir()} - {"lock"}:
        raise Refusal("demo.not_ours", ErrorKind.CONFLICT, path=str(data))


def _clear(data: Path) -> None:
    """Begin with a clean table; the folder is ours by its mark, and we hold its lock."""
    (data / _MARK).write_text(f"{both('demo.mark').zh}\n{both('demo.mark').en}\n", encoding="utf-8")
    for name in ("mail", "messages", "logs"):
        shutil.rmtree(data / name, ignore_errors=True)
    for path in [*data.glob("records.db*"), *data.glob("engine.db*")]:
        path.unlink(missing_ok=True)


def _spread(rows: Sequence[LedgerRow], count: int) -> list[LedgerRow]:
    """Return rows spread evenly over the ledger, so that every county takes part."""
    return [rows[index * len(rows) // count] for index in range(count)]


async def _first(*tasks: asyncio.Task[Any]) -> None:
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
