"""Sentences about: matters that wait for a decision beside the stages, changes, contested days, outages."""

from __future__ import annotations

_KINDS = {
    "extension": ("延期申请", "request for more time"),
    "contest": ("天数异议", "contested days"),
    "change": ("变更", "change"),
}

_CHANGES = {
    "move": ("位置变更", "move"),
    "cancel": ("取消任务", "cancellation"),
    "replace": ("任务替换", "replacement"),
    "merge": ("任务合并", "merger"),
    "split": ("任务拆分", "split"),
    "recode": ("村代码变更", "re-coding"),
    "remove_units": ("核减单元", "removal of units"),
    "add_units": ("增补单元", "addition of units"),
}

_OUTCOMES = {
    "granted": ("同意", "agreed"),
    "refused": ("不同意", "refused"),
    "withdrawn": ("撤回", "withdrawn"),
}

_FAMILIES = {"matter": _KINDS, "change": _CHANGES, "outcome": _OUTCOMES}

SENTENCES: dict[str, tuple[str, str]] = {
    **{f"{family}.{code}": text for family, texts in _FAMILIES.items() for code, text in texts.items()},
    "topic.whole": ("项目整体", "the project as a whole"),
    "topic.matter": ("事项 {key} {kind}·{step}", "matter {key}, {kind}: {step}"),
    # Which matter
    "matter.unknown": (
        "没有待办事项“{key}”。当前待办：{waiting}。已办结的事项见流水。",
        "No matter '{key}' is waiting. Waiting now: {waiting}. Those decided are in the journal.",
    ),
    "matter.none_waiting": (
        "本项目没有待决定的事项。",
        "Nothing of this project waits for a decision.",
    ),
    "matter.which": (
        "有多项待办：{waiting}。请用 --matter 指明其一。",
        "Several matters wait: {waiting}. Name one of them with --matter.",
    ),
    "matter.by_own_act": (
        "事项 {key} 是延期申请，请用“批准延期”（grant-extension）或“驳回延期”（deny-extension）办理。",
        "Matter {key} is a request for more time: decide it with grant-extension or deny-extension.",
    ),
    "matter.step_gone": (
        "方案“{plan}”已没有事项 {key} 所在的步骤“{step}”，无法继续。请不同意（decline）或由申请人撤回（withdraw）后重新提出。",
        (
            "The plan '{plan}' no longer has the step '{step}' at which matter {key} waits. Decline it, or have it "
            "withdrawn by whoever asked, and ask again."
        ),
    ),
    "matter.own_request": (
        "{person} 须回避：事项 {key} 由其本人提出，本人不得决定本人的申请（四眼原则）。请由其他有权人员办理。",
        (
            "{person} must stand back: {person} asked for matter {key}, and nobody decides their own request (four "
            "eyes). Ask somebody else who may decide it."
        ),
    ),
    "matter.passed_already": (
        "{person} 须回避：事项 {key} 的前一步骤已由其本人同意，一人不得审批两步（四眼原则）。请由其他有权人员办理。",
        (
            "{person} must stand back: {person} agreed to matter {key} at an earlier step, and nobody decides two "
            "steps (four eyes). Ask somebody else who may decide it."
        ),
    ),
    "matter.not_yours": (
        "{person} 不能撤回事项 {key}：该事项由 {asked_by} 提出。只有申请人可以撤回；有权决定的人员可以不同意（decline）。",
        (
            "{person} cannot take matter {key} back: {asked_by} asked for it. Only who asked may; whoever decides it "
            "may decline it."
        ),
    ),
    "matter.needs_number": (
        "步骤“{step}”须填报文号。请用 --number 补充。",
        "The step '{step}' needs the number of a document. Add it with --number.",
    ),
    "matter.no_procedure": (
        "方案“{plan}”没有“{what}”的办理程序。如确有需要，应先修订方案中的 procedures.{at}。",
        "The plan '{plan}' has no procedure for this ({what}). If it is needed, the plan is to be changed at procedures.{at}.",
    ),
    # Changes
    "change.pending": (
        "本项目已有一项变更在办（事项 {key}，{asked_by} 提出），一次只能办理一项。请待其办结，或先撤回。",
        (
            "A change of this project waits already (matter {key}, asked by {asked_by}); only one can wait at a time. "
            "Let it be decided, or have it withdrawn first."
        ),
    ),
    "change.not_for_plan": (
        "方案“{plan}”的项目不能申请“{change}”：村的变更用于村级项目，单元的增减用于批次。",
        (
            "A project of the plan '{plan}' cannot have this change ({change}): villages change in village projects, "
            "units enter and leave batches."
        ),
    ),
    "change.missing": (
        "“{change}”须填写 {field}。请补充后重新提出。",
        "This change ({change}) needs {field}. Add it and ask again.",
    ),
    "change.needless": (
        "“{change}”不应填写 {field}。请去掉该项，或改用相应的变更种类。",
        "This change ({change}) takes no {field}. Leave it out, or ask for the kind of change that takes it.",
    ),
    "change.same_code": (
        "新的村代码 {code} 与现代码相同，没有变更。请核对代码；只改名称或位置的，请用位置变更（move）。",
        (
            "The new code {code} is the one the village has now: nothing would change. Check the code; to change only "
            "name or place, ask for a move."
        ),
    ),
    "change.nothing": (
        "位置变更后的名称、代码、位置与现状相同（{place}），没有变更。请填写有变化的项目。",
        "After this move everything would be as it is now ({place}). State what changes: code, name or place.",
    ),
    "change.onto_itself": (
        "项目 {project} 不能并入自身。请填写承接任务的另一个项目。",
        "Project {project} cannot be merged into itself. Name the other project that takes the task over.",
    ),
    "change.unknown_project": (
        "没有项目 {project}，不能并入。请核对承接任务的项目编号。",
        "There is no project {project} to merge into. Check the id of the project that takes the task over.",
    ),
    "change.successor_twice": (
        "后继村代码 {code} 重复，或与本村代码相同。拆分后本项目以原代码继续，后继村只填新设的村，各填一次。",
        (
            "The code {code} is named twice, or is the village's own. After a split this project goes on under its own "
            "code; name each new village once."
        ),
    ),
    "change.bad_code": (
        "村代码“{code}”不正确：{rule}请按 12 位村代码核对后重新提出。",
        "'{code}' cannot be the code of a village: {rule} Check the twelve digits and ask again.",
    ),
    "change.baseline_frozen": (
        "任务清单已于 {since} 锁定，不能直接取消。请按变更程序申请（request-change --kind cancel）。",
        (
            "The list of tasks is frozen since {since}: a task is no longer cancelled directly. Ask for it as a change "
            "(request-change --kind cancel)."
        ),
    ),
    # Days
    "days.empty": (
        "时段无效：起始 {since} 不早于截止 {until}。请核对。",
        "This is no stretch of time: its start {since} is not before its end {until}. Check both.",
    ),
    "days.future": (
        "时段须已过去：截止 {until} 晚于现在（{now}）。请在其结束后办理。",
        "The stretch must be over: its end {until} lies after now ({now}). Do this when it is over.",
    ),
    "contest.unknown_party": (
        "没有责任方“{party}”。可用：{known}。",
        "There is no party '{party}'. Parties to choose from: {known}.",
    ),
    "contest.outside": (
        "所述时段不全在环节“{stage}”的计时之内（该环节计时自 {first} 至 {last}）。请按该环节的时段提出。",
        (
            "This stretch does not lie within the clocks of '{stage}' as a whole (they ran from {first} to {last}). "
            "Name a stretch within them."
        ),
    ),
    "contest.already": (
        "环节“{stage}”的该时段已由{party}承担，无需提出异议。",
        "That stretch of '{stage}' is counted to {party} already: there is nothing to contest.",
    ),
    "contest.pending": (
        "环节“{stage}”的该时段已有异议待裁定（事项 {key}）。请待其办结。",
        "That stretch of '{stage}' is contested already (matter {key}). Wait until it is decided.",
    ),
    "outage.nothing": (
        "{since} 至 {until} 之间没有正在计时的在办环节，无需登记。请核对时段。",
        "No clock of an open stage ran between {since} and {until}: nothing is to be given back. Check the times.",
    ),
    "outage.recorded": (
        "{since} 至 {until} 与已登记的系统中断重叠，同一时段不能登记两次。请只登记未登记的部分。",
        (
            "An outage within {since} to {until} is on record already; the same time is given back once. Record only "
            "what is not on record."
        ),
    ),
    # Why
    "why.matter": ("{matter}。{by} 于 {at} 提出：{note}", "{matter}. {by} asked at {at}: {note}"),
    "why.matter.contest": (
        "  主张环节“{stage}” {since} 至 {until} 的天数由{party}承担",
        "  claims that the days of '{stage}' from {since} to {until} count to {party}",
    ),
    "why.matter.change": ("  原因：{reason}；变更内容：{fields}", "  reason: {reason}; what would change: {fields}"),
    "why.matter.passed": ("  此前步骤已由 {people} 同意", "  agreed to at earlier steps by {people}"),
    "why.matter.due": (
        "  由{owner}决定，应不晚于 {due}，剩余 {left}{unit}；其间各环节照常计时",
        "  up to {owner}, due {due}, {left} {unit} left; meanwhile the clocks of the stages go on",
    ),
    "why.matter.late": (
        "  由{owner}决定，应于 {due} 前办结，已逾期 {over}{unit}；其间各环节照常计时",
        "  up to {owner}, was due {due}, late by {over} {unit}; meanwhile the clocks of the stages go on",
    ),
    "why.matter.still": (
        "  由{owner}决定；障碍解除前无法决定，暂停计时，剩余 {left}{unit}",
        "  up to {owner}; it cannot be decided before the obstacle is cleared: the clock stands still, {left} {unit} left",
    ),
    # Command line
    "help.matters": ("待决定的事项", "What waits for a decision"),
    "help.matters_list": ("列出待决定的事项，最早到期的在前", "List what waits for a decision, the earliest due first"),
    "help.reconcile": (
        "从计划数到最终数逐项核对任务清单",
        "Explain the way from the planned to the final list of tasks, line by line",
    ),
    "column.step": ("步骤", "Step"),
    "column.kind": ("种类", "Kind"),
    "column.line": ("项目", "Line"),
    "column.count": ("数量", "Count"),
    "matters.listed": ("共 {total} 项，显示 {shown} 项", "{shown} of {total} shown"),
    "project.matter": (
        "待决定：{matter}，由{owner}决定，应不晚于 {due}（{by} 提出）",
        "Waits for a decision: {matter}; up to {owner}, due {due} (asked by {by})",
    ),
    "reconcile.planned": ("计划任务", "Planned"),
    "reconcile.cancelled": ("取消", "Cancelled"),
    "reconcile.rejected": ("未获批准", "Rejected"),
    "reconcile.merged": ("并入其他任务", "Merged"),
    "reconcile.removed": ("核减", "Removed"),
    "reconcile.added": ("增补", "Added"),
    "reconcile.final": ("最终任务", "Final"),
    "reconcile.units_of_batches": ("批次中的单元：", "Units of batches:"),
    "reconcile.same_number": ("{kind}：{count} 项，不影响任务数", "{kind}: {count}, the number of tasks stays"),
    "reconcile.adds_up": ("核对一致：计划数与最终数逐项相符。", "It adds up: planned to final, line by line."),
    "reconcile.does_not": (
        "核对不一致：有 {count} 处无法说明。请按上述各项核实后更正。",
        "It does not add up: {count} points cannot be explained. Check each of them and put it right.",
    ),
    "reconcile.no_reason": (
        "项目 {project} 已终结，但没有原因代码。请核对其流水中的决定。",
        "Project {project} has ended without a coded reason. Look at the decision in its journal.",
    ),
    "reconcile.merged_into_ended": (
        "项目 {project} 并入 {into}，但后者已取消，任务无人承接。请核实承接的项目。",
        "Project {project} was merged into {into}, which was cancelled: nobody has the task. Find out who should.",
    ),
    "reconcile.no_successor": (
        "项目 {project} 拆分出的村 {code} 尚未立项。请在台账中补充该村并启动（start）。",
        "The village {code} split off from project {project} has no project. Add it to the ledger and start it (start).",
    ),
    "reconcile.units": (
        "批次 {project}：计划 {planned}、现有 {final}，有 {gap} 个单元的增减没有变更记录。请核对填报的单元数。",
        (
            "Batch {project}: {planned} planned, {final} now; {gap} units came or went without a change. Check the "
            "number of units that was stated."
        ),
    ),
    # Policies
    "policy.no_step": (
        "{document}，{place}：没有任何步骤，此类事项无人可以决定。请至少写一个步骤，或删去该程序。",
        "{document}, {place}: no step, so nobody could decide such a matter. Give a step, or leave the procedure out.",
    ),
    "policy.no_decider": (
        "{document}，{place}.by：未写任何角色，该步骤无人可以决定。请写明由谁决定。",
        "{document}, {place}.by: no role is given, so nobody could decide this step. Say who decides it.",
    ),
    "policy.extension_steps": (
        "{document}，procedures.extension：有 {count} 个步骤；延期一次批准或驳回，只能有一个步骤。",
        "{document}, procedures.extension: {count} steps; more time is granted or denied at once, so give exactly one.",
    ),
    "policy.extension_by": (
        "{document}，procedures.extension：步骤的 by（{value}）与 may.grant_extension（{granting}）不一致。请写成相同的角色。",
        (
            "{document}, procedures.extension: the step is up to {value}, but may.grant_extension names {granting}. "
            "Name the same roles in both places."
        ),
    ),
    "policy.act_without_procedure": (
        "{document}，may.{act}：没有 procedures.{value}，提出后无人可以决定。请补充该程序，或删去该操作。",
        "{document}, may.{act}: without procedures.{value} nobody could decide it. Add the procedure, or leave the act out.",
    ),
    "policy.no_change_reason": (
        "{document}，reasons.change：有变更程序而没有变更原因，无法申请变更。请补充原因代码。",
        "{document}, reasons.change: there is a procedure for changes but no reason to give. Add coded reasons.",
    ),
    "policy.baseline_without_change": (
        "{document}，baseline：清单锁定后只能按变更程序调整，但 may.request_change 未授权任何角色。请写明由谁申请变更。",
        (
            "{document}, baseline: once the list is frozen it changes only by request, but may.request_change names "
            "nobody. Say who may ask for a change."
        ),
    ),
    # Journal
    "journal.matter_opened": (
        "提出事项 {key}（{what}），待“{step}”由{owner}决定，期限 {days}{unit}，应不晚于 {due} 办结",
        "opened matter {key} ({what}); '{step}' is up to {owner}, who has {days} {unit}, due {due}",
    ),
    "journal.matter_passed": (
        "事项 {key} 通过“{passed}”，转入“{step}”，由{owner}决定，期限 {days}{unit}，应不晚于 {due} 办结",
        "matter {key} passed '{passed}'; '{step}' is up to {owner} now, who has {days} {unit}, due {due}",
    ),
    "journal.matter_closed": ("事项 {key}（{kind}）办结：{outcome}", "closed matter {key} ({kind}): {outcome}"),
    "journal.days_reattributed.contest": (
        "环节“{stage}” {since} 至 {until} 的天数改由{party}承担（事项 {key}）；到期日原为 {previous}，现为 {due}",
        (
            "the days of '{stage}' from {since} to {until} count to {party} now (matter {key}); due {previous} before, "
            "{due} now"
        ),
    ),
    "journal.days_reattributed.outage": (
        "登记系统中断：环节“{stage}” {since} 至 {until} 的天数由{party}承担；到期日原为 {previous}，现为 {due}",
        (
            "recorded an outage of the system: the days of '{stage}' from {since} to {until} count to {party}; due "
            "{previous} before, {due} now"
        ),
    ),
    "journal.days_reattributed.no_due": ("（无）", "none"),
    "journal.change_effected": (
        "变更生效（事项 {key}，{kind}，原因：{reason}）：现为“{village}”（{code}）",
        "change in force (matter {key}, {kind}, reason: {reason}): now '{village}' ({code})",
    ),
    "journal.change_effected.merge": (
        "变更生效（事项 {key}，{kind}，原因：{reason}）：任务并入项目 {into}",
        "change in force (matter {key}, {kind}, reason: {reason}): project {into} takes the task over",
    ),
    "journal.change_effected.split": (
        "变更生效（事项 {key}，{kind}，原因：{reason}）：本项目以 {code} 继续，后继村另立项目：{successors}",
        (
            "change in force (matter {key}, {kind}, reason: {reason}): this project goes on as {code}, projects of "
            "their own follow for {successors}"
        ),
    ),
    "journal.change_effected.cancel": (
        "变更生效（事项 {key}，{kind}，原因：{reason}）：任务取消",
        "change in force (matter {key}, {kind}, reason: {reason}): the task is cancelled",
    ),
    "journal.change_effected.units": (
        "变更生效（事项 {key}，{kind}，原因：{reason}）：{count} 个单元",
        "change in force (matter {key}, {kind}, reason: {reason}): {count} units",
    ),
    "journal.number": ("，文号 {number}", ", no. {number}"),
    "journal.matter_of": ("事项 {key}", "matter {key}"),
    "journal.matter_of_stage": ("事项 {key}（{stage}）", "matter {key} ({stage})"),
}
