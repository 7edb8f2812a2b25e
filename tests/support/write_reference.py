"""Writes the pages of `docs/reference/` that follow from the code: `python -m tests.support.write_reference`."""

from __future__ import annotations

import ast
import inspect
import re
import typing
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from cyclopts import App

from cli.app import build
from infra.metrics import SERIES
from infra.settings import Settings
from rules.text import say
from rules.texts import CATALOGUE
from schemas.event import Event
from schemas.reason import ErrorKind
from tests.support import scenario

TREE = Path(__file__).parents[2]
FOLDER = TREE / "docs" / "reference"
ROOMS = ("rules", "workflows", "activities", "infra", "cli")
SHARED = ("--json", "--lang", "--data", "--as")
TELLING = {"say", "line", "note", "both", "Told", "_both"}
"""Calls that tell something at once; every other use of a code makes a reason."""

PARTS = {"message", "consequence", "rule"}
"""Topics whose sentences stand inside others."""

HEAD = "<!-- Written by tests/support/write_reference.py from the code; do not edit. -->\n"

COMMANDS = """# Commands · 命令

`./cuntong COMMAND` is the same as `python starter.py COMMAND`. Every command that looks or acts also takes

| option | meaning |
|---|---|
{shared}

Exit codes: `0` done, `1` refused or problems found, `2` wrong usage, `3` the engine or the records are away, `130`
after Ctrl-C. Answers go to standard output, progress and refusals to standard error; with `--json` the answer to a
refused command is the object `{{"error": {{"code", "params", "kind", "message"}}}}`. What the codes mean stands in
[reasons](reasons.md).

A stage is closed by one act with its facts (`--fact KEY=VALUE`); the plan tells which, see
`./cuntong policy show universal-service-fibre` and the files under `policies/plans/`.
"""

REASONS = """# Reasons · 原因代码

Every refusal and every problem found carries one of these codes with its parameters; the sentence is made where it is
read. The last column is the exit code of the command line: 3 where something is away, else 1.
"""

SETTINGS = """# Settings · 设置

Read once at start from the environment, or from a file `.env` in the folder the program is started in.

| variable | default | meaning |
|---|---|---|
{rows}

The address of the engine can also be told in Temporal's own way, by `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE` and
`TEMPORAL_PROFILE` with a configuration file; these come before `CUNTONG_PORT`. `up` and `demo` run an engine of their
own and ignore them. The launcher passes `PIP_INDEX_URL` on when it makes `.venv`.
"""

METRICS = """# Metrics · 监控指标

A worker tells these at `http://CUNTONG_METRICS_HOST:CUNTONG_METRICS_PORT/metrics`, together with the series of the
engine's core (`temporal_...`). Every worker reads them from the records and tells the same; what an audit counted is as
old as the last audit, `time() - cuntong_audit_timestamp_seconds`. The age of a part is
`time() - cuntong_heartbeat_timestamp_seconds`. What to alarm on stands in
[Read the audit](../how-to/audit.md).

| series | type | labels | meaning |
|---|---|---|---|
{rows}
"""

EVENTS = """# Events · 事件

What the journal is made of: every command that was carried out and every rung that fired is one or more of these, in
the order of `seq`, and a project's state is the fold of them and of nothing else. `project show ID --json` lists them.
An entry has besides its event: `seq`, `at` (UTC), `by` (empty: the clock), `command_id`, `fingerprint`.
"""

SCENARIOS = """# Scenarios · 情景

Timelines of whole projects as data, under `tests/scenarios/`: who does what on which day, what is refused with which
code, and what must come of it. Each is played by the pure rules and by the real workflow on a server whose clocks are
turned, and both must write the same journal; those marked ● are also played in real time on the embedded server, under
a calendar of short days. `make scenarios` plays them all and prints what came of each; `make scenarios ARGS=winter`
plays those with that word in their name.

To add one, write a file there. A step names a day (`at`, or `on_day` after the start), a person of
`tests/support/people.py` (`by`) and an act with its fields, or the stage that is closed by its proper person with good
facts (`close`); `refused` is the code of a step that must be refused, `expect` how the project stands afterwards.
`python -m tests.support.scenarios --tell NAME` prints the journal that the rules make of it.

| scenario | what it shows | source | projects | steps | |
|---|---|---|---|---|---|
{rows}
"""


def pages() -> dict[Path, str]:
    """Return every generated page with its text."""
    texts = {
        "commands": commands(),
        "reasons": reasons(),
        "settings": settings(),
        "events": events(),
        "metrics": metrics(),
        "scenarios": scenarios(),
    }
    return {FOLDER / f"{name}.md": HEAD + text for name, text in texts.items()}


def leaves(app: App, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], App]]:
    """Yield every command of the command line with its words."""
    for name in app:
        if not name.startswith("-"):
            inner = app[name]
            if inner.default_command is None:
                yield from leaves(inner, (*path, name))
            else:
                yield (*path, name), inner


def commands() -> str:
    """Return the page of all commands with their options."""
    chinese = dict(leaves(build("zh-CN")))
    known: dict[str, str] = {}
    parts = []
    for words, app in leaves(build("en")):
        arguments = [one for one in app.assemble_argument_collection() if one.show]
        known |= {one.name: _cell(one.parameter.help or "") for one in arguments if one.name in SHARED}
        named = [one for one in arguments if not one.name.startswith("-")]
        positional = "".join(f" {one.name}" if one.required else f" [{one.name}]" for one in named)
        parts.append(f"\n## {' '.join(words)}\n\n`./cuntong {' '.join(words)}{positional}`: {app.help}")
        parts.append(f"· {chinese[words].help}.\n" if not str(chinese[words].help).endswith("。") else "")
        rows = [_option(one) for one in arguments if one.name not in SHARED]
        if rows:
            parts.append("\n| | meaning | |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    shared = "\n".join(f"| `{name}` | {known[name]} |" for name in SHARED)
    return COMMANDS.format(shared=shared) + " ".join(parts).replace(" \n", "\n").replace("\n ", "\n")


def _option(argument: Any) -> str:  # noqa: ANN401 - an Argument of cyclopts
    default = argument.field_info.default
    notes = ["required"] if argument.required else []
    if choices := argument.get_choices():
        notes.append(", ".join(f"`{choice}`" for choice in choices))
    if isinstance(default, str | int | float) and not isinstance(default, bool) and default != "":
        notes.append(f"default `{default}`")
    return f"| `{argument.name}` | {_cell(argument.parameter.help or '')} | {'; '.join(notes)} |"


def reasons() -> str:
    """Return the page of all codes that a person can meet, by topic."""
    kinds = _kinds()
    topics: defaultdict[str, list[str]] = defaultdict(list)
    for code in sorted(code for code in kinds if code.partition(".")[0] not in PARTS):
        chinese, english = (_cell(text) for text in CATALOGUE[code])
        exits = "/".join(sorted({"3" if kind is ErrorKind.UNAVAILABLE else "1" for kind in kinds[code]}))
        topics[code.partition(".")[0]].append(f"| `{code}` | {chinese} | {english} | {exits} |")
    table = "\n| code | 中文 | English | exit |\n|---|---|---|---|\n"
    return REASONS + "".join(f"\n## {topic}\n{table}" + "\n".join(rows) + "\n" for topic, rows in topics.items())


def _kinds() -> dict[str, set[ErrorKind]]:
    """Return the codes that the code makes reasons of, with their kinds as far as they stand beside the code."""
    found: defaultdict[str, set[ErrorKind]] = defaultdict(set)
    for file in (file for room in ROOMS for file in sorted((TREE / room).rglob("*.py")) if "texts" not in file.parts):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        told = {id(part) for call in calls if _called(call) in TELLING for part in ast.walk(call)}
        for code in (code for node in ast.walk(tree) if id(node) not in told for code in _codes(node)):
            found[code].add(ErrorKind.REFUSED)
        for call in calls:
            kind = re.search(r"ErrorKind\.(\w+)", ast.unparse(call)) if _called(call) in {"Refusal", "Reason"} else None
            for code in (code for node in ast.walk(call) for code in _codes(node) if kind and id(node) not in told):
                found[code] = found[code] - {ErrorKind.REFUSED} | {ErrorKind[kind[1] if kind else ""]}
    return found


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _codes(node: ast.AST) -> list[str]:
    """Return the codes that a piece of code names."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and node.value in CATALOGUE else []
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        head = str(node.values[0].value)
        return [code for code in CATALOGUE if head.endswith(".") and re.fullmatch(re.escape(head) + r"\w+", code)]
    return []


def settings() -> str:
    """Return the page of all settings."""
    told = _attributes(Settings)
    rows = [
        f"| `CUNTONG_{name.upper()}` | {f'`{field.default}`' if str(field.default) else ''} | {_cell(told[name])} |"
        for name, field in Settings.model_fields.items()
    ]
    return SETTINGS.format(rows="\n".join(rows))


def metrics() -> str:
    """Return the page of our own series."""
    rows = [
        f"| `{name}` | {one.kind} | {', '.join(f'`{label}`' for label in one.labels)} | {_cell(one.told)} |"
        for name, one in SERIES.items()
    ]
    return METRICS.format(rows="\n".join(rows))


def events() -> str:
    """Return the page of all events with their fields."""
    parts = [EVENTS]
    for model in get_args(get_args(Event)[0]):
        name = model.model_fields["type"].default
        promise = inspect.cleandoc(model.__doc__ or "").partition("\n\nAttributes:")[0].replace("\n", " ")
        title = f"{say(f'event.{name}', 'zh-CN')}, {say(f'event.{name}', 'en').lower()}"
        told = _attributes(model)
        hints = typing.get_type_hints(model, include_extras=True)
        rows = [f"| `{key}` | `{_type(hints[key])}` | {_cell(told.get(key, ''))} |" for key in hints if key != "type"]
        rows = [row for row in rows if "`model_config`" not in row]
        table = "\n| field | type | |\n|---|---|---|\n" + "\n".join(rows) + "\n" if rows else ""
        parts.append(f"\n## {name}\n\n{title}. {promise}\n{table}")
    return "".join(parts)


def scenarios() -> str:
    """Return the page of all scenarios."""
    rows = [
        f"| [{_cell(one.title.zh)} · {_cell(one.title.en)}](../../tests/scenarios/{name}.yaml) "
        f"| {_cell(one.shows.zh)} {_cell(one.shows.en)} | {_cell(one.source)} "
        f"| {sum(group.count for group in one.groups)} | {one.step_count} | {'●' if one.real else ''} |"
        for name, one in scenario.scenarios().items()
    ]
    return SCENARIOS.format(rows="\n".join(rows))


def _attributes(model: type) -> dict[str, str]:
    """Return what a docstring says of each attribute."""
    section = inspect.cleandoc(model.__doc__ or "").partition("\nAttributes:\n")[2]
    found = re.findall(r"^    (\w+): (.+(?:\n {8,}.+)*)", section, re.MULTILINE)
    return {name: re.sub(r"\s+", " ", text) for name, text in found}


def _type(hint: Any) -> str:  # noqa: ANN401 - any annotation
    """Return a type in words."""
    inner = get_args(hint)
    if get_origin(hint) is Annotated:
        return _type(inner[0])
    if get_origin(hint) is typing.Literal:
        return " or ".join(map(str, inner))
    if get_origin(hint) is tuple:
        return f"list of {', '.join(_joined(inner))}"
    if get_origin(hint) is dict:
        return f"{_type(inner[0])} to {_type(inner[1])}"
    if inner:
        return " or ".join(_joined(inner))
    return _WORDS.get(hint.__name__, str(hint.__name__))


_WORDS = {"NoneType": "null", "str": "text", "AwareDatetime": "instant", "datetime": "instant"}


def _joined(hints: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(_type(hint) for hint in hints if hint is not Ellipsis))


def _cell(text: str) -> str:
    """Return a text as it may stand in a table."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;")


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(TREE))


if __name__ == "__main__":
    main()
