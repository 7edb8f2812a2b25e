"""Who may do what: roles, areas, organisations, and four eyes."""

from __future__ import annotations

from collections.abc import Iterable

from rules.policy import Rulebook
from schemas.command import Actor, Post
from schemas.message import Title
from schemas.reason import Reason
from schemas.state import ProjectState


def covers(post: Post, state: ProjectState, book: Rulebook) -> bool:
    """Whether a post's area, and for company roles its organisation, takes in the project.

    A builder's post must be one of the organisation that builds; other companies (tower, power) serve an area.
    """
    project = state.project
    role = book.roles.get(post.role)
    if role is None or not project.village_code.startswith(post.area):
        return False
    return not role.is_builder or post.organisation == project.builder


def may(actor: Actor, roles: Iterable[str], state: ProjectState, book: Rulebook) -> Reason | None:
    """Return None when the actor may act in one of `roles`, else the reason why not.

    A person named for the project in that role may, and so may a post above it on the same side of the table
    (a province for its county, never a government office for a builder).
    """
    wanted = tuple(roles)
    if any(state.assigned.get(role) == actor.person_id for role in wanted):
        return None
    allowed = {upper for role in wanted for upper in _with_superiors(role, book)}
    fitting = [post for post in actor.posts if post.role in allowed]
    if any(covers(post, state, book) for post in fitting):
        return None
    names = Title(
        zh="、".join(book.role_title(role).zh for role in wanted),
        en=", ".join(book.role_title(role).en for role in wanted),
    )
    code = "authority.outside_area" if fitting else "authority.wrong_role"
    return Reason(code=code, params={"person": actor.person_id, "roles": names, "village": state.project.village_code})


def separate(actor: Actor, stages: Iterable[str], state: ProjectState, book: Rulebook) -> Reason | None:
    """Return None unless the actor closed one of `stages`: nobody passes judgement on their own work."""
    for key in stages:
        stage = state.stages.get(key)
        if stage and stage.closed_by and stage.closed_by == actor.person_id:
            return Reason(code="authority.own_work", params={"person": actor.person_id, "stage": book.title(key)})
    return None


def _with_superiors(role: str, book: Rulebook) -> list[str]:
    chain = [role]
    known = book.roles.get(role)
    while known and known.superior and known.superior not in chain:
        above = book.roles[known.superior]
        if above.side != book.roles[role].side:
            break
        chain.append(above.key)
        known = above
    return chain
