"""Checks the facts stated when a stage is closed against what the plan asks for."""

from __future__ import annotations

from datetime import date
from math import isfinite

from schemas.command import FactValue
from schemas.plan import Closing, Fact
from schemas.reason import Refusal


def checked(closing: Closing, stated: dict[str, FactValue], *, is_frozen: bool = False) -> dict[str, FactValue]:
    """Return the facts as the plan's types: numbers as floats, dates as ISO text.

    Raises:
        Refusal: One is missing, unknown, of the wrong type, or below its threshold.
    """
    known = {fact.key: fact for fact in closing.facts}
    for key in stated:
        if key not in known:
            raise Refusal("fact.unknown", fact=key, known=", ".join(known) or "—")
    given = {key: value for key, value in stated.items() if str(value).strip()}
    needed = {"always", "frozen"} if is_frozen else {"always"}
    missing = [fact for fact in closing.facts if fact.required in needed and fact.key not in given]
    if missing and missing[0].required == "frozen":
        raise Refusal("payment.frozen", fact=missing[0].title, key=missing[0].key)
    if missing:
        raise Refusal("fact.missing", fact=missing[0].title, key=missing[0].key)
    return {key: _typed(known[key], value) for key, value in given.items()}


def _typed(fact: Fact, value: FactValue) -> FactValue:
    if fact.type in {"number", "money"}:
        return _number(fact, value)
    if fact.type == "date":
        return _date(fact, value)
    if fact.type == "flag":
        if value is True or str(value).strip().lower() in {"true", "yes", "1", "是"}:
            return True
        raise Refusal("fact.not_confirmed", fact=fact.title, key=fact.key, value=str(value))
    return str(value).strip()


def _number(fact: Fact, value: FactValue) -> float:
    try:
        number = float(str(value).replace(",", ""))
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise Refusal("fact.not_a_number", fact=fact.title, key=fact.key, value=str(value))
    least = fact.minimum if fact.minimum is not None else 0.0 if fact.type == "money" else None
    if least is not None and number < least:
        raise Refusal("fact.below_minimum", fact=fact.title, key=fact.key, value=number, minimum=least)
    return number


def _date(fact: Fact, value: FactValue) -> str:
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise Refusal("fact.not_a_date", fact=fact.title, key=fact.key, value=str(value)) from None
