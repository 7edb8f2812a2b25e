"""Gathers what is left of a play: tables by plain SQL, logs line by line."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import psycopg

from tests.chaos.oracle import day_of
from tests.chaos.verdict import Evidence, Got, LetterRow, Row

BAD_WORDS = re.compile(r"[Nn]ondeterminis|TMPRL1100|panic|JournalConflict|failed assertion")
AWAY = re.compile(
    r"(sqlalchemy\.exc|psycopg(\.errors)?)\.(OperationalError|InvalidatePoolError|AdminShutdown|CrashShutdown)"
    r"|(temporalio|asyncio)\.exceptions\.CancelledError"
)
"""Errors that tell of a database that was away, as it was when it had been killed, and of a worker that was stopped for
so long that the engine had given its work to another: then the library breaks off what its threads do."""

OVERTAKEN = "Invalid transition while handling update response"
"""What the library says of an answer to an update that another worker has given meanwhile: the worker had been stopped,
and the engine does not take what it says then ("workflow execution already completed")."""

_NOTICES = """
SELECT key, project_id, stage, rung, person_id, due_at, state, reason_code, letter, silence, created_at FROM outbox
"""
_LETTERS = "SELECT key, person_id, kind, day, channel, state, notices FROM letter"
_UNKNOWN = "SELECT key FROM attempt WHERE state = 'unknown'"
_RUNGS = "SELECT project_id, entry FROM journal WHERE type = 'rung_fired'"
_STANDING = """
SELECT (SELECT count(*) FROM journal WHERE type = 'rung_fired'),
       (SELECT count(*) FROM attempt),
       (SELECT count(*) FROM outbox WHERE state = 'waiting')
     + (SELECT count(*) FROM letter WHERE state IN ('pending', 'sending'))
"""


class Standing(NamedTuple):
    """How far everything is: rungs fired, tries made, and notices and letters that are still on their way."""

    rungs: int = 0
    tries: int = 0
    open: int = 0


def standing(url: str) -> Standing:
    """Return how far everything is."""
    with psycopg.connect(url, connect_timeout=3) as connection:
        found = connection.execute(_STANDING).fetchone()
    return Standing(*found) if found else Standing()


def gathered(
    url: str, projects: dict[int, str], day_seconds: float, got: Iterable[Got], logs: Iterable[Path]
) -> Evidence:
    """Return everything that a verdict needs.

    Args:
        url: Database of the records.
        projects: Project ids by number of the village.
        day_seconds: Length of a day.
        got: What the sinks have taken.
        logs: Files in which no bug may have left a trace.
    """
    numbers = {project_id: number for number, project_id in projects.items()}

    def due_day(at: datetime) -> int:
        return day_of(at.timestamp(), day_seconds) - 1  # the instant that ends the due day

    evidence = Evidence(got=list(got), projects=numbers, complaints=[line for log in logs for line in complaints(log)])
    with psycopg.connect(url) as connection:
        unknown = Counter(key for (key,) in connection.execute(_UNKNOWN))
        for key, person, kind, day, channel, state, notices in connection.execute(_LETTERS):
            evidence.letters[key] = LetterRow(key, person, kind, day, channel, state, notices, unknown[key])
        for key, project_id, stage, rung, person, due_at, state, reason, letter, silence, at in connection.execute(
            _NOTICES
        ):
            number, due, since = numbers[project_id], due_day(due_at), at.timestamp()
            row = Row(key, number, stage, rung, person, due, state, reason, letter, silence, since)
            evidence.rows.append(row)
        for project_id, text in connection.execute(_RUNGS):
            event = json.loads(text)["event"]
            day = due_day(datetime.fromisoformat(event["due_at"]))
            evidence.rungs.append((numbers[project_id], event["stage"], event["rung"], day))
    return evidence


def complaints(log: Path) -> list[str]:
    """Return what a log should not tell, whatever was killed: bugs, and errors other than of what was away."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [line for line in lines if BAD_WORDS.search(line) and OVERTAKEN not in line]
    for at, line in enumerate(lines):
        if line.lstrip().startswith("Traceback"):
            error = next((one for one in lines[at + 1 :] if one.strip() and not one.startswith(" ")), "cut short")
            found += [] if AWAY.match(error) else [error]
    return [f"{log.name}: {line}" for line in found]
