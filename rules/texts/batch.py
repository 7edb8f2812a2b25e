"""Sentences about: batches, their milestones, and the tiers of those that are behind."""

from __future__ import annotations

_REFUSALS: dict[str, tuple[str, str]] = {
    "batch.none": (
        "方案“{plan}”不是按批次计数的方案，不能增减单元。请改用针对单个项目的变更。",
        "The plan '{plan}' counts no units, so none can be added or removed. Use a change of the project itself.",
    ),
    "batch.no_units": (
        "变更未列出任何单元。请逐个列明单元及其原因代码。",
        "The change names no unit. List each unit with a reason code of its own.",
    ),
    "batch.unit_twice": (
        "单元“{unit}”在变更中出现多次。同一单元只能列一次，请删去重复项。",
        "Unit '{unit}' is listed more than once. Each unit is listed once; remove the repetition.",
    ),
    "batch.removes_built": (
        "不能移出 {count} 个单元：范围内共 {total} 个，其中 {built} 个已建成，移出后将少于已建成数。请核对清单，或先更正已建成数。",
        (
            "{count} units cannot leave: of the {total} in scope {built} are built, and fewer would be left. Check the "
            "list, or correct the number built first."
        ),
    ),
    "batch.more_than_total": (
        "已建成 {built} 个，多于范围内的 {total} 个。请核对数字；范围有增加的，应先办理增加单元的变更。",
        (
            "{built} units built are more than the {total} in scope. Check the numbers; if the scope has grown, have the "
            "units added by a change first."
        ),
    ),
    "batch.not_whole": (
        "“{fact}”应为不小于 0 的整数，收到的值为 {value}。请填写整数。",
        "'{fact}' must be a whole number of at least 0, but was {value}. State a whole number.",
    ),
}

SENTENCES: dict[str, tuple[str, str]] = {**_REFUSALS}
