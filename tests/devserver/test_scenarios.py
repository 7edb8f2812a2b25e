"""Scenarios in real time on an installation of processes: the same happens, in the same order, as by the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rig import Rig
from tests.support.scenario import scenarios
from tests.support.scenario_real import DAY_SECONDS, live_in_earnest


@pytest.mark.timeout(120)
async def test_lives_the_same_in_earnest(tmp_path: Path) -> None:
    """All of them at once, so that five take no longer than one."""
    real = [(name, scenario) for name, scenario in scenarios().items() if scenario.real]
    assert len(real) >= 5
    async with Rig(tmp_path, day_seconds=DAY_SECONDS) as rig:
        lived = await live_in_earnest(real, rig)
        assert rig.complaints() == []
    assert {name: one.problems for name, one in lived.items() if one.problems} == {}
