"""`prove-reminders`: what fell due in a month, what was claimed, and what became of every notice; it adds up."""

from __future__ import annotations

import asyncio
import csv
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli.desk import DONE, PROBLEMS, UNAVAILABLE, Desk, Shared
from infra.channels import open_channels
from infra.db.proof import Lived, Proofs
from infra.roll import differing
from rules import proof as rules
from rules.policy import PolicyMissingError
from schemas.proof import NoticeProof, ProjectProof, RungProof, Totals
from schemas.reason import ErrorKind, Refusal

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
_MARGIN = timedelta(days=2)
"""Months begin at other instants in other calendars; the rows looked at are those of all of them."""

_SHOWN = 20
_ENGINE_MOST = 200
"""Projects about which the engine is asked one by one; each costs a task of a worker."""

_TOLD = ("duplicate", "missing", "unknown")
_HEAD = ("project", "seq", "stage", "matter", "rung", "kind", "level", "due_at", "fired_at", "verdict", "why")
_HEAD_OF_NOTICES = ("notice", "receiver", "letter", "fate", "reason")


async def prove_reminders(
    *,
    month: Annotated[str, Parameter(help="月份 / month, 2018-09")],
    project: Annotated[str, Parameter(help="项目编号 / project id")] = "",
    area: Annotated[str, Parameter(help="行政区划代码开头 / prefix of the village code")] = "",
    out: Annotated[Path | None, Parameter(name="--csv", help="逐条写入文件 / write every line to this file")] = None,
    shared: Shared | None = None,
) -> int:
    """Prove that what fell due in a month was claimed, and tell what became of every notice."""
    desk = Desk(shared)
    first = _first(month)
    _check_begun(month, first)
    keyed = {name for name, channel in open_channels(desk.settings).items() if channel.manners.is_keyed}
    every = _proved(desk, first, keyed, project, area)
    seen = _Seen(is_whole=desk.json)
    with _sheet(out) as lines:
        totals = await asyncio.to_thread(lambda: rules.added(seen.noting(every, lines)))
    if out:
        desk.note("proof.written", path=str(out), count=seen.lines)
    differ = await _differing(desk, seen)
    _draw(desk, month, totals, seen.kept, differ)
    return _answer(desk, totals, seen.kept, differ)


@dataclass
class _Seen:
    """What is kept of the proofs that go by: all for JSON, else those with something to tell.

    Attributes:
        is_whole: Whether to keep all with rungs.
        kept: What is kept.
        open: Open projects about which the engine is asked, with the last entry of their journal.
        over: The same of projects that are over.
        lines: Lines written.
    """

    is_whole: bool
    kept: list[ProjectProof] = field(default_factory=list)
    open: dict[str, int] = field(default_factory=dict)
    over: dict[str, int] = field(default_factory=dict)
    lines: int = 0

    def noting(
        self, proofs: Iterable[ProjectProof], write: Callable[[tuple[str, ...]], object]
    ) -> Iterator[ProjectProof]:
        """Pass proofs on and take notes."""
        for one in proofs:
            yield one
            for line in _lines(one):
                write(line)
                self.lines += 1
            is_odd = any(rung.reason for rung in one.rungs) or any(notice.fate in _TOLD for notice in one.notices)
            if is_odd or (self.is_whole and one.rungs):
                self.kept.append(one)
            asked = self.over if one.is_over else self.open
            if one.rungs and len(asked) < _ENGINE_MOST:
                asked[one.project_id] = one.seq

    def asked(self) -> dict[str, tuple[int, bool]]:
        """Return the projects about which the engine is asked: open ones first."""
        every = [(key, (seq, False)) for key, seq in self.open.items()]
        every += [(key, (seq, True)) for key, seq in self.over.items()]
        return dict(every[:_ENGINE_MOST])


def _first(month: str) -> tuple[int, int]:
    if not (found := _MONTH.match(month)):
        raise Refusal("proof.bad_month", ErrorKind.INVALID, month=month)
    return int(found[1]), int(found[2])


def _check_begun(month: str, first: tuple[int, int]) -> None:
    """Refuse a month that lies ahead everywhere: a mistyped year must not prove anything."""
    if datetime(*first, 1, tzinfo=UTC) - _MARGIN > datetime.now(UTC):
        raise Refusal("proof.future", ErrorKind.INVALID, month=month)


def _proved(desk: Desk, first: tuple[int, int], keyed: set[str], project_id: str, area: str) -> Iterator[ProjectProof]:
    """Yield the proof of every project that lived in the month, with progress on stderr."""
    since = datetime(*first, 1, tzinfo=UTC) - _MARGIN
    until = since + timedelta(days=31) + 2 * _MARGIN
    proofs, due_by = Proofs(desk.records), datetime.now(UTC) - rules.LATE
    total = proofs.count(since, until, project_id=project_id, area=area)
    if project_id and not total:
        desk.views.state(project_id)  # refuses an id that nobody knows, and what has not started
    with desk.progress("proof.progress", total) as bar:
        for page in proofs.pages(since, until, project_id=project_id, area=area):
            found = {one.project_id: _rungs(desk, one, first, due_by) for one in page}
            facts = proofs.notices([key for key, rungs in found.items() if rungs])
            for one in page:
                rungs = found[one.project_id]
                notices = rules.notices(rungs, facts.get(one.project_id, ()), keyed)
                state = one.state
                yield ProjectProof(
                    project_id=one.project_id, seq=state.seq, is_over=state.is_over, rungs=rungs, notices=notices
                )
            bar.advance(bar.task_ids[0], len(page))


def _rungs(desk: Desk, one: Lived, first: tuple[int, int], due_by: datetime) -> tuple[RungProof, ...]:
    try:
        span = rules.month(*first, desk.shelf.book(one.state.pins).calendar)
        before = None if one.journal else one.state
        return tuple(rules.rungs(one.journal, desk.shelf.book, span, due_by, before))
    except PolicyMissingError as missing:
        raise Refusal("proof.no_book", ErrorKind.UNAVAILABLE, project=one.project_id, ref=str(missing)) from missing


async def _differing(desk: Desk, seen: _Seen) -> dict[str, str] | None:
    """Return projects about which the engine says something else; None when it cannot be asked."""
    asked = seen.asked()
    try:
        gateway = await desk.gateway()
    except Refusal:
        return None
    differ = await differing(gateway.client, asked)
    desk.note("proof.engine", asked=len(asked), differ=len(differ))
    return differ


def _draw(desk: Desk, month: str, totals: Totals, proofs: list[ProjectProof], differ: dict[str, str] | None) -> None:
    """Draw the sums as additions, then what is missing, twice or unknown."""
    desk.line("proof.head", month=month, projects=totals.projects)
    named = ("expected", "fired", "missing", "late", "unexpected")
    desk.line("proof.due", **{name: getattr(totals, name) for name in named})
    desk.line("proof.claimed", **{name: getattr(totals, name) for name in ("fired", "told", "to_nobody", "untold")})
    rows = [(f"+ {desk.say(f'fate.{fate}')}", str(count)) for fate, count in sorted(totals.fates.items())]
    last = (f"= {desk.say('proof.all')}", str(totals.notices + totals.left_out))
    desk.table(["column.became", "column.notice_count"], rows, last)
    told = [*_odd_rungs(desk, proofs), *_odd_notices(desk, proofs)]
    if told:
        codes = [f"column.{name}" for name in ("id", "stage", "rung", "fell_due", "receiver", "became")]
        desk.table(codes, told[:_SHOWN])
    if len(told) > _SHOWN:
        desk.line("proof.more", count=len(told) - _SHOWN)
    if differ is None:
        desk.note("proof.engine_away")
    for project, detail in (differ or {}).items():
        desk.line("proof.differs", project=project, detail=detail)


def _odd_rungs(desk: Desk, proofs: list[ProjectProof]) -> Iterator[tuple[str, ...]]:
    for one in (rung for project in proofs for rung in project.rungs if rung.reason):
        why = desk.say(f"rung_reason.{one.reason}")
        yield one.project_id, one.matter or one.stage or "—", one.rung, _at(one.due_at), ", ".join(one.to) or "—", why


def _odd_notices(desk: Desk, proofs: list[ProjectProof]) -> Iterator[tuple[str, ...]]:
    for project in proofs:
        rungs = {rung.seq: rung for rung in project.rungs}
        for one in (notice for notice in project.notices if notice.fate in _TOLD):
            rung, became = rungs[one.seq], f"{desk.say(f'fate.{one.fate}')} ({one.reason})"
            stage = rung.matter or rung.stage or "—"
            yield one.project_id, stage, one.rung, _at(rung.due_at), one.person_id or "—", became


def _answer(desk: Desk, totals: Totals, proofs: list[ProjectProof], differ: dict[str, str] | None) -> int:
    lost, twice = totals.fates.get("missing", 0), totals.fates.get("duplicate", 0)
    wrong = [totals.missing, totals.unexpected, lost, twice, len(differ or ())]
    is_proved = not any(wrong) and rules.add_up(totals)
    if not totals.expected:
        desk.line("proof.nothing")
    left = {fate: totals.fates.get(fate, 0) for fate in ("waiting", "held", "unknown", "dead")}
    if any(left.values()):
        desk.line("proof.open", **left)
    if is_proved:
        desk.line("proof.proved")
    else:
        names = ("missing", "unexpected", "lost", "duplicate", "differ")
        desk.line("proof.unproved", **dict(zip(names, wrong, strict=True)))
    data = {"totals": totals, "is_proved": is_proved, "differing": differ, "projects": proofs}
    return desk.answer(data, PROBLEMS if not is_proved else UNAVAILABLE if differ is None else DONE)


@contextmanager
def _sheet(path: Path | None) -> Iterator[Callable[[tuple[str, ...]], object]]:
    """Yield what writes a line to a file: one a notice, and one a rung without any; nothing without a file."""
    if path is None:
        yield lambda _line: None
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*_HEAD, *_HEAD_OF_NOTICES))
        yield lambda line: writer.writerow([_harmless(cell) for cell in line])


def _lines(one: ProjectProof) -> Iterator[tuple[str, ...]]:
    for rung in one.rungs:
        cells = (rung.project_id, str(rung.seq or ""), rung.stage, rung.matter, rung.rung, rung.kind, str(rung.level))
        at = (_at(rung.due_at), _at(rung.fired_at) if rung.fired_at else "", rung.verdict, rung.reason)
        of_it: list[NoticeProof | None] = [notice for notice in one.notices if notice.seq == rung.seq and rung.seq]
        for notice in of_it or [None]:
            told = (notice.key, notice.person_id, notice.letter, notice.fate, notice.reason) if notice else ("",) * 5
            yield (*cells, *at, *told)


def _harmless(cell: str) -> str:
    """Return a cell that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _at(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
