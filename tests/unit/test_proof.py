"""What the rules say fell due is held against the journal, entry by entry; what became of a notice is a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from rules import proof
from rules.project import entries
from rules.proof import Span
from schemas.event import Entry, RungFired
from schemas.proof import NoticeFacts, ProjectProof, RungProof
from tests.support import batches, books, journals
from tests.support.journals import Journal

DAY = timedelta(days=1)
EVER = Span(journals.STARTED_AT - DAY, journals.STARTED_AT + 4000 * DAY)


def walked(journal: Journal, written: list[Entry] | None = None, span: Span = EVER) -> list[RungProof]:
    return proof.rungs(journal.entries if written is None else written, books.shelf().book, span, journal.at)


def told(found: list[RungProof]) -> list[tuple[str, str]]:
    return [(one.verdict, one.reason) for one in found if (one.verdict, one.reason) != ("fired", "")]


def late(days: float = 80) -> Journal:
    """Return the journal of a project whose first stage is long overdue."""
    journal = Journal()
    journal.days(days)
    return journal


@pytest.mark.parametrize("make", [journals.eventful, journals.on_time, late])
def test_a_journal_that_the_rules_wrote_is_as_the_rules_say(make: Callable[[], Journal]) -> None:
    journal = make()
    fired = [entry for entry in journal.entries if isinstance(entry.event, RungFired)]
    found = walked(journal)
    assert told(found) == []
    assert sorted(one.seq for one in found) == [entry.seq for entry in fired]


def renumbered(kept: list[Entry]) -> list[Entry]:
    return [entry.model_copy(update={"seq": seq}) for seq, entry in enumerate(kept, start=1)]


def test_a_rung_taken_out_of_the_journal_is_missing_with_its_instant() -> None:
    journal = late()
    first = next(entry for entry in journal.entries if isinstance(entry.event, RungFired))
    assert isinstance(first.event, RungFired)
    (gone,) = [
        one for one in walked(journal, renumbered([e for e in journal.entries if e is not first])) if not one.seq
    ]
    assert (gone.verdict, gone.reason) == ("missing", "passed_over")
    assert (gone.rung, gone.due_at, gone.to) == (first.event.rung, first.event.nominal_at, first.event.to)


def test_the_last_rung_that_did_not_come_is_missing_until_now() -> None:
    journal = late()
    assert isinstance(journal.entries[-1].event, RungFired)
    assert told(walked(journal, journal.entries[:-1])) == [("missing", "not_claimed")]


def test_a_rung_that_no_rule_makes_is_unexpected() -> None:
    journal = late(1)
    rung = RungFired(
        stage="funding",
        round=1,
        turn="work",
        generation=0,
        rung="invented",
        kind="reminder",
        level=0,
        nominal_at=journal.at,
        due_at=journal.at,
        to=("county_officer",),
    )
    extra = entries(journal.now, [rung], journal.at)
    assert told(walked(journal, [*journal.entries, *extra])) == [("unexpected", "not_due")]


@pytest.mark.parametrize(
    ("shift", "reason"), [(timedelta(hours=2), ("fired", "late")), (-timedelta(hours=2), ("unexpected", "early"))]
)
def test_when_a_rung_was_claimed_is_compared(shift: timedelta, reason: tuple[str, str]) -> None:
    journal = late()
    last = journal.entries[-1]
    moved = last.model_copy(update={"at": last.at + shift})
    assert told(walked(journal, [*journal.entries[:-1], moved])) == [reason]


def test_another_instant_than_that_of_the_rules_is_unexpected() -> None:
    journal = late()
    last = journal.entries[-1]
    assert isinstance(last.event, RungFired)
    other = last.event.model_copy(update={"nominal_at": last.event.nominal_at - DAY})
    changed = [*journal.entries[:-1], last.model_copy(update={"event": other})]
    assert ("unexpected", "other_instant") in told(walked(journal, changed))


def test_only_the_month_asked_for_is_looked_at() -> None:
    journal = journals.eventful()
    calendar = journal.book.calendar
    spans = [proof.month(2018 + number // 12, number % 12 + 1, calendar) for number in range(36)]
    assert all(one.until == other.since for one, other in pairwise(spans))
    parts = [one.seq for span in spans for one in walked(journal, span=span)]
    assert sorted(parts) == sorted(one.seq for one in walked(journal))
    assert len(parts) == len(set(parts))


def test_a_project_without_entries_of_the_month_is_judged_by_its_state() -> None:
    journal = late(1)
    span = Span(journal.at + DAY, journal.at + 100 * DAY)
    found = proof.rungs((), books.shelf().book, span, span.until, journal.now)
    assert found
    assert {(one.verdict, one.reason) for one in found} == {("missing", "not_claimed")}


def test_the_message_about_the_gap_of_a_batch_is_owed() -> None:
    life = batches.after_year(3, built=150)
    batches.count(life, built=330)
    batches.count(life, built=400)
    whole = [e for e in life.journal if isinstance(e.event, RungFired) and not e.event.stage]
    assert len(whole) > 2
    found = proof.rungs(life.journal, lambda _: life.book, EVER_AFTER, life.now)
    assert told(found) == []
    kept = renumbered([entry for entry in life.journal if entry is not whole[0]])
    missing = [one for one in proof.rungs(kept, lambda _: life.book, EVER_AFTER, life.now) if not one.seq]
    assert [one.rung for one in missing] == [getattr(whole[0].event, "rung", "")]


EVER_AFTER = Span(journals.STARTED_AT - 9000 * DAY, journals.STARTED_AT + 9000 * DAY)

FATES: list[tuple[dict[str, object], tuple[str, str]]] = [
    ({"state": "waiting"}, ("waiting", "")),
    ({"state": "held", "reason_code": "nobody_found"}, ("held", "nobody_found")),
    ({"state": "suppressed", "silence": 12}, ("suppressed", "S-12")),
    ({"state": "superseded", "reason_code": "outdated"}, ("superseded", "outdated")),
    ({"letter_state": ""}, ("missing", "no_letter")),
    ({"letter_person": "other"}, ("missing", "letter_of_another")),
    ({"letter_state": "pending"}, ("waiting", "")),
    ({"letter_state": "pending", "attempts": [("email", "unknown")]}, ("unknown", "unknown_try")),
    ({"attempts": [("email", "accepted")]}, ("sent_once", "")),
    ({"attempts": [("email", "rejected"), ("email", "accepted")]}, ("sent_once", "")),
    ({"attempts": [("email", "accepted"), ("email", "accepted")]}, ("duplicate", "arrived_twice")),
    ({"attempts": [("sms", "accepted"), ("email", "accepted")]}, ("duplicate", "arrived_twice")),
    ({"attempts": [("email", "unknown"), ("email", "accepted")]}, ("unknown", "unknown_try")),
    ({"attempts": [("hook", "unknown"), ("hook", "accepted")]}, ("sent_once", "")),
    ({"attempts": [("hook", "unknown"), ("email", "accepted")]}, ("unknown", "unknown_try")),
    ({"attempts": [("sms", "accepted")], "receipts": [("sms", "delivered")]}, ("sent_once", "")),
    ({"attempts": [("sms", "accepted")], "receipts": [("sms", "delivered")] * 2}, ("sent_once", "")),
    ({"attempts": [("sms", "accepted")], "receipts": [("sms", "delivered"), ("sms", "opened")]}, ("sent_once", "")),
    ({"attempts": [("sms", "unknown")], "receipts": [("sms", "delivered")]}, ("sent_once", "")),
    ({"attempts": [("sms", "unknown")], "receipts": [("sms", "opened")] * 2}, ("sent_once", "")),
    ({"attempts": [("sms", "unknown")] * 2, "receipts": [("sms", "opened")]}, ("unknown", "unknown_try")),
    ({"attempts": [("hook", "unknown")] * 2, "receipts": [("hook", "opened")]}, ("sent_once", "")),
    ({"attempts": [("sms", "unknown")], "receipts": [("email", "opened")]}, ("unknown", "unknown_try")),
    ({"attempts": [("hook", "accepted"), ("hook", "accepted")]}, ("sent_once", "")),
    ({"attempts": [("hook", "accepted"), ("email", "accepted")]}, ("duplicate", "arrived_twice")),
    ({"attempts": [("sms", "unknown"), ("sms", "rejected")]}, ("unknown", "unknown_try")),
    (
        {"attempts": [("sms", "rejected"), ("email", "accepted")], "receipts": [("sms", "failed")]},
        ("sent_once", ""),
    ),
    (
        {"attempts": [("sms", "unknown"), ("email", "accepted")], "receipts": [("sms", "delivered")]},
        ("duplicate", "arrived_twice"),
    ),
    ({"attempts": [("email", "accepted")], "receipts": [("email", "bounced")]}, ("sent_once", "bounced")),
    ({"attempts": [("email", "unknown")], "letter_reason": "settled_arrived"}, ("sent_once", "settled_arrived")),
    ({"attempts": []}, ("missing", "no_try")),
    ({"letter_state": "unclear", "letter_reason": "unknown_outcome"}, ("unknown", "unknown_outcome")),
    ({"letter_state": "dead", "letter_reason": "refused"}, ("dead", "refused")),
    ({"letter_state": "superseded", "reason_code": "stage_closed"}, ("superseded", "stage_closed")),
]


def facts(**changes: object) -> NoticeFacts:
    known: dict[str, object] = {"key": "k", "project_id": "P", "seq": 3, "person_id": "p", "roles": ("builder",)}
    lettered = {"state": "written", "letter": "L", "letter_state": "delivered", "letter_person": "p"}
    return NoticeFacts.model_validate({**known, **lettered, **changes})


@pytest.mark.parametrize(("changes", "expected"), FATES)
def test_what_became_of_a_notice(changes: dict[str, object], expected: tuple[str, str]) -> None:
    assert proof.fate(facts(**changes), {"hook"}) == expected


def test_every_receiver_of_a_rung_is_asked_for_and_the_sums_add_up() -> None:
    rung = RungProof(
        project_id="P",
        seq=3,
        stage="cable",
        rung="r",
        kind="reminder",
        level=0,
        due_at=journals.STARTED_AT,
        to=("builder", "county_officer"),
        verdict="fired",
    )
    gone = rung.model_copy(update={"seq": 0, "verdict": "missing"})
    sent = facts(attempts=[("email", "accepted")])
    twice = facts(key="k2", attempts=[("email", "accepted")])
    found = proof.notices([rung, gone], [sent, twice], ())
    assert [(one.fate, one.reason) for one in found] == [
        ("missing", "no_notice:county_officer"),
        ("sent_once", ""),
        ("duplicate", "two_notices"),
    ]
    totals = proof.added([ProjectProof(project_id="P", seq=9, is_over=False, rungs=(rung, gone), notices=found)])
    assert (totals.expected, totals.fired, totals.missing, totals.told) == (2, 1, 1, 1)
    assert (totals.notices, totals.left_out) == (2, 1)
    assert proof.add_up(totals)
    assert not proof.add_up(totals.model_copy(update={"notices": 3}))
