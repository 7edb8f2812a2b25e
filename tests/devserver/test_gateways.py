"""Every channel over HTTP against receivers that behave badly: each answer means what the documented table says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from infra.channels.base import Channel, PermanentFailure, TemporaryFailure, UnknownOutcome
from infra.channels.config import read_channels
from infra.channels.http import LONGEST_WAIT, Answer, Times, judge, retry_after
from schemas.letter import MadeLetter
from tests.support.gateway import Gateway
from tests.support.made import LETTER, MADE, made
from tests.support.ports import free_port

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
OLD_SECRET = "whsec_" + base64.b64encode(b"an older one of thirty-two bytes").decode()
TYPES = ("webhook", "sms", "dingtalk", "wecom", "feishu")
TIMES = Times(connect=0.4, read=0.4, whole=0.6)
MOBILE = "13800000000"
TREE = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([0-9][^|]*) \| (taken|later|down|never|unknown) \|$", re.MULTILINE)
SPAN = re.compile(r"\b[0-9]{3}(?:–[0-9]{3})?\b")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    running = Gateway(tmp_path_factory.mktemp("gateway"))
    running.start()
    yield running
    running.stop()


def opened(folder: Path, kind: str, url: str, **fields: object) -> Channel:
    """Return one channel from a file of channels, as an installation would."""
    (folder / "secret").write_text(f"{fields.pop('secret', SECRET)}\n")
    (folder / "secret").chmod(0o600)
    line = {"name": "c1", "type": kind, "url": url, **fields}
    if kind not in {"wecom", "custom"}:
        line["secret_file"] = "secret"
    path = folder / "channels.yaml"
    path.write_text(json.dumps({"allow_private": ["127.0.0.1"], "channels": [line]}))
    path.chmod(0o600)
    return read_channels(path, times=TIMES)["c1"]


@pytest.fixture(params=TYPES)
async def channel(request: pytest.FixtureRequest, gateway: Gateway, tmp_path: Path) -> AsyncIterator[Channel]:
    gateway.behave("ok")
    gateway.requests.clear()
    kind = request.param
    path = f"robot/{kind}/c1" if kind in {"dingtalk", "wecom", "feishu"} else "c1"
    one = opened(tmp_path, kind, f"{gateway.url}/{path}")
    yield one
    await one.close()


async def outcome(channel: Channel, letter: MadeLetter) -> tuple[str, str]:
    """Return how a hand-over went, as the table in docs/reference/channels.md calls it, and what was told."""
    try:
        told = await channel.send(letter)
    except TemporaryFailure as failure:
        return ("down" if failure.is_channel_down else "later"), str(failure)
    except PermanentFailure as failure:
        return "never", str(failure)
    except UnknownOutcome as failure:
        return "unknown", str(failure)
    return "taken", told


def fresh(number: object) -> MadeLetter:
    return made(key=hashlib.sha256(str(number).encode()).hexdigest(), address=MOBILE)


ALWAYS = {
    "ok": "taken",
    "slow": "unknown",
    "hang": "unknown",
    "drop": "unknown",
    "reset": "unknown",
    "redirect": "down",
    "400": "never",
    "413": "never",
    "422": "never",
    "401": "down",
    "403": "down",
    "404": "down",
    "410": "down",
    "408": "down",
    "429": "down",
    "503": "down",
    "409": "later",
    "500": "down",
    "501": "down",
    "502": "unknown",
    "504": "unknown",
}
BY_TYPE = {
    "error": {"webhook": "taken", "sms": "never", "dingtalk": "down", "wecom": "down", "feishu": "down"},
    "huge": {"webhook": "taken", "sms": "unknown", "dingtalk": "unknown", "wecom": "unknown", "feishu": "unknown"},
    "cut": {"webhook": "taken", "sms": "unknown", "dingtalk": "unknown", "wecom": "unknown", "feishu": "unknown"},
}


def documented(status: int) -> str:
    """Return what docs/reference/channels.md says of a status."""
    other = ""
    for answers, meaning in ROW.findall((TREE / "docs" / "reference" / "channels.md").read_text(encoding="utf-8")):
        spans = [tuple(map(int, span.split("–"))) for span in SPAN.findall(answers)]
        if any(span[0] <= status <= span[-1] for span in spans):
            return str(meaning)
        if f"other {status // 100}xx" in answers:
            other = str(meaning)
    return other


def test_the_table_in_the_reference_is_the_one_in_the_code() -> None:
    for status in range(200, 600):
        answer = Answer(status, {}, b"")
        try:
            judge(answer, datetime(2018, 7, 20, tzinfo=UTC))
            how = "taken"
        except TemporaryFailure as failure:
            how = "down" if failure.is_channel_down else "later"
        except PermanentFailure:
            how = "never"
        except UnknownOutcome:
            how = "unknown"
        assert how == documented(status), status
    assert {mode: how for mode, how in ALWAYS.items() if mode.isdigit() and how != documented(int(mode))} == {}


@pytest.mark.parametrize("mode", [*ALWAYS, *BY_TYPE])
async def test_every_answer_means_what_the_table_says(channel: Channel, gateway: Gateway, mode: str) -> None:
    kind = type(channel).__name__.lower().removesuffix("channel")
    letter = fresh((kind, mode))
    gateway.behave(mode, seconds=5.0)
    how, told = await outcome(channel, letter)
    assert how == (ALWAYS.get(mode) or BY_TYPE[mode][kind]), told
    assert "access_token" not in told
    assert gateway.url not in told
    if how in {"down", "later", "never"}:  # what is called refused was not taken
        assert not gateway.receipts.has("c1", letter.letter.key)
    if how == "taken":
        assert gateway.receipts.has("c1", letter.letter.key) or mode == "error"


@pytest.mark.parametrize("kind", TYPES)
async def test_nobody_there_and_no_tls_leave_the_letter_here(kind: str, gateway: Gateway, tmp_path: Path) -> None:
    gateway.behave("ok")
    for url in (f"http://127.0.0.1:{free_port()}/c1", f"{gateway.url.replace('http', 'https')}/c1"):
        how, told = await outcome(opened(tmp_path, kind, url), fresh(url))
        assert how == "down", told


async def test_a_receiver_may_ask_for_time(channel: Channel, gateway: Gateway) -> None:
    for asked, seconds in (("7", 7.0), ("", None), ("soon", None), ("-3", None), ("999999999", LONGEST_WAIT)):
        gateway.behave("429", retry_after=asked)
        with pytest.raises(TemporaryFailure) as failure:
            await channel.send(fresh(asked))
        assert failure.value.retry_after == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:30:00 GMT"}, 120.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:30:00 GMT", "date": "Wed, 21 Oct 2015 07:29:00 GMT"}, 60.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:30:00 GMT", "date": "nonsense"}, 120.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:00:00 GMT"}, 0.0),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST_WAIT),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "1" * 400}, LONGEST_WAIT),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, datetime(2015, 10, 21, 7, 28, tzinfo=UTC)) == seconds


CODES: list[tuple[str, dict[str, Any], str, float | None]] = [
    ("dingtalk", {"errcode": 130101, "errmsg": "send too fast"}, "down", 600.0),
    ("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"}, "down", None),
    ("dingtalk", {"errcode": 430104, "errmsg": "bad content"}, "never", None),
    ("dingtalk", {"errcode": 777777, "errmsg": "new"}, "later", None),
    ("dingtalk", {"ok": True}, "unknown", None),
    ("dingtalk", {"errcode": "0"}, "unknown", None),
    ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, "down", 60.0),
    ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, "down", None),
    ("wecom", {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}, "never", None),
    ("feishu", {"code": 11232, "msg": "frequency limited"}, "down", 60.0),
    ("feishu", {"code": 19021, "msg": "sign match fail"}, "down", None),
    ("feishu", {"code": 11246, "msg": "card content"}, "never", None),
    ("feishu", {"code": False}, "unknown", None),
    ("sms", {"error": "number barred"}, "never", None),
    ("sms", {"error": "busy", "retry": True}, "later", None),
    ("sms", {"id": "m-1"}, "taken", None),
]


@pytest.mark.parametrize("case", CODES, ids=str)
async def test_success_by_status_is_none_by_code(
    case: tuple[str, dict[str, Any], str, float | None], gateway: Gateway, tmp_path: Path
) -> None:
    kind, answer, how, wait = case
    gateway.behave("error", error=answer)
    channel = opened(tmp_path, kind, f"{gateway.url}/robot/{kind}/c1")
    letter = fresh(str(answer))
    assert (await outcome(channel, letter))[0] == how
    if wait is not None:
        with pytest.raises(TemporaryFailure) as failure:
            await channel.send(letter)
        assert failure.value.retry_after == wait
    await channel.close()


async def test_a_webhook_is_signed_so_that_the_receivers_own_library_believes_it(
    gateway: Gateway, tmp_path: Path
) -> None:
    gateway.behave("ok")
    gateway.requests.clear()
    channel = opened(tmp_path, "webhook", f"{gateway.url}/c1", secret=f"{SECRET}\n{OLD_SECRET}")
    await channel.send(MADE)
    await channel.send(MADE)
    await channel.close()
    first, second = gateway.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == first.headers["idempotency-key"] == LETTER.key
    told = Webhook(SECRET).verify(first.body, first.headers)
    assert Webhook(OLD_SECRET).verify(first.body, first.headers) == told
    assert (told["type"], told["timestamp"]) == ("letter", "2018-07-20T01:30:00+00:00")
    assert told["data"]["version"] == 1
    assert [notice["place"] for notice in told["data"]["notices"]] == ["云南省怒江州福贡县上帕镇亚坪村"]
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    late = {**first.headers, "webhook-timestamp": str(int(first.headers["webhook-timestamp"]) - 301)}
    for secret, body, headers in (
        (other, first.body, first.headers),
        (SECRET, first.body + b" ", first.headers),
        (SECRET, first.body, {**first.headers, "webhook-id": "another"}),
        (SECRET, first.body, late),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)


async def test_dingtalk_is_signed_in_its_address(gateway: Gateway, tmp_path: Path) -> None:
    gateway.behave("ok")
    gateway.requests.clear()
    channel = opened(tmp_path, "dingtalk", f"{gateway.url}/robot/dingtalk/c1?access_token=TOKEN", secret="SEC1")
    await channel.send(made(address=MOBILE))
    await channel.close()
    query = parse_qs(gateway.requests[0].query)
    (at,), (sign,) = query["timestamp"], query["sign"]
    expected = hmac.new(b"SEC1", f"{at}\nSEC1".encode(), hashlib.sha256).digest()
    assert (query["access_token"], base64.b64decode(sign)) == (["TOKEN"], expected)
    body = json.loads(gateway.requests[0].body)
    assert body["at"] == {"atMobiles": [MOBILE], "isAtAll": False}
    assert f"@{MOBILE}" in body["markdown"]["text"]


async def test_feishu_is_signed_inside(gateway: Gateway, tmp_path: Path) -> None:
    gateway.behave("ok")
    gateway.requests.clear()
    channel = opened(tmp_path, "feishu", f"{gateway.url}/robot/feishu/c1", secret="SEC1")
    await channel.send(made(address="ou_1234"))
    await channel.close()
    body = json.loads(gateway.requests[0].body)
    expected = hmac.new(f"{body['timestamp']}\nSEC1".encode(), b"", hashlib.sha256).digest()
    assert base64.b64decode(body["sign"]) == expected
    assert body["card"]["elements"][1] == {"tag": "markdown", "content": "<at id=ou_1234></at>"}


async def test_a_gateway_can_be_asked_what_became_of_a_letter(gateway: Gateway, tmp_path: Path) -> None:
    gateway.behave("drop")
    status = f"{gateway.url}/fate/c1/{{key}}"
    channel = opened(tmp_path, "sms", f"{gateway.url}/c1", status_url=status)
    assert channel.manners.unknown == "reconcile"
    letter = fresh("asked")
    assert await channel.fate(letter.letter.key) == "absent"
    assert (await outcome(channel, letter))[0] == "unknown"
    assert await channel.fate(letter.letter.key) == "accepted"
    await channel.close()
    silent = opened(tmp_path, "sms", f"{gateway.url}/c1", status_url=f"http://127.0.0.1:{free_port()}/{{key}}")
    with pytest.raises(TemporaryFailure):
        await silent.fate(letter.letter.key)


async def test_an_address_with_a_token_is_in_no_log(
    gateway: Gateway, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.behave("ok")
    caplog.set_level("INFO")
    channel = opened(tmp_path, "dingtalk", f"{gateway.url}/robot/dingtalk/c1?access_token=TOKEN")
    await channel.send(MADE)
    await channel.close()
    assert "TOKEN" not in caplog.text


async def test_the_long_tail_is_believed_when_it_says_yes_and_never_when_it_says_no(
    gateway: Gateway, tmp_path: Path
) -> None:
    gateway.requests.clear()
    channel = opened(tmp_path, "custom", f"ntfy://127.0.0.1:{gateway.port}/topic")
    assert (channel.manners.is_best_effort, channel.manners.is_keyed) == (True, False)
    how = []
    for mode in ("ok", "500", "redirect"):
        gateway.behave(mode, location=f"{gateway.url}/elsewhere")
        how.append((await outcome(channel, MADE))[0])
    assert how == ["taken", "unknown", "unknown"]
    assert len(gateway.requests) == 3
