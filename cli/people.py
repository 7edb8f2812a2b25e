"""`people`: the directory of people and posts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli.desk import Desk, Shared
from infra.db.directory import People
from infra.files.directory import read_directory
from infra.files.policies import load_tree
from schemas.directory import Directory
from schemas.hierarchy import Hierarchy
from schemas.reason import ErrorKind, Refusal


def import_(
    file: Annotated[Path, Parameter(help="人员名册文件 / directory file, .yaml")], /, *, shared: Shared | None = None
) -> int:
    """Take over people and posts from a file; importing it again changes nothing."""
    desk = Desk(shared)
    directory = read_directory(file)
    _check_roles(directory)
    done = People(desk.records).import_directory(directory, datetime.now(UTC))
    desk.line("people.imported", people=done.people, posts=done.posts, holders=done.holders, file=str(file))
    return desk.answer(done)


def list_(*, shared: Shared | None = None) -> int:
    """List posts with their holders."""
    desk = Desk(shared)
    directory = People(desk.records)
    names = {person.person_id: person for person in directory.people()}
    seats = directory.seats(datetime.now(UTC))
    rows = []
    for seat in seats:
        person = names.get(seat.person_id)
        holder = f"{person.name} ({person.person_id})" if person else desk.say("people.vacant")
        rows.append((seat.post.post_id, seat.post.role, seat.post.area, seat.post.organisation, holder))
    desk.table([f"people.{column}" for column in ("post", "role", "area", "organisation", "holder")], rows)
    return desk.answer({"seats": seats})


def _check_roles(directory: Directory) -> None:
    """Refuse a role that no hierarchy knows: nobody would ever be told through such a post."""
    known = [role.key for one in load_tree() if isinstance(one.parsed, Hierarchy) for role in one.parsed.roles]
    unknown = next((post.role for post in directory.posts if post.role not in known), None)
    if unknown:
        raise Refusal("role.unknown", ErrorKind.INVALID, role=unknown, known=", ".join(known))
