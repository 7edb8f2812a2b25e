"""Refusals on record: who asked for what and was refused why. Append only."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select

from infra.db.engine import reading, writing
from infra.db.tables import refusal
from schemas.command import Command
from schemas.reason import ErrorKind, Reason, Refusal
from schemas.refusal import RefusalRow

RECORDED = frozenset({ErrorKind.REFUSED, ErrorKind.CONFLICT})
ALSO_RECORDED = frozenset({"project.over_for_good"})
"""That a project is over is told by the engine, not by the rules; it is a refusal all the same."""

_COLUMNS = [refusal.c[name] for name in RefusalRow.model_fields if name != "message"]
_log = logging.getLogger(__name__)


class Refusals:
    """Writes and reads the record of refusals."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def keep(self, project_id: str, command: Command, reason: Reason) -> None:
        """Put a refused command on record."""
        row = RefusalRow(
            at=datetime.now(UTC),
            project_id=project_id,
            person_id=command.actor.person_id,
            command_id=command.command_id,
            act=command.act.act,
            code=reason.code,
            params=reason.params,
        )
        self.write(row, reason.kind)

    @contextmanager
    def kept(self, person_id: str, act: str, *, is_wanted: bool = True) -> Iterator[None]:
        """Put on record whatever the rules refuse within, when that is wanted: a dry run asks for nothing."""
        try:
            yield
        except Refusal as refused:
            code, params = refused.reason.code, refused.reason.params
            row = RefusalRow(at=datetime.now(UTC), person_id=person_id, act=act, code=code, params=params)
            if is_wanted:
                self.write(row, refused.reason.kind)
            raise

    def write(self, row: RefusalRow, kind: ErrorKind) -> None:
        """Put a refusal on record when it is one of the rules, and not a typing error or an engine that is away.

        Never raises: the person must be told the refusal itself, whatever happens to its record.
        """
        if kind not in RECORDED and row.code not in ALSO_RECORDED:
            return
        told = row.model_dump(exclude={"number", "message", "params"})
        params = json.dumps(row.model_dump(mode="json")["params"], ensure_ascii=False, sort_keys=True)
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(refusal), {**told, "params": params})
        except Exception:  # noqa: BLE001 - whatever it is, it must not hide the refusal
            _log.exception("a refusal could not be put on record: %s %s", row.project_id, row.code)

    def rows(
        self, *, project_id: str = "", person_id: str = "", since: datetime | None = None, limit: int = 100
    ) -> list[RefusalRow]:
        """Return refusals, the latest first.

        Args:
            project_id: Only those about this project; empty for all.
            person_id: Only those of this person; empty for all.
            since: Only those from this instant on; None for all.
            limit: At most so many.
        """
        query = select(*_COLUMNS).order_by(refusal.c.number.desc()).limit(limit)
        if project_id:
            query = query.where(refusal.c.project_id == project_id)
        if person_id:
            query = query.where(refusal.c.person_id == person_id)
        if since:
            query = query.where(refusal.c.at >= since)
        with reading(self._engine) as connection:
            return [_row(row) for row in connection.execute(query)]


def _row(row: Row[Any]) -> RefusalRow:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    return RefusalRow.model_validate({**values, "params": json.loads(row.params)})
