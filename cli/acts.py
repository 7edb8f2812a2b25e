"""Acts on a project: `project approve`, `project hold`, ... - one command for each act, under the act's own name.

The options are the fields of the act's model, so that command line, update and journal cannot drift apart.
"""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from cyclopts import Parameter
from pydantic import TypeAdapter, ValidationError

from cli.desk import Desk, Shared
from infra.db.directory import People
from infra.files.model_error import rule
from rules.moment import written
from rules.policy import Rulebook
from schemas.command import ACT_MODELS, Act, Command, Reassign, Receipt, RequestChange
from schemas.event import Acknowledged, Entry
from schemas.reason import ErrorKind, Refusal

HELP: dict[str, str] = {
    "stage": "环节代码，唯一时可省 / stage key; may be left out when only one fits",
    "facts": "填报项 / facts, key=value, repeatable: --fact document_no=…",
    "note": "说明 / note",
    "code": "原因代码 / reason code of the plan",
    "item": "不合格项 / the failed item",
    "percent": "进度百分比 / progress, 0-100",
    "evidence": "佐证材料编号 / reference of evidence, repeatable",
    "days": "天数 / days",
    "reason": "理由 / reason",
    "role": "角色代码 / role",
    "person_id": "人员编号，空为交还岗位 / person id; empty gives it back to the post",
    "promised_at": "承诺日期 / promised date: 2018-09-20, or +5d for working days from now",
    "decision_no": "决定文号 / number of the decision",
    "seq": "流水号 / number of the entry",
    "part": "验收部分代码 / part of the acceptance",
    "result": "结果 / result: passed, failed",
    "report_no": "抽查报告编号 / number of the report",
    "amount_cny": "金额（元）/ amount, CNY",
    "since_at": "起始时间（含）/ start, inclusive: 2018-09-20",
    "until_at": "截止时间（不含）/ end, exclusive",
    "party": "计时归属方 / party to whom the days are counted",
    "kind": "变更种类 / kind of change",
    "village_code": "新的村代码 / new code of the village",
    "village_name": "新的村名 / new name of the village",
    "place": "新的全称 / new full name of the place",
    "into": "并入的项目编号 / project that takes the task over",
    "successors": "后继村代码 / codes of succeeding villages, repeatable",
    "units": "单元=原因代码 / unit=reason code, repeatable",
    "matter": "事项编号，唯一时可省 / key of the matter, M1; may be left out when only one waits",
    "number": "文号 / number of the document",
}

_LIST = tuple[str, ...]
_TYPES: dict[str, Any] = {
    **dict.fromkeys(("facts", "evidence", "successors", "units"), _LIST),
    "days": int,
    "amount_cny": float,
}
_NAMES: dict[str, str] = {
    "facts": "--fact",
    "person_id": "--person",
    "promised_at": "--promise",
    "since_at": "--since",
    "until_at": "--until",
    "successors": "--successor",
    "units": "--unit",
}
_EMPTY: dict[str, Any] = {"facts": (), "evidence": (), "successors": (), "units": ()}
_INSTANTS = ("promised_at", "since_at", "until_at")
_ELSEWHERE = {"migrate"}
"""Acts with a command of their own: `policy migrate` shows first what would move."""
_ACT: TypeAdapter[Any] = TypeAdapter(Act)


def commands() -> dict[str, Callable[..., Awaitable[int]]]:
    """Return one command for each act, by its name on the command line."""
    return {name.replace("_", "-"): _command(name) for name in ACT_MODELS if name not in _ELSEWHERE}


async def act(project_id: str, name: str, given: dict[str, Any], command_id: str, shared: Shared) -> int:
    """Carry out an act on a project and tell what came of it."""
    desk = Desk(shared)
    state = desk.views.state(project_id)
    book = desk.shelf.book(state.pins)
    known = desk.views.done(project_id, command_id) if command_id else None
    actor, asked = desk.actor(), parsed(name, _as_before(given, known), book)
    try:
        command = Command(command_id=command_id or f"c-{uuid.uuid4().hex[:20]}", actor=actor, act=asked)
    except ValidationError as error:
        raise _invalid(error) from error
    if isinstance(command.act, Reassign) and command.act.person_id:
        People(desk.records).actor(command.act.person_id)  # a duty never goes to somebody unknown
    if isinstance(command.act, RequestChange) and command.act.into and not desk.views.project(command.act.into):
        raise Refusal("change.unknown_project", ErrorKind.NOT_FOUND, project=command.act.into)
    receipt = _recalled(desk, project_id, command) or await (await desk.gateway()).send(project_id, command)
    desk.line(
        "act.repeated" if receipt.is_repeat else "act.done",
        act=desk.say(f"act.{name}"),
        project_id=project_id,
        seq=receipt.seq,
        status=desk.say(f"status.{receipt.status}"),
        open=desk.listed(book.title(stage) for stage in receipt.open_stages),
    )
    return desk.answer(receipt)


def _recalled(desk: Desk, project_id: str, command: Command) -> Receipt | None:
    """Return the receipt of a command that was carried out before; an id used for another one goes on record."""
    try:
        return desk.views.receipt(project_id, command)
    except Refusal as refusal:
        desk.refusals.keep(project_id, command, refusal.reason)
        raise


def _as_before(given: dict[str, Any], known: Entry | None) -> dict[str, Any]:
    """Return what was given; a promise counted from now means, in a command sent again, the day it meant before."""
    if known and isinstance(known.event, Acknowledged) and str(given.get("promised_at", "")).startswith("+"):
        return {**given, "promised_at": known.event.promised_at.isoformat()}
    return given


def parsed(name: str, given: dict[str, Any], book: Rulebook) -> Any:  # noqa: ANN401 - one of many
    """Return the act that was asked for.

    Raises:
        Refusal: A value is not what the act takes; names the option, the value and the rule.
    """
    values = {key: value for key, value in given.items() if value is not None}
    if "facts" in values:
        values["facts"] = dict(_pair(text) for text in values["facts"])
    if "units" in values:
        values["units"] = [{"unit": unit, "code": code} for unit, code in map(_pair, values["units"])]
    for key in _INSTANTS:
        if key in values:
            values[key] = written(values[key], book.calendar, datetime.now(UTC), at_end=key == "promised_at")
    try:
        return _ACT.validate_python({"act": name, **values})
    except ValidationError as error:
        raise _invalid(error) from error


def _invalid(error: ValidationError) -> Refusal:
    first = error.errors(include_url=False)[0]
    return Refusal(
        "option.invalid",
        ErrorKind.INVALID,
        option=_option(str(first["loc"][-1])),
        value=str(first.get("input", ""))[:80],
        rule=rule(first),
    )


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise Refusal("option.no_pair", ErrorKind.INVALID, value=text)
    return key.strip(), value.strip()


def _option(field: str) -> str:
    return _NAMES.get(field, f"--{field.replace('_', '-')}")


def _command(name: str) -> Callable[..., Awaitable[int]]:
    fields = {key: field for key, field in ACT_MODELS[name].model_fields.items() if key != "act"}

    async def run(project_id: str, *, command_id: str = "", shared: Shared | None = None, **given: Any) -> int:  # noqa: ANN401
        return await act(project_id, name, given, command_id, shared or Shared())

    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter(
            "project_id",
            inspect.Parameter.POSITIONAL_ONLY,
            annotation=Annotated[str, Parameter(help="项目编号 / project id, US18F-000001")],
        )
    ]
    for key, field in fields.items():
        kind = _TYPES.get(key, str if field.annotation not in (int, str) else field.annotation)
        required = field.is_required()
        parameters.append(
            inspect.Parameter(
                key,
                keyword,
                default=inspect.Parameter.empty if required else _EMPTY.get(key),
                annotation=Annotated[
                    kind if required or key in _EMPTY else kind | None,
                    Parameter(name=_option(key), help=HELP[key], negative=()),
                ],
            )
        )
    by_hand = Parameter(help="命令编号，重发不重办 / command id; sent again, nothing is done twice")
    parameters.append(inspect.Parameter("command_id", keyword, default="", annotation=Annotated[str, by_hand]))
    parameters.append(inspect.Parameter("shared", keyword, default=None, annotation=Shared | None))
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__name__ = name
    run.__doc__ = None
    return run
