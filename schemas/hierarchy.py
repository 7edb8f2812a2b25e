"""Roles, organisations and parties of a regime, as data: who stands above whom, who can hold the ball."""

from __future__ import annotations

from typing import Literal

from schemas.message import Document, Title
from schemas.policy import PolicyDocument

Scope = Literal["nation", "province", "prefecture", "county", "organisation_county", "organisation_province"]


class Role(Document):
    """A role that posts are made of.

    Attributes:
        key: Code of the role.
        title: Name in both languages.
        scope: What a post of this role is bound to: an area of that level, or an organisation in such an area.
        side: `government`, `company` or `staff`; only one's own side may stand in when acting.
        superior: Role one level up, to which a vacant post passes its duties; None at the top.
        is_builder: Whether a post of this role must belong to the organisation that builds the project.
    """

    key: str
    title: Title
    scope: Scope
    side: Literal["government", "company", "staff"]
    superior: str | None = None
    is_builder: bool = False


class Party(Document):
    """Someone who can hold the ball, and to whom elapsed days are counted."""

    key: str
    title: Title


class Hierarchy(PolicyDocument):
    """All roles and parties of one regime.

    Attributes:
        roles: Every role; `superior` must name another one, without a circle.
        parties: Every party that a stage, obstacle or hold may name.
    """

    kind: Literal["hierarchy"] = "hierarchy"
    roles: tuple[Role, ...]
    parties: tuple[Party, ...]
