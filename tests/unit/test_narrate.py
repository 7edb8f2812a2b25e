"""Each line of the journal can be told, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.narrate import narrate
from rules.policy import Rulebook, Shelf
from rules.text import LANGUAGES
from schemas import event as e
from schemas.event import EVENT_TYPES, Entry
from schemas.matter import Change
from tests.support import books, journals

AT = datetime(2018, 5, 31, 1, 0, tzinfo=UTC)
DUE = datetime(2018, 5, 30, 16, 0, tzinfo=UTC)
TURN: dict[str, Any] = {"stage": "cable", "round": 1, "owner": "builder", "party": "builder", "budget_days": 90}
RUNG: dict[str, Any] = {"stage": "cable", "round": 1, "turn": "work", "generation": 0, "nominal_at": AT, "due_at": DUE}
MATTER: dict[str, Any] = {
    "key": "M1",
    "owner": "provincial_supervisor",
    "party": "supervisor",
    "budget_days": 10,
    "unit": "working",
}

SAMPLES: tuple[Any, ...] = (
    e.ProjectStarted(project=journals.project(), pins=books.pins(), stages=("funding",)),
    *(
        e.TurnOpened(**TURN, turn=turn, unit="calendar", due_at=DUE, code="NO_POWER", note="n")
        for turn in ("work", "rectification", "recheck", "obstacle")
    ),
    e.ProgressReported(stage="cable", percent=40, evidence=("a.jpg", "b.jpg")),
    e.StageClosed(stage="funding", act="approve", facts={"central_cny": 300000.0, "no_double_funding": True}),
    e.StageClosed(stage="public_notice", act="elapse"),
    e.AcceptanceRefused(stage="final_acceptance", item="速率"),
    e.RectificationSubmitted(stage="final_acceptance"),
    e.ObstacleCleared(stage="cable", note="通电"),
    e.StageReturned(stage="cable", reset=("cable", "equipment"), code="QUALITY", note="n"),
    e.ExtensionRequested(stage="cable", days=30, reason="雨季"),
    e.ExtensionGranted(stage="cable", days=20, original_due_at=DUE, previous_due_at=DUE, due_at=DUE, reason="雨季"),
    e.ExtensionGranted(stage="cable", days=20, original_due_at=DUE, previous_due_at=None, due_at=None, reason="雨季"),
    e.ExtensionDenied(stage="cable", reason="无依据"),
    e.ProjectHeld(code="WINTER_STOP", party="weather"),
    e.ProjectResumed(dues={"cable": DUE}),
    e.ProjectResumed(dues={}),
    e.DutyReassigned(role="builder", person_id="zhang", reason="出差"),
    e.DutyReassigned(role="builder", person_id="", reason="返岗"),
    e.Acknowledged(stage="cable", promised_at=DUE),
    e.RungFired(**RUNG, rung="reminder-7", kind="reminder", level=0, to=("builder", "county_officer")),
    e.RungFired(
        **{**RUNG, "turn": "rectification"},
        rung="ministry-report",
        kind="escalation",
        level=5,
        to=("ministry_supervisor",),
        consequence="freeze_retained_payment",
    ),
    e.PartPassed(stage="final_acceptance", part="list", facts={"list_reconciled": True}, note="n"),
    e.SpotChecked(stage="final_acceptance", is_passed=True, report_no="检查〔2019〕3号"),
    e.SpotChecked(stage="final_acceptance", is_passed=False, item="fibre", report_no="检查〔2019〕4号"),
    e.AcceptanceReopened(stage="final_acceptance", reset=("final_acceptance", "upkeep"), item="fibre"),
    e.PaymentReleased(amount_cny=12500.5, decision_no="党组〔2020〕9号", note="n"),
    e.MatterOpened(**MATTER, kind="extension", stage="cable", step="decision", due_at=DUE, note="雨季"),
    e.MatterPassed(**MATTER, passed="prefecture", step="province", due_at=DUE, number="云通〔2018〕3号"),
    e.MatterClosed(key="M1", kind="extension", outcome="granted"),
    e.MatterOpened(
        **MATTER, kind="change", step="prefecture", due_at=DUE, change=Change(kind="move", code="SITE_MOVE")
    ),
    e.DaysReattributed(stage="cable", since_at=AT, until_at=AT, party="road", cause="contest", matter="M1", due_at=DUE),
    e.DaysReattributed(stage="cable", since_at=AT, until_at=AT, party="system", cause="outage"),
    *(
        e.ChangeEffected(key="M2", change=Change.model_validate(change), project=journals.project(), number="1号")
        for change in (
            {"kind": "recode", "code": "RECODED", "village_code": "533323103202"},
            {"kind": "merge", "code": "MERGED", "into": "P-2"},
            {"kind": "split", "code": "SPLIT", "successors": ("533323103203",)},
            {"kind": "cancel", "code": "DUPLICATE"},
            {"kind": "remove_units", "code": "RESERVE", "units": ({"unit": "U1", "code": "RESERVE"},)},
        )
    ),
    e.RungFired(
        **{**RUNG, "turn": "decision"}, matter="M1", rung="overdue", kind="escalation", level=1, to=("builder",)
    ),
    e.PoliciesMigrated(
        pins=books.pins(),
        stages=("cable",),
        dues={"cable": DUE},
        previous_dues={"cable": AT},
        decision_no="P-000007",
        approved_by="wang",
    ),
    e.PoliciesMigrated(pins=books.pins(), stages=(), is_silent=False, decision_no="P-000008", approved_by="wang"),
    e.BatchCounted(total=461, built=300),
    *(
        e.GapAssessed(milestone="july", required=369, built=built, gap=gap, tier=tier, withheld_share=0.25)
        for built, gap, tier in ((369, 0.0, ""), (360, 0.024, ""), (300, 0.187, "behind"))
    ),
    *(
        e.RungFired(**{**RUNG, "stage": "", "kind": kind}, rung="behind", level=level, to=("builder_province",))
        for kind, level in (("escalation", 2), ("milestone", 1), ("milestone", 0))
    ),
    e.ProjectCompleted(),
    e.ProjectRejected(stage="funding", code="FILES", note="n"),
    e.ProjectCancelled(code="DUPLICATE", decision_no="云通〔2018〕9号"),
    e.EntryCorrected(corrected_seq=7, note="更正"),
)


def told(event: Any, lang: str, book: Rulebook | None = None, by: str = "li") -> str:  # noqa: ANN401 - any event
    return narrate(Entry(seq=1, at=AT, by=by, event=event), book or books.book(), lang)


def test_every_type_of_event_has_a_sample() -> None:
    assert {sample.type for sample in SAMPLES} == set(EVENT_TYPES)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample.type))
def test_every_event_can_be_told(sample: Any, lang: str) -> None:  # noqa: ANN401 - any event
    line = told(sample, lang)
    assert line.startswith("2018-05-31 09:00 +08:00 li")
    assert not re.search(r"[{}]|None|zh=|_", line.removeprefix("2018-05-31"))


@pytest.mark.parametrize(
    ("event", "zh", "en"),
    [
        (
            e.StageClosed(stage="funding", act="approve", facts={"central_cny": 300000.0, "no_double_funding": True}),
            "li：办结环节“资金审批”（批准资金），中央补助(元) 300000、已核对无重复支持 是",
            (
                "li: closed the stage 'Funding approval' (approve funding); Central subsidy, CNY 300000; "
                "Checked: not funded from another central source yes"
            ),
        ),
        (
            e.RungFired(**RUNG, rung="supervision-order", kind="escalation", level=2, to=("builder",)),
            "li：督办（第 2 级）：环节“光缆敷设”应不晚于 2018-05-30 办结，已逾期，发送至承建单位县级责任人",
            (
                "li: Supervision order (level 2): 'Fibre: cable' was due 2018-05-30 and is late; "
                "sent to Builder, county branch"
            ),
        ),
        (
            e.ProgressReported(stage="cable", percent=40, evidence=("a.jpg", "b.jpg"), note="杆路完成"),
            "li：上报环节“光缆敷设”进度 40%，佐证 2 件（杆路完成）",
            "li: reported 'Fibre: cable' at 40 %, 2 pieces of evidence (杆路完成)",
        ),
    ],
    ids=["closed", "rung", "progress"],
)
def test_who_did_what_to_which_stage(event: Any, zh: str, en: str) -> None:  # noqa: ANN401 - any event
    assert told(event, "zh-CN") == f"2018-05-31 09:00 +08:00 {zh}"
    assert told(event, "en") == f"2018-05-31 09:00 +08:00 {en}"


def test_what_the_clock_does_is_told_of_the_clock() -> None:
    assert "系统计时" in told(e.ProjectCompleted(), "zh-CN", by="")
    assert "the clock" in told(e.ProjectCompleted(), "en", by="")


def test_a_journal_outlives_its_policies() -> None:
    """Stages, rungs, roles and reasons that the policies no longer know are shown by their codes."""
    gone = e.StageReturned(stage="old-stage", reset=("old-stage", "cable"), code="OLD", note="n")
    assert "'old-stage', reason: OLD; to be done again: old-stage; Fibre: cable" in told(gone, "en")
    fired = e.RungFired(**{**RUNG, "stage": "old-stage"}, rung="old", kind="reminder", level=0, to=("old_role",))
    assert "old: 'old-stage' is due 2018-05-30; sent to old_role" in told(fired, "en")


def test_a_compressed_day_is_told_to_the_second() -> None:
    book = books.book(calendar="compressed")
    started = datetime(2026, 11, 24, 4, 5, 6, 700_000, tzinfo=UTC)
    due = started + timedelta(seconds=20)
    event = e.TurnOpened(**TURN, turn="work", unit="working", due_at=due)
    line = narrate(Entry(seq=2, at=started, event=event), book, "en")
    assert line.startswith("2026-11-24 12:05:06.7 +08:00 the clock: stage 'Fibre: cable' began")
    assert line.endswith("due 2026-11-24 12:05:26.7 +08:00")


def test_the_offset_is_that_of_the_calendar() -> None:
    calendar = {**next(raw for raw in books.raws() if raw["name"] == "china" and raw["kind"] == "calendar")}
    shelf = Shelf()
    for raw in books.raws():
        shelf.put(raw)
    pins = books.pins().model_copy(update={"calendar": shelf.put({**calendar, "utc_offset_hours": 5.5})})
    line = told(e.ProjectCompleted(), "en", shelf.book(pins))
    assert line.startswith("2018-05-31 06:30 +05:30 li")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("plan", ["universal-service-fibre", "universal-service-4g", "universal-service-both"])
def test_whole_lives_can_be_told(plan: str, lang: str) -> None:
    journal = journals.on_time(book=books.book(plan))
    assert all(narrate(entry, journal.book, lang) for entry in journal.entries)
    stormy = journals.eventful()
    assert all(narrate(entry, stormy.book, lang) for entry in stormy.entries)
