"""`policy proposals|approve|decline`: a second person decides, and what was approved is carried out.

Killed at any point and run again it ends with exactly the right set: a project that has gone on is not meant any more,
and one whose answer was lost answers the same command id again without doing anything twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from cli.desk import DONE, PROBLEMS, UNAVAILABLE, Desk, Shared
from cli.policy_change import MIGRATE, PUBLISH, official, published
from infra.db.directory import People
from infra.db.pinned import Pinned
from infra.db.policies import Policies
from infra.db.proposals import Proposals
from infra.files.policies import BadPolicyError, LoadedPolicy, load_tree, problems
from infra.gateway import Gateway
from rules import authority
from rules.policy import parse, reference
from rules.text import render
from schemas.command import Actor, Command, Migrate
from schemas.migration import Item, MigrationOrder, MigrationProposal, Proposal, PublicationProposal
from schemas.reason import ErrorKind, Reason, Refusal
from schemas.state import ProjectState

AT_ONCE = 32
"""Projects under way at the same time."""

_SHOWN = 20
Number = Annotated[str, Parameter(help="申报编号 / number of the proposal, P-000001")]


def proposals(*, shared: Shared | None = None) -> int:
    """List proposals, latest first."""
    desk = Desk(shared)
    found = Proposals(desk.records).all()
    rows = [
        (
            one.number,
            desk.say(f"proposal.kind.{one.kind}"),
            _content(one),
            one.proposed_by,
            f"{one.proposed_at:%Y-%m-%d %H:%M}Z",
            desk.say(f"proposal.outcome.{one.outcome or 'open'}"),
            one.decided_by or "—",
        )
        for one in found
        if one.kind in {MIGRATE, PUBLISH}
    ]
    names = ("number", "kind", "content", "by", "at", "outcome", "decided_by")
    desk.table([f"proposal.{name}" for name in names], rows)
    return desk.answer({"proposals": found})


def decline(number: Number, /, *, shared: Shared | None = None) -> int:
    """Decline a proposal; whoever filed it may take it back so."""
    desk = Desk(shared)
    actor = official(desk, "policy_decline")
    with desk.refusals.kept(actor.person_id, "policy_decline"):
        decided = Proposals(desk.records).decide(number, "declined", actor.person_id, datetime.now(UTC))
    desk.line("proposal.declined", number=number)
    return desk.answer(_bare(decided))


async def approve(number: Number, /, *, shared: Shared | None = None) -> int:
    """Approve somebody else's proposal and carry it out; run again, it goes on where it stopped."""
    desk = Desk(shared)
    actor = official(desk, "policy_approve")
    filed = Proposals(desk.records)
    known = filed.get(number)
    if known.kind == PUBLISH:
        return _publish(desk, known, actor)
    order = MigrationProposal.model_validate_json(known.content).order
    proposer = People(desk.records).actor(known.proposed_by)
    gateway = await desk.gateway()
    with desk.refusals.kept(actor.person_id, "policy_approve"):
        decided = filed.decide(number, "approved", actor.person_id, datetime.now(UTC))
    run = _Run(desk, gateway, order, decided, proposer, People(desk.records).actor(decided.decided_by))
    items = await run.all()
    if not any(item.outcome == "unanswered" for item in items):
        filed.finish(number)
    return _tell(desk, number, items)


def _publish(desk: Desk, known: Proposal, actor: Actor) -> int:
    documents = PublicationProposal.model_validate_json(known.content).documents
    new = [LoadedPolicy(raw, parse(raw), Path(known.number), reference(raw)) for raw in documents]
    if found := problems(new, [*load_tree(), *published(desk)]):
        raise BadPolicyError(found)
    filed = Proposals(desk.records)
    with desk.refusals.kept(actor.person_id, "policy_approve"):
        decided = filed.decide(known.number, "approved", actor.person_id, datetime.now(UTC))
    refs = Policies(desk.records).publish([one.raw for one in new], datetime.now(UTC))
    filed.finish(known.number)
    for ref in refs:
        desk.line("publish.done", reference=ref)
    return desk.answer({"number": decided.number, "policies": refs})


class _Run:
    """One approved order on its way through the projects it means."""

    def __init__(
        self, desk: Desk, gateway: Gateway, order: MigrationOrder, decided: Proposal, proposer: Actor, approver: Actor
    ) -> None:
        self._desk, self._gateway, self._order = desk, gateway, order
        self._decided, self._proposer, self._approver = decided, proposer, approver
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def all(self) -> list[Item]:
        """Send the act to every project that is meant, and return what became of each."""
        pinned = Pinned(self._desk.records)
        total = await asyncio.to_thread(pinned.count, self._order)
        states, items = pinned.states(self._order), list[Item]()
        with self._desk.progress("migrate.progress", total) as bar:
            while page := await asyncio.to_thread(_page, states):
                for done in asyncio.as_completed([self._one(state) for state in page]):
                    items.append(await done)
                    bar.advance(bar.task_ids[0])
        return sorted(items, key=lambda item: item.project_id)

    async def _one(self, state: ProjectState) -> Item:
        """Send the act to one project; the second person needs the same right as the first, which the rules check."""
        project_id, pins = state.project.project_id, self._order.pins(state.pins)
        old, new = self._desk.shelf.book(state.pins), self._desk.shelf.book(pins)
        act = Migrate(
            pins=pins,
            fires_past=self._order.fires_past,
            approved_by=self._decided.decided_by,
            decision_no=self._decided.number,
        )
        command = Command(command_id=f"migrate:{self._decided.number}", actor=self._proposer, act=act)
        book = old if old.plan.may.get("migrate") else new
        roles = book.plan.may.get("migrate", ())
        if roles and (reason := authority.may(self._approver, roles, state, book)):
            self._desk.refusals.keep(project_id, command.model_copy(update={"actor": self._approver}), reason)
            return Item(project_id=project_id, outcome="refused", reason=reason)
        async with self._gate:
            try:
                receipt = await self._gateway.send(project_id, command)
            except Refusal as refusal:
                is_open = refusal.reason.kind is ErrorKind.UNAVAILABLE
                return Item(
                    project_id=project_id, outcome="unanswered" if is_open else "refused", reason=refusal.reason
                )
        return Item(project_id=project_id, outcome="repeated" if receipt.is_repeat else "migrated")


def _page(states: Iterator[ProjectState]) -> list[ProjectState]:
    return list(islice(states, AT_ONCE * 8))


def _tell(desk: Desk, number: str, items: Sequence[Item]) -> int:
    counts = Counter[str](item.outcome for item in items)
    names = ("migrated", "repeated", "refused", "unanswered")
    desk.line("proposal.carried_out", number=number, **{name: counts[name] for name in names})
    failed = [(item, item.reason) for item in items if item.reason]
    for item, reason in failed[:_SHOWN]:
        desk.errors.print(f"✗ {item.project_id}: {render(reason, desk.lang)}")
    if counts["unanswered"]:
        desk.note("proposal.again", count=counts["unanswered"], number=number)
    told = [_told(desk, item, item.reason) for item in items]
    code = UNAVAILABLE if counts["unanswered"] else PROBLEMS if counts["refused"] else DONE
    return desk.answer({"number": number, "counts": {name: counts[name] for name in names}, "items": told}, code)


def _told(desk: Desk, item: Item, reason: Reason | None) -> dict[str, Any]:
    told = item.model_dump(mode="json", exclude_none=True)
    return {**told, "message": render(reason, desk.lang)} if reason else told


def _content(one: Proposal) -> str:
    if one.kind == PUBLISH:
        return "\n".join(reference(raw) for raw in PublicationProposal.model_validate_json(one.content).documents)
    return "\n".join(MigrationProposal.model_validate_json(one.content).order.targets.values())


def _bare(one: Proposal) -> dict[str, Any]:
    return one.model_dump(mode="json", exclude={"content"})
