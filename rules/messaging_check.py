"""What makes the hours of letters sound beyond the types of their fields: an hour for a digest is always to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from schemas.messaging import Hours, MessagingPolicy
from schemas.reason import ErrorKind, Param, Reason


def messaging_problems(policy: MessagingPolicy) -> list[Reason]:
    """Return everything that is wrong with a messaging policy; empty when it is sound."""
    return list(_problems(policy))


def _problems(policy: MessagingPolicy) -> Iterator[Reason]:
    office, quiet = policy.office, policy.quiet
    if office.since >= office.until:
        yield _bad(policy, "messaging.office", since=_shown(office.since), until=_shown(office.until))
        return
    if not office.since <= policy.digest_at < office.until:
        yield _bad(policy, "messaging.digest_at", value=_shown(policy.digest_at), office=_stretch(office))
    minutes = _minutes(office.until) - _minutes(office.since)
    if policy.jitter_minutes > minutes:
        yield _bad(policy, "messaging.jitter", value=policy.jitter_minutes, most=minutes)
    if _covers(quiet, office):
        yield _bad(policy, "messaging.always_quiet", quiet=_stretch(quiet), office=_stretch(office))
    levels = {"alone_from_level": policy.alone_from_level, "unsilenced_from_level": policy.unsilenced_from_level}
    for place, level in levels.items():
        if level is not None and level < 0:
            yield _bad(policy, "messaging.level", place=place, value=level)


def _covers(quiet: Hours, office: Hours) -> bool:
    """Whether the quiet hours leave none of the office hours."""
    if quiet.since <= quiet.until:
        return quiet.since <= office.since and office.until <= quiet.until
    return office.until <= quiet.until or quiet.since <= office.since


def _stretch(hours: Hours) -> str:
    return f"{_shown(hours.since)}-{_shown(hours.until)}"


def _shown(clock: time) -> str:
    return f"{clock:%H:%M}"


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _bad(policy: MessagingPolicy, code: str, **params: Param) -> Reason:
    name = f"{policy.name}@{policy.version}"
    return Reason(code=code, params={"document": name, **params}, kind=ErrorKind.INVALID)
