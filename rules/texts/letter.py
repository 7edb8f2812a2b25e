"""Sentences about: letters to people, and what is wrong with the templates and hours of letters."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "letter.headline.reminder": (
        "提醒：{place}“{stage}”距到期还有{days}个工作日",
        "Reminder: {stage} at {place} is due in {days} working day(s)",
    ),
    "letter.headline.today": ("提醒：{place}“{stage}”今日到期", "Reminder: {stage} at {place} is due today"),
    "letter.headline.escalation": (
        "{rung}：{place}“{stage}”已逾期{days}个工作日",
        "{rung}: {stage} at {place} is overdue by {days} working day(s)",
    ),
    "letter.headline.better": (
        "差距缩小，现为“{rung}”：{place}“{stage}”",
        "The gap has shrunk, now {rung}: {stage} at {place}",
    ),
    "letter.headline.caught_up": ("已赶上进度：{place}“{stage}”", "Caught up: {stage} at {place}"),
    "letter.standing.left": ("还有{days}个工作日到期", "{days} working day(s) left"),
    "letter.standing.today": ("今日到期", "due today"),
    "letter.standing.over": ("已逾期{days}个工作日", "overdue by {days} working day(s)"),
    "letter.standing.just_over": ("已逾期", "overdue"),
    "letter.standing.better": ("差距缩小", "the gap has shrunk"),
    "letter.standing.caught_up": ("已赶上进度", "caught up"),
    "letter.step.act": (
        "请抓紧办理，办结后在系统中提交；确有困难的，请申请延期或登记障碍。",
        "Please do it and submit it in the system. If it cannot be done in time, ask for more, or report the obstacle.",
    ),
    "letter.step.reply": (
        "请于{days}个工作日内书面答复办理情况。",
        "Please reply in writing within {days} working day(s).",
    ),
    "letter.step.decide": (
        "请在系统中作出决定（同意或不同意）。",
        "Please decide it in the system, either way.",
    ),
    "letter.step.press": (
        "请督促责任单位抓紧办理。",
        "Please see to it that the responsible party acts.",
    ),
    "letter.next": ("如仍未办结，将于{at}启动“{rung}”程序。", "If nothing happens, this follows on {at}: {rung}."),
    "letter.group.overdue": ("已逾期", "Overdue"),
    "letter.group.today": ("今日到期", "Due today"),
    "letter.group.ahead": ("即将到期", "Due soon"),
    "letter.group.progress": ("进展", "Progress"),
    "letter.sheet": ("待办清单", "Notices"),
    "letter.file": ("村通待办清单-{day}.xlsx", "cuntong-notices-{day}.xlsx"),
    "letter.column.no": ("序号", "No."),
    "letter.column.group": ("类别", "Sort"),
    "letter.column.rung": ("层级", "Rung"),
    "letter.column.place": ("村", "Village"),
    "letter.column.project": ("项目编号", "Project"),
    "letter.column.stage": ("环节或事项", "Stage or matter"),
    "letter.column.due": ("办理期限", "Due by the end of"),
    "letter.column.days": ("剩余工作日（负数为逾期）", "Working days left (negative: overdue)"),
    "letter.column.standing": ("现状", "How it stands"),
    "letter.column.step": ("需要您办理", "What you do"),
    "letter.column.reply_days": ("书面答复期限（工作日）", "Reply within (working days)"),
    "letter.column.next": ("下一步", "What follows"),
    "letter.column.consequence": ("后续措施", "Consequence"),
    "letter.column.vacant": ("转办说明", "Why you"),
    "letter.column.issued": ("发出时间", "Issued"),
    "letter.column.number": ("信息编号", "Notice no."),
    "letters.stranger": (
        "{file} 不是信函文本，无人会用到它。文件名应为 语言/种类.部分.j2；语言：{languages}；种类：{kinds}；部分：{parts}。请改名或移走",
        "{file} is no text of a letter. Move it away, or name it LANGUAGE/KIND.PART.j2 ({languages}; {kinds}; {parts})",
    ),
    "letters.unreadable": (
        "{file} 无法读作文本：{problem}。请另存为UTF-8",
        "{file} cannot be read as text: {problem}. Save it as UTF-8",
    ),
}
