"""The life of one project, driven by hand: the pure rules with a clock that tests turn.

Does what the workflow does and nothing more: the clock is brought up to date before a command is judged, and every
event goes through the journal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from rules import ladder, project
from rules.policy import Rulebook
from rules.project import Accepted, Refused, Repeated
from schemas.command import Act, Actor, Close, Command, FactValue
from schemas.event import Entry, Event, RungFired, TurnOpened
from schemas.plan import Stage
from schemas.project import Project, Start
from schemas.rung import Rung
from schemas.state import ProjectState, StageState
from schemas.turn import Turn
from tests.support import books, people

TECHNOLOGY = {
    "universal-service-fibre": "fibre",
    "universal-service-4g": "4g",
    "universal-service-both": "both",
}
RETAINED = 250
"""What is left for settlement of a contract of 1000 when a quarter of it is retained."""

MORE_THAN_ENOUGH = 1000
"""Steps after which the clock counts as never coming to rest."""


def beijing(on: str, clock: str = "10:00") -> datetime:
    """Return the instant of a date and local time in China."""
    local = datetime.combine(date.fromisoformat(on), time.fromisoformat(clock), tzinfo=UTC)
    return local - timedelta(hours=8)


def shown(at: datetime) -> str:
    """Return an instant as people in China read it, `2018-05-03 09:00`."""
    return (at + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")


def turn_of(rung: Rung | RungFired, state: ProjectState) -> Turn:
    """Return the turn whose clock a rung belongs to: that of a matter, or of a stage."""
    matter = state.matter(rung.matter)
    turn = matter.turn if matter else state.stages[rung.stage].turn
    assert turn is not None, f"{rung.stage} {rung.matter} has no live turn"
    return turn


@dataclass(frozen=True)
class Step:
    """One entry, with the state before and after it."""

    before: ProjectState | None
    entry: Entry
    after: ProjectState


@dataclass
class Life:
    """One project and its clock.

    Attributes:
        book: Its policies.
        now: The instant.
        is_prompt: Whether the clock is heard at each due instant; otherwise only at the next command or `wake`, like
            a worker that was down.
        steps: What has happened so far.
        commands: Every command that was carried out.
    """

    book: Rulebook
    now: datetime
    is_prompt: bool = True
    steps: list[Step] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    _sent: int = 0

    @classmethod
    def begin(
        cls,
        plan: str = "universal-service-fibre",
        *,
        at: datetime | None = None,
        tier: str = "general",
        is_prompt: bool = True,
        book: Rulebook | None = None,
    ) -> Life:
        """Start a project; on the morning of 7 May 2018 when no instant is given."""
        life = cls(book or books.book(plan), at or beijing("2018-05-07"), is_prompt)
        life.write(project.begin(life.order(plan, tier), life.now, life.book), by=people.PROVINCE.person_id)
        return life

    def order(self, plan: str, tier: str) -> Start:
        """Return the order that starts the project."""
        identity = {
            "project_id": "P-1",
            "programme": "US",
            "batch": "2018",
            "technology": TECHNOLOGY.get(plan, self.book.plan.technology),
            "village_code": people.VILLAGE,
            "village_name": "Village",
            "builder": people.BUILDING_COMPANY,
            "tier": tier,
        }
        return Start(project=Project.model_validate(identity), pins=self.book.pins, ordered_by="province")

    # What is

    @property
    def state(self) -> ProjectState:
        """State after the last entry."""
        return self.steps[-1].after

    @property
    def journal(self) -> list[Entry]:
        """All entries."""
        return [step.entry for step in self.steps]

    @property
    def events(self) -> list[Event]:
        """All events."""
        return [step.entry.event for step in self.steps]

    def fired(self, stage: str = "") -> list[RungFired]:
        """Return the rungs that have fired, of one stage's own clock or of all clocks."""
        rungs = [event for event in self.events if isinstance(event, RungFired)]
        return [rung for rung in rungs if not stage or (rung.stage, rung.matter) == (stage, "")]

    def rungs(self, stage: str = "") -> list[Rung]:
        """Return the rungs that lie ahead, of one stage's own clock or of all clocks."""
        ahead = ladder.rungs(self.state, self.book)
        return [rung for rung in ahead if not stage or (rung.stage, rung.matter) == (stage, "")]

    def table(self) -> list[tuple[str, str, int]]:
        """Return the rungs that lie ahead, as key, local time and level."""
        return [(rung.key, shown(rung.at), rung.level) for rung in self.rungs()]

    def stage(self, key: str) -> StageState:
        """Return the state of a stage."""
        return self.state.stages[key]

    def turn(self, key: str = "") -> Turn:
        """Return the live turn of a stage, or of the only open one."""
        turn = self.stage(key or self.open()).turn
        assert turn is not None, f"{key} has no live turn"
        return turn

    def open(self) -> str:
        """Return the key of the only open stage."""
        (key,) = self.state.open_stages()
        return key

    def due(self, key: str = "") -> str:
        """Return the last day of the term of a stage, as `2018-05-03`."""
        stage = key or self.open()
        (label,) = {rung.derivation.due_on for rung in self.rungs(stage)}
        return label

    # What people do

    def do(self, actor: Actor, act: Act, command_id: str = "") -> Accepted | Repeated | Refused:
        """Send a command and return the answer; the clock is heard first."""
        self.wake()
        self._sent += 1
        return self.send(Command(command_id=command_id or f"c-{self._sent}", actor=actor, act=act))

    def send(self, command: Command) -> Accepted | Repeated | Refused:
        """Send a command as it is."""
        answer = project.decide(self.state, command, self.now, self.book)
        if isinstance(answer, Accepted):
            self.write(answer.events, command.actor.person_id, command)
            self.commands.append(command)
        return answer

    def ok(self, actor: Actor, act: Act) -> tuple[Event, ...]:
        """Send a command that must be carried out, and return its events."""
        answer = self.do(actor, act)
        assert isinstance(answer, Accepted), answer
        return answer.events

    def code(self, actor: Actor, act: Act) -> str:
        """Send a command that must be refused, and return the code of the reason."""
        before = self.state
        answer = self.do(actor, act)
        assert isinstance(answer, Refused), answer
        assert self.state.seq == before.seq or self.steps[-1].entry.by == project.CLOCK
        return answer.reason.code

    def close(self, *stages: str, actor: Actor | None = None, facts: dict[str, FactValue] | None = None) -> None:
        """Close stages one after the other, each by its proper person unless one is named, with good facts."""
        for key in stages:
            rule = self.book.stages[key]
            if rule.closed_by.act == "elapse":
                self.until(self.rungs(key)[-1].at)
                self.wake()
            else:
                self.ok(actor or people.BY_ROLE[rule.closed_by.by[0]], closing(rule, facts))

    def close_before(self, stage: str) -> None:
        """Close everything that comes before a stage."""
        while self.stage(stage).status == "pending":
            self.close(next(key for key in self.state.open_stages() if key != stage))

    # What the clock does

    def wake(self) -> None:
        """Do everything that is due now."""
        for _ in range(MORE_THAN_ENOUGH):
            events = project.advance(self.state, self.now, self.book)
            if not events:
                return
            self.write(events)
        raise AssertionError("the clock never comes to rest")

    def until(self, at: datetime) -> None:
        """Let time pass up to an instant."""
        while self.is_prompt and (rung := ladder.next_rung(self.state, self.book)) and rung.at <= at:
            self.now = max(self.now, rung.at)
            self.wake()
        self.now = max(self.now, at)

    def until_day(self, on: str, clock: str = "10:00") -> None:
        """Let time pass up to a date and local time in China."""
        self.until(beijing(on, clock))

    def pass_days(self, days: float) -> None:
        """Let days of the calendar pass, free ones too."""
        self.until(self.now + timedelta(seconds=days * self.book.calendar.document.day_seconds))

    def write(self, events: tuple[Event, ...], by: str = project.CLOCK, command: Command | None = None) -> None:
        """Append events to the journal."""
        state = self.steps[-1].after if self.steps else None
        for entry in project.entries(state, events, self.now, by, command):
            after = project.evolve(state, entry)
            self.steps.append(Step(state, entry, after))
            state = after

    def opened(self, stage: str) -> list[TurnOpened]:
        """Return every opening of a turn of a stage."""
        return [event for event in self.events if isinstance(event, TurnOpened) and event.stage == stage]


def good_facts(rule: Stage) -> dict[str, FactValue]:
    """Return facts with which a stage may be closed."""
    samples: dict[str, FactValue] = {"text": "No. 1", "money": 1000, "date": "2018-06-01", "flag": True}
    groups: set[str] = set()
    facts: dict[str, FactValue] = {}
    for fact in rule.closed_by.facts:
        is_first = fact.one_of != "" and fact.one_of not in groups
        groups.add(fact.one_of)
        if fact.required == "always" or is_first:
            least = fact.minimum if fact.minimum is not None else 1
            facts[fact.key] = least if fact.type == "number" else samples[fact.type]
    return {**facts, "paid_cny": RETAINED} if "paid_cny" in facts else facts


def closing(rule: Stage, facts: dict[str, FactValue] | None = None) -> Close:
    """Return the act that closes a stage."""
    assert rule.closed_by.act != "elapse", "a stage that ends by itself is closed by the clock"
    return Close(act=rule.closed_by.act, stage=rule.key, facts=good_facts(rule) if facts is None else facts)
