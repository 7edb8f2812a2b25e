"""Worker, engine and everything at once are killed while projects run: nothing is lost, nothing happens twice.

Every chance follows from a seed, which a failure shows.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from cli.crowd import Habit
from rules import ladder
from rules.project import fold
from tests.support.nemesis import Nemesis
from tests.support.rig import Rig, until

SEED = 20180612
# Not among them: people who promise or ask for more time, since a day of this calendar is so short that a kill delays
# them past every limit, and they are refused with good reason; and people who cancel, whose last command ends the
# workflow: when a dead engine swallows the answer, only the journal can tell them that they were heard.
HABITS = (
    Habit.PUNCTUAL,
    Habit.LATE,
    Habit.PUNCTUAL,
    Habit.REFUSED,
    Habit.PUNCTUAL,
    Habit.HELD,
    Habit.OBSTRUCTED,
)


async def checked(rig: Rig, hint: str) -> None:
    """Wait until every message has left, and compare everything that is on record."""
    await rig.delivered()
    found = await rig.judged()
    assert (found.differences, found.messages_lost, found.messages_open) == ((), 0, 0), hint
    assert rig.unexplained_duplicates() == [], hint
    for project_id in rig.projects:
        meanings = Counter((e.stage, e.round, e.turn, e.generation, e.rung) for e in rig.fired(project_id))
        assert [meaning for meaning, count in meanings.items() if count > 1] == [], hint
    assert rig.complaints() == [], hint


def forecast(rig: Rig, project_id: str) -> list[str]:
    """Return the rungs that lay ahead of a project when it began, as the ladder foretells them."""
    journal = rig.desk.views.journal(project_id)
    begun = fold(entry for entry in journal if entry.at == journal[0].at)
    return [rung.key for rung in ladder.rungs(begun, rig.desk.shelf.book(begun.pins))]


async def all_fired(rig: Rig) -> None:
    """Wait until nobody has acted and every rung of the first stage has fired, each once and in order."""
    expected = {project_id: forecast(rig, project_id) for project_id in rig.projects}
    await until(
        lambda: all(len(rig.fired(project_id)) >= len(keys) for project_id, keys in expected.items()),
        "rungs do not fire",
    )
    assert {project_id: [event.rung for event in rig.fired(project_id)] for project_id in rig.projects} == expected


@pytest.mark.timeout(240)
async def test_projects_live_through_kills_of_worker_and_engine(tmp_path: Path) -> None:
    """A dozen projects come to their settlement while worker and engine die again and again."""
    nemesis = Nemesis(SEED, {"worker": 4, "engine": 3}, pause=(1.5, 4.5))
    async with Rig(tmp_path, day_seconds=0.04) as rig:
        await rig.begin(12)
        try:
            async with asyncio.timeout(180), asyncio.TaskGroup() as group:
                group.create_task(nemesis.rage(rig))
                group.create_task(rig.live(HABITS, SEED))
        except TimeoutError:
            pytest.fail(f"seed {SEED}, killed {nemesis.script}, not at an end:\n{await rig.plight()}")
        await checked(rig, f"seed {SEED}, killed {nemesis.script}")


@pytest.mark.timeout(60)
async def test_everything_at_once_is_cut_off_and_started_again(tmp_path: Path) -> None:
    """After a power cut `up` on the same folder goes on: what fell due meanwhile fires once, late."""
    async with Rig(tmp_path, day_seconds=0.06) as rig:
        await rig.begin(6)
        await until(lambda: any(map(rig.fired, rig.projects)), "no rung fires")
        await asyncio.to_thread(rig.cut_power)
        await asyncio.sleep(1)
        await rig.start()
        await all_fired(rig)
        await checked(rig, "after a power cut")


@pytest.mark.timeout(60)
async def test_a_dead_mail_server_delays_and_loses_nothing(tmp_path: Path) -> None:
    """While nobody takes mail the rungs fire all the same; once somebody does, every mail arrives."""
    async with Rig(tmp_path, day_seconds=0.06) as rig:
        rig.close_mail()
        await rig.begin(6)
        await all_fired(rig)
        assert rig.received == []
        rig.open_mail()
        await checked(rig, "after a dead mail server")
        assert len(rig.received) >= len(rig.projects)
