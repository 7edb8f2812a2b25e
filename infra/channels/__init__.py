"""Ways out of the house: each takes one message at a time and tells honestly how it went."""

from __future__ import annotations

from infra.channels.base import Channel
from infra.channels.file import FileChannel
from infra.channels.letter import is_address
from infra.channels.smtp import SmtpChannel
from infra.settings import Settings
from schemas.reason import ErrorKind, Refusal


def open_channels(settings: Settings) -> dict[str, Channel]:
    """Return the channels of this installation by name: always files, and mail when a mail server is set.

    Raises:
        Refusal: `channel.bad_sender` or `channel.bad_server`: a setting is none of a sender or mail server.
    """
    if not is_address(settings.mail_from):
        raise Refusal("channel.bad_sender", ErrorKind.INVALID, value=settings.mail_from)
    channels: list[Channel] = [FileChannel(settings.data / "messages", settings.mail_from)]
    if settings.smtp_url:
        try:
            channels.append(SmtpChannel(settings.smtp_url, settings.mail_from, tls=settings.smtp_tls))
        except ValueError:
            raise Refusal("channel.bad_server", ErrorKind.INVALID) from None
    return {channel.name: channel for channel in channels}
