"""Sentences about: why a rung fired or did not, and what would have changed it (`rules.why_text`)."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "help.why_not": (
        "说明哪些催办未发、为何未发、怎样才会发",
        "Explain which rungs did not fire, why not, and what would have made them",
    ),
    "rung.unknown": (
        "催办阶梯中没有“{rung}”。可用：{known}。",
        "The ladder has no rung “{rung}”. Known: {known}.",
    ),
    "why_rung.again": ("  第 {count} 次延期后重新起算", "  Begun anew by extension no. {count}"),
    "why_rung.cause": ("    流水第 {seq} 条：{text}", "    Journal entry {seq}: {text}"),
    "why_rung.climb": (
        "环节“{stage}”（第 {round} 轮，{turn}），由{owner}负责，{opened} 开始",
        "{stage} (round {round}, {turn}), {owner}, begun {opened}",
    ),
    "why_rung.due": ("    到期：{due}", "    Due: {due}"),
    "why_rung.ended": ("  计时于 {at} 结束", "  Its clock ended {at}"),
    "why_rung.fate.ahead": (
        "  ○ {rung}（第 {level} 级）：未到，将于 {at} 发出",
        "  ○ {rung} (level {level}): ahead, on {at}",
    ),
    "why_rung.fate.before_clock": (
        "  ○ {rung}：未发，其日期早于本次计时的起点（期限较短）",
        "  ○ {rung}: not fired, its day lies before the clock began to run (the term is too short)",
    ),
    "why_rung.fate.closed": (
        "  ○ {rung}：未发，原应于 {at} 发出，在此之前已办结",
        "  ○ {rung}: not fired, it would have been due {at}; it was closed before",
    ),
    "why_rung.fate.extended": (
        "  ○ {rung}：未发，原应于 {at} 发出，在此之前已延期，阶梯重新起算",
        "  ○ {rung}: not fired, it would have been due {at}; an extension began the ladder anew before",
    ),
    "why_rung.fate.faster": (
        "  ○ {rung}：不发，重点地区提前一级，此级略去",
        "  ○ {rung}: not fired, left out because the priority of the place brings every level one step earlier",
    ),
    "why_rung.fate.fired": (
        "  ● {rung}（第 {level} 级）：已发，应发 {at}，实发 {taken}",
        "  ● {rung} (level {level}): fired, due {at}, taken up {taken}",
    ),
    "why_rung.fate.held": (
        "  ○ {rung}：未发，项目暂停，其间不催办",
        "  ○ {rung}: not fired, the project was on hold and nothing is sent then",
    ),
    "why_rung.fate.moved": (
        "  ○ {rung}：未发，其日期已不在计时之内",
        "  ○ {rung}: not fired, its day no longer lies within the clock",
    ),
    "why_rung.fate.over": (
        "  ○ {rung}：未发，原应于 {at} 发出，在此之前项目已终结",
        "  ○ {rung}: not fired, it would have been due {at}; the project was over before",
    ),
    "why_rung.fate.overtaken": (
        "  ○ {rung}：未发，已有更高一级发出",
        "  ○ {rung}: not fired, a later one had fired",
    ),
    "why_rung.fate.passed_on": (
        "  ○ {rung}：未发，原应于 {at} 发出，在此之前责任已转交",
        "  ○ {rung}: not fired, it would have been due {at}; the duty passed on before",
    ),
    "why_rung.fate.promised": (
        "  ○ {rung}：未发，签收并承诺后推过到期日",
        "  ○ {rung}: not fired, a promise moved it past the due day",
    ),
    "why_rung.fate.quiet": (
        "  ○ {rung}：不发，期限前段不提醒",
        "  ○ {rung}: not fired, no reminder is due in the first part of a term",
    ),
    "why_rung.fate.returned": (
        "  ○ {rung}：未发，原应于 {at} 发出，在此之前已退回重办",
        "  ○ {rung}: not fired, it would have been due {at}; it was sent back before",
    ),
    "why_rung.fate.silent": (
        "  ○ {rung}：未发，政策更换前已过期的不补发",
        "  ○ {rung}: not fired, a change of policies sends nothing that lies in the past",
    ),
    "why_rung.fate.suspended": (
        "  ○ {rung}：未发，遇障碍，责任在他方",
        "  ○ {rung}: not fired, an obstacle had passed the duty to somebody else",
    ),
    "why_rung.had_not.closed": (
        "    若未于 {cause} 办结，其后也无人办理，应于 {at} 发出。",
        "    It would have fired on {at} had it not been closed on {cause}, and nobody acted after that.",
    ),
    "why_rung.had_not.extended": (
        "    若未于 {cause} 延期，其后也无人办理，应于 {at} 发出。",
        "    It would have fired on {at} had no more time been granted on {cause}, and nobody acted after that.",
    ),
    "why_rung.had_not.held": (
        "    若项目未于 {cause} 暂停，其后也无人办理，应于 {at} 发出。",
        "    It would have fired on {at} had the project not been put on hold on {cause}, and nobody acted after that.",
    ),
    "why_rung.had_not.moved": (
        "    若无 {cause} 的该条流水，其后也无人办理，应于 {at} 发出。",
        "    It would have fired on {at} without the entry of {cause}, and nobody acting after that.",
    ),
    "why_rung.had_not.over": (
        "    若项目未于 {cause} 终结，其后也无人办理，应于 {at} 发出。",
        "    It would have fired on {at} had the project not ended on {cause}, and nobody acted after that.",
    ),
    "why_rung.had_not.passed_on": (
        "    若责任未于 {cause} 转交，其后也无人办理，应于 {at} 发出。",
        "    It would have fired on {at} had the duty not passed on on {cause}, and nobody acted after that.",
    ),
    "why_rung.had_not.promised": (
        "    若未于 {cause} 签收承诺，其后也无人办理，应于 {at} 发出。",
        "    It would have fired on {at} had nothing been promised on {cause}, and nobody acted after that.",
    ),
    "why_rung.had_not.returned": (
        "    若未于 {cause} 退回，其后也无人办理，应于 {at} 发出。",
        "    It would have fired on {at} had it not been sent back on {cause}, and nobody acted after that.",
    ),
    "why_rung.had_not.suspended": (
        "    若未于 {cause} 登记障碍，其后也无人办理，应于 {at} 发出。",
        "    It would have fired on {at} had no obstacle been reported on {cause}, and nobody acted after that.",
    ),
    "why_rung.head": ("项目 {project} 的催办阶梯（{at}）", "Ladder of project {project} (at {at})"),
    "why_rung.matter": ("{stage}”的待办事项“{key}", "matter {key} of {stage}"),
    "why_rung.none": ("没有符合条件的事项。", "Nothing fits."),
    "why_rung.policies": (
        "  依据：日历 {calendar}，阶梯 {ladder}，方案 {plan}",
        "  By calendar {calendar}, ladder {ladder}, plan {plan}",
    ),
    "why_rung.receiver": ("    {role} → {person}：{steps}", "    {role} → {person}: {steps}"),
    "why_rung.unless.ahead": (
        "    若在 {at} 前完成“{act}”，则不会发出。",
        "    It will not fire if “{act}” comes before {at}.",
    ),
    "why_rung.unless.fired": (
        "    若在 {at} 前已完成“{act}”，则不会发出。",
        "    It would not have fired had “{act}” come before {at}.",
    ),
    "why_rung.what_if.even_then": (
        "    即使没有这一原因，也要到 {at} 才应发出，而计时已于 {ended} 结束。",
        "    Even without that it would not have come before {at}, and its clock had ended on {ended}.",
    ),
    "why_rung.what_if.longer_term": (
        "    若期限为 {days} 天，应于 {at} 发出。",
        "    It would have fired on {at} had the term been {days} days.",
    ),
    "why_rung.what_if.no_quiet": (
        "    若期限前段也提醒，应于 {at} 发出。",
        "    It would have fired on {at} had the first part of the term not been quiet.",
    ),
    "why_rung.what_if.not_silent": (
        "    若更换政策时要求补发，应于 {at} 发出。",
        "    It would have fired on {at} had the change of policies been ordered to send what lies in the past.",
    ),
    "why_rung.what_if.nothing": (
        "    没有哪一项单独的改变会使其不同。",
        "    No single change would have made this different.",
    ),
    "why_rung.what_if.other_tier": (
        "    若此地不属重点地区，应于 {at} 发出。",
        "    It would have fired on {at} had the place no priority.",
    ),
}
