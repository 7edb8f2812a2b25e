"""`channel list|try`: what is configured, and whether it works, told in both languages and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.app import main
from tests.support.gateway import Gateway

MOBILE = "13800000000"


Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Give a command, and return its exit code and what it said."""
    monkeypatch.setenv("CUNTONG_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def said(*argv: str) -> tuple[int, str, str]:
        code = main(argv)
        told = capsys.readouterr()
        return code, told.out, told.err

    return said


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    running = Gateway(tmp_path / "gateway")
    running.start()
    yield running
    running.stop()


def configured(folder: Path, url: str) -> Path:
    path = folder / "channels.yaml"
    line = {"name": "ding", "type": "dingtalk", "url": f"{url}/robot/dingtalk/ding"}
    path.write_text(json.dumps({"allow_private": ["127.0.0.1"], "channels": [line]}))
    path.chmod(0o600)
    return path


def test_a_channel_is_listed_and_tried(say: Say, gateway: Gateway, tmp_path: Path) -> None:
    configured(tmp_path, gateway.url)
    _, out, _ = say("channel", "list", "--json")
    assert {one["name"]: one["per_minute"] for one in json.loads(out)["channels"]} == {"file": None, "ding": 20}
    assert "重发" in say("channel", "list", "--lang", "zh-CN")[1]
    code, out, _ = say("channel", "try", "ding", "--to", MOBILE, "--json")
    assert (code, json.loads(out)) == (0, {"channel": "ding", "state": "taken", "detail": ""})
    assert json.loads(gateway.requests[0].body)["at"]["atMobiles"] == [MOBILE]
    gateway.behave("error")
    code, out, _ = say("channel", "try", "ding", "--lang", "en")
    assert code == 1
    assert "not taken over" in out
    assert "310000 sign not match" in out


def test_what_is_wrong_is_told_before_anything_is_sent(say: Say, gateway: Gateway, tmp_path: Path) -> None:
    path = configured(tmp_path, gateway.url)
    code, _, err = say("channel", "try", "wecom", "--lang", "en")
    assert code == 1
    assert "only file, ding" in err
    path.chmod(0o644)
    for lang, told in (("en", "chmod 600"), ("zh-CN", "收紧权限")):
        code, _, err = say("channel", "list", "--lang", lang)
        assert code == 1
        assert told in err
    assert gateway.requests == []
