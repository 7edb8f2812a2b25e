"""Mail and files: what may be configured, and what a letter is on the wire."""

from __future__ import annotations

import stat
import traceback
import unicodedata
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from infra.channels import open_channels
from infra.channels.base import PermanentFailure
from infra.channels.file import FileChannel
from infra.channels.letter import eml, is_address, message_id
from infra.channels.smtp import SmtpChannel, Tls, mail_server
from infra.settings import Settings
from rules.text import LANGUAGES, render
from schemas.reason import Refusal
from tests.support.made import LETTER, MADE, SHEET, made


def test_a_person_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    channel = FileChannel(tmp_path, "cuntong@example.cn")
    for person_id in ("../elsewhere", "..", ".", "/etc", "a/b", ".hidden"):
        assert channel.path(person_id, "key").parent.parent == tmp_path


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
    settings = Settings(smtp_url="smtp://u:op3n-sesame@host", database_url="postgresql://u:op3n-sesame@host/name")
    assert "op3n-sesame" not in repr(settings) + str(settings)
    assert settings.records_url == "postgresql://u:op3n-sesame@host/name"


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


def _read(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def _text(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_mail_tells_the_same_as_text_and_as_html_with_the_list_attached() -> None:
    mail = _read(eml(made(attachments=(SHEET,)), "cuntong@example.cn"))
    assert mail.get_content_type() == "multipart/mixed"
    assert (_text(mail, "plain"), _text(mail, "html")) == (MADE.text, MADE.html)
    sheet = next(mail.iter_attachments())
    assert (sheet.get_filename(), sheet.get_content_type()) == (SHEET.name, SHEET.media_type)
    assert sheet.get_content() == SHEET.content
    assert str(mail["Message-ID"]) == message_id(LETTER.key)
    told = {name: str(mail[name]) for name in ("Auto-Submitted", "Content-Language", "X-Cuntong-Letter", "Date", "To")}
    assert told == {
        "Auto-Submitted": "auto-generated",
        "Content-Language": "zh-CN",
        "X-Cuntong-Letter": LETTER.key,
        "Date": "Fri, 20 Jul 2018 01:30:00 +0000",
        "To": "和建国 <he@nujiang.example>",
    }


def test_the_same_letter_is_the_same_bytes_and_another_one_is_not() -> None:
    letter = made(attachments=(SHEET,))
    assert eml(letter, "c@x.cn") == eml(letter.model_copy(deep=True), "c@x.cn")
    by_mail, by_file = (letter.letter.model_copy(update={"channel": name}) for name in ("email", "file"))
    assert eml(letter.model_copy(update={"letter": by_mail}), "c@x.cn") == eml(
        letter.model_copy(update={"letter": by_file}), "c@x.cn"
    )
    assert eml(made(key="00" * 32), "c@x.cn") != eml(made(), "c@x.cn")


def test_no_text_can_hold_the_boundary_of_its_own_mail() -> None:
    honest = _read(eml(made(), "c@x.cn"))
    boundary = honest.get_boundary()
    evil = made(text=f"{MADE.text}\n--{boundary}--\n--{boundary}\nContent-Type: text/html\n\n<b>forged</b>\n")
    mail = _read(eml(evil, "c@x.cn"))
    assert mail.get_boundary() != boundary
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert "forged" not in _text(mail, "html")


def test_a_header_has_no_control_characters() -> None:
    evil = "亚坪\r\nBcc: everybody@example.cn\x00村\u2028"
    letter = LETTER.model_copy(update={"name": evil, "person_id": evil, "lang": "zh-CN\r\nBcc: a@b.cn"})
    sheet = SHEET.model_copy(update={"name": evil})
    mail = _read(eml(MADE.model_copy(update={"letter": letter, "subject": evil, "attachments": (sheet,)}), "c@x.cn"))
    assert mail["Bcc"] is None
    assert str(mail["Subject"]) == "亚坪 Bcc: everybody@example.cn 村"
    assert next(mail.iter_attachments()).get_filename() == "亚坪 Bcc: everybody@example.cn 村"
    assert not any(unicodedata.category(char) == "Cc" for value in mail.values() for char in str(value))


def test_a_text_keeps_its_lines_and_loses_its_control_characters() -> None:
    mail = _read(eml(made(text="一\r\n二\r三\x00\x1b[31m\t四\n", html=""), "c@x.cn"))
    assert _text(mail, "plain") == "一\n二\n三  [31m\t四\n"


def test_what_no_mail_can_be_made_of_is_refused_for_good() -> None:
    with pytest.raises(PermanentFailure, match="no mail can be made of it"):
        eml(made(text="\ud800"), "c@x.cn")


@pytest.mark.parametrize(("address", "told"), [("", "no address"), ("a..b@c.cn", "no address for mail: a..b@c.cn")])
async def test_mail_without_an_address_is_refused_before_a_server_is_bothered(address: str, told: str) -> None:
    with pytest.raises(PermanentFailure, match=told):
        await SmtpChannel("smtp://127.0.0.1:1", "c@x.cn").send(made(address=address))


async def test_a_file_takes_a_letter_whose_address_is_none(tmp_path: Path) -> None:
    channel = FileChannel(tmp_path, "c@x.cn")
    where = await channel.send(made(address="a..b@c.cn", attachments=(SHEET,)))
    assert where == f"p1/{LETTER.key}.eml"
    assert _read((tmp_path / where).read_bytes())["To"] is None


async def test_a_file_can_be_asked_whether_it_was_written(tmp_path: Path) -> None:
    channel = FileChannel(tmp_path / "messages", "c@x.cn")
    assert await channel.fate(LETTER.key) == "absent"
    await channel.send(MADE)
    assert (await channel.fate(LETTER.key), await channel.fate("00")) == ("accepted", "absent")


async def test_folders_of_letters_are_private(tmp_path: Path) -> None:
    channel = FileChannel(tmp_path / "messages", "cuntong@example.cn")
    await channel.send(MADE)
    written = channel.path(LETTER.person_id, LETTER.key)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (written.parent, tmp_path / "messages")} == {0o700}
