"""Assembles the command line: which command has which name, what it says of itself, and what becomes of errors."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any

from cyclopts import App, CycloptsError, Parameter
from sqlalchemy.exc import OperationalError, ProgrammingError

from cli import acts, database, demo, doctor, people, policy, project, start, up, worker
from cli.desk import PROBLEMS, USAGE, Desk, Shared, database_away, policy_away
from infra.settings import Settings
from rules.policy import PolicyMissingError
from rules.text import language, say
from schemas.reason import Refusal

VERSION = "0.1.0"
_INTERRUPTED = 130


def build(lang: str) -> App:
    """Return the command line with its help in `lang`."""
    quiet = Parameter(show_default=False)
    text = say("help.app", lang)
    app = App(name="cuntong", version=VERSION, help=text, help_format="plaintext", default_parameter=quiet)

    def add(parent: App, name: str, function: Callable[..., Any], code: str) -> None:
        parent.command(function, name=name, help=say(f"help.{code}", lang))

    def group(name: str) -> App:
        inner = App(name=name, help=say(f"help.{name}", lang), help_format="plaintext")
        app.command(inner)
        return inner

    top: dict[str, Callable[..., Any]] = {
        "demo": demo.demo,
        "up": up.up,
        "worker": worker.worker,
        "start": start.start,
        "why": project.why,
        "board": project.board,
        "doctor": doctor.doctor,
    }
    for name, function in top.items():
        add(app, name, function, name)
    projects = group("project")
    add(projects, "list", project.list_, "project_list")
    add(projects, "show", project.show, "project_show")
    for name, function in acts.commands().items():
        add(projects, name, function, f"act_{name.replace('-', '_')}")
    policies = group("policy")
    kinds: dict[str, Callable[..., Any]] = {"check": policy.check, "show": policy.show, "schema": policy.schema}
    for name, function in kinds.items():
        add(policies, name, function, f"policy_{name}")
    directory = group("people")
    add(directory, "import", people.import_, "people_import")
    add(directory, "list", people.list_, "people_list")
    records = group("db")
    add(records, "migrate", database.migrate, "db_migrate")
    return app


def main(argv: Sequence[str]) -> int:
    """Run a command and return the exit code: 0 done, 1 refused or problems found, 2 usage, 3 unavailable."""
    shared = _shared(argv)
    try:
        return _run(argv, shared)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return PROBLEMS


def _run(argv: Sequence[str], shared: Shared) -> int:
    app = build(language(shared.lang or Settings().reader_lang))
    try:
        command, bound, _ = app.parse_args(list(argv), exit_on_error=False, print_error=True)
        result = command(*bound.args, **bound.kwargs)
        if inspect.iscoroutine(result):
            result = asyncio.run(result)
        return result if isinstance(result, int) else 0
    except CycloptsError:
        return USAGE
    except Refusal as refusal:
        return Desk(shared).refuse(refusal.reason)
    except PolicyMissingError as missing:
        return Desk(shared).refuse(policy_away(missing))
    except (OperationalError, ProgrammingError) as error:
        return Desk(shared).refuse(database_away(error))


def _shared(argv: Sequence[str]) -> Shared:
    """Return what the error path needs to know of the options, whatever else is wrong with them."""
    words = list(argv)
    lang = next((word.partition("=")[2] for word in words if word.startswith("--lang=")), "")
    if "--lang" in words[:-1]:
        lang = words[words.index("--lang") + 1]
    return Shared(json="--json" in words, lang=lang)
