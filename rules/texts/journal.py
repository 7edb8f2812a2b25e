"""Sentences about: what happened, one for each line of the journal (`rules.narrate`)."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "journal.line": ("{at} {who}：{what}", "{at} {who}: {what}"),
    "journal.clock": ("系统计时", "the clock"),
    "journal.yes": ("是", "yes"),
    "journal.no": ("否", "no"),
    "journal.note": ("（{note}）", " ({note})"),
    "journal.evidence": ("，佐证 {count} 件", ", {count} pieces of evidence"),
    "journal.facts": ("，{facts}", "; {facts}"),
    "journal.consequence": ("，并{consequence}", "; {consequence}"),
    "journal.project_started": (
        "启动项目 {project}，村“{village}”（{code}），{technology}，按“{plan}”办理",
        "started project {project} for village '{village}' ({code}), {technology}, under '{plan}'",
    ),
    "journal.turn_opened.work": (
        "环节“{stage}”开始，由{owner}负责，期限 {days}{unit}，应不晚于 {due} 办结",
        "stage '{stage}' began: {owner} has {days} {unit}, due {due}",
    ),
    "journal.turn_opened.rectification": (
        "环节“{stage}”转入整改，由{owner}负责，期限 {days}{unit}，应不晚于 {due} 完成",
        "'{stage}' went into rectification: {owner} has {days} {unit}, due {due}",
    ),
    "journal.turn_opened.recheck": (
        "环节“{stage}”转入复验，由{owner}负责，期限 {days}{unit}，应不晚于 {due} 完成",
        "'{stage}' went to recheck: {owner} has {days} {unit}, due {due}",
    ),
    "journal.turn_opened.obstacle": (
        "环节“{stage}”遇障碍“{reason}”，由{owner}处置，期限 {days}{unit}，应不晚于 {due} 解除，其间计时由{party}承担",
        (
            "'{stage}' met the obstacle '{reason}': {owner} has {days} {unit} to clear it, due {due}; the days count "
            "to {party}"
        ),
    ),
    "journal.progress_reported": ("上报环节“{stage}”进度 {percent}%", "reported '{stage}' at {percent} %"),
    "journal.stage_closed": ("办结环节“{stage}”（{act}）", "closed the stage '{stage}' ({act})"),
    "journal.stage_closed.elapse": ("环节“{stage}”期满，自动办结", "the stage '{stage}' ended when its time was over"),
    "journal.acceptance_refused": (
        "环节“{stage}”验收不合格，不合格项：{item}",
        "refused acceptance at '{stage}'; failed item: {item}",
    ),
    "journal.rectification_submitted": (
        "提交环节“{stage}”的整改结果",
        "submitted the rectification of '{stage}'",
    ),
    "journal.obstacle_cleared": (
        "解除环节“{stage}”的障碍，恢复计时",
        "cleared the obstacle at '{stage}'; its clock goes on",
    ),
    "journal.stage_returned": (
        "退回至环节“{stage}”，原因：{reason}；须重办：{reset}",
        "returned the project to '{stage}', reason: {reason}; to be done again: {reset}",
    ),
    "journal.extension_requested": (
        "申请将环节“{stage}”延期 {days} 天，理由：{reason}",
        "asked for {days} more days for '{stage}', reason: {reason}",
    ),
    "journal.extension_granted": (
        "批准环节“{stage}”延期 {days} 天：原定 {original}，此前 {previous}，现为 {due}；申请理由：{reason}",
        (
            "granted {days} more days for '{stage}': due originally {original}, before this {previous}, now {due}; "
            "reason asked: {reason}"
        ),
    ),
    "journal.extension_denied": (
        "驳回环节“{stage}”的延期申请，理由：{reason}",
        "denied the extension of '{stage}', reason: {reason}",
    ),
    "journal.no_due": ("（暂停计时，恢复后确定）", "open until the clock goes on"),
    "journal.project_held": (
        "暂停项目，原因：{reason}；其间计时由{party}承担",
        "put the project on hold, reason: {reason}; the days count to {party}",
    ),
    "journal.project_resumed": ("恢复项目；新的到期日：{dues}", "resumed the project; due now: {dues}"),
    "journal.due": ("“{stage}” {due}", "'{stage}' {due}"),
    "journal.duty_reassigned": (
        "将{role}的职责改派给 {person}，理由：{reason}",
        "gave the duties of {role} to {person}, reason: {reason}",
    ),
    "journal.duty_reassigned.back": (
        "将{role}的职责交还原岗位，理由：{reason}",
        "gave the duties of {role} back to the post, reason: {reason}",
    ),
    "journal.acknowledged": (
        "签收环节“{stage}”的催办，承诺不晚于 {promised} 办结",
        "acknowledged the reminder of '{stage}' and promised it by {promised}",
    ),
    "journal.rung_fired.reminder": (
        "{rung}：环节“{stage}”应不晚于 {due} 办结，发送至{to}",
        "{rung}: '{stage}' is due {due}; sent to {to}",
    ),
    "journal.rung_fired.escalation": (
        "{rung}（第 {level} 级）：环节“{stage}”应不晚于 {due} 办结，已逾期，发送至{to}",
        "{rung} (level {level}): '{stage}' was due {due} and is late; sent to {to}",
    ),
    "journal.project_completed": ("全部环节办结，项目完成", "every stage is done: the project is complete"),
    "journal.project_rejected": (
        "环节“{stage}”不予批准，原因：{reason}；项目终止",
        "rejected '{stage}', reason: {reason}; the project ends",
    ),
    "journal.project_cancelled": (
        "取消项目，原因：{reason}，决定文号：{decision}",
        "cancelled the project, reason: {reason}, decision no. {decision}",
    ),
    "journal.entry_corrected": ("更正流水第 {seq} 条", "corrected journal entry {seq}"),
}
