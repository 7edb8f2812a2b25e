"""Rows of a ledger for tests."""

from __future__ import annotations

from typing import Any

from schemas.ledger import LedgerRow
from tests.support.journals import BUILDER


def ledger_rows(count: int, **changes: Any) -> list[LedgerRow]:  # noqa: ANN401 - fields of LedgerRow
    """Return rows for as many villages of 福贡县, with some of their fields changed."""
    same: dict[str, Any] = {
        "county": "福贡县",
        "province": "云南省",
        "technology": "fibre",
        "batch": "2018",
        "builder": BUILDER,
    }
    rows: list[dict[str, Any]] = [
        {"row": n + 2, "village_code": f"5333231{n:05d}", "village_name": f"第{n}村"} for n in range(count)
    ]
    return [LedgerRow.model_validate({**row, **same, **changes}) for row in rows]
