"""Sentences about: the lines of funding, what is left of them, and what would be paid for twice."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "funding.double": (
        (
            "第 {row} 行：{place} 的相同内容已由项目 {project_id}（{programme}，{batch} 批次，{status}）建设，属重复支持"
            "（共 {count} 处，均未登记）。请删除该行；确需改由本批次建设的，先按决定取消原项目。"
        ),
        (
            "Row {row}: project {project_id} ({programme}, batch {batch}, {status}) builds the same at {place}; it "
            "would be funded twice ({count} such rows; nothing was registered). Delete the row; to build it here, "
            "first cancel that project by a recorded decision."
        ),
    ),
    "funding.lines_differ": (
        "{place}：各项资金合计 {lines} 元，与批复预算 {budget} 元不符。请核对资金审批的填报项，按更正办理。",
        (
            "{place}: the lines add up to {lines} CNY, but the approved budget is {budget} CNY. Check the facts of the "
            "funding approval and correct them."
        ),
    ),
    "funding.above_budget": (
        "{place}：合同金额 {amount} 元，超过预算 {budget} 元。请核对合同或追加资金批复。",
        "{place}: the contract of {amount} CNY is above the budget of {budget} CNY. Check it, or approve more funds.",
    ),
    "funding.above_contract": (
        "{place}：已付 {paid} 元，超过合同金额 {amount} 元。请核对拨付凭证。",
        "{place}: {paid} CNY was paid, more than the contract of {amount} CNY. Check the payment vouchers.",
    ),
    "funding.paid_without_result": (
        "{place}：项目已终止，仍有已付款 {paid} 元。请核对并按规定收回。",
        "{place}: the project ended without result, but {paid} CNY was paid for it. Check and recover it.",
    ),
    "funding.overdrawn": (
        "{place}：使用结余资金 {used} 元，超过本批次结余 {available} 元。请核对结余资金的来源。",
        "{place}: {used} CNY of surplus is used, but only {available} CNY is left in the batch. Check where it is from.",
    ),
    "funding.has_project": ("已有项目 {project_id}", "project {project_id} is there already"),
    "funding.no_amount": (
        "台账第 {row} 行未写资金（funding_cny）",
        "row {row} of the ledger tells no funding (funding_cny)",
    ),
    "funding.not_enough": ("需 {needed} 元，结余仅 {left} 元", "needs {needed} CNY, only {left} CNY is left"),
    "funding.no_projects": (
        "所选范围内没有项目。请检查 --area、--batch。",
        "There is no project in that choice. Check --area and --batch.",
    ),
    "funding.reconciles": (
        "{projects} 个项目的资金核对一致；可用结余 {available} 元",
        "the money of {projects} projects reconciles; surplus available: {available} CNY",
    ),
    "funding.differs": (
        "{projects} 个项目的资金有 {count} 处不符；可用结余 {available} 元",
        "the money of {projects} projects does not reconcile in {count} places; surplus available: {available} CNY",
    ),
    "funding.allocated": (
        "结余 {available} 元可支持 {funded} 个村（共 {total} 个候选），尚余 {left} 元。仅为预览，未登记任何项目",
        (
            "a surplus of {available} CNY can fund {funded} of {total} further villages, {left} CNY is then left; this "
            "is a preview, nothing was registered"
        ),
    ),
    "funding.yes": ("可支持", "can be funded"),
    "funding.column.group": ("分组", "Group"),
    "funding.column.projects": ("项目数", "Projects"),
    "funding.column.central_cny": ("中央补助", "Central"),
    "funding.column.local_cny": ("地方配套", "Local"),
    "funding.column.own_cny": ("企业自筹", "Own"),
    "funding.column.surplus_cny": ("结余资金", "From surplus"),
    "funding.column.budget_cny": ("预算", "Budget"),
    "funding.column.amount_cny": ("合同金额", "Contracts"),
    "funding.column.left_cny": ("招标结余", "Surplus"),
    "funding.column.retained_cny": ("尾款", "Retained"),
    "funding.column.advance_cny": ("首付款", "First payment"),
    "funding.column.released_cny": ("提前拨付", "Released"),
    "funding.column.paid_cny": ("已结算", "Settled"),
    "funding.column.row": ("行", "Row"),
    "funding.column.place": ("村", "Village"),
    "funding.column.tier": ("类别", "Tier"),
    "funding.column.funding_cny": ("所需资金", "Needs"),
    "funding.column.left_after": ("尚余", "Left after"),
    "funding.column.outcome": ("结果", "Outcome"),
    "help.funding": ("资金：汇总核对、结余安排", "Funding: totals that reconcile, use of surplus"),
    "help.funding_show": (
        "按地区、单位或批次汇总资金并核对；不符时退出码为 1",
        "Add up the money and reconcile it; exit code 1 when it does not",
    ),
    "help.funding_allocate": (
        "预览一个批次的结余可再支持台账中的哪些村，重点地区优先",
        "Preview which further villages of a ledger the surplus of a batch can fund, priority areas first",
    ),
}
