"""A plan of recurring returns, for tests: a quarterly return of the county, and a yearly watch that only passes."""

from __future__ import annotations

from typing import Any

from rules.policy import Rulebook
from tests.support import books

QUARTERLY = {"months": 3, "times": 24, "is_aligned": True, "due_days": 15}
YEARLY = {"months": 12, "times": 6, "times_by_tier": {"border": 10}}


def _stage(key: str, act: str, days: int, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a stage
    by = [] if act == "elapse" else ["county_officer"]
    return {
        "key": key,
        "title": {"zh": key, "en": key},
        "owner": "county_officer",
        "party": "supervisor",
        "budget": {"days": days, "unit": "calendar"},
        "closed_by": {"act": act, "by": by},
        **changes,
    }


def book(
    calendar: str = "china",
    quarterly: dict[str, Any] | None = None,
    yearly: dict[str, Any] | None = None,
    **changes: Any,  # noqa: ANN401 - fields of the return
) -> Rulebook:
    """Return the policies: `prepare`, then side by side the return `report` and the watch `watch`, then `last`."""
    returned = {"recurs": {**QUARTERLY, **(quarterly or {})}, "after": ["prepare"], **changes}
    watched = {"recurs": {**YEARLY, **(yearly or {})}, "after": ["prepare"], "is_watched": False}

    def change(raw: dict[str, Any]) -> None:
        raw["stages"] = [
            _stage("prepare", "submit", 30),
            _stage("report", "submit", 90, **returned),
            _stage("watch", "elapse", 365, **watched),
            _stage("last", "submit", 30, after=["report", "watch"]),
        ]
        raw["reasons"]["return"] = [{"code": "WRONG", "title": {"zh": "数据有误", "en": "Wrong figures"}}]
        for field in ("baseline", "payment", "spot_check", "sampling", "seasons"):
            raw.pop(field, None)

    return books.changed_plan(change, calendar=calendar)
