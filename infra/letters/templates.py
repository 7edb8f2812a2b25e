"""Texts of letters from Jinja2 sources: in a sandbox, with nothing to read but the view of one letter.

A name that the view does not have is a fault, never an empty place in a letter; what stands in HTML is escaped.
"""

from __future__ import annotations

import re
from dataclasses import fields
from functools import cache, lru_cache
from types import TracebackType

from jinja2 import Template, TemplateError, TemplateSyntaxError

from infra.files.letters import HEAD, read_letters
from infra.letters.sandbox import Sandbox
from rules.letter import LetterView
from rules.text import one_line
from schemas.messaging import LetterPart, LetterTemplates

_FILENAME = "<template>"
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


class TemplateFaultError(Exception):
    """A text cannot be made from its source.

    Attributes:
        line: Line of the source; 0 when none can be told.
        problem: What is wrong, in the words of the template engine.
    """

    def __init__(self, line: int, problem: str) -> None:
        """Take line and problem."""
        self.line = line
        self.problem = one_line(problem)
        super().__init__(f"line {line}: {self.problem}")


PLAIN, HTML = Sandbox(is_html=False), Sandbox(is_html=True)


@cache
def standard() -> LetterTemplates:
    """Return the letters that come with this tree."""
    return LetterTemplates.model_validate(read_letters(HEAD))


def render(templates: LetterTemplates, part: LetterPart, seen: LetterView) -> str:
    """Return one text of a letter.

    Raises:
        TemplateFaultError: Its source is missing or faulty, or gives nothing.
    """
    source = templates.texts.get(seen.lang, {}).get(seen.kind, {}).get(part)  # type: ignore[call-overload] # any name
    if source is None:
        raise TemplateFaultError(0, f"there is no text {part}")
    text = tidy(rendered(source, part, seen), part)
    if not text.strip():
        raise TemplateFaultError(1, "the text is empty")
    return text


def rendered(source: str, part: LetterPart, seen: LetterView) -> str:
    """Return what a source gives for a letter.

    Raises:
        TemplateFaultError: It cannot be parsed or carried out.
    """
    template = compiled(source, part)
    try:
        return template.render({field.name: getattr(seen, field.name) for field in fields(seen)})
    except Exception as error:
        raise TemplateFaultError(_line(error.__traceback__), str(error)) from error


def compiled(source: str, part: LetterPart) -> Template:
    """Return a source ready to be rendered; compiled once.

    Raises:
        TemplateFaultError: It cannot be parsed.
    """
    try:
        return _compiled(source, part == "html")
    except TemplateSyntaxError as error:
        raise TemplateFaultError(error.lineno, error.message or type(error).__name__) from error
    except (TemplateError, SyntaxError, RecursionError, ValueError) as error:
        raise TemplateFaultError(0, str(error)) from error


def tidy(text: str, part: LetterPart) -> str:
    """Return a rendered text as it goes out: one line where one is needed, else without rows of empty lines."""
    if part in ("subject", "short"):
        return one_line(text)
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


@lru_cache(maxsize=64)
def _compiled(source: str, is_html: bool) -> Template:  # noqa: FBT001 - part of the key of the cache
    sandbox = HTML if is_html else PLAIN
    sandbox.check(source)
    return sandbox.from_string(source)


def _line(trace: TracebackType | None) -> int:
    """Return the line of the source at which an error came up; 0 when it came from elsewhere."""
    found = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _FILENAME:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found
