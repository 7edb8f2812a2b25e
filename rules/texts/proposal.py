"""Sentences about: proposals that a second person decides, and the commands around migrations of many projects."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    # Proposals
    "proposal.unknown": (
        "没有编号为 {number} 的申报。可用 policy proposals 查看。",
        "There is no proposal {number}. See 'policy proposals'.",
    ),
    "proposal.own": (
        "{person} 须回避：{number} 由其本人申报，不得由本人批准（四眼原则）。请由其他有权人员批准。",
        (
            "{person} must stand back: {person} filed {number}, and nobody approves their own proposal (four eyes). "
            "Ask somebody else who may."
        ),
    ),
    "proposal.decided": (
        "{number} 已由 {person} 办理（{outcome}），未作任何变更。如仍需变更，请重新申报。",
        "{number} was decided by {person} ({outcome}); nothing was changed. File it anew if it is still wanted.",
    ),
    "proposal.no_office": (
        "{person} 无权申报、批准或驳回政策变更：此事项由以下岗位办理：{roles}。请由任职人员办理。",
        (
            "{person} may neither propose nor decide changes of policies: that is up to {roles}. Ask a holder of such "
            "a post."
        ),
    ),
    "proposal.filed": (
        "已申报 {number}。请由另一人批准：./cuntong policy approve {number} --as 人员编号",
        "Filed as {number}. Somebody else approves it: ./cuntong policy approve {number} --as PERSON",
    ),
    "proposal.declined": ("已驳回 {number}，未作任何变更", "{number} is declined; nothing was changed"),
    "proposal.carried_out": (
        "{number}：已变更 {migrated} 个项目，此前已办 {repeated} 个，未能变更 {refused} 个，未获答复 {unanswered} 个",
        (
            "{number}: {migrated} projects migrated, {repeated} had been before, {refused} refused, {unanswered} "
            "without an answer"
        ),
    ),
    "proposal.again": (
        "有 {count} 个项目未获答复。请再次运行 policy approve {number}，不会重复办理。",
        "{count} projects gave no answer. Run 'policy approve {number}' again; nothing is done twice.",
    ),
    "proposal.number": ("编号", "number"),
    "proposal.kind": ("种类", "kind"),
    "proposal.kind.migrate": ("变更版本", "migration"),
    "proposal.kind.publish": ("发布政策", "publication"),
    "proposal.content": ("政策", "policies"),
    "proposal.by": ("申报人", "proposed by"),
    "proposal.at": ("申报时间", "proposed"),
    "proposal.outcome": ("状态", "state"),
    "proposal.outcome.open": ("待批准", "waiting"),
    "proposal.outcome.approved": ("办理中", "approved, being carried out"),
    "proposal.outcome.done": ("已办结", "done"),
    "proposal.outcome.declined": ("已驳回", "declined"),
    "proposal.decided_by": ("批准或驳回人", "decided by"),
    # Publishing
    "publish.known": (
        "所列 {count} 个政策均已发布，无须申报",
        "All {count} policies are published already; there is nothing to propose",
    ),
    "publish.done": ("已发布 {reference}", "published {reference}"),
    "published.kind": ("种类", "kind"),
    "published.reference": ("版本", "reference"),
    "published.at": ("发布日期", "published"),
    "published.projects": ("在办项目", "running projects"),
    # Migrating many
    "migrate.not_published": (
        "“{name}”尚未发布，不能申报变更。请先发布并经批准：./cuntong policy publish {file}。仅查看影响可用 --preview。",
        (
            "'{name}' is not published: nothing can go on under it. Publish it first and have it approved: ./cuntong "
            "policy publish {file}. To see what would move, use --preview."
        ),
    ),
    "migrate.which_kind": (
        "“{name}”对应多种政策，请指明其一：{choices}。",
        "Several policies are called '{name}'. Say which: {choices}.",
    ),
    "migrate.nobody": (
        (
            "没有在办项目需要变更为 {policies}：符合条件的项目均已按此办理，或没有符合条件的项目。"
            "请核对筛选条件，可用 policy list 查看。"
        ),
        (
            "No running project is left to go on under {policies}: all that fit do so already, or none fits. Check the "
            "filter; 'policy list' shows what projects run under."
        ),
    ),
    "migrate.all_refused": (
        "所选 {count} 个项目均不能变更，未申报",
        "None of the {count} projects can go on under these policies; nothing was filed",
    ),
    "migrate.looking": ("测算", "looking"),
    "migrate.progress": ("变更", "migrating"),
    "migrate.projects": (
        "可变更项目 {projects} 个，不能变更 {refused} 个；新开环节 {opens} 个",
        "{projects} projects can go on under these policies, {refused} cannot; {opens} stages open at once",
    ),
    "migrate.deadlines": (
        (
            "在办期限 {deadlines} 个：变动 {moved} 个（推后 {later}，提前 {earlier}），其中 {falls_past} 个变为已过期；"
            "暂定转为确定 {made_final} 个，确定转为暂定 {made_provisional} 个；"
            "已过时点的催办督办 {past_rungs} 条（不补发，除非加 --fire-past）"
        ),
        (
            "{deadlines} open deadlines: {moved} move ({later} later, {earlier} earlier), of which {falls_past} fall "
            "into the past; {made_final} provisional ones become final, {made_provisional} final ones provisional; "
            "{past_rungs} rungs lie in the past (they stay silent without --fire-past)"
        ),
    ),
    "migrate.column.stage": ("环节", "stage"),
    "migrate.column.deadlines": ("期限", "deadlines"),
    "migrate.column.moved": ("变动", "moved"),
    "migrate.column.falls_past": ("变为已过期", "into the past"),
    "migrate.column.made_final": ("转为确定", "become final"),
    "migrate.column.project": ("项目", "project"),
    "migrate.column.before": ("现期限", "due now"),
    "migrate.column.after": ("变更后", "due then"),
    "migrate.column.days": ("天数", "days"),
    "migrate.column.past_rungs": ("已过时点", "rungs in the past"),
    # Calendars
    "calendar.last_year": (
        "公布至 {year} 年，此后的日期为暂定",
        "Published up to {year}; dates beyond are provisional",
    ),
    "calendar.version": ("{reference}：在办项目 {projects} 个", "{reference}: {projects} running projects"),
    # Help
    "help.policy_publish": ("申报发布政策，由另一人批准", "Propose to publish policies; a second person approves"),
    "help.policy_list": ("列出已发布的政策及在办项目数", "List published policies and the projects under each"),
    "help.policy_migrate": (
        "申报在办项目变更政策版本；--preview 只看影响",
        "Propose that running projects go on under other policies; --preview shows what would move",
    ),
    "help.policy_proposals": ("列出申报", "List proposals"),
    "help.policy_approve": (
        "批准他人的申报并办理；中断后可重复运行",
        "Approve somebody else's proposal and carry it out; run again, it goes on",
    ),
    "help.policy_decline": ("驳回申报", "Decline a proposal"),
    "help.calendar": ("日历", "Calendars"),
    "help.calendar_show": ("查看日历", "Show a calendar"),
    "help.calendar_apply": (
        "申报将新公布的日历用于在办项目；--preview 只看影响",
        "Propose that running projects take over a calendar; --preview shows what would move",
    ),
}
