"""Sentences about: policies, and the files in which people write them."""

from __future__ import annotations

_FILES: dict[str, tuple[str, str]] = {
    "yaml.syntax": (
        "{file} 第 {line} 行第 {column} 列：不是有效的 YAML（{problem}）。请按提示位置修改。",
        "{file}, line {line}, column {column}: this is no valid YAML ({problem}). Put it right at that place.",
    ),
    "yaml.key_twice": (
        "{file} 第 {line} 行：“{key}”重复出现，第 {first} 行已有。同一层内每个名称只能写一次，请删去其一。",
        (
            "{file}, line {line}: '{key}' is given twice, first on line {first}. A name may stand only once at one "
            "level; remove one of them."
        ),
    ),
    "yaml.not_a_mapping": (
        "{file}：文件为空，或不是“名称: 值”的形式。请对照 policies/ 下的文件书写。",
        "{file}: the file is empty, or is no list of `name: value`. Write it like the files under policies/.",
    ),
    "yaml.not_utf8": (
        "{file} 第 {line} 行：不是 UTF-8 编码。请另存为 UTF-8。",
        "{file}, line {line}: this is not UTF-8. Save the file as UTF-8.",
    ),
    "policy.invalid": (
        "{file} 第 {line} 行，{place}：{rule}。现值：{value}。",
        "{file}, line {line}, {place}: {rule}. Found: {value}.",
    ),
    "rule.missing": ("必填项缺失，请补上", "this is required and missing"),
    "rule.extra_forbidden": ("没有这一项，请检查拼写或删去", "there is no such field; check its spelling or remove it"),
    "rule.literal_error": ("只能是 {expected}", "must be one of {expected}"),
    "rule.enum": ("只能是 {expected}", "must be one of {expected}"),
    "rule.union_tag_not_found": (
        "必填项缺失：文件应写明种类 plan、ladder、hierarchy 或 calendar",
        "this is required and missing: a file tells whether it is a plan, ladder, hierarchy or calendar",
    ),
    "rule.union_tag_invalid": ("只能是 {expected_tags}", "must be one of {expected_tags}"),
    "rule.control_character": ("不得含有控制字符", "must not contain control characters"),
    "rule.string_type": ("应为文本；数字或日期请加引号", "must be text; put numbers and dates in quotes"),
    "rule.finite_number": ("应为有限的数", "must be a finite number"),
    "rule.too_short": ("长度不得少于 {min_length}", "must have a length of at least {min_length}"),
    "rule.string_too_short": ("不得少于 {min_length} 个字符", "must have at least {min_length} characters"),
    "rule.string_pattern_mismatch": ("格式应为 {pattern}", "must have the form {pattern}"),
    "rule.int_type": ("应为整数", "must be a whole number"),
    "rule.int_parsing": ("应为整数", "must be a whole number"),
    "rule.int_from_float": ("应为整数", "must be a whole number"),
    "rule.float_type": ("应为数字", "must be a number"),
    "rule.float_parsing": ("应为数字", "must be a number"),
    "rule.bool_type": ("应为 true 或 false", "must be true or false"),
    "rule.bool_parsing": ("应为 true 或 false", "must be true or false"),
    "rule.greater_than": ("应大于 {gt}", "must be greater than {gt}"),
    "rule.greater_than_equal": ("不得小于 {ge}", "must be at least {ge}"),
    "rule.less_than_equal": ("不得大于 {le}", "must be at most {le}"),
    "rule.model_type": ("应为若干“名称: 值”", "must be a group of `name: value`"),
    "rule.dict_type": ("应为若干“名称: 值”", "must be a group of `name: value`"),
    "rule.tuple_type": ("应为列表", "must be a list"),
    "rule.value_error": ("{error}", "{error}"),
    "rule.time_parsing": ("应为时刻，例如 '09:00'（加引号）", "must be a time of day in quotes, for example '09:00'"),
    "rule.time_of_day": ("应为时刻，例如 '09:00'（加引号）", "must be a time of day in quotes, for example '09:00'"),
}

_CHOICE: dict[str, tuple[str, str]] = {
    "policy.unknown": (
        "没有名为“{name}”的{what}。现有：{known}。",
        "There is no {what} named '{name}'. There are: {known}.",
    ),
    "policy.kind.plan": ("方案", "plan"),
    "policy.kind.ladder": ("督办阶梯", "ladder"),
    "policy.kind.hierarchy": ("层级体系", "hierarchy"),
    "policy.kind.calendar": ("日历", "calendar"),
    "policy.kind.messaging": ("信息发送规则", "messaging policy"),
    "policy.kind.letters": ("信函模板", "letters"),
    "policy.kind.any": ("策略文件", "policy"),
    "policy.same_version": (
        "{file}：{document} 与 {other} 名称版本相同而内容不同。已发布的版本不得修改，请改用新的版本号。",
        (
            "{file}: {document} has the same name and version as {other}, but another text. A published version is "
            "never changed; give it a new version."
        ),
    ),
    "policy.same_version_published": (
        "{policy_kind}“{document}”已经发布，且内容不同。已发布的版本不得修改，请改用新的版本号。",
        (
            "The {policy_kind} {document} is published already, with another text. A published version is never "
            "changed; give it a new version."
        ),
    ),
    "policy.day_seconds": (
        "每日时长应为 0.001 至 86400 之间的秒数，收到的值为 {value}。",
        "The length of a day must be between 0.001 and 86400 seconds; the value was {value}.",
    ),
}

_PLANS: dict[str, tuple[str, str]] = {
    "policy.duplicate": (
        "{document}，{place}：“{value}”出现多次。代码不得重复，请改名或删去其一。",
        "{document}, {place}: '{value}' stands there more than once. Codes are unique; rename or remove one.",
    ),
    "policy.no_stage": (
        "{document}，stages：没有任何环节。请至少写一个环节。",
        "{document}, stages: there is no stage. A plan has at least one.",
    ),
    "policy.no_first_stage": (
        "{document}，stages：每个环节都有前置环节，项目无从开始。至少一个环节的 after 应为空。",
        (
            "{document}, stages: every stage waits for another one, so nothing can begin. At least one needs an empty "
            "after."
        ),
    ),
    "policy.unknown_prerequisite": (
        "{document}，环节“{stage}”的 after：没有环节“{value}”。现有环节：{known}。",
        "{document}, stage '{stage}', after: there is no stage '{value}'. Stages: {known}.",
    ),
    "policy.cycle": (
        "{document}，stages：前置关系成环，彼此等待：{circle}。请去掉其中一个前置环节。",
        (
            "{document}, stages: a circle, in which each waits for the one before: {circle}. Take one of these "
            "prerequisites away."
        ),
    ),
    "policy.unreachable": (
        "{document}，环节“{stage}”永远不能开始：其前置环节“{value}”不能办结。请先修正“{value}”。",
        (
            "{document}, stage '{stage}' can never begin: it waits for '{value}', which cannot be done. Put '{value}' "
            "right."
        ),
    ),
    "policy.unknown_role": (
        "{document}，{place}：没有角色“{value}”。可用角色：{known}。",
        "{document}, {place}: there is no role '{value}'. Roles: {known}.",
    ),
    "policy.unknown_party": (
        "{document}，{place}：没有计时方“{value}”。可用计时方：{known}。",
        "{document}, {place}: there is no party '{value}'. Parties: {known}.",
    ),
    "policy.unknown_act": (
        "{document}，may：没有“{value}”这一操作。可用操作：{known}。",
        "{document}, may: there is no act '{value}'. Acts: {known}.",
    ),
    "policy.no_closer": (
        "{document}，环节“{stage}”的 closed_by.by：“{value}”须由人员办结，但未写任何角色。请写明由谁办结。",
        (
            "{document}, stage '{stage}', closed_by.by: '{value}' is done by somebody, but no role is given. Say who "
            "closes it."
        ),
    ),
    "policy.not_by_unknown": (
        "{document}，环节“{stage}”的 not_by_closer_of：没有环节“{value}”。现有环节：{known}。",
        "{document}, stage '{stage}', not_by_closer_of: there is no stage '{value}'. Stages: {known}.",
    ),
    "policy.not_by_no_ancestor": (
        "{document}，环节“{stage}”的 not_by_closer_of：“{value}”不在其之前，届时尚无办结人。只能写其之前的环节。",
        (
            "{document}, stage '{stage}', not_by_closer_of: '{value}' does not come before it, so nobody has closed "
            "it by then. Only stages before it make sense here."
        ),
    ),
    "policy.no_rectification": (
        "{document}，环节“{stage}”：验收环节（accept）须写明 rectification，否则不合格时无从整改。",
        "{document}, stage '{stage}': a stage closed by accept needs a rectification, for when it is refused.",
    ),
    "policy.rectification_without_acceptance": (
        "{document}，环节“{stage}”：以“{value}”办结的环节没有整改，rectification 只用于验收环节（accept）。请删去。",
        (
            "{document}, stage '{stage}': a rectification belongs to a stage closed by accept, and this one is closed "
            "by '{value}'. Remove it."
        ),
    ),
    "policy.reason_without_party": (
        "{document}，reasons.{group}：原因“{value}”未写 party，其间的天数无处归属。请写明由哪一方承担。",
        (
            "{document}, reasons.{group}: the reason '{value}' has no party, so its days would belong to nobody. Name "
            "the party."
        ),
    ),
}

_LADDERS: dict[str, tuple[str, str]] = {
    "policy.offset_zero": (
        "{document}，阶梯“{rung}”的 offset_days 为 0：提醒应早于到期日（负数），督办应晚于到期日（正数）。",
        (
            "{document}, rung '{rung}': offset_days is 0. A reminder comes before the due day (negative), an "
            "escalation after it (positive)."
        ),
    ),
    "policy.offset_not_growing": (
        "{document}，阶梯“{rung}”的 offset_days 为 {value}，不大于前一级的 {before}。请按先后排列，逐级增大。",
        (
            "{document}, rung '{rung}': offset_days {value} is not above the {before} of the rung before. Put the "
            "rungs in order of time."
        ),
    ),
    "policy.level_falls": (
        "{document}，阶梯“{rung}”的 level 为 {value}，低于前一级的 {before}。级别只能上升。",
        "{document}, rung '{rung}': level {value} is below the {before} of the rung before. Levels never fall.",
    ),
    "policy.reminder_level": (
        "{document}，阶梯“{rung}”是到期前提醒，level 应为 0，现为 {value}。",
        "{document}, rung '{rung}' is a reminder before the due day: its level must be 0, not {value}.",
    ),
    "policy.escalation_level": (
        "{document}，阶梯“{rung}”是到期后督办，level 应为 1 或更高，现为 {value}。",
        "{document}, rung '{rung}' is an escalation after the due day: its level must be 1 or more, not {value}.",
    ),
    "policy.no_recipient": (
        "{document}，阶梯“{rung}”的 {place}：没有接收人。请至少写一个角色，或写 owner。",
        "{document}, rung '{rung}', {place}: nobody receives it. Name at least one role, or owner.",
    ),
    "policy.unknown_superior": (
        "{document}，角色“{role}”的 superior：没有角色“{value}”。现有角色：{known}。",
        "{document}, role '{role}', superior: there is no role '{value}'. Roles: {known}.",
    ),
    "policy.superior_circle": (
        "{document}，roles：上级关系成环：{circle}。请去掉其中一个 superior。",
        "{document}, roles: these stand above each other in a circle: {circle}. Take one of these superiors away.",
    ),
}

_CALENDARS: dict[str, tuple[str, str]] = {
    "policy.calendar_offset": (
        "{document}，utc_offset_hours：{value} 不是时区偏移，应在 {first} 至 {last} 之间，例如 8。",
        "{document}, utc_offset_hours: {value} is no offset of a time zone; it lies between {first} and {last}, as 8.",
    ),
    "policy.calendar_day_seconds": (
        "{document}，day_seconds：{value} 秒过短，不得少于 {least} 秒。",
        "{document}, day_seconds: {value} s is too short; at least {least} s.",
    ),
    "policy.calendar_weekday": (
        "{document}，weekend：{value} 不是星期几，只能是 1（周一）至 7（周日）。",
        "{document}, weekend: {value} is no weekday; write 1 (Monday) to 7 (Sunday).",
    ),
    "policy.calendar_no_workday": (
        "{document}，weekend：七天全部休息，期限无从计算。请至少留一个工作日。",
        "{document}, weekend: all seven days are free, so no term can be counted. Leave at least one working day.",
    ),
    "policy.calendar_no_last_year": (
        "{document}，last_year：有休息日的日历须写明最后一个已公布的年份。请补上。",
        "{document}, last_year: a calendar with free days names the last published year. Add it.",
    ),
    "policy.calendar_no_holidays": (
        (
            "{document}，holidays：最后一个公布年份 {value} 没有任何休息日，按其计算的日期将被当作确定。"
            "请补上该年的放假安排，或将 last_year 改为已公布的年份。"
        ),
        (
            "{document}, holidays: the last published year {value} has no day off, and dates in it would count as final. "
            "Add the days off of that year, or set last_year to the year that is published."
        ),
    ),
    "policy.calendar_no_weekend": (
        "{document}，holidays：weekend 为空时每天都是工作日，放假不起作用。请写明 weekend，或删去 holidays。",
        (
            "{document}, holidays: with an empty weekend every day works, and days off have no effect. Give a weekend, "
            "or remove the holidays."
        ),
    ),
    "policy.calendar_year": (
        "{document}，{place}：{value} 不是可用的年份，应在 {first} 至 {last} 之间。",
        "{document}, {place}: {value} is no year to count in; it lies between {first} and {last}.",
    ),
    "policy.calendar_years": (
        "{document}：first_year（{first}）晚于 last_year（{last}）。请改正。",
        "{document}: first_year ({first}) comes after last_year ({last}). Correct them.",
    ),
    "policy.calendar_year_outside": (
        "{document}，{place}：{value} 年不在 first_year（{first}）至 last_year（{last}）之内。请改正年份，或扩大范围。",
        (
            "{document}, {place}: the year {value} lies outside first_year ({first}) to last_year ({last}). Correct "
            "the year, or widen the range."
        ),
    ),
    "policy.calendar_no_date": (
        "{document}，{place}：没有 {value} 这一天。请改正。",
        "{document}, {place}: there is no day {value}. Correct it.",
    ),
    "policy.calendar_makeup": (
        "{document}，makeup：{value} 本来就是工作日，不能作为调休上班日。请改正日期，或删去。",
        "{document}, makeup: {value} is a working day anyway, and cannot be worked instead. Correct or remove it.",
    ),
    "policy.calendar_both": (
        "{document}：{value} 既是放假日又是调休上班日。请从 holidays 或 makeup 中删去。",
        "{document}: {value} is both a day off and a day worked instead. Remove it from holidays or from makeup.",
    ),
}

_SHOWN: dict[str, tuple[str, str]] = {
    "policy.sound": ("{count} 个策略文件检查通过", "{count} policies are sound"),
    "policy.unsound": ("共 {count} 处问题，涉及 {files} 个策略文件", "Problems: {count}, in policies: {files}"),
    "policy.written": ("已写入 {file}", "wrote {file}"),
    "policy.head": ("{title}（{document}，{kind}）", "{title} ({document}, {kind})"),
    "policy.source": ("依据：{source}", "Source: {source}"),
    "policy.reference": ("引用：{reference}", "Reference: {reference}"),
    "policy.column.stage": ("环节", "Stage"),
    "policy.column.after": ("前置环节", "After"),
    "policy.column.owner": ("责任岗位", "Owner"),
    "policy.column.budget": ("期限", "Budget"),
    "policy.column.closed_by": ("办结方式", "Closed by"),
    "policy.column.rung": ("阶梯", "Rung"),
    "policy.column.offset": ("距到期日（工作日）", "Working days from due"),
    "policy.column.level": ("级别", "Level"),
    "policy.column.to": ("接收岗位", "To"),
    "policy.column.consequence": ("后果", "Consequence"),
    "policy.column.role": ("岗位", "Role"),
    "policy.column.superior": ("上级", "Superior"),
    "policy.column.year": ("年份", "Year"),
    "policy.column.holidays": ("放假", "Days off"),
    "policy.column.setting": ("项目", "Setting"),
    "policy.column.value": ("取值", "Value"),
    "policy.column.meaning": ("含义", "Meaning"),
    "policy.column.text": ("文本", "Text"),
    "policy.column.lines": ("行数", "Lines"),
    "policy.column.longest": ("字数上限", "Longest"),
    "policy.column.makeup": ("调休上班", "Worked instead"),
    "policy.owner": ("责任岗位本身", "owner"),
    "policy.first": ("（起始）", "(first)"),
    "policy.closed_by": ("{act}（{roles}）", "{act} ({roles})"),
    "policy.ladder": ("督办阶梯：{title}（{document}）", "Ladder: {title} ({document})"),
    "policy.faster": (
        "重点地区（{tiers}）：每级督办提前一级",
        "For the tiers {tiers} every escalation comes one level earlier",
    ),
    "policy.every_day": (
        "每天都是工作日，一天为 {seconds} 秒",
        "Every day is a working day, and lasts {seconds} seconds",
    ),
}

SENTENCES: dict[str, tuple[str, str]] = {**_FILES, **_CHOICE, **_PLANS, **_LADDERS, **_CALENDARS, **_SHOWN}
