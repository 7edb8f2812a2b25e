"""The short form of `make chaos-messages`: one seed, two workers that die again and again, and other faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.campaign import Size, played
from tests.chaos.report import table

SEED = 20181101


@pytest.mark.timeout(420)
async def test_no_letter_is_lost_unexpected_doubled_or_early(tmp_path: Path) -> None:
    """Workers, engine and PostgreSQL are killed, workers stopped past their lease, and the sinks lie and hang."""
    found = await played(SEED, Size.smoke(), tmp_path / "play")
    assert found.verdict.letters > 0
    assert found.verdict.is_clean, table(found, 0.0)
