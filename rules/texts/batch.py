"""Sentences about: batches, their milestones, and the tiers of those that are behind."""

from __future__ import annotations

_REFUSALS: dict[str, tuple[str, str]] = {
    "batch.none": (
        "方案“{plan}”不是按批次计数的方案，不能增减单元。请改用针对单个项目的变更。",
        "The plan '{plan}' counts no units, so none can be added or removed. Use a change of the project itself.",
    ),
    "batch.no_units": (
        "变更未列出任何单元。请逐个列明单元及其原因代码。",
        "The change names no unit. List each unit with a reason code of its own.",
    ),
    "batch.unit_twice": (
        "单元“{unit}”在变更中出现多次。同一单元只能列一次，请删去重复项。",
        "Unit '{unit}' is listed more than once. Each unit is listed once; remove the repetition.",
    ),
    "batch.removes_built": (
        "不能移出 {count} 个单元：范围内共 {total} 个，其中 {built} 个已建成，移出后将少于已建成数。请核对清单，或先更正已建成数。",
        (
            "{count} units cannot leave: of the {total} in scope {built} are built, and fewer would be left. Check the "
            "list, or correct the number built first."
        ),
    ),
    "batch.more_than_total": (
        "已建成 {built} 个，多于范围内的 {total} 个。请核对数字；范围有增加的，应先办理增加单元的变更。",
        (
            "{built} units built are more than the {total} in scope. Check the numbers; if the scope has grown, have the "
            "units added by a change first."
        ),
    ),
    "batch.not_whole": (
        "“{fact}”应为不小于 0 的整数，收到的值为 {value}。请填写整数。",
        "'{fact}' must be a whole number of at least 0, but was {value}. State a whole number.",
    ),
}

_COMMANDS: dict[str, tuple[str, str]] = {
    "help.batch": ("批次：按里程碑督促一批单元", "Batches: many units held against milestones"),
    "help.batch_start": ("启动一个批次；重复运行不重复启动", "Start a batch; running it again starts nothing twice"),
    "batch.other_plan": (
        "方案“{plan}”（{name}）按村办理，不能用于批次。请改用批次方案；按村启动请用 start。",
        "The plan '{plan}' ({name}) is for villages, not for a batch. Name a plan of a batch, or use start with a ledger.",
    ),
    "batch.bad_option": (
        (
            "{option}：不能使用“{value}”。区划代码为 2 至 12 位数字；承建单位为小写字母代码；名称和批次为可显示的文字。"
            "请改正后重试。"
        ),
        (
            "{option}: '{value}' cannot be used. An area is a code of 2 to 12 digits, a builder a code in small letters, "
            "a name or batch printable text. Put it right and try again."
        ),
    ),
    "batch.checked": (
        "可以启动：按“{plan}”办理的批次“{name}”（{code}）。未启动。",
        "Ready to start: batch '{name}' ({code}) under '{plan}'. Nothing was started.",
    ),
    "batch.started": ("已启动批次“{name}”：{project_id}", "Started the batch '{name}': {project_id}"),
    "batch.known": ("批次“{name}”此前已启动：{project_id}", "The batch '{name}' had been started before: {project_id}"),
}

_CHECKS: dict[str, tuple[str, str]] = {
    "policy.batch_without_rule": (
        "{document}：批次方案或写有里程碑的方案须写明 batch，即统计哪些事实、由谁负责。请补上 batch。",
        "{document}: a plan of a batch, or one with milestones, needs `batch`: what is counted, and who keeps it. Add it.",
    ),
    "policy.batch_fact_missing": (
        "{document}，batch.{place}：没有任何环节填报“{value}”，无从统计。请在某个环节的 facts 中写明。",
        "{document}, batch.{place}: no stage states '{value}', so nothing would be counted. Add it to a stage's facts.",
    ),
    "policy.batch_fact_type": (
        "{document}，{place}：“{value}”用于批次统计，应为 type: number 且 required: always。",
        "{document}, {place}: '{value}' is counted, so it must have type: number and required: always.",
    ),
    "policy.batch_total_twice": (
        "{document}，stages：总数“{value}”只能由一个不重复的环节填报，现见于 {stages}。此后的增减应办理变更并说明原因。",
        (
            "{document}, stages: the total '{value}' is stated once, by a stage that does not recur, but stands in "
            "{stages}. Later it changes only by a change with a reason."
        ),
    ),
    "policy.milestone_date": (
        "{document}，里程碑“{milestone}”：应写明 on（日期）或 after_months（启动后的月数），二者择一。",
        "{document}, milestone '{milestone}': give either on (a date) or after_months (months after the start).",
    ),
    "policy.milestone_order": (
        "{document}，里程碑“{milestone}”不晚于前一个“{before}”。请按时间先后排列，并统一用日期或统一用月数。",
        (
            "{document}, milestone '{milestone}' is not later than '{before}' before it. Put them in order of time, all "
            "by date or all by months."
        ),
    ),
    "policy.milestone_share": (
        "{document}，里程碑“{milestone}”的 share 为 {value}，不大于前一个的 {before}。要求的比例应逐个增大。",
        "{document}, milestone '{milestone}': share {value} is not above the {before} before it. Shares grow.",
    ),
    "policy.tier_gap": (
        "{document}，差距分级“{tier}”的 gap 应大于 0 且不大于 1，现为 {value}。",
        "{document}, gap tier '{tier}': gap must be above 0 and at most 1, not {value}.",
    ),
    "policy.tier_withheld": (
        "{document}，差距分级“{tier}”的 withheld_share 应在 0 至 1 之间，现为 {value}。",
        "{document}, gap tier '{tier}': withheld_share must be from 0 to 1, not {value}.",
    ),
    "policy.tier_level": (
        "{document}，差距分级“{tier}”的 level 应为 1 或更高，现为 {value}。",
        "{document}, gap tier '{tier}': its level must be 1 or more, not {value}.",
    ),
    "policy.tier_gap_falls": (
        "{document}，差距分级“{tier}”的 gap 为 {value}，不大于前一级的 {before}。请按差距从小到大排列。",
        "{document}, gap tier '{tier}': gap {value} is not above the {before} before it. Put tiers by growing gap.",
    ),
    "policy.tier_level_falls": (
        "{document}，差距分级“{tier}”的 level 为 {value}，低于前一级的 {before}。级别只能上升。",
        "{document}, gap tier '{tier}': level {value} is below the {before} before it. Levels never fall.",
    ),
    "policy.tier_withheld_share_falls": (
        "{document}，差距分级“{tier}”的 withheld_share 为 {value}，低于前一级的 {before}。差距越大，暂扣不得越少。",
        (
            "{document}, gap tier '{tier}': withheld_share {value} is below the {before} before it. A greater gap never "
            "withholds less."
        ),
    ),
}

_JOURNAL: dict[str, tuple[str, str]] = {
    "journal.project_started.batch": (
        "启动批次 {project}，“{village}”（{code}），按“{plan}”办理",
        "started batch {project} for '{village}' ({code}), under '{plan}'",
    ),
    "journal.batch_counted": (
        "批次计数：范围内 {total} 个，已建成 {built} 个",
        "counted the batch: {built} of {total} units are built",
    ),
    "journal.gap_assessed.kept": (
        "对照里程碑“{milestone}”：应建成 {required} 个，已建成 {built} 个，达到要求",
        "held against '{milestone}': {required} units required, {built} built, kept",
    ),
    "journal.gap_assessed.small": (
        "对照里程碑“{milestone}”：应建成 {required} 个，已建成 {built} 个，差距 {gap}，未达分级",
        "held against '{milestone}': {required} units required, {built} built, a gap of {gap}, below every tier",
    ),
    "journal.gap_assessed": (
        "对照里程碑“{milestone}”：应建成 {required} 个，已建成 {built} 个，差距 {gap}，适用“{tier}”，暂扣 {withheld}",
        (
            "held against '{milestone}': {required} units required, {built} built, a gap of {gap}; '{tier}' applies, "
            "{withheld} withheld"
        ),
    ),
    "journal.gap_assessed.down": (
        "对照里程碑“{milestone}”：应建成 {required} 个，已建成 {built} 个，差距缩小至 {gap}，经“{tier}”逐级下降，暂扣 {withheld}",
        (
            "held against '{milestone}': {required} units required, {built} built, the gap has shrunk to {gap}; on its "
            "way down through '{tier}', {withheld} withheld"
        ),
    ),
    "journal.rung_fired.tier": (
        "{rung}（第 {level} 级）：批次未达 {due} 应完成的进度，发送至{to}",
        "{rung} (level {level}): the batch is behind what was due {due}; sent to {to}",
    ),
    "journal.rung_fired.better": (
        "批次差距缩小，现为“{rung}”，发送至{to}",
        "the gap of the batch has shrunk, now '{rung}'; sent to {to}",
    ),
    "journal.rung_fired.caught_up": (
        "批次已赶上里程碑“{rung}”，发送至{to}",
        "the batch has caught up with '{rung}'; sent to {to}",
    ),
}

_EXPLANATION: dict[str, tuple[str, str]] = {
    "why.batch": (
        "批次：范围内 {total} 个（计划 {planned} 个），已建成 {built} 个，由{owner}负责",
        "Batch: {built} of {total} units are built ({planned} planned); it is up to {owner}",
    ),
    "why.batch.kept": (
        "  已到里程碑：“{milestone}”（{due}），应建成 {required} 个，达到要求",
        "  Last milestone: '{milestone}' ({due}), {required} units required, kept",
    ),
    "why.batch.behind": (
        "  已到里程碑：“{milestone}”（{due}），应建成 {required} 个，尚缺 {missing} 个，差距 {gap}",
        "  Last milestone: '{milestone}' ({due}), {required} units required, {missing} missing, a gap of {gap}",
    ),
    "why.batch.tier": ("  差距分级：“{tier}”，暂扣 {withheld}", "  Tier: '{tier}', {withheld} withheld"),
    "why.batch.lower": (
        "    再建成 {units} 个，即降为“{tier}”",
        "    {units} more units would bring it down to '{tier}'",
    ),
    "why.batch.no_tier": ("无分级", "no tier"),
    "why.batch.next": (
        "  下一里程碑：“{milestone}”（{due}），应建成 {required} 个，尚需 {missing} 个",
        "  Next milestone: '{milestone}' ({due}), {required} units required, {missing} more to build",
    ),
    "why.batch.no_milestone": (
        "  没有适用的里程碑：启动时均已过期，或方案未写",
        "  No milestone applies: every one was over when the batch began, or the plan has none",
    ),
    "why_tier.applied": (
        "● {tier}：{at} 适用（流水第 {seq} 条），对照“{milestone}”应建成 {required} 个，已建成 {built} 个，差距 {gap}",
        (
            "● {tier}: applied at {at} (journal entry {seq}), held against '{milestone}' with {required} units required, "
            "{built} built, a gap of {gap}"
        ),
    ),
    "why_tier.not_applied": (
        "○ {tier}：{at} 未适用（流水第 {seq} 条），对照“{milestone}”应建成 {required} 个，已建成 {built} 个，差距 {gap}",
        (
            "○ {tier}: did not apply at {at} (journal entry {seq}), held against '{milestone}' with {required} units "
            "required, {built} built, a gap of {gap}"
        ),
    ),
    "why_tier.unless": (
        "  当时多建成 {units} 个，即不会适用。",
        "  It would not have applied had {units} more units been built by then.",
    ),
    "why_tier.had": (
        "  当时少建成 {units} 个，即会适用。",
        "  It would have applied had {units} fewer units been built by then.",
    ),
    "topic.milestone.withheld": (
        "{milestone}（应建成 {required} 个，已建成 {built} 个，暂扣 {withheld}）",
        "{milestone} ({required} units required, {built} built, {withheld} withheld)",
    ),
    "topic.milestone": (
        "{milestone}（应建成 {required} 个，已建成 {built} 个）",
        "{milestone} ({required} units required, {built} built)",
    ),
}

_MESSAGES: dict[str, tuple[str, str]] = {
    "message.duty.batch": (
        "{place}（项目编号 {project}）里程碑“{stage}”截止{due}。",
        "Milestone “{stage}” of project {project} ({place}) was due by {due}.",
    ),
    "message.better": ("差距缩小，现为“{rung}”。", "The gap has shrunk. This applies now: {rung}."),
    "message.caught_up": ("已赶上进度，不再适用差距分级。", "It has been caught up: no tier applies any more."),
    "message.advice.batch": (
        "请按期如实上报已建成数；范围有变的，请逐个列明原因，办理变更。",
        "Please report what is built in time. If the scope has changed, ask for a change with a reason for each unit.",
    ),
}

SENTENCES: dict[str, tuple[str, str]] = {**_REFUSALS, **_COMMANDS, **_CHECKS, **_JOURNAL, **_EXPLANATION, **_MESSAGES}
