"""`people hand-over`: all that a person has goes to another; killed at any point and run again it ends the same."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter, validators

from cli.desk import DONE, PROBLEMS, Desk, Shared
from cli.people import PersonId, arranging, shown, since, stated
from infra.db.directory import People
from infra.db.duties import Duties
from infra.gateway import Gateway
from rules.text import render
from schemas.command import Actor, Command, Reassign
from schemas.directory import LOCAL, Named
from schemas.reason import ErrorKind, Reason, Refusal

AT_ONCE = 16
"""Commands under way at the same time."""


@dataclass(frozen=True)
class Estate:
    """What a person has to hand over.

    Attributes:
        posts: Posts held.
        named: Roles for which the person is named in projects.
        duties: How many duties are open now.
        messages: How many messages to the person wait.
    """

    posts: tuple[str, ...]
    named: tuple[Named, ...]
    duties: int
    messages: int

    @property
    def count(self) -> int:
        """How many things change hands."""
        return len(self.posts) + len(self.named)


async def hand_over(
    person_id: PersonId,
    /,
    *,
    to: Annotated[str, Parameter(help="接任人 / who takes over")],
    reason: Annotated[str, Parameter(help="理由 / reason")],
    post: Annotated[str, Parameter(help="只移交该岗位 / only this post")] = "",
    start: Annotated[str, Parameter(name="--from", help="起始日期，空为现在 / from this day; now when left out")] = "",
    confirm: Annotated[
        int | None, Parameter(help="确认移交的件数 / number of things, as shown", validator=validators.Number(gte=0))
    ] = None,
    shared: Shared | None = None,
) -> int:
    """Hand over posts, roles in projects and waiting messages; shows what it is first."""
    desk, now = Desk(shared), datetime.now(UTC)
    people = People(desk.records)
    begins = since(start) if start else now
    is_past = begins.astimezone(LOCAL).date() < now.astimezone(LOCAL).date()
    asked, begins = begins, max(begins, now)
    if to == person_id:
        raise Refusal("handover.to_self", ErrorKind.INVALID, person=person_id)
    people.held(to, now)
    stated(reason)
    if desk.settings.acting_as != person_id:
        arranging(desk, people.held(person_id, begins))
    estate = _estate(desk, person_id, post, begins, now)
    if is_past and estate.posts:  # a planned one that has come has left no posts behind, and may be run again
        raise Refusal("handover.into_past", ErrorKind.INVALID, since=shown(asked))
    _draw(desk, person_id, to, estate, begins)
    answer = {
        "person_id": person_id,
        "to": to,
        "from": begins,
        "posts": estate.posts,
        "named": estate.named,
        "duties": estate.duties,
        "messages": estate.messages,
        "count": estate.count,
    }
    if confirm is None:
        if estate.count:
            desk.line("handover.preview", count=estate.count)
        return desk.answer({**answer, "is_done": False})
    if estate.count > confirm:
        raise Refusal("handover.other_count", ErrorKind.CONFLICT, count=estate.count, confirmed=confirm)
    is_later = begins > now
    sender = await _Sender.of(desk) if estate.named and not is_later else None  # before anything is changed
    posts = [post] if post else list(estate.posts)
    by = desk.settings.acting_as
    moved = people.hand_over(person_id, to, posts, begins, now, by=by, reason=reason)
    refused = await sender.rename(estate.named, person_id, to, reason) if sender else []
    done = len(estate.named) - len(refused) if sender else 0
    desk.line("handover.done", posts=moved, named=done, person=person_id, to=to, since=shown(begins))
    if is_later and estate.named:
        desk.line("handover.later", count=len(estate.named), since=shown(begins))
    for one, why in refused:
        desk.errors.print(f"✗ {one.project_id} {one.role}: {render(why, desk.lang)}")
    told = [{**one.model_dump(), "reason": why.model_dump(mode="json")} for one, why in refused]
    result = {**answer, "is_done": True, "moved_posts": moved, "moved_named": done, "refused": told}
    return desk.answer(result, PROBLEMS if refused else DONE)


def _estate(desk: Desk, person_id: str, post: str, begins: datetime, now: datetime) -> Estate:
    """Return what a person has at the instant of the hand-over; of one post only when one is named."""
    people, duties = People(desk.records), Duties(desk.records, desk.shelf)
    held = tuple(one.post_id for one in people.held(person_id, begins))
    opened = duties.of(person_id, now)
    if post:
        mine = tuple(one for one in held if one == post)
        return Estate(mine, (), sum(1 for one in opened if one.post_id == post), duties.waiting(person_id))
    return Estate(held, tuple(duties.named(person_id)), len(opened), duties.waiting(person_id))


def _draw(desk: Desk, person_id: str, to: str, estate: Estate, begins: datetime) -> None:
    desk.line("handover.head", person=person_id, to=to, since=shown(begins))
    desk.line("handover.posts", count=len(estate.posts), posts=", ".join(estate.posts) or "—")
    projects = sorted({one.project_id for one in estate.named})
    desk.line("handover.named", count=len(estate.named), projects=", ".join(projects) or "—")
    desk.line("handover.duties", count=estate.duties, messages=estate.messages)


@dataclass(frozen=True)
class _Sender:
    """Names another person in projects, through the engine, as the person who acts."""

    desk: Desk
    actor: Actor
    gateway: Gateway

    @classmethod
    async def of(cls, desk: Desk) -> _Sender:
        """Return one that is ready to send."""
        return cls(desk, desk.actor(), await desk.gateway())

    async def rename(self, named: Sequence[Named], person_id: str, to: str, reason: str) -> list[tuple[Named, Reason]]:
        """Name the other person in every project; return what was refused.

        Raises:
            Refusal: The engine is away; what was done stays done, and the same command goes on from there.
        """
        gate = asyncio.Semaphore(AT_ONCE)
        with self.desk.progress("handover.progress", len(named)) as bar:

            async def one(each: Named) -> Reason | None:
                async with gate:
                    answer = await self._sent(each.project_id, self._command(each, person_id, to, reason))
                bar.advance(bar.task_ids[0])
                return answer

            reasons = await asyncio.gather(*(one(each) for each in named))
        away = next((why for why in reasons if why and why.kind is ErrorKind.UNAVAILABLE), None)
        if away:
            raise Refusal(away.code, away.kind, **away.params)
        return [(each, why) for each, why in zip(named, reasons, strict=True) if why]

    async def _sent(self, project_id: str, command: Command) -> Reason | None:
        try:
            await self.gateway.send(project_id, command)
        except Refusal as refusal:
            return refusal.reason
        return None

    def _command(self, each: Named, person_id: str, to: str, reason: str) -> Command:
        """Return the command for a project; sent again while the project stands where it stood, it is the same one."""
        seq = self.desk.views.state(each.project_id).seq
        meaning = f"{each.project_id}|{each.role}|{person_id}|{to}|{seq}"
        act = Reassign(role=each.role, person_id=to, reason=reason)
        number = hashlib.sha256(meaning.encode()).hexdigest()[:20]
        return Command(command_id=f"hand-over-{number}", actor=self.actor, act=act)
