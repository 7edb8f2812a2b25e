"""Every code has a sentence in both languages, every sentence has a use, and the values fit."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from rules import texts
from rules.notice import GROUPS
from rules.text import LANGUAGES, render, say
from rules.texts import CATALOGUE, act, explain, journal, policy
from schemas.channel import Unknown
from schemas.command import ACT_MODELS
from schemas.event import EVENT_TYPES
from schemas.ladder import RungKind
from schemas.message import Title
from schemas.messaging import MessagingPolicy
from schemas.plan import ClosingAct, Unit
from schemas.policy import PolicyDocument
from schemas.project import Technology
from schemas.reason import Reason
from schemas.state import ProjectStatus, StageStatus
from schemas.turn import TurnKind

TREE = Path(__file__).parents[2]
ROOMS = ("rules", "workflows", "activities", "infra", "cli", "console")
TOPICS = {
    info.name: importlib.import_module(f"rules.texts.{info.name}") for info in pkgutil.iter_modules(texts.__path__)
}

CALLS = {"Refusal": 0, "Reason": 0, "say": 0, "line": 0, "note": 0, "Told": 0, "both": 0, "_bad": 1, "_unknown": 1}
"""Calls that take a code, and where it stands among their arguments."""

FAMILIES: dict[str, tuple[str, ...]] = {
    "event": EVENT_TYPES,
    "act": (*ACT_MODELS, *get_args(ClosingAct)),
    "status": get_args(ProjectStatus),
    "stage_status": get_args(StageStatus),
    "stage": ("pending", "done"),  # an open stage always has a turn, so that nothing refuses it for being open
    "turn": get_args(TurnKind),
    "journal.turn_opened": tuple(kind for kind in get_args(TurnKind) if kind != "decision"),  # a matter opens that one
    "rung": get_args(RungKind),
    "unit": get_args(Unit),
    "technology": get_args(Technology),
    "policy.kind": ("plan", "ladder", "hierarchy", "calendar", "messaging", "letters", "any"),
    "messaging.setting": tuple({*MessagingPolicy.model_fields} - {*PolicyDocument.model_fields, "kind"}),
    "letter.group": GROUPS,
    "channels.unknown": get_args(Unknown),
    "channels.tried": ("taken", "later", "never", "unknown"),
    "letter.step": ("act", "decide", "press"),
}
"""Codes that are made of a family and one of a closed list."""


@dataclass(frozen=True)
class Site:
    """A place in the code that names a sentence.

    Attributes:
        place: File and line.
        pattern: Regular expression of the codes it may name.
        given: Names of the values given; None when the code alone does not tell.
        is_exact: Whether only these values are given.
        is_reason: Whether it makes a reason; a sentence said at once may be one of two that take different values.
    """

    place: str
    pattern: str
    given: frozenset[str] | None
    is_exact: bool
    is_reason: bool


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def patterns(node: ast.expr | None, scope: ast.AST) -> list[str]:
    """Return regular expressions for what a code may be; nothing when it comes from elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [re.escape(node.value)]
    if isinstance(node, ast.JoinedStr):
        return [
            "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in node.values)
        ]
    if isinstance(node, ast.IfExp):
        return [*patterns(node.body, scope), *patterns(node.orelse, scope)]
    return [found for value in assigned(node, scope) for found in patterns(value, scope)]


def assigned(node: ast.expr | None, scope: ast.AST) -> list[ast.expr]:
    """Return what is assigned to a name in its function."""
    if not isinstance(node, ast.Name):
        return []
    plain = [s for s in ast.walk(scope) if isinstance(s, ast.Assign | ast.AnnAssign) and s.value]
    targets = [(target, s.value) for s in plain for target in (s.targets if isinstance(s, ast.Assign) else [s.target])]
    return [value for target, value in targets if isinstance(target, ast.Name) and target.id == node.id and value]


def values(call: ast.Call, name: str, scope: ast.AST) -> tuple[frozenset[str] | None, bool]:
    """Return the names of the values given, and whether there are no others."""
    if name in {"Reason", "Told"}:
        keyword = next((k.value for k in call.keywords if k.arg == "params"), None)
        written = keyword or (call.args[1] if name == "Told" and len(call.args) > 1 else None)
        found = [written, *assigned(written, scope)]
        dictionary = next((value for value in found if isinstance(value, ast.Dict)), None)
        if dictionary is None:
            return (frozenset(), True) if written is None else (None, False)
        keys = [key.value if isinstance(key, ast.Constant) else None for key in dictionary.keys]
        return (frozenset(str(key) for key in keys), True) if None not in keys else (None, False)
    if name == "_unknown":
        return None, False
    names = [keyword.arg for keyword in call.keywords]
    own = {"kind"} if name == "Refusal" else set()
    implied = {"document"} if name == "_bad" else set()
    return frozenset({n for n in names if n} - own | implied), None not in names


def sites() -> Iterator[Site]:
    files = [file for room in ROOMS for file in sorted((TREE / room).rglob("*.py")) if "texts" not in file.parts]
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        for function in functions:
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    yield from of_call(node, function, f"{file.relative_to(TREE).as_posix()}:{node.lineno}")


def of_call(call: ast.Call, scope: ast.AST, place: str) -> Iterator[Site]:
    function = call.func
    name = (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )
    if name not in CALLS:
        return
    keyword = next((k.value for k in call.keywords if k.arg == "code" and name == "Reason"), None)
    code = keyword or (call.args[CALLS[name]] if len(call.args) > CALLS[name] else None)
    given, is_exact = values(call, name, scope)
    for pattern in patterns(code, scope):
        yield Site(place, pattern, given, is_exact, is_reason=name in {"Refusal", "Reason", "_bad"})


SITES = tuple(sites())
FIXED = tuple(site for site in SITES if "w+" not in site.pattern)


def named(pattern: str) -> list[str]:
    return [code for code in CATALOGUE if re.fullmatch(pattern, code)]


def test_every_code_has_a_sentence() -> None:
    assert [f"{site.place} {site.pattern}" for site in SITES if not named(site.pattern)] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_every_member_of_a_family_has_a_sentence(family: str) -> None:
    assert [member for member in FAMILIES[family] if f"{family}.{member}" not in CATALOGUE] == []


def test_the_search_for_codes_finds_them() -> None:
    """Else the tests above would hold for nothing."""
    codes = {code for site in SITES for code in named(site.pattern)}
    assert {"authority.outside_area", "command.id_reused", "stage.done", "calendar.outside", "policy.cycle"} <= codes
    assert len(FIXED) > len(act.SENTENCES)


def test_every_sentence_gets_its_values() -> None:
    """A missing value would end in an error instead of an answer; one too many in a reason was meant to be told."""
    wrong = [
        f"{site.place} {code}: gives {sorted(site.given)}, the sentence wants {sorted(wanted)}"
        for site in FIXED
        for code in named(site.pattern)
        for wanted in [placeholders(CATALOGUE[code][0])]
        if site.given is not None and site.is_exact
        if site.given != wanted and (site.is_reason or not site.given >= wanted)
    ]
    assert wrong == []


@pytest.mark.parametrize("code", CATALOGUE)
def test_both_languages_tell_the_same(code: str) -> None:
    chinese, english = CATALOGUE[code]
    assert placeholders(chinese) == placeholders(english)
    assert chinese.strip()
    assert english.strip()


def test_english_is_english() -> None:
    names_of_things = {"help.", "word.", "ledger.column"}
    chinese = re.compile(r"[\u4e00-\u9fff]")
    mixed = [code for code, (_, english) in CATALOGUE.items() if chinese.search(english)]
    assert [code for code in mixed if not code.startswith(tuple(names_of_things))] == []


def test_no_sentence_is_told_twice() -> None:
    """A code in two topics would silently take the later one."""
    codes = Counter(code for topic in TOPICS.values() for code in topic.SENTENCES)
    assert [code for code, count in codes.items() if count > 1] == []
    assert set(codes) == set(CATALOGUE)


@pytest.mark.parametrize("topic", [act, explain, journal, policy], ids=lambda topic: topic.__name__)
def test_no_sentence_is_left_over(topic: object) -> None:
    """`rule.` sentences are named by pydantic."""
    used = {code for site in SITES for code in named(site.pattern)}
    sentences: dict[str, tuple[str, str]] = getattr(topic, "SENTENCES", {})
    assert [code for code in sentences if code not in used and not code.startswith("rule.")] == []


def test_a_name_is_told_in_the_language_of_the_reader() -> None:
    reason = Reason(code="stage.none_open")
    assert [render(reason, lang) for lang in LANGUAGES] == [
        "本项目当前没有在办环节。",
        "No stage of this project is open.",
    ]
    stage, opened = Title(zh="光缆敷设", en="Fibre: cable"), Title(zh="勘察设计", en="Survey and design")
    told = say("stage.pending", "zh_CN.UTF-8", stage=stage, open=opened)
    assert told == "环节“光缆敷设”尚未开始：前置环节尚未办结。当前在办环节：勘察设计。"
