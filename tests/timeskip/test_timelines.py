"""Months of projects on the server: the workflow fires exactly what the rules say, and shows where it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowExecutionStatus

from rules import headline, ladder, project
from rules.attributes import are_pressing, attributes
from rules.phase import has_phases
from schemas import names
from schemas.event import Entry, RungFired
from schemas.rung import Rung
from schemas.state import ProjectState
from schemas.workflow import Outcome
from tests.support.engine import Site, book_where_it_is, shown
from tests.timeskip.course import Course
from tests.timeskip.script import BEGINS, Timeline
from tests.timeskip.timelines import TIMELINES

pytestmark = pytest.mark.asyncio(loop_scope="session")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LATENESS = timedelta(seconds=30)
"""The clock of a workflow goes on while it is worked on: the more, the busier the machine. Never is anything early."""

CASES = [(timeline, timeline.plans[0], 500) for timeline in TIMELINES]
CASES += [(timeline, plan, 500) for timeline in TIMELINES if timeline.path == "on-time" for plan in timeline.plans[1:]]
CASES += [
    (timeline, timeline.plans[-1], 0) for timeline in TIMELINES if timeline.path in {"on-time", "branches", "held"}
]


@pytest.mark.parametrize(
    ("timeline", "plan", "cached"),
    [pytest.param(*case, id=f"{case[1]}-{case[0].path}{'' if case[2] else '-replayed'}") for case in CASES],
)
async def test_lives_as_the_rules_say(site: Site, timeline: Timeline, plan: str, cached: int) -> None:
    """After every step journal, state, rungs ahead, armed timer, search attributes and details are those of the rules.

    Without a cache every task replays the workflow from its history.
    """
    course = Course(site, timeline, book_where_it_is(BEGINS, plan))
    async with site.working(cached=cached):
        await course.begin()
        await compare(course)
        for step in timeline.steps(plan):
            await course.take(step)
            await compare(course)
        outcome = await site.handle.result()
    assert Outcome.model_validate(outcome) == Outcome(
        project_id=site.project_id, status=timeline.status, seq=len(site.journal)
    )
    fired = [entry.event for entry in site.journal if isinstance(entry.event, RungFired)]
    told = tuple(f"{shown(course.book, rung.nominal_at)} {rung.stage} {rung.rung}" for rung in fired)
    assert told == timeline.fires or plan != timeline.plans[0]


async def compare(course: Course) -> None:
    """Hold what the workflow did and shows against the pure life."""
    site = course.site
    state = await site.state()
    assert state == project.fold(site.journal)
    assert as_told(site.journal) == as_told(course.life.journal)
    lateness = [ours.at - pure.at for ours, pure in zip(site.journal, course.life.journal, strict=True)]
    assert timedelta() <= min(lateness) <= max(lateness) < LATENESS

    ahead = await site.rungs()
    assert ahead == ladder.rungs(state, course.book)
    assert [in_brief(rung) for rung in ahead] == [in_brief(rung) for rung in course.life.rungs()]
    await compare_page(course, state, ahead)


async def compare_page(course: Course, state: ProjectState, ahead: list[Rung]) -> None:
    """Hold what the engine's own page shows against the state."""
    handle = course.site.handle
    described = await handle.describe()
    is_open = described.status == WorkflowExecutionStatus.RUNNING
    assert is_open != state.is_over

    told = {pair.key.name: pair.value for pair in described.typed_search_attributes}
    due = attributes(course.life.state, course.book).by_name()
    lags = {name for name in names.SEARCH_ATTRIBUTES if told.get(name) != due[name]}
    assert not lags or (has_phases(course.book) and not are_pressing(lags))

    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    assert metadata.current_details == headline.details(state, course.book)

    timers = await armed(course)
    if is_open and ahead:
        ((summary, fires_at),) = timers
        assert summary == headline.timer(ahead[0], state, course.book)
        assert timedelta() <= fires_at - ahead[0].at < LATENESS
    else:
        assert timers == []


async def armed(course: Course) -> list[tuple[str, datetime]]:
    """Return summary and instant of every timer that is armed."""
    found: dict[int, tuple[str, datetime]] = {}
    for event in await course.site.events():
        if event.HasField("timer_started_event_attributes"):
            started = event.timer_started_event_attributes
            (summary,) = await course.site.client.data_converter.decode([event.user_metadata.summary], [str])
            at = event.event_time.ToDatetime(UTC)
            found[event.event_id] = (summary, at + started.start_to_fire_timeout.ToTimedelta())
        if event.HasField("timer_fired_event_attributes"):
            del found[event.timer_fired_event_attributes.started_event_id]
        if event.HasField("timer_canceled_event_attributes"):
            del found[event.timer_canceled_event_attributes.started_event_id]
        if event.HasField("workflow_execution_completed_event_attributes"):
            found.clear()
    return list(found.values())


def as_told(journal: list[Entry]) -> list[Entry]:
    """Return a journal without the instants of the clock."""
    return [entry.model_copy(update={"at": EPOCH}) for entry in journal]


def in_brief(rung: Rung) -> tuple[object, ...]:
    """Return a rung without the derivation, which names instants of the clock."""
    return (rung.stage, rung.round, rung.turn, rung.generation, rung.key, rung.level, rung.at, rung.due_at, rung.to)
