"""Sums over journal, outbox and letters: where the claimed rungs are, counted without the code that put them there.

All of it is one look at one state of the database, from indexes: a rung in the journal, its notices by project and
entry, notices by letter. Three million entries of journals are counted in seconds.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, case, exists, func, literal_column, not_, select

from infra.db.tables import attempt, journal, letter, outbox
from schemas.audit import Balance, Figures

IS_RUNG = journal.c.type == literal_column("'rung_fired'")
"""Said with a literal, not with a parameter: only so do both databases take the index of rungs."""

SPEAKS_TO_NOBODY = journal.c.entry.contains('"to":[]')
"""A rung of a ladder that names no receiver. Entries are canonical JSON, and no text of a person is in a rung."""

HAS_NO_NOTICE = not_(exists().where(outbox.c.project_id == journal.c.project_id, outbox.c.seq == journal.c.seq))

_PLACES = {"waiting": "waiting", "superseded": "superseded", "suppressed": "suppressed", "held": "held"}
_FATES = {
    "pending": "pending",
    "sending": "pending",
    "delivered": "delivered",
    "unclear": "unclear",
    "dead": "dead",
    "superseded": "withdrawn",
}


class Sums(NamedTuple):
    """What was counted.

    Attributes:
        balance: Where the claimed rungs are.
        figures: What else there is.
        lost_letters: Letters that notices name and that are not there.
        wrong_counts: Letters that tell another number of notices than name them.
    """

    balance: Balance
    figures: Figures
    lost_letters: int
    wrong_counts: int


def counted(connection: Connection) -> Sums:
    """Return the sums of one state of the database."""
    rungs, silent = connection.execute(_RUNGS).scalar_one(), connection.execute(_SILENT).one()
    notices: dict[str, int] = pairs(connection, _NOTICES)
    places: defaultdict[str, int] = defaultdict(int)
    for state, count in notices.items():
        if state in _PLACES:
            places[_PLACES[state]] += count
    lost = wrong = told = 0
    for row in connection.execute(_LETTERED):
        if row.state is None:
            lost += row.letters
        else:
            wrong += row.wrong
            told += row.told
            if row.state in _FATES:
                places[_FATES[row.state]] += row.notices
    untold = (connection.execute(_TOLD).scalar_one() or 0) != told
    balance = Balance(
        rungs=rungs - (silent.to_nobody or 0),
        silent_rungs=silent.silent - (silent.to_nobody or 0),
        notices=sum(notices.values()),
        **places,
    )
    return Sums(balance, _figures(connection, notices), lost, wrong + untold)


def pairs(connection: Connection, query: Select[Any]) -> dict[str, Any]:
    """Return the answer to a question with two columns as a dictionary."""
    return {key: value for key, value in connection.execute(query)}  # noqa: C416 - rows are typed as single values


def _figures(connection: Connection, notices: dict[str, int]) -> Figures:
    letters: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for channel, state, count in connection.execute(_LETTERS):
        letters[channel][state] = count
    return Figures(
        notices=notices,
        letters=dict(letters),
        unknown_attempts=pairs(connection, _UNKNOWN),
        oldest_waiting_at=connection.execute(_OLDEST_WAITING).scalar(),
        oldest_pending_at=pairs(connection, _OLDEST_PENDING),
    )


_RUNGS = select(func.count()).select_from(journal).where(IS_RUNG)
_SILENT = (
    select(func.count().label("silent"), func.sum(case((SPEAKS_TO_NOBODY, 1), else_=0)).label("to_nobody"))
    .select_from(journal)
    .where(IS_RUNG, HAS_NO_NOTICE)
)
_NOTICES: Select[Any] = select(outbox.c.state, func.count()).group_by(outbox.c.state)

BY_LETTER = (
    select(outbox.c.letter.label("key"), func.count().label("notices"))
    .where(outbox.c.letter > "")
    .group_by(outbox.c.letter)
    .subquery("by_letter")
)
"""Letters that notices name, with how many do."""

_LETTERED: Select[Any] = (
    select(
        letter.c.state,
        func.count().label("letters"),
        func.sum(BY_LETTER.c.notices).label("notices"),
        func.sum(letter.c.notices).label("told"),
        func.sum(case((letter.c.notices != BY_LETTER.c.notices, 1), else_=0)).label("wrong"),
    )
    .outerjoin_from(BY_LETTER, letter, letter.c.key == BY_LETTER.c.key)
    .group_by(letter.c.state)
)
_TOLD = select(func.sum(letter.c.notices))
_LETTERS: Select[Any] = select(letter.c.channel, letter.c.state, func.count()).group_by(
    letter.c.channel, letter.c.state
)
_UNKNOWN: Select[Any] = (
    select(attempt.c.channel, func.count()).where(attempt.c.state == "unknown").group_by(attempt.c.channel)
)
_OLDEST_WAITING = select(func.min(outbox.c.created_at)).where(outbox.c.state == "waiting")
IS_UNDER_WAY = letter.c.state.in_(("pending", "sending"))
_OLDEST_PENDING: Select[Any] = (
    select(letter.c.channel, func.min(letter.c.created_at)).where(IS_UNDER_WAY).group_by(letter.c.channel)
)
