"""Sentences about: silences - who may hold which notices back, for how long, and what is held back."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
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
