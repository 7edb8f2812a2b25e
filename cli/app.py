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
    audit,
    batch,
    bounce,
    calendar,
    channel,
    console,
    database,
    demo,
    doctor,
    funding,
    handover,
    inbox,
    matters,
    messages,
    people,
    policy,
    policy_change,
    preview,
    project,
    proposal,
    prove,
    reconcile,
    refusals,
    rehearse,
    sample,
    silence,
    start,
    up,
    usage,
    why,
    worker,
)
from cli.desk import PROBLEMS, USAGE, Desk, Shared
from cli.trouble import reason_of
from rules.text import say

VERSION = "0.1.0"
_INTERRUPTED = 130

TOP: dict[str, Callable[..., Any]] = {
    "demo": demo.demo,
    "up": up.up,
    "worker": worker.worker,
    "console": console.console,
    "start": start.start,
    "why": why.why,
    "why-not": why.why_not,
    "board": project.board,
    "inbox": inbox.inbox,
    "reconcile": reconcile.reconcile,
    "prove-reminders": prove.prove_reminders,
    "doctor": doctor.doctor,
}
"""Commands of one word."""

NOUNS: dict[str, dict[str, Callable[..., Any]]] = {
    "project": {"list": project.list_, "show": project.show},
    "batch": {"start": batch.start},
    "policy": {
        "check": policy.check,
        "show": policy.show,
        "schema": policy.schema,
        "rehearse": rehearse.rehearse,
        "publish": policy_change.publish,
        "list": policy_change.list_,
        "migrate": policy_change.migrate,
        "proposals": proposal.proposals,
        "approve": proposal.approve,
        "decline": proposal.decline,
    },
    "calendar": {"show": calendar.show, "apply": calendar.apply},
    "sample": {"draw": sample.draw, "list": sample.list_, "show": sample.show, "verify": sample.verify},
    "funding": {"show": funding.show, "allocate": funding.allocate},
    "people": {
        "import": people.import_,
        "export": people.export,
        "list": people.list_,
        "vacant": people.vacant,
        "resolve": people.resolve_,
        "duties": people.duties,
        "absent": people.absent,
        "deputy": people.deputy,
        "hand-over": handover.hand_over,
    },
    "matters": {"list": matters.list_},
    "refusals": {"list": refusals.list_},
    "messages": {
        "list": messages.list_,
        "notices": messages.notices,
        "show": messages.show,
        "retry": messages.retry,
        "settle": messages.settle,
        "preview": preview.preview,
        "audit": audit.audit,
        "bounce": bounce.bounce,
    },
    "channel": {"list": channel.list_, "try": channel.try_},
    "silence": {"add": silence.add, "list": silence.list_, "show": silence.show, "end": silence.end},
    "db": {"migrate": database.migrate},
}
"""Commands of two words by their noun, in the order of the help; `project` has one for each act besides."""

ALSO = {"messages": ("message",)}
"""Other names of nouns."""


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

    for name, function in TOP.items():
        add(app, name, function, name.replace("-", "_"))
    for noun, verbs in NOUNS.items():
        inner = App(name=(noun, *ALSO.get(noun, ())), help=say(f"help.{noun}", lang), help_format="plaintext")
        app.command(inner)
        for name, function in verbs.items():
            add(inner, name, function, f"{noun}_{name.replace('-', '_')}")
        if noun == "project":
            for name, function in acts.commands().items():
                add(inner, name, function, f"act_{name.replace('-', '_')}")
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
