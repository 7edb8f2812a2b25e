"""Scenarios as data: the form of `tests/scenarios/*.yaml`, and the way they are read.

A scenario is one project, or several, told step by step with what must come of it. Times are those on the clocks of
the place. `docs/reference/scenarios.md` lists them all; `make scenarios` plays them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from infra.files import model_error
from infra.files.yaml_text import lines_of, read_yaml
from rules.text import render
from schemas.command import ACT_MODELS, FactValue
from schemas.message import Document, Title
from schemas.reason import Refusal
from tests.support import people

FOLDER = Path(__file__).parents[1] / "scenarios"
TEN = "10:00"
"""The hour of whatever happens on a day without one."""

_LARGE = 100
_DAY_AND_HOUR = r"^\d{4}-\d\d-\d\d( \d\d:\d\d)?$"


def _text(value: object) -> object:
    """Return a date or an instant of YAML as it was written."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value


Local = Annotated[str, BeforeValidator(_text), StringConstraints(pattern=_DAY_AND_HOUR)]
"""A day, or a day and an hour, on the clocks of the place: `2018-09-03`, `2018-09-03 14:30`."""

Day = Annotated[str, BeforeValidator(_text)]
Changes = dict[str, Any]
"""What is other than in the tree: `stages.route.budget.days: 30`. A step into a list names the `key` or `code` of the
item; None takes away."""


class ScenarioError(ValueError):
    """A file is no scenario; says where and why."""


class Standing(Document):
    """How a project must stand after a step. What is not named may be as it likes.

    Attributes:
        status: Status of the project.
        open: Keys of the open stages, all of them.
        turn: Kind of the live turn, by stage.
        owner: Role that holds the ball, by stage.
        due: Last day of the term, by stage or matter.
        original_due: Last day of the term when the turn opened, by stage.
        previous_due: Last day of the term before the last extension or migration, by stage.
        left: Days that are left of the budget, by stage.
        level: Highest level of escalation, by stage.
        round: Round, by stage.
        matters: Step that decides, by key of the matter; all of them.
        parts: Parts of an acceptance that have passed, by stage.
        is_frozen: Whether the retained payment is frozen.
        tier: Gap tier of a batch; empty when on course.
        withheld_share: Share of support withheld.
    """

    status: str | None = None
    open: tuple[str, ...] | None = None
    turn: dict[str, str] = Field(default_factory=dict)
    owner: dict[str, str] = Field(default_factory=dict)
    due: dict[str, Day] = Field(default_factory=dict)
    original_due: dict[str, Day] = Field(default_factory=dict)
    previous_due: dict[str, Day] = Field(default_factory=dict)
    left: dict[str, int] = Field(default_factory=dict)
    level: dict[str, int] = Field(default_factory=dict)
    round: dict[str, int] = Field(default_factory=dict)
    matters: dict[str, str] | None = None
    parts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    is_frozen: bool | None = None
    tier: str | None = None
    withheld_share: float | None = None


class Step(Document):
    """Something that somebody does at a time; or nothing, when time only passes.

    Whatever else stands in the step is a field of the act: `code`, `note`, `days`, `item`, ...

    Attributes:
        at: When.
        on_day: Or so many days after the start, at ten.
        by: Who, as in `tests/support/people.py`; for `close` the proper person when nobody is named.
        act: What is asked.
        close: Or the stage that is closed by its proper act.
        stage: Stage of the act.
        facts: Facts other than the usual good ones; None leaves one out.
        fields: The other fields of the act.
        command: Id of the command, when it is sent again later.
        is_repeat: Whether it must be recognised as sent before.
        refused: Code with which it must be refused; `invalid` when it is no command at all.
        expect: How the project stands afterwards.
    """

    at: Local = ""
    on_day: int | None = Field(default=None, ge=0)
    by: str = ""
    act: str = ""
    close: str = ""
    stage: str = ""
    facts: dict[str, FactValue | None] = Field(default_factory=dict)
    fields: dict[str, Any] = Field(default_factory=dict)
    command: str = ""
    is_repeat: bool = False
    refused: str = ""
    expect: Standing | None = None

    @model_validator(mode="before")
    @classmethod
    def _fields_of_the_act(cls, raw: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        if not isinstance(raw, dict) or raw.get("act") not in ACT_MODELS:
            return raw
        named = {key for key in raw if key not in cls.model_fields}
        unknown = named - set(ACT_MODELS[raw["act"]].model_fields)
        if unknown:
            raise PydanticCustomError(
                "unknown_field", "{act} has no field {names}", {"act": raw["act"], "names": ", ".join(sorted(unknown))}
            )
        own = {key: value for key, value in raw.items() if key not in named}
        return {**own, "fields": {key: raw[key] for key in named}}

    @model_validator(mode="after")
    def _makes_sense(self) -> Step:
        if (self.at == "") == (self.on_day is None):
            raise PydanticCustomError("when", "a step has either `at` or `on_day`")
        if self.act and self.act not in ACT_MODELS:
            raise PydanticCustomError("act", "no such act: {act}", {"act": self.act})
        if self.act and (self.close or not self.by):
            raise PydanticCustomError("who", "an act needs `by`, and does not go with `close`")
        if self.by and self.by not in people.BY_NAME:
            known = ", ".join(people.BY_NAME)
            raise PydanticCustomError("by", "nobody is called {by}; there are {known}", {"by": self.by, "known": known})
        return self


class Expect(Document):
    """What must have come of a project in the end. What is not named may be as it likes.

    Attributes:
        status: Its status.
        fired: Every rung that fired, as `day time stage rung`; a matter stands in the place of the stage.
        days: Working days by party, all of them.
        money: Amounts on record in CNY, among others.
        ended_code: Reason with which it ended.
        vacant: Roles that nobody holds, with the role that received every message instead.
        tier: Gap tier of a batch.
        withheld_share: Share of support withheld.
        batch: Units of a batch: `planned`, `total`, `built`, `required`.
        village_code: Code of the village, as it is in the end.
        changes: Kinds of the changes that took effect, in order.
    """

    status: str | None = None
    fired: tuple[str, ...] | None = None
    days: dict[str, int] | None = None
    money: dict[str, float] = Field(default_factory=dict)
    ended_code: str | None = None
    vacant: dict[str, str] = Field(default_factory=dict)
    tier: str | None = None
    withheld_share: float | None = None
    batch: dict[str, int] = Field(default_factory=dict)
    village_code: str | None = None
    changes: tuple[str, ...] | None = None


class Group(Document):
    """Projects of a scenario that live the same life.

    Attributes:
        name: What they are.
        count: How many there are. All live in the rules, the first `on_engine` of them on the engine as well.
        on_engine: How many live on the engine.
        village: Code of the village of the first; the others have those after it.
        tier: Priority tier.
        builder: Organisation that builds.
        steps: What happens.
        expect: What must have come of each.
    """

    name: str
    count: int = Field(default=1, ge=1)
    on_engine: int = Field(default=1, ge=1)
    village: str = people.VILLAGE
    tier: str = "general"
    builder: str = people.BUILDING_COMPANY
    steps: tuple[Step, ...]
    expect: Expect = Expect()


class Draw(Document):
    """The sample that is drawn of all projects for an acceptance.

    Attributes:
        seed: Seed of the draw.
        drawn: How many are drawn.
        sites: Of how many.
        counties: In how many counties at least one is drawn: all of them.
        tier: Priority tier of which more are drawn than their share, where that is so.
    """

    seed: str
    drawn: int
    sites: int
    counties: int
    tier: str = ""


class Overall(Document):
    """What must hold over all projects of a scenario.

    Attributes:
        reconciles: Lines from the planned to the final number of projects: `planned`, a line for each reason, `final`.
        sample: The draw of an acceptance among those that have not ended.
        funds: Sums of money on record over all projects that have not ended without result, among others.
        left_cny: What the awards left of the budgets.
    """

    reconciles: dict[str, int] | None = None
    sample: Draw | None = None
    funds: dict[str, float] = Field(default_factory=dict)
    left_cny: float | None = None


class Scenario(Document):
    """A scenario.

    Attributes:
        title: Its name.
        source: The real case or the rule, and where it is written.
        shows: What it shows.
        plan: Name of a plan, or `name@version`.
        change: Changes of the plan.
        ladder: Changes of its ladder.
        calendar_name: Name of the calendar.
        calendar: Changes of the calendar.
        start: When its projects start.
        real: Whether it is also played in real time, under a compressed calendar.
        tier: Priority tier of its only project.
        village: Village of its only project.
        steps: What happens to its only project.
        expect: What must have come of its only project.
        projects: Its projects, where it has several.
        overall: What must hold over all of them.
    """

    title: Title
    source: str
    shows: Title
    plan: str = "universal-service-fibre"
    change: Changes = Field(default_factory=dict)
    ladder: Changes = Field(default_factory=dict)
    calendar_name: str = "china"
    calendar: Changes = Field(default_factory=dict)
    start: Local = f"2018-05-07 {TEN}"
    real: bool = False
    tier: str = "general"
    village: str = people.VILLAGE
    steps: tuple[Step, ...] = ()
    expect: Expect = Expect()
    projects: tuple[Group, ...] = ()
    overall: Overall = Overall()

    @model_validator(mode="after")
    def _is_one_or_several(self) -> Scenario:
        if bool(self.steps) == bool(self.projects):
            raise PydanticCustomError("steps", "a scenario has either `steps` or `projects`")
        if self.real and any(step.on_day is None for group in self.groups for step in group.steps):
            raise PydanticCustomError("real", "in a scenario that is played in real time every step has `on_day`")
        return self

    @property
    def groups(self) -> tuple[Group, ...]:
        """Its projects, in groups."""
        if self.projects:
            return self.projects
        return (Group(name="", village=self.village, tier=self.tier, steps=self.steps, expect=self.expect),)

    @property
    def is_large(self) -> bool:
        """Whether playing all of its projects takes seconds."""
        return sum(group.count for group in self.groups) > _LARGE

    @property
    def step_count(self) -> int:
        """Number of steps written in it."""
        return sum(len(group.steps) for group in self.groups)


def read(path: Path) -> Scenario:
    """Return the scenario in a file.

    Raises:
        ScenarioError: It is none; names file, line, place, value and rule of everything that is wrong.
    """
    try:
        raw = read_yaml(path)
    except Refusal as refusal:
        raise ScenarioError(render(refusal.reason, "en")) from refusal
    try:
        return Scenario.model_validate(raw)
    except ValidationError as error:
        wrong = model_error.reasons(error, path.name, raw, lines_of(path))
        raise ScenarioError("\n".join(render(reason, "en") for reason in wrong)) from error


@cache
def scenarios() -> dict[str, Scenario]:
    """Return all scenarios by the names of their files, in order."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.yaml"))}


def chosen(words: tuple[str, ...]) -> Iterator[tuple[str, Scenario]]:
    """Yield the scenarios whose names contain one of the words; all when there are none."""
    for name, scenario in scenarios().items():
        if not words or any(word in name for word in words):
            yield name, scenario
