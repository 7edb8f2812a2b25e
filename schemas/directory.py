"""People, posts, and who held which post when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from schemas.command import Post
from schemas.ladder import ClockTime
from schemas.message import Document, Instant, Message
from schemas.policy import Pins

LOCAL = timezone(timedelta(hours=8))
"""Zone in which a plain date of a directory is a day."""


def _day(shift: int) -> Callable[[object], object]:
    """Return a validator that takes a plain date for the start of the day `shift` days later, in local time."""

    def taken(value: object) -> object:
        if isinstance(value, str) and len(value) == len("2018-09-20"):
            value = date.fromisoformat(value)
        if isinstance(value, date) and not isinstance(value, datetime):
            return datetime.combine(value + timedelta(days=shift), time(), tzinfo=LOCAL).astimezone(UTC)
        return value

    return taken


SinceDay = Annotated[Instant, BeforeValidator(_day(0))]
"""An instant, or a date for the beginning of that day."""

UntilDay = Annotated[Instant, BeforeValidator(_day(1))]
"""An instant, or a date for the end of that day: the day itself counts."""


class Absence(Document):
    """A time in which a person is away; duties then go to the deputy of the post, else to the superior.

    Attributes:
        since: Start, inclusive.
        until: End, exclusive; a plain date is the last day away.
        reason: Why.
    """

    since: SinceDay
    until: UntilDay
    reason: str


class Person(Document):
    """A person of the directory. Personal data: it stays in the records and never enters a history.

    Attributes:
        person_id: Id used everywhere else.
        name: Name.
        email: Mail address, or None: then the file channel is used.
        lang: Language of messages.
        channels: Channels in the order of preference, by the names they have in this installation; after them comes
            mail when there is an address, then files. A letter that one refuses for good goes by the next.
        addresses: Address by channel, where it is not the mail address: a mobile number, an id at the receiver's.
        digest_at: Local time of the daily digest; None: as the policy says.
        absent: When the person is away. What a file does not mention stays as it is.
    """

    person_id: str
    name: str
    email: str | None = None
    lang: Literal["zh-CN", "en"] = "zh-CN"
    channels: tuple[str, ...] = ()
    addresses: dict[str, str] = Field(default_factory=dict, repr=False)
    digest_at: ClockTime | None = None
    absent: tuple[Absence, ...] = ()


class PostLine(Document):
    """A post as it stands in a directory file, with its present holder (None: vacant).

    Attributes:
        deputy: Who stands in while the holder is away or the post vacant; None for nobody. A file that does not mention
            it leaves it as it is.
    """

    post_id: str
    role: str
    area: str = ""
    organisation: str = ""
    title: str = ""
    holder: str | None = None
    deputy: str | None = None


class Directory(Document):
    """A directory file: people and posts of an area."""

    kind: Literal["directory"] = "directory"
    people: tuple[Person, ...]
    posts: tuple[PostLine, ...]


class Seat(Message):
    """A post with its holder at the moment of asking.

    Attributes:
        post: The post.
        person_id: Holder; empty when vacant.
        away_until: Until when the holder is away; None when present.
        deputy_id: Who stands in for the holder; empty for nobody.
        deputy_away_until: Until when the deputy is away; None when present.
    """

    post: Post
    person_id: str = ""
    away_until: Instant | None = None
    deputy_id: str = ""
    deputy_away_until: Instant | None = None

    @property
    def present(self) -> str:
        """Who acts in the post now: the holder, else the deputy, else nobody."""
        if self.person_id and self.away_until is None:
            return self.person_id
        return self.deputy_id if self.deputy_away_until is None else ""


StepCode = Literal[
    "named", "named_away", "holder", "holder_away", "deputy", "deputy_away", "vacant", "no_post", "superior", "nobody"
]
"""named: named for the project; holder: holds the nearest post; deputy: stands in for its holder; *_away: would receive
it, but is away; vacant: nobody holds the post; no_post: there is none here; superior: the duty passes up to this role;
nobody: there is no role above."""


class ResolutionStep(Message):
    """One step on the way to whoever receives a message.

    Attributes:
        code: What was found.
        role: Role it was found for.
        person_id: Person it speaks of.
        post_id: Post it speaks of.
        until_at: Until when that person is away.
    """

    code: StepCode
    role: str
    person_id: str = ""
    post_id: str = ""
    until_at: Instant | None = None


class Resolution(Message):
    """Who receives a message for a role, and how that was found.

    Attributes:
        role: The role that was asked for.
        person_id: Who receives it; empty when every post upward is vacant.
        post_id: Post through which.
        vacant: Roles passed over because vacant, unknown, or without anybody present, in order.
        steps: How it was found, in order; the last one tells who receives it.
    """

    role: str
    person_id: str = ""
    post_id: str = ""
    vacant: tuple[str, ...] = ()
    steps: tuple[ResolutionStep, ...] = ()


class Duty(Message):
    """A duty that is open: a stage or a waiting matter.

    Attributes:
        project_id: The project.
        pins: Its policies.
        place: Its village.
        stage: Stage; empty for a matter of the whole project.
        matter: Key of the matter; empty for a stage.
        role: Role in duty.
        due_at: When it falls due; None while held.
        is_named: Whether the person is named for the role in this project; otherwise it comes by a post.
        post_id: That post.
        acted_by: Who acts meanwhile, when the person is away; empty when nobody does.
        is_away: Whether the person is away.
    """

    project_id: str
    pins: Pins
    place: str
    stage: str = ""
    matter: str = ""
    role: str
    due_at: Instant | None = None
    is_named: bool = False
    post_id: str = ""
    acted_by: str = ""
    is_away: bool = False


class Named(Message):
    """A person is named for a role in one project."""

    project_id: str
    role: str
