"""Sentences about: samples for acceptances."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "sample.no_sites": (
        "没有可抽取的项目：所选范围内没有处于该环节的在办项目。请检查 --stage、--area、--batch。",
        "There is nothing to draw from: no running project there stands at that stage. Check --stage, --area, --batch.",
    ),
    "sample.site_twice": (
        "项目 {project_id} 重复出现，且所属县或类别不同，无法抽样。请核对清单。",
        "The project {project_id} stands there twice, with another county or tier. Check the list.",
    ),
    "sample.no_acceptance": (
        "环节“{stage}”不是验收环节，不抽样。请用 --stage 指明验收环节。",
        "'{stage}' is no acceptance, and nothing is drawn for it. Name an acceptance with --stage.",
    ),
    "sample.no_rule": (
        "项目 {project_id} 所用方案“{plan}”没有抽样规则（sampling）。请先将其变更到有抽样规则的版本，或缩小范围。",
        (
            "The plan '{plan}' of project {project_id} has no rule for samples (sampling). Migrate it to a version "
            "that has, or narrow the choice."
        ),
    ),
    "sample.rules_differ": (
        "所选项目的方案抽样规则不同：{plans}。请用 --technology 或 --batch 缩小范围，分别抽样。",
        (
            "The plans of these projects draw by different rules: {plans}. Draw for each by itself, with --technology "
            "or --batch."
        ),
    ),
    "sample.unknown": (
        "没有抽样记录 {draw_no}。请用 sample list 查看编号。",
        "There is no sample {draw_no}. `sample list` shows the numbers.",
    ),
    "sample.drawn": (
        "已抽样 {draw_no}：{sites} 个项目、{counties} 个县中抽取 {chosen} 个（种子 {seed}）",
        "drew {draw_no}: {chosen} of {sites} projects in {counties} counties (seed {seed})",
    ),
    "sample.known": (
        "相同的种子、规则和清单已抽样 {draw_no}（{at}，{person}），结果不变：{sites} 个项目中抽取 {chosen} 个",
        "the same seed, rule and sites gave {draw_no} already ({at}, {person}): {chosen} of {sites} projects",
    ),
    "sample.head": (
        "抽样 {draw_no}：{at} 由 {person} 抽取，种子 {seed}，比例不低于 {share}%，每县不少于 {per_county} 个",
        "Sample {draw_no}: drawn {at} by {person}, seed {seed}, at least {share} % and {per_county} in each county",
    ),
    "sample.sound": (
        "抽样 {draw_no} 核验一致：按记录的规则、种子和清单重新抽取，结果相同",
        "{draw_no} is sound: drawn again by its rule, seed and sites, it is the same",
    ),
    "sample.unsound": (
        "抽样 {draw_no} 核验不一致：重新抽取得到 {again}，与记录不同（不同的项目：{differing}）。记录可能被改动，请报告审计。",
        (
            "{draw_no} is not sound: drawn again it is {again} and differs from what is logged (projects that differ: "
            "{differing}). The log may have been changed; tell the auditors."
        ),
    ),
    "sample.column.draw_no": ("抽样编号", "Sample no."),
    "sample.column.at": ("时间", "At"),
    "sample.column.person": ("抽样人", "Drawn by"),
    "sample.column.county": ("县", "County"),
    "sample.column.sites": ("项目数", "Sites"),
    "sample.column.chosen": ("抽取数", "Drawn"),
    "sample.column.projects": ("抽取的项目", "Projects drawn"),
    "help.sample": ("验收抽样：抽取、查看、核验", "Samples for acceptances: draw, show, verify"),
    "help.sample_draw": (
        "在处于某验收环节的项目中抽样并记录；相同种子结果相同",
        "Draw among the projects at an acceptance and log it; the same seed draws the same",
    ),
    "help.sample_list": ("列出最近的抽样", "List the latest samples"),
    "help.sample_show": ("显示一次抽样", "Show a sample"),
    "help.sample_verify": (
        "按记录重新抽取并核对；不一致时退出码为 1",
        "Draw again from the log and compare; exit code 1 when it differs",
    ),
}
