"""People read in their own language what is due, when, what to do about it, and what follows."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import pairwise
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.letters.make import clipped, make
from rules import letter_sample
from rules.letter import table, view, worst_first
from rules.letter_sample import SORTS, busy_day, letter, notice
from rules.reader import Reader
from schemas.letter import Letter, MadeLetter
from schemas.messaging import LetterKind
from tests.support.workbook import rows_of, stored

LANGS = ("zh-CN", "en")
KINDS: tuple[LetterKind, ...] = ("digest", "alone")


def alone(sort: str, lang: str = "zh-CN", link: str = "", **changes: Any) -> MadeLetter:  # noqa: ANN401 - fields of a notice
    return make(letter(lang, "alone", link=link, notices=(notice(sort, **changes),)))


# One notice alone


def test_a_reminder_in_chinese() -> None:
    made = alone("reminder")
    assert made.subject == "【村通】提醒：云南省怒江州福贡县上帕镇亚坪村“勘察设计”距到期还有7个工作日"
    assert made.text == (
        "和建国，您好：\n\n"
        "云南省怒江州福贡县上帕镇亚坪村（项目编号 US18F-000042）“勘察设计”环节的办理期限为2018年10月15日24时。\n"
        "距到期还有7个工作日，请按期完成。\n"
        "请抓紧办理，办结后在系统中提交；确有困难的，请申请延期或登记障碍。\n"
        "如仍未办结，将于2018年10月12日启动“到期前1个工作日提醒”程序。\n\n"
        "发出时间：2018年9月29日 09:38（北京时间）  信息编号：" + made.letter.key[:12] + "\n"
        "本信息由村通系统自动发送，请勿直接回复。\n"
    )
    assert made.attachments == ()


def test_a_reminder_in_english() -> None:
    made = alone("reminder", "en")
    place = "云南省怒江州福贡县上帕镇亚坪村"
    assert made.subject == f"[Cuntong] Reminder: Survey and design at {place} is due in 7 working day(s)"
    assert made.text.startswith("Dear He Jianguo,\n\n")
    assert "is due by the end of 15 October 2018.\n7 working day(s) are left." in made.text
    assert "Reminder, 1 working day ahead on 12 October 2018, unless it is done." in made.text
    assert "Issued 29 September 2018, 09:38 (UTC+8)" in made.text


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
    told: dict[str, Any] = {"rung": rung, "rung_title_zh": zh, "rung_title_en": "Title", "level": level, "days": -7}
    made = alone("overdue", **told)
    assert made.subject == f"【村通】{zh}：西藏自治区那曲市申扎县雄梅镇八村“站址与铁塔”已逾期7个工作日"
    assert "目前已逾期7个工作日。" in made.text
    assert said in made.text
    assert "It is overdue by 7 working day(s)." in alone("overdue", "en", **told).text


@pytest.mark.parametrize(
    ("sort", "zh", "en"),
    [
        ("today", "今日到期，请抓紧完成。", "It is due today. Please complete it now."),
        ("overdue", "目前已逾期1个工作日。", "It is overdue by 1 working day(s)."),
        ("reply", "请于5个工作日内书面答复办理情况。", "Please reply in writing within 5 working day(s)."),
        ("vacant", "本信息转由您接收：县工信局专干。", "nobody is present in them: County officer."),
        ("vacant", "请督促责任单位抓紧办理。", "Please see to it that the responsible party acts."),
        ("vacant", "将于2018年10月25日启动“约谈”程序。", "Regulatory interview on 25 October 2018, unless"),
        ("last", "尾款暂缓拨付。", "The retained payment is frozen."),
        ("matter", "请在系统中作出决定（同意或不同意）。", "Please decide it in the system, either way."),
        ("matter", "（M3，市级审核）待决定，办理期限为2018年9月30日24时。", "A decision is due by the end of 30"),
        ("batch", "里程碑“2018年三季度末累计建成80%”截止", "Milestone “80 % built by the end of the third"),
        ("better", "差距缩小，现为“进度落后(差距15%以上)督办”。", "The gap has shrunk. This applies now: Behind"),
        ("caught_up", "已赶上进度，不再适用差距分级。", "It has been caught up: no tier applies any more."),
        ("demonstration", "为2018年10月11日 20:31:05。", "is due by 11 October 2018, 20:31:05."),
        ("other", "后续措施：other_measure。", "What follows: other_measure."),
    ],
)  # fmt: skip
def test_every_sort_of_notice_is_told_in_both_languages(sort: str, zh: str, en: str) -> None:
    assert zh in alone(sort).text
    assert en in alone(sort, "en").text
    digests = {lang: make(letter(lang, "digest", sort)) for lang in LANGS}
    assert all(found.text and found.html and found.short for found in digests.values())


def test_a_reply_is_asked_for_once() -> None:
    assert alone("reply").text.count("书面答复") == 1
    assert alone("reply", step="act").text.count("书面答复") == 1  # asked for, although something else comes first


@pytest.mark.parametrize("lang", LANGS)
def test_a_receiver_without_a_name_is_addressed_by_id(lang: str) -> None:
    assert "he.jianguo" in make(letter(lang, "alone", "reminder", name="")).text.splitlines()[0]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_link_is_in_every_text_or_in_none(lang: str, kind: LetterKind) -> None:
    made = make(letter(lang, kind, "reply", link="https://c.example.cn/l/a?b=1&c=2"))
    assert "https://c.example.cn/l/a?b=1&c=2" in made.text
    assert 'href="https://c.example.cn/l/a?b=1&amp;c=2"' in made.html
    assert made.short.endswith("https://c.example.cn/l/a?b=1&c=2")
    bare = make(letter(lang, kind, "reply", link=""))
    assert "http" not in bare.text + bare.short
    assert "<a " not in bare.html


# A day's notices


@pytest.mark.parametrize("lang", LANGS)
def test_a_digest_adds_up(lang: str) -> None:
    seen = view(busy_day(lang))
    assert seen.total == 59
    assert sum(one.count for one in seen.groups) == 59
    assert sum(one.count for one in seen.levels) == 59
    assert len(seen.worst) + seen.others == 59
    assert seen.overdue == 31
    assert seen.decisions == 2


def test_a_digest_tells_totals_the_worst_ten_and_where_the_others_are() -> None:
    made = make(busy_day("zh-CN"))
    assert made.subject == "【村通】2018年9月29日（星期六）待办59件，其中逾期31件"
    assert "待办事项59件，其中：已逾期31件，今日到期6件，即将到期21件，进展1件（其中待您决定的2件）。" in made.text
    assert "上报工信部并冻结尾款1件，通报1件，督办11件" in made.text
    assert "最紧急的10件：" in made.text
    assert "10. 【督办】" in made.text
    assert "11. 【" not in made.text
    assert "其余49件，见附件《村通待办清单-2018-09-29.xlsx》。全部59件均列于附件。" in made.text
    english = make(busy_day("en"))
    assert english.subject == "[Cuntong] Saturday, 29 September 2018: 59 notices, 31 overdue"
    assert "The other 49 are in the attachment cuntong-notices-2018-09-29.xlsx, which lists all 59." in english.text


def test_html_tells_what_the_text_tells() -> None:
    made = make(busy_day("zh-CN"))
    for found in view(busy_day("zh-CN")).worst:
        for said in (found.place, found.stage, found.project, found.rung, found.standing, found.due, found.step):
            assert said in made.text
            assert said in made.html
        assert found.what_next in made.text
        assert found.what_next in made.html


@pytest.mark.parametrize("lang", LANGS)
def test_html_asks_nobody_for_anything(lang: str) -> None:
    """No picture, font, style sheet or script from elsewhere: nobody learns that a letter was read."""
    for kind in KINDS:
        html = make(letter(lang, kind)).html.lower()
        for remote in ("<img", "<script", "<link", "@import", "url(", "src=", "<form", "onload"):
            assert remote not in html
        assert f'lang="{lang.lower()}"' in html


def test_the_worst_come_first() -> None:
    found = worst_first(busy_day("zh-CN").notices)
    assert all((-a.level, a.days) <= (-b.level, b.days) for a, b in pairwise(found))
    assert found[0].rung == "ministry-report"


def test_how_many_are_told_in_full_is_the_letters() -> None:
    made = make(busy_day("zh-CN").model_copy(update={"worst": 3}))
    assert "最紧急的3件：" in made.text
    assert "其余56件" in made.text


def test_a_digest_that_tells_all_has_no_attachment() -> None:
    made = make(letter("zh-CN", "digest", "reminder", "reply"))
    assert made.attachments == ()
    assert "附件" not in made.text + made.html
    assert "具体如下：" in made.text


def test_a_letter_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no notices"):
        make(letter("en", notices=()))


def test_local_time_is_the_receivers() -> None:
    at = datetime(2024, 12, 31, 5, 0, tzinfo=UTC)
    made = make(letter("en", "alone", notices=(notice("overdue", due_at=at),), utc_offset_hours=-5))
    assert "the end of 30 December 2024" in made.text
    assert "(UTC-5)" in made.text
    assert Reader("en", 0).zone == "UTC"
    assert Reader("zh-CN", 5.5).zone == "UTC+5.5"


def test_a_letter_of_a_short_day_tells_the_date_on_which_it_was_written() -> None:
    at = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    made = make(busy_day("en").model_copy(update={"day": "day 7182317192", "created_at": at}))
    assert made.subject.startswith("[Cuntong] Wednesday, 25 November 2026: ")
    assert made.attachments[0].name == "cuntong-notices-2026-11-25.xlsx"
    assert "7182317192" not in made.subject + made.text + made.html + made.short


# The same letter, the same bytes


@settings(deadline=None, max_examples=40)  # each makes workbooks
@given(st.lists(st.sampled_from(sorted(SORTS)), min_size=1, max_size=14), st.sampled_from(LANGS), st.randoms())
def test_the_same_letter_gives_the_same_bytes_however_its_rows_were_read(
    sorts: list[str],
    lang: str,
    chance: Any,  # noqa: ANN401 - random.Random, whose name is banned here
) -> None:
    notices = [notice(sort, number) for number, sort in enumerate(sorts)]
    first = make(letter(lang, notices=tuple(notices)))
    chance.shuffle(notices)
    again = make(Letter.model_validate_json(letter(lang, notices=tuple(notices)).model_dump_json()))
    assert (again.subject, again.text, again.html, again.short) == (first.subject, first.text, first.html, first.short)
    assert again.attachments == first.attachments


def test_a_workbook_tells_nothing_of_when_it_was_made() -> None:
    content = make(busy_day("en")).attachments[0].content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    assert "2018-01-01T00:00:00Z" in stored(content, "docProps/core.xml")


# The list


@pytest.mark.parametrize("lang", LANGS)
def test_the_list_has_every_notice_once(lang: str) -> None:
    made = make(busy_day(lang))
    head, *rows = rows_of(made.attachments[0].content)
    assert tuple(head) == table(made.letter).heads
    assert [row[0] for row in rows] == list(range(1, 60))
    assert {row[-1] for row in rows} == {found.key[:12] for found in made.letter.notices}
    assert rows[0][6] == date(2018, 7, 6)
    assert rows[0][7] == -60


def test_the_list_is_frozen_and_can_be_filtered() -> None:
    made = make(busy_day("zh-CN"))
    sheet = stored(made.attachments[0].content)
    assert '<pane ySplit="1" topLeftCell="A2"' in sheet
    assert '<autoFilter ref="A1:P60"/>' in sheet
    assert 'name="待办清单"' in stored(made.attachments[0].content, "xl/workbook.xml")


def test_ten_thousand_notices_are_one_letter_in_seconds() -> None:
    many = tuple(notice("reply", number, place=f"某村{number}") for number in range(10_000))
    since = perf_counter()
    made = make(letter("zh-CN", notices=many))
    assert perf_counter() - since < 20  # about one on an idle machine
    assert "其余9990件" in made.text
    assert len(made.html) < 60_000
    assert len(rows_of(made.attachments[0].content)) == 10_001


# Lengths


@pytest.mark.parametrize(
    ("text", "most", "link", "kept"),
    [
        ("一二三四五", 0, "", "一二三四五"),
        ("一二三四五", 5, "", "一二三四五"),
        ("一二三四五六", 5, "", "一二三四…"),
        ("一二三四五六 http://x", 14, "http://x", "一二三四… http://x"),
        ("一二三四五六 http://x", 5, "http://x", "一二三四五"),
    ],
)
def test_what_is_too_long_is_cut_before_its_link(text: str, most: int, link: str, kept: str) -> None:
    assert clipped(text, most, link) == kept
    assert not most or len(kept) <= most


def test_a_name_of_any_length_gives_a_short_text_that_fits() -> None:
    for lang in LANGS:
        for kind in KINDS:
            made = make(letter(lang, kind, notices=(notice("reply", place="长" * 3000),)))
            assert len(made.short) <= 450
            assert len(made.subject) <= 160
            assert made.short.endswith(made.letter.link)


def every_letter() -> Iterator[MadeLetter]:
    for lang in LANGS:
        for kind in KINDS:
            for sort in letter_sample.SORTS:
                yield make(letter(lang, kind, sort))


def test_no_letter_has_an_empty_place_or_a_stray_brace() -> None:
    for made in every_letter():
        for text in (made.subject, made.text, made.short):
            assert "{" not in text
            assert "None" not in text
            assert "  \n" not in text
            assert "\n\n\n" not in text
            assert "“”" not in text
