"""`policy rehearse`: what policies would send over a whole ledger, without engine, records or a single message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from cli.desk import Desk, Shared
from cli.rehearsal_table import Pair, tell
from cli.start import PLANS, pins_of, show_problems
from infra.db.registry import project_of
from infra.files.directory import read_directory
from infra.files.ledger import read_ledger
from infra.files.national import VILLAGES, VILLAGES_LIMIT, national_ledger
from infra.files.policies import BadPolicyError, LoadedPolicy, load_files, load_tree, named, problems
from rules import rehearse as rules
from rules.policy import Shelf
from rules.staffing import invented_seats
from schemas.command import Post
from schemas.directory import Directory, Seat
from schemas.hierarchy import Hierarchy
from schemas.ledger import LedgerRow
from schemas.plan import Plan
from schemas.project import Project, Start
from schemas.reason import ErrorKind, Refusal
from schemas.rehearsal import Assumption, Lateness, Rehearsal

NATIONAL = "national"
"""Stands for the invented national ledger where a file is asked for."""

_PROGRAMME = "US"
_WHOLE = 100
_PERCENT = validators.Number(gte=0, lte=_WHOLE)
_COUNT = validators.Number(gte=1)
_VILLAGES = validators.Number(gte=1, lte=VILLAGES_LIMIT)


def rehearse(
    ledger: Annotated[str, Parameter(help="台账文件，或 national（合成）/ ledger file, or national: an invented one")],
    /,
    *,
    start: Annotated[date, Parameter(help="启动日期 / day on which the projects start, 2018-05-07")],
    people: Annotated[Path | None, Parameter(help="人员名册，缺省则虚构 / directory; invented when not given")] = None,
    late: Annotated[int, Parameter(help="各环节逾期工作日 / working days by which each stage is late; -3: early")] = 0,
    late_share: Annotated[
        float, Parameter(help="逾期项目占比%，其余按期 / per cent of projects that are late", validator=_PERCENT)
    ] = _WHOLE,
    start_spread: Annotated[
        int, Parameter(help="各省逐县启动的工作日数 / working days over which the counties start", validator=_COUNT)
    ] = 1,
    capacity: Annotated[
        int, Parameter(help="一人一天能处理的消息 / messages a person can act on in a day", validator=_COUNT)
    ] = 100,
    plans: Annotated[str, Parameter(help="各方案名称的开头 / what the names of the plans begin with")] = PLANS,
    calendar: Annotated[str, Parameter(help="工作日历 / calendar")] = "china",
    against: Annotated[
        str, Parameter(help="对比：目录、文件或名称@版本 / compare with folder, file, NAME@VERSION")
    ] = "",
    plot: Annotated[Path | None, Parameter(help="画图，.png 或 .svg / plot to draw, .png or .svg")] = None,
    villages: Annotated[
        int | None, Parameter(help="合成台账的村数 / villages of the invented ledger; 122900", validator=_VILLAGES)
    ] = None,
    vacant: Annotated[
        float, Parameter(help="虚构岗位空缺占比% / per cent of invented posts that are vacant", validator=_PERCENT)
    ] = 2,
    seed: Annotated[int, Parameter(help="种子 / seed of everything invented")] = 1,
    shared: Shared | None = None,
) -> int:
    """Rehearse policies over a ledger: messages by day, person and level, peaks, gaps; nothing is sent."""
    desk = Desk(shared)
    if plot:
        _can_plot(plot)
    rows = _rows(desk, ledger, villages, seed)
    if isinstance(rows, int):
        return rows
    directory = read_directory(people) if people else None
    stage = _Stage(
        projects=[project_of(f"row-{row.row}", row, _PROGRAMME) for row in rows],
        seats=_seats(directory) if directory else None,
        plans=plans,
        calendar=calendar,
        assumed=_assumed(start, late, late_share / _WHOLE, start_spread, capacity),
        vacant_share=vacant / _WHOLE,
        seed=seed,
    )
    tree = _sound(load_tree())
    other = stage.play(_others(against, tree))[0] if against else None
    found, seats = stage.play(tree)
    pair = Pair(found, other, Path(against).name)
    if directory is None:
        desk.line("rehearsal.invented_people", posts=len(seats), vacant=sum(not seat.person_id for seat in seats))
    tell(desk, pair, _names(rows), {one.person_id: one.name for one in directory.people} if directory else {})
    if plot:
        _draw(desk, pair, plot)
    invented = {"is_ledger_invented": ledger == NATIONAL, "are_people_invented": directory is None}
    return desk.answer({"rehearsal": found, "against": other, **invented, "plot": str(plot) if plot else None})


@dataclass(frozen=True)
class _Stage:
    """What a rehearsal is played with.

    Attributes:
        projects: The projects.
        seats: Posts with their holders; None to have them invented.
        plans: What the names of the plans begin with.
        calendar: Name of the calendar.
        assumed: How people behave.
        vacant_share: Share of invented posts that are vacant.
        seed: Seed of everything invented.
    """

    projects: Sequence[Project]
    seats: Sequence[Seat] | None
    plans: str
    calendar: str
    assumed: Assumption
    vacant_share: float
    seed: int

    def play(self, policies: Sequence[LoadedPolicy]) -> tuple[Rehearsal, Sequence[Seat]]:
        """Return what these policies would send, and the posts to which it was addressed."""
        shelf = Shelf()
        for one in policies:
            shelf.put(one.raw)
        pins = pins_of(policies, self.plans, self.calendar, dict.fromkeys(one.technology for one in self.projects))
        seats = self.seats
        if seats is None:
            documents = [shelf.document(one) for one in dict.fromkeys(one.hierarchy for one in pins.values())]
            regimes = [one for one in documents if isinstance(one, Hierarchy)]
            seats = invented_seats(regimes, self.projects, self.vacant_share, self.seed)
        orders = [Start(project=one, pins=pins[one.technology]) for one in self.projects]
        days = shelf.calendar(next(iter(pins.values())).calendar)
        planned = rules.plan_starts(orders, self.assumed, days)
        return rules.rehearse(planned, seats, self.assumed, shelf.book), seats


def _rows(desk: Desk, ledger: str, villages: int | None, seed: int) -> Sequence[LedgerRow] | int:
    """Return the rows of the ledger, or the exit code when it has problems, which are then told."""
    if ledger == NATIONAL:
        desk.line("rehearsal.invented_ledger", seed=seed)
        return list(national_ledger(villages or VILLAGES, seed))
    if villages is not None:
        raise Refusal("rehearsal.villages_of_file", ErrorKind.INVALID, ledger=ledger)
    read = read_ledger(Path(ledger))
    return show_problems(desk, read) if read.problems else read.rows


def _seats(directory: Directory) -> list[Seat]:
    """Return the posts of a directory; nobody is away in a rehearsal, which goes on for years."""
    return [
        Seat(
            post=Post(post_id=one.post_id, role=one.role, area=one.area, organisation=one.organisation),
            person_id=one.holder or "",
            deputy_id=one.deputy or "",
        )
        for one in directory.posts
    ]


def _assumed(start: date, late: int, share: float, spread: int, capacity: int) -> Assumption:
    classes = [Lateness(days=days, share=part) for days, part in ((late, share), (0, 1 - share)) if part > 0]
    return Assumption(start_on=start, spread_days=spread, late=tuple(classes), capacity=capacity)


def _sound(policies: Sequence[LoadedPolicy]) -> Sequence[LoadedPolicy]:
    if wrong := problems(policies):
        raise BadPolicyError(wrong)
    return policies


def _others(against: str, tree: Sequence[LoadedPolicy]) -> Sequence[LoadedPolicy]:
    """Return the policies to compare with: the ones that are named, and whatever else is in the tree.

    A policy that is named takes the place of every version of it in the tree.

    Raises:
        Refusal: There is no such folder, file, or version.
    """
    path = Path(against)
    if path.exists():
        chosen: Sequence[LoadedPolicy] = load_tree(path) if path.is_dir() else load_files([path])
    else:
        name, _, version = against.partition("@")
        chosen = [one for one in tree if version == one.parsed.version and _is_called(one, name)]
    if not chosen:
        chosen = named(tree, against)
    replaced = {(one.parsed.kind, one.parsed.name) for one in chosen}
    return _sound([*chosen, *(one for one in tree if (one.parsed.kind, one.parsed.name) not in replaced)])


def _is_called(policy: LoadedPolicy, name: str) -> bool:
    """Whether a policy has a name; of plans, as everywhere, the beginning is enough."""
    return policy.parsed.name == name or (isinstance(policy.parsed, Plan) and policy.parsed.name.startswith(name))


def _names(rows: Sequence[LedgerRow]) -> dict[str, str]:
    """Return the names of areas by code, as the ledger has them."""
    names: dict[str, str] = {}
    for row in rows:
        names[row.village_code[:6]], names[row.village_code[:4]] = row.county, row.prefecture
        names[row.village_code[:2]] = row.province
    return names


def _can_plot(path: Path) -> None:
    from infra.files.plot import check_suffix  # noqa: PLC0415 - loading it takes longer than most commands

    check_suffix(path)


def _draw(desk: Desk, pair: Pair, path: Path) -> None:
    from infra.files.plot import Version, draw_rehearsal  # noqa: PLC0415 - loading it takes longer than most commands

    versions = [Version(desk.say("plot.here"), pair.here)]
    if pair.other:
        versions.append(Version(pair.name, pair.other))
    drawn = draw_rehearsal(versions, path, desk.lang)
    if drawn != desk.lang:
        desk.note("rehearsal.plotted_in_english")
    desk.line("rehearsal.plotted", file=str(path))
