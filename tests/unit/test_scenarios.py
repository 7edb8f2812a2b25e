"""Scenarios by the pure rules, and what is told of a file that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.scenario import FOLDER, ScenarioError, read, scenarios
from tests.support.scenarios import play_pure

HEAD = "title: {zh: 例, en: Example}\nsource: none\nshows: {zh: 例, en: example}\n"


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_becomes_what_is_expected(name: str) -> None:
    """All projects of a large one are played in tests/timeskip."""
    scenario = scenarios()[name]
    assert play_pure(name, scenario, is_whole=not scenario.is_large).problems == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("steps: [{at: 2018-05-08, by: nobody-we-know, act: approve}]", "line 4, steps.0: nobody is called"),
        ("steps: [{at: 2018-05-08, by: province, act: approof}]", "line 4, steps.0: no such act: approof"),
        ("steps: [{at: 2018-05-08, by: prefecture, act: hold, cod: X}]", "line 4, steps.0: hold has no field cod"),
        ("steps: [{at: 8 May, by: province, act: approve}]", "line 4, steps.0.at"),
        ("steps: [{by: province, act: approve}]", "a step has either `at` or `on_day`"),
        ("steps: [{at: 2018-05-08, on_day: 1}]", "a step has either `at` or `on_day`"),
        ("steps: [{at: 2018-05-08, act: approve}]", "an act needs `by`"),
        ("steps: [{at: 2018-05-08}]\nexpekt: {}", "line 5, expekt: there is no such field"),
        ("expect: {}", "either `steps` or `projects`"),
        ("steps: [{at: 2018-05-08}]\nreal: true", "every step has `on_day`"),
        ("steps: [{at: 2018-05-08", "this is no valid YAML"),
    ],
)
def test_a_file_that_is_none_is_refused_with_place_and_rule(tmp_path: Path, text: str, wrong: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=wrong.replace("(", r"\(")):
        read(file)


def test_what_does_not_come_true_is_told(tmp_path: Path) -> None:
    """A scenario that expects too much is not quietly taken for a good one."""
    file = tmp_path / "wrong.yaml"
    steps = """steps:
- {at: 2018-05-08, close: contract}
- {at: 2018-05-09, close: funding, refused: fact.missing, expect: {open: [funding], due: {contract: 2018-01-01}}}
expect: {status: completed, fired: [2018-05-08 09:00 funding overdue], days: {builder: 1}}
"""
    file.write_text(HEAD + steps, encoding="utf-8")
    assert play_pure("wrong", read(file)).problems == [
        "step 1: stage.pending, expected accepted",
        "step 2: accepted, expected fact.missing",
        "step 2 (2018-05-09): open: ('contract',), expected ('funding',)",
        "step 2 (2018-05-09): due of contract: 2018-08-02, expected 2018-01-01",
        "status: running, expected completed",
        "days: {'funding_office': 2}, expected {'builder': 1}",
        "not fired: 2018-05-08 09:00 funding overdue",
    ]
