"""The file of channels: what is wrong is told with line, field and way out, and never with a secret."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from infra.channels import open_channels
from infra.channels.config import MANNERS, read_channels
from infra.settings import Settings
from rules.text import LANGUAGES, render
from schemas.reason import Refusal

TOKEN = "T0PSECRET"
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
HEAD = "kind: channels\nallow_private: [sms.county.example, 10.1.2.3]\nallow_plain: [sms.county.example]\nchannels:\n"
ROBOT = f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}"


def written(folder: Path, lines: str, *, mode: int = 0o600) -> Path:
    path = folder / "channels.yaml"
    path.write_text(HEAD + lines, encoding="utf-8")
    path.chmod(mode)
    secret = folder / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    return path


GOOD = """\
  - {name: provincial-platform, type: webhook, url: "https://platform.province.example/hook", secret_file: secret}
  - {name: sms, type: sms, url: "http://sms.county.example:8080/send", status_url: "http://sms.county.example:8080/{key}"}
  - {name: ding, type: dingtalk, url_file: ding.url, secret_file: ding.secret, per_minute: 10, most_unknown: 0}
  - {name: weixin, type: wecom, url_file: ding.url, unknown: hold}
  - {name: feishu, type: feishu, url_file: ding.url, is_keyed: true}
  - {name: old-webhook, type: webhook, url: "https://10.1.2.3/x", is_keyed: false}
"""


def test_every_type_is_opened_with_the_manners_that_fit_it(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    for name, text in (("ding.url", ROBOT), ("ding.secret", "SEC1")):
        (tmp_path / name).write_text(f"{text}\n")
        (tmp_path / name).chmod(0o400)
    channels = read_channels(path)
    told = {
        name: (one.manners.unknown, one.manners.most_unknown, one.manners.per_minute, one.manners.is_keyed)
        for name, one in channels.items()
    }
    assert told == {
        "provincial-platform": ("retry", None, None, True),
        "sms": ("reconcile", None, None, True),
        "ding": ("retry", 0, 10, False),
        "weixin": ("hold", 1, 20, False),
        "feishu": ("retry", None, 100, True),
        "old-webhook": ("retry", 1, None, False),
    }
    assert all(channel.name == name for name, channel in channels.items())


BAD = [
    ("name", "  - {name: inbox, type: webhook, url: 'https://a.example/'}", 5, "channels.0.name"),
    ("name", "  - {name: Ding, type: webhook, url: 'https://a.example/'}", 5, "channels.0.name"),
    (
        "twice",
        "  - {name: a, type: webhook, url: 'https://a.example/'}\n  - {name: a, type: sms, url: 'https://a.example/'}",
        6,
        "channels.1.name",
    ),
    ("type", "  - {name: a, type: pager, url: 'https://a.example/'}", 5, "channels.0.type"),
    ("no url", "  - {name: a, type: webhook}", 5, "channels.0.url"),
    (
        "two urls",
        "  - name: a\n    type: webhook\n    url: https://a.example/\n    url_file: secret",
        7,
        "channels.0.url",
    ),
    ("extra", f"  - name: a\n    type: webhook\n    secret: {TOKEN}", 7, "channels.0.secret"),
    ("number", "  - {name: a, type: webhook, url: 'https://a.example/', per_minute: 0}", 5, "channels.0.per_minute"),
    ("list", f"  - {{name: a, type: webhook, url: [{TOKEN}]}}", 5, "channels.0.url"),
    ("plain", f"  - {{name: a, type: webhook, url: 'http://a.example/{TOKEN}'}}", 5, "channels.0.url"),
    ("private", f"  - {{name: a, type: webhook, url: 'https://10.9.9.9/{TOKEN}'}}", 5, "channels.0.url"),
    ("user", f"  - {{name: a, type: webhook, url: 'https://u:{TOKEN}@a.example/'}}", 5, "channels.0.url"),
    ("host", f"  - {{name: a, type: webhook, url: 'https://0x7f.1/{TOKEN}'}}", 5, "channels.0.url"),
    ("custom", f"  - {{name: a, type: custom, url: 'json://a.example/{TOKEN}'}}", 5, "channels.0.url"),
    ("custom host", f"  - {{name: a, type: custom, url: 'ntfy://a.example/{TOKEN}'}}", 5, "channels.0.url"),
    ("no file", "  - {name: a, type: webhook, url_file: nowhere}", 5, "channels.0.url_file"),
    (
        "folder",
        "  - {name: a, type: webhook, url: 'https://a.example/', secret_file: .}",
        5,
        "channels.0.secret_file",
    ),
    (
        "short secret",
        "  - {name: a, type: webhook, url: 'https://a.example/', secret_file: short}",
        5,
        "channels.0.secret_file",
    ),
    (
        "empty secret",
        "  - {name: a, type: webhook, url: 'https://a.example/', secret_file: empty}",
        5,
        "channels.0.secret_file",
    ),
    (
        "open secret",
        "  - {name: a, type: webhook, url: 'https://a.example/', secret_file: open}",
        5,
        "channels.0.secret_file",
    ),
    ("unsigned", f"  - {{name: a, type: wecom, url: '{ROBOT}', secret_file: secret}}", 5, "channels.0.secret_file"),
    (
        "three secrets",
        "  - {name: a, type: webhook, url: 'https://a.example/', secret_file: many}",
        5,
        "channels.0.secret_file",
    ),
    (
        "reconcile",
        "  - {name: a, type: sms, url: 'https://a.example/', unknown: reconcile}",
        5,
        "channels.0.unknown",
    ),
    (
        "status",
        f"  - {{name: a, type: wecom, url: '{ROBOT}', status_url: 'https://a.example/{{key}}'}}",
        5,
        "channels.0.status_url",
    ),
    (
        "no key",
        "  - {name: a, type: sms, url: 'https://a.example/', status_url: 'https://a.example/'}",
        5,
        "channels.0.status_url",
    ),
    (
        "status host",
        "  - {name: a, type: sms, url: 'https://a.example/', status_url: 'https://127.0.0.1/{key}'}",
        5,
        "channels.0.status_url",
    ),
]


@pytest.mark.parametrize(("lines", "number", "place"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_is_wrong_is_told_with_its_line_and_without_a_secret(
    lines: str, number: int, place: str, tmp_path: Path
) -> None:
    path = written(tmp_path, lines + "\n")
    for name, text, mode in (("short", "c2hvcnQ=", 0o600), ("empty", "\n", 0o600), ("open", SECRET, 0o644)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(mode)
    (tmp_path / "many").write_text("\n".join([SECRET] * 3))
    (tmp_path / "many").chmod(0o600)
    with pytest.raises(Refusal) as refused:
        read_channels(path)
    reason = refused.value.reason
    assert (reason.code, reason.params["line"], reason.params["place"]) == ("channels.invalid", number, place)
    for lang in LANGUAGES:
        told = render(reason, lang)
        assert str(path) in told
        assert TOKEN not in told
    assert TOKEN not in repr(refused.value)
    assert refused.value.__cause__ is None


def test_an_address_with_a_token_stands_in_a_private_file_only(tmp_path: Path) -> None:
    line = f"  - {{name: a, type: dingtalk, url: '{ROBOT}'}}\n"
    assert read_channels(written(tmp_path, line))
    with pytest.raises(Refusal) as refused:
        read_channels(written(tmp_path, line, mode=0o640))
    assert "chmod 600" in render(refused.value.reason, "en")


def test_an_installation_without_a_file_has_none_and_one_that_names_a_missing_one_is_told(tmp_path: Path) -> None:
    assert sorted(open_channels(Settings(data=tmp_path))) == ["file"]
    with pytest.raises(Refusal):
        open_channels(Settings(data=tmp_path, channels_file=str(tmp_path / "missing.yaml")))
    written(tmp_path, "  - {name: platform, type: webhook, url: 'https://a.example/'}\n")
    assert sorted(open_channels(Settings(data=tmp_path))) == ["file", "platform"]


def test_only_what_the_receiver_can_recognise_is_sent_again_without_end() -> None:
    assert all(manners.is_keyed == (manners.most_unknown is None) for manners in MANNERS.values())
