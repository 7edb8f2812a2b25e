"""Reads the folder of texts that belongs to a head of letters: `LANGUAGE/KIND.PART.j2`, one file a text."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from infra.files.source import read_source
from infra.files.yaml_text import read_yaml
from rules.policy import Raw
from schemas.message import Title
from schemas.messaging import LetterKind, LetterPart
from schemas.reason import ErrorKind, Reason, Refusal

HEAD = Path(__file__).parents[2] / "policies" / "letters" / "standard" / "letters.yaml"
"""Head of the letters that come with this tree."""

LANGUAGES: tuple[str, ...] = ("zh-CN", "en")
KINDS: tuple[LetterKind, ...] = get_args(LetterKind)
PARTS: tuple[LetterPart, ...] = get_args(LetterPart)
_SUFFIX = ".j2"


def place(language: str, kind: str, part: str) -> str:
    """Return where a text stands below its head."""
    return f"{language}/{kind}.{part}{_SUFFIX}"


def read_letters(head: Path) -> Raw:
    """Return the letters of a head as one document: with the texts that lie beside it.

    Raises:
        Refusal: A file cannot be read, or is no UTF-8.
    """
    return with_texts(read_yaml(head), head)


def with_texts(raw: Raw, head: Path) -> Raw:
    """Return a document with the texts that lie beside it; one that has its texts in itself stays as it is."""
    if "texts" in raw:
        return raw
    texts: dict[str, dict[str, dict[str, str]]] = {}
    for path in sorted(head.parent.glob(f"*/*{_SUFFIX}")):
        kind, _, part = path.name.removesuffix(_SUFFIX).partition(".")
        texts.setdefault(path.parent.name, {}).setdefault(kind, {})[part] = _text(path)
    return {**raw, "texts": texts}


def strangers(head: Path) -> list[Reason]:
    """Return a problem for each file beside a head that is no text of a letter, and would be passed over in silence."""
    known = {place(language, kind, part) for language in LANGUAGES for kind in KINDS for part in PARTS}
    found = [path for path in sorted(head.parent.glob(f"*/*{_SUFFIX}")) if _place(path) not in known]
    parts = ", ".join(PARTS)
    return [
        Reason(
            code="letters.stranger",
            kind=ErrorKind.INVALID,
            params={"file": str(path), "languages": ", ".join(LANGUAGES), "kinds": ", ".join(KINDS), "parts": parts},
        )
        for path in found
    ]


def _place(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _text(path: Path) -> str:
    """Return a text with the line ends of every platform as one, so that its digest is the same on all of them."""
    try:
        text = read_source(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Title(zh=f"第{error.start + 1}个字节不是UTF-8", en=f"byte {error.start + 1} is no UTF-8")
        raise Refusal("letters.unreadable", ErrorKind.INVALID, file=str(path), problem=problem) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")
