"""Published policies: kept for as long as any project may refer to them, and never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import IntegrityError

from infra.db.engine import reading, writing
from infra.db.tables import policy_document
from infra.db.upsert import insert_once
from infra.files.policies import version_key
from rules.policy import Raw, canonical, parse, reference
from rules.text import both
from schemas.reason import ErrorKind, Refusal


class Policies:
    """Reads and writes published policies."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def publish(self, raws: Iterable[Raw], at: datetime) -> list[str]:
        """Publish documents, all or none, and return their references; publishing again changes nothing.

        Raises:
            pydantic.ValidationError: One of them is no policy document.
            Refusal: `policy.same_version_published`: that version is published with another text.
        """
        rows = []
        for raw in raws:
            parse(raw)
            named = {"kind": raw["kind"], "name": raw["name"], "version": raw["version"]}
            rows.append({"ref": reference(raw), **named, "body": canonical(raw), "published_at": at})
        if rows:
            try:
                self._publish(rows)
            except IntegrityError:
                self._publish(rows)  # somebody published the same at the same moment: now it can be seen
        return [row["ref"] for row in rows]

    def _publish(self, rows: list[dict[str, Any]]) -> None:
        with writing(self._engine) as connection:
            known = _known(connection)
            for row in rows:
                if known.setdefault(_version(row), row["ref"]) != row["ref"]:
                    kind, document = both(f"policy.kind.{row['kind']}"), f"{row['name']}@{row['version']}"
                    raise Refusal(
                        "policy.same_version_published", ErrorKind.CONFLICT, policy_kind=kind, document=document
                    )
            connection.execute(insert_once(connection, policy_document), rows)

    def fetch(self, ref: str) -> Raw | None:
        """Return the document of a reference as it was written; None when it was never published here."""
        with reading(self._engine) as connection:
            body = connection.execute(select(policy_document.c.body).where(policy_document.c.ref == ref)).scalar()
        return json.loads(body) if body is not None else None

    def newest(self, kind: str, name: str = "") -> str | None:
        """Return the reference of the document of a kind that was published last; None when there is none.

        Of those that were published together it is the one with the highest version.

        Args:
            kind: Kind of document.
            name: Only documents of this name; empty for all.
        """
        c = policy_document.c
        query = select(c.ref, c.version, c.published_at).where(c.kind == kind, *([c.name == name] if name else []))
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        latest = max(rows, key=lambda row: (row.published_at, version_key(row.version)), default=None)
        return latest.ref if latest else None

    def documents(self) -> list[Raw]:
        """Return every published document as it was written."""
        c = policy_document.c
        with reading(self._engine) as connection:
            bodies = connection.execute(select(c.body).order_by(c.kind, c.name, c.published_at)).scalars()
            return [json.loads(body) for body in bodies]


def _version(row: Any) -> tuple[str, str, str]:  # noqa: ANN401 - a row of the database, or one that will be
    return row["kind"], row["name"], row["version"]


def _known(connection: Connection) -> dict[tuple[str, str, str], str]:
    """Return the reference of every version that is published."""
    c = policy_document.c
    rows = connection.execute(select(c.kind, c.name, c.version, c.ref)).mappings()
    return {_version(row): row["ref"] for row in rows}
