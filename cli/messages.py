"""`messages list|notices|show|retry|settle`: letters, why one was given up, what people do."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter, validators

from cli.desk import Desk, Shared
from infra.channels import open_channels
from infra.db.letter_views import LetterViews
from infra.db.settling import Settling
from rules.text import language
from schemas.letter import LetterState
from schemas.letter_view import LetterFilter, LetterRow, NoticeRow, ReceiptRow
from schemas.reason import ErrorKind, Refusal
from schemas.view import AttemptRow, MessageRow, MessageState

_LETTERS = ("day", "person", "channel", "state", "notices", "attempts", "detail", "key")
_NOTICES = ("id", "place", "stage", "rung", "person", "state", "key")
_ATTEMPTS = ("number", "channel", "state", "at", "detail")
_RECEIPTS = ("channel", "state", "at", "detail")
_FEWEST_DIGITS = 6
_KEY_SHOWN = 12

Project = Annotated[str, Parameter(help="项目编号 / project id")]
Person = Annotated[str, Parameter(help="接收人编号 / id of the receiver")]
Channel = Annotated[str, Parameter(help="渠道 / channel")]
Limit = Annotated[
    int, Parameter(help="最多条数 / at most so many, 1-1000", validator=validators.Number(gte=1, lte=1000))
]
Key = Annotated[str, Parameter(help="信函或消息编号，可只写开头 / key of a letter or notice, or how it begins")]


def list_(
    *,
    state: Annotated[tuple[LetterState, ...], Parameter(help="状态 / state", negative=())] = (),
    project: Project = "",
    person: Person = "",
    channel: Channel = "",
    reason: Annotated[str, Parameter(help="原因代码 / code of the reason: refused, gave_up, moved_on")] = "",
    limit: Limit = 50,
    shared: Shared | None = None,
) -> int:
    """List letters, oldest first."""
    desk = Desk(shared)
    wanted = LetterFilter(states=state, project_id=project, person_id=person, channel=channel, reason_code=reason)
    rows, total = LetterViews(desk.records).letters(wanted, limit)
    desk.table([f"column.{name}" for name in _LETTERS], [_letter_line(desk, row) for row in rows])
    desk.line("messages.listed", shown=len(rows), total=total)
    return desk.answer({"letters": rows, "total": total})


def notices(
    *,
    state: Annotated[tuple[MessageState, ...], Parameter(help="状态 / state", negative=())] = (),
    project: Project = "",
    person: Person = "",
    limit: Limit = 50,
    shared: Shared | None = None,
) -> int:
    """List notices, oldest first: also those that wait for their letter, are held, silenced or withdrawn."""
    desk = Desk(shared)
    rows, total = LetterViews(desk.records).listed(states=state, project_id=project, person_id=person, limit=limit)
    desk.table([f"column.{name}" for name in _NOTICES], [_notice_line(desk, row) for row in rows])
    desk.line("messages.notices_listed", shown=len(rows), total=total)
    return desk.answer({"notices": rows, "total": total})


def show(key: Key, /, *, shared: Shared | None = None) -> int:
    """Show a letter: its notices, every try, and what the other side said afterwards."""
    desk = Desk(shared)
    views = LetterViews(desk.records)
    row = the_letter(views, key)
    inside, tries, receipts = views.notices(row.key), views.attempts(row.key), views.receipts(row.key)
    desk.table([f"column.{name}" for name in _LETTERS], [_letter_line(desk, row)])
    if inside:
        desk.table([f"column.{name}" for name in _NOTICES], [_notice_line(desk, one) for one in inside])
    if tries:
        desk.table([f"column.{name}" for name in _ATTEMPTS], [_attempt_line(desk, one) for one in tries])
    if receipts:
        desk.table([f"column.{name}" for name in _RECEIPTS], [_receipt_line(desk, one) for one in receipts])
    return desk.answer({"letter": row, "notices": inside, "attempts": tries, "receipts": receipts})


def retry(
    keys: Annotated[tuple[str, ...], Parameter(help="信函编号 / keys of letters; none: all that fit")] = (),
    /,
    *,
    channel: Channel = "",
    project: Project = "",
    unclear: Annotated[
        bool,
        Parameter(negative=(), help="也重发结果不明的，可能重复 / those of unknown fate too: they may arrive twice"),
    ] = False,
    shared: Shared | None = None,
) -> int:
    """Let letters that were given up be tried again; what was withdrawn stays so."""
    desk = Desk(shared)
    settling = Settling(desk.records, tuple(open_channels(desk.settings)))
    wanted = [the_letter(LetterViews(desk.records), key).key for key in keys]
    revived = settling.revive(wanted, channel=channel, project_id=project, with_unclear=unclear)
    desk.line("messages.revived" if revived else "messages.none_dead", count=len(revived))
    return desk.answer({"revived": revived})


def settle(
    key: Key,
    /,
    *,
    arrived: Annotated[bool, Parameter(negative=(), help="已送达 / it arrived")] = False,
    again: Annotated[bool, Parameter(negative=(), help="未送达，重发 / it did not: send it again")] = False,
    shared: Shared | None = None,
) -> int:
    """Say of a letter of unknown fate that it arrived, or have it sent again."""
    desk = Desk(shared)
    if arrived == again:
        raise Refusal("messages.arrived_or_again", ErrorKind.INVALID)
    row = the_letter(LetterViews(desk.records), key)
    Settling(desk.records).settle(row.key, has_arrived=arrived, by=desk.settings.acting_as)
    desk.line("messages.settled_arrived" if arrived else "messages.settled_again", key=row.key[:_KEY_SHOWN])
    return desk.answer({"key": row.key, "state": "delivered" if arrived else "pending"})


def standing(desk: Desk, row: MessageRow | LetterRow) -> str:
    """Return in words where a notice or a letter stands, and why."""
    state = desk.say(f"message_state.{row.state}")
    if not row.reason_code:
        return state
    reason = desk.word("message_reason", row.reason_code)
    return f"{state}（{reason}）" if desk.lang.startswith("zh") else f"{state} ({reason})"


def the_letter(views: LetterViews, key: str) -> LetterRow:
    """Return the one letter that a key means.

    Raises:
        Refusal: `messages.unknown`: it means none; `messages.ambiguous`: it is too short, or means several.
    """
    if len(key) < _FEWEST_DIGITS:
        raise Refusal("messages.ambiguous", ErrorKind.INVALID, key=key, digits=_FEWEST_DIGITS)
    found = views.found(key)
    if not found:
        raise Refusal("messages.unknown", ErrorKind.NOT_FOUND, key=key)
    if len(found) > 1:
        raise Refusal("messages.ambiguous", ErrorKind.INVALID, key=key, digits=_FEWEST_DIGITS)
    return found[0]


def _letter_line(desk: Desk, row: LetterRow) -> tuple[str, ...]:
    told = (row.day, row.name or row.person_id, desk.word("channel", row.channel), standing(desk, row))
    return (*told, str(row.notices), str(row.attempts), row.detail or "—", row.key)


def _notice_line(desk: Desk, row: NoticeRow) -> tuple[str, ...]:
    is_chinese = language(desk.lang).startswith("zh")
    stage, rung = (row.stage_title_zh, row.rung_title_zh) if is_chinese else (row.stage_title_en, row.rung_title_en)
    person = row.name or row.person_id or "—"
    return (row.project_id, row.place, stage or "—", rung, person, standing(desk, row), row.key)


def _attempt_line(desk: Desk, row: AttemptRow) -> tuple[str, ...]:
    told = (desk.word("channel", row.channel), desk.word("attempt_state", row.state))
    return (str(row.number), *told, row.started_at.isoformat(timespec="seconds"), row.detail or "—")


def _receipt_line(desk: Desk, row: ReceiptRow) -> tuple[str, ...]:
    told = (desk.word("channel", row.channel), desk.word("receipt_kind", row.kind))
    return (*told, row.at.isoformat(timespec="seconds"), row.detail or "—")
