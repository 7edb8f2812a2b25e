"""Records and engine may count alike and still know other projects."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from infra import roll
from infra.roll import Comparison, compare
from schemas import names


class Sham:
    """Engine and records at once, as far as a comparison asks them."""

    def __init__(self, live: list[str], recorded: list[str]) -> None:
        """Know some projects as living, by either."""
        self.live, self.recorded = live, recorded

    async def count_workflows(self, _query: str) -> Any:  # noqa: ANN401 - has a count
        """Return how many run."""
        return SimpleNamespace(count=len(self.live))

    async def list_workflows(self, _query: str) -> AsyncIterator[Any]:
        """Yield those that run."""
        for project_id in self.live:
            yield SimpleNamespace(id=names.project_workflow_id(project_id))

    def count(self, *_: object, **__: object) -> int:
        """Return how many live by the records."""
        return len(self.recorded)

    def projects(self, *_: object, after: str, **__: object) -> list[Any]:
        """Return those that live by the records."""
        return [SimpleNamespace(project_id=key) for key in self.recorded if key > after]


@pytest.mark.parametrize(("is_whole", "missing", "strange"), [(True, ["P-1"], ["P-3"]), (False, [], [])])
async def test_one_missing_and_one_strange_do_not_cancel_out(
    is_whole: bool,  # noqa: FBT001 - a column
    missing: list[str],
    strange: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(roll, "_SETTLE_SECONDS", 0.0)
    sham: Any = Sham(["P-2", "P-3"], ["P-1", "P-2"])
    found = await compare(sham, sham, is_whole=is_whole)
    assert found == Comparison(1 if is_whole else 2, missing, strange)
