"""One letter ready for the wire, for tests of channels."""

from __future__ import annotations

from datetime import UTC, datetime

from schemas.letter import Attachment, Letter, MadeLetter, Notice

NOTICE = Notice(
    key="cd34ef56" * 8,
    project_id="US18F-000042",
    seq=7,
    place="云南省怒江州福贡县上帕镇亚坪村",
    stage="survey_design",
    stage_title_zh="勘察设计",
    stage_title_en="Survey and design",
    rung="reminder-7",
    rung_title_zh="到期前7个工作日提醒",
    rung_title_en="Reminder, 7 working days ahead",
    kind="reminder",
    level=0,
    due_at=datetime(2018, 7, 31, 16, 0, tzinfo=UTC),
    days=7,
    step="act",
    created_at=datetime(2018, 7, 20, 1, 0, tzinfo=UTC),
)

LETTER = Letter(
    key="ab12cd34ef567890" * 4,
    kind="digest",
    day="2018-07-20",
    person_id="p1",
    name="和建国",
    address="he@nujiang.example",
    channel="email",
    link="https://cuntong.example/a/TOKEN",
    created_at=datetime(2018, 7, 20, 1, 30, tzinfo=UTC),
    notices=(NOTICE,),
)

MADE = MadeLetter(
    letter=LETTER,
    subject="村通督办：1 项待办",
    text="和建国：\n\n亚坪村勘察设计还有7个工作日到期。\n",
    html="<p>和建国：</p>\n<p>亚坪村勘察设计还有7个工作日到期。</p>\n",
    short="亚坪村勘察设计还有7个工作日到期。签收：https://cuntong.example/a/TOKEN",
)

SHEET = Attachment(
    name="清单-2018-07-20.xlsx",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    content=b"PK\x03\x04 not really one",
)


def made(*, address: str = LETTER.address, key: str = LETTER.key, person_id: str = "p1", **texts: object) -> MadeLetter:
    """Return the letter with another address, key or receiver, and with other texts."""
    letter = LETTER.model_copy(update={"address": address, "key": key, "person_id": person_id})
    return MADE.model_copy(update={"letter": letter, **texts})
