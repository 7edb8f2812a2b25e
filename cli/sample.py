"""`sample`: samples for acceptances, drawn by seed, logged, and drawn again by whoever doubts them."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from cyclopts import Parameter, validators

from cli.desk import PROBLEMS, Desk, Shared
from infra.db.draws import Draws
from rules import sampling
from schemas.reason import Param
from schemas.sample import LoggedSample, Sample
from schemas.view import ProjectFilter, ProjectRow

_SEED_BYTES = 8
DrawNo = Annotated[str, Parameter(help="抽样编号 / number of the sample, S-…")]


def draw(
    *,
    stage: Annotated[str, Parameter(help="验收环节 / the acceptance")] = "preliminary_acceptance",
    area: Annotated[str, Parameter(help="区划代码前缀 / code prefix, 2-12 digits")] = "",
    batch: Annotated[str, Parameter(help="批次 / batch")] = "",
    technology: Annotated[Literal["fibre", "4g", "both"] | None, Parameter(help="技术 / technology")] = None,
    seed: Annotated[str, Parameter(help="种子，空则随机生成 / seed; none: made at random")] = "",
    shared: Shared | None = None,
) -> int:
    """Draw a sample among the running projects at an acceptance."""
    desk = Desk(shared)
    actor, seed = desk.actor(), seed.strip() or secrets.token_hex(_SEED_BYTES)
    running = ProjectFilter(statuses=("running",), stage=stage)
    wanted = running.model_copy(update={"area": area, "batch": batch, "technology": technology or ""})

    def drawn(rows: Sequence[ProjectRow]) -> Sample:
        rule, sites = sampling.among(rows, stage, actor, desk.shelf.book)
        return sampling.draw(rule, seed, sites)

    logged, is_new = Draws(desk.records).draw(wanted, drawn, actor.person_id, datetime.now(UTC))
    sample = logged.sample
    told: dict[str, Param] = {"sites": len(sample.sites), "chosen": len(sample.chosen), "draw_no": sample.draw_no}
    if is_new:
        desk.line("sample.drawn", **told, seed=seed, counties=len({site.county for site in sample.sites}))
    else:
        desk.line("sample.known", **told, at=logged.at, person=logged.person_id)
    _draw_counties(desk, sample)
    return desk.answer({**sample.model_dump(mode="json"), "is_new": is_new})


def list_(
    *,
    limit: Annotated[int, Parameter(help="条数 / rows, 1-1000", validator=validators.Number(gte=1, lte=1000))] = 20,
    shared: Shared | None = None,
) -> int:
    """List the latest samples."""
    desk = Desk(shared)
    found = Draws(desk.records).latest(limit)
    names = ("draw_no", "at", "person", "sites", "chosen")
    desk.table([f"sample.column.{name}" for name in names], (_line(one) for one in found))
    return desk.answer({"samples": found})


def show(draw_no: DrawNo, /, *, shared: Shared | None = None) -> int:
    """Show a sample: by whom, by which rule, and what was drawn in each county."""
    desk = Desk(shared)
    logged = Draws(desk.records).find(draw_no)
    _head(desk, logged)
    _draw_counties(desk, logged.sample)
    return desk.answer(logged)


def verify(draw_no: DrawNo, /, *, shared: Shared | None = None) -> int:
    """Draw a sample again from what is logged, and compare."""
    desk = Desk(shared)
    logged = Draws(desk.records).find(draw_no)
    sample = logged.sample
    again = sampling.draw(sample.rule, sample.seed, sample.sites)
    is_sound = again == sample
    if is_sound:
        desk.line("sample.sound", draw_no=draw_no)
    else:
        differing = sorted(set(again.chosen) ^ set(sample.chosen))
        names = ", ".join(differing) or "—"
        desk.note("sample.unsound", draw_no=draw_no, again=again.draw_no, differing=names)
    answer = {"draw_no": draw_no, "is_sound": is_sound, "again": again.draw_no, "chosen": again.chosen}
    return desk.answer(answer, 0 if is_sound else PROBLEMS)


def _line(logged: LoggedSample) -> tuple[str, ...]:
    sample, at = logged.sample, logged.at.isoformat(timespec="minutes")
    return sample.draw_no, at, logged.person_id, str(len(sample.sites)), str(len(sample.chosen))


def _head(desk: Desk, logged: LoggedSample) -> None:
    rule = logged.sample.rule
    desk.line(
        "sample.head",
        draw_no=logged.sample.draw_no,
        at=logged.at,
        person=logged.person_id,
        seed=logged.sample.seed,
        share=f"{rule.share:.2%}".rstrip("%").rstrip("0").rstrip("."),
        per_county=rule.per_county,
    )


def _draw_counties(desk: Desk, sample: Sample) -> None:
    desk.table([f"sample.column.{name}" for name in ("county", "sites", "chosen", "projects")], _counties(sample))


def _counties(sample: Sample) -> Iterator[tuple[str, ...]]:
    county = {site.project_id: site.county for site in sample.sites}
    counts = Counter(county.values())
    drawn: defaultdict[str, list[str]] = defaultdict(list)
    for project_id in sample.chosen:
        drawn[county[project_id]].append(project_id)
    for key in sorted(counts):
        yield key, str(counts[key]), str(len(drawn[key])), ", ".join(drawn[key])
