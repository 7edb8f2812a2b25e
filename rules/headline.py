"""What an engine's own page says of a project: short, in both languages, without personal data."""

from __future__ import annotations

from datetime import datetime, timedelta

from rules import batch_why, clock, ladder, moment
from rules.policy import Rulebook
from rules.text import both
from schemas.matter import Matter
from schemas.message import Title
from schemas.rung import Rung
from schemas.state import ProjectState

_LEVELS_TO_SHOW = 5


def timer(rung: Rung, state: ProjectState, book: Rulebook) -> str:
    """Return what the armed timer waits for."""
    return f"{_both(rung_topic(rung, state, book))} → {_both(rung_title(rung.key, book))}"


def rung_topic(rung: Rung, state: ProjectState, book: Rulebook) -> Title:
    """Return the name of what a rung speaks of."""
    return topic(rung.stage, state.matter(rung.matter), book)


def topic(stage: str, matter: Matter | None, book: Rulebook) -> Title:
    """Return the name of what is spoken of: a stage, a matter that waits, or (neither) the project as a whole."""
    if matter:
        return matter_title(matter, book)
    return book.title(stage) if stage else both("topic.whole")


def matter_title(matter: Matter, book: Rulebook) -> Title:
    """Return the name of a matter and of the step that decides it now; the codes where the plan no longer has it."""
    steps = book.plan.procedures.get(matter.kind, ())
    step = next((one.title for one in steps if one.key == matter.step), Title(zh=matter.step, en=matter.step))
    kind = both(f"change.{matter.change.kind}") if matter.change else both(f"matter.{matter.kind}")
    return both("topic.matter", key=matter.key, kind=kind, step=step)


def rung_title(key: str, book: Rulebook) -> Title:
    """Return the name of a rung."""
    return book.rung_titles.get(key) or Title(zh="期满自动结束", en="ends by itself")


def summary(state: ProjectState) -> str:
    """Return the one-line name of a project, for lists."""
    project = state.project
    return f"{project.place or project.village_name} · {project.technology} · {project.batch}"


def details(state: ProjectState, book: Rulebook) -> str:
    """Return the page of a project as Markdown: where it stands, whose turn it is, what comes next."""
    lines = [f"## {summary(state)}", f"`{state.project.project_id}` · **{state.status}** · journal {state.seq}", ""]
    if state.hold:
        lines += [f"**停表 Held**: {state.hold.code}, {_local(state.hold.at, book)}", ""]
    if (found := batch_why.why(state, book)) is not None:
        lines += [*(line.strip() for lang in ("zh-CN", "en") for line in batch_why.text(found, book, lang)), ""]
    lines += ["| 环节 Stage | 状态 Status | 责任方 Duty | 到期 Due | 层级 Level |", "|---|---|---|---|---|"]
    for key, stage in state.stages.items():
        turn = stage.turn
        due_at = clock.due_at(turn, book.calendar_of(key, state.project)) if turn else None
        due = moment.due(due_at, book.calendar) if due_at else "—"
        duty = _both(book.role_title(turn.owner)) if turn else "—"
        status = f"{turn.kind} {stage.percent}%" if turn else stage.status
        lines.append(f"| {_both(book.title(key))} | {status} | {duty} | {due} | {turn.level if turn else '—'} |")
    for matter in state.matters:
        due_at = clock.due_at(matter.turn, book.calendar)
        due = moment.due(due_at, book.calendar) if due_at else "—"
        duty = _both(book.role_title(matter.turn.owner))
        lines.append(
            f"| {_both(matter_title(matter, book))} | {matter.turn.kind} | {duty} | {due} | {matter.turn.level} |"
        )
    ahead = ladder.rungs(state, book)[:_LEVELS_TO_SHOW]
    lines += ["", "**接下来 Next**"]
    lines += [f"- {_local(rung.at, book)} {timer(rung, state, book)}" for rung in ahead] or ["- —"]
    return "\n".join(lines)


def _both(title: Title) -> str:
    return f"{title.zh} {title.en}"


def _local(at: datetime, book: Rulebook) -> str:
    offset = timedelta(hours=book.calendar.document.utc_offset_hours)
    return f"{at + offset:%Y-%m-%d %H:%M:%S}"
