"""What happens in a play, from one seed: who is there, who does what on which day, and what breaks when.

Times are days of the play, from 0; a day lasts `day_seconds`. Nothing here knows the rules of the system.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Literal

ActKind = Literal["start", "submit", "approve", "return", "cancel", "reassign", "hand_over", "silence"]
Trouble = Literal["all", "sinks", "none"]
SINKS = ("email", "hook", "sms")
KEYED = frozenset({"hook", "sms", "file"})
"""Channels at whose end a key folds repeats."""

PROVINCE = "53"
PREFECTURES = ("5301", "5302")
COUNTIES = tuple(f"{prefecture}{number:02}" for prefecture in PREFECTURES for number in (1, 2, 3))
VACANT_COUNTY = COUNTIES[2]
BUILDERS = ("mobile", "telecom")


@dataclass(frozen=True)
class Person:
    """Somebody, with the one channel they chose and their address there."""

    key: str
    channel: str
    address: str


@dataclass(frozen=True)
class Village:
    """A project to be: its number, county and builder."""

    number: int
    county: str
    builder: str

    @property
    def code(self) -> str:
        """Village code."""
        return f"{self.county}{101:03}{self.number + 1:03}"


@dataclass(frozen=True)
class Act:
    """Somebody does something.

    Attributes:
        key: Its name; also the id of the command.
        at: Day of the play.
        kind: What.
        village: Number of the project; -1 for what concerns a post or a person.
        person: Who takes over (reassign, hand_over), or is left in peace (silence); empty for a silence of a project.
        county: Whose officer hands over.
        repeat_at: Day on which the same command is sent once more, long after it was carried out; None: it is not.
    """

    key: str
    at: float
    kind: ActKind
    village: int = -1
    person: str = ""
    county: str = ""
    repeat_at: float | None = None


@dataclass(frozen=True)
class Fault:
    """Something breaks, so many seconds after the fault before."""

    pause: float
    kind: Literal["kill", "stop"]
    victim: str
    seconds: float = 0.0


@dataclass(frozen=True)
class Mode:
    """From a day on a sink behaves in another way."""

    at: float
    sink: str
    mode: str


@dataclass
class Script:
    """A whole play."""

    seed: int
    day_seconds: float
    days: float
    people: dict[str, Person] = field(default_factory=dict)
    villages: list[Village] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    modes: list[Mode] = field(default_factory=list)


def holder(role: str, county: str, builder: str) -> str:
    """Return who holds the post of a role at the beginning; empty when it is vacant."""
    if role == "builder":
        return f"builder-{builder}-{county}"
    if role == "county_officer":
        return "" if county == VACANT_COUNTY else f"officer-{county}"
    return f"prefecture-{county[:4]}" if role == "prefecture_officer" else "province"


def written(seed: int, *, villages: int, days: float, day_seconds: float, trouble: Trouble = "all") -> Script:
    """Return the play of a seed.

    Args:
        seed: What every chance in it follows from.
        villages: How many projects.
        days: Days until every ladder is at its end.
        day_seconds: Length of a day.
        trouble: `all`; `sinks`, nothing is killed; or `none`, and the sinks behave.
    """
    rng = random.Random(seed)  # noqa: S311 - a play that can be played again
    script = Script(seed, day_seconds, days, _people(rng))
    for number in range(villages):
        script.villages.append(Village(number, COUNTIES[number % len(COUNTIES)], rng.choice(BUILDERS)))
        script.acts += _life(number, rng)
    script.acts += _about_people(script.villages, rng)
    if trouble == "all":
        script.faults = _faults(rng, days * day_seconds)
    if trouble != "none":
        script.modes = _modes(rng, days)
    return script


def _people(rng: random.Random) -> dict[str, Person]:
    names = [f"builder-{builder}-{county}" for county in COUNTIES for builder in BUILDERS]
    names += [name for county in COUNTIES if (name := holder("county_officer", county, ""))]
    names += [f"prefecture-{one}" for one in PREFECTURES] + ["province", "substitute", "successor"]
    first = rng.randrange(4)
    people = {}
    for at, name in enumerate(names):
        channel = (*SINKS, "file")[(first + at) % 4]
        people[name] = Person(name, channel, f"1390000{at:04}" if channel == "sms" else f"{name}@chaos.example")
    return people


def _life(number: int, rng: random.Random) -> list[Act]:
    """Return what the people of one project do, in order of time, always in the afternoon."""

    def act(kind: ActKind, at: float, **more: str | float) -> Act:
        return Act(f"{kind}-{number}-{at:.0f}", at + rng.uniform(0.0, 0.3), kind, number, **more)  # type: ignore[arg-type]

    begin = 0.4 if number % 6 == 2 else 0.4 + number % 3
    acts = [act("start", begin)]
    match number % 6:
        case 0:  # nobody ever does anything: the whole ladder
            pass
        case 1:  # late, and the review is late as well
            acts += [act("submit", begin + 5 + rng.randrange(3)), act("approve", begin + 13)]
        case 2:  # in time, then sent back; the same command comes once more when the review is open again
            acts += [act("submit", begin + 1), act("return", begin + 3, repeat_at=begin + 7)]
            acts += [act("submit", begin + 6)]
        case 3:  # given up
            acts += [act("cancel", begin + 5 + rng.randrange(2))]
        case 4:  # another takes the duty
            acts += [act("reassign", begin + 3 + rng.randrange(3), person="substitute")]
        case _:  # in time, and the review is late
            acts += [act("submit", begin + 1), act("approve", begin + 7 + rng.randrange(3))]
    return acts


def _about_people(villages: list[Village], rng: random.Random) -> list[Act]:
    """Return silences, one of a project and one of a person, both to the end of the play, and a post handed over."""
    silent = rng.choice([one.number for one in villages if one.number % 6 in {0, 4}])
    in_peace = holder("builder", villages[0].county, villages[0].builder)
    return [
        Act("silence-project", 4.5, "silence", village=silent),
        Act("silence-person", 5.5, "silence", person=in_peace),
        Act("hand-over", 6.5 + rng.uniform(0, 1), "hand_over", person="successor", county=COUNTIES[1]),
    ]


def _faults(rng: random.Random, seconds: float) -> list[Fault]:
    """Return faults a few seconds apart: of each ten, six kill a worker and two stop one for longer than a lease."""
    faults: list[Fault] = []
    while sum(fault.pause for fault in faults) < seconds:
        deck = [*["worker"] * 6, *["stop"] * 2, "engine", "postgresql"]
        rng.shuffle(deck)
        for kind in deck:
            pause, worker = rng.uniform(2.5, 7.0), f"worker-{rng.randrange(2) + 1}"
            if kind == "stop":
                faults.append(Fault(pause, "stop", worker, rng.uniform(5.0, 20.0)))
            else:
                faults.append(Fault(pause, "kill", worker if kind == "worker" else kind))
    return faults


def _modes(rng: random.Random, days: float) -> list[Mode]:
    """Return what the sinks are like: good most of the time, bad in every way, good in the end."""
    modes: list[Mode] = []
    for sink in SINKS:
        bad = ["busy", "error", "slow", "hang", "drop"]
        rng.shuffle(bad)
        at = 1.0 + rng.random()
        while at < days - 2:
            modes.append(Mode(at, sink, bad[len(modes) % 5]))
            at += rng.uniform(0.4, 1.2)
            modes.append(Mode(at, sink, "ok"))
            at += rng.uniform(0.5, 1.5)
        modes.append(Mode(days - 1.0, sink, "ok"))
    return sorted(modes, key=lambda one: one.at)
