"""The file of channels: where letters may go besides mail and files, told line by line where something is wrong.

No message of ours shows an address or a secret: both may hold what opens a group chat to everybody.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import httpx
from pydantic import ValidationError

from infra.channels import custom
from infra.channels.base import Channel, Manners
from infra.channels.egress import Egress
from infra.channels.http import Times, Wire
from infra.channels.robots import DingTalk, Feishu, Robot, WeCom
from infra.channels.webhook import SmsChannel, WebhookChannel
from infra.files.model_error import rule
from infra.files.private import is_private
from infra.files.yaml_text import Place, lines_of, read_yaml
from rules.text import both
from schemas.channel import ChannelFile, ChannelLine
from schemas.message import Title
from schemas.reason import ErrorKind, Refusal

RESERVED = frozenset({"email", "file", "inbox"})
"""Names of the channels that are always ours."""

LARGEST_SECRET = 4096
FEWEST_SECRET_BYTES = 24
MOST_SECRETS = 2

MANNERS = {
    "webhook": Manners(),
    "sms": Manners(),
    "dingtalk": Manners(most_unknown=1, per_minute=20, is_keyed=False, is_shared=True),
    "wecom": Manners(most_unknown=1, per_minute=20, is_keyed=False, is_shared=True),
    "feishu": Manners(most_unknown=1, per_minute=100, is_keyed=False, is_shared=True),
    "custom": Manners(most_unknown=custom.MOST_UNKNOWN, is_keyed=False, is_best_effort=True, is_shared=True),
}
"""What fits each type, unless its line says otherwise. The limits of robots are those their makers publish."""

_ROBOTS: dict[str, type[Robot]] = {"dingtalk": DingTalk, "wecom": WeCom, "feishu": Feishu}
_SIGNED = frozenset({"webhook", "sms", "dingtalk", "feishu"})
_ASKED = frozenset({"webhook", "sms"})
_SHOWN = frozenset({"name", "type", "per_minute", "unknown", "most_unknown", "is_keyed", "kind"})
"""Fields whose values may be shown."""


def read_channels(path: Path, *, times: Times | None = None) -> dict[str, Channel]:
    """Return the channels of a file by name, ready to be used; nothing is connected yet.

    Args:
        path: The file.
        times: Time limits of those over HTTP.

    Raises:
        Refusal: The file is missing (`NOT_FOUND`), or it is not in order (`INVALID`); the reason names line, field and
            rule of the first fault.
    """
    raw = read_yaml(path)
    line = lines_of(path)
    try:
        file = ChannelFile.model_validate(raw)
    except ValidationError as error:
        detail = min(error.errors(include_url=False), key=lambda one: line(one["loc"]))
        is_shown = detail["type"] != "extra_forbidden" and bool(detail["loc"]) and detail["loc"][-1] in _SHOWN
        value = str(detail["input"])[:40] if is_shown else "—"
        raise _refusal(path, line, detail["loc"], rule(detail), value) from None
    return _Maker(path, line, file, times).channels()


class _Maker:
    """Checks what the schema cannot, and makes the channels."""

    def __init__(self, path: Path, line: Callable[[Place], int], file: ChannelFile, times: Times | None) -> None:
        self._path = path
        self._line = line
        self._file = file
        self._times = times
        self._egress = Egress(file.allow_private, file.allow_plain)

    def channels(self) -> dict[str, Channel]:
        made: dict[str, Channel] = {}
        for number, line in enumerate(self._file.channels):
            place = ("channels", number)
            if line.name in RESERVED:
                self._refuse((*place, "name"), both("channels.rule.reserved"), line.name)
            if line.name in made:
                self._refuse((*place, "name"), both("channels.rule.twice"), line.name)
            made[line.name] = self._channel(place, line)
        return made

    def _channel(self, place: Place, line: ChannelLine) -> Channel:
        url, secrets, manners = self._url(place, line), self._secrets(place, line), self._manners(place, line)
        if line.type == "custom":
            return custom.CustomChannel(line.name, url, manners)
        wire = Wire(self._egress, times=self._times, is_kept=manners.is_keyed)
        if line.type in _ROBOTS:
            secret = secrets[0] if secrets else ""
            return _ROBOTS[line.type](line.name, url, wire, manners, secret=secret)
        kind = SmsChannel if line.type == "sms" else WebhookChannel
        return kind(line.name, url, wire, manners, secrets=secrets, status_url=line.status_url)

    def _url(self, place: Place, line: ChannelLine) -> str:
        """Return the address of a channel, which must be one that letters may go to."""
        if bool(line.url) == bool(line.url_file):
            self._refuse((*place, "url"), both("channels.rule.one_url"))
        if line.url and line.type not in _ASKED and not is_private(self._path):
            self._refuse((*place, "url"), both("channels.rule.open_file"))
        where = (*place, "url_file" if line.url_file else "url")
        url = line.url if line.url_file is None else self._lines(where, line.url_file)[0]
        code = custom.fault(url, self._egress) if line.type == "custom" else self._egress.fault(url)
        if code:
            self._refuse(where, both(code, host=_host(url)))
        if line.status_url:
            self._status_url((*place, "status_url"), line)
        return url

    def _status_url(self, where: Place, line: ChannelLine) -> None:
        if line.type not in _ASKED:
            self._refuse(where, both("channels.rule.not_asked"))
        if "{key}" not in line.status_url:
            self._refuse(where, both("channels.rule.no_key"))
        asked = line.status_url.replace("{key}", "0")
        if code := self._egress.fault(asked):
            self._refuse(where, both(code, host=_host(asked)))

    def _secrets(self, place: Place, line: ChannelLine) -> list[str]:
        """Return the secrets of a channel: one, or for webhooks two while one replaces the other."""
        where = (*place, "secret_file")
        if line.secret_file is None:
            return []
        if line.type not in _SIGNED:
            self._refuse(where, both("channels.rule.not_signed"))
        secrets = self._lines(where, line.secret_file)
        if len(secrets) > (MOST_SECRETS if line.type in _ASKED else 1):
            self._refuse(where, both("channels.rule.many_secrets"))
        if line.type in _ASKED and not all(_is_webhook_secret(one) for one in secrets):
            self._refuse(where, both("channels.rule.webhook_secret", fewest=FEWEST_SECRET_BYTES))
        return secrets

    def _manners(self, place: Place, line: ChannelLine) -> Manners:
        usual = MANNERS[line.type]
        is_keyed = usual.is_keyed if line.is_keyed is None else line.is_keyed
        most_unknown = usual.most_unknown
        if line.is_keyed is not None and line.is_keyed != usual.is_keyed:
            most_unknown = None if is_keyed else 1
        unknown = line.unknown or ("reconcile" if line.status_url else "retry")
        if unknown == "reconcile" and not line.status_url:
            self._refuse((*place, "unknown"), both("channels.rule.reconcile"), unknown)
        return Manners(
            unknown=unknown,
            most_unknown=most_unknown if line.most_unknown is None else line.most_unknown,
            per_minute=line.per_minute or usual.per_minute,
            is_keyed=is_keyed,
            is_best_effort=usual.is_best_effort,
            is_shared=usual.is_shared,
        )

    def _lines(self, where: Place, named: Path) -> list[str]:
        """Return the lines of a file that only its owner can read; its place is taken from the file of channels."""
        path = self._path.parent / named
        try:
            is_closed, content = is_private(path), path.read_bytes()[: LARGEST_SECRET + 1]
            lines = [line.strip() for line in content.decode().splitlines() if line.strip()]
        except (OSError, ValueError):
            self._refuse(where, both("channels.rule.no_file"), str(named))
        if not is_closed:
            self._refuse(where, both("channels.rule.open_secret"), str(named))
        if not lines or len(content) > LARGEST_SECRET:
            self._refuse(where, both("channels.rule.no_secret"), str(named))
        return lines

    def _refuse(self, place: Place, broken: Title, value: str = "—") -> NoReturn:
        raise _refusal(self._path, self._line, place, broken, value)


def _refusal(path: Path, line: Callable[[Place], int], place: Place, broken: Title, value: str) -> Refusal:
    where = ".".join(str(step) for step in place) or "—"
    return Refusal(
        "channels.invalid", ErrorKind.INVALID, file=str(path), line=line(place), place=where, rule=broken, value=value
    )


def _is_webhook_secret(text: str) -> bool:
    """Whether a secret is one of Standard Webhooks: base64 of enough bytes, with or without `whsec_` in front."""
    try:
        return len(base64.b64decode(text.removeprefix("whsec_"), validate=True)) >= FEWEST_SECRET_BYTES
    except binascii.Error:
        return False


def _host(url: str) -> str:
    """Return the host of an address, which may be shown where the rest may not."""
    try:
        return httpx.URL(url).host or "—"
    except (httpx.InvalidURL, ValueError):
        return "—"
