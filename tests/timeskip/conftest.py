"""One server whose clocks can be turned, for all tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from tests.support import engine


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    """Yield a development server."""
    async with engine.server(skipping=True) as env:
        yield env


@pytest.fixture
def site(server: WorkflowEnvironment) -> engine.Site:
    """Return a task queue, records and clients for one test."""
    return engine.Site(server)
