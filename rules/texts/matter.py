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
    "journal.number": ("，文号 {number}", ", no. {number}"),
    "journal.matter_of": ("事项 {key}", "matter {key}"),
    "journal.matter_of_stage": ("事项 {key}（{stage}）", "matter {key} ({stage})"),
}
