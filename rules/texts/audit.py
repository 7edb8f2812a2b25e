"""Sentences about: audits, what they find, and what helps."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "audit.all_notices": ("全部消息", "all notices"),
    "audit.engine_away": (
        "引擎未应答，本次未核对项目流程；用 ./cuntong doctor 检查。",
        "The engine does not answer: project workflows were not compared. Look with ./cuntong doctor.",
    ),
    "audit.finding": ("✗ {what}：{count} 项", "✗ {what}: {count}"),
    "audit.more": ("    另有 {count} 项，--json 列出全部", "    and {count} more; --json lists all"),
    "audit.nowhere": ("去向不明", "in no place"),
    "audit.remedy": ("    处理：{remedy}", "    What to do: {remedy}"),
    "audit.rungs": (
        "已触发、应通知到人的梯级 {rungs} 个，其中没有任何消息的 {silent} 个。各消息的去向：",
        "Rungs claimed that speak to people: {rungs}; of these without any notice: {silent}. Where the notices are:",
    ),
    "audit.sound": (
        "稽核无误（{at}）：缺口 {gap}，发现问题 {findings} 项。",
        "Sound ({at}): gap {gap}, findings {findings}.",
    ),
    "audit.subject": ("    {subject}  {detail}（自 {since} 起）", "    {subject}  {detail} (since {since})"),
    "audit.unsound": (
        "稽核有误（{at}）：缺口 {gap}，发现问题 {findings} 项。",
        "Not sound ({at}): gap {gap}, findings {findings}.",
    ),
    "column.where": ("去向", "where"),
    "doctor.audit": ("稽核", "Audit"),
    "doctor.audit_late": (
        "最近一次稽核在 {at}，应每 {every} 秒一次。请重启工作进程（./cuntong up 或 ./cuntong worker）；仍不恢复时查看引擎页面上的计划任务 audit。",
        "The last audit was at {at}, one is due every {every} seconds. Restart a worker (./cuntong up or ./cuntong worker); if that does not help, look at the schedule `audit` on the engine's page.",
    ),
    "doctor.audit_none": (
        "尚未稽核。工作进程启动后会自动稽核；也可立即执行 ./cuntong messages audit。",
        "No audit yet. A worker audits by itself once it runs; ./cuntong messages audit does it at once.",
    ),
    "doctor.audit_ok": (
        "{at} 稽核无误，梯级 {rungs} 个，消息 {notices} 条。",
        "Sound at {at}: {rungs} rungs, {notices} notices.",
    ),
    "doctor.audit_unsound": (
        "{at} 稽核有误：缺口 {gap}，发现问题 {findings} 项。用 ./cuntong messages audit 查看明细和处理办法。",
        "Not sound at {at}: gap {gap}, findings {findings}. ./cuntong messages audit tells them with what to do.",
    ),
    "finding.attempt_past_lease": ("发送尝试超时未结", "Tries that were never finished"),
    "finding.letter_count": ("信函所记消息数不符", "Letters that tell another number of notices than are in them"),
    "finding.letter_overdue": ("信函逾时未发", "Letters that have not gone out in time"),
    "finding.letter_without_notice": ("待发信函中没有消息", "Letters to be sent with nothing in them"),
    "finding.no_deadline": ("在办项目没有任何期限", "Living projects of which nothing lies ahead"),
    "finding.notice_overdue": ("消息超过一个工作日仍未成信", "Notices that wait longer than a working day"),
    "finding.notice_without_letter": ("消息与信函不对应", "Notices whose letter is not there or not theirs"),
    "finding.rung_overdue": ("到期梯级未触发", "Rungs that were due and not claimed"),
    "finding.rung_without_notice": ("梯级没有消息", "Rungs without a notice"),
    "finding.silent": ("系统部件失去联系", "Parts of the system that are silent"),
    "finding.workflow_astray": (
        "引擎中有流程、记录中无在办项目",
        "Workflows whose project is not alive by the records",
    ),
    "finding.workflow_missing": ("在办项目在引擎中没有流程", "Living projects without a workflow"),
    "metrics.port_taken": (
        "无法在 {address} 提供监控指标（CUNTONG_METRICS_HOST、CUNTONG_METRICS_PORT）：{detail}。请换一个端口，或设为 0 关闭。",
        "Metrics cannot be told at {address} (CUNTONG_METRICS_HOST, CUNTONG_METRICS_PORT): {detail}. Choose another port, or 0 to switch them off.",
    ),
    "place.dead": ("信函已放弃", "in a letter that was given up"),
    "place.delivered": ("信函已送达", "in a letter handed over"),
    "place.held": ("岗位空缺，暂存", "held for vacant posts"),
    "place.pending": ("信函待发", "in a letter to be handed over"),
    "place.superseded": ("已撤回", "withdrawn"),
    "place.suppressed": ("因暂停发送而未发", "held back by a silence"),
    "place.unclear": ("信函结果不明", "in a letter that may have arrived"),
    "place.waiting": ("待写入信函", "waiting for a letter"),
    "place.withdrawn": ("尝试发送后整封撤回", "in a letter withdrawn after a try"),
    "remedy.attempt_past_lease": (
        "重启工作进程：下一次取信时会把过期的尝试记为结果不明，并按渠道规定处理。",
        "Restart a worker: the next look at the channel marks such tries as unknown and goes on by the channel's rule.",
    ),
    "remedy.letter_count": (
        "记录库被改动过。停用后从备份恢复，或按 docs/how-to/audit.md 核对该信函。",
        "The records were changed by other hands. Restore them, or check the letter as docs/how-to/audit.md says.",
    ),
    "remedy.letter_overdue": (
        "用 ./cuntong messages list 查看该信函和最近一次结果，排除原因后用 ./cuntong messages retry 重发。",
        "See the letter and its last answer with ./cuntong messages list; once the cause is gone, ./cuntong messages retry.",
    ),
    "remedy.letter_without_notice": (
        "记录库被改动过。停用后从备份恢复，或按 docs/how-to/audit.md 核对该信函。",
        "The records were changed by other hands. Restore them, or check the letter as docs/how-to/audit.md says.",
    ),
    "remedy.no_deadline": (
        "用 ./cuntong why 查看该项目；政策缺失的，用 ./cuntong policy publish 发布，此外由省级主管延期或办结当前环节。",
        "Look at the project with ./cuntong why; publish a policy that is missing with ./cuntong policy publish; else close or extend its stage.",
    ),
    "remedy.notice_overdue": (
        "用 ./cuntong doctor 查看工作进程和计划任务 letters 是否运行；收件人须在人员名录中。",
        "See with ./cuntong doctor whether a worker and the schedules `letters` run; the receiver must be in the directory.",
    ),
    "remedy.notice_without_letter": (
        "记录库被改动过。停用后从备份恢复，或按 docs/how-to/audit.md 核对该消息。",
        "The records were changed by other hands. Restore them, or check the notice as docs/how-to/audit.md says.",
    ),
    "remedy.rung_overdue": (
        "项目流程停滞。用 ./cuntong doctor 查看原因，按 docs/how-to/stuck.md 处理；恢复后自动补发。",
        "Its workflow stands still. ./cuntong doctor tells why, docs/how-to/stuck.md what to do; the rung comes by itself then.",
    ),
    "remedy.rung_without_notice": (
        "记录库被改动过。停用后从备份恢复；确无备份的，另行通知有关人员并留存依据。",
        "The records were changed by other hands. Restore them; where there is no copy, tell the people concerned and keep proof of it.",
    ),
    "remedy.silent": (
        "启动工作进程（./cuntong up 或 ./cuntong worker）；仍不恢复时查看 data/logs/worker.log。",
        "Start a worker (./cuntong up or ./cuntong worker); if that does not help, look into data/logs/worker.log.",
    ),
    "remedy.workflow_astray": (
        "引擎与记录库不是同一时刻的数据。按 docs/how-to/stuck.md 恢复同一时刻的备份。",
        "Engine and records are not of one moment. Restore both of the same moment, as docs/how-to/stuck.md says.",
    ),
    "remedy.workflow_missing": (
        "引擎与记录库不是同一时刻的数据。按 docs/how-to/stuck.md 恢复同一时刻的备份。",
        "Engine and records are not of one moment. Restore both of the same moment, as docs/how-to/stuck.md says.",
    ),
}
"""Sentence by code: (zh-CN, en), with `str.format` placeholders."""
