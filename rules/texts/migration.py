"""Sentences about: projects that go on under other policies, and proposals that a second person approves."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    # Why not
    "migrate.same": (
        "项目已按“{plan}”及所列其他政策版本办理，无须变更。请核对目标版本。",
        (
            "The project runs under '{plan}' and the other policies given already; there is nothing to change. Check "
            "the version asked for."
        ),
    ),
    "migrate.own_approval": (
        "{person} 须回避：政策版本变更须由提出人以外的人员批准（四眼原则）。请由其他有权人员批准。",
        (
            "{person} must stand back: a migration is approved by somebody else than whoever asks for it (four eyes). "
            "Ask somebody else who may."
        ),
    ),
    "migrate.technology": (
        "方案“{plan}”适用于{technology}，本项目建设内容为{project}，不能变更。请选用同类项目的方案。",
        (
            "Plan '{plan}' is for {technology}, and this project builds {project}: it cannot go on under it. Choose a "
            "plan for what the project builds."
        ),
    ),
    "migrate.hierarchy": (
        "所选政策不属同一层级体系：方案使用“{plan}”，督办阶梯使用“{ladder}”，层级体系为“{hierarchy}”。请一并选用配套版本。",
        (
            "These policies do not belong together: the plan uses hierarchy '{plan}', the ladder '{ladder}', and the "
            "hierarchy is '{hierarchy}'. Name versions that fit each other."
        ),
    ),
    "migrate.role_missing": (
        "层级体系“{hierarchy}”中没有本项目在用的角色：{roles}。请先改派或选用含有这些角色的版本。",
        (
            "Hierarchy '{hierarchy}' lacks roles that are in duty in this project: {roles}. Reassign them first, or "
            "choose a version that has them."
        ),
    ),
    "migrate.day_length": (
        "日历“{calendar}”一天为 {new} 秒，现用日历一天为 {old} 秒，已计天数无法换算。请选用天长相同的日历。",
        (
            "A day of calendar '{calendar}' lasts {new} s, and one of the present calendar {old} s: days already "
            "counted would mean something else. Choose a calendar with days of the same length."
        ),
    ),
    "migrate.stage_missing": (
        "方案“{plan}”没有本项目已开始的环节：{stages}（其环节为：{known}）。请选用含有这些环节的版本。",
        (
            "Plan '{plan}' lacks stages that have begun in this project: {stages} (it has: {known}). Choose a version "
            "that keeps them."
        ),
    ),
    "migrate.no_rectification": (
        "环节“{stage}”正在整改或复验，方案“{plan}”的该环节没有整改规定。请在验收合格后再变更。",
        (
            "'{stage}' is in rectification or recheck, for which plan '{plan}' has no rule. Migrate once it has been "
            "accepted."
        ),
    ),
    "migrate.matter_step": (
        "事项 {matter} 正处于步骤“{step}”，方案“{plan}”没有该步骤。请先办结或撤回该事项。",
        "Matter {matter} waits at step '{step}', which plan '{plan}' does not have. Decide or withdraw it first.",
    ),
    "migrate.provisional": (
        "日历“{calendar}”只公布到 {year} 年，环节“{stage}”已确定的期限将重新变为暂定。请选用公布年份不早于现用日历的版本。",
        (
            "Calendar '{calendar}' is published up to {year} only: the final due day of '{stage}' would become "
            "provisional again. Choose a version that is published at least as far as the present one."
        ),
    ),
    # Which policies
    "why.policies": ("自 {since} 起按“{plan}”办理（{refs}）", "Under '{plan}' since {since} ({refs})"),
    # What happened
    "journal.policies_migrated": (
        "经 {approved_by} 批准（{decision}），改按“{plan}”（{refs}）办理；期限变动：{dues}{silent}",
        "went on under '{plan}' ({refs}), approved by {approved_by} ({decision}); due days that moved: {dues}{silent}",
    ),
    "journal.policies_migrated.due": ("环节“{stage}”由 {previous} 改为 {due}", "'{stage}' from {previous} to {due}"),
    "journal.policies_migrated.fires_past": (
        "；按决定补发已过时点的催办督办",
        "; rungs that lie in the past fire as ordered",
    ),
}
