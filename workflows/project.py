"""A village build project, from funding approval to the end of its upkeep.

The workflow is the durable shell around `rules.project`: it holds the state, takes commands as updates, waits for
the next rung, and writes what happened through the records port. It decides nothing itself.

A run lasts for a phase of the project (`rules.phase`); then it continues as new with the state, so histories stay
short, replay stays fast, and running projects move to new code.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue, TypedSearchAttributes
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from rules import attributes, headline, ladder, policy, project
    from rules.phase import Phase, has_phases, phase
    from schemas import names
    from schemas.command import Command, Receipt
    from schemas.event import Entry
    from schemas.reason import ErrorKind, Reason
    from schemas.record import Commit
    from schemas.rung import Rung
    from schemas.state import ProjectState
    from schemas.workflow import Outcome, ProjectRun
    from workflows import search, writing
    from workflows.refusal import refused

_SOON = timedelta(milliseconds=1)


@workflow.defn(name=names.PROJECT_WORKFLOW)
class VillageProject:
    """One project. Its updates are named after the acts of `schemas.command`."""

    @workflow.init
    def __init__(self, run: ProjectRun) -> None:
        """Take over the state of the run before, or begin."""
        self._lock = asyncio.Lock()
        self._recorded = run.state
        self._unwritten: list[Entry] = []
        self._changed = False
        self._timer: asyncio.Task[None] | None = None
        self._armed: tuple[datetime, str] | None = None
        self._come = now = workflow.now()
        if run.state:
            self._state = run.state
        elif run.start:
            book = policy.installed.book(run.start.pins)
            first = project.entries(None, project.begin(run.start, now, book), now, run.start.ordered_by)
            self._state = project.fold(first)
            self._unwritten.extend(first)
        else:
            raise ApplicationError("a run needs a start or a state", type="invalid", non_retryable=True)
        self._began = self._phase()

    @workflow.run
    async def run(self, _run: ProjectRun) -> Outcome:
        """Let the clock do what is due, and wait, until the project is over or its phase is."""
        while not await self._live():
            pass
        await workflow.wait_condition(workflow.all_handlers_finished)
        return Outcome(project_id=self._state.project.project_id, status=self._state.status, seq=self._state.seq)

    async def _live(self) -> bool:
        """Go on until something has changed, and tell whether the project is over.

        A click on Cancel in the engine's own page ends nothing: a project is ended by the act of a person with the
        right to it, on record.
        """
        try:
            await self._keep_up()
            if self._state.is_over:
                return True
            if self._must_roll():
                await self._roll()
            else:
                await workflow.wait_condition(lambda: self._changed)
        except asyncio.CancelledError:
            workflow.logger.warning("cancel_ignored")
        return False

    @workflow.update(dynamic=True)
    async def command(self, name: str, args: Sequence[RawValue]) -> Receipt:  # noqa: ARG002 - the act tells
        """Carry out a command, once; answers when it is on record."""
        command = _decoded(args)
        async with self._lock:
            answer = self._carry_out(command)
            while not await self._write():
                answer = self._carry_out(command)
        if isinstance(answer, project.Refused):
            raise refused(answer.reason)
        self._changed = True
        seq = answer.done.seq if isinstance(answer, project.Repeated) else self._state.seq
        return Receipt(
            project_id=self._state.project.project_id,
            command_id=command.command_id,
            seq=seq,
            is_repeat=isinstance(answer, project.Repeated),
            status=self._state.status,
            open_stages=tuple(self._state.open_stages()),
        )

    def _carry_out(self, command: Command) -> project.Accepted | project.Repeated | project.Refused:
        self._come = now = max(self._come, workflow.now())
        self._catch_up()
        answer = project.decide(self._state, command, now, self._book)
        if isinstance(answer, project.Accepted):
            for entry in project.entries(self._state, answer.events, now, command.actor.person_id, command):
                self._take(entry)
        return answer

    @command.validator
    def _validate(self, name: str, args: Sequence[RawValue]) -> None:
        """Refuse at the door, without a trace in the history, what the rules refuse."""
        command = _decoded(args)
        if command.act.act != name:
            raise refused(Reason(code="command.wrong_name", params={"act": command.act.act, "name": name}))
        now = workflow.now()
        caught_up = project.fold(self._due(now), self._state)
        try:
            answer = project.decide(caught_up, command, now, self._book)
        except policy.PolicyMissingError as missing:  # other than once it is accepted: then it is waited for
            reason = Reason(code="policy.not_published", params={"ref": str(missing)}, kind=ErrorKind.UNAVAILABLE)
            raise refused(reason) from missing
        if isinstance(answer, project.Refused):
            raise refused(answer.reason)

    @workflow.query(name=names.STATE_QUERY)
    def state(self) -> ProjectState:
        """Return the state."""
        return self._state

    @workflow.query(name=names.RUNGS_QUERY)
    def rungs(self) -> list[Rung]:
        """Return everything that lies ahead, earliest first."""
        return ladder.rungs(self._state, self._book)

    @property
    def _book(self) -> policy.Rulebook:
        return policy.installed.book(self._state.pins)

    def _phase(self) -> Phase:
        return phase(self._state, self._book)

    def _must_roll(self) -> bool:
        info = workflow.info()
        return not self._state.is_over and (
            self._phase() != self._began
            or info.is_continue_as_new_suggested()
            or info.is_target_worker_deployment_version_changed()
        )

    async def _roll(self) -> None:
        """Continue as new, unless a command that was still being carried out has changed everything."""
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._must_roll():
            workflow.continue_as_new(
                ProjectRun(state=self._state),
                search_attributes=search.typed(attributes.attributes(self._state, self._book)),
                initial_versioning_behavior=workflow.ContinueAsNewVersioningBehavior.AUTO_UPGRADE,
            )

    async def _keep_up(self) -> None:
        """Do what is due, show where the project stands, arm the timer, and put on record what was done.

        In this order: a task that begins to write must also carry a command. One that carries none and ends before
        the writing does is left out when the engine replays, and `workflow.now()` would be another than on record.
        """
        async with self._lock:
            self._prepare()
            while not await self._write():
                self._prepare()

    def _prepare(self) -> None:
        self._catch_up()
        self._changed = False
        workflow.set_current_details(headline.details(self._state, self._book))
        is_armed = self._arm()
        if self._unwritten or not self._must_roll():
            self._tell(anyway=bool(self._unwritten) and not is_armed)

    def _catch_up(self) -> None:
        """Let the clock do what is due before anybody else acts, so that the journal is in order of time."""
        for entry in self._due(self._come):
            self._take(entry)
            self._changed = True

    def _due(self, until: datetime) -> list[Entry]:
        """Return what the clock has to do up to an instant that has come."""
        now, state, due = max(until, workflow.now()), self._state, list[Entry]()
        while (rung := ladder.next_rung(state, self._book)) and rung.at <= until:
            new = project.entries(state, project.carry_out(rung, state, now, self._book), now)
            state = project.fold(new, state)
            due.extend(new)
        return due

    def _take(self, entry: Entry) -> None:
        self._state = project.evolve(self._state, entry)
        self._unwritten.append(entry)

    async def _write(self) -> bool:
        """Put on record what has happened, and tell whether it stands there. Hold the lock: entries go in order.

        Where the journal holds other entries, written by a task that was lost on its way, those are what happened: the
        state follows them, and what was meant to be written has to be decided anew.

        Raises:
            writing.JournalConflictError: Journal and state do not fit together.
        """
        if not self._unwritten:
            return True
        batch = Commit(project_id=self._state.project.project_id, entries=tuple(self._unwritten))
        committed = await writing.write(batch)
        if committed.instead:
            workflow.logger.warning("journal_was_ahead", extra={"first": batch.entries[0].seq, "last": committed.seq})
            self._state = project.fold(committed.instead, self._recorded)
        self._recorded = self._state
        self._unwritten.clear()
        return not committed.instead

    def _tell(self, *, anyway: bool = False) -> None:
        """Tell the engine's own lists what they must know; `anyway` says something rather than nothing.

        In a plan with phases that is where the journal stands, which is no billable action; else everything again.
        """
        values = attributes.attributes(self._state, self._book)
        changed = search.changes(workflow.info().typed_search_attributes, values)
        if has_phases(self._book) and not attributes.are_pressing(update.key.name for update in changed):
            if anyway:
                workflow.upsert_memo({names.MEMO_JOURNAL: self._state.seq})
            return
        if anyway and not changed:
            changed = search.changes(TypedSearchAttributes.empty, values)
        if changed:
            workflow.upsert_search_attributes(changed)

    def _arm(self) -> bool:
        """Have exactly one timer armed, for the next rung, and tell whether it had to be set.

        A run that is about to end leaves the timer as it is: it ends with the run.
        """
        if self._state.is_over or self._must_roll():
            return False
        rung = ladder.next_rung(self._state, self._book)
        summary = headline.timer(rung, self._state, self._book) if rung else ""
        wanted = (rung.at, summary) if rung else None
        if wanted == self._armed:
            return False
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.create_task(self._ring(*wanted)) if wanted else None
        self._armed = wanted
        return wanted is not None

    async def _ring(self, at: datetime, summary: str) -> None:
        """Wait for an instant, and then rely on it that it has come.

        `workflow.now()` cannot be relied on here: a worker that answers a question before it gets the task of the timer
        hears of the timer with the clock of the task before, and at replay with another.
        """
        await workflow.sleep(max(at - max(self._come, workflow.now()), _SOON), summary=summary)
        self._come = max(self._come, at)
        self._timer = self._armed = None
        self._changed = True


def _decoded(args: Sequence[RawValue]) -> Command:
    """Return the command of an update; what cannot be read is refused, never a bug."""
    try:
        (raw,) = args
        command: Command = workflow.payload_converter().from_payload(raw.payload, Command)
    except Exception as error:
        raise refused(Reason(code="command.unreadable", params={"error": str(error)[:500]})) from error
    return command
