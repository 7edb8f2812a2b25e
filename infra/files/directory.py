"""Reads a directory of people and posts from YAML, telling line, field, value and rule of whatever is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from pydantic import TypeAdapter, ValidationError

from infra.channels.letter import is_address
from infra.files.model_error import reasons
from infra.files.policies import TREE, load_tree
from infra.files.yaml_text import Place, lines_of, read_yaml
from rules.directory import fault
from rules.ledger_cells import shown
from rules.route import MAIL
from schemas.command import Id
from schemas.directory import Directory
from schemas.hierarchy import Hierarchy, Role
from schemas.reason import ErrorKind, Param, Refusal

_ID: TypeAdapter[str] = TypeAdapter(Id)
_LONGEST_ADDRESS = 254
_AREA = re.compile(r"(?:[0-9]{2}){0,3}")


def read_directory(path: Path, roles: Mapping[str, Role] | None = None) -> Directory:
    """Read a directory file and check what its schema cannot: ids, holders, addresses, roles and what they bind.

    Args:
        path: The file.
        roles: Roles that a post can be made of; None for those of the hierarchies that come with this tree.

    Raises:
        Refusal: The file is missing (`NOT_FOUND`), or it is not a directory in order (`INVALID`); the reason names
            line, field, value and rule of the first fault.
    """
    raw = read_yaml(path)
    if raw.get("kind", "directory") != "directory" or not raw.keys() & {"people", "posts"}:
        raise Refusal("directory.not_a_directory", ErrorKind.INVALID, file=str(path))
    line = lines_of(path)
    try:
        directory = Directory.model_validate(raw)
    except ValidationError as error:
        first = reasons(error, str(path), raw, line)[0]
        raise Refusal("directory.invalid", ErrorKind.INVALID, **first.params) from error
    check = _Check(str(path), line)
    check.people(directory)
    check.posts(directory, tree_roles() if roles is None else roles)
    return directory


def tree_roles() -> dict[str, Role]:
    """Return every role of the hierarchies that come with this tree."""
    documents = [policy.parsed for policy in load_tree(TREE / "hierarchies")]
    return {role.key: role for document in documents if isinstance(document, Hierarchy) for role in document.roles}


def _is_written(address: str) -> bool:
    """Whether an address for a channel is one line of visible characters; what it means only the channel knows."""
    return bool(address.strip()) and address.isprintable() and len(address) <= _LONGEST_ADDRESS


class _Check:
    """The rules between the entries of one directory file, each told with its line."""

    def __init__(self, file: str, line: Callable[[Place], int]) -> None:
        self._file = file
        self._line = line

    def people(self, directory: Directory) -> None:
        seen: dict[str, int] = {}
        for position, person in enumerate(directory.people):
            self._id(("people", position, "person_id"), person.person_id, seen)
            for number, away in enumerate(person.absent):
                if away.until <= away.since:
                    self._refuse("directory.absence_backwards", ("people", position, "absent", number, "until"), "")
            if person.email is not None and not is_address(person.email):
                self._refuse("directory.bad_email", ("people", position, "email"), person.email)
            for channel, address in person.addresses.items():
                place: Place = ("people", position, "addresses", channel)
                if channel == MAIL and not is_address(address):
                    self._refuse("directory.bad_email", place, address)
                if not _is_written(address):
                    self._refuse("directory.bad_address", place, address, channel=channel, most=_LONGEST_ADDRESS)

    def posts(self, directory: Directory, roles: Mapping[str, Role]) -> None:
        people = {person.person_id for person in directory.people}
        seen: dict[str, int] = {}
        for position, post in enumerate(directory.posts):
            self._id(("posts", position, "post_id"), post.post_id, seen)
            if not _AREA.fullmatch(post.area):
                self._refuse("directory.bad_area", ("posts", position, "area"), post.area)
            if wrong := fault(post, roles):
                self._refuse(wrong.code, ("posts", position, wrong.place), wrong.value, **wrong.params)
            if post.holder is not None and post.holder not in people:
                self._refuse("directory.unknown_holder", ("posts", position, "holder"), post.holder)
            if post.deputy is not None and post.deputy not in people:
                self._refuse("directory.unknown_holder", ("posts", position, "deputy"), post.deputy)
            if post.deputy is not None and post.deputy == post.holder:
                self._refuse("directory.own_deputy", ("posts", position, "deputy"), post.deputy)

    def _id(self, place: Place, value: str, seen: dict[str, int]) -> None:
        try:
            _ID.validate_python(value)
        except ValidationError:
            self._refuse("directory.bad_id", place, value)
        if value in seen:
            self._refuse("directory.repeated_id", place, value, first=seen[value])
        seen[value] = self._line(place)

    def _refuse(self, code: str, place: Place, value: str, **params: Param) -> NoReturn:
        where: dict[str, Param] = {"file": self._file, "line": self._line(place), "place": ".".join(map(str, place))}
        raise Refusal(code, ErrorKind.INVALID, **where, value=shown(value), **params)
