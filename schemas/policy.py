"""What every policy document has, and how a project refers to it."""

from __future__ import annotations

from schemas.message import Document, Message, Title


class PolicyDocument(Document):
    """Head of a policy: versioned, immutable, referred to by its digest.

    Attributes:
        name: Name without version, for example `universal-service-fibre`.
        version: Version of the text, for example `2018.1`.
        title: Name for readers.
        source: Where the rule comes from (document, article), or who decided it.
    """

    name: str
    version: str
    title: Title
    source: str


class Pins(Message):
    """The exact policies a project runs under, each as `name@version#digest`.

    A project keeps them until an explicit, journaled migration.
    """

    plan: str
    ladder: str
    hierarchy: str
    calendar: str
