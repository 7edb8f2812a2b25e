"""Who receives a message for a role: duties belong to posts, people hold posts for a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rules.moment import moment
from rules.policy import Rulebook
from rules.text import say
from schemas.command import Post
from schemas.directory import Resolution, ResolutionStep, Seat, StepCode
from schemas.project import Project

Away = Mapping[str, datetime]
"""Until when people are away, by person id; who is present is not in it."""

_FOUND = frozenset({"named", "holder", "deputy"})


def resolve(  # noqa: PLR0913 - all that decides who receives it
    role: str,
    project: Project,
    seats: Sequence[Seat],
    assigned: Mapping[str, str],
    book: Rulebook,
    away: Away | None = None,
) -> Resolution:
    """Return who receives a message for `role`, and how that was found.

    A person named for the project comes first, then the holder of the nearest post of the role, then, when that holder
    is away or the post vacant, its deputy. Where nobody of these is there, the superior role takes the duty and the
    role is listed in `vacant`.

    Args:
        role: Role that is addressed.
        project: Project the message speaks of.
        seats: Posts with their holders; those of other areas do no harm.
        assigned: Persons named for this project, by role.
        book: Policies of the project; its hierarchy tells the superiors.
        away: Which of those named are away; holders and deputies carry that with their seat.

    Returns:
        The receiver. `person_id` is empty when nobody is to be found all the way up: the caller has to say so
        where people see it, a message is never addressed to nobody in silence.
    """
    steps: list[ResolutionStep] = []
    vacant: list[str] = []
    current: str | None = role
    while current and current not in vacant:
        if vacant:
            steps.append(ResolutionStep(code="superior", role=current))
        steps += _tried(current, project, seats, assigned, book, away or {})
        last = steps[-1]
        if last.code in _FOUND:
            return Resolution(
                role=role,
                person_id=last.person_id,
                post_id=last.post_id,
                vacant=tuple(vacant),
                steps=tuple(steps),
            )
        vacant.append(current)
        known = book.roles.get(current)
        current = known.superior if known else None
    steps.append(ResolutionStep(code="nobody", role=vacant[-1] if vacant else role))
    return Resolution(role=role, vacant=tuple(vacant), steps=tuple(steps))


def serves(post: Post, project: Project, book: Rulebook) -> bool:
    """Whether a post takes in the project: by its area, and for a builder's post by its organisation too."""
    role = book.roles.get(post.role)
    if role is None or not project.village_code.startswith(post.area):
        return False
    return not role.is_builder or post.organisation == project.builder


def told(resolution: Resolution, book: Rulebook, lang: str) -> list[str]:
    """Return in words how a receiver was found, a line a step."""
    return [_told(step, book, lang) for step in resolution.steps]


def _told(step: ResolutionStep, book: Rulebook, lang: str) -> str:
    until = moment(step.until_at, book.calendar) if step.until_at else ""
    role = book.role_title(step.role)
    code = f"resolution.{step.code}"
    return say(code, lang, role=role, person=step.person_id, post=step.post_id, until=until)


def _tried(  # noqa: PLR0913 - as `resolve`
    role: str, project: Project, seats: Sequence[Seat], assigned: Mapping[str, str], book: Rulebook, away: Away
) -> Iterator[ResolutionStep]:
    """Yield what was tried for one role; somebody was found when the last of it says so."""
    if named := assigned.get(role):
        if named not in away:
            yield ResolutionStep(code="named", role=role, person_id=named)
            return
        yield ResolutionStep(code="named_away", role=role, person_id=named, until_at=away[named])
    near = _nearest(role, project, seats, book)
    if not near:
        yield ResolutionStep(code="no_post", role=role)
        return
    present = next((seat for seat in near if seat.person_id and seat.away_until is None), None)
    if present:
        yield ResolutionStep(code="holder", role=role, person_id=present.person_id, post_id=present.post.post_id)
        return
    for seat in near:
        post_id = seat.post.post_id
        if seat.person_id:
            yield _away("holder_away", role, post_id, seat.person_id, seat.away_until)
        else:
            yield ResolutionStep(code="vacant", role=role, post_id=post_id)
        if seat.deputy_id and seat.deputy_away_until is None:
            yield ResolutionStep(code="deputy", role=role, person_id=seat.deputy_id, post_id=post_id)
            return
        if seat.deputy_id:
            yield _away("deputy_away", role, post_id, seat.deputy_id, seat.deputy_away_until)


def _away(code: StepCode, role: str, post_id: str, person_id: str, until: datetime | None) -> ResolutionStep:
    return ResolutionStep(code=code, role=role, person_id=person_id, post_id=post_id, until_at=until)


def _nearest(role: str, project: Project, seats: Sequence[Seat], book: Rulebook) -> list[Seat]:
    """Return the nearest seats of a role, always in the same order."""
    serving = [seat for seat in seats if seat.post.role == role and serves(seat.post, project, book)]
    longest = max((len(seat.post.area) for seat in serving), default=0)
    return sorted((seat for seat in serving if len(seat.post.area) == longest), key=lambda seat: seat.post.post_id)
