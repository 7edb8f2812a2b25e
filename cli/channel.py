"""`channel list|try`: the ways out of this installation, and whether one of them works."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from cli.desk import DONE, PROBLEMS, Desk, Shared
from infra.channels import open_channels
from infra.channels.base import Channel, PermanentFailure, TemporaryFailure, UnknownOutcome
from schemas.directory import LOCAL
from schemas.letter import Letter, MadeLetter
from schemas.reason import ErrorKind, Refusal

_COLUMNS = ("channel", "per_minute", "unknown", "most_unknown", "keyed")


def list_(*, shared: Shared | None = None) -> int:
    """List the channels of this installation and how letters are treated on each."""
    desk = Desk(shared)
    channels = open_channels(desk.settings)
    rows = [{"name": name, **asdict(channel.manners)} for name, channel in channels.items()]
    desk.table([f"column.{name}" for name in _COLUMNS], [_line(desk, one) for one in channels.values()])
    return desk.answer({"channels": rows})


def try_(
    name: Annotated[str, Parameter(help="渠道名称 / name of the channel")],
    /,
    *,
    to: Annotated[
        str, Parameter(help="收件地址、手机号或成员编号 / address, mobile number or id", allow_leading_hyphen=True)
    ] = "",
    shared: Shared | None = None,
) -> int:
    """Send a test message by a channel, past the outbox, and tell what the other side answered."""
    desk = Desk(shared)
    channels = open_channels(desk.settings)
    if name not in channels:
        raise Refusal("channels.none", ErrorKind.NOT_FOUND, name=name, known=", ".join(channels))
    state, detail = asyncio.run(_tried(channels[name], _letter(desk, name, to)))
    desk.line(f"channels.tried.{state}", name=name, detail=detail or "—")
    return desk.answer({"channel": name, "state": state, "detail": detail}, DONE if state == "taken" else PROBLEMS)


def _line(desk: Desk, channel: Channel) -> tuple[str, ...]:
    manners = channel.manners
    return (
        channel.name,
        "—" if manners.per_minute is None else str(manners.per_minute),
        desk.word("channels.unknown", manners.unknown),
        "∞" if manners.most_unknown is None else str(manners.most_unknown),
        desk.say("channels.yes") if manners.is_keyed else desk.say("channels.no"),
    )


def _letter(desk: Desk, name: str, address: str) -> MadeLetter:
    now = datetime.now(UTC).replace(microsecond=0)
    letter = Letter(
        key=hashlib.sha256(f"try|{name}|{address}|{now.isoformat()}".encode()).hexdigest(),
        kind="alone",
        day=now.astimezone(LOCAL).date().isoformat(),
        person_id=desk.settings.acting_as or "try",
        name="",
        address=address,
        lang=desk.lang,
        channel=name,
        created_at=now,
        notices=(),
    )
    text = desk.say("channels.try_text", name=name)
    return MadeLetter(letter=letter, subject=desk.say("channels.try_subject"), text=f"{text}\n", html="", short=text)


async def _tried(channel: Channel, made: MadeLetter) -> tuple[str, str]:
    """Return how it went, as docs/reference/channels.md calls it, and what the other side said."""
    try:
        return "taken", await channel.send(made)
    except TemporaryFailure as failure:
        return "later", str(failure)
    except PermanentFailure as failure:
        return "never", str(failure)
    except UnknownOutcome as failure:
        return "unknown", str(failure)
    finally:
        await channel.close()
