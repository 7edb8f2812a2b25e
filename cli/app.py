"""Assembles the command line: which command has which name, what it says of itself, and what becomes of errors."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any

from cyclopts import App, CycloptsError, Parameter

from cli import (
    acts,
    database,
    demo,
    doctor,
    handover,
    messages,
    people,
    policy,
    project,
    refusals,
    start,
    up,
    usage,
    worker,
)
from cli.desk import PROBLEMS, USAGE, Desk, Shared
from cli.trouble import reason_of
from rules.text import say

VERSION = "0.1.0"
_INTERRUPTED = 130


def build(lang: str) -> App:
    """Return the command line with its help in `lang`."""
    app = App(
        name="cuntong",
        version=VERSION,
        help=say("help.app", lang),
        help_format="plaintext",
        default_parameter=Parameter(show_default=False),
        group_commands=say("help.commands", lang),
        group_arguments=say("help.arguments", lang),
        group_parameters=say("help.parameters", lang),
    )
    app["--help"].help, app["--version"].help = say("help.help", lang), say("help.version", lang)

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
    lines: dict[str, Callable[..., Any]] = {
        "export": people.export,
        "list": people.list_,
        "vacant": people.vacant,
        "resolve": people.resolve_,
        "duties": people.duties,
        "absent": people.absent,
        "deputy": people.deputy,
        "hand-over": handover.hand_over,
    }
    for name, function in lines.items():
        add(directory, name, function, f"people_{name.replace('-', '_')}")
    register = group("refusals")
    add(register, "list", refusals.list_, "refusals_list")
    outbox = group("messages")
    add(outbox, "list", messages.list_, "messages_list")
    add(outbox, "retry", messages.retry, "messages_retry")
    records = group("db")
    add(records, "migrate", database.migrate, "db_migrate")
    return app


def main(argv: Sequence[str]) -> int:
    """Run a command and return the exit code: 0 done, 1 refused or problems found, 2 usage, 3 unavailable."""
    desk = Desk(_shared(argv))
    try:
        return _run(argv, desk.lang)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return PROBLEMS
    except CycloptsError as error:
        return desk.refuse(usage.reason(error), USAGE)
    except Exception as error:
        reason = reason_of(error)
        if reason is None:
            raise
        return desk.refuse(reason)


def _run(argv: Sequence[str], lang: str) -> int:
    command, bound, _ = build(lang).parse_args(list(argv), exit_on_error=False, print_error=False)
    result = command(*bound.args, **bound.kwargs)
    if inspect.iscoroutine(result):
        result = asyncio.run(result)
    return result if isinstance(result, int) else 0


def _shared(argv: Sequence[str]) -> Shared:
    """Return what the error path needs to know of the options, whatever else is wrong with them."""
    words = list(argv)
    lang = next((word.partition("=")[2] for word in words if word.startswith("--lang=")), "")
    if "--lang" in words[:-1]:
        lang = words[words.index("--lang") + 1]
    return Shared(json=any(word.partition("=")[0] == "--json" for word in words), lang=lang)
