"""Turns codes and parameters into sentences in the reader's language."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from rules.texts import CATALOGUE
from schemas.message import Title
from schemas.reason import Param, Reason

LANGUAGES = ("zh-CN", "en")

_BLANKS_AND_CONTROLS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_MISLEADING = re.compile(
    "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""What turns the direction of writing around or cannot be seen, and halves of characters. Joiners stay: some scripts
need them."""


def language(wanted: str) -> str:
    """Return `zh-CN` for any Chinese locale name (`zh`, `zh_CN.UTF-8`, ...), else `en`."""
    return "zh-CN" if wanted.lower().startswith("zh") else "en"


def one_line(text: str) -> str:
    """Return a text as it may stand in a header, a title or a cell: in one line, with nothing that misleads the eye."""
    return _BLANKS_AND_CONTROLS.sub(" ", _MISLEADING.sub("", text)).strip()


def say(code: str, lang: str, /, **params: Param | datetime | None) -> str:
    """Return the sentence for `code` in `lang`.

    Raises:
        KeyError: The code, or a parameter of its sentence, is missing. A test keeps this from happening.
    """
    sentence = CATALOGUE[code][0 if lang.startswith("zh") else 1]
    return sentence.format(**{key: _shown(value, lang) for key, value in params.items()})


def both(code: str, /, **params: Param) -> Title:
    """Return the sentence for `code` in both languages, to stand inside another one."""
    return Title(zh=say(code, "zh-CN", **params), en=say(code, "en", **params))


def render(reason: Reason, lang: str) -> str:
    """Return the sentence of a coded reason in `lang`."""
    return say(reason.code, lang, **reason.params)


def _shown(value: Param | datetime | None, lang: str) -> str | int | float:
    if isinstance(value, Title):
        return value.text(lang)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return "" if value is None else value
