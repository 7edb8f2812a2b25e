"""When people are told: the hour of a person's daily digest, the hours in which nothing goes out, and what goes alone.

All of it moves messages, never a deadline. Local times are those of the calendar, and scale with shorter days.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time

from rules.calendar import WorkingCalendar
from schemas.directory import Person
from schemas.messaging import LetterKind, MessagingPolicy
from schemas.reason import Refusal

_STEPS = 1 << 24
"""Into how many parts the jitter is divided."""

_LAST_ROUNDS = 180
"""Seconds of a day's clock before the office closes in which no digest hour lies: rounds come every minute or so, and
what the last one of a day misses is a day late."""


@dataclass(frozen=True)
class DigestDay:
    """The digest of a person for one working day.

    Attributes:
        label: The day, as its calendar labels it.
        at: The person's hour on it, jitter included.
    """

    label: str
    at: datetime


def latest(policy: MessagingPolicy, calendar: WorkingCalendar, person: Person, now: datetime) -> DigestDay | None:
    """Return the newest digest whose hour has come by `now`; None where the calendar has no working day before."""
    today = calendar.day(now)
    if calendar.is_working(today) and (found := _digest(policy, calendar, person, today)).at <= now:
        return found
    try:
        return _digest(policy, calendar, person, calendar.shift(today, -1))
    except Refusal:
        return None


def next_due(policy: MessagingPolicy, calendar: WorkingCalendar, person: Person, since: datetime) -> DigestDay:
    """Return the first digest whose hour comes after `since`.

    Raises:
        Refusal: `calendar.outside`: the calendar ends before.
    """
    day = calendar.next_working(calendar.day(since))
    found = _digest(policy, calendar, person, day)
    return found if found.at > since else _digest(policy, calendar, person, calendar.shift(day, 1))


def may_send(policy: MessagingPolicy, calendar: WorkingCalendar, now: datetime) -> bool:
    """Whether digests may go out: in office hours of a working day, and not in quiet hours."""
    day, office = calendar.day(now), policy.office
    if not calendar.is_working(day) or is_quiet(policy, calendar, now):
        return False
    return calendar.time_on(day, office.since) <= now < calendar.time_on(day, office.until)


def is_quiet(policy: MessagingPolicy, calendar: WorkingCalendar, at: datetime) -> bool:
    """Whether nothing may go out, however urgent."""
    return after_quiet(policy, calendar, at) > at


def after_quiet(policy: MessagingPolicy, calendar: WorkingCalendar, at: datetime) -> datetime:
    """Return the first instant from `at` on that lies in no quiet hours; hours that begin as they end are none."""
    quiet, day = policy.quiet, calendar.day(at)
    begins, ends = calendar.time_on(day, quiet.since), calendar.time_on(day, quiet.until)
    if quiet.since <= quiet.until:
        return ends if begins <= at < ends else at
    if at < ends:
        return ends
    return calendar.time_on(day + 1, quiet.until) if at >= begins else at


def goes_alone(policy: MessagingPolicy, level: int) -> bool:
    """Whether a notice of a level is so urgent that it goes by itself and does not wait for the digest."""
    return policy.alone_from_level is not None and level >= policy.alone_from_level


def letter_key(person_id: str, kind: LetterKind, subject: str) -> str:
    """Return the digest of what a letter means: the same on every channel and at every try, for ever.

    Args:
        person_id: Receiver.
        kind: Digest, or one notice alone.
        subject: Label of the day of a digest, key of the notice of one alone.
    """
    return hashlib.sha256(f"{person_id}|{kind}|{subject}".encode()).hexdigest()


def _digest(policy: MessagingPolicy, calendar: WorkingCalendar, person: Person, day: int) -> DigestDay:
    """Return a person's digest of a working day.

    The hour is the person's own, else the policy's, moved into office hours where it lies outside of them; from there
    digests are spread over the jitter, or over what remains of the office hours where that is less: then it begins as
    much earlier, so that late hours are spread as well. The last minutes of the office are left to the rounds.
    """
    label = calendar.label(day)
    opens = _seconds(policy.office.since)
    closes = max(opens, _seconds(policy.office.until) - _LAST_ROUNDS)
    latest_start = max(opens, closes - policy.jitter_minutes * 60)
    starts = min(max(_seconds(person.digest_at or policy.digest_at), opens), latest_start)
    ends = max(starts, min(starts + policy.jitter_minutes * 60, closes))
    first, last = calendar.time_on(day, _clock(starts)), calendar.time_on(day, _clock(ends))
    return DigestDay(label, first + (last - first) * _step(person.person_id, label) // _STEPS)


def _step(person_id: str, label: str) -> int:
    """Return where in the jitter a person's digest of a day lies: by chance to look at, and always the same."""
    return int.from_bytes(hashlib.sha256(f"{person_id}|{label}".encode()).digest()[:3])


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def _clock(seconds: int) -> time:
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)
