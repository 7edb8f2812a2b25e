"""Plays scenarios on a server whose clocks can be turned, and by the rules beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice

from temporalio.testing import WorkflowEnvironment

from rules import policy
from rules.policy import Rulebook
from schemas.command import Command
from schemas.event import Entry, RungFired
from schemas.reason import Refusal
from tests.support.engine import Site, calendar_where_it_is
from tests.support.scenario import Group, Scenario
from tests.support.scenario_checks import Lived, sequence
from tests.support.scenario_play import ACCEPTED, GONE, REPEATED, Player, identity, villages
from tests.support.scenario_policies import book_of, documents

LATENESS = timedelta(seconds=30)
"""The clock of a workflow goes on while it is worked on: the more, the busier the machine. Never is anything early."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def live_on_engine(scenario: Scenario, name: str, env: WorkflowEnvironment) -> list[Lived]:
    """Play the first projects of every group on a server and by the rules; problems tell where they differ."""
    calendar = calendar_where_it_is(scenario.start, scenario.calendar_name)
    book = book_of(documents(scenario, name, calendar), policy.installed)
    return [
        await live_one(group, village, book, Site(env))
        for group in scenario.groups
        for village in islice(villages(group), group.on_engine)
    ]


async def live_one(group: Group, village: str, book: Rulebook, site: Site) -> Lived:
    """Play one project of a group on a server and by the rules; problems tell where they differ."""
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
    if answer in {expected, GONE.get(expected, expected)} or (answer, expected) == (ACCEPTED, REPEATED):
        return []  # within a run the engine itself answers what it has answered before, word for word
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
    """Return an entry without its instant; what a person causes to be told at once has that instant a second time."""
    event = entry.event
    if entry.by and isinstance(event, RungFired) and event.nominal_at == entry.at:
        event = event.model_copy(update={"nominal_at": _EPOCH})
    return entry.model_copy(update={"at": _EPOCH, "event": event})


def _brief(entry: Entry) -> str:
    return " ".join(part for part in sequence([entry])[0] if part)
