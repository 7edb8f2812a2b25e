"""Gathers what is left of a play: tables by plain SQL, logs line by line."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import psycopg

from tests.chaos.oracle import day_of
from tests.chaos.verdict import Evidence, Got, LetterRow, Row

BAD_WORDS = re.compile(r"Traceback|[Nn]ondeterminis|TMPRL1100|panic|JournalConflict|failed assertion")

_NOTICES = """
SELECT key, project_id, stage, rung, person_id, due_at, state, reason_code, letter, silence, created_at FROM outbox
"""
_LETTERS = "SELECT key, person_id, kind, day, channel, state, notices FROM letter"
_UNKNOWN = "SELECT key FROM attempt WHERE state = 'unknown'"
_RUNGS = "SELECT project_id, entry FROM journal WHERE type = 'rung_fired'"
_OPEN = """
SELECT (SELECT count(*) FROM outbox WHERE state = 'waiting')
     + (SELECT count(*) FROM letter WHERE state IN ('pending', 'sending'))
"""


def open_work(url: str) -> int:
    """Return how many notices wait for a letter and how many letters are still to be handed over."""
    with psycopg.connect(url, connect_timeout=3) as connection:
        found = connection.execute(_OPEN).fetchone()
    return int(found[0]) if found else 0


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

    evidence = Evidence(got=list(got), complaints=[line for log in logs for line in complaints(log)])
    with psycopg.connect(url) as connection:
        unknown = Counter(key for (key,) in connection.execute(_UNKNOWN))
        for letter in connection.execute(_LETTERS):
            evidence.letters[letter[0]] = LetterRow(*letter, unknown=unknown[letter[0]])
        for key, project_id, stage, rung, person, due_at, *fate, created_at in connection.execute(_NOTICES):
            number, day = numbers[project_id], due_day(due_at)
            evidence.rows.append(Row(key, number, stage, rung, person, day, *fate, created_at.timestamp()))
        for project_id, text in connection.execute(_RUNGS):
            event = json.loads(text)["event"]
            day = due_day(datetime.fromisoformat(event["due_at"]))
            evidence.rungs.append((numbers[project_id], event["stage"], event["rung"], day))
    return evidence


def complaints(log: Path) -> list[str]:
    """Return the lines of a log that should not be there, whatever was killed."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [f"{log.name}: {line}" for line in lines if BAD_WORDS.search(line)]
