"""Published policies: kept for as long as any project may refer to them, and never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, select

from infra.db.engine import reading, writing
from infra.db.tables import policy_document
from infra.db.upsert import insert_once
from rules.policy import Raw, canonical, parse, reference
from schemas.view import PolicyRow


class Policies:
    """Reads and writes published policies."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def publish(self, raws: Iterable[Raw], at: datetime) -> list[str]:
        """Publish documents, all or none, and return their references; publishing again changes nothing.

        Raises:
            pydantic.ValidationError: One of them is no policy document.
        """
        rows = []
        for raw in raws:
            parse(raw)
            named = {"kind": raw["kind"], "name": raw["name"], "version": raw["version"]}
            rows.append({"ref": reference(raw), **named, "body": canonical(raw), "published_at": at})
        if rows:
            with writing(self._engine) as connection:
                connection.execute(insert_once(connection, policy_document), rows)
        return [row["ref"] for row in rows]

    def fetch(self, ref: str) -> Raw | None:
        """Return the document of a reference as it was written; None when it was never published here."""
        with reading(self._engine) as connection:
            body = connection.execute(select(policy_document.c.body).where(policy_document.c.ref == ref)).scalar()
        return json.loads(body) if body is not None else None

    def listed(self) -> list[PolicyRow]:
        """Return what is published, by kind, name and time of publication."""
        columns = [policy_document.c[name] for name in PolicyRow.model_fields]
        order = (policy_document.c.kind, policy_document.c.name, policy_document.c.published_at, policy_document.c.ref)
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns).order_by(*order)).mappings()
            return [PolicyRow.model_validate(dict(row)) for row in rows]
