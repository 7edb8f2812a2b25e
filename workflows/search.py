"""Search attributes in the engine's own types."""

from __future__ import annotations

from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from rules.attributes import Attributes
from schemas import names

_MAKERS: dict[str, Any] = {
    "Keyword": SearchAttributeKey.for_keyword,
    "Int": SearchAttributeKey.for_int,
    "Datetime": SearchAttributeKey.for_datetime,
}
_KEYS: dict[str, SearchAttributeKey[Any]] = {
    name: _MAKERS[type_](name) for name, type_ in names.SEARCH_ATTRIBUTES.items()
}


def typed(values: Attributes) -> TypedSearchAttributes:
    """Return all values, for a new run."""
    pairs = [SearchAttributePair(_KEYS[name], value) for name, value in values.by_name().items() if value is not None]
    return TypedSearchAttributes(pairs)


def changes(told: TypedSearchAttributes, values: Attributes) -> list[SearchAttributeUpdate[Any]]:
    """Return what the engine has to be told: where the values differ from what it knows."""
    return [
        _KEYS[name].value_unset() if value is None else _KEYS[name].value_set(value)
        for name, value in values.by_name().items()
        if value != told.get(_KEYS[name])
    ]
