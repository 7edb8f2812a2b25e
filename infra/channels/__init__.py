"""Ways out of the house: each takes one message at a time and tells honestly how it went."""

from __future__ import annotations

from infra.channels.base import Channel
from infra.channels.file import FileChannel
from infra.channels.smtp import SmtpChannel
from infra.settings import Settings


def open_channels(settings: Settings) -> dict[str, Channel]:
    """Return the channels of this installation by name: always files, and mail when a mail server is set.

    Raises:
        ValueError: The URL of the mail server is none.
    """
    channels: list[Channel] = [FileChannel(settings.data / "messages", settings.mail_from)]
    if settings.smtp_url:
        channels.append(SmtpChannel(settings.smtp_url, settings.mail_from))
    return {channel.name: channel for channel in channels}
