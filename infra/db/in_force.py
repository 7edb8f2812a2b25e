"""How people are told today: the messaging policy, its calendar and the templates that were published last.

Projects keep the policies they began under; people are told by the newest, whatever a letter speaks of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from infra.db.policies import Policies
from infra.files.policies import TREE, load_file
from rules.calendar import WorkingCalendar
from rules.digest import after_quiet
from rules.policy import Shelf
from schemas.calendar import Calendar
from schemas.messaging import MessagingPolicy

DEFAULT = TREE / "messaging" / "china.yaml"
"""The messaging policy as long as none is published."""


@dataclass(frozen=True)
class Manner:
    """How people are told.

    Attributes:
        policy: The messaging policy.
        calendar: Its working days.
        templates: Reference of the templates of letters; empty for those that come with this tree.
    """

    policy: MessagingPolicy
    calendar: WorkingCalendar
    templates: str = ""


class InForce:
    """Finds what is in force at the moment of asking."""

    def __init__(self, policies: Policies) -> None:
        """Take the published policies."""
        self._policies = policies
        self._shelf = Shelf(policies.fetch)

    def manner(self) -> Manner:
        """Return how people are told now."""
        policy = self.policy()
        return Manner(policy, self._calendar(policy), self._policies.newest("letters", policy.letters) or "")

    def after_quiet(self) -> Callable[[datetime], datetime]:
        """Return what gives the end of the quiet hours that an instant lies in, or the instant itself."""
        policy = self.policy()
        return partial(after_quiet, policy, self._calendar(policy))

    def policy(self) -> MessagingPolicy:
        """Return the messaging policy that was published last, or the one of the tree."""
        ref = self._policies.newest("messaging")
        document = self._shelf.document(ref) if ref else None
        return document if isinstance(document, MessagingPolicy) else _policy_of_tree()

    def _calendar(self, policy: MessagingPolicy) -> WorkingCalendar:
        ref = self._policies.newest("calendar", policy.calendar)
        return self._shelf.calendar(ref) if ref else _calendar_of_tree(policy.calendar)


@cache
def _policy_of_tree() -> MessagingPolicy:
    document = load_file(DEFAULT).parsed
    if not isinstance(document, MessagingPolicy):
        raise TypeError(f"{DEFAULT} is no messaging policy")
    return document


@cache
def _calendar_of_tree(name: str) -> WorkingCalendar:
    document = load_file(TREE / "calendars" / f"{name}.yaml").parsed
    if not isinstance(document, Calendar):
        raise TypeError(f"{name} is no calendar")
    return WorkingCalendar(document)
