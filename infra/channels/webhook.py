"""Letters for programs: webhooks in the format of Standard Webhooks, and SMS through a gateway that speaks ours.

Both carry the key of the letter, by which a receiver folds repeats: `webhook-id` and `Idempotency-Key`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from infra.channels.base import Fate, Manners, PermanentFailure, TemporaryFailure, UnknownOutcome
from infra.channels.http import Answer, Wire, judge
from rules.text import one_line
from schemas.letter import MadeLetter

VERSION = 1
"""Version of the content; it grows when a field changes its meaning or goes, not when one is added."""

_PHONE = re.compile(r"\+?[0-9]{5,20}")
_STATES: dict[str, Fate] = {"accepted": "accepted", "absent": "absent"}
_NOT_FOUND = 404

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the instant that signatures are dated with: the receiver refuses old ones."""
    return datetime.now(UTC)


class WebhookChannel:
    """Posts letters as signed JSON; any status of success means that the receiver has taken it.

    Attributes:
        name: Its name.
        manners: How to treat it.
        signers: What signs letters; receipts that come back are signed with the same secrets.
    """

    def __init__(  # noqa: PLR0913 - what a channel is made of
        self,
        name: str,
        url: str,
        wire: Wire,
        manners: Manners,
        *,
        secrets: Sequence[str] = (),
        status_url: str = "",
        clock: Clock = utc_now,
    ) -> None:
        """Take a configured channel.

        Args:
            name: Its name.
            url: Where letters are posted.
            wire: Its client.
            manners: How to treat it.
            secrets: Secrets to sign with, `whsec_...`; two while one replaces the other.
            status_url: Where the fate of a letter is asked, with `{key}` in it; empty when it cannot be.
            clock: Dates signatures.
        """
        self.name = name
        self.manners = manners
        self._url = url
        self._wire = wire
        self.signers = [Webhook(secret) for secret in secrets]
        self._status_url = status_url
        self._clock = clock

    async def send(self, made: MadeLetter) -> str:
        """Post one letter.

        Returns:
            The receiver's `id` for it; empty when it gives none.

        Raises:
            TemporaryFailure: Not taken over.
            PermanentFailure: Refused for good.
            UnknownOutcome: Nobody can tell.
        """
        content = _json(self.content(made))
        answer = await self._wire.post(self._url, content, self._headers(made.letter.key, content))
        judge(answer, self._clock())
        return self.accepted(answer)

    def content(self, made: MadeLetter) -> dict[str, Any]:
        """Return what is posted; the same letter always gives the same."""
        letter = made.letter
        return {
            "type": "letter",
            "timestamp": letter.created_at.isoformat(),
            "data": {
                "version": VERSION,
                **letter.model_dump(mode="json", exclude={"channel", "templates", "created_at"}),
                "subject": made.subject,
                "text": made.text,
                "short": made.short,
            },
        }

    def accepted(self, answer: Answer) -> str:
        """Return the receiver's id in an answer whose status says that it took the letter."""
        found = answer.data or {}
        return one_line(str(found.get("id", "")))

    async def fate(self, key: str) -> Fate:
        """Ask what became of a letter: the answer is a JSON object whose `state` is `accepted` or `absent`.

        Raises:
            TemporaryFailure: There was no such answer.
        """
        if not self._status_url:
            return "unknown"
        answer = await self._wire.get(self._status_url.replace("{key}", key))
        if answer.status not in {200, _NOT_FOUND} or answer.data is None:
            raise TemporaryFailure(answer.told)
        return _STATES.get(str(answer.data.get("state")), "unknown")

    async def close(self) -> None:
        """Close the connection."""
        await self._wire.close()

    def _headers(self, key: str, content: bytes) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Cuntong-Letter": key,
            "webhook-id": key,
        }
        if self.signers:
            now = self._clock()
            text = content.decode()
            headers["webhook-timestamp"] = str(int(now.timestamp()))
            headers["webhook-signature"] = " ".join(one.sign(key, now, text) for one in self.signers)
        return headers


class SmsChannel(WebhookChannel):
    """Posts short texts to a gateway: `{"key", "to", "text"}`.

    A gateway that refuses with a status of success says so by `error` in its answer, and by `retry` whether it may be
    tried again.
    """

    def content(self, made: MadeLetter) -> dict[str, Any]:
        """Return what is posted.

        Raises:
            PermanentFailure: The receiver has no telephone number.
        """
        number = made.letter.address.replace(" ", "").replace("-", "")
        if not _PHONE.fullmatch(number):
            raise PermanentFailure(f"no telephone number: {one_line(made.letter.address) or '(none)'}")
        return {"key": made.letter.key, "to": number, "text": made.short.strip()}

    def accepted(self, answer: Answer) -> str:
        """Return the gateway's id.

        Raises:
            TemporaryFailure: It refuses for now.
            PermanentFailure: It refuses.
            UnknownOutcome: Its answer is cut short, or too long to be one.
        """
        if answer.body is None:
            raise UnknownOutcome(f"{answer.status} and no whole answer")
        error = (answer.data or {}).get("error")
        if error and (answer.data or {}).get("retry") is True:
            raise TemporaryFailure(answer.told, is_channel_down=False)
        if error:
            raise PermanentFailure(answer.told)
        return super().accepted(answer)


def _json(content: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed and posted.

    Raises:
        PermanentFailure: A text holds what no encoding does.
    """
    try:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as problem:
        raise PermanentFailure("a text cannot be encoded") from problem
