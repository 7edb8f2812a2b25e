"""The terminal: text is shown as it is, whoever wrote it, and can neither be markup nor steer the terminal."""

from __future__ import annotations

import json
import re
from typing import Any

from rich.console import Console
from rich.text import Text

_FILE_WIDTH = 160
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNESCAPED = re.compile(r"[\x7f-\x9f]")


def clean(text: str) -> str:
    """Return a text without control characters, but with its line ends and tabs."""
    return _CONTROL.sub("", text)


def json_line(data: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """Return one line of JSON that says the same and holds no control character."""
    text = json.dumps(data, ensure_ascii=False, default=str)
    return _UNESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


class Screen(Console):
    """A console on which names in brackets stay names: every text, in tables too, passes `render_str`."""

    def __init__(self, *, is_terminal: bool, stderr: bool) -> None:
        """Write to stdout or stderr; to files as wide as they need it."""
        width = None if is_terminal else _FILE_WIDTH
        super().__init__(stderr=stderr, soft_wrap=True, highlight=False, markup=False, emoji=False, width=width)

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - those of rich
        """Return a text ready to be shown."""
        return super().render_str(clean(text), **options)
