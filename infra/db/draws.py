"""The log of samples: each is drawn and written in one transaction, and never changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from infra.db.engine import reading, writing
from infra.db.tables import draw, project
from infra.db.upsert import insert_once
from infra.db.views import conditions
from schemas.plan import SamplingRule
from schemas.reason import ErrorKind, Refusal
from schemas.sample import LoggedSample, Sample, Site
from schemas.view import ProjectFilter, ProjectRow

_COLUMNS = [project.c[name] for name in ProjectRow.model_fields]


class Draws:
    """Draws samples and keeps them."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def draw(
        self, wanted: ProjectFilter, drawn: Callable[[Sequence[ProjectRow]], Sample], person_id: str, at: datetime
    ) -> tuple[LoggedSample, bool]:
        """Draw a sample among the projects of a filter and write it down, in one transaction.

        Args:
            wanted: Which projects may be drawn.
            drawn: Draws among them; what it refuses is not written.
            person_id: Who draws.
            at: When.

        Returns:
            The sample as it stands in the log, and whether it is new: the same seed, rule and sites give the sample
            that is there, by whoever drew it first.
        """
        with writing(self._engine) as connection:
            query = select(*_COLUMNS).where(*conditions(wanted, at)).order_by(project.c.project_id)
            rows = [ProjectRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]
            sample = drawn(rows)
            written = insert_once(connection, draw).returning(draw.c.draw_no)
            is_new = connection.execute(written, _row(sample, person_id, at)).first() is not None
            logged = LoggedSample(sample=sample, at=at, person_id=person_id)
            return (logged, True) if is_new else (_find(connection, sample.draw_no) or logged, False)

    def find(self, draw_no: str) -> LoggedSample:
        """Return a sample by its number.

        Raises:
            Refusal: There is none of that number.
        """
        with reading(self._engine) as connection:
            found = _find(connection, draw_no)
        if found is None:
            raise Refusal("sample.unknown", ErrorKind.NOT_FOUND, draw_no=draw_no)
        return found

    def latest(self, limit: int) -> list[LoggedSample]:
        """Return the latest samples, newest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(draw).order_by(draw.c.at.desc(), draw.c.draw_no).limit(limit)).all()
        return [_sample(row) for row in rows]


def _find(connection: Connection, draw_no: str) -> LoggedSample | None:
    row = connection.execute(select(draw).where(draw.c.draw_no == draw_no)).first()
    return None if row is None else _sample(row)


def _sample(row: Row[Any]) -> LoggedSample:
    sample = Sample(
        draw_no=row.draw_no,
        seed=row.seed,
        rule=SamplingRule.model_validate_json(row.rule),
        sites=tuple(Site.model_validate(site) for site in json.loads(row.sites)),
        chosen=tuple(json.loads(row.chosen)),
    )
    return LoggedSample(sample=sample, at=row.at, person_id=row.person_id)


def _row(sample: Sample, person_id: str, at: datetime) -> dict[str, Any]:
    return {
        "draw_no": sample.draw_no,
        "at": at,
        "person_id": person_id,
        "seed": sample.seed,
        "rule": sample.rule.model_dump_json(),
        "sites": json.dumps([site.model_dump(mode="json") for site in sample.sites], ensure_ascii=False),
        "chosen": json.dumps(sample.chosen),
    }
