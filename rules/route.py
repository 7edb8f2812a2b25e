"""By which channels a letter reaches a person, in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from schemas.directory import Person

MAIL = "email"
"""The channel whose address is the mail address of the directory, unless another one is given for it."""

LAST = "file"
"""The channel that needs no address and refuses nothing: whatever no other takes is there for people to see."""


@dataclass(frozen=True)
class Hop:
    """A way to a person.

    Attributes:
        channel: Name of the channel.
        address: Address for it; empty for a channel that has one receiver of its own.
    """

    channel: str
    address: str = ""


def route(person: Person | None, channels: Collection[str]) -> tuple[Hop, ...]:
    """Return the ways to a person, the preferred one first; the last is always a file.

    What a person prefers counts as far as this installation has it and there is an address for it. A name nobody
    here knows is passed over: the same directory serves installations with other channels. After that comes mail, for
    whoever has an address and did not choose files.

    Args:
        person: The receiver; None when the directory does not know them.
        channels: Channels of this installation.
    """
    return tuple({hop.channel: hop for hop in _ways(person, channels)}.values())


def hop_after(person: Person | None, channels: Collection[str], channel: str) -> Hop | None:
    """Return the way to try when a channel has refused a letter for good; None after the last.

    A channel that is no way to this person (any more) is left for the first one that is.
    """
    ways = route(person, channels)
    tried = next((place for place, hop in enumerate(ways) if hop.channel == channel), -1)
    return ways[tried + 1] if tried + 1 < len(ways) else None


def address_of(person: Person | None, channel: str) -> str:
    """Return the address of a person for a channel; empty when there is none."""
    if person is None:
        return ""
    own = person.addresses.get(channel, "").strip()
    return own or ((person.email or "").strip() if channel == MAIL else "")


def _ways(person: Person | None, channels: Collection[str]) -> Iterator[Hop]:
    chosen = [name for name in person.channels if name in channels] if person else []
    yield from (hop for hop in _addressed(person, chosen) if hop.channel != LAST)
    if LAST not in chosen:
        yield from _addressed(person, [MAIL] if MAIL in channels else [])
    yield Hop(LAST)


def _addressed(person: Person | None, names: Iterable[str]) -> Iterator[Hop]:
    for name in names:
        if address := address_of(person, name):
            yield Hop(name, address)
