"""The 12-digit code of a village: how it is read from a cell, and what its prefix tells.

Province 2, prefecture 2, county 2 (GB/T 2260), township 3, village 3 digits. Codes change from year to year, so a code
is an attribute of a village as at a date and never its identity.
"""

from __future__ import annotations

import re
from decimal import Decimal

from rules.ledger_cells import BadCell, Cell, narrow, plain

CODE_DIGITS = 12
COUNTY_DIGITS = 6
_NO_VILLAGE = "000000"

THREE_REGIONS: tuple[str, ...] = (
    *("54", "6529", "6530", "6531", "6532"),
    *("6322", "6323", "6325", "6326", "6327", "6328"),
    *("5132", "5133", "513422", "5334", "6230", "620623"),
    *("6229", "5134", "5333"),
)
"""Code prefixes of 三区三州: Tibet, four prefectures of southern Xinjiang, the Tibetan areas of four provinces, and
Linxia, Liangshan and Nujiang. The regional corps (兵团) has cities of its own outside these prefixes."""

_PROVINCES = frozenset(
    str(prefix)
    for prefix in (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66))
) | {"71", "81", "82"}
_CODE = re.compile(r"[0-9]{12}")
_MARKS = re.compile(r"[\W_]+")
_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1"})
_FLOAT = re.compile(r"[0-9]+\.0*|[0-9]+(?:\.[0-9]+)?[eE][+]?[0-9]{1,2}")


def village_code(cell: Cell) -> str:
    """Return the 12-digit code of a village as text.

    Raises:
        BadCell: It is none, as for `place_code`, or names a county.
    """
    code = place_code(cell)
    if is_county(code):
        raise BadCell("ledger.code_not_village")
    return code


def place_code(cell: Cell) -> str:
    """Return the 12-digit code of a village or county as text; full-width digits and blanks around it are put right.

    Raises:
        BadCell: It is a number (even one with twelve digits: what a spreadsheet has rounded cannot be told), has other
            characters than digits, another length, an unknown province, or names a township.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        raise BadCell("ledger.code_is_float", suggestion=_offered(plain(cell)))
    text = narrow(plain(cell))
    if _FLOAT.fullmatch(text):
        raise BadCell("ledger.code_is_float", suggestion=_offered(_digits_of_float(text)))
    if not (text.isascii() and text.isdigit()):
        raise BadCell("ledger.code_not_digits", suggestion=_offered(_MARKS.sub("", text).translate(_LOOKALIKES)))
    if len(text) != CODE_DIGITS:
        raise BadCell("ledger.code_length", length=len(text))
    if text[:2] not in _PROVINCES:
        raise BadCell("ledger.unknown_province", prefix=text[:2])
    if text.endswith("000") and not is_county(text):
        raise BadCell("ledger.code_not_village")
    return text


def is_county(code: str) -> bool:
    """Whether a 12-digit code stands for a county as a whole: six digits and six zeros."""
    return code.endswith(_NO_VILLAGE) and not code[:COUNTY_DIGITS].endswith("00")


def county_of(code: str) -> str:
    """Return the 12-digit code of the county in which a place lies."""
    return code[:COUNTY_DIGITS] + _NO_VILLAGE


def is_in_three_regions(code: str) -> bool:
    """Whether a code lies in 三区三州."""
    return code.startswith(THREE_REGIONS)


def _offered(text: str) -> str:
    # A suggestion that would be refused in its turn helps nobody.
    is_code = bool(_CODE.fullmatch(text)) and text[:2] in _PROVINCES and not text.endswith("000")
    return text if is_code else ""


def _digits_of_float(text: str) -> str:
    # 5.33301E+11 has lost the village; only a notation that still holds all twelve digits is worth a suggestion.
    mantissa = re.split(r"[eE]", text)[0].replace(".", "")
    is_whole = "e" not in text.lower() or len(mantissa) >= CODE_DIGITS
    return str(int(Decimal(text))) if is_whole else ""
