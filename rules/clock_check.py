"""What makes seasons, recurring stages and targets of a plan sound: days that exist, areas, periods to be counted.

What goes by the names of parties is checked with all other names in `rules.plan`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from math import inf
from typing import get_args

from rules.calendar import is_within
from schemas.ledger import Tier
from schemas.plan import Fact, Plan, Recurrence, Season
from schemas.reason import ErrorKind, Param, Reason

_AREA = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")
_A_LEAP_YEAR = 2024
_DAYS = tuple((date(_A_LEAP_YEAR, 1, 1) + timedelta(days=number)).strftime("%m-%d") for number in range(366))
_YEAR = 12
_LIMIT = 40 * _YEAR
"""No calendar can be counted further ahead."""


def clock_problems(plan: Plan) -> Iterator[Reason]:
    """Yield everything that is wrong with the seasons, recurring stages and targets of a plan."""
    yield from _seasons(plan)
    for stage in plan.stages:
        yield from (_target(plan, stage.key, fact) for fact in stage.closed_by.facts if not _is_sound(fact))
        if stage.recurs:
            yield from _recurrence(plan, stage.key, stage.recurs)


def season_parties(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the parties that days of seasons are counted to, with their places."""
    yield from ((f"seasons.{season.code}.party", season.party) for season in plan.seasons)


def _seasons(plan: Plan) -> Iterator[Reason]:
    for code, count in Counter(season.code for season in plan.seasons).items():
        if count > 1:
            yield _bad(plan, "policy.duplicate", place="seasons", value=code)
    if plan.seasons and not any(stage.is_outdoor for stage in plan.stages):
        yield _bad(plan, "policy.season_without_stage", season=plan.seasons[0].code)
    for season in plan.seasons:
        yield from _season(plan, season)
    for area in dict.fromkeys(area for season in plan.seasons for area in season.areas):
        here = [season for season in plan.seasons if area.startswith(season.areas)]
        if all(any(is_within(day, season.since, season.until) for season in here) for day in _DAYS):
            yield _bad(plan, "policy.season_whole_year", season=", ".join(season.code for season in here), area=area)


def _season(plan: Plan, season: Season) -> Iterator[Reason]:
    for place, day in (("since", season.since), ("until", season.until)):
        if day not in _DAYS:
            yield _bad(plan, "policy.season_no_date", season=season.code, place=place, value=day)
    if not season.areas:
        yield _bad(plan, "policy.season_no_area", season=season.code)
    for area in season.areas:
        if not _AREA.fullmatch(area):
            yield _bad(plan, "policy.season_area", season=season.code, value=area)


def _recurrence(plan: Plan, stage: str, recurs: Recurrence) -> Iterator[Reason]:
    if recurs.is_aligned and _YEAR % recurs.months and recurs.months % _YEAR:
        yield _bad(plan, "policy.recurs_alignment", stage=stage, value=recurs.months)
    months = recurs.months * max(recurs.times, *recurs.times_by_tier.values(), 0)
    if months > _LIMIT:
        yield _bad(plan, "policy.recurs_too_long", stage=stage, months=months, limit=_LIMIT)
    for tier, times in recurs.times_by_tier.items():
        if tier not in get_args(Tier):
            yield _bad(plan, "policy.recurs_tier", stage=stage, value=tier, known=", ".join(get_args(Tier)))
        if times < 1:
            yield _bad(plan, "policy.recurs_times", stage=stage, tier=tier, value=times)


def _is_sound(fact: Fact) -> bool:
    """Whether the target of a fact, if it has one, can be met and can be missed."""
    if fact.target is None:
        return True
    least, most = (-inf if fact.minimum is None else fact.minimum), (inf if fact.maximum is None else fact.maximum)
    return fact.type in {"number", "money"} and least <= fact.target <= most


def _target(plan: Plan, stage: str, fact: Fact) -> Reason:
    return _bad(plan, "policy.target", stage=stage, fact=fact.key, value=fact.target or 0.0)


def _bad(plan: Plan, code: str, **params: Param) -> Reason:
    return Reason(code=code, params={"document": f"{plan.name}@{plan.version}", **params}, kind=ErrorKind.INVALID)
