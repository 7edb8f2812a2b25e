"""What holds of every project, whatever people do and whenever they do it.

One machine leads projects of every plan and tier through commands of right and wrong persons, holds, obstacles,
extensions, promises, returns and waits of any length, heard at once or late. Each property is an invariant of it.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import datetime
from itertools import pairwise

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rules import clock, ladder, project
from rules.plan import ancestors
from rules.project import Accepted, Refused, Repeated
from rules.text import LANGUAGES, render
from schemas import event as e
from schemas.command import Act, Actor, Command, Correct
from schemas.event import Entry
from schemas.reason import ErrorKind
from schemas.state import COMMANDS_KEPT, ProjectState
from tests.support import people, scripts
from tests.support.life import Life, Step, turn_of

KINDS = ["eventful"] * 5 + ["proper"] * 3 + ["any"] * 2 + ["again"]
CODE = re.compile(r"[a-z_]+(\.[a-z_]+)+")


class ProjectMachine(RuleBasedStateMachine):
    """A project, its people, and time."""

    life: Life
    seen: Counter[str]

    @initialize(
        plan=scripts.plans, tier=scripts.tiers, at=scripts.starts, done=st.integers(0, 15), is_prompt=st.booleans()
    )
    def start(self, plan: str, tier: str, at: datetime, done: int, *, is_prompt: bool) -> None:
        """Start a project and lead it some way on, so that every stage is met."""
        self.life = Life.begin(plan, at=at, tier=tier, is_prompt=is_prompt)
        self.seen = Counter[str]()
        for _ in range(done):
            if not self.life.state.is_over:
                self.life.pass_days(7)
                self.life.close(self.life.state.open_stages()[0])

    # What happens

    @rule(days=scripts.waits, kind=st.sampled_from(KINDS), data=st.data())
    def go_on(self, days: float | None, kind: str, data: st.DataObject) -> None:
        """Time passes (without days: up to the very instant of the next rung), then somebody sends a command."""
        rung = ladder.next_rung(self.life.state, self.life.book)
        if days is not None:
            self.life.pass_days(days)
        elif rung:
            self.life.until(rung.at)
        self.life.wake()
        assert project.advance(self.life.state, self.life.now, self.life.book) == ()
        if kind == "again" and self.life.commands:
            self._send_again(data.draw(st.sampled_from(self.life.commands[-COMMANDS_KEPT // 2 :])))
        elif kind in {"any", "again"} or self.life.state.is_over:
            self._send(*data.draw(scripts.any_acts(self.life)))
        else:
            acts = scripts.proper_acts if kind == "proper" else scripts.eventful_acts
            self._send(*data.draw(acts(self.life)))

    @rule(days=st.floats(0, 100))
    def sleep(self, days: float) -> None:
        """Nobody does anything; who hears the clock late does not even hear the clock."""
        self.life.pass_days(days)

    def _send_again(self, sent: Command) -> None:
        """The same command id twice changes nothing; with another body, or from another person, it is a conflict."""
        before = self.life.steps[-1]
        assert isinstance(self.life.send(sent), Repeated)
        other = sent.model_copy(update={"act": Correct(seq=1, note=f"other than {sent.act.act}")})
        for changed in (other, sent.model_copy(update={"actor": people.NOBODY})):
            answer = self.life.send(changed)
            assert isinstance(answer, Refused)
            assert (answer.reason.code, answer.reason.kind) == ("command.id_reused", ErrorKind.CONFLICT)
        assert self.life.steps[-1] is before

    def _send(self, actor: Actor, act: Act) -> None:
        """Every command is answered by events, or by a reason that can be read; nothing else comes out."""
        answer = self.life.do(actor, act)
        sent = Command(command_id="x", actor=actor, act=act)
        assert Command.model_validate_json(sent.model_dump_json()) == sent
        if isinstance(answer, Refused):
            assert CODE.fullmatch(answer.reason.code)
            assert type(answer.reason).model_validate_json(answer.reason.model_dump_json()) == answer.reason
            assert all(render(answer.reason, lang) for lang in LANGUAGES)
        else:
            assert isinstance(answer, Accepted)
            assert answer.events

    # What holds

    @invariant()
    def no_stage_opens_before_its_prerequisites_are_done(self) -> None:
        stages = self.life.state.stages
        for step in self._new("order"):
            opened = step.entry.event
            if isinstance(opened, e.TurnOpened) and opened.turn == "work":
                needed = ancestors(self.life.book.plan, opened.stage)
                assert all(step.after.stages[key].status == "done" for key in needed), opened.stage
        reopened = {key for key, stage in stages.items() if stage.reopened}
        for key, stage in stages.items():
            if stage.status != "pending":
                behind = {before for before in self.life.book.stages[key].after if stages[before].status != "done"}
                assert not behind or (stage.status == "done" and behind <= reopened), key

    @invariant()
    def no_stage_is_skipped(self) -> None:
        """A stage is open as soon as it can be, and a project is complete exactly when every stage is done."""
        state = self.life.state
        done = {key for key, stage in state.stages.items() if stage.status == "done"}
        assert (state.status == "completed") == (len(done) == len(state.stages))
        if not state.is_over:
            plan = self.life.book.plan
            ready = {key for key in self.life.book.stages if done.issuperset(ancestors(plan, key))} - done
            assert set(state.open_stages()) == ready

    @invariant()
    def state_is_the_fold_of_the_events(self) -> None:
        assert project.fold(self.life.journal) == self.life.state

    @invariant()
    def a_state_survives_json(self) -> None:
        state = self.life.state
        assert ProjectState.model_validate_json(state.model_dump_json()) == state
        for step in self._new("json"):
            assert Entry.model_validate_json(step.entry.model_dump_json()) == step.entry

    @invariant()
    def only_what_lay_ahead_fires(self) -> None:
        """A rung fires when it is the next one and due; never after its stage is done, while held, or when over."""
        for step in self._new("fired"):
            fired = step.entry.event
            if not isinstance(fired, e.RungFired):
                continue
            assert step.before is not None
            expected = ladder.next_rung(step.before, self.life.book)
            assert expected is not None
            assert (expected.stage, expected.key, expected.at) == (fired.stage, fired.rung, fired.nominal_at)
            assert fired.nominal_at <= step.entry.at
            assert step.entry.at == fired.nominal_at or not self.life.is_prompt
            assert expected.matter == fired.matter
            if fired.matter:
                assert step.before.matter(fired.matter)
            else:
                assert step.before.status == "running"
                assert step.before.stages[fired.stage].status == "open"

    @invariant()
    def reminders_come_before_and_escalations_after_the_due_instant(self) -> None:
        fired = [(event.kind, event.nominal_at, event.due_at) for event in self.life.fired()]
        ahead = [(rung.kind, rung.at, rung.due_at) for rung in self.life.rungs() if rung.kind != "elapse"]
        for kind, at, due_at in (*fired, *ahead):
            assert (at < due_at) == (kind == "reminder")
            assert (at > due_at) == (kind == "escalation")

    @invariant()
    def the_level_never_falls_within_a_generation(self) -> None:
        for step in self._new("level"):
            if isinstance(step.entry.event, e.RungFired):
                assert step.before is not None
                turn = turn_of(step.entry.event, step.before)
                assert step.entry.event.level >= turn.level
                assert step.entry.event.rung not in turn.fired
        ahead = self.life.rungs()
        for clocked in {(rung.stage, rung.matter): rung for rung in ahead}.values():
            own = [rung for rung in ahead if (rung.stage, rung.matter) == (clocked.stage, clocked.matter)]
            levels = [rung.level for rung in own if rung.kind != "elapse"]
            assert levels == sorted(levels)
            assert not levels or levels[0] >= turn_of(clocked, self.life.state).level

    @invariant()
    def each_open_stage_has_exactly_one_deadline(self) -> None:
        """An open stage has one live turn with a due instant unless it is held; no other stage has any."""
        state, calendar = self.life.state, self.life.book.calendar
        for key, stage in state.stages.items():
            assert (stage.status == "open") == (stage.turn is not None), key
            assert all(turn.segments[-1].until_at is not None for turn in stage.past)
            if stage.suspended:
                assert stage.turn is not None
                assert stage.turn.kind == "obstacle"
                assert stage.suspended.segments[-1].until_at is not None
            if stage.turn:
                assert stage.turn.segments[-1].until_at is None
                assert stage.turn.is_held == (state.hold is not None)
                assert (clock.due_at(stage.turn, calendar) is None) == (state.hold is not None)
        assert not (state.is_over and state.open_stages())

    @invariant()
    def what_was_recorded_as_due_is_what_the_clock_says(self) -> None:
        calendar = self.life.book.calendar
        for step in self._new("due"):
            event = step.entry.event
            if isinstance(event, e.TurnOpened | e.ExtensionGranted):
                turn = step.after.stages[event.stage].turn
                assert turn is not None
                assert clock.due_at(turn, calendar) == event.due_at
            if isinstance(event, e.ExtensionGranted):
                assert event.due_at is not None
                assert event.due_at > step.entry.at
            if isinstance(event, e.ProjectResumed):
                turns = {key: stage.turn for key, stage in step.after.stages.items() if stage.turn}
                assert {key: clock.due_at(turn, calendar) for key, turn in turns.items()} == event.dues

    @invariant()
    def each_elapsed_working_day_belongs_to_exactly_one_party(self) -> None:
        """The segments of a stage fill the time it is open without gap or overlap, and its days add up."""
        state, calendar, now = self.life.state, self.life.book.calendar, self.life.now
        for key, stage in state.stages.items():
            spans = clock.segments(stage)
            ends = [(span.since_at, span.until_at or now) for span in spans]
            joined: list[tuple[datetime, datetime]] = []
            for since, until in ends:
                if joined and joined[-1][1] == since:
                    joined[-1] = (joined[-1][0], until)
                else:
                    assert not joined or joined[-1][1] < since, f"{key}: two clocks run at once"
                    joined.append((since, until))
            assert joined == self._open_times(key)
            elapsed = sum(calendar.between(since, until) for since, until in joined)
            assert sum(clock.days_by_party(spans, calendar, now).values()) == elapsed

    @invariant()
    def a_hold_moves_the_due_day_by_exactly_what_was_held(self) -> None:
        """Working days for a term of working days, calendar days for one of calendar days; and nothing fires."""
        calendar = self.life.book.calendar
        for step in self._new("hold"):
            if not isinstance(step.entry.event, e.ProjectResumed):
                continue
            assert step.before is not None
            assert step.before.hold is not None
            since, until = step.before.hold.at, step.entry.at
            running = next(
                other.before for other in reversed(self.life.steps) if other.entry.at == since and _held(other)
            )
            assert running is not None
            for key in running.open_stages():
                if self._given_back(key, since, until):
                    continue
                before, after = running.stages[key].turn, step.after.stages[key].turn
                assert before is not None
                assert after is not None
                assert clock.left(before, calendar, since) == clock.left(after, calendar, until)
                days = [clock.due_day(turn, calendar) for turn in (before, after)]
                if before.unit == "working" and None not in days:
                    dues = [calendar.count(calendar.opens_at(day)) for day in days if day is not None]
                    assert dues[1] - dues[0] == calendar.between(since, until)

    @invariant()
    def no_rung_lies_before_the_running_segment(self) -> None:
        ahead = self.life.rungs()
        assert [rung.at for rung in ahead] == sorted(rung.at for rung in ahead)
        assert max(Counter((rung.stage, rung.matter, rung.key) for rung in ahead).values(), default=1) == 1
        for rung in ahead:
            turn = turn_of(rung, self.life.state)
            assert rung.at >= turn.segments[-1].since_at
            assert rung.key not in turn.fired

    @invariant()
    def no_escalation_is_lost(self) -> None:
        """Every escalation of a live turn has fired or lies ahead, whatever stopped its clock in between."""
        if self.life.state.hold:
            return
        wanted = [
            rung.key for rung in ladder.rules_for(self.life.state.project.tier, self.life.book) if rung.offset_days > 0
        ]
        for key in self.life.state.open_stages():
            if self.life.book.stages[key].is_watched:
                known = {*self.life.turn(key).fired, *(rung.key for rung in self.life.rungs(key))}
                assert known.issuperset(wanted), key

    @invariant()
    def one_morning_brings_one_escalation_of_a_turn(self) -> None:
        """A broken promise or a short hold never brings the ladder down at once: escalations keep their distance."""
        calendar = self.life.book.calendar
        for key in self.life.state.open_stages():
            ahead = [rung for rung in self.life.rungs(key) if rung.kind == "escalation"]
            for before, after in pairwise(ahead):
                apart = after.derivation.offset_days - before.derivation.offset_days
                assert calendar.between(before.at, after.at) >= apart

    @invariant()
    def nothing_happens_after_the_end(self) -> None:
        for step in self._new("over"):
            if step.before and step.before.is_over:
                assert isinstance(step.entry.event, e.EntryCorrected)
        if self.life.state.is_over:
            assert self.life.rungs() == []

    # How it is seen

    def _new(self, reader: str) -> list[Step]:
        """Return the steps that a reader has not seen."""
        seen = self.seen[reader]
        self.seen[reader] = len(self.life.steps)
        return self.life.steps[seen:]

    def _given_back(self, key: str, since: datetime, until: datetime) -> bool:
        """Whether days of a stage changed hands between two instants."""
        return any(
            isinstance(step.entry.event, e.DaysReattributed)
            and step.entry.event.stage == key
            and since <= step.entry.at <= until
            for step in self.life.steps
        )

    def _open_times(self, key: str) -> list[tuple[datetime, datetime]]:
        """Return when a stage was open, from the journal alone; adjoining times are joined."""
        times: list[tuple[datetime, datetime]] = []
        for step in self.life.steps:
            statuses = [step.before.stages[key].status if step.before else "pending", step.after.stages[key].status]
            if statuses[0] != "open" and statuses[1] == "open":
                adjoins = bool(times) and times[-1][1] == step.entry.at
                times.append((times.pop()[0] if adjoins else step.entry.at, self.life.now))
            elif statuses[0] == "open" and statuses[1] != "open":
                times[-1] = (times[-1][0], step.entry.at)
        return times


def _held(step: Step) -> bool:
    return isinstance(step.entry.event, e.ProjectHeld)


TestProject = ProjectMachine.TestCase
TestProject.settings = settings(
    max_examples=80,
    stateful_step_count=30,
    deadline=None,
    phases=[Phase.reuse, Phase.generate, Phase.shrink],  # to explain would trace every line
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
