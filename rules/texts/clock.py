"""Sentences about: seasons in which work stops, and stages that come again."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "why.period": (
        "  第 {period} 期，共 {periods} 期，本期至 {end}",
        "  Period {period} of {periods}, which ends on {end}",
    ),
    "journal.short_of_target": ("{value}（低于目标 {target}）", "{value} (short of the target of {target})"),
    "policy.target": (
        "{document}，环节“{stage}”的事实“{fact}”：目标值 {value} 只能用于数字，并应在最小值与最大值之间。请改正 target。",
        (
            "{document}, stage '{stage}', fact '{fact}': a target of {value} goes with a number, between its minimum and "
            "its maximum. Correct target."
        ),
    ),
    "journal.period": ("（第 {period} 期）", " (period {period})"),
    "policy.recurs_too_long": (
        "{document}，环节“{stage}”：共 {months} 个月，超出可计算的 {limit} 个月。请减少期数或缩短每期月数。",
        (
            "{document}, stage '{stage}': its periods take {months} months, more than the {limit} that can be counted. "
            "Use fewer or shorter periods."
        ),
    ),
    "policy.season_without_stage": (
        "{document}：停工季“{season}”对任何环节都不起作用。请给室外施工环节加 is_outdoor: true，或删去该停工季。",
        (
            "{document}: season '{season}' stops no stage. Mark the outdoor stages with is_outdoor: true, or remove the "
            "season."
        ),
    ),
    "policy.season_no_date": (
        "{document}，停工季“{season}”的 {place}：没有“{value}”这一天。请按“月-日”填写，例如 '11-15'。",
        "{document}, season '{season}', {place}: there is no day '{value}'. Write month and day, for example '11-15'.",
    ),
    "policy.season_no_area": (
        "{document}：停工季“{season}”没有适用地区。请在 areas 中列出行政区划代码前缀。",
        "{document}: season '{season}' applies nowhere. List code prefixes of its areas under areas.",
    ),
    "policy.season_area": (
        "{document}，停工季“{season}”：地区代码“{value}”不正确。须为2位(省)、4位(市州)、6位(县)、9位(乡镇)或12位(村)数字，并加引号。",
        (
            "{document}, season '{season}': '{value}' is no code of an area. Write 2 (province), 4 (prefecture), "
            "6 (county), 9 (township) or 12 digits (village), in quotes."
        ),
    ),
    "policy.season_whole_year": (
        "{document}：停工季 {season} 合起来占满地区 {area} 的全年，室外环节永远无法到期。请缩短其中之一。",
        (
            "{document}: the seasons {season} take up the whole year in area {area}, so outdoor stages would never fall "
            "due. Shorten one of them."
        ),
    ),
    "policy.recurs_alignment": (
        "{document}，环节“{stage}”：{value} 个月无法与自然年对齐。is_aligned 只能用于能整除12或为12倍数的月数。",
        (
            "{document}, stage '{stage}': periods of {value} months do not fit into the calendar year. With is_aligned "
            "use a divisor or a multiple of 12."
        ),
    ),
    "policy.recurs_tier": (
        "{document}，环节“{stage}”的 times_by_tier：没有优先类别“{value}”。可用：{known}。",
        "{document}, stage '{stage}', times_by_tier: there is no tier '{value}'. Tiers: {known}.",
    ),
    "policy.recurs_times": (
        "{document}，环节“{stage}”的 times_by_tier：类别“{tier}”的期数 {value} 应不小于1。",
        "{document}, stage '{stage}', times_by_tier: tier '{tier}' has {value} periods; at least 1 is needed.",
    ),
}
