"""Says in both languages what was wrong with a command as it was typed; the parser itself knows English only."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Literal, get_args, get_origin

from cyclopts import CycloptsError, validators
from cyclopts.exceptions import (
    CoercionError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
    ValidationError,
)

from rules.text import both
from schemas.message import Title
from schemas.reason import ErrorKind, Reason


def reason(error: CycloptsError) -> Reason:
    """Return what was wrong, with the option, the value, the rule and the words that show the help."""
    code, params = _told(error)
    return Reason(code=f"usage.{code}", params={**params, "help": _help(error)}, kind=ErrorKind.INVALID)


def _told(error: CycloptsError) -> tuple[str, dict[str, str | Title]]:
    told: tuple[str, dict[str, str | Title]]
    match error:
        case UnknownCommandError(unused_tokens=[name, *_]):
            known = [one for one in error.app or () if not one.startswith("-")]
            told = "unknown_command", {"name": name, "known": ", ".join(_nearest(name, known))}
        case UnknownOptionError():
            name = (error.token.keyword or error.token.value).partition("=")[0]
            names = [one for argument in error.argument_collection if argument.parse for one in argument.names]
            near = _nearest(name, [one for one in names if one.startswith("-")])
            told = "unknown_option", {"option": name, "known": ", ".join(near)}
        case MissingArgumentError():
            given = error.keyword or any(token.keyword for token in (error.argument and error.argument.tokens) or ())
            told = ("no_value" if given else "missing"), {"option": error.keyword or _name(error)}
        case CoercionError():
            token = error.token
            value, option = (token.value if token else "—"), (token and token.keyword) or _name(error)
            told = "bad_value", {"option": option, "value": value, "rule": _type_rule(error.target_type)}
        case ValidationError():
            value = str(error.argument.value if error.argument else error.value)
            told = "bad_value", {"option": _name(error), "value": value, "rule": _bounds(error)}
        case RepeatArgumentError():
            told = "repeated", {"option": error.token.keyword or _name(error)}
        case UnusedCliTokensError(unused_tokens=[value, *_]):
            told = "unused", {"value": value}
        case _:
            error.verbose = False
            told = "other", {"detail": str(error)}
    return told


def _name(error: CycloptsError) -> str:
    """Return an option as it is typed, and the name of a place in capitals, as the help has it."""
    name = error.argument.name if error.argument else "—"
    return name if name.startswith("-") else name.upper()


def _type_rule(kind: Any) -> Title:  # noqa: ANN401 - a type, or a form of typing
    if get_origin(kind) is Literal:
        return both("rule.literal_error", expected=", ".join(str(one) for one in get_args(kind)))
    if kind in {int, float}:
        return both("rule.int_parsing") if kind is int else both("rule.float_parsing")
    return both("rule.bool_parsing") if kind is bool else both("usage.of_type", kind=getattr(kind, "__name__", "—"))


def _bounds(error: ValidationError) -> Title:
    found = error.argument.parameter.validator if error.argument else ()
    for one in found if isinstance(found, Iterable) else (found,):
        if isinstance(one, validators.Number) and one.gte is not None:
            least, most = str(one.gte), str(one.lte)
            return (
                both("rule.greater_than_equal", ge=least)
                if one.lte is None
                else both("usage.between", least=least, most=most)
            )
    return Title(zh=error.exception_message, en=error.exception_message)


def _nearest(name: str, known: list[str]) -> list[str]:
    return difflib.get_close_matches(name, known, n=3, cutoff=0.6) or known


def _help(error: CycloptsError) -> str:
    return " ".join(("./cuntong", *(error.command_chain or ()), "--help"))
