"""A calendar that would stop every workflow under it is refused before anything runs."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.files.policies import BadPolicyError, load_file, load_tree, problems
from rules.calendar_check import calendar_problems
from rules.text import LANGUAGES, render
from schemas.calendar import Calendar
from schemas.reason import ErrorKind
from tests.support import books

LAST = {2026: ["10-01"]}
CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a ninth weekday": ({"weekend": [6, 9]}, ["weekday", "makeup"]),
    "weekday zero": ({"weekend": [0, 6, 7]}, ["weekday"]),
    "no working day": ({"weekend": [1, 2, 3, 4, 5, 6, 7]}, ["no_workday"]),
    "years the wrong way round": ({"first_year": 2020, "last_year": 2019}, ["years"]),
    "no last year": ({"last_year": None}, ["no_last_year"]),
    "days off without a weekend": ({"weekend": [], "makeup": {}}, ["no_weekend"]),
    "a year before all time": ({"first_year": 0}, ["year"]),
    "a year that never comes": ({"last_year": 9999}, ["year"]),
    "no such day": ({"holidays": {2018: ["02-30"], **LAST}}, ["no_date"]),
    "no such day to work": ({"makeup": {2018: ["02-29"]}}, ["no_date"]),
    "off and worked": ({"holidays": {2018: ["02-11"], **LAST}, "makeup": {2018: ["02-11"]}}, ["both"]),
    "worked anyway": ({"makeup": {2018: ["02-12"]}}, ["makeup"]),
    "a year too early": ({"holidays": {2015: ["10-01"], **LAST}}, ["year_outside"]),
    "a year declared without its days off": ({"last_year": 2027}, ["no_holidays"]),
    "a year too late": ({"makeup": {2027: ["02-06"]}}, ["year_outside"]),
    "an offset of no zone": ({"utc_offset_hours": 800}, ["offset"]),
    "no offset at all": ({"utc_offset_hours": float("nan")}, ["offset"]),
    "a day of no length": ({"day_seconds": 1e-9}, ["day_seconds"]),
    "two things at once": ({"weekend": [8], "makeup": {}, "first_year": 2030}, ["weekday", "years"]),
}


def calendar(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Calendar
    raw = next(raw for raw in books.raws() if (raw["kind"], raw["name"]) == ("calendar", "china"))
    return {**deepcopy(raw), **changes}


@pytest.mark.parametrize("name", CHANGES)
def test_each_way_to_be_unsound_is_told(name: str, tmp_path: Path) -> None:
    changes, codes = CHANGES[name]
    found = calendar_problems(Calendar.model_validate(calendar(**changes)))
    assert list(dict.fromkeys(reason.code for reason in found)) == [f"policy.calendar_{code}" for code in codes]
    for reason in found:
        assert reason.kind is ErrorKind.INVALID
        assert all("china@2026.1" in render(reason, lang) for lang in LANGUAGES)
    path = tmp_path / "calendar.yaml"
    path.write_text(yaml.safe_dump(calendar(**changes), allow_unicode=True), encoding="utf-8")
    with pytest.raises(BadPolicyError) as refused:
        load_file(path)
    assert list(refused.value.reasons) == found or "nan" in str(found)


def test_the_shipped_calendars_are_sound() -> None:
    assert problems(load_tree()) == []
    assert calendar_problems(Calendar.model_validate(calendar())) == []
