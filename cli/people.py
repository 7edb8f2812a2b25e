"""`people`: the directory of people and posts - who holds what, who stands in, who is away, who would be told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import yaml
from cyclopts import Parameter
from pydantic import TypeAdapter, ValidationError

from cli.desk import Desk, Shared
from infra.db.directory import People
from infra.db.duties import Duties
from infra.files.directory import read_directory
from infra.files.policies import load_tree, roles
from rules import authority
from rules.moment import due
from rules.post import resolve, told
from rules.project import fold
from schemas.command import Post
from schemas.directory import LOCAL, Absence, Directory, Duty, Seat, SinceDay, UntilDay
from schemas.reason import ErrorKind, Refusal
from schemas.state import ProjectState

PersonId = Annotated[str, Parameter(help="人员编号 / person id")]
_SINCE: TypeAdapter[datetime] = TypeAdapter(SinceDay)
_UNTIL: TypeAdapter[datetime] = TypeAdapter(UntilDay)


def import_(
    file: Annotated[Path, Parameter(help="人员名册文件 / directory file, .yaml")], /, *, shared: Shared | None = None
) -> int:
    """Take over people and posts from a file; importing it again changes nothing."""
    desk = Desk(shared)
    directory = read_directory(file)
    _check_roles(directory)
    done = People(desk.records).import_directory(directory, datetime.now(UTC), desk.settings.acting_as)
    told = {"people": done.people, "posts": done.posts, "holders": done.holders, "deputies": done.deputies}
    desk.line("people.imported", **told, file=str(file))
    return desk.answer(done)


def export(
    file: Annotated[Path, Parameter(help="写入的文件 / file to write, .yaml")], /, *, shared: Shared | None = None
) -> int:
    """Write the directory as it stands to a file; importing that again changes nothing."""
    desk = Desk(shared)
    directory = People(desk.records).export_directory(datetime.now(UTC))
    raw = {"kind": "directory", **directory.model_dump(mode="json", exclude={"kind"})}
    file.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
    desk.line("people.exported", people=len(directory.people), posts=len(directory.posts), file=str(file))
    return desk.answer({"file": str(file), "people": len(directory.people), "posts": len(directory.posts)})


def list_(*, shared: Shared | None = None) -> int:
    """List posts with their holders and deputies."""
    desk = Desk(shared)
    seats = People(desk.records).seats(datetime.now(UTC))
    _draw_seats(desk, seats)
    return desk.answer({"seats": seats})


def vacant(*, shared: Shared | None = None) -> int:
    """List posts that nobody holds, and those whose holder is away."""
    desk = Desk(shared)
    seats = [one for one in People(desk.records).seats(datetime.now(UTC)) if not one.person_id or one.away_until]
    _draw_seats(desk, seats)
    unmanned = sum(1 for one in seats if not one.present)
    desk.line("people.vacancies", count=len(seats), unmanned=unmanned)
    return desk.answer({"seats": seats})


def resolve_(
    project_id: Annotated[str, Parameter(help="项目编号 / project id, US18F-000001")],
    role: Annotated[str, Parameter(help="角色代码 / role")],
    /,
    *,
    at: Annotated[str, Parameter(help="时点，空为现在 / instant or date; now when left out")] = "",
    shared: Shared | None = None,
) -> int:
    """Explain who receives a message for a role of a project at an instant."""
    desk = Desk(shared)
    when = since(at) if at else datetime.now(UTC)
    state = _state(desk, project_id, when)
    book = desk.shelf.book(state.pins)
    if role not in book.roles:
        raise Refusal("role.unknown", ErrorKind.INVALID, role=role, known=", ".join(book.roles))
    people = People(desk.records)
    away = people.away(state.assigned.values(), when)
    found = resolve(role, state.project, people.seats(when), state.assigned, book, away)
    title, moment = book.role_title(role), shown(when)
    if found.person_id:
        desk.line("resolution.head", project=project_id, role=title, at=moment, person=_named(desk, found.person_id))
    else:
        desk.line("resolution.head.nobody", project=project_id, role=title, at=moment)
    for text in told(found, book, desk.lang):
        desk.print(f"  {text}")
    return desk.answer(found)


def duties(person_id: PersonId, /, *, shared: Shared | None = None) -> int:
    """List what a person has to do: open stages and waiting matters, the earliest due first."""
    desk = Desk(shared)
    now = datetime.now(UTC)
    People(desk.records).held(person_id, now)
    found = Duties(desk.records, desk.shelf).of(person_id, now)
    names = ("id", "place", "stage", "matter", "owner", "due", "by_way_of")
    desk.table([f"column.{name}" for name in names], [_duty(desk, one) for one in found])
    desk.line("people.duties", person=person_id, count=len(found))
    return desk.answer({"person_id": person_id, "duties": found})


def absent(
    person_id: PersonId,
    /,
    *,
    since: Annotated[str, Parameter(help="首日 / first day away, 2018-09-20")],
    until: Annotated[str, Parameter(help="末日（含）/ last day away")],
    reason: Annotated[str, Parameter(help="理由 / reason")],
    shared: Shared | None = None,
) -> int:
    """Record that a person is away; the same first day again changes what was recorded."""
    desk = Desk(shared)
    stated(reason)
    if desk.settings.acting_as != person_id:
        arranging(desk, People(desk.records).held(person_id, datetime.now(UTC)))
    away = Absence(since=_day(_SINCE, since), until=_day(_UNTIL, until), reason=reason)
    changed = People(desk.records).set_absent(person_id, away, datetime.now(UTC), desk.settings.acting_as)
    told = {"person": person_id, "since": shown(away.since), "until": shown(away.until)}
    desk.line("people.absent" if changed else "people.absent.known", **told)
    return desk.answer({"person_id": person_id, "absence": away, "changed": changed})


def deputy(
    post_id: Annotated[str, Parameter(help="岗位编号 / post id")],
    person_id: Annotated[str, Parameter(help="代理人，空为取消 / deputy; none when left out")] = "",
    /,
    *,
    reason: Annotated[str, Parameter(help="理由 / reason")] = "",
    shared: Shared | None = None,
) -> int:
    """Let a person stand in for the holder of a post; nobody when no person is given."""
    desk = Desk(shared)
    by = desk.settings.acting_as
    arranging(
        desk, [seat.post for seat in People(desk.records).seats(datetime.now(UTC)) if seat.post.post_id == post_id]
    )
    changed = People(desk.records).set_deputy(post_id, person_id, datetime.now(UTC), by, reason)
    code = "people.deputy.named" if person_id else "people.deputy.none"
    desk.line(code if changed else "people.deputy.known", post=post_id, person=person_id or desk.say("people.nobody"))
    return desk.answer({"post_id": post_id, "person_id": person_id, "changed": changed})


def arranging(desk: Desk, posts: Iterable[Post]) -> None:
    """Pass when the person the command line acts as may arrange who acts in some posts.

    Raises:
        Refusal: They may not, or nobody is named.
    """
    reason = authority.may_arrange(desk.actor(), posts, roles(load_tree()))
    if reason:
        raise Refusal(reason.code, reason.kind, **reason.params)


def stated(reason: str) -> None:
    """Pass when a reason is given.

    Raises:
        Refusal: It is empty.
    """
    if not reason.strip():
        raise Refusal("people.no_reason", ErrorKind.INVALID)


def since(text: str) -> datetime:
    """Return an instant, or the beginning of a date.

    Raises:
        Refusal: It is neither.
    """
    return _day(_SINCE, text)


def shown(at: datetime) -> str:
    """Return an instant as the directory's people read it."""
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def _day(kind: TypeAdapter[datetime], text: str) -> datetime:
    try:
        return kind.validate_python(text)
    except (ValidationError, ValueError, OverflowError):
        raise Refusal("option.no_day", ErrorKind.INVALID, value=text) from None


def _state(desk: Desk, project_id: str, at: datetime) -> ProjectState:
    """Return a project as it was at an instant; as it began, before that."""
    desk.views.state(project_id)
    journal = desk.views.journal(project_id)
    return fold([entry for entry in journal if entry.at <= at] or journal[:1])


def _named(desk: Desk, person_id: str) -> str:
    known = {one.person_id: one.name for one in People(desk.records).people()}
    return f"{known[person_id]} ({person_id})" if person_id in known else person_id


def _draw_seats(desk: Desk, seats: list[Seat]) -> None:
    names = {person.person_id: person.name for person in People(desk.records).people()}

    def named(person_id: str, away_until: datetime | None) -> str:
        who = f"{names[person_id]} ({person_id})"
        return f"{who} {desk.say('people.away', until=shown(away_until))}" if away_until else who

    rows = []
    for seat in seats:
        holder = named(seat.person_id, seat.away_until) if seat.person_id else desk.say("people.vacant")
        second = named(seat.deputy_id, seat.deputy_away_until) if seat.deputy_id else "—"
        rows.append((seat.post.post_id, seat.post.role, seat.post.area, seat.post.organisation, holder, second))
    names_of = ("post", "role", "area", "organisation", "holder", "deputy")
    desk.table([f"people.{column}" for column in names_of], rows)


def _duty(desk: Desk, one: Duty) -> tuple[str, ...]:
    book = desk.shelf.book(one.pins)
    stage = book.title(one.stage).text(desk.lang) if one.stage else "—"
    way = desk.say("people.named") if one.is_named else one.post_id
    if one.is_away:
        way += " " + desk.say("people.acted_by", person=one.acted_by or desk.say("people.nobody"))
    owner = book.role_title(one.role).text(desk.lang)
    when = due(one.due_at, book.calendar) if one.due_at else "—"
    return (one.project_id, one.place, stage, one.matter or "—", owner, when, way)


def _check_roles(directory: Directory) -> None:
    """Refuse a role that no hierarchy knows: nobody would ever be told through such a post."""
    known = roles(load_tree())
    unknown = next((post.role for post in directory.posts if post.role not in known), None)
    if unknown:
        raise Refusal("role.unknown", ErrorKind.INVALID, role=unknown, known=", ".join(known))
