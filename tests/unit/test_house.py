"""The house keeps its shape: who may import whom, how large a file grows, and what the README promises."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]
ROOMS = ("schemas", "rules", "workflows", "activities", "infra", "cli", "console")
ENTRANCES = {
    "worker.py": ({"activities", "infra", "workflows", "rules", "schemas"}, 150),
    "starter.py": ({"cli"}, 100),
}
NAMELESS = {"utils", "common", "core", "helpers"}

FILE_LINES = 400
FUNCTION_LINES = 70
LONG_FILES: dict[str, str] = {  # "rules/x.py": why it is one piece
    "schemas/event.py": "the closed list of everything that can happen to a project",
}
LONG_FUNCTIONS: dict[str, str] = {}  # "rules/x.py:decide": why it is one piece


def python_files(*folders: str) -> Iterator[Path]:
    """Yield our own Python files below the given folders of the tree."""
    for folder in folders:
        yield from sorted((TREE / folder).rglob("*.py"))


def every_python_file() -> list[Path]:
    return [*python_files(*ROOMS, "tests", "deploy", "docs"), *sorted(TREE.glob("*.py"))]


def shown(path: Path) -> str:
    return path.relative_to(TREE).as_posix()


def imported(path: Path) -> set[str]:
    """Return the first parts of every name that a file imports, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{shown(path)}:{node.lineno} imports relatively"
            names.add(str(node.module).split(".")[0])
    return names


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions_of(path: Path) -> Iterator[tuple[str, int]]:
    """Yield `path:name` and the number of lines of every function in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{shown(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_imports_point_down() -> None:
    """The contracts of pyproject.toml hold; the output names the import that breaks one."""
    program = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache', '--no-logo'])"
    lint = subprocess.run([sys.executable, "-c", program], cwd=TREE, capture_output=True, text=True, check=False)
    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_every_room_is_under_contract() -> None:
    """A room added later cannot stay outside the contracts."""
    config = tomllib.loads((TREE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = {room.strip() for layer in config["contracts"][0]["layers"] for room in layer.split("|")}
    rooms = {path.parent.name for path in TREE.glob("*/__init__.py")}
    assert rooms == set(config["root_packages"]) == layers
    assert rooms <= set(ROOMS)


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_an_entrance_only_composes(entrance: str) -> None:
    """import-linter cannot see single files at the top of the tree, so they are read here."""
    allowed, lines = ENTRANCES[entrance]
    path = TREE / entrance
    others = {name.removesuffix(".py") for name in ENTRANCES}
    assert imported(path) & ({*ROOMS} | others | {"tests"}) <= allowed
    assert lines_of(path) < lines


def test_no_room_imports_an_entrance() -> None:
    """Arrows never point up: a command that needs a worker starts it as a process."""
    entrances = {name.removesuffix(".py") for name in ENTRANCES}
    assert [shown(path) for path in python_files(*ROOMS) if imported(path) & (entrances | {"tests"})] == []


def test_every_place_has_a_reason_to_exist() -> None:
    """A folder or file named for nothing in particular collects everything."""
    names = [path for path in every_python_file() if NAMELESS & {*path.relative_to(TREE).with_suffix("").parts}]
    assert [shown(path) for path in names] == []
    assert [path.name for path in TREE.iterdir() if path.name in NAMELESS] == []


def test_no_test_folder_hides_a_room() -> None:
    folders = {path.name for path in (TREE / "tests").iterdir() if path.is_dir()}
    assert folders & {*ROOMS} == set()


def test_files_stay_readable() -> None:
    """An exception carries a reason, and goes when it is no longer needed."""
    long = {shown(path) for path in every_python_file() if lines_of(path) > FILE_LINES}
    assert long == set(LONG_FILES)


def test_functions_fit_a_screen() -> None:
    """An exception carries a reason, and goes when it is no longer needed."""
    long = {name for path in every_python_file() for name, lines in functions_of(path) if lines > FUNCTION_LINES}
    assert long == set(LONG_FUNCTIONS)


def test_ci_runs_what_the_readme_says() -> None:
    command = (TREE / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]
    assert command == "make check && make test"
    assert command in (TREE / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")])
def test_tests_stay_on_this_machine(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family) as outside, pytest.raises(pytest.fail.Exception, match="only connect to this machine"):
        outside.connect((address, 25))


def test_tests_do_not_see_the_settings_of_the_machine() -> None:
    assert [name for name in os.environ if name.startswith(("CUNTONG_", "TEMPORAL_"))] == []
