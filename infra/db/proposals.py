"""Proposals: acts on many projects and on policies that wait for a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Engine, func, insert, select, text, update

from infra.db.engine import reading, writing
from infra.db.tables import proposal
from rules.text import both
from schemas.migration import Proposal
from schemas.reason import ErrorKind, Refusal

_NUMBERING = 0x43756E75
"""Number of the PostgreSQL lock under which numbers are given out."""

_COLUMNS = [proposal.c[name] for name in Proposal.model_fields]


class Proposals:
    """Files proposals and keeps what was decided about them."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine

    def file(self, kind: str, content: str, by: str, at: datetime) -> Proposal:
        """File a proposal under the next number."""
        with writing(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _NUMBERING})
            made = Proposal(number=_next_number(connection), kind=kind, content=content, proposed_by=by, proposed_at=at)
            connection.execute(insert(proposal), made.model_dump())
        return made

    def get(self, number: str) -> Proposal:
        """Return a proposal.

        Raises:
            Refusal: There is none of that number.
        """
        with reading(self._engine) as connection:
            row = connection.execute(select(*_COLUMNS).where(proposal.c.number == number)).mappings().first()
        if row is None:
            raise Refusal("proposal.unknown", ErrorKind.NOT_FOUND, number=number)
        return Proposal.model_validate(dict(row))

    def all(self) -> list[Proposal]:
        """Return every proposal, latest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(*_COLUMNS).order_by(proposal.c.number.desc())).mappings()
            return [Proposal.model_validate(dict(row)) for row in rows]

    def decide(self, number: str, outcome: Literal["approved", "declined"], by: str, at: datetime) -> Proposal:
        """Approve or decline a proposal. One that was approved may be approved again: it goes on where it stopped.

        Returns:
            The proposal as it stands; of one that goes on, whoever approved it first stays on record.

        Raises:
            Refusal: It is unknown, is decided already, or is the decider's own and was to be approved.
        """
        known = self.get(number)
        if outcome == "approved" and known.proposed_by == by:
            raise Refusal("proposal.own", person=by, number=number)
        with writing(self._engine) as connection:
            is_open = (proposal.c.number == number, proposal.c.outcome == "")
            values = {"outcome": outcome, "decided_by": by, "decided_at": at}
            is_new = connection.execute(update(proposal).where(*is_open).values(values)).rowcount
        known = self.get(number)
        if not is_new and (known.outcome, outcome) != ("approved", "approved"):
            raise Refusal(
                "proposal.decided",
                ErrorKind.CONFLICT,
                number=number,
                outcome=both(f"proposal.outcome.{known.outcome}"),
                person=known.decided_by,
            )
        return known

    def finish(self, number: str) -> None:
        """Note that an approved proposal is carried out to the end."""
        with writing(self._engine) as connection:
            is_approved = (proposal.c.number == number, proposal.c.outcome == "approved")
            connection.execute(update(proposal).where(*is_approved).values(outcome="done"))


def _next_number(connection: Connection) -> str:
    last = connection.execute(select(func.max(proposal.c.number))).scalar() or "P-000000"
    return f"P-{int(last.removeprefix('P-')) + 1:06d}"
