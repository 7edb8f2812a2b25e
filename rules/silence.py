"""Silences: which notice one holds back, and who may ask for one over what.

A silence holds notices back and nothing else: clocks run, rungs are claimed, and every notice it holds back names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.authority import may_arrange
from schemas.command import Actor, Post
from schemas.hierarchy import Role
from schemas.messaging import MessagingPolicy
from schemas.reason import ErrorKind, Reason, Refusal
from schemas.silence import Silence, SilenceRequest

AREA_DIGITS = (2, 4, 6, 12)
"""Lengths of the codes of areas: province, prefecture, county, village."""

LONGEST_REASON = 500
"""Characters of a reason; it stands in lists."""


@dataclass(frozen=True)
class NoticeFacts:
    """What silences look at in a notice.

    Attributes:
        project_id: Project it speaks of.
        village_code: Code of that project's village now.
        builder: Organisation that builds it.
        stage: Stage; empty for a batch.
        rung: Rung of the ladder.
        level: Level of the rung.
        person_id: Receiver.
    """

    project_id: str
    village_code: str
    builder: str
    stage: str
    rung: str
    level: int
    person_id: str


@dataclass(frozen=True)
class Named:
    """What the records know of the things that a request names.

    Attributes:
        village_code: Code of the village of the project; None: there is no such project, or none is named.
        posts: Posts held by the person; None: there is no such person, or none is named.
    """

    village_code: str | None = None
    posts: tuple[Post, ...] | None = None


def holding(
    silences: Iterable[Silence], facts: NoticeFacts, at: datetime, unsilenced_from_level: int | None = None
) -> int:
    """Return the number of the silence that holds a notice back at an instant: the oldest of several, 0 for none.

    Args:
        silences: Silences on record; those that are not live do no harm.
        facts: The notice.
        at: When its letter would be written.
        unsilenced_from_level: As the messaging policy in force says: from this level on nothing is held back.
    """
    if unsilenced_from_level is not None and facts.level >= unsilenced_from_level:
        return 0
    return min((one.number for one in silences if one.is_live(at) and matches(one, facts)), default=0)


def matches(request: SilenceRequest, facts: NoticeFacts) -> bool:
    """Whether a silence is about a notice: by every field that it fills in, and by one that narrows it down."""
    if not _is_narrow(request):
        return False
    wanted = (request.project_id, request.builder, request.stage, request.rung, request.person_id)
    found = (facts.project_id, facts.builder, facts.stage, facts.rung, facts.person_id)
    exact = all(not asked or asked == told for asked, told in zip(wanted, found, strict=True))
    return exact and facts.village_code.startswith(request.area)


def check(  # noqa: PLR0913 - all that decides who may hold back what
    request: SilenceRequest,
    actor: Actor,
    policy: MessagingPolicy,
    now: datetime,
    *,
    named: Named,
    roles: Mapping[str, Role],
) -> None:
    """Pass when a silence may be put on record.

    That is up to government offices, each for the villages of its own area and for people whose posts it stands over:
    whoever builds never silences those who supervise it.

    Raises:
        Refusal: It may not; says what is wrong and what would be right.
    """
    _check_form(request, policy, now)
    if request.project_id and named.village_code is None:
        raise Refusal("silence.unknown_project", ErrorKind.NOT_FOUND, project=request.project_id)
    if request.person_id and named.posts is None:
        raise Refusal("person.unknown", ErrorKind.NOT_FOUND, person=request.person_id)
    if not (named.village_code or "").startswith(request.area) and request.project_id:
        raise Refusal("silence.elsewhere", ErrorKind.INVALID, project=request.project_id, area=request.area)
    offices = _offices(actor, roles)
    if not offices:
        raise Refusal("silence.wrong_role", person=actor.person_id)
    area = named.village_code if request.project_id else request.area
    if area and not any(area.startswith(post.area) for post in offices):
        own = ", ".join(post.area for post in offices)
        raise Refusal("silence.outside_area", person=actor.person_id, area=area, own=own)
    if request.person_id:
        _check_person(request.person_id, actor, named.posts or (), roles, is_narrow=bool(area))


def may_end(actor: Actor, silence: Silence, owner_posts: Sequence[Post], roles: Mapping[str, Role]) -> Reason | None:
    """Return None when the actor may end a silence early, else the reason why not.

    That is up to its owner, to the offices above the owner's posts, and to those of the whole nation.

    Args:
        actor: Who asks.
        silence: The silence.
        owner_posts: Posts that its owner holds now.
        roles: Roles of the hierarchy.
    """
    if actor.person_id == silence.owner:
        return None
    if any(not post.area for post in _offices(actor, roles)):
        return None
    if owner_posts and may_arrange(actor, owner_posts, roles) is None:
        return None
    return Reason(
        code="silence.not_owner",
        params={"person": actor.person_id, "number": silence.number, "owner": silence.owner},
    )


def _check_form(request: SilenceRequest, policy: MessagingPolicy, now: datetime) -> None:
    """Pass when a request is sound by itself."""
    if not request.reason.strip():
        raise Refusal("people.no_reason", ErrorKind.INVALID)
    if len(request.reason) > LONGEST_REASON:
        raise Refusal("silence.long_reason", ErrorKind.INVALID, count=len(request.reason), most=LONGEST_REASON)
    if request.until_at <= now:
        raise Refusal("silence.past", ErrorKind.INVALID)
    if request.until_at - now > timedelta(days=policy.longest_silence_days):
        raise Refusal("silence.too_long", days=policy.longest_silence_days)
    if not _is_narrow(request):
        raise Refusal("silence.everything", ErrorKind.INVALID)
    if request.area and not (request.area.isascii() and request.area.isdigit() and len(request.area) in AREA_DIGITS):
        raise Refusal("silence.no_area", ErrorKind.INVALID, value=request.area[:40])


def _check_person(
    person_id: str, actor: Actor, posts: Sequence[Post], roles: Mapping[str, Role], *, is_narrow: bool
) -> None:
    if not posts and not is_narrow:
        raise Refusal("silence.person_without_post", person=person_id)
    if reason := may_arrange(actor, posts, roles):
        raise Refusal("silence.not_over_person", actor=actor.person_id, person=person_id, post=reason.params["post"])


def _is_narrow(request: SilenceRequest) -> bool:
    return bool(request.project_id or request.area or request.person_id)


def _offices(actor: Actor, roles: Mapping[str, Role]) -> list[Post]:
    """Return the actor's posts in government offices."""
    return [post for post in actor.posts if (role := roles.get(post.role)) and role.side == "government"]
