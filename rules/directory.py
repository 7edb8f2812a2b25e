"""What makes a post sound under the roles of a regime: its role exists, its area and organisation are what it binds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.text import both
from schemas.directory import PostLine
from schemas.hierarchy import Role, Scope
from schemas.reason import Param

AREA_DIGITS: Mapping[Scope, int] = {
    "nation": 0,
    "province": 2,
    "prefecture": 4,
    "county": 6,
    "organisation_province": 2,
    "organisation_county": 6,
}
"""Length of the code of an area. Who answers for several counties holds one post for each of them."""

_ORGANISATIONS: tuple[Scope, ...] = ("organisation_province", "organisation_county")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a post.

    Attributes:
        code: Code of the reason.
        place: Field of the post in which it stands.
        value: What stands there.
        params: Further values of the sentence.
    """

    code: str
    place: str
    value: str
    params: dict[str, Param] = field(default_factory=dict)


def fault(post: PostLine, roles: Mapping[str, Role]) -> Fault | None:
    """Return the first thing that is wrong with a post; None when it is sound."""
    role = roles.get(post.role)
    if role is None:
        return Fault("directory.unknown_role", "role", post.role, {"known": ", ".join(roles)})
    digits = AREA_DIGITS[role.scope]
    if len(post.area) != digits:
        if not digits:
            return Fault("directory.area_of_nation", "area", post.area, {"role": role.title})
        params: dict[str, Param] = {"role": role.title, "level": both(f"scope.{role.scope}"), "digits": digits}
        return Fault("directory.area_of_role", "area", post.area, params)
    if role.scope in _ORGANISATIONS and not post.organisation:
        return Fault("directory.no_organisation", "organisation", "", {"role": role.title})
    return None
