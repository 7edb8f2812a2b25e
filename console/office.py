"""Answers letters in the name of their receivers: what can be acknowledged, until when, and the act itself.

Whether something can be acknowledged is asked of the rules; the act goes through the engine like every other.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import Engine

from infra.db.answers import Answers, OpenedLetter
from infra.db.directory import People
from infra.db.in_force import InForce
from infra.db.policies import Policies
from infra.gateway import Gateway
from infra.links import Links
from rules import moment, notice
from rules.calendar import WorkingCalendar
from rules.letter import worst_first
from rules.notice import NoticeView
from rules.policy import PolicyMissingError, Shelf
from rules.promise import Room, room
from rules.reader import Reader
from rules.text import language
from schemas.command import Acknowledge, Actor, Command, Receipt
from schemas.letter import Notice
from schemas.reason import ErrorKind, Reason, Refusal
from schemas.state import ProjectState

PAGE = 20
"""Duties on a page, and the most that are acknowledged together."""

AT_ONCE = 4
"""Commands under way at the same time."""

LONGEST_NOTE = 500


@dataclass(frozen=True)
class Duty:
    """A stage of a project that a letter speaks of, once however many notices do.

    Attributes:
        key: Key of the worst notice about it, by which it is answered.
        project_id: The project.
        stage: The stage; empty when the notice is about something else.
        told: What the notices say, the worst first.
        room: What may be promised; None when it cannot be acknowledged.
        reason: Why it cannot be acknowledged; None when it can.
    """

    key: str
    project_id: str
    stage: str
    told: tuple[NoticeView, ...]
    room: Room | None
    reason: Reason | None


@dataclass(frozen=True)
class Page:
    """A part of a letter.

    Attributes:
        letter: The letter.
        reader: Its reader.
        duties: What it speaks of, the worst first.
        number: Which part, from 1.
        pages: How many parts there are.
        total: How many duties there are on all of them.
    """

    letter: OpenedLetter
    reader: Reader
    duties: tuple[Duty, ...]
    number: int
    pages: int
    total: int


@dataclass(frozen=True)
class Answer:
    """What came of an acknowledgement.

    Attributes:
        key: Key of the notice.
        receipt: The receipt; None when it was refused.
        promised_at: What was promised; None when it could not be read.
        reason: Why it was refused.
    """

    key: str
    receipt: Receipt | None = None
    promised_at: datetime | None = None
    reason: Reason | None = None


class Office:
    """Opens letters by their links, and acknowledges what is in them."""

    def __init__(
        self, records: Engine, shelf: Shelf, keys: Sequence[bytes], gateway: Callable[[], Awaitable[Gateway]]
    ) -> None:
        """Take what is needed.

        Args:
            records: Database of the records.
            shelf: Policies of the projects.
            keys: Secrets of links.
            gateway: Gives the way to the engine.
        """
        self._answers = Answers(records)
        self._people = People(records)
        self._in_force = InForce(Policies(records))
        self._shelf = shelf
        self._keys = keys
        self._gateway = gateway

    def open(self, token: str, now: datetime) -> OpenedLetter:
        """Return the letter of a link.

        Raises:
            Refusal: `link.unknown` or `link.expired`.
        """
        claim = Links(self._keys, "", self._in_force.policy().promise_days).read(token, now)
        letter = self._answers.letter(claim.letter)
        if letter is None or letter.person_id != claim.person_id:
            raise Refusal("link.unknown", ErrorKind.NOT_FOUND)
        return letter

    def page(self, letter: OpenedLetter, now: datetime, number: int = 1) -> Page:
        """Return a part of a letter; the nearest one when there is no such part."""
        groups = _by_stage(letter.notices)
        pages = max(1, -(-len(groups) // PAGE))
        number = min(max(number, 1), pages)
        shown = groups[(number - 1) * PAGE : number * PAGE]
        states = self._answers.states(group[0].project_id for group in shown)
        actor = self._actor(letter.person_id, now)
        reader = self.reader(letter)
        duties = tuple(self._duty(group, actor, states.get(group[0].project_id), now, reader) for group in shown)
        return Page(letter, reader, duties, number, pages, len(groups))

    def reader(self, letter: OpenedLetter) -> Reader:
        """Return how the receiver of a letter is spoken to."""
        return Reader(language(letter.lang), self._in_force.manner().calendar.document.utc_offset_hours)

    async def acknowledge(
        self, letter: OpenedLetter, keys: Sequence[str], promised: str, note: str, now: datetime
    ) -> list[Answer]:
        """Acknowledge what some notices of a letter speak of, in the name of its receiver; sent again, once.

        Args:
            letter: The letter.
            keys: Keys of notices in it.
            promised: The promised date, as it was written.
            note: What the receiver adds.
            now: The instant of asking.

        Raises:
            Refusal: `link.other_letter`: one of them is not in this letter; `link.note_long`; or the receiver is not
                in the directory any more, or the engine is away.
        """
        known = {one.key: one for one in letter.notices}
        if any(key not in known for key in keys):
            raise Refusal("link.other_letter", ErrorKind.NOT_FOUND)
        if len(note) > LONGEST_NOTE:
            raise Refusal("link.note_long", ErrorKind.INVALID, count=len(note), most=LONGEST_NOTE)
        actor = await asyncio.to_thread(self._people.actor, letter.person_id, now)
        wanted = [known[key] for key in keys]
        states = await asyncio.to_thread(self._answers.states, (one.project_id for one in wanted))
        promise = _Promise(letter, actor, promised, note, now)
        gateway = await self._gateway()
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(about: Notice) -> Answer:
            async with gate:
                return await self._one(about, states.get(about.project_id), promise, gateway)

        return list(await asyncio.gather(*(one(about) for about in wanted)))

    async def _one(self, about: Notice, state: ProjectState | None, promise: _Promise, gateway: Gateway) -> Answer:
        try:
            promised_at = moment.written(promise.text.strip(), self._calendar(about, state), promise.now)
            command = _command(about, promised_at, promise)
        except Refusal as refusal:
            return Answer(about.key, reason=refusal.reason)
        try:
            receipt = await gateway.send(about.project_id, command)
        except Refusal as refusal:
            return Answer(about.key, promised_at=promised_at, reason=refusal.reason)
        return Answer(about.key, receipt, promised_at)

    def _calendar(self, about: Notice, state: ProjectState | None) -> WorkingCalendar:
        """Return the days by which a stage is counted.

        Raises:
            Refusal: The notice is about no stage, or its project is not known here.
        """
        if state is None or not about.stage or about.matter:
            raise Refusal("acknowledge.not_a_stage")
        return self._shelf.book(state.pins).calendar_of(about.stage, state.project)

    def _duty(
        self, group: Sequence[Notice], actor: Actor, state: ProjectState | None, now: datetime, reader: Reader
    ) -> Duty:
        first = group[0]
        found: Room | Reason = Reason(code="acknowledge.not_a_stage")
        if state and first.stage and not first.matter:
            try:
                found = room(first.stage, actor, state, now, self._shelf.book(state.pins))
            except PolicyMissingError:
                found = Reason(code="link.no_policy", kind=ErrorKind.UNAVAILABLE)
        told = tuple(notice.view(one, reader) for one in group)
        may, why_not = (found, None) if isinstance(found, Room) else (None, found)
        return Duty(first.key, first.project_id, first.stage, told, may, why_not)

    def _actor(self, person_id: str, now: datetime) -> Actor:
        """Return the receiver with their posts; without any when no longer in the directory."""
        try:
            return self._people.actor(person_id, now)
        except Refusal:
            return Actor(person_id=person_id)


@dataclass(frozen=True)
class _Promise:
    """What somebody promises about some notices of a letter."""

    letter: OpenedLetter
    actor: Actor
    text: str
    note: str
    now: datetime


def _command(about: Notice, promised_at: datetime, promise: _Promise) -> Command:
    """Return the command of an acknowledgement; asked again with the same words it is the same one.

    Raises:
        Refusal: `link.note_unprintable`.
    """
    meaning = f"{promise.letter.key}|{about.key}|{promised_at.isoformat()}|{promise.note}"
    number = hashlib.sha256(meaning.encode()).hexdigest()[:20]
    try:
        act = Acknowledge(stage=about.stage, promised_at=promised_at, note=promise.note)
        return Command(command_id=f"link-{number}", actor=promise.actor, act=act)
    except ValidationError as error:
        raise Refusal("link.note_unprintable", ErrorKind.INVALID) from error


def shown_day(at: datetime, calendar: WorkingCalendar) -> str:
    """Return an instant as the value of a form: the date that it ends, or itself where days are shorter."""
    if calendar.is_compressed:
        return at.isoformat()
    return calendar.label(calendar.day(at - timedelta(seconds=1)))


def _by_stage(notices: Iterable[Notice]) -> list[list[Notice]]:
    """Return notices by what they speak of, the worst first."""
    groups: dict[tuple[str, str, str], list[Notice]] = {}
    for one in worst_first(notices):
        groups.setdefault((one.project_id, one.stage, one.matter), []).append(one)
    return list(groups.values())
