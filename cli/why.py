"""`why`, `why-not`: where a project stands, and why a rung fired or did not; answered from the records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from cli.desk import Desk, Shared
from infra.db.directory import People
from rules import explain, ladder, tier_why, why_rung, why_text
from rules.duty import Receivers
from rules.policy import Rulebook
from schemas.directory import Resolution
from schemas.reason import ErrorKind, Refusal
from schemas.state import ProjectState
from schemas.why import ClimbWhy, Why

ProjectId = Annotated[str, Parameter(help="项目编号 / project id, US18F-000001")]
StageKey = Annotated[str, Parameter(help="环节代码 / stage key")]
RungKey = Annotated[str, Parameter(help="催办级代码 / rung of the ladder, for example reminder-7")]


def why(project_id: ProjectId, /, *, rung: RungKey = "", stage: StageKey = "", shared: Shared | None = None) -> int:
    """Explain where a project stands; or why a rung of its ladder fired or did not, and what would have changed it."""
    desk, now = Desk(shared), datetime.now(UTC)
    state = desk.views.state(project_id)
    book = desk.shelf.book(state.pins)
    if rung or stage:
        return _told(desk, state, _found(desk, state, now, stage, rung))
    explanation = explain.why(state, book, now)
    for text in explain.text(explanation, book, desk.lang):
        desk.print(text)
    return desk.answer(explanation)


def why_not(project_id: ProjectId, /, *, stage: StageKey = "", rung: RungKey = "", shared: Shared | None = None) -> int:
    """Explain which rungs did not fire and what would have made them; of open stages, unless a stage is named."""
    desk, now = Desk(shared), datetime.now(UTC)
    state = desk.views.state(project_id)
    found = _found(desk, state, now, stage, rung)
    climbs = found.climbs if stage or rung else tuple(_of_open_stages(found.climbs, state))
    if not rung:
        climbs = tuple(_unfired(climbs))
    return _told(desk, state, found.model_copy(update={"climbs": climbs}))


def _of_open_stages(climbs: Iterable[ClimbWhy], state: ProjectState) -> Iterable[ClimbWhy]:
    opened = state.open_stages()
    return (one for one in climbs if not opened or one.stage in opened or (one.matter and state.matter(one.matter)))


def _unfired(climbs: Iterable[ClimbWhy]) -> Iterable[ClimbWhy]:
    left = (
        one.model_copy(update={"rungs": tuple(rung for rung in one.rungs if rung.fate != "fired")}) for one in climbs
    )
    return (one for one in left if one.rungs)


def _found(desk: Desk, state: ProjectState, now: datetime, stage: str, rung: str) -> Why:
    _check(desk.shelf.book(state.pins), stage, rung)
    people, known = People(desk.records), dict[datetime, Receivers]()

    def receiver(role: str, subject: ProjectState, book: Rulebook, at: datetime) -> Resolution:
        if at not in known:
            away = people.away(subject.assigned.values(), at)
            known[at] = Receivers(people.near(subject.project.village_code, at), away)
        return known[at].of(role, subject.project, subject.assigned, book)

    journal = desk.views.journal(state.project.project_id)
    if rung in _tiers(desk.shelf.book(state.pins)):
        found = tier_why.tiers(journal, desk.shelf.book, rung)
        return Why(project_id=state.project.project_id, at=now, tiers=found)
    return why_rung.why(journal, desk.shelf.book, now, receiver, stage=stage, rung=rung)


def _check(book: Rulebook, stage: str, rung: str) -> None:
    """Refuse a stage or rung that the project's policies do not have.

    Raises:
        Refusal: `stage.unknown` or `rung.unknown`, with those that there are.
    """
    if stage and stage not in book.stages:
        raise Refusal("stage.unknown", stage=stage, known=", ".join(book.stages))
    rungs = [*(one.key for one in book.ladder.rungs), *_tiers(book), ladder.ELAPSE]
    if rung and rung not in rungs:
        raise Refusal("rung.unknown", ErrorKind.INVALID, rung=rung, known=", ".join(rungs))


def _told(desk: Desk, state: ProjectState, found: Why) -> int:
    if not desk.json:
        by_tier = tier_why.text(found, desk.shelf.book(state.pins), desk.lang)
        for text in by_tier if found.tiers else why_text.text(found, state.pins, desk.shelf.book, desk.lang):
            desk.print(text)
    return desk.answer(found)


def _tiers(book: Rulebook) -> list[str]:
    return [tier.key for tier in book.ladder.gap_tiers]
