"""People, posts, and who held which post when."""

from __future__ import annotations

from typing import Literal

from schemas.command import Post
from schemas.message import Document, Message


class Person(Document):
    """A person of the directory. Personal data: it stays in the records and never enters a history.

    Attributes:
        person_id: Id used everywhere else.
        name: Name.
        email: Mail address, or None: then the file channel is used.
        lang: Language of messages.
    """

    person_id: str
    name: str
    email: str | None = None
    lang: Literal["zh-CN", "en"] = "zh-CN"


class PostLine(Document):
    """A post as it stands in a directory file, with its present holder (None: vacant)."""

    post_id: str
    role: str
    area: str = ""
    organisation: str = ""
    title: str = ""
    holder: str | None = None


class Directory(Document):
    """A directory file: people and posts of an area."""

    kind: Literal["directory"] = "directory"
    people: tuple[Person, ...]
    posts: tuple[PostLine, ...]


class Seat(Message):
    """A post with its holder at the moment of asking.

    Attributes:
        post: The post.
        person_id: Holder; empty when vacant.
    """

    post: Post
    person_id: str = ""


class Resolution(Message):
    """Who receives a message for a role, and how that was found.

    Attributes:
        role: The role that was asked for.
        person_id: Who receives it; empty when every post upward is vacant.
        post_id: Post through which.
        vacant: Roles passed over because vacant or unknown, in order.
    """

    role: str
    person_id: str = ""
    post_id: str = ""
    vacant: tuple[str, ...] = ()
