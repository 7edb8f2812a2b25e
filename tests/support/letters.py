"""One message of the outbox, for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

BASE: dict[str, Any] = {
    "key": "ab12cd34ef567890" * 4,
    "project_id": "US18F-000042",
    "place": "云南省怒江州福贡县上帕镇亚坪村",
    "stage": "survey_design",
    "stage_title_zh": "勘察设计",
    "stage_title_en": "Survey and design",
    "rung": "reminder-7",
    "rung_title_zh": "到期前7个工作日提醒",
    "rung_title_en": "Reminder, 7 working days ahead",
    "kind": "reminder",
    "level": 0,
    "due_at": datetime(2018, 7, 31, 16, 0, tzinfo=UTC),
    "person_id": "p1",
    "name": "和建国",
    "address": "",
    "lang": "zh-CN",
    "created_at": datetime(2018, 7, 20, 1, 0, tzinfo=UTC),
    "days": 7,
}
"""Fields of a reminder that is ready to be handed over."""
