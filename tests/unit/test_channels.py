"""Channels keep to their place, and are left alone while they are down."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.delivery import FAILURES_IN_A_ROW, Breaker
from infra.channels import open_channels
from infra.channels.file import FileChannel
from infra.channels.smtp import SmtpChannel
from infra.settings import Settings
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


@pytest.mark.parametrize("url", ["http://mail.example.cn", "mail.example.cn:25", "smtp://"])
def test_what_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not the URL of a mail server"):
        SmtpChannel(url, "cuntong@example.cn")
