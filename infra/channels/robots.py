"""Robots of DingTalk, WeCom and Feishu: one short message into a group, with its receiver called by name.

A robot answers HTTP 200 also when it refuses; what counts is the code in the answer. None of the three folds repeats.
A text is never markup: what a village is called cannot become a link, a heading or a call to everybody. A whole group
reads it, so that it holds no link either with which its receiver answers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote_plus

from infra.channels.base import Fate, Manners, PermanentFailure, TemporaryFailure, UnknownOutcome
from infra.channels.http import Answer, Wire, judge
from infra.channels.webhook import Clock, utc_now
from rules.text import one_line, say
from schemas.letter import MadeLetter

_MOBILE = re.compile(r"(?:\+?[0-9]{1,3}-)?1[0-9]{10}")
_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
_MARKUP = str.maketrans("[]<>`*_~#|!\\", "［］＜＞｀＊＿～＃｜！＼")
"""Markup becomes the same sign in full width: the three understand no escapes in common."""


@dataclass(frozen=True)
class Codes:
    """What the codes of a robot mean; one that is in none of these is a refusal that may pass.

    Attributes:
        field: Field of the answer with the code; 0 is success.
        message: Field with the words.
        busy: Too much at once, with the seconds for which it is to be left alone.
        shut: Refusals of us: signature, address, keyword or list of addresses of the robot's settings.
        never: Refusals of this very text.
    """

    field: str
    message: str
    busy: Mapping[int, float]
    shut: frozenset[int]
    never: frozenset[int]


class Robot(ABC):
    """A robot of a group chat."""

    codes: ClassVar[Codes]
    most_bytes: ClassVar[int]

    def __init__(  # noqa: PLR0913 - what a channel is made of
        self, name: str, url: str, wire: Wire, manners: Manners, *, secret: str = "", clock: Clock = utc_now
    ) -> None:
        """Take a configured channel.

        Args:
            name: Its name.
            url: Its address, with its token.
            wire: Its client.
            manners: How to treat it.
            secret: Secret to sign with; empty when its settings ask for none.
            clock: Dates signatures.
        """
        self.name = name
        self.manners = manners
        self._url = url
        self._wire = wire
        self._secret = secret
        self._clock = clock

    async def send(self, made: MadeLetter) -> str:
        """Hand one letter over.

        Raises:
            TemporaryFailure: Not taken over.
            PermanentFailure: Refused for good.
            UnknownOutcome: Nobody can tell.
        """
        now = self._clock()
        try:
            content = json.dumps({**self.content(made), **self.seal(now)}, ensure_ascii=False).encode()
        except UnicodeEncodeError as problem:
            raise PermanentFailure("the text cannot be encoded") from problem
        headers = {"Content-Type": "application/json; charset=utf-8", "X-Cuntong-Letter": made.letter.key}
        answer = await self._wire.post(self.address(now), content, headers)
        judge(answer, now)
        self._accepted(answer)
        return ""

    async def fate(self, key: str) -> Fate:  # noqa: ARG002 - every channel is asked so
        """Return `unknown`: a robot does not tell what it wrote."""
        return "unknown"

    async def close(self) -> None:
        """Close the connection."""
        await self._wire.close()

    @abstractmethod
    def content(self, made: MadeLetter) -> dict[str, Any]:
        """Return the message."""

    def address(self, now: datetime) -> str:  # noqa: ARG002 - signed by some
        """Return where it is posted."""
        return self._url

    def seal(self, now: datetime) -> dict[str, str]:  # noqa: ARG002 - signed by some
        """Return what is added to the message as signature."""
        return {}

    def _accepted(self, answer: Answer) -> None:
        """Return when the code of an answer is success.

        Raises:
            TemporaryFailure: The robot refuses for now, or as it is set up.
            PermanentFailure: It refuses this text.
            UnknownOutcome: There is no code: this is not the robot's answer, or not the whole of it.
        """
        codes, data = self.codes, answer.data or {}
        code = data.get(codes.field)
        if not isinstance(code, int) or isinstance(code, bool):
            raise UnknownOutcome(f"no {codes.field} in the answer: {answer.told}")
        if code == 0:
            return
        told = one_line(f"{code} {data.get(codes.message, '')}")
        if code in codes.never:
            raise PermanentFailure(told)
        raise TemporaryFailure(
            told, is_channel_down=code in codes.shut or code in codes.busy, retry_after=codes.busy.get(code)
        )


class DingTalk(Robot):
    """A robot of DingTalk: markdown, signed in its address; 20 messages a minute, then shut for ten minutes."""

    codes = Codes(
        field="errcode",
        message="errmsg",
        busy={-1: 5.0, 90018: 60.0, 90030: 60.0, 130101: 600.0, 130102: 600.0, 410100: 600.0},
        shut=frozenset({300001, 300005, 310000, 400013, 400101, 400102, 400106}),
        never=frozenset({40035, 43004, 400105, 430101, 430102, 430103, 430104, 460101}),
    )
    most_bytes = 16_000

    def content(self, made: MadeLetter) -> dict[str, Any]:
        """Return a markdown message; the receiver is called when the address is a mobile number."""
        mobile = _mobile(made)
        call = f"\n\n@{mobile}" if mobile else ""
        title = plain(one_line(made.subject))
        text = f"### {title}\n\n{_marked(made, self.most_bytes - len(f'{title}{call}'.encode()))}{call}"
        return {
            "msgtype": "markdown",
            "markdown": {"title": title, "text": text},
            "at": {"atMobiles": [mobile] if mobile else [], "isAtAll": False},
        }

    def address(self, now: datetime) -> str:
        """Return the address with instant and signature."""
        if not self._secret:
            return self._url
        at = str(int(now.timestamp() * 1000))
        sign = _hmac(self._secret.encode(), f"{at}\n{self._secret}".encode())
        return f"{self._url}{'&' if '?' in self._url else '?'}timestamp={at}&sign={quote_plus(sign)}"


class WeCom(Robot):
    """A robot of WeCom: markdown of 4096 bytes, or text of 2048 where a mobile number is called; 20 a minute."""

    codes = Codes(
        field="errcode",
        message="errmsg",
        busy={-1: 5.0, 45009: 60.0, 45033: 10.0},
        shut=frozenset({40001, 40014, 41001, 60020, 93000, 93004, 93008}),
        never=frozenset({40008, 40058, 44004, 45002}),
    )
    most_bytes = 4096
    most_text_bytes = 2048

    def content(self, made: MadeLetter) -> dict[str, Any]:
        """Return a text that calls a mobile number, or else markdown that calls a member by the id of the address."""
        title = one_line(made.subject)
        if mobile := _mobile(made):
            text = fitted(made, self.most_text_bytes - len(f"{title}\n".encode()))
            return {"msgtype": "text", "text": {"content": f"{title}\n{text}", "mentioned_mobile_list": [mobile]}}
        member = made.letter.address
        call = f"\n<@{member}>" if member and _MEMBER.fullmatch(member) and member != "@all" else ""
        head = f"**{plain(title)}**\n"
        body = _marked(made, self.most_bytes - len(f"{head}{call}".encode()))
        return {"msgtype": "markdown", "markdown": {"content": f"{head}{body}{call}"}}


class Feishu(Robot):
    """A robot of Feishu: a card of plain text; 100 a minute, 20 KB, signed inside."""

    codes = Codes(
        field="code",
        message="msg",
        busy={9499: 10.0, 11232: 60.0, 11233: 60.0, 99991400: 60.0},
        shut=frozenset({19001, 19002, 19021, 19022, 19024, 11205, 11206}),
        never=frozenset({11246, 11247, 230025, 230099}),
    )
    most_bytes = 16_000

    def content(self, made: MadeLetter) -> dict[str, Any]:
        """Return the card; the receiver is called when the address is an id of Feishu."""
        address = made.letter.address
        text = fitted(made, self.most_bytes)
        elements: list[dict[str, Any]] = [{"tag": "div", "text": {"tag": "plain_text", "content": text}}]
        if _MEMBER.fullmatch(address) and address not in {"all", "@all"} and not _mobile(made):
            elements.append({"tag": "markdown", "content": f"<at id={address}></at>"})
        header = {"title": {"tag": "plain_text", "content": one_line(made.subject)}}
        return {"msg_type": "interactive", "card": {"header": header, "elements": elements}}

    def seal(self, now: datetime) -> dict[str, str]:
        """Return instant and signature: Feishu signs nothing, with instant and secret as the key."""
        if not self._secret:
            return {}
        at = str(int(now.timestamp()))
        return {"timestamp": at, "sign": _hmac(f"{at}\n{self._secret}".encode(), b"")}


def fitted(made: MadeLetter, limit: int) -> str:
    """Return the short text of a letter within a limit of bytes.

    Nothing is cut silently: a text that is too long ends at a line, and then says how many notices there are in all and
    where they stand.
    """
    text = made.short.strip()
    if len(text.encode()) <= limit:
        return text
    letter = made.letter
    where = say("channels.inbox", letter.lang)
    remark = "\n" + say("channels.cut", letter.lang, count=len(letter.notices), where=where)
    room = max(0, limit - len(remark.encode()))
    kept = text.encode()[:room].decode(errors="ignore")
    at_line, _, _ = kept.rpartition("\n")
    return f"{at_line or kept}{remark}"


def plain(text: str) -> str:
    """Return a text in which nothing is markup."""
    return text.translate(_MARKUP)


def _marked(made: MadeLetter, limit: int) -> str:
    """Return the short text of a letter as markdown within a limit of bytes: signs of full width take more of them."""
    room = limit
    text = _lines(fitted(made, room))
    while room > 0 and (excess := len(text.encode()) - limit) > 0:
        room -= excess
        text = _lines(fitted(made, room))
    return text


def _lines(text: str) -> str:
    """Return a text as markdown: plain; lines stay lines."""
    return plain(text).replace("\n", "  \n")


def _mobile(made: MadeLetter) -> str:
    address = made.letter.address.strip()
    return address if _MOBILE.fullmatch(address) else ""


def _hmac(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
