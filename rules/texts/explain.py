"""Sentences about: why a project stands where it stands (`rules.explain_text`)."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "why.head": ("项目 {project}：{status}（{at}）", "Project {project}: {status} (at {at})"),
    "why.hold": (
        "  暂停：自 {since} 起，原因“{reason}”，由 {by} 决定；暂停天数计入{party}，各环节不计时、不催办",
        (
            "  On hold since {since}, reason '{reason}', by {by}; the days count to {party}, no clock runs and "
            "nothing is sent"
        ),
    ),
    "why.stage": (
        "环节“{stage}”（第 {round} 轮，{turn}，进度 {percent}%）",
        "{stage} (round {round}, {turn}, {percent} %)",
    ),
    "why.duty": ("  责任：{owner}", "  Duty: {owner}"),
    "why.duty.person": ("  责任：{owner}，本项目指定 {person}", "  Duty: {owner}, in this project {person}"),
    "why.obstacle": (
        "  障碍：“{reason}”；解除后，原{turn}以剩余 {left}{unit}继续计时",
        "  Obstacle: {reason}; when it is cleared, the {turn} below it goes on with the {left} {unit} that were left",
    ),
    "why.budget": ("  期限：{days}{unit}，自 {opened} 起", "  Budget: {days} {unit}, from {opened}"),
    "why.budget.extended": (
        "  期限：{days}{unit}，自 {opened} 起，其中延期 {count} 次共 {extension} 天",
        "  Budget: {days} {unit}, from {opened}; {extension} of them by {count} extension(s)",
    ),
    "why.stretch.running": (
        "    {since} 至 {until}：{party}，{days} 个工作日，占用期限 {used}{unit}",
        "    {since} to {until}: {party}, {days} working days, {used} {unit} of the budget",
    ),
    "why.stretch.held": (
        "    {since} 至 {until}：{party}，{days} 个工作日，停表",
        "    {since} to {until}: {party}, {days} working days, clock stopped",
    ),
    "why.season": (
        "  {title}（每年 {since} 至 {until}）不计天数，工作日计入{party}",
        "  {title} (each year {since} to {until}): no day counts, its working days go to {party}",
    ),
    "why.stretch.stopped": (
        "      其中停工季 {days} 个工作日",
        "      {days} working days of them in a season without work",
    ),
    "why.until_now": ("今", "now"),
    "why.left": ("  已用 {used}，剩余 {left}{unit}", "  Used {used}, left {left} {unit}"),
    "why.overdue": ("  已用 {used}，逾期 {over}{unit}", "  Used {used}, overdue by {over} {unit}"),
    "why.due": (
        "  到期：{due}（{since} 起计，当日不计，剩余 {left}{unit}，末日整日有效）",
        (
            "  Due: {due} (counted from {since}, that day not included, with {left} {unit} left; the last day counts "
            "whole)"
        ),
    ),
    "why.due.held": (
        "  到期：暂停计时，恢复之日起以剩余 {left}{unit}计算",
        "  Due: not while the clock stands still; it goes on with {left} {unit} when resumed",
    ),
    "why.due.moved": (
        "    末日为休息日，顺延至其后首个工作日",
        "    The last day is free, so the next working day counts",
    ),
    "why.due.provisional": (
        "    该年度放假安排尚未公布，日期为暂定",
        "    Provisional: the holidays of that year are not published yet, the day may move",
    ),
    "why.original": ("    原定到期：{original}", "    Originally due: {original}"),
    "why.request": (
        "  延期申请待批：{days} 天，{by} 于 {at} 申请，理由：{reason}；批准前照常计时",
        "  Extension asked for: {days} days, by {by} at {at}, reason: {reason}; the clock goes on meanwhile",
    ),
    "why.fired": ("  已发：{rungs}（最高第 {level} 级）", "  Sent so far: {rungs} (highest level {level})"),
    "why.acknowledged": (
        "  签收：{by} 于 {at} 签收，承诺不晚于 {promised} 办结，在此之前不再催办",
        "  Acknowledged by {by} at {at} with a promise for {promised}; nothing is sent before that",
    ),
    "why.next.reminder": ("  下一步：{at} {rung}，发送至{to}", "  Next: {at} {rung}, to {to}"),
    "why.next.escalation": (
        "  下一步：{at} {rung}（第 {level} 级），发送至{to}",
        "  Next: {at} {rung} (level {level}), to {to}",
    ),
    "why.next.elapse": ("  下一步：{at} 期满，自动办结", "  Next: {at} its time is over, and it ends by itself"),
    "why.next.none": ("  下一步：无催办", "  Next: nothing will be sent"),
    "why.next.consequence": ("    同时{consequence}", "    With it: {consequence}"),
    "why.next.postponed": (
        "    因承诺 {until}，推后发送",
        "    Later than the ladder says, because of the promise for {until}",
    ),
    "why.next.faster": ("    重点地区，提前一级", "    One level earlier, because of the priority of the place"),
    "why.moves": ("可办事项：", "What may be done:"),
    "why.move": ("  {stage}：{acts}，由{roles}办理", "  {stage}: {acts}, by {roles}"),
    "why.move.not_by": (
        "  {stage}：{acts}，由{roles}办理，{people} 须回避",
        "  {stage}: {acts}, by {roles}, but not by {people} (own work)",
    ),
    "why.move.wait": ("  {stage}：期满自动办结，无需办理", "  {stage}: ends by itself, nothing to do"),
    "why.move.whole": ("项目", "the project"),
    "why.days": ("各方用时（工作日，并行环节分别计算）：", "Working days by party (parallel stages count each):"),
    "why.day": ("  {party}：{days}", "  {party}: {days}"),
}
