"""Checks the facts stated when a stage is closed against what the plan asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import isfinite

from schemas.command import FactValue
from schemas.message import Title
from schemas.plan import Closing, Fact
from schemas.reason import Refusal


def checked(
    closing: Closing,
    stated: Mapping[str, FactValue],
    *,
    is_frozen: bool = False,
    passed: Mapping[str, FactValue] | None = None,
) -> dict[str, FactValue]:
    """Return the facts as the plan's types: numbers as floats, dates as ISO text.

    Args:
        closing: What the plan asks for.
        stated: What is stated now.
        is_frozen: Whether the retained payment is frozen.
        passed: Facts of the parts of an acceptance that have passed before; they stand, and are part of the answer.

    Raises:
        Refusal: One is missing, unknown, of the wrong type, beyond its thresholds, or stands already.
    """
    known = {fact.key: fact for fact in closing.facts}
    before = dict(passed or {})
    for key in stated:
        if key not in known:
            raise Refusal("fact.unknown", fact=key, known=", ".join(known) or "—")
    given = {key: value for key, value in stated.items() if str(value).strip()}
    for key in given:
        if key in before:
            raise Refusal("fact.already_checked", fact=known[key].title, key=key, value=str(before[key]))
    _complete(closing, {*given, *before}, is_frozen=is_frozen)
    return {**before, **{key: _typed(known[key], value) for key, value in given.items()}}


def missing(closing: Closing, given: Iterable[str], *, is_frozen: bool = False) -> list[Fact]:
    """Return the facts that are required and not given."""
    there = set(given)
    needed = {"always", "frozen"} if is_frozen else {"always"}
    return [fact for fact in closing.facts if fact.required in needed and fact.key not in there]


def open_choices(closing: Closing, given: Iterable[str]) -> Iterator[tuple[Fact, ...]]:
    """Yield the groups of alternatives of which none is given."""
    there = set(given)
    for name in dict.fromkeys(fact.one_of for fact in closing.facts if fact.one_of):
        group = tuple(fact for fact in closing.facts if fact.one_of == name)
        if there.isdisjoint(fact.key for fact in group):
            yield group


def _complete(closing: Closing, given: set[str], *, is_frozen: bool) -> None:
    lacking = missing(closing, given, is_frozen=is_frozen)
    if lacking and lacking[0].required == "frozen":
        raise Refusal("payment.frozen", fact=lacking[0].title, key=lacking[0].key)
    if lacking:
        raise Refusal("fact.missing", fact=lacking[0].title, key=lacking[0].key)
    for group in open_choices(closing, given):
        titles = Title(zh="、".join(fact.title.zh for fact in group), en="; ".join(fact.title.en for fact in group))
        raise Refusal("fact.one_of_missing", facts=titles, keys=", ".join(fact.key for fact in group))


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
    if fact.maximum is not None and number > fact.maximum:
        raise Refusal("fact.above_maximum", fact=fact.title, key=fact.key, value=number, maximum=fact.maximum)
    return number


def _date(fact: Fact, value: FactValue) -> str:
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise Refusal("fact.not_a_date", fact=fact.title, key=fact.key, value=str(value)) from None
