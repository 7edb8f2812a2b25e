"""The words people write in a ledger for one and the same thing, Chinese and English.

Only words that can mean one thing. Case, width, blanks, hyphens and underscores do not matter.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from schemas.ledger import NetworkStatus, Tier
from schemas.message import Title
from schemas.project import Technology

T = TypeVar("T")


class Vocabulary(NamedTuple, Generic[T]):
    """The values a cell may take.

    Attributes:
        words: Each value with its words, separated by blanks.
        allowed: The words to propose when a cell has none of these.
    """

    words: tuple[tuple[T, str], ...]
    allowed: Title


TECHNOLOGY: Vocabulary[Technology] = Vocabulary(
    (
        ("fibre", "光纤 光纤到村 光纤宽带 光纤通达 光缆 fibre fiber"),
        ("4g", "4G 4G基站 4G网络 4G覆盖 基站"),
        (
            "both",
            (
                "光纤+4G 4G+光纤 光纤、4G 光纤/4G 光纤和4G 光纤及4G both "
                "fibre+4g fiber+4g 4g+fibre 4g+fiber fibre/4g fiber/4g fibreand4g fiberand4g"
            ),
        ),
        ("measures", "应用措施 应用七项措施 七项措施 应用指标 measures"),
    ),
    Title(zh="光纤、4G、光纤+4G、应用措施", en="fibre, 4g, both, measures"),
)

TIER: Vocabulary[Tier] = Vocabulary(
    (
        ("general", "一般 一般地区 普通 general"),
        ("three-regions", "三区三州 three-regions"),
        ("deep-poverty", "深度贫困 深度贫困地区 深度贫困县 深度贫困村 deep-poverty"),
        ("designated-county", "定点县 定点扶贫县 designated-county"),
        ("contiguous-area", "片区县 片区 集中连片特困地区 连片特困地区 contiguous-area"),
        ("border", "边境 边境地区 边境县 边境村 海岛 海岛村 边境海岛 border island"),
    ),
    Title(
        zh="一般、三区三州、深度贫困、定点县、片区县、边境、海岛",
        en="general, three-regions, deep-poverty, designated-county, contiguous-area, border",
    ),
)

NETWORK_STATUS: Vocabulary[NetworkStatus] = Vocabulary(
    (
        ("connected", "已通 已通达 已覆盖 通 是 1 true yes connected"),
        ("unconnected", "未通 未通达 未覆盖 不通 否 0 false no unconnected"),
        ("unknown", "不详 未知 待核实 unknown"),
    ),
    Title(zh="已通、未通、不详", en="connected, unconnected, unknown"),
)

CLAIM: Vocabulary[bool] = Vocabulary(
    ((True, "是 1 true yes y"), (False, "否 0 false no n")),
    Title(zh="是、否", en="yes, no"),
)

BUILDER: dict[str, str] = {
    "中国电信": "telecom",
    "电信": "telecom",
    "中国移动": "mobile",
    "移动": "mobile",
    "中国联通": "unicom",
    "联通": "unicom",
    "中国铁塔": "tower",
    "铁塔": "tower",
}
"""Codes of the organisations everybody knows by name; any other builder is written as its code."""
