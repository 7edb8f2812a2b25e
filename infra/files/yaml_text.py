"""Reads YAML that people write, and knows on which line everything stands.

Stricter than YAML: a key given twice is refused, where the usual loader silently keeps the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

import yaml

from infra.files.source import read_source
from schemas.reason import ErrorKind, Refusal

Place = Sequence[str | int]

_MERGE = "tag:yaml.org,2002:merge"
_BOOL = "tag:yaml.org,2002:bool"


class _Loader(yaml.SafeLoader):
    """The safe loader, without its silence about keys given twice; a key is a name, also when it reads `on`."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's
        seen: dict[Hashable, int] = {}
        for key_node, _ in node.value:
            if key_node.tag == _MERGE:
                continue
            if key_node.tag == _BOOL:
                key_node.tag = self.DEFAULT_SCALAR_TAG
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable) and key in seen:
                raise _TwiceError(str(key), seen[key], key_node.start_mark)
            if isinstance(key, Hashable):
                seen[key] = key_node.start_mark.line + 1
        return super().construct_mapping(node, deep)


class _TwiceError(yaml.MarkedYAMLError):
    def __init__(self, key: str, first_line: int, mark: yaml.Mark) -> None:
        super().__init__(problem=f"key given twice: {key}", problem_mark=mark)
        self.key = key
        self.first_line = first_line


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the one document of a YAML file, as it was written.

    Raises:
        Refusal: The file cannot be read, is no UTF-8, is no YAML, has a key twice, or holds no mapping. Names line
            and column.
    """
    text = _decoded(path)
    try:
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
    except _TwiceError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        place: dict[str, str | int] = {"file": str(path), "line": line, "key": error.key, "first": error.first_line}
        raise Refusal("yaml.key_twice", ErrorKind.INVALID, **place) from error
    except yaml.YAMLError as error:
        raise _syntax(path, text, error) from error
    except (RecursionError, ValueError) as error:
        raise Refusal("yaml.syntax", ErrorKind.INVALID, file=str(path), line=1, column=1, problem=str(error)) from error
    if not isinstance(raw, dict):
        raise Refusal("yaml.not_a_mapping", ErrorKind.INVALID, file=str(path))
    return raw


def lines_of(path: Path) -> Callable[[Place], int]:
    """Return a function that tells on which line a place of the file stands, or else the nearest place above it."""
    root = yaml.compose(_decoded(path), Loader=_Loader)

    def line(place: Place) -> int:
        node, mark = root, root.start_mark if root else None
        for step in place:
            found = _below(node, step)
            if found is None:
                break
            mark, node = found
        return mark.line + 1 if mark else 1

    return line


def _below(node: yaml.Node | None, step: str | int) -> tuple[yaml.Mark, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark, value) for key, value in node.value if str(key.value) == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark, node.value[step]
    return None


def _decoded(path: Path) -> str:
    content = read_source(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refusal("yaml.not_utf8", ErrorKind.INVALID, file=str(path), line=line) from error


def _syntax(path: Path, text: str, error: yaml.YAMLError) -> Refusal:
    line, column, problem = 1, 1, str(error)
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = ", ".join(part for part in (error.context, error.problem) if part)
    elif isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        problem = f"character U+{ord(text[error.position]):04X} is not allowed"
    return Refusal("yaml.syntax", ErrorKind.INVALID, file=str(path), line=line, column=column, problem=problem)
