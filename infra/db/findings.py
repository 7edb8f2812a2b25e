"""What is not as it should be, a question to the database a kind. Each answers with a bounded number of rows.

Nothing here repairs: what is found is told with its remedy, and the parts that stand still take up their work again by
themselves once they run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from infra.db.balance import BY_LETTER, HAS_NO_NOTICE, IS_RUNG, IS_UNDER_WAY, SPEAKS_TO_NOBODY, Sums, pairs
from infra.db.tables import attempt, heartbeat, journal, letter, outbox, project, stage
from rules import vigil
from rules.outbox import READDRESSED
from rules.policy import PolicyMissingError, Rulebook
from rules.proof import LATE
from schemas.audit import Finding, FindingKind
from schemas.policy import Pins
from schemas.state import ProjectState

MOST = 100
"""Rows told of each kind: enough to see what it is. The balance counts all."""

MOST_STANDING = 1000
"""Findings of a kind that stand at a time; what is found over and above is found again when these are gone."""

LEASE_SLACK = timedelta(minutes=5)
"""A lease that is over is taken away at the next look at its channel, every second or so; a worker that died comes back
within a minute, and another one takes its delivery over within another."""

LETTER_SLACK = timedelta(minutes=30)
"""Letters go in order of their writing, but each try of a slow receiver may take a minute, and twenty are claimed at a
time; one that younger ones have overtaken by half an hour has been forgotten."""

LETTER_LONGEST = timedelta(hours=25)
"""Whatever its channel does, a letter that has not gone out a day after its writing is told: a channel that is down may
be nobody's fault, but people wait. A night is less, and the hour is for the morning's queue."""

NOTICE_SLACK = timedelta(hours=1)
"""Rounds of letter writing come every minute; after a night without the system, one for 2,500 people takes minutes."""

PROJECTS_AT_ONCE = 500
"""Projects whose rungs are computed in one audit: a second of work. All of 122,900 have had their turn in a day."""

SLICES = 256
"""Letters are compared with their notices one by one in so many parts, an audit each: all of them in a day."""


class Look(NamedTuple):
    """What an audit looks at.

    Attributes:
        now: Instant by the clock of the database.
        number: Which audit it is; it says which part has its turn.
        sums: The sums of the same state.
        after: Id of the project at which the audit before stopped.
        standing: What had been found before and stands, by kind.
        is_whole: Whether to look at everything, without taking turns.
    """

    now: datetime
    number: int
    sums: Sums
    after: str
    standing: Mapping[str, Sequence[str]]
    is_whole: bool = False


def rungs_without_notice(connection: Connection, look: Look) -> list[Finding]:
    """Return rungs in the journal of which the outbox knows nothing. Both are written in one transaction: no slack."""
    if not look.sums.balance.silent_rungs:
        return []
    query = select((journal.c.project_id + "/" + _text(journal.c.seq)).label("subject"), journal.c.at).where(
        IS_RUNG, HAS_NO_NOTICE, ~SPEAKS_TO_NOBODY
    )
    return _told(connection, "rung_without_notice", query, lambda row: f"claimed {row.at:%Y-%m-%dT%H:%MZ}")


def notices_without_letter(connection: Connection, look: Look) -> list[Finding]:
    """Return notices whose letter is not there, or another person's, or which have one and should not.

    Whether the person is the same is compared for the letters whose turn it is, and for what was found before.
    """
    known = outbox.outerjoin(letter, letter.c.key == outbox.c.letter)
    other = outbox.c.person_id != letter.c.person_id
    wrong = or_(
        and_(outbox.c.state == "written", letter.c.key.is_(None)),
        and_(outbox.c.state != "written", outbox.c.letter > ""),
        other,
    )
    standing = list(look.standing.get("notice_without_letter", ()))
    queries = [
        select(outbox.c.key.label("subject")).where(outbox.c.letter == "", outbox.c.state == "written"),
        select(outbox.c.key.label("subject")).where(outbox.c.letter > "", outbox.c.state != "written"),
        select(outbox.c.key.label("subject"))
        .select_from(outbox.join(letter, letter.c.key == outbox.c.letter))
        .where(other, *_turn(look)),
        select(outbox.c.key.label("subject")).select_from(known).where(outbox.c.key.in_(standing), wrong),
    ]
    if look.sums.lost_letters:
        missing = select(BY_LETTER.c.key).outerjoin(letter, letter.c.key == BY_LETTER.c.key)
        some = connection.execute(missing.where(letter.c.key.is_(None)).limit(MOST)).scalars().all()
        queries.append(select(outbox.c.key.label("subject")).where(outbox.c.letter.in_(some)))
    found = {finding.subject: finding for q in queries for finding in _told(connection, "notice_without_letter", q)}
    return sorted(found.values(), key=lambda one: one.subject)[:MOST]


def letters_miscounted(connection: Connection, look: Look) -> list[Finding]:
    """Return letters that tell another number of notices than name them."""
    if not look.sums.wrong_counts:
        return []
    there = func.coalesce(BY_LETTER.c.notices, 0)
    query = (
        select(letter.c.key.label("subject"), letter.c.notices.label("told"), there.label("there"))
        .outerjoin_from(letter, BY_LETTER, BY_LETTER.c.key == letter.c.key)
        .where(letter.c.notices != there)
    )
    return _told(connection, "letter_count", query, lambda row: f"tells {row.told}, holds {row.there}")


def letters_without_notice(connection: Connection, _look: Look) -> list[Finding]:
    """Return letters that are to be sent and have nothing in them."""
    query = select(letter.c.key.label("subject"), letter.c.channel).where(
        IS_UNDER_WAY, ~select(outbox.c.key).where(outbox.c.letter == letter.c.key).exists()
    )
    return _told(connection, "letter_without_notice", query, lambda row: row.channel)


def notices_overdue(before: datetime | None) -> Callable[[Connection, Look], list[Finding]]:
    """Return the question for notices that wait since before the opening of an office day that is over.

    What came to its receiver by a change of duty keeps the instant of its rung, and waits since that change.
    """

    def ask(connection: Connection, _look: Look) -> list[Finding]:
        if before is None:
            return []
        query = select(outbox.c.key.label("subject"), outbox.c.created_at).where(
            outbox.c.state == "waiting", outbox.c.created_at < before, ~_passed_on(before)
        )
        return _told(connection, "notice_overdue", query, lambda row: f"waits since {row.created_at:%Y-%m-%dT%H:%MZ}")

    return ask


def letters_overdue(channels: Collection[str] | None) -> Callable[[Connection, Look], list[Finding]]:
    """Return the question for letters that do not go out.

    Found are those that younger ones of their channel have overtaken: it is up, and they stand still; those that are
    too old whatever their channel does; and those that wait for a channel that nobody here serves.

    Args:
        channels: Those of this installation; None when they are not known.
    """

    def ask(connection: Connection, look: Look) -> list[Finding]:
        waited_for = connection.execute(select(letter.c.channel).where(IS_UNDER_WAY).distinct()).scalars().all()
        found: list[Finding] = []
        for channel in waited_for:
            is_served = channels is None or channel in channels
            told = literal(channel if is_served else f"{channel} (not a channel of this installation)")
            mine = and_(letter.c.channel == channel, IS_UNDER_WAY)
            query = select(letter.c.key.label("subject"), letter.c.created_at, told.label("told")).where(
                mine, _is_late(connection, channel, look.now) if is_served else true()
            )
            found += _told(
                connection, "letter_overdue", query, lambda row: f"{row.told}, since {row.created_at:%Y-%m-%dT%H:%MZ}"
            )
        return found[:MOST]

    return ask


def _is_late(connection: Connection, channel: str, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a letter under way on a channel should have gone out."""
    passed = select(func.max(letter.c.created_at)).where(letter.c.channel == channel, letter.c.state == "delivered")
    newest: datetime | None = connection.execute(passed).scalar()
    is_old = letter.c.created_at < now - LETTER_LONGEST
    if newest is None:
        return is_old
    due_at = func.coalesce(letter.c.not_before, letter.c.created_at)
    return or_(is_old, and_(letter.c.state == "pending", due_at < literal(newest - LETTER_SLACK)))


def attempts_past_lease(connection: Connection, look: Look) -> list[Finding]:
    """Return letters whose lease is long over, and tries under way of letters that are not."""
    late = or_(letter.c.lease_until.is_(None), letter.c.lease_until < look.now - LEASE_SLACK)
    left = (
        select(letter.c.key.label("subject"), letter.c.channel.label("channel"))
        .join(attempt, attempt.c.key == letter.c.key)
        .where(attempt.c.state == "sending", letter.c.state != "sending")
    )
    held = select(letter.c.key.label("subject"), letter.c.channel.label("channel")).where(
        letter.c.state == "sending", late
    )
    both = union_all(held, left).subquery()
    query = select(both.c.subject, both.c.channel).distinct()
    return _told(connection, "attempt_past_lease", query, lambda row: row.channel)


def silent_parts(allowed: Mapping[str, timedelta]) -> Callable[[Connection, Look], list[Finding]]:
    """Return the question for parts of the system that should have been heard of.

    Args:
        allowed: Parts with the longest silence that is right for them.
    """

    def ask(connection: Connection, look: Look) -> list[Finding]:
        heard = pairs(connection, select(heartbeat.c.part, heartbeat.c.at))
        return [
            Finding(
                kind="silent",
                subject=part,
                detail=f"last heard of {heard[part]:%Y-%m-%dT%H:%MZ}" if part in heard else "never heard of",
            )
            for part, longest in sorted(allowed.items())
            if part not in heard or heard[part] < look.now - longest
        ]

    return ask


class Watched(NamedTuple):
    """What was found about the projects whose turn it was.

    Attributes:
        findings: What was found.
        last: Id of the last of them; empty after the last of all.
    """

    findings: list[Finding]
    last: str


def projects_unwatched(connection: Connection, look: Look, book: Callable[[Pins], Rulebook]) -> Watched:
    """Return projects of which nothing lies ahead, and rungs that were due by the rules and not claimed.

    Asked are those that the read model makes suspicious, those found before, and those whose turn it is. A project
    whose policies cannot be found is one without a deadline: its workflow waits for them as well.
    """
    found: dict[tuple[str, str], Finding] = {}
    turn = connection.execute(_in_turn(look)).all()
    standing = [*look.standing.get("no_deadline", ()), *look.standing.get("rung_overdue", ())]
    for row in (*_rows(connection, [*standing, *_suspects(connection, look)]), *turn):
        for finding in _of_project(row.project_id, ProjectState.model_validate_json(row.state), look.now, book):
            found[finding.kind, finding.subject] = finding
    is_end = look.is_whole or len(turn) < PROJECTS_AT_ONCE
    return Watched([found[key] for key in sorted(found)], "" if is_end else turn[-1].project_id)


def _of_project(project_id: str, state: ProjectState, now: datetime, book: Callable[[Pins], Rulebook]) -> list[Finding]:
    try:
        rules = book(state.pins)
    except PolicyMissingError as missing:
        return [Finding(kind="no_deadline", subject=project_id, detail=f"policy {missing} is not published")]
    if rung := vigil.overdue_rung(state, rules, now - LATE):
        detail = f"{rung.stage or '—'} {rung.key} was due {rung.at:%Y-%m-%dT%H:%MZ}"
        return [Finding(kind="rung_overdue", subject=project_id, detail=detail)]
    if vigil.is_without_deadline(state, rules):
        return [Finding(kind="no_deadline", subject=project_id, detail=",".join(state.open_stages()))]
    return []


def _rows(connection: Connection, project_ids: Sequence[str]) -> Sequence[Any]:
    chosen = sorted(set(project_ids))
    return connection.execute(_STATES.where(project.c.project_id.in_(chosen))).all() if chosen else ()


def _suspects(connection: Connection, look: Look) -> list[str]:
    """Return projects that have no due day, and those due lately of whom nobody was told."""
    nothing = select(project.c.project_id).where(project.c.status == "running", project.c.next_due_at.is_(None))
    untold = (
        select(stage.c.project_id)
        .where(stage.c.status == "open", stage.c.level == 0, stage.c.due_at < look.now - _TOLD_AFTER)
        .order_by(stage.c.due_at.desc())
    )
    return [key for query in (nothing, untold) for key in connection.execute(query.limit(MOST)).scalars()]


_TOLD_AFTER = timedelta(days=1) + LATE
"""The first escalation comes on the morning after the due day at the earliest."""


def _in_turn(look: Look) -> Select[Any]:
    query = _STATES.where(project.c.status.in_(("running", "held"))).order_by(project.c.project_id)
    if look.is_whole:
        return query
    return query.where(project.c.project_id > look.after).limit(PROJECTS_AT_ONCE)


def _turn(look: Look) -> list[ColumnElement[bool]]:
    """Return the condition on letters that it is their turn: keys are digests, so each slice has its share."""
    if look.is_whole:
        return []
    first = look.number % SLICES
    is_in = letter.c.key >= f"{first:02x}"
    return [is_in, letter.c.key < f"{first + 1:02x}"] if first + 1 < SLICES else [is_in]


def _passed_on(since: datetime) -> ColumnElement[bool]:
    """Return the condition that a notice was somebody else's until after an instant."""
    before = outbox.alias("before")
    return exists().where(
        before.c.project_id == outbox.c.project_id,
        before.c.seq == outbox.c.seq,
        before.c.reason_code == READDRESSED,
        before.c.withdrawn_at >= since,
    )


def _told(
    connection: Connection, kind: FindingKind, query: Select[Any], detail: Callable[[Any], str] = lambda _row: ""
) -> list[Finding]:
    # Without an order: sorting by key would have the database walk through all keys. Which ones are told is no matter.
    rows = sorted(connection.execute(query.limit(MOST)), key=lambda row: str(row.subject))
    return [Finding(kind=kind, subject=row.subject, detail=detail(row)) for row in rows]


def _text(number: ColumnElement[int]) -> ColumnElement[str]:
    return cast(number, outbox.c.key.type)


_STATES = select(project.c.project_id, project.c.state).where(project.c.state.is_not(None))
