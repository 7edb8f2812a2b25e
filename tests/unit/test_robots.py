"""Messages of robots: no text is markup, the receiver is called by name, and nothing is cut silently."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.channels.base import Manners, PermanentFailure
from infra.channels.config import MANNERS
from infra.channels.egress import Egress
from infra.channels.http import Wire
from infra.channels.robots import DingTalk, Feishu, Robot, WeCom, fitted, plain
from infra.channels.webhook import SmsChannel
from infra.letters.maker import Maker
from rules.text import LANGUAGES
from tests.support.made import LETTER, MADE, made

MOBILE = "13800000000"
ROBOTS: dict[str, type[Robot]] = {"dingtalk": DingTalk, "wecom": WeCom, "feishu": Feishu}
EVIL = '亚坪[村](https://evil.example) **加粗** `码` # 题\n> <at user_id="all">所有人</at> <@all> ![图](x) ~~删~~ a|b'
LONG = "\n".join(f"第{number}项：福贡县上帕镇某村 勘察设计 逾期 {number} 个工作日" for number in range(1, 900))


def robot(kind: type[Robot], secret: str = "") -> Robot:
    return kind("r", "https://robot.example/send", Wire(Egress()), Manners(), secret=secret)


def shown(kind: type[Robot], **changes: Any) -> str:  # noqa: ANN401 - texts and addresses
    """Return the text that the robot shows."""
    content = robot(kind).content(made(**changes))
    if kind is Feishu:
        return str(content["card"]["elements"][0]["text"]["content"])
    return str(content[content["msgtype"]].get("text") or content[content["msgtype"]]["content"])


@pytest.mark.parametrize("kind", [DingTalk, WeCom])
def test_a_text_is_never_markup(kind: type[Robot]) -> None:
    text = shown(kind, short=EVIL, address="")
    assert "](" not in text
    for markup in ("](https://evil", "<at", "<@", "`", "~~", "![", "\n>"):
        assert markup not in text
    assert text.replace("### ", "", 1).count("#") == 0


def test_a_card_of_feishu_is_plain_text() -> None:
    card = robot(Feishu).content(made(short=EVIL, subject=EVIL, address=MOBILE))["card"]
    assert card["header"]["title"]["tag"] == card["elements"][0]["text"]["tag"] == "plain_text"
    assert [element["tag"] for element in card["elements"]] == ["div"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["dingtalk", "wecom", "feishu", "custom"])
def test_where_others_read_along_there_is_no_link_that_signs_for_one(kind: str, lang: str) -> None:
    shared = {name for name, manners in MANNERS.items() if manners.is_shared}
    maker = Maker(lambda _ref: pytest.fail("no templates of its own"), lambda *_: LETTER.link, shared=shared)
    for sort in ("digest", "alone"):
        letter = LETTER.model_copy(update={"channel": kind, "kind": sort, "lang": lang, "link": ""})
        made_of_it = maker(letter)
        told = made_of_it.model_dump_json()
        if kind in ROBOTS:
            told += json.dumps(robot(ROBOTS[kind]).content(made_of_it), ensure_ascii=False)
        assert "cuntong.example" not in told
        assert {"zh-CN": "收件箱", "en": "inbox"}[lang] in made_of_it.short
        assert LETTER.link in maker(letter.model_copy(update={"channel": "email"})).short


def test_a_cut_text_leads_no_group_to_a_link() -> None:
    assert LETTER.link not in fitted(made(short=LONG), 1000)


@pytest.mark.parametrize(
    ("kind", "address", "called"),
    [
        (DingTalk, MOBILE, {"atMobiles": [MOBILE], "isAtAll": False}),
        (DingTalk, "all", {"atMobiles": [], "isAtAll": False}),
        (WeCom, MOBILE, [MOBILE]),
        (WeCom, "zhangsan", "<@zhangsan>"),
        (WeCom, "all>", ""),
        (WeCom, "@all", ""),
        (WeCom, "-", ""),
        (Feishu, "ou_12", "<at id=ou_12></at>"),
        (Feishu, "all", ""),
        (Feishu, "a></at><at id=all", ""),
    ],
)
def test_one_receiver_is_called_and_never_everybody(kind: type[Robot], address: str, called: object) -> None:
    content = robot(kind).content(made(address=address))
    if kind is DingTalk:
        assert content["at"] == called
    elif isinstance(called, list):
        assert content["text"]["mentioned_mobile_list"] == called
    else:
        told = json.dumps(content, ensure_ascii=False)
        assert str(called) in told
        assert ("<@" in told or "<at" in told) == bool(called)


@pytest.mark.parametrize(
    ("kind", "address", "limit"),
    [
        (DingTalk, MOBILE, 20_000),
        (WeCom, MOBILE, 2048),
        (WeCom, "zhangsan", 4096),
        (WeCom, "", 4096),
        (Feishu, "ou_1", 20_000),
    ],
)
@pytest.mark.parametrize("text", [LONG, EVIL * 300, "[" * 30_000], ids=["lines", "markup", "signs"])
def test_a_long_text_fits_and_says_that_it_was_cut(kind: type[Robot], address: str, limit: int, text: str) -> None:
    content = shown(kind, short=text, address=address)
    assert len(content.encode()) <= limit
    assert "共 1 项" in content
    assert "收件箱" in content
    whole = json.dumps(robot(kind).content(made(short=text, address=address)), ensure_ascii=False)
    assert len(whole.encode()) <= limit + 1000


def test_a_short_text_stays_whole() -> None:
    assert fitted(MADE, 4096) == MADE.short
    cut = fitted(made(short=LONG), 1000)
    assert len(cut.encode()) <= 1000
    assert cut.splitlines()[-2].endswith("个工作日")


def test_a_cut_without_a_link_names_the_inbox_in_the_readers_language() -> None:
    letter = MADE.letter.model_copy(update={"link": "", "lang": "en"})
    cut = fitted(MADE.model_copy(update={"letter": letter, "short": LONG}), 1000)
    assert "1 item(s) in all, see your inbox" in cut


@given(st.text(), st.integers(min_value=200, max_value=5000))
def test_whatever_the_text_it_fits(text: str, limit: int) -> None:
    assert len(fitted(made(short=text), limit).encode()) <= limit
    assert not set(plain(text)) & set("[]<>`*_~#|!\\")


def test_without_a_secret_nothing_is_signed() -> None:
    now = datetime(2018, 7, 20, tzinfo=UTC)
    assert robot(DingTalk).address(now) == "https://robot.example/send"
    assert robot(Feishu).seal(now) == {}


@pytest.mark.parametrize("address", ["", "he@nujiang.example", "138", "13800000000;1", "１３８０００００００"])
def test_an_sms_needs_a_number(address: str) -> None:
    channel = SmsChannel("sms", "https://sms.example/", Wire(Egress()), Manners())
    with pytest.raises(PermanentFailure, match="no telephone number"):
        channel.content(made(address=address))
    assert channel.content(made(address="+86 138-0000-0000"))["to"] == "+8613800000000"
