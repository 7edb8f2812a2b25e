"""Rounds of letter writing: what waits for a person becomes one letter a day, and urgent notices one each.

Everything about one person happens in one transaction, so a round that is killed has written some people's letters
whole and the others' not at all; the next round goes on. Two rounds at once never write a notice twice: what one has
locked the other passes over, a notice leaves `waiting` once, and the key of a letter exists once.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Row, and_, bindparam, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import Select

from infra.db.engine import database_now, reading, writing
from infra.db.in_force import Manner
from infra.db.seats import person_of
from infra.db.silences import facts_of, live
from infra.db.tables import letter, outbox, person, project
from rules import digest
from rules.digest import DigestDay
from rules.route import route
from rules.silence import holding
from schemas.directory import Person
from schemas.letter import RoundOrder, RoundReport
from schemas.messaging import LetterKind
from schemas.silence import Silence

AT_ONCE = 500
"""People looked up by one query, and rows changed by one statement."""

_UNTRIED = {"attempts": 0, "unknowns": 0, "epoch": 0}
"""Only of a new letter: in one that is written anew `epoch` still fences off who claimed it before it was emptied."""

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Due:
    """Somebody who gets letters now.

    Attributes:
        person: The receiver.
        digest: The day whose digest is theirs; None when only urgent notices go.
    """

    person: Person
    digest: DigestDay | None


@dataclass(frozen=True)
class Round:
    """One round of letter writing: who gets letters, by which rules.

    Attributes:
        at: When it began, by the clock of the database.
        manner: How people are told.
        due: Who gets letters.
    """

    at: datetime
    manner: Manner
    due: tuple[Due, ...]


@dataclass(frozen=True)
class _Sheet:
    """A letter to be written, and the keys of what is in it."""

    key: str
    kind: LetterKind
    day: str
    notices: tuple[str, ...]


class Letters:
    """Writes letters from what waits in the outbox."""

    def __init__(
        self,
        engine: Engine,
        manner: Callable[[], Manner],
        channels: Collection[str],
        now: Callable[[Connection], datetime] = database_now,
    ) -> None:
        """Take what is needed.

        Args:
            engine: Database of the records.
            manner: Returns how people are told now (`infra.db.in_force`).
            channels: Names of the channels of this installation.
            now: The clock; that of the database, since writers on several machines must agree.
        """
        self._engine = engine
        self._manner = manner
        self._channels = frozenset(channels)
        self._now = now

    def begin(self, order: RoundOrder) -> Round:
        """Return who of a shard gets letters now; nobody in quiet hours."""
        manner = self._manner()
        with reading(self._engine) as connection:
            now = self._now(connection)
            if digest.is_quiet(manner.policy, manner.calendar, now):
                return Round(now, manner, ())
            return Round(now, manner, tuple(_due(connection, order, manner, now)))

    def write(self, this: Round, due: Due) -> RoundReport:
        """Write the letters of one person; none when another round does so at the same moment."""
        try:
            with writing(self._engine) as connection:
                return self._write(connection, this, due)
        except IntegrityError:  # a letter was there a moment after we had looked
            return RoundReport()

    def _write(self, connection: Connection, this: Round, due: Due) -> RoundReport:
        ripe = _ripe(this, due, connection.execute(_waiting(this.manner, due)).all())
        now = self._now(connection)  # the round may have begun a while ago, and somebody asked for silence meanwhile
        silenced, spoken = _parted(ripe, live(connection, now), now, this.manner.policy.unsilenced_from_level)
        for number, keys in silenced.items():
            _leave(connection, due.person.person_id, keys, {"state": "suppressed", "silence": number})
        sheets = list(_sheets(this, due, spoken))
        known = {
            row.key: _is_emptied(row.notices, row.attempts)
            for row in _found(connection, _KNOWN, [sheet.key for sheet in sheets])
        }
        wanted = [sheet for sheet in sheets if known.get(sheet.key, True)]
        if fresh := [{**self._row(sheet, this, due), **_UNTRIED} for sheet in wanted if sheet.key not in known]:
            connection.execute(insert(letter), fresh)
        for sheet in wanted:
            if sheet.key in known:
                connection.execute(update(letter).where(letter.c.key == sheet.key), self._row(sheet, this, due))
        for sheet in wanted:
            _leave(connection, due.person.person_id, sheet.notices, {"state": "written", "letter": sheet.key})
        return RoundReport(
            people=int(bool(wanted)),
            letters=len(wanted),
            notices=sum(len(sheet.notices) for sheet in wanted),
            suppressed=sum(len(keys) for keys in silenced.values()),
        )

    def _row(self, sheet: _Sheet, this: Round, due: Due) -> dict[str, Any]:
        return {
            "key": sheet.key,
            "person_id": due.person.person_id,
            "kind": sheet.kind,
            "day": sheet.day,
            "channel": route(due.person, self._channels)[0].channel,
            "lang": due.person.lang,
            "templates": this.manner.templates,
            "notices": len(sheet.notices),
            "state": "pending",
            "reason_code": "",
            "created_at": this.at,
        }


def shard_of(person_id: str, shards: int) -> int:
    """Return the shard of a person: the same in every process, for ever."""
    return int.from_bytes(hashlib.sha256(person_id.encode()).digest()[:8]) % shards


def _due(connection: Connection, order: RoundOrder, manner: Manner, now: datetime) -> Iterator[Due]:
    """Yield everybody of a shard for whom something waits whose hour has come."""
    waiting = connection.execute(_WAITED_FOR if manner.policy.alone_from_level is None else _WAITED_FOR_BY_LEVEL)
    mine = {row.person_id: row for row in waiting if shard_of(row.person_id, order.shards) == order.shard}
    may_send = digest.may_send(manner.policy, manner.calendar, now)
    for ids in _parts(sorted(mine)):
        known = {row.person_id: person_of(row) for row in connection.execute(_PEOPLE, {"ids": ids})}
        people = [known.get(key) or Person(person_id=key, name="") for key in ids]
        days = _days(connection, manner, people, now) if may_send else {}
        for one in people:
            day, waited = days.get(one.person_id), mine[one.person_id]
            day = day if day and waited.since_at <= day.at else None
            if day or digest.goes_alone(manner.policy, waited.level):
                yield Due(one, day)


def _days(connection: Connection, manner: Manner, people: Sequence[Person], now: datetime) -> dict[str, DigestDay]:
    """Return the day whose digest is due, by person; nobody has two of a day."""
    days = {one.person_id: day for one in people if (day := digest.latest(manner.policy, manner.calendar, one, now))}
    labels = sorted({day.label for day in days.values()})
    for row in connection.execute(_DIGESTS, {"ids": list(days), "days": labels}):
        if row.day == days[row.person_id].label and not _is_emptied(row.notices, row.attempts):
            del days[row.person_id]
    return days


def _ripe(this: Round, due: Due, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Return the notices whose hour has come.

    A digest is of what waited at its hour; what has come since goes with it, but does not call for one by itself.
    """
    alone = [row for row in rows if digest.goes_alone(this.manner.policy, row.level)]
    together = [row for row in rows if not digest.goes_alone(this.manner.policy, row.level)]
    is_called_for = due.digest and any(row.created_at <= due.digest.at for row in together)
    return [*alone, *together] if is_called_for else alone


def _sheets(this: Round, due: Due, rows: Sequence[Row[Any]]) -> Iterator[_Sheet]:
    """Yield the letters that notices make: one each for what is urgent, one together for the rest."""
    policy, receiver = this.manner.policy, due.person.person_id
    today = this.manner.calendar.label(this.manner.calendar.day(this.at))
    together = []
    for row in rows:
        if digest.goes_alone(policy, row.level):
            yield _Sheet(digest.letter_key(receiver, "alone", row.key), "alone", today, (row.key,))
        else:
            together.append(row.key)
    if due.digest and together:
        day = due.digest.label
        yield _Sheet(digest.letter_key(receiver, "digest", day), "digest", day, tuple(together))


def _parted(
    rows: Sequence[Row[Any]], silences: Sequence[Silence], at: datetime, unsilenced_from_level: int | None
) -> tuple[dict[int, list[str]], list[Row[Any]]]:
    """Return the keys of notices that silences hold back, by their number, and the other notices."""
    silenced: dict[int, list[str]] = defaultdict(list)
    spoken = []
    for row in rows:
        number = holding(silences, facts_of(row._mapping), at, unsilenced_from_level)  # noqa: SLF001 - SQLAlchemy's public name
        if number:
            silenced[number].append(row.key)
        else:
            spoken.append(row)
    return silenced, spoken


def _leave(connection: Connection, person_id: str, notices: Sequence[str], values: dict[str, Any]) -> None:
    """Let notices of a person leave the state in which they wait.

    The person is named so that the database looks through what waits for one, not through all that waits.

    Raises:
        RuntimeError: One of them does not wait, although it is locked by us.
    """
    left = 0
    for keys in _parts(notices):
        mine = (outbox.c.person_id == person_id, outbox.c.state == "waiting")
        waiting = update(outbox).where(*mine, outbox.c.key.in_(keys))
        left += connection.execute(waiting.values(values)).rowcount
    if left != len(notices):
        raise RuntimeError(f"{len(notices) - left} of {len(notices)} notices do not wait")


def _found(connection: Connection, query: Select[Any], keys: Sequence[str]) -> Iterator[Row[Any]]:
    for part in _parts(keys):
        yield from connection.execute(query, {"keys": part})


def _parts(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def _is_emptied(notices: int, attempts: int) -> bool:
    """Whether everything was taken out of a letter before anybody tried it: then it may be written again."""
    return notices == attempts == 0


def _waiting(manner: Manner, due: Due) -> Select[Any]:
    """Return the query of the notices that wait for a person and whose hour has come; they are ours until the end."""
    mine = and_(outbox.c.person_id == due.person.person_id, outbox.c.state == "waiting")
    if due.digest is None:
        mine = and_(mine, outbox.c.level >= manner.policy.alone_from_level)
    return (
        select(
            outbox.c.key,
            outbox.c.project_id,
            outbox.c.stage,
            outbox.c.rung,
            outbox.c.level,
            outbox.c.person_id,
            outbox.c.created_at,
            project.c.village_code,
            project.c.builder,
        )
        .join_from(outbox, project, project.c.project_id == outbox.c.project_id)
        .where(mine)
        .order_by(outbox.c.created_at, outbox.c.key)
        .with_for_update(of=outbox, skip_locked=True)
    )


_SINCE = func.min(outbox.c.created_at).label("since_at")
_WAITED_FOR = (
    select(outbox.c.person_id, _SINCE, literal(0).label("level"))
    .where(outbox.c.state == "waiting")
    .group_by(outbox.c.person_id)
)
"""Answered from an index alone."""

_WAITED_FOR_BY_LEVEL = (
    select(outbox.c.person_id, _SINCE, func.max(outbox.c.level).label("level"))
    .where(outbox.c.state == "waiting")
    .group_by(outbox.c.person_id)
)
_PEOPLE = select(person).where(person.c.person_id.in_(bindparam("ids", expanding=True)))
_DIGESTS = select(letter.c.person_id, letter.c.day, letter.c.notices, letter.c.attempts).where(
    letter.c.person_id.in_(bindparam("ids", expanding=True)),
    letter.c.day.in_(bindparam("days", expanding=True)),
    letter.c.kind == "digest",
)
_KNOWN = (
    select(letter.c.key, letter.c.notices, letter.c.attempts)
    .where(letter.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(letter.c.key)
    .with_for_update()
)
