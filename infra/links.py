"""Signed links in letters: who opens one answers that letter as its receiver, without signing in.

A token names the letter, its receiver and the letter's date, and carries an HMAC-SHA256 over them. It depends on
nothing else, so that the same letter always has the same link; until when it is good is judged when it is opened.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.files.private import is_private
from infra.settings import Settings
from schemas.reason import ErrorKind, Refusal

PATH = "/a/"
"""Where the console answers links."""

SHORTEST_SECRET = 32
_DOMAIN = b"cuntong link 1\0"
_KEY_BYTES, _AT_BYTES, _LETTER_BYTES, _MAC_BYTES = 4, 5, 32, 20
_LONGEST_TOKEN = 512


@dataclass(frozen=True)
class LinkClaim:
    """What a link that holds says.

    Attributes:
        letter: Key of the letter.
        person_id: Its receiver, as whom the answer is given.
        expires_at: Until when the link is good.
    """

    letter: str
    person_id: str
    expires_at: datetime


class Links:
    """Makes and reads the links of letters.

    Attributes:
        public_url: Address at which people reach this installation; empty: letters carry no links.
        days: For how many days a link is good.
    """

    def __init__(self, keys: Sequence[bytes], public_url: str, days: int) -> None:
        """Take the secrets: the first signs, all of them are known when a link is read."""
        self._keys = {_key_id(secret): secret for secret in keys}
        self._signing = keys[0]
        self.public_url = public_url.rstrip("/")
        self.days = days

    def letter(self, letter_key: str, person_id: str, at: datetime) -> str:
        """Return the link of a letter; empty when this installation has no address of its own.

        Args:
            letter_key: Key of the letter, a digest in hexadecimal digits.
            person_id: Its receiver.
            at: When the letter was written.
        """
        if not self.public_url:
            return ""
        stamp = int(at.timestamp()).to_bytes(_AT_BYTES, "big")
        body = _key_id(self._signing) + stamp + bytes.fromhex(letter_key) + person_id.encode()
        text = base64.urlsafe_b64encode(body).decode().rstrip("=")
        return f"{self.public_url}{PATH}{text}.{_signed(self._signing, body)}"

    def read(self, token: str, now: datetime) -> LinkClaim:
        """Return what a token says.

        Raises:
            Refusal: `link.unknown`: nobody here has made it; `link.expired`: it was good once.
        """
        body, seal = _opened(token)
        secret = self._keys.get(body[:_KEY_BYTES])
        # compared in any case, so that the time it takes tells nothing of which secrets there are
        is_ours = hmac.compare_digest(_signed(secret or b"", body), seal)
        if secret is None or not is_ours:
            raise Refusal("link.unknown", ErrorKind.NOT_FOUND)
        stamp, rest = body[_KEY_BYTES : _KEY_BYTES + _AT_BYTES], body[_KEY_BYTES + _AT_BYTES :]
        written_at = datetime.fromtimestamp(int.from_bytes(stamp, "big"), UTC)
        expires_at = written_at + timedelta(days=self.days)
        if now >= expires_at:
            raise Refusal("link.expired", days=self.days)
        return LinkClaim(rest[:_LETTER_BYTES].hex(), rest[_LETTER_BYTES:].decode(), expires_at)


def link_keys(settings: Settings) -> tuple[bytes, ...]:
    """Return the secrets of links: one a line of the file, the newest first. Without a file of one's own it is made.

    A new secret goes in front; the old one stays until the last link made with it has expired.

    Raises:
        Refusal: `link.no_secret`: the file cannot be read or written, or holds no secret that is long enough.
            `link.open_secret`: others can read it, and sign as anybody.
    """
    path = Path(settings.link_secret_file) if settings.link_secret_file else settings.data / "link.key"
    try:
        if not settings.link_secret_file and not path.exists():
            _make(path)
        is_closed = is_private(path)
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        detail = error.strerror if isinstance(error, OSError) else "UTF-8"
        raise Refusal("link.no_secret", ErrorKind.UNAVAILABLE, path=str(path), detail=detail or "") from error
    if not is_closed:
        raise Refusal("link.open_secret", ErrorKind.UNAVAILABLE, path=str(path))
    keys = tuple(line.encode() for line in lines if line and not line.startswith("#"))
    if not keys or min(map(len, keys)) < SHORTEST_SECRET:
        detail = f"< {SHORTEST_SECRET}"
        raise Refusal("link.no_secret", ErrorKind.UNAVAILABLE, path=str(path), detail=detail)
    return keys


def _make(path: Path) -> None:
    """Make the file of the secret, whole or not at all; when somebody else was faster, theirs counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".link-")  # readable by us alone
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        Path(draft).unlink()


def _key_id(secret: bytes) -> bytes:
    return hashlib.sha256(b"id\0" + secret).digest()[:_KEY_BYTES]


def _signed(secret: bytes, body: bytes) -> str:
    mac = hmac.digest(secret, _DOMAIN + body, "sha256")[:_MAC_BYTES]
    return base64.b32encode(mac).decode().lower()


def _opened(token: str) -> tuple[bytes, str]:
    """Return the body and the seal of a token, of which nothing is known yet but its form."""
    text, point, seal = token.partition(".")
    if not point or not token.isascii() or len(token) > _LONGEST_TOKEN:
        raise Refusal("link.unknown", ErrorKind.NOT_FOUND)
    try:
        body = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise Refusal("link.unknown", ErrorKind.NOT_FOUND) from None
    if len(body) <= _KEY_BYTES + _AT_BYTES + _LETTER_BYTES:
        raise Refusal("link.unknown", ErrorKind.NOT_FOUND)
    return body, seal
