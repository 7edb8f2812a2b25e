"""`people`: the directory of people and posts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table

from cli.desk import Desk, Shared
from infra.db.directory import People
from infra.files.directory import read_directory


def import_(
    file: Annotated[Path, Parameter(help="人员名册文件 / directory file, .yaml")], /, *, shared: Shared | None = None
) -> int:
    """Take over people and posts from a file; importing it again changes nothing."""
    desk = Desk(shared)
    done = People(desk.records).import_directory(read_directory(file), datetime.now(UTC))
    desk.line("people.imported", people=done.people, posts=done.posts, holders=done.holders, file=str(file))
    return desk.answer(done)


def list_(*, shared: Shared | None = None) -> int:
    """List posts with their holders."""
    desk = Desk(shared)
    directory = People(desk.records)
    names = {person.person_id: person for person in directory.people()}
    seats = directory.seats(datetime.now(UTC))
    table = Table(*(desk.say(f"people.{column}") for column in ("post", "role", "area", "organisation", "holder")))
    for seat in seats:
        person = names.get(seat.person_id)
        holder = f"{person.name} ({person.person_id})" if person else desk.say("people.vacant")
        table.add_row(seat.post.post_id, seat.post.role, seat.post.area, seat.post.organisation, holder)
    desk.show(table)
    return desk.answer(seats)
