"""One cell of a ledger: what a person wrote, turned into the one notation, or refused with a coded reason.

Width of digits, blanks around a word and the many words for one thing are put right. A value is never guessed:
where only one reading is possible it is offered as a suggestion, and the person decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from rules import ledger_words as words
from rules.ledger_words import Vocabulary
from schemas.ledger import NetworkStatus, Tier
from schemas.project import Technology
from schemas.reason import Param

T = TypeVar("T")

Cell = str | int | float | bool | date | datetime | time | timedelta | None
"""A cell as the readers of CSV and XLSX give it."""

TEXT_LIMIT = 200
HOUSEHOLDS_LIMIT = 100_000
FUNDING_LIMIT = 1_000_000_000
VALUE_LIMIT = 80

_BETWEEN = re.compile(r"[\s_\-]+")
_BUILDER = re.compile(r"[a-z][a-z0-9-]{0,31}")
_NUMBER = re.compile(r"-?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.[0-9]{1,20})?")
_DATES = (
    re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.0+)?)?)?"),
    re.compile(r"([0-9]{4})(年)([0-9]{1,2})月([0-9]{1,2})日?"),
    re.compile(r"([0-9]{4})()([0-9]{2})([0-9]{2})"),
)
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_INVISIBLE = {0x200B: None, 0xFEFF: None}
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_SERIAL_ZERO = date(1899, 12, 30)


# The same few words and numbers fill a ledger; `typed`, since 1 and True are equal but not the same cell.
_remembered = lru_cache(maxsize=4096, typed=True)


class BadCell(ValueError):  # noqa: N818 - names the cell, not the failure of a program
    """A cell that breaks a rule.

    Attributes:
        code: Code of the reason.
        suggestion: What to write instead, where only one reading is possible; else empty.
        params: Parameters of the sentence.
    """

    def __init__(self, code: str, suggestion: str = "", **params: Param) -> None:
        """Make it from the code of its reason."""
        super().__init__(code)
        self.code = code
        self.suggestion = suggestion
        self.params = params


def shown(cell: Cell, limit: int = VALUE_LIMIT) -> str:
    """Return a cell as one printable line of at most `limit` characters, for a message."""
    text = "".join(" " if _is_hidden(char) else char for char in plain(cell)[: limit + 1]).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def plain(cell: Cell) -> str:
    """Return a cell as text, as a spreadsheet would show it: 2018.0 as `2018`, a date as ISO."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


def narrow(text: str) -> str:
    """Return text with full-width letters and digits as ASCII, and without blanks around it."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def is_blank(cell: Cell) -> bool:
    """Whether there is nothing in a cell, or blanks only."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


@_remembered
def text_of(cell: Cell) -> str:
    """Return a name or label without blanks around it and with single blanks inside.

    Raises:
        BadCell: It is a date, is too long, or holds replacement characters left by an earlier wrong conversion.
    """
    if isinstance(cell, date | time | timedelta):
        raise BadCell("ledger.not_text")
    text = " ".join(plain(cell).split())
    if len(text) > TEXT_LIMIT:
        raise BadCell("ledger.too_long", limit=TEXT_LIMIT)
    if not text.isprintable():
        text = text.translate(_INVISIBLE)
    if "\ufffd" in text or (not text.isprintable() and any(map(_is_hidden, text))):
        raise BadCell("ledger.damaged_text")
    return text


@_remembered
def builder(cell: Cell) -> str:
    """Return the code of the organisation that builds; the four carriers are known by their Chinese names too.

    Raises:
        BadCell: It is neither a code nor one of these names.
    """
    text = narrow(plain(cell))
    code = words.BUILDER.get(text) or text.lower()
    if not _BUILDER.fullmatch(code):
        raise BadCell("ledger.bad_builder")
    return code


@_remembered
def day(cell: Cell) -> date:
    """Return a day from a date cell, ISO, 2018/9/3, 2018年9月3日, 20180903, or a serial number of Excel.

    Raises:
        BadCell: It is none of these, does not exist, or lies outside 2000-2099.
    """
    found = _day(cell)
    if found is None or not _FIRST_DAY <= found <= _LAST_DAY:
        raise BadCell("ledger.bad_date")
    return found


@_remembered
def households(cell: Cell) -> int:
    """Return a number of households.

    Raises:
        BadCell: It is no number, negative, not whole, or more than any village has.
    """
    number = _number(cell, HOUSEHOLDS_LIMIT)
    if number != number.to_integral_value():
        raise BadCell("ledger.not_whole")
    return int(number)


@_remembered
def funding_cny(cell: Cell) -> Decimal:
    """Return an amount in yuan, rounded to two decimals as a spreadsheet shows it.

    Raises:
        BadCell: It is no number, negative, or more than any village gets.
    """
    return _number(cell, FUNDING_LIMIT).quantize(Decimal("0.01"))


def _number(cell: Cell, limit: int) -> Decimal:
    # Decimal(str(float)) keeps what the person typed; Decimal(float) would show the binary tail.
    text = narrow(plain(cell))
    if isinstance(cell, bool | date | time | timedelta) or not _NUMBER.fullmatch(text):
        raise BadCell("ledger.bad_number")
    number = Decimal(text.replace(",", ""))
    if number < 0:
        raise BadCell("ledger.negative_number")
    if number > limit:
        raise BadCell("ledger.impossible_number", limit=limit)
    return number


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = narrow(plain(cell))
    if _SERIAL.fullmatch(text) and not isinstance(cell, bool):
        return _SERIAL_ZERO + timedelta(days=int(float(text)))
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            try:
                return date(int(match[1]), int(match[3]), int(match[4]))
            except ValueError:
                return None
    return None


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _word(text: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _choice(vocabulary: Vocabulary[T]) -> Callable[[Cell], T]:
    known = {_word(word): value for value, synonyms in vocabulary.words for word in synonyms.split()}

    @_remembered
    def read(cell: Cell) -> T:
        value = known.get(_word(plain(cell)))
        if value is None:
            raise BadCell("ledger.bad_choice", allowed=vocabulary.allowed)
        return value

    return read


technology: Callable[[Cell], Technology] = _choice(words.TECHNOLOGY)
"""What is to be built, from its Chinese or English words."""

tier: Callable[[Cell], Tier] = _choice(words.TIER)
"""Priority tier, from its Chinese or English words."""

network_status: Callable[[Cell], NetworkStatus] = _choice(words.NETWORK_STATUS)
"""Whether a network is there already."""

claim: Callable[[Cell], bool] = _choice(words.CLAIM)
"""Yes or no, from 是/否, 1/0, true/false or yes/no."""
