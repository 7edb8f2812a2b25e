"""Letters of every sort, invented: what templates are tried with, and what a preview shows where there are none yet."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from schemas.letter import Letter, Notice
from schemas.messaging import LetterKind

DAY = "2018-09-29"
"""A Saturday that was worked (调休), the last but one before National Day."""

_AT = datetime(2018, 9, 29, 1, 38, tzinfo=UTC)
_CLAIMED = datetime(2018, 9, 29, 1, 0, tzinfo=UTC)
_LINK = "https://cuntong.example.cn/l/" + "AbCd0123_-" * 12

_BASE: dict[str, Any] = {
    "project_id": "US18F-000042",
    "seq": 7,
    "place": "云南省怒江州福贡县上帕镇亚坪村",
    "stage": "survey_design",
    "stage_title_zh": "勘察设计",
    "stage_title_en": "Survey and design",
    "due_at": datetime(2018, 10, 15, 16, 0, tzinfo=UTC),
    "created_at": _CLAIMED,
    "step": "act",
}

_REMINDER: dict[str, Any] = {
    "rung": "reminder-7",
    "rung_title_zh": "到期前7个工作日提醒",
    "rung_title_en": "Reminder, 7 working days ahead",
    "kind": "reminder",
    "level": 0,
    "days": 7,
    "next_at": datetime(2018, 10, 12, 1, 0, tzinfo=UTC),
    "next_zh": "到期前1个工作日提醒",
    "next_en": "Reminder, 1 working day ahead",
}
_TODAY: dict[str, Any] = {
    "rung": "reminder-1",
    "rung_title_zh": "到期前1个工作日提醒",
    "rung_title_en": "Reminder, 1 working day ahead",
    "kind": "reminder",
    "level": 0,
    "days": 0,
    "due_at": datetime(2018, 9, 29, 16, 0, tzinfo=UTC),
    "place": "四川省凉山州布拖县特木里镇日嘎村",
    "project_id": "US18F-000107",
    "stage": "cable",
    "stage_title_zh": "光缆敷设",
    "stage_title_en": "Cable laying",
    "next_at": datetime(2018, 9, 30, 1, 0, tzinfo=UTC),
    "next_zh": "逾期提醒",
    "next_en": "Overdue reminder",
}
_OVERDUE: dict[str, Any] = {
    "rung": "overdue",
    "rung_title_zh": "逾期提醒",
    "rung_title_en": "Overdue reminder",
    "kind": "escalation",
    "level": 1,
    "days": -1,
    "due_at": datetime(2018, 9, 28, 16, 0, tzinfo=UTC),
    "place": "西藏自治区那曲市申扎县雄梅镇八村",
    "project_id": "US18G-000311",
    "stage": "site_tower",
    "stage_title_zh": "站址与铁塔",
    "stage_title_en": "Site and tower",
    "next_at": datetime(2018, 10, 12, 1, 0, tzinfo=UTC),
    "next_zh": "督办",
    "next_en": "Supervision order",
}
_REPLY: dict[str, Any] = {
    "rung": "supervision-order",
    "rung_title_zh": "督办",
    "rung_title_en": "Supervision order",
    "kind": "escalation",
    "level": 2,
    "days": -7,
    "reply_days": 5,
    "step": "reply",
    "due_at": datetime(2018, 9, 19, 16, 0, tzinfo=UTC),
    "next_at": datetime(2018, 10, 16, 1, 0, tzinfo=UTC),
    "next_zh": "通报",
    "next_en": "Circular",
}
_PRESS: dict[str, Any] = {
    "rung": "circular",
    "rung_title_zh": "通报",
    "rung_title_en": "Circular",
    "kind": "escalation",
    "level": 3,
    "days": -15,
    "step": "press",
    "due_at": datetime(2018, 9, 7, 16, 0, tzinfo=UTC),
    "place": "甘肃省临夏州东乡县沿岭乡和岘村",
    "project_id": "US18F-000255",
    "stage": "preliminary_acceptance",
    "stage_title_zh": "初步验收",
    "stage_title_en": "Preliminary acceptance",
    "vacant_zh": "县工信局专干",
    "vacant_en": "County officer",
    "next_at": datetime(2018, 10, 25, 1, 0, tzinfo=UTC),
    "next_zh": "约谈",
    "next_en": "Regulatory interview",
}
_LAST: dict[str, Any] = {
    "rung": "ministry-report",
    "rung_title_zh": "上报工信部并冻结尾款",
    "rung_title_en": "Report to the ministry, retained payment frozen",
    "kind": "escalation",
    "level": 5,
    "days": -60,
    "step": "press",
    "consequence": "freeze_retained_payment",
    "due_at": datetime(2018, 7, 6, 16, 0, tzinfo=UTC),
    "place": "新疆维吾尔自治区和田地区墨玉县萨依巴格乡阿亚格巴什克勒村",
    "project_id": "US18B-001204",
    "stage": "commissioning",
    "stage_title_zh": "开通自检",
    "stage_title_en": "Commissioning and self-check",
}
_MATTER: dict[str, Any] = {
    "rung": "reminder-1",
    "rung_title_zh": "到期前1个工作日提醒",
    "rung_title_en": "Reminder, 1 working day ahead",
    "kind": "reminder",
    "level": 0,
    "days": 1,
    "step": "decide",
    "matter": "M3",
    "stage": "",
    "stage_title_zh": "延期申请（M3，市级审核）",
    "stage_title_en": "request for an extension (M3, review by the prefecture)",
    "place": "云南省怒江州贡山县独龙江乡巴坡村",
    "project_id": "US18F-000044",
    "due_at": datetime(2018, 9, 30, 16, 0, tzinfo=UTC),
    "next_at": datetime(2018, 10, 8, 1, 0, tzinfo=UTC),
    "next_zh": "逾期提醒",
    "next_en": "Overdue reminder",
}
_MATTER_LATE: dict[str, Any] = {
    **_MATTER,
    **{key: _OVERDUE[key] for key in ("rung", "rung_title_zh", "rung_title_en", "kind", "level", "days", "due_at")},
}
_BATCH: dict[str, Any] = {
    "rung": "behind",
    "rung_title_zh": "进度落后(差距15%以上)督办",
    "rung_title_en": "Behind (gap of 15 % or more), supervision order",
    "kind": "escalation",
    "level": 2,
    "days": -4,
    "reply_days": 5,
    "step": "reply",
    "stage": "",
    "stage_title_zh": "2018年三季度末累计建成80%",
    "stage_title_en": "80 % built by the end of the third quarter of 2018",
    "place": "云南省怒江州2018年批次",
    "project_id": "US18T-000003",
    "due_at": datetime(2018, 9, 25, 16, 0, tzinfo=UTC),
}
_BETTER: dict[str, Any] = {**_BATCH, "kind": "milestone", "level": 1, "days": 0, "reply_days": 0, "step": ""}
_CAUGHT_UP: dict[str, Any] = {**_BETTER, "level": 0}
_DEMONSTRATION: dict[str, Any] = {**_REMINDER, "step": "", "due_at": datetime(2018, 10, 11, 12, 31, 5, tzinfo=UTC)}
_OTHER: dict[str, Any] = {**_OVERDUE, "rung": "yellow-card", "consequence": "other_measure", "step": ""}

SORTS: dict[str, dict[str, Any]] = {
    "reminder": _REMINDER,
    "today": _TODAY,
    "overdue": _OVERDUE,
    "reply": _REPLY,
    "vacant": _PRESS,
    "last": _LAST,
    "matter": _MATTER,
    "matter_late": _MATTER_LATE,
    "batch": _BATCH,
    "better": _BETTER,
    "caught_up": _CAUGHT_UP,
    "demonstration": _DEMONSTRATION,
    "other": _OTHER,
}
"""What notices can be about, one invented notice a sort; each touches another sentence or branch."""


def notice(sort: str, number: int = 0, **changes: Any) -> Notice:  # noqa: ANN401 - any field of a notice
    """Return the invented notice of a sort.

    Args:
        sort: One of `SORTS`.
        number: Tells several of the same sort apart.
        changes: Fields that are to be other ones.
    """
    key = hashlib.sha256(f"{sort}|{number}".encode()).hexdigest()
    return Notice.model_validate({"key": key, **_BASE, **SORTS[sort], **changes})


def letter(lang: str, kind: LetterKind = "digest", *sorts: str, link: str = _LINK, **changes: Any) -> Letter:  # noqa: ANN401 - any field of a letter
    """Return an invented letter.

    Args:
        lang: Language of its reader.
        kind: Kind of letter.
        sorts: Sorts of its notices; all of them when none is named.
        link: Link to answer it.
        changes: Fields that are to be other ones.
    """
    found = {
        "key": hashlib.sha256(f"{kind}|{DAY}|{'|'.join(sorts)}".encode()).hexdigest(),
        "kind": kind,
        "day": DAY,
        "person_id": "he.jianguo",
        "name": "和建国" if lang.startswith("zh") else "He Jianguo",
        "lang": lang,
        "channel": "email",
        "link": link,
        "created_at": _AT,
        "notices": tuple(notice(sort) for sort in sorts or SORTS),
    }
    return Letter.model_validate({**found, **changes})


_VILLAGES = ("腊咱村", "木楞村", "子里甲村", "利沙底村", "知子罗村", "加车村", "阿打村", "古泉村", "上帕村")
_SHOWN = ("last", "vacant", "reply", "batch", "matter_late", "overdue", "today", "matter", "caught_up")
_SPREAD = ("reminder",) * 4 + ("today",) + ("overdue",) * 3 + ("reply",) * 2
_MORE = 50


def busy_day(lang: str) -> Letter:
    """Return the letter of somebody with a bad day: 59 notices, as many as a receiver has on the worst of days."""
    more = []
    for number in range(_MORE):
        place = f"云南省怒江州福贡县子里甲乡{_VILLAGES[number % len(_VILLAGES)]}"
        stage = {**_BASE, **SORTS[("reminder", "today")[number % 2]]}
        about = {name: stage[name] for name in ("stage", "stage_title_zh", "stage_title_en")}
        sort = _SPREAD[number % len(_SPREAD)]
        more.append(notice(sort, number, place=place, project_id=f"US18F-{number + 60:06}", **about))
    return letter(lang, notices=(*(notice(sort) for sort in _SHOWN), *more))
