"""Every scenario by the rules and on a server whose clocks are turned: both give the same journal."""

from __future__ import annotations

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from tests.support.scenario import FOLDER, scenarios
from tests.support.scenarios import Played, play_all

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def played(server: WorkflowEnvironment, request: pytest.FixtureRequest) -> dict[str, Played]:
    """Return all scenarios that this session asks for, played several at a time: one after the other takes longer."""
    asked = {item.callspec.params["name"] for item in request.session.items if "played" in item.fixturenames}  # type: ignore[attr-defined]
    # All projects of the others are played in tests/unit, in no time.
    chosen = [(name, scenarios()[name]) for name in sorted(asked)]
    return await play_all(chosen, server, is_whole=lambda scenario: scenario.is_large)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
async def test_lives_the_same_on_the_engine(played: dict[str, Played], name: str) -> None:
    assert played[name].problems == []
    assert played[name].beside
