"""Workflows run in a sandbox that lets in only what was let in on purpose, and what they import stays light."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError, UnintentionalPassthroughError

from workflows.runner import WORKFLOWS, runner

TREE = Path(__file__).parents[2]
HEAVY = {"sqlalchemy", "alembic", "psycopg", "structlog", "prometheus_client", "aiosmtplib", "rich", "cyclopts", "yaml"}
OURS = {"activities", "infra", "cli", "console", "tests"}

NAME = "a_tiny_workflow"
BODY = f"""
from temporalio import workflow
{{lines}}

@workflow.defn
class {NAME.title()}:
    @workflow.run
    async def run(self) -> None:
        pass
"""


@pytest.fixture
def prepare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Prepares a tiny workflow as a worker does, with some lines at the top of its module."""

    def prepare(lines: str) -> None:
        (tmp_path / f"{NAME}.py").write_text(BODY.format(lines=lines), encoding="utf-8")
        tiny = getattr(import_module(NAME), NAME.title())
        runner().prepare_workflow(workflow._Definition.must_from_class(tiny))

    monkeypatch.syspath_prepend(tmp_path)
    yield prepare
    sys.modules.pop(NAME, None)


async def test_lets_in_what_is_passed_through_on_purpose(prepare: Callable[[str], None]) -> None:
    prepare("with workflow.unsafe.imports_passed_through():\n    import rules.calendar")


@pytest.mark.parametrize("module", ["rules.calendar", "schemas", "pytest"])
async def test_raises_on_any_other_import(prepare: Callable[[str], None], module: str) -> None:
    with pytest.raises(UnintentionalPassthroughError, match=module.partition(".")[0]):
        prepare(f"import {module}")


@pytest.mark.parametrize("line", ["import datetime; datetime.datetime.now()", "import random; random.random()"])
async def test_raises_on_what_differs_from_time_to_time(prepare: Callable[[str], None], line: str) -> None:
    """The clock and chance are not there, wherever they are asked."""
    with pytest.raises(RestrictedWorkflowAccessError):
        prepare(line)


@pytest.mark.parametrize("type_", WORKFLOWS)
async def test_lets_in_every_workflow(type_: type) -> None:
    runner().prepare_workflow(workflow._Definition.must_from_class(type_))


def test_workflows_import_nothing_heavy() -> None:
    """A library within reach of a workflow is loaded by each worker, and by a sandbox again and again."""
    program = "import json, sys, workflows.runner; print(json.dumps(sorted(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", program], cwd=TREE, capture_output=True, text=True, check=True).stdout
    loaded = {name.partition(".")[0] for name in json.loads(told)}
    assert "workflows" in loaded
    assert loaded & (HEAVY | OURS) == set()
