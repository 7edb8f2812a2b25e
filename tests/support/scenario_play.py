"""Plays scenarios: by the pure rules, and beside them on a server whose clocks can be turned."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any

from pydantic import ValidationError
from temporalio.testing import WorkflowEnvironment

from infra.files.policies import version_key
from rules import policy, project
from rules.policy import Raw, Rulebook, Shelf
from rules.project import Accepted, Refused
from schemas.command import ACT_MODELS, Act, Command, FactValue
from schemas.event import Entry, RungFired
from schemas.plan import Stage
from schemas.policy import Pins
from schemas.project import Project, Start
from schemas.reason import Refusal
from tests.support import books, people, record_histories, scenario_checks
from tests.support.engine import Site, calendar_where_it_is
from tests.support.life import Life, closing, good_facts
from tests.support.scenario_checks import Lived
from tests.support.scenario import TEN, Changes, Group, Scenario, Step

LATENESS = timedelta(seconds=30)
"""The clock of a workflow goes on while it is worked on: the more, the busier the machine. Never is anything early."""

GONE = {"project.over": "project.over_for_good"}
"""A workflow that has ended cannot say why; the gateway says it in its place."""

ACCEPTED, REPEATED, INVALID = "", "repeated", "invalid"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# Policies


@cache
def known_policies() -> tuple[Raw, ...]:
    """Return the policies of the tree, and those under which projects were recorded before."""
    return (*books.raws(), *record_histories.read_policies())


def newest(kind: str, wanted: str) -> Raw:
    """Return the newest policy of a name, or the very one when given as `name@version`."""
    found = [
        raw
        for raw in known_policies()
        if raw["kind"] == kind and wanted in {raw["name"], f"{raw['name']}@{raw['version']}"}
    ]
    assert found, f"there is no {kind} {wanted}"
    return max(found, key=lambda raw: version_key(str(raw["version"])))


def changed(raw: Raw, changes: Changes, suffix: str) -> Raw:
    """Return a policy with some of it changed, as a version of its own."""
    if not changes:
        return raw
    new = copy.deepcopy(raw)
    for place, value in changes.items():
        *way, last = place.split(".")
        node: Any = new
        for step in way:
            node = _below(node, step)
        if value is None:
            node.pop(last, None)
        elif isinstance(node, list):
            node[node.index(_below(node, last))] = value
        else:
            node[last] = value
    return {**new, "version": f"{raw['version']}-{suffix}"}


def _below(node: Any, step: str) -> Any:  # noqa: ANN401 - any part of a document
    if isinstance(node, list):
        return next(item for item in node if step in {item.get("key"), item.get("code")})
    return node.setdefault(step, {})


def documents(scenario: Scenario, suffix: str, calendar: Raw | None = None) -> dict[str, Raw]:
    """Return the policies of a scenario by kind, under a calendar other than the official one when one is given."""
    plan = changed(newest("plan", scenario.plan), scenario.change, suffix)
    days = calendar or newest("calendar", "china")
    return {
        "plan": plan,
        "ladder": changed(newest("ladder", plan["ladder"]), scenario.ladder, suffix),
        "hierarchy": newest("hierarchy", plan["hierarchy"]),
        "calendar": changed(days, scenario.calendar, suffix),
    }


def book_of(raws: dict[str, Raw], shelf: Shelf) -> Rulebook:
    """Return the rulebook of some policies, which stand on the shelf from now on."""
    return shelf.book(Pins(**{kind: shelf.put(raw) for kind, raw in raws.items()}))


# Projects


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
        technology=group.technology or book.plan.technology,
        village_code=village,
        village_name="Village",
        builder=group.builder,
        tier=group.tier,
    )


# Lives


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
        try:
            command = self.command(number, step)
        except ValidationError:
            command, answer = None, INVALID
        else:
            answer = told(self.life.send(command))
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
            by = step.by or people.BY_ROLE[rule.closed_by.by[0]].person_id
            act: Act = closing(rule, _facts(good_facts(rule), step))
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
        made: Act = model.model_validate(given)  # type: ignore[assignment] - one of the acts, by its name
        return made

    def _usual(self, step: Step) -> dict[str, FactValue]:
        """Return good facts of the stage that an act closes, or of one part of it."""
        open_stages = self.life.state.open_stages()
        rule = self.book.stages.get(step.stage or (open_stages[0] if open_stages else ""))
        if rule is None or (step.act != "check" and rule.closed_by.act != step.act):
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


def live(scenario: Scenario, name: str) -> dict[str, list[Lived]]:
    """Play every project of a scenario by the rules alone, under the official calendar, and return them by group."""
    book = book_of(documents(scenario, name), policy.installed)
    lived: dict[str, list[Lived]] = {}
    for group in scenario.groups:
        lived[group.name] = [_live(scenario, group, village, book) for village in villages(group)]
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


# On the engine


async def live_on_engine(scenario: Scenario, name: str, env: WorkflowEnvironment) -> list[Lived]:
    """Play the first projects of every group on a server and by the rules beside it; problems tell where they differ."""
    calendar = calendar_where_it_is(scenario.start)
    book = book_of(documents(scenario, name, calendar), policy.installed)
    found = []
    for group in scenario.groups:
        for village, _ in zip(villages(group), range(group.on_engine), strict=False):
            found.append(await _live_on_engine(group, village, book, Site(env)))
    return found


async def _live_on_engine(group: Group, village: str, book: Rulebook, site: Site) -> Lived:
    subject = identity(group, village, site.project_id, book)
    async with site.working():
        order = await site.start(book, **subject.model_dump(exclude={"project_id"}))
        player = Player(group, order, book, site.journal[0].at)
        come = player.life.now
        for number, step in enumerate(group.steps, start=1):
            at = player.at(step)
            if at > come and not player.life.state.is_over:
                await site.until(at)
                come = at
            command, answer = player.take(number, step)
            if command:
                player.problems += await _sent(site, command, answer, number)
        await site.state()
        player.problems += difference(player.life.journal, site.journal)
    return Lived(player.life, player.problems)


async def _sent(site: Site, command: Command, expected: str, number: int) -> list[str]:
    """Send a command to the engine, and tell when it is answered otherwise than by the rules."""
    try:
        receipt = await site.send(command)
    except Refusal as refusal:
        answer = refusal.reason.code
    else:
        answer = REPEATED if receipt.is_repeat else ACCEPTED
    if answer in {expected, GONE.get(expected, expected)}:
        return []
    return [f"step {number}: the engine says {answer or 'accepted'}, the rules {expected or 'accepted'}"]


def difference(pure: list[Entry], engine: list[Entry]) -> list[str]:
    """Tell the first difference between two journals that should be equal, apart from how late the clock was heard."""
    for ours, theirs in zip(pure, engine, strict=False):
        late = theirs.at - ours.at
        if _timeless(ours) != _timeless(theirs):
            return [f"entry {ours.seq}: {_brief(ours)} in the rules, {_brief(theirs)} on the engine"]
        if not timedelta() <= late < LATENESS:
            return [f"entry {ours.seq}: {_brief(ours)} came {late.total_seconds():.1f} s late on the engine"]
    if len(pure) != len(engine):
        return [f"{len(pure)} entries in the rules, {len(engine)} on the engine"]
    return []


def _timeless(entry: Entry) -> Entry:
    return entry.model_copy(update={"at": _EPOCH})


def _brief(entry: Entry) -> str:
    return " ".join(part for part in sequence([entry])[0] if part)


def sequence(journal: list[Entry]) -> list[tuple[str, str, str]]:
    """Return the events of a journal without their times: type, stage, and rung, turn or code."""
    return [
        (
            entry.event.type,
            getattr(entry.event, "stage", ""),
            next((value for key in ("rung", "turn", "code", "step") if (value := getattr(entry.event, key, ""))), ""),
        )
        for entry in journal
    ]


def rungs(journal: list[Entry]) -> int:
    """Return the number of rungs in a journal."""
    return sum(isinstance(entry.event, RungFired) for entry in journal)

