"""Invents a holder for every post that the projects of a ledger can ask for, where no directory is at hand.

What comes out shows how a load would spread over posts; it says nothing about any real person or vacancy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from rules.directory import AREA_DIGITS
from schemas.command import Post
from schemas.directory import Seat
from schemas.hierarchy import Hierarchy
from schemas.project import Project

_DRAWS = 1_000_000


def invented_seats(
    hierarchies: Iterable[Hierarchy], projects: Iterable[Project], vacant_share: float = 0.0, seed: int = 1
) -> list[Seat]:
    """Return one seat for each role and area of its scope, and for each builder in it where the role is a builder's.

    Args:
        hierarchies: Regimes of the projects.
        projects: The projects; only where they are and who builds them counts.
        vacant_share: Share of the posts below the nation that nobody holds, 0 to 1.
        seed: Seed of the draw; a post more changes no other one.
    """
    places = {(project.county_code, project.builder) for project in projects}
    posts: dict[str, Post] = {}
    for role in (role for hierarchy in hierarchies for role in hierarchy.roles):
        digits = AREA_DIGITS[role.scope]
        for area, builder in sorted({(code[:digits], builder if role.is_builder else "") for code, builder in places}):
            post_id = ".".join(part for part in (role.key, area, builder) if part)
            posts[post_id] = Post(post_id=post_id, role=role.key, area=area, organisation=builder)
    return [
        Seat(post=post, person_id="" if post.area and _drawn(post_id, seed) < vacant_share else f"holder.{post_id}")
        for post_id, post in posts.items()
    ]


def _drawn(post_id: str, seed: int) -> float:
    """Return a number from 0 up to 1 that depends on the seed and the post alone."""
    digest = hashlib.sha256(f"{seed}/{post_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % _DRAWS / _DRAWS
