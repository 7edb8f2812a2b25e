"""Who may arrange who acts in a post: whoever is in it, and those above; never a company for a government office."""

from __future__ import annotations

import pytest

from rules.authority import may_arrange
from schemas.command import Actor
from tests.support import books
from tests.support.people import (
    BUILDER,
    BUILDER_PROVINCE,
    COUNTY,
    MINISTRY,
    NEIGHBOUR,
    NOBODY,
    OTHER_PROVINCE,
    PREFECTURE,
    PROVINCE,
    RIVAL,
)


@pytest.mark.parametrize(
    ("who", "whose", "may"),
    [
        (COUNTY, COUNTY, True),
        (PREFECTURE, COUNTY, True),
        (PROVINCE, COUNTY, True),
        (MINISTRY, COUNTY, True),
        (COUNTY, PREFECTURE, False),
        (NEIGHBOUR, COUNTY, False),
        (OTHER_PROVINCE, COUNTY, False),
        (BUILDER, COUNTY, False),
        (BUILDER_PROVINCE, COUNTY, False),
        (NOBODY, COUNTY, False),
        (BUILDER_PROVINCE, BUILDER, True),
        (BUILDER, BUILDER_PROVINCE, False),
        (RIVAL, BUILDER, False),
        (BUILDER_PROVINCE, RIVAL, False),
        (PREFECTURE, BUILDER, True),
        (NEIGHBOUR, BUILDER, False),
    ],
)
def test_who_may_arrange_a_post(who: Actor, whose: Actor, may: bool) -> None:  # noqa: FBT001 - a column of a table
    reason = may_arrange(who, whose.posts, books.book().roles)
    assert (reason is None) is may
    assert may or (reason and reason.code == "authority.not_over_post")
