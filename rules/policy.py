"""Policies by reference: the shelf they stand on, and the rulebook of a project.

A reference is `name@version#digest`. The digest is made from the document as it was written, so a reference always
means the same text: reading it inside a workflow is deterministic, although no history carries it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from rules import plan as soundness
from rules.calendar import WorkingCalendar
from schemas.calendar import Calendar
from schemas.hierarchy import Hierarchy, Party, Role
from schemas.ladder import Ladder, RungRule
from schemas.message import Title
from schemas.messaging import LetterTemplates, MessagingPolicy
from schemas.plan import CodedReason, Plan, ReasonGroup, Season, Stage
from schemas.policy import Pins
from schemas.project import Project
from schemas.reason import Reason

PolicyDocuments = Plan | Ladder | Hierarchy | Calendar | MessagingPolicy | LetterTemplates
Raw = dict[str, Any]

_ANY: TypeAdapter[PolicyDocuments] = TypeAdapter(Annotated[PolicyDocuments, Field(discriminator="kind")])
_DIGEST_LENGTH = 16


class PolicyMissingError(LookupError):
    """A policy is referred to that this process cannot find.

    Deliberately no refusal: a workflow that meets it waits until the policy is there, and never fails.
    """


def canonical(raw: Raw) -> str:
    """Return the canonical text of a document: the same for every way of writing the same content."""
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def reference(raw: Raw) -> str:
    """Return `name@version#digest` of a document."""
    digest = hashlib.sha256(canonical(raw).encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{raw['name']}@{raw['version']}#{digest}"


def parse(raw: Raw) -> PolicyDocuments:
    """Return the document as its model.

    Raises:
        pydantic.ValidationError: It is not one.
    """
    return _ANY.validate_python(raw)


class Shelf:
    """Policies by reference, fetched once and kept.

    Attributes:
        fetch: Finds the raw document of a reference; None when unknown. Injected by the composition root.
    """

    def __init__(self, fetch: Callable[[str], Raw | None] | None = None) -> None:
        """Make an empty shelf."""
        self.fetch = fetch or (lambda _ref: None)
        self._documents: dict[str, PolicyDocuments] = {}
        self._calendars: dict[str, WorkingCalendar] = {}
        self._books: dict[tuple[str, str, str, str], Rulebook] = {}

    def put(self, raw: Raw) -> str:
        """Put a document on the shelf and return its reference."""
        ref = reference(raw)
        self._documents.setdefault(ref, parse(raw))
        return ref

    def document(self, ref: str) -> PolicyDocuments:
        """Return the document of a reference.

        Raises:
            PolicyMissingError: It is nowhere, or its text does not give that reference.
        """
        if ref not in self._documents:
            raw = self.fetch(ref)
            if raw is None or self.put(raw) != ref:
                raise PolicyMissingError(ref)
        return self._documents[ref]

    def book(self, pins: Pins) -> Rulebook:
        """Return the rulebook of a project.

        Raises:
            PolicyMissingError: One of the policies is nowhere.
        """
        key = (pins.plan, pins.ladder, pins.hierarchy, pins.calendar)
        if key not in self._books:
            plan, ladder, hierarchy = (self.document(ref) for ref in key[:3])
            if not (isinstance(plan, Plan) and isinstance(ladder, Ladder) and isinstance(hierarchy, Hierarchy)):
                raise PolicyMissingError(f"wrong kind among {key}")
            self._books[key] = Rulebook(pins, plan, ladder, hierarchy, self.calendar(pins.calendar), self)
        return self._books[key]

    def calendar(self, ref: str) -> WorkingCalendar:
        """Return a calendar ready to count; built once."""
        if ref not in self._calendars:
            document = self.document(ref)
            if not isinstance(document, Calendar):
                raise PolicyMissingError(f"no calendar: {ref}")
            self._calendars[ref] = WorkingCalendar(document)
        return self._calendars[ref]


@dataclass(frozen=True)
class Rulebook:
    """All policies of one project, looked up fast.

    Attributes:
        pins: Their references.
        plan: The plan.
        ladder: The ladder.
        hierarchy: Roles and parties.
        calendar: Working days.
        shelf: Where it was taken from: where the books of other pins are found.
    """

    pins: Pins
    plan: Plan
    ladder: Ladder
    hierarchy: Hierarchy
    calendar: WorkingCalendar
    shelf: Shelf = field(repr=False, compare=False)

    @cached_property
    def problems(self) -> tuple[Reason, ...]:
        """Everything by which its policies do not fit together; each may be sound by itself."""
        return tuple(soundness.problems(self.plan, self.ladder, self.hierarchy))

    @cached_property
    def stages(self) -> dict[str, Stage]:
        """Stages of the plan by key, in plan order."""
        return {stage.key: stage for stage in self.plan.stages}

    @cached_property
    def before(self) -> dict[str, set[str]]:
        """What must be done before a stage opens, near and far, by stage."""
        return {stage.key: soundness.ancestors(self.plan, stage.key) for stage in self.plan.stages}

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Roles by key."""
        return {role.key: role for role in self.hierarchy.roles}

    @cached_property
    def parties(self) -> dict[str, Party]:
        """Parties by key."""
        return {party.key: party for party in self.hierarchy.parties}

    @cached_property
    def faster_rungs(self) -> tuple[RungRule, ...]:
        """The ladder of the faster tiers, one level earlier all the way up.

        Every escalation comes at the offset of the one before it, and the first is left out.
        """
        rungs = self.ladder.rungs
        reminders = tuple(rule for rule in rungs if rule.offset_days < 0)
        upward = [rule for rule in rungs if rule.offset_days > 0]
        earlier = (rule.model_copy(update={"offset_days": before.offset_days}) for before, rule in pairwise(upward))
        return (*reminders, *earlier)

    def calendar_of(self, stage: str, project: Project) -> WorkingCalendar:
        """Return the days by which the turns of a stage are counted: outdoors without the seasons of the area."""
        return self.counting(stage, project).calendar

    def counting(self, stage: str, project: Project) -> Rulebook:
        """Return this rulebook with the calendar by which the turns of a stage are counted.

        There are only as many of them as there are sets of seasons; each is built once.
        """
        rule = self.stages.get(stage)
        if rule is None or not rule.is_outdoor or not self.plan.seasons:
            return self
        here = tuple(season for season in self.plan.seasons if project.village_code.startswith(season.areas))
        return self._by_seasons.get(here) or self._with(here)

    def _with(self, seasons: tuple[Season, ...]) -> Rulebook:
        calendar = WorkingCalendar(self.calendar.document, seasons)
        return self._by_seasons.setdefault(seasons, replace(self, calendar=calendar) if calendar.seasons else self)

    @cached_property
    def _by_seasons(self) -> dict[tuple[Season, ...], Rulebook]:
        return {}

    def coded(self, group: ReasonGroup, code: str) -> CodedReason | None:
        """Return a coded reason of the plan, or None when it has no such code."""
        return next((reason for reason in self.plan.reasons.get(group, ()) if reason.code == code), None)

    def title(self, stage: str) -> Title:
        """Return the name of a stage."""
        return self.stages[stage].title

    @cached_property
    def rung_titles(self) -> dict[str, Title]:
        """Names of rungs, gap tiers and milestones by key."""
        titles = {one.key: one.title for one in self.plan.milestones}
        titles |= {one.key: one.title for one in self.ladder.gap_tiers}
        return titles | {one.key: one.title for one in self.ladder.rungs}

    def role_title(self, role: str) -> Title:
        """Return the name of a role; the code itself when the hierarchy does not know it."""
        known = self.roles.get(role)
        return known.title if known else Title(zh=role, en=role)

    def party_title(self, party: str) -> Title:
        """Return the name of a party; the code itself when the hierarchy does not know it."""
        known = self.parties.get(party)
        return known.title if known else Title(zh=party, en=party)


installed = Shelf()
"""The shelf of this process; the composition root gives it a way to fetch."""
