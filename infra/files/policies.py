"""Reads the policies that people write, and finds those that belong together.

A file is a policy only when its text, its fields and its rules are sound; every problem found is told, not the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from infra.files import model_error
from infra.files.letters import strangers, with_texts
from infra.files.yaml_text import lines_of, read_yaml
from infra.letters.trial import template_problems
from rules import plan as soundness
from rules.calendar_check import SHORTEST_DAY, calendar_problems
from rules.messaging_check import messaging_problems
from rules.policy import PolicyDocuments, Raw, canonical, parse, reference
from rules.text import both
from schemas.calendar import Calendar
from schemas.hierarchy import Hierarchy, Role
from schemas.ladder import Ladder
from schemas.messaging import LetterTemplates, MessagingPolicy
from schemas.migration import PolicyKind
from schemas.plan import Plan
from schemas.policy import Pins
from schemas.reason import ErrorKind, Reason, Refusal

TREE = Path(__file__).parents[2] / "policies"
"""The policies that come with this tree."""

KEPT: dict[type[PolicyDocuments], PolicyKind] = {
    Plan: "plan",
    Ladder: "ladder",
    Hierarchy: "hierarchy",
    Calendar: "calendar",
}
"""Kinds that projects keep until a migration; of the others the version published last is in force for all."""

_EARNEST_DAY = 86400.0
_Kind = TypeVar("_Kind", bound=PolicyDocuments)


@dataclass(frozen=True)
class LoadedPolicy:
    """One policy as read from its file.

    Attributes:
        raw: The document as it was written; its digest is made from this.
        parsed: The document as its model.
        path: Where it was read.
        reference: `name@version#digest`.
    """

    raw: Raw
    parsed: PolicyDocuments
    path: Path
    reference: str

    @property
    def name(self) -> str:
        """Name and version, `name@version`."""
        return f"{self.parsed.name}@{self.parsed.version}"


class BadPolicyError(Refusal):
    """A policy file is no policy; carries every problem, and the first of them as the reason.

    Attributes:
        reasons: All that is wrong.
    """

    def __init__(self, reasons: Sequence[Reason]) -> None:
        """Carry the reasons."""
        first = reasons[0]
        super().__init__(first.code, first.kind, **first.params)
        self.reasons = tuple(reasons)


def load_file(path: Path) -> LoadedPolicy:
    """Return the policy in a YAML file.

    Raises:
        Refusal: It cannot be read as YAML; names line and column.
        BadPolicyError: Its fields are wrong; names the line, place, value and rule of each. Or it is a calendar with
            which days cannot be counted; names place and value.
    """
    raw = read_yaml(path)
    if raw.get("kind") == "letters":
        if wrong := strangers(path):
            raise BadPolicyError(wrong)
        raw = with_texts(raw, path)
    try:
        policy = LoadedPolicy(raw, parse(raw), path, reference(raw))
    except ValidationError as error:
        raise BadPolicyError(model_error.reasons(error, str(path), raw, lines_of(path))) from error
    if wrong := problems([policy]) if isinstance(policy.parsed, Calendar) else []:
        raise BadPolicyError(wrong)
    return policy


def load_tree(folder: Path = TREE) -> list[LoadedPolicy]:
    """Return every policy below a folder, in order of path.

    Raises:
        BadPolicyError: Some file is no policy, or a version has two texts; carries the problems of all files.
    """
    return load_files(sorted(folder.rglob("*.yaml")))


def load_files(paths: Iterable[Path]) -> list[LoadedPolicy]:
    """Return the policies in some files.

    Raises:
        BadPolicyError: Some file is no policy, or a version has two texts; carries the problems of all files.
    """
    loaded: list[LoadedPolicy] = []
    bad: list[Reason] = []
    for path in paths:
        try:
            loaded.append(load_file(path))
        except BadPolicyError as error:
            bad += error.reasons
        except Refusal as refusal:
            bad.append(refusal.reason)
    bad += same_versions(loaded)
    if bad:
        raise BadPolicyError(bad)
    return loaded


def same_versions(policies: Iterable[LoadedPolicy]) -> list[Reason]:
    """Return a problem for each policy whose kind, name and version another one has with a different text."""
    first: dict[tuple[str, str], LoadedPolicy] = {}
    bad = []
    for policy in policies:
        other = first.setdefault((policy.parsed.kind, policy.name), policy)
        if canonical(other.raw) != canonical(policy.raw):
            params = {"file": str(policy.path), "document": policy.name, "other": str(other.path)}
            bad.append(Reason(code="policy.same_version", kind=ErrorKind.INVALID, params={**params}))
    return bad


def problems(policies: Sequence[LoadedPolicy], known: Sequence[LoadedPolicy] = ()) -> list[Reason]:
    """Return what is wrong with `policies` beyond their fields; what they refer to may also stand in `known`."""
    shelf = [*policies, *known]
    bad: list[Reason] = []
    for policy in policies:
        document = policy.parsed
        try:
            if isinstance(document, Calendar):
                bad += calendar_problems(document)
            elif isinstance(document, Hierarchy):
                bad += soundness.hierarchy_problems(document)
            elif isinstance(document, Ladder):
                bad += soundness.ladder_problems(document, newest(shelf, Hierarchy, document.hierarchy)[1])
            elif isinstance(document, MessagingPolicy):
                bad += messaging_problems(document)
                newest(shelf, Calendar, document.calendar)
                newest(shelf, LetterTemplates, document.letters)
            elif isinstance(document, LetterTemplates):
                bad += template_problems(document)
            else:
                newest(shelf, Ladder, document.ladder)
                bad += soundness.plan_problems(document, newest(shelf, Hierarchy, document.hierarchy)[1])
        except Refusal as refusal:
            bad.append(refusal.reason)
    return bad


def roles(policies: Iterable[LoadedPolicy]) -> dict[str, Role]:
    """Return every role of every hierarchy by its key."""
    hierarchies = [policy.parsed for policy in policies if isinstance(policy.parsed, Hierarchy)]
    return {role.key: role for hierarchy in hierarchies for role in hierarchy.roles}


def newest(policies: Iterable[LoadedPolicy], kind: type[_Kind], wanted: str) -> tuple[LoadedPolicy, _Kind]:
    """Return the newest policy of a kind by its name, or the very one when given as `name@version`.

    Raises:
        Refusal: There is none (`NOT_FOUND`); names those there are.
    """
    of_kind = [(policy, policy.parsed) for policy in policies if isinstance(policy.parsed, kind)]
    found = [pair for pair in of_kind if wanted in {pair[1].name, pair[0].name}]
    if not found:
        raise _unknown(str(kind.model_fields["kind"].default), wanted, [document.name for _, document in of_kind])
    return max(found, key=lambda pair: version_key(pair[1].version))


def named(policies: Sequence[LoadedPolicy], wanted: str) -> list[LoadedPolicy]:
    """Return the newest policy of each kind that has a name, or the very one when given as `name@version`.

    Raises:
        Refusal: No kind has it (`NOT_FOUND`); names those there are.
    """
    found = [policy for policy in policies if wanted in {policy.parsed.name, policy.name}]
    if not found:
        raise _unknown("any", wanted, [policy.parsed.name for policy in policies])
    kinds = dict.fromkeys(type(policy.parsed) for policy in found)
    return [newest(found, kind, wanted)[0] for kind in kinds]


def version_key(version: str) -> tuple[list[int], str]:
    """Return what versions are ordered by: dotted numbers as numbers (`2018.10` after `2018.9`), then the rest."""
    head = re.match(r"[\d.]*", version)
    numbers = head.group() if head else ""
    return [int(part) for part in numbers.split(".") if part], version[len(numbers) :]


def default_pins(policies: Sequence[LoadedPolicy], plan_name: str, calendar_name: str) -> Pins:
    """Return the pins of a project: the newest plan and calendar of these names, and what the plan refers to.

    Raises:
        Refusal: One of them is not there (`NOT_FOUND`).
    """
    plan, document = newest(policies, Plan, plan_name)
    return Pins(
        plan=plan.reference,
        ladder=newest(policies, Ladder, document.ladder)[0].reference,
        hierarchy=newest(policies, Hierarchy, document.hierarchy)[0].reference,
        calendar=newest(policies, Calendar, calendar_name)[0].reference,
    )


def kept_by_projects(policies: Iterable[LoadedPolicy]) -> list[LoadedPolicy]:
    """Return the policies of the kinds that projects keep."""
    return [policy for policy in policies if type(policy.parsed) in KEPT]


def compressed(raw_calendar: Raw, day_seconds: float) -> Raw:
    """Return a calendar of its own version in which a day lasts `day_seconds`, for demonstrations.

    Raises:
        Refusal: That is no length of a day.
    """
    if not SHORTEST_DAY <= day_seconds <= _EARNEST_DAY:
        raise Refusal("policy.day_seconds", ErrorKind.INVALID, value=day_seconds)
    return {**raw_calendar, "version": f"{raw_calendar['version']}-{day_seconds:g}s", "day_seconds": float(day_seconds)}


def compressed_messaging(raw_messaging: Raw, day_seconds: float) -> Raw:
    """Return a messaging policy of its own version for days that last `day_seconds`: any time of them is office time.

    Of a day of one second, office hours would be a third of one, and hardly a round of letters would fall into them.

    Raises:
        Refusal: That is no length of a day.
    """
    version = compressed(raw_messaging, day_seconds)["version"]
    whole_day = {"since": "00:00", "until": "23:59:59"}
    never = {"since": "00:00", "until": "00:00"}
    hours = {"digest_at": "00:00", "jitter_minutes": 0, "office": whole_day, "quiet": never}
    return {**raw_messaging, **hours, "version": version, "calendar": "compressed"}


def _unknown(kind: str, wanted: str, known: Iterable[str]) -> Refusal:
    word = f"policy.kind.{kind}"
    title = both(word)
    names = ", ".join(sorted(set(known))) or "—"
    return Refusal("policy.unknown", ErrorKind.NOT_FOUND, what=title, name=wanted, known=names)
