"""Names of what has a code: events, acts, statuses, turns, rungs, units. For headings, lists and tables."""

from __future__ import annotations

_EVENTS = {
    "project_started": ("项目启动", "Project started"),
    "turn_opened": ("开始计时", "Clock started"),
    "progress_reported": ("进度上报", "Progress reported"),
    "stage_closed": ("环节办结", "Stage closed"),
    "acceptance_refused": ("验收不合格", "Acceptance refused"),
    "rectification_submitted": ("整改提交", "Rectification submitted"),
    "obstacle_cleared": ("障碍解除", "Obstacle cleared"),
    "stage_returned": ("退回重办", "Returned"),
    "extension_requested": ("申请延期", "Extension requested"),
    "extension_granted": ("批准延期", "Extension granted"),
    "extension_denied": ("驳回延期", "Extension denied"),
    "project_held": ("项目暂停", "Project held"),
    "project_resumed": ("项目恢复", "Project resumed"),
    "duty_reassigned": ("改派责任人", "Duty reassigned"),
    "acknowledged": ("签收", "Acknowledged"),
    "rung_fired": ("催办督办", "Reminder or escalation"),
    "project_completed": ("项目完成", "Project completed"),
    "project_rejected": ("资金未批准", "Funding rejected"),
    "project_cancelled": ("项目取消", "Project cancelled"),
    "entry_corrected": ("更正记录", "Entry corrected"),
    "matter_opened": ("事项提出", "Matter opened"),
    "matter_passed": ("事项转入下一步", "Matter passed on"),
    "matter_closed": ("事项办结", "Matter decided"),
    "days_reattributed": ("天数改计", "Days re-attributed"),
    "change_effected": ("变更生效", "Change took effect"),
    "part_passed": ("验收部分合格", "Part of an acceptance passed"),
    "spot_checked": ("抽查", "Spot check"),
    "acceptance_reopened": ("重新整改", "Acceptance reopened"),
    "payment_released": ("提前拨付", "Payment released early"),
    "policies_migrated": ("政策版本变更", "Policies migrated"),
    "batch_counted": ("批次进度更新", "Batch counted"),
    "gap_assessed": ("进度差距评定", "Gap assessed"),
}

_ACTS = {
    "approve": ("批准资金", "approve funding"),
    "record_contract": ("登记合同", "record contract"),
    "register_baseline": ("任务清单入平台", "register baseline"),
    "submit": ("提交", "submit"),
    "accept": ("验收合格", "accept"),
    "settle": ("结算", "settle"),
    "elapse": ("期满自动办结", "ends by itself"),
    "reject": ("不予批准", "reject funding"),
    "refuse": ("验收不合格", "refuse acceptance"),
    "report": ("上报进度", "report progress"),
    "return": ("退回", "return"),
    "request_extension": ("申请延期", "request extension"),
    "grant_extension": ("批准延期", "grant extension"),
    "deny_extension": ("驳回延期", "deny extension"),
    "check": ("部分验收", "pass a part of the acceptance"),
    "spot_check": ("登记抽查", "record spot check"),
    "release_payment": ("提前拨付尾款", "release payment"),
    "contest_days": ("天数异议", "contest days"),
    "request_change": ("申请变更", "request change"),
    "agree": ("同意", "agree"),
    "decline": ("不同意", "decline"),
    "withdraw": ("撤回", "withdraw"),
    "record_outage": ("登记系统中断", "record outage"),
    "migrate": ("变更政策版本", "migrate to other policies"),
    "hold": ("暂停", "hold"),
    "resume": ("恢复", "resume"),
    "report_obstacle": ("上报障碍", "report obstacle"),
    "clear_obstacle": ("解除障碍", "clear obstacle"),
    "reassign": ("改派", "reassign"),
    "acknowledge": ("签收", "acknowledge"),
    "cancel": ("取消", "cancel"),
    "correct": ("更正", "correct"),
}

_STATUSES = {
    "running": ("推进中", "running"),
    "held": ("暂停", "on hold"),
    "completed": ("已完成", "completed"),
    "cancelled": ("已取消", "cancelled"),
    "rejected": ("未获批准", "rejected"),
}

_STAGE_STATUSES = {
    "pending": ("未开始", "not begun"),
    "open": ("在办", "open"),
    "done": ("已办结", "done"),
}

_TURNS = {
    "work": ("办理", "work"),
    "rectification": ("整改", "rectification"),
    "recheck": ("复验", "recheck"),
    "obstacle": ("障碍处置", "obstacle"),
    "decision": ("事项决定", "decision"),
}

_RUNGS = {
    "reminder": ("提醒", "reminder"),
    "escalation": ("督办升级", "escalation"),
    "elapse": ("期满", "end of term"),
    "milestone": ("里程碑", "milestone"),
}

_UNITS = {
    "working": ("个工作日", "working days"),
    "calendar": ("个自然日", "calendar days"),
}

_CONSEQUENCES = {
    "freeze_retained_payment": ("冻结尾款", "retained payment frozen"),
}

_TECHNOLOGIES = {
    "fibre": ("光纤", "fibre"),
    "4g": ("4G", "4G"),
    "both": ("光纤与4G", "fibre and 4G"),
    "measures": ("应用措施", "application measures"),
    "batch": ("批次", "batch"),
}

_FAMILIES = {
    "event": _EVENTS,
    "act": _ACTS,
    "status": _STATUSES,
    "stage_status": _STAGE_STATUSES,
    "turn": _TURNS,
    "rung": _RUNGS,
    "unit": _UNITS,
    "consequence": _CONSEQUENCES,
    "technology": _TECHNOLOGIES,
}

SENTENCES: dict[str, tuple[str, str]] = {
    f"{family}.{code}": text for family, texts in _FAMILIES.items() for code, text in texts.items()
}
