"""What should have been sent, reckoned from the script and from when its acts were heard; it knows none of our code.

The plan it knows by heart (tests/chaos/policies): two stages of 4 and 3 days, and four rungs at 06:00 of a day counted
from the due day, with their receivers. Every day is a working day. The day on which a term begins is not counted.

An act was heard somewhere between its first sending and its answer. What depends on where exactly is `maybe` here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.chaos.script import Act, Script, Village, holder

Window = tuple[float, float]
"""From the first sending to the answer, in seconds since 1970."""

NEVER: Window = (float("inf"), float("inf"))
BUDGETS = {"build": 4, "review": 3}
OWNERS = {"build": "builder", "review": "county_officer"}
RUNGS = {
    "soon": (-2, ("owner",)),
    "overdue": (1, ("owner", "prefecture_officer")),
    "order": (2, ("owner", "prefecture_officer")),
    "interview": (4, ("owner", "provincial_supervisor")),
}
REMINDERS = frozenset({"soon"})
ABOVE = {"county_officer": "prefecture_officer", "prefecture_officer": "provincial_supervisor"}
FIRES_AT = 6 / 24
LOCAL_SECONDS = 8 * 3600


@dataclass(frozen=True)
class Duty:
    """One notice that one person should get.

    Attributes:
        village: Number of the project.
        stage: Stage.
        rung: Rung.
        due_days: First and last day that can be its due day.
        people: Who may get it; exactly one of them does.
        earliest: Before this instant it must not exist.
        latest: From this instant on it must.
        is_sure: Whether it must come to be; otherwise the stage may have ended before.
        may_lapse: Whether it may be taken back before it was tried: its stage ended, or a later rung overtook it.
        silence: Whether it must, may or must not be held back by a silence.
    """

    village: int
    stage: str
    rung: str
    due_days: tuple[int, int]
    people: frozenset[str]
    earliest: float
    latest: float
    is_sure: bool
    may_lapse: bool
    silence: Literal["no", "maybe", "yes"]


def day_of(at: float, day_seconds: float) -> int:
    """Return the number of the day in which an instant lies."""
    return int((at + LOCAL_SECONDS) // day_seconds)


def instant(day: int, share: float, day_seconds: float) -> float:
    """Return an instant of a day."""
    return (day + share) * day_seconds - LOCAL_SECONDS


def duties(script: Script, heard: dict[str, Window], seen_at: float) -> list[Duty]:
    """Return everything that anybody should have got.

    Args:
        script: What was to be done.
        heard: When each act was heard, by its key.
        seen_at: When the records were read, after the last day.
    """
    found: list[Duty] = []
    for village in script.villages:
        acts = [act for act in script.acts if act.village == village.number]
        for stage, opened, ended in _episodes(acts, heard):
            for rung in RUNGS:
                found += _of_rung(script, heard, village, stage, rung, opened, ended, seen_at)
    return found


def _episodes(acts: list[Act], heard: dict[str, Window]) -> Iterator[tuple[str, Window, Window]]:
    """Yield every time that a stage was open: from when to when."""
    opens = {"start": "build", "submit": "review", "return": "build"}
    stage, since = "", NEVER
    for act in acts:
        if act.kind in {*opens, "approve", "cancel"}:
            if stage:
                yield stage, since, heard[act.key]
            stage, since = opens.get(act.kind, ""), heard[act.key]
    if stage:
        yield stage, since, NEVER


def _of_rung(  # noqa: PLR0913 - all that a notice depends on
    script: Script,
    heard: dict[str, Window],
    village: Village,
    stage: str,
    rung: str,
    opened: Window,
    ended: Window,
    seen_at: float,
) -> Iterator[Duty]:
    length, (offset, roles) = script.day_seconds, RUNGS[rung]
    due = tuple(day_of(at, length) + BUDGETS[stage] for at in opened)
    earliest, latest = (instant(day + offset, FIRES_AT, length) for day in due)
    if earliest >= min(ended[1], seen_at):
        return
    is_sure = latest < min(ended[0], seen_at - length)
    receivers = {
        _receivers(script, heard, village, OWNERS[stage] if role == "owner" else role, earliest) for role in roles
    }
    for people in receivers:
        yield Duty(
            village=village.number,
            stage=stage,
            rung=rung,
            due_days=(due[0], due[1]),
            people=people,
            earliest=earliest,
            latest=latest,
            is_sure=is_sure,
            may_lapse=ended != NEVER or rung in REMINDERS,
            silence=_silence(script, heard, village, people, earliest),
        )


def _receivers(script: Script, heard: dict[str, Window], village: Village, role: str, since: float) -> frozenset[str]:
    """Return who has a duty at an instant or later: as long as a notice was not tried it follows the duty."""
    first = holder(role, village.county, village.builder)
    if not first:
        return _receivers(script, heard, village, ABOVE[role], since)
    people = [first]
    for act in script.acts:
        is_named = act.kind == "reassign" and act.village == village.number and role == "builder"
        is_heir = act.kind == "hand_over" and act.county == village.county and role == "county_officer"
        if is_named or is_heir:
            people = [act.person] if heard[act.key][1] < since else [*people, act.person]
    return frozenset(people)


def _silence(
    script: Script, heard: dict[str, Window], village: Village, people: frozenset[str], earliest: float
) -> Literal["no", "maybe", "yes"]:
    """Return what the silences say, all of which last to the end: one that was there before the rung holds it back."""
    matching = [
        act
        for act in script.acts
        if act.kind == "silence" and (act.village == village.number if act.village >= 0 else act.person in people)
    ]
    sure = [act for act in matching if heard[act.key][1] < earliest and (act.village >= 0 or people == {act.person})]
    return "yes" if sure else "maybe" if matching else "no"
