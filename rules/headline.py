"""What an engine's own page says of a project: short, in both languages, without personal data."""

from __future__ import annotations

from datetime import datetime, timedelta

from rules import clock, ladder, moment
from rules.policy import Rulebook
from schemas.message import Title
from schemas.rung import Rung
from schemas.state import ProjectState

_LEVELS_TO_SHOW = 5


def timer(rung: Rung, book: Rulebook) -> str:
    """Return what the armed timer waits for."""
    return f"{_both(book.title(rung.stage))} → {_both(rung_title(rung.key, book))}"


def rung_title(key: str, book: Rulebook) -> Title:
    """Return the name of a rung."""
    known = next((rule.title for rule in book.ladder.rungs if rule.key == key), None)
    return known or Title(zh="期满自动结束", en="ends by itself")


def summary(state: ProjectState) -> str:
    """Return the one-line name of a project, for lists."""
    project = state.project
    return f"{project.place or project.village_name} · {project.technology} · {project.batch}"


def details(state: ProjectState, book: Rulebook) -> str:
    """Return the page of a project as Markdown: where it stands, whose turn it is, what comes next."""
    lines = [f"## {summary(state)}", f"`{state.project.project_id}` · **{state.status}** · journal {state.seq}", ""]
    if state.hold:
        lines += [f"**停表 Held**: {state.hold.code}, {_local(state.hold.at, book)}", ""]
    lines += ["| 环节 Stage | 状态 Status | 责任方 Duty | 到期 Due | 层级 Level |", "|---|---|---|---|---|"]
    for key, stage in state.stages.items():
        turn = stage.turn
        due_at = clock.due_at(turn, book.calendar) if turn else None
        due = moment.due(due_at, book.calendar) if due_at else "—"
        duty = _both(book.role_title(turn.owner)) if turn else "—"
        status = f"{turn.kind} {stage.percent}%" if turn else stage.status
        lines.append(f"| {_both(book.title(key))} | {status} | {duty} | {due} | {turn.level if turn else '—'} |")
    ahead = ladder.rungs(state, book)[:_LEVELS_TO_SHOW]
    lines += ["", "**接下来 Next**"]
    lines += [f"- {_local(rung.at, book)} {timer(rung, book)}" for rung in ahead] or ["- —"]
    return "\n".join(lines)


def _both(title: Title) -> str:
    return f"{title.zh} {title.en}"


def _local(at: datetime, book: Rulebook) -> str:
    offset = timedelta(hours=book.calendar.document.utc_offset_hours)
    return f"{at + offset:%Y-%m-%d %H:%M:%S}"
