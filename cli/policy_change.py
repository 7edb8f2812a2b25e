"""`policy publish`, `policy list`, `policy migrate`: policies change for what runs already, in two steps by two people.

Nothing here changes a project: a proposal is filed, and `cli.proposal` carries it out once somebody else approves it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, get_args

from cyclopts import Parameter

from cli.desk import DONE, PROBLEMS, Desk, Shared
from infra.db.pinned import Pinned
from infra.db.policies import Policies
from infra.db.proposals import Proposals
from infra.files.policies import (
    KEPT,
    BadPolicyError,
    LoadedPolicy,
    kept_by_projects,
    load_files,
    load_tree,
    problems,
    roles,
    same_versions,
)
from rules import authority, moment
from rules.migration_preview import preview as previewed
from rules.migration_preview import summed
from rules.policy import Raw, parse
from rules.text import both, render
from schemas.command import Actor
from schemas.migration import (
    Deadline,
    MigrationOrder,
    MigrationPreview,
    MigrationProposal,
    PolicyKind,
    ProjectMove,
    PublicationProposal,
)
from schemas.plan import Plan
from schemas.reason import ErrorKind, Refusal

MIGRATE, PUBLISH = "migrate", "publish"
"""Kinds of proposals."""

To = Annotated[
    tuple[str, ...],
    Parameter(name="--to", help="目标版本 / target: NAME@VERSION, or KIND:NAME@VERSION; repeatable", negative=()),
]
Preview = Annotated[bool, Parameter(negative=(), help="只预览不申报 / show what would move, file nothing")]
FirePast = Annotated[
    bool, Parameter(negative=(), help="补发已过时点的催办督办 / let rungs that lie in the past fire at once")
]


def publish(
    files: Annotated[tuple[Path, ...], Parameter(help="政策文件 / policy files")], /, *, shared: Shared | None = None
) -> int:
    """Check policies, and propose to publish them; a second person approves it."""
    desk = Desk(shared)
    actor = official(desk, "policy_publish")
    wanted, known = load_files(files), [*load_tree(), *published(desk)]
    if found := same_versions([*known, *wanted]) + problems(wanted, known):
        raise BadPolicyError(found)
    there = {one.reference for one in published(desk)}
    new = [one for one in wanted if one.reference not in there]
    if not new:
        desk.line("publish.known", count=len(wanted))
        return desk.answer({"proposal": None, "policies": [one.reference for one in wanted]})
    content = PublicationProposal(documents=tuple(one.raw for one in new))
    made = Proposals(desk.records).file(PUBLISH, content.model_dump_json(), actor.person_id, datetime.now(UTC))
    for one in new:
        desk.print(one.reference)
    desk.line("proposal.filed", number=made.number)
    return desk.answer({"proposal": made.number, "policies": [one.reference for one in new]})


def list_(*, shared: Shared | None = None) -> int:
    """List published policies with the running projects pinned to each."""
    desk = Desk(shared)
    found = Pinned(desk.records).published()
    rows = [
        (desk.say(f"policy.kind.{one.kind}"), one.ref, f"{one.published_at:%Y-%m-%d}", str(one.projects))
        for one in found
    ]
    desk.table([f"published.{column}" for column in ("kind", "reference", "at", "projects")], rows)
    return desk.answer({"policies": found})


def migrate(
    *,
    to: To,
    project: Annotated[tuple[str, ...], Parameter(help="项目编号，可重复 / project id, repeatable", negative=())] = (),
    area: Annotated[str, Parameter(help="区划代码前缀 / code prefix, 2-12 digits")] = "",
    batch: Annotated[str, Parameter(help="批次 / batch of the programme")] = "",
    plan: Annotated[str, Parameter(help="现用方案名称 / name of their present plan")] = "",
    preview: Preview = False,
    fire_past: FirePast = False,
    shared: Shared | None = None,
) -> int:
    """Propose that running projects go on under other policies; `--preview` shows what would move."""
    desk = Desk(shared)
    targets = dict(target(desk, text, is_preview=preview) for text in to)
    names = {kind: ref.partition("@")[0] for kind, ref in targets.items()}
    if plan and "plan" in names:
        names["plan"] = plan
    order = MigrationOrder(
        targets=targets,
        names=names,
        project_ids=project,
        area=area,
        batch=batch,
        plan=plan,
        fires_past=fire_past,
    )
    return propose(desk, order, is_preview=preview)


def propose(desk: Desk, order: MigrationOrder, *, is_preview: bool) -> int:
    """Show what an order would move and, unless it is only to be seen, file it.

    Raises:
        Refusal: It means no project, or none that could go on under the policies asked for.
    """
    actor = desk.actor()
    found = measured(desk, order, actor)
    if not found.projects and not found.refused:
        raise Refusal("migrate.nobody", policies=", ".join(order.targets.values()))
    show_preview(desk, found)
    if is_preview or not found.projects:
        if not found.projects:
            desk.note("migrate.all_refused", count=sum(found.refused.values()))
        return desk.answer({"proposal": None, "preview": found}, DONE if found.projects else PROBLEMS)
    content = MigrationProposal(order=order, preview=found)
    made = Proposals(desk.records).file(MIGRATE, content.model_dump_json(), actor.person_id, datetime.now(UTC))
    desk.line("proposal.filed", number=made.number)
    return desk.answer({"proposal": made.number, "preview": found})


def measured(desk: Desk, order: MigrationOrder, actor: Actor) -> MigrationPreview:
    """Return what an order would do to every project it means, now."""
    pinned = Pinned(desk.records)
    with desk.progress("migrate.looking", pinned.count(order)) as bar:

        def moves() -> Iterator[ProjectMove]:
            for state in pinned.states(order):
                yield previewed(state, desk.shelf.book(state.pins), order.pins(state.pins), actor, datetime.now(UTC))
                bar.advance(bar.task_ids[0])

        return summed(moves())


def target(desk: Desk, text: str, *, is_preview: bool) -> tuple[PolicyKind, str]:
    """Return kind and reference of a policy named by `NAME@VERSION` or `KIND:NAME@VERSION`.

    It has to be published. Only a preview is also made of one that still lies in the tree.

    Raises:
        Refusal: It is nowhere, not published, or several kinds have it.
    """
    head, colon, rest = text.partition(":")
    kind, name = (head, rest) if colon else ("", text)
    wanted = name.partition("#")[0]
    there = kept_by_projects(published(desk))
    found = [one for one in there if one.name == wanted and kind in ("", one.parsed.kind)]
    if not found:
        found = [one for one in kept_by_projects(load_tree()) if one.name == wanted and kind in ("", one.parsed.kind)]
        if found and not is_preview:
            raise Refusal("migrate.not_published", ErrorKind.NOT_FOUND, name=wanted, file=str(found[0].path))
        for one in found:
            desk.shelf.put(one.raw)
    if not found:
        known = ", ".join(sorted(f"{one.parsed.kind}:{one.name}" for one in there)) or "—"
        what = both(f"policy.kind.{kind}") if kind in get_args(PolicyKind) else both("policy.kind.any")
        raise Refusal("policy.unknown", ErrorKind.NOT_FOUND, what=what, name=text, known=known)
    if len(found) > 1:
        choices = ", ".join(f"{one.parsed.kind}:{one.name}" for one in found)
        raise Refusal("migrate.which_kind", ErrorKind.INVALID, name=wanted, choices=choices)
    return KEPT[type(found[0].parsed)], found[0].reference


def published(desk: Desk) -> list[LoadedPolicy]:
    """Return every policy that the records hold."""
    raws: list[Raw] = Policies(desk.records).documents()
    refs = [(raw, desk.shelf.put(raw)) for raw in raws]
    return [LoadedPolicy(raw, parse(raw), Path("records"), ref) for raw, ref in refs]


def official(desk: Desk, act: str) -> Actor:
    """Return the person the command line acts as, who has to be one of those that steer policies.

    These are the roles that a plan of the tree lets migrate projects, and those above them; where no plan names any,
    those that may start projects.

    Raises:
        Refusal: The person holds no such post; that is put on record.
    """
    actor = desk.actor()
    tree = load_tree()
    plans = [one.parsed for one in tree if isinstance(one.parsed, Plan)]
    named = _named(plans, "migrate") or _named(plans, "start")
    offices = {upper for role in named for upper in authority.upward(role, roles(tree))}
    with desk.refusals.kept(actor.person_id, act):
        if any(post.role in offices for post in actor.posts):
            return actor
        raise Refusal("proposal.no_office", person=actor.person_id, roles=", ".join(sorted(offices)))


def _named(plans: list[Plan], act: str) -> set[str]:
    return {role for plan in plans for role in plan.may.get(act, ())}


# What would move


def show_preview(desk: Desk, found: MigrationPreview) -> None:
    """Tell what would move: in all, by stage, and the deadlines that move furthest."""
    if desk.json:
        return
    refused = sum(found.refused.values())
    desk.line("migrate.projects", projects=found.projects, refused=refused, opens=found.opens)
    counts = ("deadlines", "moved", "later", "earlier", "falls_past", "made_final", "made_provisional", "past_rungs")
    desk.line("migrate.deadlines", **{name: getattr(found, name) for name in counts})
    titles = _titles(desk)
    if found.by_stage:
        columns = ("deadlines", "moved", "falls_past", "made_final")
        rows = [
            (titles.get(one.stage, one.stage), *(str(getattr(one, column)) for column in columns))
            for one in found.by_stage
        ]
        desk.table([f"migrate.column.{column}" for column in ("stage", *columns)], rows)
    if found.samples:
        heads = [f"migrate.column.{name}" for name in ("project", "stage", "before", "after", "days", "past_rungs")]
        desk.table(heads, [_sample(desk, one, titles) for one in found.samples])
    for refused_one in found.refusals:
        desk.print(f"✗ {refused_one.project_id}: {render(refused_one.reason, desk.lang)}")


def _sample(desk: Desk, one: Deadline, titles: Mapping[str, str]) -> tuple[str, ...]:
    calendar = desk.shelf.book(desk.views.state(one.project_id).pins).calendar
    before, after = (moment.due(at, calendar) if at else "—" for at in (one.due_before, one.due_after))
    marks = [before + (" ?" if one.was_provisional else ""), after + (" ?" if one.is_provisional else "")]
    stage = titles.get(one.stage, one.stage)
    return (one.project_id, stage, *marks, f"{one.moved_days:+d}", ", ".join(one.past_rungs) or "—")


def _titles(desk: Desk) -> dict[str, str]:
    plans = [one.parsed for one in published(desk) if isinstance(one.parsed, Plan)]
    return {stage.key: stage.title.text(desk.lang) for plan in plans for stage in plan.stages}
