"""Ways out of the house: each takes one letter at a time and tells honestly how it went."""

from __future__ import annotations

from pathlib import Path

from infra.channels.base import Channel
from infra.channels.file import FileChannel
from infra.channels.letter import is_address
from infra.channels.smtp import SmtpChannel
from infra.settings import Settings
from schemas.reason import ErrorKind, Refusal

FILE = "channels.yaml"
"""File of channels under the data folder, where settings name no other."""


def open_channels(settings: Settings) -> dict[str, Channel]:
    """Return the channels of this installation by name: files, mail when a server is set, and those of its file.

    Raises:
        Refusal: `channel.bad_sender` or `channel.bad_server`: a setting is none of a sender or mail server;
            `channel.invalid` and those of YAML: the file of channels is not in order.
    """
    if not is_address(settings.mail_from):
        raise Refusal("channel.bad_sender", ErrorKind.INVALID, value=settings.mail_from)
    channels: list[Channel] = [FileChannel(settings.data / "messages", settings.mail_from)]
    if settings.smtp_url:
        try:
            channels.append(SmtpChannel(settings.smtp_url, settings.mail_from, tls=settings.smtp_tls))
        except ValueError:
            raise Refusal("channel.bad_server", ErrorKind.INVALID) from None
    return {channel.name: channel for channel in channels} | _configured(settings)


def _configured(settings: Settings) -> dict[str, Channel]:
    """Return the channels of the file; an installation without one does not wait for their libraries to load."""
    path = Path(settings.channels_file) if settings.channels_file else settings.data / FILE
    if not settings.channels_file and not path.exists():
        return {}
    from infra.channels.config import read_channels  # noqa: PLC0415 - httpx and apprise take half a second

    return read_channels(path)
