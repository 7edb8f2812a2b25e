"""People read in their own language what is due, when, and what follows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from rules.letter import compose
from schemas.delivery import OutboxMessage
from tests.support.letters import BASE


def letter(**changes: Any) -> tuple[str, str]:  # noqa: ANN401 - fields of OutboxMessage
    made = compose(OutboxMessage.model_validate({**BASE, **changes}))
    return made.subject, made.text


def escalation(rung: str, zh: str, en: str, level: int, **changes: Any) -> tuple[str, str]:  # noqa: ANN401 - the same
    told = {"rung": rung, "rung_title_zh": zh, "rung_title_en": en, "level": level, "kind": "escalation", "days": -7}
    return letter(**{**told, **changes})


def test_a_reminder_in_chinese() -> None:
    subject, text = letter()
    assert subject == "【村通】提醒：云南省怒江州福贡县上帕镇亚坪村“勘察设计”距到期还有7个工作日"
    assert text == (
        "和建国，您好：\n\n"
        "云南省怒江州福贡县上帕镇亚坪村（项目编号 US18F-000042）“勘察设计”环节的办理期限截止2018年7月31日24时。\n"
        "距到期还有7个工作日，请按期完成。\n"
        "收到后请在系统中签收；确有困难的，请申请延期或登记障碍。\n\n"
        "发出时间：2018年7月20日 09:00（北京时间）  信息编号：ab12cd34ef56\n"
        "本信息由村通系统自动发送，请勿直接回复。\n"
    )


def test_a_reminder_in_english() -> None:
    subject, text = letter(lang="en", name="He Jianguo")
    assert (
        subject == "[Cuntong] Reminder: Survey and design at 云南省怒江州福贡县上帕镇亚坪村 is due in 7 working day(s)"
    )
    assert text.startswith("Dear He Jianguo,")
    assert "is due by the end of 31 July 2018." in text
    assert "Issued 20 July 2018, 09:00 (UTC+8)" in text


@pytest.mark.parametrize(
    ("rung", "zh", "level", "said"),
    [
        ("overdue", "逾期提醒", 1, "请立即办理，并说明逾期原因。"),
        ("supervision-order", "督办", 2, "现予督办，请限期完成。"),
        ("circular", "通报", 3, "现予通报"),
        ("interview", "约谈", 4, "拟约谈责任单位负责人"),
        ("ministry-report", "上报工信部并冻结尾款", 5, "现将有关情况上报工业和信息化部。"),
        ("of-another-ladder", "黄牌", 2, "本信息级别：黄牌。"),
    ],
)
def test_each_level_has_its_own_words(rung: str, zh: str, level: int, said: str) -> None:
    subject, text = escalation(rung, zh, "Title", level)
    assert subject == f"【村通】{zh}：云南省怒江州福贡县上帕镇亚坪村“勘察设计”已逾期7个工作日"
    assert "目前已逾期7个工作日。" in text
    assert said in text
    _, english = escalation(rung, zh, "Title", level, lang="en")
    assert "It is overdue by 7 working day(s)." in english


def test_a_reply_and_a_consequence_are_told() -> None:
    assert "请于5个工作日内书面答复办理情况。" in escalation("supervision-order", "督办", "", 2, reply_days=5)[1]
    frozen = {"consequence": "freeze_retained_payment"}
    assert "尾款暂缓拨付。" in escalation("ministry-report", "上报", "", 5, **frozen)[1]
    assert "The retained payment is frozen." in escalation("ministry-report", "", "Report", 5, lang="en", **frozen)[1]
    assert "后续措施：other_measure。" in escalation("x", "上报", "", 5, consequence="other_measure")[1]


def test_a_vacancy_is_told_in_the_language_of_the_reader() -> None:
    vacancy = {"vacant": "county_officer", "vacant_zh": "县工信局专干", "vacant_en": "County officer"}
    assert "因以下岗位空缺或无人在岗，本信息转由您接收：县工信局专干。" in letter(**vacancy)[1]
    assert "these posts are vacant or nobody is present in them: County officer." in letter(lang="en", **vacancy)[1]


def test_a_reminder_on_the_last_day_says_today() -> None:
    subject, text = letter(days=0)
    assert "今日到期" in subject
    assert "今日到期，请抓紧完成。" in text


def test_a_short_day_of_a_demonstration_shows_its_seconds() -> None:
    assert "截止2018年7月31日 20:31:05。" in letter(due_at=datetime(2018, 7, 31, 12, 31, 5, tzinfo=UTC))[1]


def test_a_receiver_without_a_name_is_addressed_by_id() -> None:
    assert letter(name="")[1].startswith("p1，您好：")
