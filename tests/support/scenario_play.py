"""Plays scenarios by the pure rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any, cast

from pydantic import ValidationError

from rules import policy, project
from rules.acceptance import facts_passed
from rules.policy import Rulebook
from rules.project import Accepted, Refused
from schemas.command import ACT_MODELS, Act, Command, FactValue
from schemas.plan import Stage
from schemas.policy import Pins
from schemas.project import Project, Start
from tests.support import people, scenario_checks
from tests.support.life import Life, closing, good_facts
from tests.support.scenario import TEN, Changes, Group, Scenario, Step
from tests.support.scenario_checks import Lived
from tests.support.scenario_policies import book_of, changed, documents, newest

GONE = {"project.over": "project.over_for_good"}
"""A workflow that has ended cannot say why; the gateway says it in its place."""

ACCEPTED, REPEATED, INVALID = "", "repeated", "invalid"


def villages(group: Group) -> Iterator[str]:
    """Yield the codes of the villages of a group: the first, and those after it, two hundred in a township."""
    first = int(group.village[9:])
    for number in range(group.count):
        township = int(group.village[6:9]) + number // 200
        yield f"{group.village[:6]}{township:03}{first + number % 200:03}"


def identity(group: Group, village: str, project_id: str, book: Rulebook) -> Project:
    """Return a project of a group."""
    return Project(
        project_id=project_id,
        programme="US",
        batch="2018",
        technology=book.plan.technology,
        village_code=village,
        village_name="Village",
        builder=group.builder,
        tier=group.tier,
    )


class Player:
    """One project of a scenario, played by the rules step by step.

    Attributes:
        group: What happens.
        life: Its life.
        problems: What was not as it should be so far.
    """

    def __init__(self, group: Group, order: Start, book: Rulebook, at: datetime) -> None:
        """Begin the project at an instant."""
        self.group = group
        self.book = book
        self.people = people.around(order.project.village_code, group.builder)
        self.life = Life(book, at)
        self.life.write(project.begin(order, at, book), by=order.ordered_by)
        self.problems: list[str] = []
        self._first_day = book.calendar.day(at)

    def at(self, step: Step) -> datetime:
        """Return the instant of a step."""
        if step.on_day is not None:
            return self.book.calendar.time_on(self._first_day + step.on_day, time.fromisoformat(TEN))
        return self.instant(step.at)

    def instant(self, told: str | int) -> datetime:
        """Return the instant of a local time, or of a day after the start."""
        if isinstance(told, int):
            return self.book.calendar.time_on(self._first_day + told, time.fromisoformat(TEN))
        local = datetime.fromisoformat(told if " " in told else f"{told} {TEN}").replace(tzinfo=UTC)
        return local - timedelta(hours=self.book.calendar.document.utc_offset_hours)

    def take(self, number: int, step: Step) -> tuple[Command | None, str]:
        """Let time pass up to a step, take it, and return the command that was sent and how it was answered."""
        self.life.until(self.at(step))
        if not step.act and not step.close:
            self._check(number, step)
            return None, ACCEPTED
        command, answer = None, INVALID
        with suppress(ValidationError):
            command = self.command(number, step)
            answer = told(self.life.send(command))
            self.book = self.life.book = policy.installed.book(self.life.state.pins)
        expected = step.refused or (REPEATED if step.is_repeat else ACCEPTED)
        if answer != expected:
            self.problems.append(f"step {number}: {answer or 'accepted'}, expected {expected or 'accepted'}")
        self._check(number, step)
        return command, answer

    def command(self, number: int, step: Step) -> Command:
        """Return the command of a step.

        Raises:
            ValidationError: It is none.
        """
        if step.close:
            rule = self.book.stages[step.close]
            by = step.by or people.FOR_ROLE[rule.closed_by.by[0]].person_id
            passed = facts_passed(self.life.stage(step.close))
            usual = {key: value for key, value in good_facts(rule).items() if key not in passed}
            act: Act = closing(rule, _facts(usual, step))
        else:
            by, act = step.by, self._act(step)
        return Command(command_id=step.command or f"c-{number}", actor=self.people[by], act=act)

    def _act(self, step: Step) -> Act:
        model = ACT_MODELS[step.act]
        given: dict[str, Any] = {"act": step.act, **step.fields}
        if step.stage:
            given["stage"] = step.stage
        for name in (name for name in step.fields if name.endswith("_at")):
            given[name] = self.instant(_as_text(given[name]))
        if "facts" in model.model_fields:
            given["facts"] = _facts(self._usual(step), step)
        if "pins" in model.model_fields:
            given["pins"] = self._pins(given["pins"])
        return cast("Act", model.model_validate(given))

    def _usual(self, step: Step) -> dict[str, FactValue]:
        """Return good facts of the stage that an act closes, or of one part of it."""
        open_stages = self.life.state.open_stages()
        rule = self.book.stages.get(step.stage or (open_stages[0] if open_stages else ""))
        if rule is None or step.act not in {"check", rule.closed_by.act}:
            return {}
        return good_part(rule, step.fields.get("part", "")) if step.act == "check" else good_facts(rule)

    def _pins(self, changes: Changes) -> Pins:
        """Return the policies of before with others in the place of some: `plan: {name: ..., change: {...}}`."""
        pins = self.life.state.pins
        shelf = policy.installed
        others = {
            kind: shelf.put(changed(newest(kind, what["name"]), what.get("change", {}), "later"))
            for kind, what in changes.items()
        }
        return pins.model_copy(update=others)

    def _check(self, number: int, step: Step) -> None:
        if step.expect:
            wrong = scenario_checks.standing(self.life, step.expect)
            self.problems += [f"step {number} ({step.at or step.on_day}): {line}" for line in wrong]


def good_part(rule: Stage, part: str) -> dict[str, FactValue]:
    """Return facts with which a part of an acceptance passes."""
    of_part = {fact.key for fact in rule.closed_by.facts if fact.part == part}
    return {key: value for key, value in good_facts(rule).items() if key in of_part}


def _facts(usual: dict[str, FactValue], step: Step) -> dict[str, FactValue]:
    return {key: value for key, value in {**usual, **step.facts}.items() if value is not None}


def _as_text(value: object) -> str | int:
    return value if isinstance(value, int) else f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def told(answer: project.Accepted | project.Repeated | project.Refused) -> str:
    """Return an answer in a word."""
    if isinstance(answer, Refused):
        return answer.reason.code
    return ACCEPTED if isinstance(answer, Accepted) else REPEATED


def live(scenario: Scenario, name: str, *, is_whole: bool = True) -> dict[str, list[Lived]]:
    """Play the projects of a scenario by the rules alone, under the official calendar, and return them by group.

    Args:
        scenario: The scenario.
        name: Its name.
        is_whole: Whether all projects are played; otherwise those that are played on the engine.
    """
    book = book_of(documents(scenario, name), policy.installed)
    lived: dict[str, list[Lived]] = {}
    for group in scenario.groups:
        chosen = islice(villages(group), None if is_whole else group.on_engine)
        lived[group.name] = [_live(scenario, group, village, book) for village in chosen]
    return lived


def _live(scenario: Scenario, group: Group, village: str, book: Rulebook) -> Lived:
    local = datetime.fromisoformat(scenario.start).replace(tzinfo=UTC)
    start = local - timedelta(hours=book.calendar.document.utc_offset_hours)
    subject = identity(group, village, f"P-{village}", book)
    order = Start(project=subject, pins=book.pins, ordered_by=people.PROVINCE.person_id)
    player = Player(group, order, book, start)
    for number, step in enumerate(group.steps, start=1):
        player.take(number, step)
    player.problems += scenario_checks.outcome(player.life, group.expect)
    return Lived(player.life, player.problems)
