"""The question every act answers, with the guards that all of them share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rules import authority, clock, moment, recurrence
from rules.calendar import WorkingCalendar
from rules.policy import Rulebook
from rules.recurrence import Series
from schemas.command import Actor
from schemas.event import Event, TurnOpened
from schemas.message import Title
from schemas.plan import Budget, CodedReason, ReasonGroup, Stage
from schemas.reason import Refusal
from schemas.state import Hold, ProjectState, StageState
from schemas.turn import Turn, TurnKind


@dataclass(frozen=True)
class Ask:
    """May this person do this now, and what follows?

    Attributes:
        state: The project.
        actor: Who asks.
        now: The instant of asking.
        book: Policies of the project.
    """

    state: ProjectState
    actor: Actor
    now: datetime
    book: Rulebook

    def authorise(self, roles: Iterable[str]) -> None:
        """Pass when the actor may act in one of the roles.

        Raises:
            Refusal: Not in these roles, or not here.
        """
        reason = authority.may(self.actor, roles, self.state, self.book)
        if reason:
            raise Refusal(reason.code, reason.kind, **reason.params)

    def authorise_act(self, act: str) -> None:
        """Pass when the plan lets one of the actor's roles do `act`.

        Raises:
            Refusal: It does not.
        """
        roles = self.book.plan.may.get(act, ())
        if not roles:
            raise Refusal("act.not_in_plan", act=act, plan=self.book.plan.title)
        self.authorise(roles)

    def coded(self, group: ReasonGroup, code: str) -> CodedReason:
        """Return a coded reason of the plan.

        Raises:
            Refusal: The plan has no such code; names those it has.
        """
        reason = self.book.coded(group, code)
        if reason is None:
            known = ", ".join(known.code for known in self.book.plan.reasons.get(group, ()))
            raise Refusal("reason.unknown", code=code, group=group, known=known or "—")
        return reason

    def stage(self, key: str, acts: Iterable[str] = ()) -> tuple[Stage, StageState, Turn]:
        """Return an open stage: the one named, or the only one that fits.

        Args:
            key: Key of the stage; empty to let the project tell.
            acts: Closing acts that narrow the choice when no stage is named.

        Raises:
            Refusal: Unknown, not open, or several would fit.
        """
        if not key:
            key = self._only(frozenset(acts))
        if key not in self.book.stages:
            raise Refusal("stage.unknown", stage=key, known=", ".join(self.book.stages))
        state = self.state.stages[key]
        if state.status != "open" or state.turn is None:
            raise Refusal(f"stage.{state.status}", stage=self.book.title(key), open=self._open_titles())
        return self.book.stages[key], state, state.turn

    def calendar(self, stage: str) -> WorkingCalendar:
        """Return the days by which the turns of a stage are counted."""
        return self.book.calendar_of(stage, self.state.project)

    def told(self, at: datetime) -> str:
        """Return an instant as people read it."""
        return moment.moment(at, self.book.calendar)

    def held(self, hold: Hold) -> Refusal:
        """Return the refusal of whatever cannot be done while the project is held."""
        coded = self.book.coded("hold", hold.code)
        title = coded.title if coded else Title(zh=hold.code, en=hold.code)
        return Refusal("project.held", code=hold.code, title=title, since=self.told(hold.at))

    def by_hand(self, rule: Stage) -> None:
        """Pass when people close the stage; one that ends by itself takes no act.

        Raises:
            Refusal: It ends by itself.
        """
        if rule.closed_by.act == "elapse":
            raise Refusal("stage.ends_by_itself", stage=rule.title)

    def unobstructed(self, rule: Stage, turn: Turn) -> None:
        """Pass when no obstacle is open in the stage.

        Raises:
            Refusal: One is; it has to be cleared first.
        """
        if turn.kind == "obstacle":
            raise Refusal("obstacle.open", stage=rule.title, code=turn.code)

    def turn_opened(  # noqa: PLR0913 - everything a turn begins with
        self, key: str, kind: TurnKind, owner: str, party: str, budget: Budget, *, note: str = "", code: str = ""
    ) -> TurnOpened:
        """Return the event that opens a turn of a stage now."""
        known = self.state.stages[key]
        period = known.turn.period if known.turn else known.period
        return TurnOpened(
            stage=key,
            round=known.round if kind != "work" else known.round + 1,
            turn=kind,
            owner=owner,
            party=party,
            budget_days=budget.days,
            unit=budget.unit,
            due_at=clock.first_due_at(self.now, budget.days, budget.unit, self.calendar(key)),
            note=note,
            code=code,
            period=period if kind != "work" else 0,
        )

    def opening(self, key: str, over: int | None = None) -> TurnOpened:
        """Return the event that opens a stage now.

        Args:
            key: The stage.
            over: Last period of a recurring stage that counts as over; as the state tells when None.
        """
        series = recurrence.series(key, self.state, self.book, self.now)
        if series is None:
            return self._opened(key, self.book.stages[key].budget)
        number = series.after(self.state.stages[key].period if over is None else over, self.now)
        return self._period(key, series, min(number, series.count))

    def reopening(self, key: str) -> TurnOpened | None:
        """Return the event that opens a stage, closed now, for its next period; None when none is left."""
        series = recurrence.series(key, self.state, self.book, self.now)
        number = series.after(recurrence.current(self.state.stages[key]), self.now) if series else 0
        return self._period(key, series, number) if series and number <= series.count else None

    def _period(self, key: str, series: Series, number: int) -> TurnOpened:
        budget = Budget(days=series.budget_days(number, self.now), unit=series.unit)
        return self._opened(key, budget).model_copy(update={"period": number})

    def _opened(self, key: str, budget: Budget) -> TurnOpened:
        rule = self.book.stages[key]
        return self.turn_opened(key, "work", rule.owner, rule.party, budget)

    def openings(self, *done: str) -> list[Event]:
        """Return the openings that follow when `done` are done besides what is done already.

        Everything before a stage must be done, near and far: a stage that was done stays so when a spot check opens
        an acceptance before it again, and nothing behind it may go on meanwhile.
        """
        finished = {key for key, stage in self.state.stages.items() if stage.status == "done"} | set(done)
        return [
            self.opening(rule.key)
            for rule in self.book.plan.stages
            if rule.key not in finished
            and self.state.stages[rule.key].status == "pending"
            and finished.issuperset(self.book.before[rule.key])
        ]

    def _only(self, acts: frozenset[str]) -> str:
        opened = self.state.open_stages()
        fitting = [key for key in opened if self._fits(key, acts)] or opened
        if not opened:
            raise Refusal("stage.none_open")
        if len(fitting) == 1:
            return fitting[0]
        raise Refusal("stage.which", open=", ".join(fitting))

    def _fits(self, key: str, acts: frozenset[str]) -> bool:
        if not acts:
            return True
        turn = self.state.stages[key].turn
        if turn is not None and turn.kind == "rectification":
            return "submit" in acts
        return self.book.stages[key].closed_by.act in acts

    def _open_titles(self) -> Title:
        titles = [self.book.title(key) for key in self.state.open_stages()]
        return Title(zh="、".join(title.zh for title in titles) or "无", en=", ".join(t.en for t in titles) or "none")
