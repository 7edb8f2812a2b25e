"""Whom a letter goes to and by which channel, as the directory says at the moment of asking."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from infra.db.seats import person_of
from infra.db.tables import person
from rules.route import address_of, hop_after, route
from schemas.directory import Person


def receiver(connection: Connection, letter: Row[Any]) -> tuple[str, str]:
    """Return the name of the receiver of a letter and the address for its channel; empty when there is none."""
    found = _receiver(connection, letter)
    return found.name if found else "", address_of(found, letter.channel)


def next_hop(connection: Connection, letter: Row[Any], channels: Collection[str]) -> str:
    """Return the channel after the one that refused a letter for good; empty after the last.

    Args:
        connection: Database of the records.
        letter: Row of the letter.
        channels: Names of the channels of this installation.
    """
    hop = hop_after(_receiver(connection, letter), channels, letter.channel)
    return hop.channel if hop and hop.channel in channels else ""


def first_hop(connection: Connection, letter: Row[Any], channels: Collection[str]) -> str:
    """Return the channel that a letter goes by when it starts anew."""
    return route(_receiver(connection, letter), channels)[0].channel if channels else str(letter.channel)


def _receiver(connection: Connection, letter: Row[Any]) -> Person | None:
    row = connection.execute(_PERSON, {"of_person": letter.person_id}).first()
    return person_of(row) if row else None


_PERSON = select(person).where(person.c.person_id == bindparam("of_person"))
