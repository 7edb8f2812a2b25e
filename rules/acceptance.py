"""Where an acceptance stands: which parts have passed, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rules.acts.facts import missing, open_choices
from schemas.command import FactValue
from schemas.plan import Closing, Fact, Part, Plan, Stage
from schemas.state import ProjectState, StageState


@dataclass(frozen=True)
class Progress:
    """How far an acceptance has come.

    Attributes:
        passed: Parts that have passed, with the person who passed them.
        waiting: Parts that have not.
        missing: Facts that are still to be stated; of a group of alternatives each one is named.
    """

    passed: tuple[tuple[Part, str], ...]
    waiting: tuple[Part, ...]
    missing: tuple[Fact, ...]


def progress(rule: Stage, stage: StageState, *, is_frozen: bool = False) -> Progress:
    """Return how far an open acceptance has come."""
    parts = rule.closed_by.parts
    known = facts_passed(stage)
    choices = [fact for group in open_choices(rule.closed_by, known) for fact in group]
    return Progress(
        passed=tuple((part, stage.checked_by.get(part.key, "")) for part in parts if part.key in stage.checked),
        waiting=tuple(part for part in parts if part.key not in stage.checked),
        missing=(*missing(rule.closed_by, known, is_frozen=is_frozen), *choices),
    )


def facts_passed(stage: StageState) -> dict[str, FactValue]:
    """Return the facts of all parts that have passed in this round."""
    return {key: value for facts in stage.checked.values() for key, value in facts.items()}


def of_part(closing: Closing, part: str) -> Closing:
    """Return what a plan asks for in one part of an acceptance."""
    return closing.model_copy(update={"facts": tuple(fact for fact in closing.facts if fact.part == part)})


def items(closing: Closing) -> tuple[str, ...]:
    """Return what a refusal may name: the parts and facts of an acceptance that has parts; nothing fixed otherwise."""
    if not closing.parts:
        return ()
    return (*(part.key for part in closing.parts), *(fact.key for fact in closing.facts))


def acceptors(state: ProjectState, plan: Plan) -> frozenset[str]:
    """Return the people who accepted in this project: whoever closed an acceptance, or passed a part of one."""
    stages = [state.stages[rule.key] for rule in plan.stages if rule.closed_by.act == "accept"]
    people = {person for stage in stages for person in (stage.closed_by, *stage.checked_by.values())}
    return frozenset(people - {""})


def built_on(plan: Plan, keys: Iterable[str]) -> set[str]:
    """Return the stages that come after some stages, near and far, and these themselves."""
    found = frontier = set(keys)
    while frontier:
        frontier = {rule.key for rule in plan.stages if frontier & set(rule.after)} - found
        found = found | frontier
    return found
