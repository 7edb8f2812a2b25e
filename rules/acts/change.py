"""Acts on what a project is: ask for a change of the task, and what follows when every step has agreed.

A village moves, is re-coded, replaced, merged or split, a task is cancelled, units enter or leave a batch. Each goes
through the steps of the plan; as long as the list of tasks is not frozen only through the last of them.
"""

from __future__ import annotations

from rules import batch
from rules.acts import matter
from rules.acts.ask import Ask
from rules.baseline import is_frozen
from rules.ledger_cells import BadCell
from rules.text import both
from rules.village_code import village_code
from schemas.command import RequestChange
from schemas.event import ChangeEffected, Event, ProjectCancelled
from schemas.matter import Change, Matter
from schemas.project import Project
from schemas.reason import Refusal

_FIELDS = ("village_code", "village_name", "place", "into", "successors", "units")
_NEEDS: dict[str, tuple[str, ...]] = {
    "move": (),
    "cancel": (),
    "replace": ("village_code",),
    "recode": ("village_code",),
    "merge": ("into",),
    "split": ("successors",),
    "remove_units": ("units",),
    "add_units": ("units",),
}
_TAKES: dict[str, tuple[str, ...]] = {
    **_NEEDS,
    "move": ("village_code", "village_name", "place"),
    "replace": ("village_code", "village_name", "place"),
    "recode": ("village_code", "village_name", "place"),
}
_UNITS = ("remove_units", "add_units")
_ENDS = ("cancel", "merge")
_BATCH = "batch"
_VILLAGES = ("fibre", "4g", "both")


def request_change(act: RequestChange, ask: Ask) -> list[Event]:
    """Ask for a change; it waits for the first step that has to agree, and no clock of the project stops for it."""
    ask.authorise_act("request_change")
    steps = matter.steps("change", ask)
    ask.coded("change", act.code)
    pending = next((one for one in ask.state.matters if one.kind == "change"), None)
    if pending:
        raise Refusal("change.pending", key=pending.key, asked_by=pending.asked_by)
    change = Change(**act.model_dump(exclude={"act", "note"}))
    _fits_plan(change, ask)
    _has_fields(change)
    _is_change(change, ask.state.project)
    batch.may_recount(change, ask)
    first = steps[0] if is_frozen(ask.state, ask.now, ask.book) else steps[-1]
    return [matter.opened("change", first, ask, change=change, note=act.note)]


def effects(waiting: Matter, ask: Ask, number: str, note: str) -> list[Event]:
    """Return what follows when the last step has agreed."""
    change = waiting.change
    if change is None:
        return []
    project = _changed(change, ask.state.project)
    done = ChangeEffected(key=waiting.key, change=change, project=project, number=number, note=note)
    if change.kind in _ENDS:
        return [done, ProjectCancelled(code=change.code, decision_no=number or waiting.key, note=note)]
    return [done, *batch.recounted(change, ask)]


def _changed(change: Change, project: Project) -> Project:
    """Return the identity after a change; a split goes on under its own code, its successors start anew."""
    named = {name: getattr(change, name) for name in ("village_code", "village_name", "place")}
    return project.model_copy(update={name: value for name, value in named.items() if value})


def _fits_plan(change: Change, ask: Ask) -> None:
    technology = ask.book.plan.technology
    fits = technology == _BATCH if change.kind in _UNITS else change.kind == "cancel" or technology in _VILLAGES
    if not fits:
        raise Refusal("change.not_for_plan", change=both(f"change.{change.kind}"), plan=ask.book.plan.title)


def _has_fields(change: Change) -> None:
    """Pass when a change names what it needs and nothing that means nothing for it."""
    name = both(f"change.{change.kind}")
    for field in _FIELDS:
        if field in _NEEDS[change.kind] and not getattr(change, field):
            raise Refusal("change.missing", change=name, field=field)
        if field not in _TAKES[change.kind] and getattr(change, field):
            raise Refusal("change.needless", change=name, field=field)


def _is_change(change: Change, project: Project) -> None:
    """Pass when something will be another than it is, and every code can be that of a village."""
    for code in (change.village_code, *change.successors):
        _is_village(code)
    if change.village_code and change.kind in {"recode", "replace"} and change.village_code == project.village_code:
        raise Refusal("change.same_code", code=change.village_code)
    if change.kind == "move" and _changed(change, project) == project:
        raise Refusal("change.nothing", place=project.place or project.village_name)
    if change.kind == "merge" and change.into == project.project_id:
        raise Refusal("change.onto_itself", project=project.project_id)
    again = [code for code in change.successors if change.successors.count(code) > 1 or code == project.village_code]
    if again:
        raise Refusal("change.successor_twice", code=again[0])


def _is_village(code: str) -> None:
    if not code:
        return
    try:
        village_code(code)
    except BadCell as bad:
        raise Refusal("change.bad_code", code=code, rule=both(bad.code, **bad.params)) from bad
