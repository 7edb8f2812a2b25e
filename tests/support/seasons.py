"""Plans with seasons, for tests: the season of the default plans, brought to the county of the tests."""

from __future__ import annotations

from typing import Any

from rules.policy import Rulebook
from tests.support import books

WINTER = {
    "code": "WINTER_STOP",
    "title": {"zh": "冬季停工期", "en": "Winter stop"},
    "party": "weather",
    "areas": ["5333"],
    "since": "11-15",
    "until": "03-15",
}
OUTDOOR = ("survey_design", "route", "cable")


def book(*seasons: dict[str, Any], calendar: str = "china") -> Rulebook:
    """Return the fibre plan with these seasons, the winter stop when none is named; only `OUTDOOR` is outdoors."""

    def change(raw: dict[str, Any]) -> None:
        raw["seasons"] = list(seasons or (WINTER,))
        for stage in raw["stages"]:
            stage["is_outdoor"] = stage["key"] in OUTDOOR

    return books.changed_plan(change, calendar=calendar)
