"""Channels keep to their place, and are left alone while they are down."""

from __future__ import annotations

import stat
import traceback
import unicodedata
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from activities.delivery import FAILURES_IN_A_ROW, Breaker
from infra.channels import open_channels
from infra.channels.base import PermanentFailure
from infra.channels.file import FileChannel
from infra.channels.letter import is_address
from infra.channels.smtp import SmtpChannel, Tls, mail_server
from infra.settings import Settings
from rules.text import LANGUAGES, render
from schemas.delivery import OutboxMessage
from schemas.reason import Refusal
from tests.support.letters import BASE
from tests.support.moments import Clock


def test_a_person_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    channel = FileChannel(tmp_path, "cuntong@example.cn")
    for person_id in ("../elsewhere", "..", ".", "/etc", "a/b", ".hidden"):
        assert channel.path(person_id, "key").parent.parent == tmp_path


def test_a_channel_that_is_down_rests_longer_each_time() -> None:
    clock = Clock()
    breaker = Breaker(clock.seconds)
    for _ in range(FAILURES_IN_A_ROW - 1):
        breaker.note(is_down=True)
    assert not breaker.is_open()
    rests = []
    for _ in range(9):
        breaker.note(is_down=True)
        begun = clock.at
        while breaker.is_open():
            clock.turn(seconds=1)
        rests.append((clock.at - begun).total_seconds())
        assert breaker.is_probing
    assert rests == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    breaker.note(is_down=False)
    assert not breaker.is_probing


def test_mail_is_a_channel_where_a_server_is_set(tmp_path: Path) -> None:
    assert sorted(open_channels(Settings(data=tmp_path))) == ["file"]
    assert sorted(open_channels(Settings(data=tmp_path, smtp_url="smtp://127.0.0.1:25"))) == ["email", "file"]


@pytest.mark.parametrize(
    "url",
    [
        *("http://mail.example.cn", "mail.example.cn:25", "smtp://", "smtp://host/path"),
        *("smtp://u:top/secret@host", "smtp://u:25/secret@host", "smtp://u:top#secret@host", "smtp://u:25?secret@host"),
        *("smtp://u:secret@[host", "smtp://u:p@host:secret"),
    ],
)
def test_what_is_no_mail_server_is_refused_without_a_word_of_it(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^not the URL of a mail server$") as error:
        SmtpChannel(url, "cuntong@example.cn")
    assert error.value.__cause__ is None
    with pytest.raises(Refusal) as refused:
        open_channels(Settings(data=tmp_path, smtp_url=url))
    told = "".join(traceback.format_exception(refused.value)) + "".join(
        render(refused.value.reason, lang) for lang in LANGUAGES
    )
    assert "secret" not in told
    assert refused.value.reason.code == "channel.bad_server"


def test_a_password_with_special_characters_is_percent_encoded() -> None:
    server = mail_server("smtps://me%40x:p%2Fs%40s@mail.example.cn:465")
    assert server == ("mail.example.cn", 465, "me@x", "p/s@s", True)


@pytest.mark.parametrize(
    ("url", "tls", "start_tls"),
    [
        ("smtp://u:p@mail.example.cn", "auto", True),
        ("smtp://u:p@mail.example.cn", "opportunistic", None),
        ("smtp://u:p@mail.example.cn", "off", False),
        ("smtp://mail.example.cn", "auto", None),
        ("smtp://mail.example.cn", "required", True),
        ("smtp://u:p@127.0.0.1:25", "auto", None),
        ("smtp://u:p@[::1]:25", "auto", None),
        ("smtp://u:p@localhost", "auto", None),
        ("smtp://u:p@127.0.0.1:25", "required", True),
        ("smtps://u:p@mail.example.cn", "auto", False),
        ("smtps://u:p@mail.example.cn", "required", False),
    ],
)
def test_a_password_leaves_this_machine_under_tls_only(url: str, tls: Tls, start_tls: bool | None) -> None:  # noqa: FBT001 - a table
    assert SmtpChannel(url, "cuntong@example.cn", tls=tls).start_tls is start_tls


def test_settings_do_not_show_their_passwords() -> None:
    settings = Settings(smtp_url="smtp://u:secret@host", database_url="postgresql://u:secret@host/name")
    assert "secret" not in repr(settings) + str(settings)
    assert settings.records_url == "postgresql://u:secret@host/name"


def test_a_sender_that_is_none_is_told_before_any_message_is_lost(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        open_channels(Settings(data=tmp_path, mail_from="cuntong"))
    assert refused.value.reason.code == "channel.bad_sender"
    assert all("cuntong" in render(refused.value.reason, lang) for lang in LANGUAGES)


@pytest.mark.parametrize(
    "address", ["li@nujiang.example", "a.b+c@x.cn", "li@localhost", "li@xn--55qx5d.cn", "o'h@x.cn"]
)
def test_addresses(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "a..b@c.cn",
            "a,b@c.cn",
            "张@c.cn",
            "a@张.cn",
            "a@b..c",
            "a@",
            "@b",
            "a",
            "",
            "a@b@c",
            "a@b ",
            " a@b",
            "a b@c",
        ),
        *("a\n@b.cn", "a@b\n.cn", "<a@b.cn>", "a@b.cn;", "a(x)@b.cn", ".a@b.cn", "a.@b.cn", f"{'a' * 250}@b.cn"),
    ],
)
def test_what_is_no_address(address: str) -> None:
    assert not is_address(address)


async def test_a_header_has_no_control_characters(tmp_path: Path) -> None:
    evil = "亚坪\r\nBcc: everybody@example.cn\x00村\u2028"
    changes = {"place": evil, "name": evil, "address": "li@x.cn", "stage_title_zh": evil, "rung_title_zh": evil}
    for kind in ("reminder", "escalation"):
        message = OutboxMessage.model_validate({**BASE, **changes, "kind": kind})
        channel = FileChannel(tmp_path, "cuntong@example.cn")
        await channel.send(message)
        mail = message_from_bytes(channel.path(message.person_id, message.key).read_bytes(), policy=default)
        assert mail["Bcc"] is None
        assert "亚坪 Bcc: everybody@example.cn 村" in str(mail["Subject"])
        assert not any(unicodedata.category(char) == "Cc" for value in mail.values() for char in str(value))


async def test_what_no_mail_can_be_made_of_is_refused_for_good(tmp_path: Path) -> None:
    message = OutboxMessage.model_validate({**BASE, "address": "a..b@c.cn"})
    with pytest.raises(PermanentFailure, match="no mail can be made of it"):
        await FileChannel(tmp_path, "cuntong@example.cn").send(message)


async def test_folders_of_letters_are_private(tmp_path: Path) -> None:
    channel = FileChannel(tmp_path / "messages", "cuntong@example.cn")
    await channel.send(OutboxMessage.model_validate(BASE))
    made = channel.path(BASE["person_id"], BASE["key"])
    assert {stat.S_IMODE(path.stat().st_mode) for path in (made.parent, tmp_path / "messages")} == {0o700}
