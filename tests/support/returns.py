"""A plan of recurring returns, for tests: a quarterly return of the county, and a yearly watch that only passes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from rules.policy import Raw, Rulebook
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


def document(
    quarterly: dict[str, Any] | None = None,
    yearly: dict[str, Any] | None = None,
    **changes: Any,  # noqa: ANN401 - fields of the return
) -> Raw:
    """Return a plan: `prepare`, then side by side the return `report` and the watch `watch`, then `last`."""
    raw = deepcopy(next(raw for raw in books.raws() if raw["kind"] == "plan" and raw["name"] == books.PLAN))
    returned = {"recurs": {**QUARTERLY, **(quarterly or {})}, "after": ["prepare"], **changes}
    watched = {"recurs": {**YEARLY, **(yearly or {})}, "after": ["prepare"], "is_watched": False}
    raw["stages"] = [
        _stage("prepare", "submit", 30),
        _stage("report", "submit", 90, **returned),
        _stage("watch", "elapse", 365, **watched),
        _stage("last", "submit", 30, after=["report", "watch"]),
    ]
    raw["reasons"]["return"] = [{"code": "WRONG", "title": {"zh": "数据有误", "en": "Wrong figures"}}]
    for field in ("baseline", "payment", "spot_check", "sampling", "seasons"):
        raw.pop(field, None)
    return raw


def book(calendar: str = "china", **changes: Any) -> Rulebook:  # noqa: ANN401 - see `document`
    """Return the policies of such a plan."""
    made = books.shelf().put(document(**changes))
    return books.shelf().book(books.pins(calendar=calendar).model_copy(update={"plan": made}))
