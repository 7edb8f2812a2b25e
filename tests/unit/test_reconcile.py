"""From the planned to the final list of tasks: every task that left or came is a line, and the lines add up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import reconcile as rules
from schemas.event import ChangeEffected
from schemas.matter import Change
from schemas.reconcile import BatchUnits, Group, ReconcileKey, TaskRow
from tests.support import journals

CHENGDE = "130821"


def tasks(count: int, first: int = 1, county: str = CHENGDE, **changes: str) -> Iterator[TaskRow]:
    for number in range(first, first + count):
        code = f"{county}{100000 + number}"
        known = {"project_id": f"P-{county}-{number}", "programme": "US", "batch": "2016", "technology": "fibre"}
        yield TaskRow.model_validate({**known, "first_village_code": code, "status": "running", **changes})


def lines(group: Group) -> list[tuple[str, str, int]]:
    return [(line.kind, line.code, line.count) for line in group.lines]


def chengde() -> list[TaskRow]:
    """Return the real case: 749 planned, 8 listed twice, 5 served by operators of Beijing and Tianjin."""
    return [
        *tasks(736),
        *tasks(8, 737, status="cancelled", ended_code="DUPLICATE"),
        *tasks(5, 745, status="cancelled", ended_code="COVERED_BY_OTHER"),
    ]


def test_chengde() -> None:
    found = rules.reconcile(chengde(), [])
    assert lines(found.total) == [
        ("planned", "", 749),
        ("cancelled", "DUPLICATE", -8),
        ("cancelled", "COVERED_BY_OTHER", -5),
        ("final", "", 736),
    ]
    assert found.total.gap == 0
    assert rules.adds_up(found)


def change(kind: str, **fields: object) -> ChangeEffected:
    made = Change.model_validate({"kind": kind, "code": "SPLIT", **fields})
    return ChangeEffected(key="M1", change=made, project=journals.project())


def test_merged_rejected_and_split() -> None:
    """A successor counts as added, wherever it stands in the ledger; moves and new codes leave the number as it is."""
    rows = [
        *tasks(10),
        *tasks(1, 11, status="cancelled", ended_code="MERGED", merged_into=f"P-{CHENGDE}-1"),
        *tasks(1, 12, status="rejected", ended_code="FILES"),
    ]
    changes = [
        (f"P-{CHENGDE}-1", change("split", successors=(f"{CHENGDE}100010",))),
        (f"P-{CHENGDE}-2", change("recode", village_code=f"{CHENGDE}100099")),
        (f"P-{CHENGDE}-3", change("move", place="安置点")),
    ]
    found = rules.reconcile(rows, changes)
    assert lines(found.total) == [
        ("planned", "", 11),
        ("rejected", "FILES", -1),
        ("merged", "MERGED", -1),
        ("added", "", 1),
        ("final", "", 10),
    ]
    assert found.changes == {"move": 1, "recode": 1, "split": 1}
    assert rules.adds_up(found)


@pytest.mark.parametrize(
    ("rows", "changes", "code"),
    [
        ([*tasks(1, status="cancelled")], [], "reconcile.no_reason"),
        (
            [
                *tasks(1, status="cancelled", ended_code="MERGED", merged_into=f"P-{CHENGDE}-2"),
                *tasks(1, 2, status="cancelled", ended_code="DUPLICATE"),
            ],
            [],
            "reconcile.merged_into_ended",
        ),
        ([*tasks(1)], [(f"P-{CHENGDE}-1", change("split", successors=("130821100777",)))], "reconcile.no_successor"),
    ],
    ids=["no-reason", "merged-into-nothing", "no-successor"],
)
def test_what_cannot_be_explained_is_said(
    rows: list[TaskRow], changes: list[tuple[str, ChangeEffected]], code: str
) -> None:
    found = rules.reconcile(rows, changes)
    assert [problem.code for problem in found.problems] == [code]
    assert not rules.adds_up(found)


def test_units_of_batches() -> None:
    """Units come and go by reason; a total that changed without a change does not add up."""
    even = BatchUnits(project_id="B-1", code="13", planned=461, final=450, moved={"RESERVE": -12, "SITE_MOVE": 1})
    found = rules.reconcile([], [], [even])
    assert found.units is not None
    assert lines(found.units) == [
        ("planned", "", 461),
        ("removed", "RESERVE", -12),
        ("added", "SITE_MOVE", 1),
        ("final", "", 450),
    ]
    assert rules.adds_up(found)
    uneven = rules.reconcile([], [], [even.model_copy(update={"final": 440})])
    assert [problem.code for problem in uneven.problems] == ["reconcile.units"]
    assert uneven.units is not None
    assert uneven.units.gap == -10


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["130821", "130822", "130925", "533301"]),
            st.sampled_from(["registered", "running", "completed", "cancelled", "rejected"]),
            st.sampled_from(["DUPLICATE", "RESERVE"]),
            st.booleans(),
        ),
        max_size=60,
    ),
    st.sampled_from(["county", "prefecture", "province"]),
)
def test_groups_add_up_to_the_whole(listed: list[tuple[str, str, str, bool]], by: ReconcileKey) -> None:
    rows = []
    for number, (county, status, code, is_merged) in enumerate(listed):
        is_ended = status in {"cancelled", "rejected"}
        ending = {"ended_code": code if is_ended else "", "merged_into": "P-9" if is_ended and is_merged else ""}
        rows += list(tasks(1, number, county, status=status, **ending))
    found = rules.reconcile(rows, [], by=by)
    assert rules.adds_up(found)
    for kind in ("planned", "final"):
        ends = [line.count for group in found.tasks for line in group.lines if line.kind == kind]
        assert sum(ends) == next(line.count for line in found.total.lines if line.kind == kind)
    assert all(sum(line.count for line in group.lines[:-1]) == group.lines[-1].count for group in found.tasks)
