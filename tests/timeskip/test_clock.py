"""A plan with phases, a winter stop and recurring stages on the server: rules and workflow agree, and runs are few."""

from __future__ import annotations

from typing import Any

import pytest

from rules import policy
from rules.policy import Rulebook
from schemas.event import RungFired, StageClosed
from schemas.workflow import Outcome
from tests.support import returns, seasons
from tests.support.engine import Site, book_under, calendar_where_it_is, shown
from tests.timeskip.course import Course
from tests.timeskip.script import Closes, Timeline, Waits
from tests.timeskip.test_timelines import compare

pytestmark = pytest.mark.asyncio(loop_scope="session")

BEGINS = "2018-09-03 10:00"

TIMELINE = Timeline(
    path="a winter, two quarters and two years",
    script=(
        Closes("2018-09-10", "prepare"),
        Waits("2018-11-20"),
        Waits("2019-03-14"),  # nothing has woken it up in the stop
        Closes("2019-04-10", "build"),
        Closes("2019-07-02", "report"),
        Closes("2019-10-25", "report"),
        Waits("2020-04-20"),
        Waits("2021-04-20"),
    ),
    fires=(
        "2019-03-28 09:00 build reminder-7",  # the days of the stop do not count
        "2019-04-08 09:00 build reminder-1",
        "2019-04-10 09:00 build overdue",
        "2019-09-30 09:00 report reminder-7",
        "2019-10-14 09:00 report reminder-1",
        "2019-10-16 09:00 report overdue",
        "2019-10-24 09:00 report supervision-order",
    ),
    status="completed",
)


def book() -> Rulebook:
    """Return the policies where the clocks show `BEGINS` now, on the shelf of this process."""
    calendar = calendar_where_it_is(BEGINS)
    raw = returns.document(quarterly={"times": 2}, yearly={"times": 2}, after=["build"])
    raw["seasons"] = [seasons.WINTER]
    build = {**raw["stages"][0], "key": "build", "after": ["prepare"], "is_outdoor": True, "ends_phase": True}
    build["budget"] = {"days": 90, "unit": "calendar"}
    prepare, report, watch, _ = raw["stages"]
    raw["stages"] = [prepare, build, report, {**watch, "after": ["build"], "ends_phase": True}]
    pins = book_under(calendar).pins.model_copy(update={"plan": policy.installed.put(raw)})
    return policy.installed.book(pins)


async def runs(site: Site) -> int:
    """Return how many runs the workflow has had."""
    count, run_id = 1, (await site.events())[0].workflow_execution_started_event_attributes.continued_execution_run_id
    while run_id:
        history = await site.client.get_workflow_handle(site.handle.id, run_id=run_id).fetch_history()
        run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
        count += 1
    return count


@pytest.mark.parametrize("cached", [500, 0], ids=["cached", "replayed"])
async def test_phases_seasons_and_periods_on_the_server(site: Site, cached: int) -> None:
    """Seven months of building over a winter, two returns (the last one late), and a watch of two years: three runs."""
    course = Course(site, TIMELINE, book())
    async with site.working(cached=cached):
        await course.begin()
        for step in TIMELINE.steps(""):
            await course.take(step)
            await compare(course)
        outcome = await site.handle.result()
    assert Outcome.model_validate(outcome).status == "completed"
    fired: list[Any] = [entry.event for entry in site.journal if isinstance(entry.event, RungFired)]
    assert tuple(f"{shown(course.book, rung.nominal_at)} {rung.stage} {rung.rung}" for rung in fired) == TIMELINE.fires
    closed = [(e.event.stage, e.event.period) for e in site.journal if isinstance(e.event, StageClosed)]
    assert closed == [("prepare", 0), ("build", 0), ("report", 1), ("report", 2), ("watch", 1), ("watch", 2)]
    assert await runs(site) == 3
