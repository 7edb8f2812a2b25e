"""Sentences about: silences - who may hold which notices back, for how long, and what is held back."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "act.silence_add": ("暂停发送", "hold notices back"),
    "act.silence_end": ("结束暂停", "end a silence"),
    "help.silence": ("暂停发送：在规定时间内不发某些通知", "Silences: notices held back for a time"),
    "help.silence_add": (
        "暂停发送某范围内的通知，至某日止；督办照常升级并留痕",
        "Hold notices back until a day; deadlines and escalations go on, everything stays on record",
    ),
    "help.silence_end": ("提前结束暂停", "End a silence early"),
    "help.silence_list": ("列出暂停发送及各自未发的通知数", "List silences, and how many notices each has held back"),
    "help.silence_show": ("查看一项暂停发送及其未发的通知", "Show a silence and the notices it has held back"),
    "silence.added": (
        "已暂停（第 {number} 号）：{scope}，至 {until}。现有 {count} 条待发通知将不发送；期限和督办升级照常。",
        (
            "Silence {number}: {scope}, until {until}. {count} notices that wait now will not be sent; deadlines and "
            "escalations go on."
        ),
    ),
    "silence.column.number": ("编号", "No."),
    "silence.column.owner": ("申请人", "Asked by"),
    "silence.column.reason": ("理由", "Reason"),
    "silence.column.scope": ("范围", "Scope"),
    "silence.column.since": ("起", "Since"),
    "silence.column.suppressed": ("未发通知", "Held back"),
    "silence.column.until": ("止", "Until"),
    "silence.ended": (
        "第 {number} 号暂停已结束，其间未发通知 {count} 条；这些通知不再补发，此后的通知照常发送。",
        "Silence {number} is over. It held back {count} notices, which are not sent afterwards; new ones are sent again.",
    ),
    "silence.ended_early": ("{at}（由 {person} 提前结束）", "{at} (ended early by {person})"),
    "silence.exists": (
        "同一范围已有第 {number} 号暂停在执行（申请人 {owner}）。需延长的，请先用 ./cuntong silence end {number} 结束，再重新申请。",
        (
            "Silence {number} of {owner} has the same scope and lasts still. To make it last longer, end it with "
            "./cuntong silence end {number}, then ask again."
        ),
    ),
    "silence.held_back": ("共有 {count} 条通知因此未发送。", "{count} notices held back."),
    "silence.listed": ("共 {count} 项暂停。", "{count} silences shown."),
    "silence.more": ("另有 {count} 条未列出。", "{count} more are not shown."),
    "silence.over": (
        "第 {number} 号暂停已经结束，无须再办。",
        "Silence {number} is over already; there is nothing to do.",
    ),
    "silence.preview": (
        "预览：{scope}，至 {until}，现有 {count} 条待发通知将不发送。未作改动；去掉 --preview 即生效。",
        "Preview: {scope}, until {until}. {count} notices that wait now would not be sent. Nothing was changed; leave --preview out to do it.",
    ),
    "silence.scope.area": ("地区 {value}", "area {value}"),
    "silence.scope.builder": ("承建单位 {value}", "builder {value}"),
    "silence.scope.person_id": ("收件人 {value}", "receiver {value}"),
    "silence.scope.project_id": ("项目 {value}", "project {value}"),
    "silence.scope.rung": ("级别 {value}", "rung {value}"),
    "silence.scope.stage": ("环节 {value}", "stage {value}"),
    "silence.shown": (
        "第 {number} 号暂停：{scope}\n申请人：{owner}    {since} 至 {until}\n理由：{reason}",
        "Silence {number}: {scope}\nAsked for by {owner}, from {since} until {until}\nReason: {reason}",
    ),
    "silence.unknown": (
        "没有第 {number} 号暂停。请用 ./cuntong silence list --all 查看。",
        "There is no silence {number}. See ./cuntong silence list --all.",
    ),
    "silence.unsilenced": (
        "第 {level} 级及以上的通知不受暂停影响，照常发送。",
        "Notices of level {level} and above are sent all the same.",
    ),
    "silence.was_until": ("{at}（已到期）", "{at} (over)"),
    "silence.elsewhere": (
        "项目 {project} 不在地区 {area} 内，该暂停不会作用于任何通知。请改 --area，或只写 --project。",
        "Project {project} does not lie in area {area}: nothing would be held back. Change --area, or give --project alone.",
    ),
    "silence.everything": (
        "暂停发送须限定范围：请至少写明 --project、--area、--person 之一。",
        "A silence needs a scope: give at least one of --project, --area and --person.",
    ),
    "silence.long_reason": (
        "理由过长：{count} 字，至多 {most} 字。请压缩 --reason。",
        "The reason is too long: {count} characters, at most {most}. Shorten --reason.",
    ),
    "silence.no_area": (
        "“{value}”不是地区代码。请写 2、4、6 或 12 位数字，如 533323。",
        "“{value}” is no area code. Write 2, 4, 6 or 12 digits, such as 533323.",
    ),
    "silence.not_over_person": (
        "{actor} 无权暂停向 {person} 发送通知：须由其岗位 {post} 的上级机关办理。",
        "{actor} may not hold back the notices of {person}: that is up to the offices above post {post}.",
    ),
    "silence.not_owner": (
        "{person} 无权提前结束第 {number} 号暂停：须由申请人 {owner} 或其上级机关办理。",
        "{person} may not end silence {number}: that is up to {owner}, who asked for it, or an office above.",
    ),
    "silence.outside_area": (
        "{person} 无权暂停地区 {area} 的通知：本人辖区为 {own}。请缩小范围，或请上级机关办理。",
        "{person} may not hold back notices of area {area}; their own area is {own}. Narrow it down, or ask an office above.",
    ),
    "silence.past": (
        "暂停的截止时间已过。请把 --until 改为将来的日期。",
        "The end of the silence has passed. Give a later day with --until.",
    ),
    "silence.person_without_post": (
        "{person} 现无岗位，无法判断其归属。请同时写明 --project 或 --area。",
        "{person} holds no post, so it cannot be told who stands above. Give --project or --area besides.",
    ),
    "silence.too_long": (
        "暂停至多 {days} 天。请把 --until 提前；到期后确有必要的，可再次申请并说明理由。",
        "A silence lasts at most {days} days. Give an earlier --until; when it is over, ask again with a reason.",
    ),
    "silence.unknown_project": (
        "没有项目 {project}。请用 ./cuntong project list 核对编号。",
        "There is no project {project}. See ./cuntong project list.",
    ),
    "silence.wrong_role": (
        "{person} 无权暂停发送：只有政府部门的岗位可以，承建单位等不能暂停对自己的督办。请商主管部门办理。",
        (
            "{person} may not hold notices back: only government offices may, never those who are supervised. "
            "Ask the office in charge."
        ),
    ),
}
