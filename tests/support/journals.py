"""Real journals for tests: made by the rules themselves, never written by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from rules import ladder
from rules.policy import Rulebook
from rules.project import Accepted, Refused, advance, begin, decide, entries, evolve
from schemas.command import ACT_MODELS, Actor, Command, FactValue, Post
from schemas.event import Entry
from schemas.plan import Stage
from schemas.project import Project, Start
from schemas.record import Commit
from schemas.state import ProjectState
from tests.support import books

VILLAGE = "533323103201"
BUILDER = "CMCC-YN"
STARTED_AT = datetime(2018, 5, 2, 2, 0, tzinfo=UTC)
_SOME: dict[str, FactValue] = {
    "text": "云通服〔2018〕1号",
    "money": 1000,
    "number": 100,
    "date": "2018-05-01",
    "flag": True,
}


def project(project_id: str = "US18F-000001", **changes: Any) -> Project:  # noqa: ANN401 - fields of Project
    """Return a project in 怒江州, with some of its fields changed."""
    known: dict[str, Any] = {
        "project_id": project_id,
        "programme": "US",
        "batch": "2018",
        "technology": "fibre",
        "village_code": VILLAGE,
        "village_name": "亚坪村",
        "place": "云南省怒江州福贡县上帕镇亚坪村",
        "builder": BUILDER,
    }
    return Project(**{**known, **changes})


def holder(role: str, village_code: str = VILLAGE, builder: str = BUILDER) -> Actor:
    """Return a person `of-ROLE` who holds a post of a role that takes in the village."""
    post = Post(post_id=f"post-{role}", role=role, area=village_code[:2], organisation=builder)
    return Actor(person_id=f"of-{role}", posts=(post,))


class Journal:
    """Plays the life of one project and keeps what it wrote."""

    def __init__(self, subject: Project | None = None, book: Rulebook | None = None, at: datetime = STARTED_AT) -> None:
        """Start the project."""
        self.book = book or books.book()
        self.commits: list[Commit] = []
        self.state: ProjectState | None = None
        self.at = at
        self.refused: list[Refused] = []
        order = Start(project=subject or project(), pins=self.book.pins, ordered_by="of-provincial_supervisor")
        self._write(entries(None, begin(order, at, self.book), at, order.ordered_by))

    @property
    def entries(self) -> list[Entry]:
        """Return everything written so far."""
        return [entry for commit in self.commits for entry in commit.entries]

    @property
    def now(self) -> ProjectState:
        """Return the state as it stands."""
        assert self.state is not None
        return self.state

    def act(self, act: str, role: str, /, **fields: Any) -> None:  # noqa: ANN401 - fields of the act
        """Let a holder of a role do an act now; a refusal fails the test."""
        model = ACT_MODELS[act].model_validate({"act": act, **fields})
        number = len(self.commits)
        command = Command.model_validate({"command_id": f"c-{number}", "actor": holder(role), "act": model})
        answer = decide(self.now, command, self.at, self.book)
        assert isinstance(answer, Accepted), answer
        self._write(entries(self.now, answer.events, self.at, command.actor.person_id, command))

    def close(self, stage: str = "") -> None:
        """Let the proper person close an open stage with good facts; the rungs up to now come first."""
        key = stage or self.now.open_stages()[0]
        rule = self.book.stages[key]
        self.act(rule.closed_by.act, rule.closed_by.by[0], stage=key, facts=facts(rule))

    def until(self, at: datetime) -> None:
        """Let the clock run: everything that is due happens at its own instant."""
        while (rung := ladder.next_rung(self.now, self.book)) and rung.at <= at:
            self.at = max(self.at, rung.at)
            self._write(entries(self.now, advance(self.now, self.at, self.book), self.at))
        self.at = max(self.at, at)

    def days(self, days: float) -> None:
        """Let some days of the calendar go by."""
        self.until(self.at + timedelta(seconds=days * self.book.calendar.document.day_seconds))

    def _write(self, new: tuple[Entry, ...]) -> None:
        for entry in new:
            self.state = evolve(self.state, entry)
        self.commits.append(Commit(project_id=self.now.project.project_id, entries=new))


def facts(rule: Stage) -> dict[str, FactValue]:
    """Return facts that pass for a stage."""
    return {fact.key: _SOME[fact.type] if fact.maximum is None else fact.maximum for fact in rule.closed_by.facts}


def on_time(subject: Project | None = None, book: Rulebook | None = None) -> Journal:
    """Return the journal of a project of which every stage is closed ten days after it opened."""
    journal = Journal(subject, book)
    while not journal.now.is_over:
        journal.days(10)
        for stage in journal.now.open_stages():
            if journal.book.stages[stage].closed_by.act != "elapse" and journal.now.stages[stage].status == "open":
                journal.close(stage)
    return journal


def eventful(subject: Project | None = None, book: Rulebook | None = None) -> Journal:
    """Return a journal with lateness, hold, extension, obstacle, reassignment, two refusals and a return."""
    journal = Journal(subject, book)
    journal.days(60)
    journal.close()
    journal.act("reassign", "prefecture_officer", role="builder", person_id="of-stand-in", reason="出差")
    journal.close()
    journal.close()
    journal.days(70)
    journal.act("hold", "prefecture_officer", code="WINTER_STOP")
    journal.days(40)
    journal.act("resume", "prefecture_officer")
    journal.act("request_extension", "builder", days=30, reason="雨季")
    journal.act("grant_extension", "provincial_supervisor", days=20)
    journal.act("report_obstacle", "builder", code="NO_POWER", note="未通市电")
    journal.days(50)
    journal.act("clear_obstacle", "county_officer")
    for _ in range(5):
        journal.act("report", "builder", percent=50)
        journal.close()
    for _ in range(2):
        journal.act("refuse", "prefecture_officer", item="速率不达标")
        journal.days(45)
        journal.act("submit", "builder")
    journal.act("return", "prefecture_officer", stage="cable", code="QUALITY", note="光缆挂高不足")
    journal.days(200)
    return journal
