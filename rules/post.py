"""Who receives a message for a role: duties belong to posts, people hold posts for a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rules.policy import Rulebook
from schemas.command import Post
from schemas.directory import Resolution, Seat
from schemas.project import Project


def resolve(
    role: str, project: Project, seats: Sequence[Seat], assigned: Mapping[str, str], book: Rulebook
) -> Resolution:
    """Return who receives a message for `role`, and how that was found.

    A person named for the project comes first, then the holder of the nearest post of the role. Where the role has
    no post here, or nobody holds it, its superior role takes the duty and the role is listed in `vacant`.

    Args:
        role: Role that is addressed.
        project: Project the message speaks of.
        seats: Posts with their holders; those of other areas do no harm.
        assigned: Persons named for this project, by role.
        book: Policies of the project; its hierarchy tells the superiors.

    Returns:
        The receiver. `person_id` is empty when nobody is to be found all the way up: the caller has to say so
        where people see it, a message is never addressed to nobody in silence.
    """
    vacant: list[str] = []
    current: str | None = role
    while current and current not in vacant:
        if assigned.get(current):
            return Resolution(role=role, person_id=assigned[current], vacant=tuple(vacant))
        seat = _nearest(current, project, seats, book)
        if seat:
            return Resolution(role=role, person_id=seat.person_id, post_id=seat.post.post_id, vacant=tuple(vacant))
        vacant.append(current)
        known = book.roles.get(current)
        current = known.superior if known else None
    return Resolution(role=role, vacant=tuple(vacant))


def serves(post: Post, project: Project, book: Rulebook) -> bool:
    """Whether a post takes in the project: by its area, and for a builder's post by its organisation too."""
    role = book.roles.get(post.role)
    if role is None or not project.village_code.startswith(post.area):
        return False
    return not role.is_builder or post.organisation == project.builder


def _nearest(role: str, project: Project, seats: Sequence[Seat], book: Rulebook) -> Seat | None:
    """Return the held seat among the nearest posts of a role; None when there are none or all are vacant."""
    near = [seat for seat in seats if seat.post.role == role and serves(seat.post, project, book)]
    longest = max((len(seat.post.area) for seat in near), default=0)
    held = [seat for seat in near if len(seat.post.area) == longest and seat.person_id]
    return min(held, key=lambda seat: seat.post.post_id, default=None)
