"""Channels of an installation, as its operator configures them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from schemas.message import Document

Unknown = Literal["retry", "reconcile", "hold", "drop"]
"""What becomes of a letter whose fate is unknown. retry: sent again, with the same key; reconcile: the other side is
asked by our key first; hold: a person decides; drop: not sent again (at most once)."""

ChannelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class ChannelLine(Document):
    """One channel.

    Attributes:
        name: Name in the outbox and in the directory of people.
        type: What speaks at the other end. `custom` is the long tail by a fan-out library, best effort.
        url: Address to post to; for `custom` a URL of that library. It may hold a token: then better `url_file`.
        url_file: File with the address, readable by us alone.
        secret_file: File with the signing secret (webhook, robots); readable by us alone.
        status_url: Where the fate of a letter can be asked by its key (`{key}` in it); needed for `reconcile`.
        per_minute: Most letters a minute; None for the limit that the type is known to have, or none.
        unknown: See `Unknown`; None for what fits the type (keyed receivers: retry; others: retry once, then hold).
        most_unknown: Tries of unknown outcome until a person must look; None for what fits the type.
        is_keyed: Whether the receiver folds repeats by our key; None for what fits the type.
    """

    name: ChannelName
    type: Literal["webhook", "sms", "dingtalk", "wecom", "feishu", "custom"]
    url: str = Field(default="", repr=False)
    url_file: Path | None = None
    secret_file: Path | None = None
    status_url: str = Field(default="", repr=False)
    per_minute: int | None = Field(default=None, ge=1, le=100_000)
    unknown: Unknown | None = None
    most_unknown: int | None = Field(default=None, ge=0, le=100)
    is_keyed: bool | None = None


class ChannelFile(Document):
    """The file of channels: where letters may go, and nowhere else.

    Attributes:
        allow_private: Hosts (by name or address) that may be reached although their addresses are private.
        allow_plain: Hosts that may be reached without TLS; loopback needs no leave once it is in `allow_private`.
        channels: The channels besides mail and files, which settings configure.
    """

    kind: Literal["channels"] = "channels"
    allow_private: tuple[str, ...] = ()
    allow_plain: tuple[str, ...] = ()
    channels: tuple[ChannelLine, ...] = ()
