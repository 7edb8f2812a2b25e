"""What pydantic finds wrong is told in the reader's language, without its English words in a Chinese sentence."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from infra.files.model_error import rule


class _Asked(BaseModel):
    result: Literal["passed", "failed"] = "passed"
    amount: Annotated[float, Field(allow_inf_nan=False)] = 1.0
    units: Annotated[tuple[str, ...], Field(min_length=1)] = ("a",)


@pytest.mark.parametrize(
    ("asked", "zh"),
    [
        ({"result": "maybe"}, "只能是 'passed', 'failed'"),
        ({"amount": float("nan")}, "应为有限的数"),
        ({"units": ()}, "长度不得少于 1"),
    ],
)
def test_a_broken_rule_is_told_in_chinese(asked: dict[str, object], zh: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _Asked.model_validate(asked)
    assert rule(caught.value.errors()[0]).zh == zh
