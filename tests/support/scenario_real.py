"""Plays scenarios on a real installation, in real time, under a calendar of short days."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from infra.db.directory import People
from infra.db.policies import Policies
from infra.files.directory import read_directory
from infra.files.policies import compressed
from infra.gateway import Gateway
from rules import policy
from rules.policy import Rulebook
from schemas.event import Entry
from schemas.project import Start
from schemas.reason import Refusal
from tests.support import people
from tests.support.rig import SAMPLES, Rig
from tests.support.scenario import Group, Scenario
from tests.support.scenario_checks import Lived, Told, sequence
from tests.support.scenario_play import ACCEPTED, GONE, REPEATED, Player, identity
from tests.support.scenario_policies import book_of, documents, newest

DAY_SECONDS = 0.35
MARGIN_DAYS = 1.5
"""What people and the clock do must lie so far apart that a slow machine does not change the order."""
_PATIENCE = 20.0


async def live_in_earnest(scenarios: Iterable[tuple[str, Scenario]], rig: Rig) -> dict[str, Lived]:
    """Play scenarios all at once on a running installation; problems tell where rules and installation differ."""
    People(rig.desk.records).import_directory(read_directory(SAMPLES / "people.yaml"), datetime.now(UTC))
    gateway = Gateway(await rig.client(), recall=rig.desk.views.receipt)
    chosen = list(scenarios)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_live(name, scenario, str(int(people.VILLAGE) + number), rig, gateway))
            for number, (name, scenario) in enumerate(chosen)
        ]
    return {name: task.result() for (name, _), task in zip(chosen, tasks, strict=True)}


async def _live(name: str, scenario: Scenario, village: str, rig: Rig, gateway: Gateway) -> Lived:
    raws = documents(scenario, name, compressed(newest("calendar", "compressed"), DAY_SECONDS))
    await asyncio.to_thread(Policies(rig.desk.records).publish, raws.values(), datetime.now(UTC))
    book = book_of(raws, policy.installed)
    (group,) = scenario.groups
    order = Start(
        project=identity(group, village, f"US18F-{name}", book),
        pins=book.pins,
        ordered_by=people.PROVINCE.person_id,
    )
    await gateway.start(order)
    journal = await _journal(rig, order.project.project_id, 1)
    player = Player(group, order, book, journal[0].at)
    await _play(player, group, gateway, order.project.project_id)
    expected = player.life.journal
    if not player.life.state.is_over:
        player.problems.append("played in real time it must come to an end")
    player.problems += too_close(expected, book)
    journal = await _journal(rig, order.project.project_id, len(expected))
    player.problems += unlike(sequence(expected), sequence(journal))
    return Lived(player.life, player.problems)


async def _play(player: Player, group: Group, gateway: Gateway, project_id: str) -> None:
    for number, step in enumerate(group.steps, start=1):
        await asyncio.sleep(max(0.0, (player.at(step) - datetime.now(UTC)).total_seconds()))
        command, expected = player.take(number, step)
        if command is None:
            continue
        try:
            receipt = await gateway.send(project_id, command)
        except Refusal as refusal:
            answer = refusal.reason.code
        else:
            answer = REPEATED if receipt.is_repeat else ACCEPTED
        if answer not in {expected, GONE.get(expected, expected)} and (answer, expected) != (ACCEPTED, REPEATED):
            player.problems.append(
                f"step {number}: {answer or 'accepted'} in earnest, {expected or 'accepted'} expected"
            )


async def _journal(rig: Rig, project_id: str, length: int) -> list[Entry]:
    """Return the journal of a project once it is that long, or as it is when it does not come so far."""
    end = asyncio.get_running_loop().time() + _PATIENCE
    while True:
        journal = list(await asyncio.to_thread(rig.desk.views.journal, project_id))
        if len(journal) >= length or asyncio.get_running_loop().time() > end:
            return journal
        await asyncio.sleep(0.05)


def unlike(ours: list[Told], theirs: list[Told]) -> list[str]:
    """Tell the first difference between what happens by the rules and what happened."""
    for number, (expected, found) in enumerate(zip(ours, theirs, strict=False), start=1):
        if expected != found:
            return [f"entry {number}: {' '.join(expected)} in the rules, {' '.join(found)} in earnest"]
    return [] if len(ours) == len(theirs) else [f"{len(ours)} entries in the rules, {len(theirs)} in earnest"]


def too_close(journal: list[Entry], book: Rulebook) -> list[str]:
    """Tell where the clock acts so shortly after a person, or a person after the clock, that chance would decide."""
    least = timedelta(seconds=book.calendar.document.day_seconds * MARGIN_DAYS)
    return [
        f"entries {before.seq} and {after.seq} lie too close together to be played in real time"
        for before, after in pairwise(journal)
        if (before.by == "") != (after.by == "") and timedelta() < after.at - before.at < least
    ]
