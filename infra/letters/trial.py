"""Tries templates before anybody is written to: every text with letters of every sort, in every language.

A published template is used when nobody looks on. So what can be wrong with one is told here, with language, kind, part
and line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from jinja2 import nodes

from infra.files.letters import KINDS, LANGUAGES, PARTS, place
from infra.letters.templates import HTML, PLAIN, TemplateFaultError, compiled, rendered, tidy
from rules import letter_sample
from rules.letter import LetterView, view
from schemas.messaging import LetterKind, LetterPart, LetterTemplates
from schemas.reason import ErrorKind, Param, Reason

VARIABLES = tuple(field.name for field in fields(LetterView))
"""Names that a template can read."""


def template_problems(templates: LetterTemplates) -> list[Reason]:
    """Return everything that is wrong with templates; empty when every letter can be made with them."""
    return [
        _bad(templates, problem, language, kind, part)
        for language in LANGUAGES
        for kind in KINDS
        for part in PARTS
        for problem in _problems(templates, language, kind, part)
    ]


_Problem = tuple[str, dict[str, Param]]


def _problems(templates: LetterTemplates, language: str, kind: LetterKind, part: LetterPart) -> Iterator[_Problem]:
    source = templates.texts.get(language, {}).get(kind, {}).get(part)  # type: ignore[call-overload] # any name
    if source is None:
        yield "letters.missing", {}
        return
    try:
        compiled(source, part)
    except TemplateFaultError as fault:
        yield "letters.syntax", {"line": fault.line, "problem": fault.problem}
        return
    if unknown := list(_unknown_names(source, part)):
        for name, line in unknown:
            yield "letters.unknown_name", {"line": line, "name": name, "known": ", ".join(VARIABLES)}
        return
    yield from _trial(source, templates.longest.get(part, 0), language, kind, part)


def _unknown_names(source: str, part: LetterPart) -> Iterator[tuple[str, int]]:
    """Yield names that a template reads and nobody gives, also where no letter of the trial would come by."""
    tree = (HTML if part == "html" else PLAIN).parse(source)
    made = {name.name for name in tree.find_all(nodes.Name) if name.ctx in ("store", "param")}
    made |= {macro.name for macro in tree.find_all(nodes.Macro)}
    given = {*VARIABLES, *made, *PLAIN.globals, "loop", "caller", "varargs", "kwargs"}
    seen: set[str] = set()
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name not in given | seen:
            seen.add(name.name)
            yield name.name, name.lineno


def _trial(source: str, longest: int, language: str, kind: LetterKind, part: LetterPart) -> Iterator[_Problem]:
    """Yield the first problem that letters of the trial bring to light."""
    for sample, seen in _letters(language, kind):
        try:
            text = tidy(rendered(source, part, seen), part)
        except TemplateFaultError as fault:
            yield "letters.render", {"line": fault.line, "problem": fault.problem, "sample": sample}
            return
        if not text.strip():
            yield "letters.empty", {"sample": sample}
            return
        if longest and len(text) > longest:
            yield "letters.too_long", {"length": len(text), "longest": longest, "sample": sample}
            return


def _letters(language: str, kind: LetterKind) -> Iterator[tuple[str, LetterView]]:
    for sort in letter_sample.SORTS:
        yield sort, view(letter_sample.letter(language, kind, sort))
    yield "without a link", view(letter_sample.letter(language, kind, "reply", link=""))
    if kind == "digest":
        yield "all sorts", view(letter_sample.letter(language, kind))
        yield "a busy day", view(letter_sample.busy_day(language))


def _bad(templates: LetterTemplates, problem: _Problem, language: str, kind: str, part: str) -> Reason:
    code, params = problem
    told: dict[str, Param] = {
        "document": f"{templates.name}@{templates.version}",
        "place": place(language, kind, part),
        "language": language,
        "letter": kind,
        "part": part,
        **params,
    }
    return Reason(code=code, params=told, kind=ErrorKind.INVALID)
