"""Who may do what: roles, areas, organisations, and four eyes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile

from rules.policy import Rulebook
from rules.post import serves
from schemas.command import Actor, Post
from schemas.hierarchy import Role
from schemas.message import Title
from schemas.plan import Stage
from schemas.reason import Reason
from schemas.state import ProjectState


def may(actor: Actor, roles: Iterable[str], state: ProjectState, book: Rulebook) -> Reason | None:
    """Return None when the actor may act in one of `roles`, else the reason why not.

    A person named for the project in that role may, and so may a post above it on the same side of the table
    (a province for its county, never a government office for a builder).
    """
    wanted = tuple(roles)
    if any(state.assigned.get(role) == actor.person_id for role in wanted):
        return None
    allowed = {upper for role in wanted for upper in upward(role, book.roles)}
    fitting = [post for post in actor.posts if post.role in allowed]
    if any(serves(post, state.project, book) for post in fitting):
        return None
    names = Title(
        zh="、".join(book.role_title(role).zh for role in wanted),
        en=", ".join(book.role_title(role).en for role in wanted),
    )
    code = "authority.outside_area" if fitting else "authority.wrong_role"
    return Reason(code=code, params={"person": actor.person_id, "roles": names, "village": state.project.village_code})


def separate(actor: Actor, rule: Stage, state: ProjectState, book: Rulebook) -> Reason | None:
    """Return None unless the actor would pass judgement on their own work.

    Own work is a stage closed by the actor that `rule` keeps apart, and a rectification the actor submitted in it.
    """
    own = [key for key in rule.closed_by.not_by_closer_of if _closed(key, actor, state)]
    if actor.person_id in state.stages[rule.key].rectified_by:
        own.append(rule.key)
    if not own:
        return None
    return Reason(code="authority.own_work", params={"person": actor.person_id, "stage": book.title(own[0])})


def _closed(key: str, actor: Actor, state: ProjectState) -> bool:
    stage = state.stages.get(key)
    return stage is not None and stage.closed_by == actor.person_id


def may_arrange(actor: Actor, posts: Iterable[Post], roles: Mapping[str, Role]) -> Reason | None:
    """Return None when the actor may arrange who acts in all of some posts, else the reason why not.

    That is up to whoever is in the post, and to every post above it whose area takes in the post's; above a company's
    post is every government office of the area, never the other way round.
    """
    for post in posts:
        if not any(own.post_id == post.post_id or _is_over(own, post, roles) for own in actor.posts):
            return Reason(code="authority.not_over_post", params={"person": actor.person_id, "post": post.post_id})
    return None


def _is_over(own: Post, post: Post, roles: Mapping[str, Role]) -> bool:
    upper, lower = roles.get(own.role), roles.get(post.role)
    if upper is None or lower is None or not post.area.startswith(own.area):
        return False
    if upper.side == "government" and lower.side == "company":
        return True
    is_ours = not upper.is_builder or own.organisation == post.organisation
    return is_ours and own.role in _above(post.role, roles)


def upward(role: str, roles: Mapping[str, Role]) -> list[str]:
    """Return a role and those above it on the same side of the table."""
    return [role, *takewhile(lambda above: roles[above].side == roles[role].side, _above(role, roles))]


def _above(role: str, roles: Mapping[str, Role]) -> list[str]:
    """Return the roles above one, nearest first, whatever their side."""
    found: list[str] = []
    known = roles.get(role)
    while known and known.superior and known.superior not in (role, *found):
        found.append(known.superior)
        known = roles.get(known.superior)
    return found
