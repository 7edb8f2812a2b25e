"""Months of projects as data: who does what on which day of 2018 and after, and which rungs fire meanwhile.

Times are those on the clocks of the place. The same timelines are played on the server and by the pure rules, and
their histories are recorded for the replay tests.
"""

from __future__ import annotations

from schemas.command import (
    Act,
    Actor,
    Agree,
    Cancel,
    Check,
    ClearObstacle,
    Close,
    Correct,
    DenyExtension,
    FactValue,
    GrantExtension,
    HoldProject,
    Reassign,
    Refuse,
    Reject,
    ReleasePayment,
    Report,
    ReportObstacle,
    RequestChange,
    RequestExtension,
    ResumeProject,
    Return,
    SpotCheckResult,
)
from tests.support.people import BUILDER, COUNTY, MINISTRY, POWER, PREFECTURE, PROVINCE, PROVINCE_DEPUTY
from tests.timeskip.script import BOTH, FIBRE, Builds, Closes, Does, Promises, Timeline, Waits

_TO_BASELINE = (Closes("2018-05-21", "funding"), Closes("2018-07-16", "contract"), Closes("2018-08-06", "baseline"))
_TO_SELF_CHECK = (
    *_TO_BASELINE,
    Closes("2018-09-17", "survey_design"),
    Builds(),
    Closes("2019-03-14", "self_check"),
)
_TO_THE_END = (
    Closes("2019-06-24", "final_acceptance"),
    Closes("2019-07-15", "settlement"),
    Waits("2025-07-21"),
)
_FIELD: dict[str, FactValue] = {"fibre_mbps": 60, "spare_cores": 4, "sites_reached": True}


def _cancelled(at: str) -> Does:
    return Does(at, PROVINCE, Cancel(code="COVERED_BY_OTHER", decision_no="No. 9"))


def _taken_out(on: str) -> tuple[Does, ...]:
    """Everybody agrees on one day: after the baseline a task leaves the list only so."""
    asked = RequestChange(kind="cancel", code="COVERED_BY_OTHER", note="covered by another operator")
    agreed = [(who, Agree(number="No. 9")) for who in (PREFECTURE, PROVINCE, PROVINCE_DEPUTY)]
    steps: list[tuple[Actor, Act]] = [(COUNTY, asked), *agreed]
    return tuple(Does(f"{on} 10:0{minute}", by, act) for minute, (by, act) in enumerate(steps))


TIMELINES = (
    Timeline(
        "on-time",
        (*_TO_SELF_CHECK, Closes("2019-04-15", "preliminary_acceptance"), *_TO_THE_END),
        fires=(
            "2018-08-06 09:00 baseline reminder-7",
            "2019-06-13 09:00 final_acceptance reminder-7",
            "2019-06-21 09:00 final_acceptance reminder-1",
        ),
        status="completed",
    ),
    Timeline(
        "late",
        (
            *_TO_BASELINE,
            Waits("2018-11-01"),
            Waits("2019-01-11"),
            Closes("2019-01-14", "survey_design"),
            *_taken_out("2019-01-15"),
        ),
        fires=(
            "2018-08-06 09:00 baseline reminder-7",
            "2018-09-21 09:00 survey_design reminder-7",
            "2018-09-30 09:00 survey_design reminder-1",
            "2018-10-09 09:00 survey_design overdue",
            "2018-10-17 09:00 survey_design supervision-order",
            "2018-10-29 09:00 survey_design circular",
            "2018-11-19 09:00 survey_design interview",
            "2018-12-29 09:00 survey_design ministry-report",
        ),
    ),
    Timeline(
        "faster",
        (Waits("2018-07-20"), Closes("2018-07-25", "funding"), _cancelled("2018-07-26")),
        fires=(
            "2018-05-24 09:00 funding reminder-7",
            "2018-06-01 09:00 funding reminder-1",
            "2018-06-05 09:00 funding supervision-order",
            "2018-06-13 09:00 funding circular",
            "2018-06-26 09:00 funding interview",
            "2018-07-17 09:00 funding ministry-report",
        ),
        tier="three-regions",
    ),
    Timeline(
        "rectified",
        (
            *_TO_SELF_CHECK,
            Does("2019-03-25", PREFECTURE, Refuse(item="speed", note="8 Mbps in two houses")),
            Waits("2019-05-07"),
            Does("2019-05-08", BUILDER, Close(act="submit")),
            Does("2019-05-13", PREFECTURE, Refuse(item="labels")),
            Does("2019-05-20", BUILDER, Close(act="submit", note="all labelled")),
            Closes("2019-05-23", "preliminary_acceptance"),
            *_TO_THE_END,
        ),
        fires=(
            "2018-08-06 09:00 baseline reminder-7",
            "2019-04-15 09:00 preliminary_acceptance reminder-7",
            "2019-04-23 09:00 preliminary_acceptance reminder-1",
            "2019-04-25 09:00 preliminary_acceptance overdue",
            "2019-05-06 09:00 preliminary_acceptance supervision-order",
        ),
        status="completed",
    ),
    Timeline(
        "extended",
        (
            Waits("2018-05-25"),
            Does("2018-05-28", PROVINCE, RequestExtension(days=90, reason="documents")),
            Does("2018-05-29", MINISTRY, DenyExtension(reason="too long")),
            Does("2018-06-06", PROVINCE, RequestExtension(days=40, reason="documents")),
            Does("2018-06-11", MINISTRY, GrantExtension(days=30)),
            Waits("2018-07-20"),
            Closes("2018-07-23", "funding"),
            _cancelled("2018-07-24"),
        ),
        fires=(
            "2018-05-24 09:00 funding reminder-7",
            "2018-06-01 09:00 funding reminder-1",
            "2018-06-05 09:00 funding overdue",
            "2018-07-06 09:00 funding reminder-7",
            "2018-07-16 09:00 funding reminder-1",
            "2018-07-18 09:00 funding overdue",
        ),
    ),
    Timeline(
        "held",
        (
            Waits("2018-05-24"),
            Does("2018-05-25", PREFECTURE, HoldProject(code="DISASTER", note="landslide")),
            Waits("2018-09-01"),
            Does("2018-09-03", PREFECTURE, ResumeProject(note="road open")),
            Waits("2018-09-12"),
            Does("2018-09-13", PREFECTURE, HoldProject(code="ROAD_WORKS")),
            Does("2018-10-22", PREFECTURE, ResumeProject()),
            Closes("2018-10-26", "funding"),
            _cancelled("2018-10-29"),
        ),
        fires=(
            "2018-05-24 09:00 funding reminder-7",
            "2018-09-10 09:00 funding reminder-1",
            "2018-09-12 09:00 funding overdue",
        ),
    ),
    Timeline(
        "obstructed",
        (
            *_TO_BASELINE,
            Does("2018-09-10", BUILDER, ReportObstacle(code="NO_POWER", note="no mains power yet")),
            Waits("2018-10-19"),
            Does("2018-10-22", POWER, ClearObstacle(note="connected")),
            Waits("2018-11-02"),
            Closes("2018-11-05", "survey_design"),
            *_taken_out("2018-11-06"),
        ),
        fires=(
            "2018-08-06 09:00 baseline reminder-7",
            "2018-09-28 09:00 survey_design reminder-7",
            "2018-10-11 09:00 survey_design reminder-1",
            "2018-10-15 09:00 survey_design overdue",
        ),
    ),
    Timeline(
        "returned",
        (
            *_TO_BASELINE,
            Closes("2018-09-17", "survey_design"),
            Does("2018-10-15", PROVINCE, Return(stage="contract", code="EVIDENCE", note="annex missing")),
            Waits("2018-12-03"),
            Closes("2018-12-10", "contract"),
            Closes("2018-12-17", "baseline"),
            Closes("2019-01-14", "survey_design"),
            *_taken_out("2019-01-15"),
        ),
        fires=("2018-08-06 09:00 baseline reminder-7",),
    ),
    Timeline(
        "promise-broken",
        (
            Waits("2018-06-05"),
            Promises("2018-06-06", PROVINCE, "2018-07-03"),
            Waits("2018-07-25"),
            Closes("2018-07-26", "funding"),
            _cancelled("2018-07-27"),
        ),
        fires=(
            "2018-05-24 09:00 funding reminder-7",
            "2018-06-01 09:00 funding reminder-1",
            "2018-06-05 09:00 funding overdue",
            "2018-07-04 09:00 funding supervision-order",
            "2018-07-16 09:00 funding circular",
        ),
    ),
    Timeline(
        "spot-checked",
        (
            *_TO_SELF_CHECK,
            Closes("2019-04-15", "preliminary_acceptance"),
            Does("2019-04-16", PROVINCE, ReleasePayment(amount_cny=100, decision_no="No. 12")),
            Does("2019-05-06", PROVINCE, Check(part="list", facts={"list_reconciled": True})),
            Does("2019-05-07", PROVINCE, Refuse(item="spare_cores", note="three in the second village")),
            Does("2019-05-15", BUILDER, Close(act="submit")),
            Does("2019-05-16", PROVINCE, Check(part="list", facts={"list_reconciled": True})),
            Does("2019-05-17", PROVINCE, Check(part="files", facts={"files_checked": True, "funds_checked": True})),
            Does("2019-05-20", PROVINCE, Close(act="accept", facts=_FIELD)),
            Does("2019-05-27", MINISTRY, SpotCheckResult(result="passed", report_no="No. 3")),
            Does("2019-05-28", MINISTRY, SpotCheckResult(result="failed", report_no="No. 4", item="field")),
            Does("2019-06-05", BUILDER, Close(act="submit")),
            Closes("2019-06-12", "final_acceptance"),
            Does("2019-06-14", PROVINCE, Close(act="settle", facts={"voucher_no": "No. 9", "paid_cny": 150})),
            Waits("2025-07-21"),
        ),
        fires=("2018-08-06 09:00 baseline reminder-7",),
        status="completed",
        plans=(FIBRE,),
    ),
    Timeline(
        "cancelled",
        (Closes("2018-05-21", "funding"), Waits("2018-07-20"), _cancelled("2018-07-23")),
        fires=(),
    ),
    Timeline(
        "rejected",
        (Does("2018-05-25", PROVINCE, Reject(code="DOUBLE_FUNDING", note="paid from another source")),),
        fires=("2018-05-24 09:00 funding reminder-7",),
        status="rejected",
    ),
    Timeline(
        "talkative",
        (
            Does("2018-05-08", PROVINCE, Report(percent=10, note="list read", evidence=("photo-1",))),
            Does("2018-05-09", PREFECTURE, Reassign(role="builder", person_id="two-hats", reason="leave")),
            Does("2018-05-10", COUNTY, Correct(seq=3, note="it was 12 percent")),
            Does("2018-05-11", PREFECTURE, Reassign(role="builder", person_id="", reason="back")),
            Does("2018-05-14", PREFECTURE, HoldProject(code="EPIDEMIC")),
            Does("2018-05-15", PROVINCE, Report(percent=20)),
            _cancelled("2018-05-16"),
        ),
        fires=(),
    ),
    Timeline(
        "branches",
        (
            *_TO_BASELINE,
            Closes("2018-09-17", "survey_design"),
            Does("2018-10-08", BUILDER, ReportObstacle(stage="tower", code="LAND_DISPUTE", note="owner abroad")),
            Closes("2018-11-19", "route"),
            Does("2018-12-03", COUNTY, ClearObstacle(stage="tower")),
            Does("2018-12-10", PREFECTURE, HoldProject(code="WINTER_STOP")),
            Does("2019-03-04", PREFECTURE, ResumeProject()),
            Closes("2019-03-18", "tower"),
            Closes("2019-04-15", "cable"),
            Closes("2019-05-06", "power"),
            Closes("2019-05-20", "equipment"),
            Does("2019-05-27", COUNTY, Return(stage="route", code="WRONG_PLACE", note="the other valley")),
            Closes("2019-06-03", "transmission"),
            Closes("2019-06-10", "base_station"),
            Closes("2019-07-15", "route"),
            Closes("2019-08-12", "cable"),
            Closes("2019-09-02", "equipment"),
            *_taken_out("2019-09-03"),
        ),
        fires=(
            "2018-08-06 09:00 baseline reminder-7",
            "2018-10-25 09:00 tower reminder-7",
            "2018-11-02 09:00 tower reminder-1",
            "2018-11-06 09:00 tower overdue",
            "2018-11-14 09:00 tower supervision-order",
            "2018-11-26 09:00 tower circular",
            "2019-05-08 09:00 transmission reminder-7",
            "2019-05-16 09:00 transmission reminder-1",
            "2019-05-20 09:00 transmission overdue",
            "2019-05-28 09:00 transmission supervision-order",
        ),
        plans=(BOTH,),
    ),
)
"""Every path; `path` is unique."""
