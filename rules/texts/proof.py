"""Sentences about: proofs that reminders were sent."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "column.became": ("情况", "What became of it"),
    "column.fell_due": ("应触发时间", "Due at"),
    "column.notice_count": ("数量", "Count"),
    "column.receiver": ("接收人", "Receiver"),
    "fate.dead": ("已放弃", "given up"),
    "fate.duplicate": ("重复送达", "received more than once"),
    "fate.held": ("岗位空缺，暂存", "held for a vacant post"),
    "fate.missing": ("缺失", "missing"),
    "fate.sent_once": ("送达一次", "sent once"),
    "fate.superseded": ("已撤回", "withdrawn"),
    "fate.suppressed": ("因暂停发送而未发", "held back by a silence"),
    "fate.unknown": ("结果不明", "unknown"),
    "fate.waiting": ("待发", "waiting"),
    "help.prove_reminders": (
        "证明当月应发的提醒和升级督办逐条有据：应触发、已触发、已送达、未送达及原因",
        "Prove for a month that what fell due was claimed, and what became of every notice",
    ),
    "proof.all": ("消息合计（含缺失）", "all notices, and those that are missing"),
    "proof.bad_month": (
        "月份“{month}”无法识别，请写成 2018-09 的形式。",
        "'{month}' is no month; write it like 2018-09.",
    ),
    "proof.claimed": (
        "已触发 {fired} = 有消息 {told} + 无须通知到人 {to_nobody} + 没有任何消息 {untold}",
        "Claimed {fired} = with notices {told} + speaking to nobody {to_nobody} + without any notice {untold}",
    ),
    "proof.differs": ("引擎与记录不一致：{project}，{detail}", "Engine and records differ: {project}, {detail}"),
    "proof.due": (
        "应触发的梯级 {expected} = 已触发 {fired} + 未触发 {missing}（其中迟于一小时触发 {late}；规则之外触发 {unexpected}）",
        "Rungs due by the rules {expected} = claimed {fired} + missing {missing} (claimed over an hour late: {late}; claimed against the rules: {unexpected})",
    ),
    "proof.engine": (
        "已向引擎核对项目 {asked} 个，不一致 {differ} 个。",
        "Engine asked about {asked} projects: {differ} differ.",
    ),
    "proof.engine_away": (
        "引擎未应答，项目流程未核对；用 ./cuntong doctor 检查。",
        "The engine does not answer: workflows were not compared. Look with ./cuntong doctor.",
    ),
    "proof.head": ("{month}：在办项目 {projects} 个", "{month}: {projects} projects lived"),
    "proof.more": ("另有 {count} 条，--csv 或 --json 列出全部。", "And {count} more; --csv or --json has all."),
    "proof.no_book": (
        "项目 {project} 所用政策 {ref} 未发布，无法核对。用 ./cuntong policy publish 发布后再试。",
        "The policy {ref} of project {project} is not published, so it cannot be proved. Publish it with ./cuntong policy publish and try again.",
    ),
    "proof.progress": ("核对项目", "Projects"),
    "proof.future": (
        "月份 {month} 尚未开始，没有可核对的内容。请核对年份和月份。",
        "{month} has not begun: there is nothing to prove. Check year and month.",
    ),
    "proof.nothing": ("该月没有应触发的梯级。", "No rung fell due in that month."),
    "proof.open": (
        "尚未了结：待发 {waiting} 条，岗位空缺暂存 {held} 条，结果不明 {unknown} 条，已放弃 {dead} 条；原因见 ./cuntong messages list。",
        "Not settled: {waiting} waiting, {held} held for vacant posts, {unknown} unknown, {dead} given up; ./cuntong messages list tells why.",
    ),
    "proof.proved": ("证明成立：无缺失，无重复。", "Proved: nothing is missing, nothing came twice."),
    "proof.unproved": (
        "证明不成立：未触发 {missing}，规则之外触发 {unexpected}，消息缺失 {lost}，重复 {duplicate}，与引擎不一致 {differ}。",
        "Not proved: rungs missing {missing}, claimed against the rules {unexpected}, notices missing {lost}, received twice {duplicate}, differing from the engine {differ}.",
    ),
    "proof.written": ("已写入 {path}，共 {count} 行。", "Written to {path}, {count} lines."),
    "rung_reason.early": ("早于应触发时间", "claimed before its instant"),
    "rung_reason.late": ("迟于一小时触发", "claimed over an hour late"),
    "rung_reason.not_claimed": ("到期未触发", "due and not claimed"),
    "rung_reason.not_due": ("规则中没有", "no rule makes it"),
    "rung_reason.other_instant": ("时间与规则不符", "the rules name another instant"),
    "rung_reason.passed_over": ("到期未触发而有后续记录", "passed over by what came later"),
}
"""Sentence by code: (zh-CN, en), with `str.format` placeholders."""
