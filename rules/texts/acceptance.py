"""Sentences about: acceptances in parts, spot checks, and the money that waits for them."""

from __future__ import annotations

_REFUSALS: dict[str, tuple[str, str]] = {
    "fact.above_maximum": (
        "“{fact}”为 {value}，超过上限 {maximum}（{key}）。请核对数值；确未达标的，应先整改。",
        (
            "'{fact}' is {value}, above the greatest value of {maximum} ({key}). Check the figure; if it is right, the "
            "work has to be mended first."
        ),
    ),
    "fact.one_of_missing": (
        "以下各项至少应填报一项：{facts}。请用 {keys} 之一补充（键=值）。",
        "At least one of these has to be stated: {facts}. Add one of {keys} as KEY=VALUE.",
    ),
    "fact.already_checked": (
        "“{fact}”（{key}）已随所属部分验收记录在案，值为“{value}”，不得重复填报。请删去此项；确有误的，应不予通过（refuse）后重验。",
        (
            "'{fact}' ({key}) stands on record from the part that passed, as '{value}', and is not stated again. Leave "
            "it out; if it is wrong, refuse the acceptance and check again."
        ),
    ),
    "part.none": (
        "环节“{stage}”不分部分验收。请直接办理验收（accept）或不予通过（refuse）。",
        "The acceptance '{stage}' has no parts. Give it (accept) or refuse it (refuse) as a whole.",
    ),
    "part.unknown": (
        "环节“{stage}”没有部分“{part}”。可用的部分：{known}。",
        "The acceptance '{stage}' has no part '{part}'. Parts to choose from: {known}.",
    ),
    "part.passed": (
        "“{part}”已由 {person} 办理合格，无需重复办理。其余部分合格后办理验收（accept）。",
        "'{part}' has been passed by {person} already. Go on with the other parts, then accept.",
    ),
    "acceptance.unknown_item": (
        "环节“{stage}”没有项目“{item}”。不合格项应为该环节的部分或填报项之一：{known}；其他说明请写入 --note。",
        (
            "'{stage}' knows no item '{item}'. The failed item is one of its parts or facts: {known}; whatever else is "
            "to be said goes into --note."
        ),
    ),
    "spot_check.too_early": (
        "尚不能登记抽查：环节“{stage}”未办结。请待其办结后登记。",
        "A spot check cannot be recorded yet: '{stage}' is not done. Record it when that is done.",
    ),
    "spot_check.no_item": (
        "抽查不合格的，须写明不合格项：请用 --item 补充（环节“{stage}”）。",
        "A failed spot check names what failed: add --item (stage '{stage}').",
    ),
}

_MONEY: dict[str, tuple[str, str]] = {
    "payment.more_than_retained": (
        (
            "结算金额 {paid} 元过多：合同金额 {amount} 元，尾款 {retained} 元，已提前拨付 {released} 元，尚可结算 {left} 元。"
            "请核对 {key}。"
        ),
        (
            "{paid} CNY is too much: of the contract of {amount} CNY, {retained} CNY is retained and {released} CNY "
            "was released early, so {left} CNY may be settled. Check {key}."
        ),
    ),
    "payment.more_than_left": (
        "提前拨付 {amount} 元过多：尾款 {retained} 元，已提前拨付 {released} 元，尚余 {left} 元。请减少金额。",
        (
            "{amount} CNY is too much: {retained} CNY is retained and {released} CNY was released already, so {left} "
            "CNY is left. Take less."
        ),
    ),
    "payment.release_frozen": (
        "尾款已冻结，不得提前拨付。待“{stage}”环节凭解冻决定结算。",
        (
            "The retained payment is frozen and cannot be released early. It is settled at '{stage}', by a decision "
            "that lifts the freeze."
        ),
    ),
    "payment.too_early": (
        "尚不能提前拨付尾款：环节“{stage}”未办结。请待其办结后办理。",
        "Nothing can be released yet: '{stage}' is not done. Release it when that is done.",
    ),
    "payment.settled": (
        "尾款已在“{stage}”环节结清，不再提前拨付。",
        "The retained payment was settled at '{stage}'; nothing is left to be released early.",
    ),
    "payment.below_fen": (
        "提前拨付的金额 {amount} 元不足一分。请填写到分的金额。",
        "{amount} CNY is less than a fen. Give an amount in whole fen.",
    ),
    "payment.no_amount": (
        "合同金额（{key}）未登记，无从计算尾款。请先登记合同（record-contract）。",
        "No contract amount ({key}) is on record, so nothing is retained. Record the contract first (record-contract).",
    ),
    "money.retained_cny": ("尾款(元)", "Retained, CNY"),
}

_JOURNAL: dict[str, tuple[str, str]] = {
    "journal.part_passed": (
        "环节“{stage}”的部分“{part}”验收合格",
        "passed the part '{part}' of '{stage}'",
    ),
    "journal.spot_checked.passed": (
        "抽查环节“{stage}”的验收结果，合格，报告编号：{report}",
        "spot check of '{stage}': passed, report no. {report}",
    ),
    "journal.spot_checked.failed": (
        "抽查环节“{stage}”的验收结果，不合格，不合格项：{item}，报告编号：{report}",
        "spot check of '{stage}': failed on {item}, report no. {report}",
    ),
    "journal.acceptance_reopened": (
        "环节“{stage}”因抽查不合格（{item}）重新整改；须重办：{reset}",
        "opened the acceptance '{stage}' again, failed on {item}; to be done again: {reset}",
    ),
    "journal.payment_released": (
        "提前拨付尾款 {amount} 元，决定文号：{decision}",
        "released {amount} CNY of the retained payment early, decision no. {decision}",
    ),
}

_WHY: dict[str, tuple[str, str]] = {
    "why.parts.passed": ("  已验收合格的部分：{parts}（{people}）", "  Parts that have passed: {parts} ({people})"),
    "why.parts.waiting": ("  待验收的部分：{parts}", "  Parts still to be passed: {parts}"),
    "why.facts.missing": ("  尚缺填报项：{facts}", "  Facts still to be stated: {facts}"),
    "why.retained": (
        "尾款（元）：合同 {amount}，尾款 {retained}，已提前拨付 {released}，已结算 {paid}，尚余 {left}",
        (
            "Retained payment, CNY: contract {amount}, retained {retained}, released early {released}, settled {paid}, "
            "left {left}"
        ),
    ),
    "why.retained.frozen": (
        "尾款（元，已冻结）：合同 {amount}，尾款 {retained}，已提前拨付 {released}，已结算 {paid}，尚余 {left}",
        (
            "Retained payment, CNY, frozen: contract {amount}, retained {retained}, released early {released}, settled "
            "{paid}, left {left}"
        ),
    ),
}

_POLICIES: dict[str, tuple[str, str]] = {
    "policy.parts_without_acceptance": (
        "{document}，环节“{stage}”的 closed_by.parts：以“{value}”办结的环节不能分部分，只有验收（accept）可以。请删去 parts。",
        (
            "{document}, stage '{stage}', closed_by.parts: a stage closed by '{value}' has no parts, only an "
            "acceptance (accept) has. Remove them."
        ),
    ),
    "policy.unknown_part": (
        "{document}，环节“{stage}”填报项“{fact}”的 part：没有部分“{value}”。该环节的部分：{known}。",
        "{document}, stage '{stage}', fact '{fact}', part: there is no part '{value}'. Parts of the stage: {known}.",
    ),
    "policy.part_unused": (
        "{document}，环节“{stage}”的部分“{value}”没有任何填报项，无从验收。请为其写明填报项，或删去。",
        "{document}, stage '{stage}': no fact belongs to the part '{value}'. Give it facts, or remove it.",
    ),
    "policy.minimum_above_maximum": (
        "{document}，环节“{stage}”填报项“{fact}”：下限 {minimum} 大于上限 {maximum}，任何数值都不合格。请改正。",
        (
            "{document}, stage '{stage}', fact '{fact}': the minimum {minimum} is above the maximum {maximum}, so no "
            "value can pass. Correct them."
        ),
    ),
    "policy.derived_fact": (
        "{document}，环节“{stage}”：“{value}”由系统计算，不能作为填报项。请改名。",
        "{document}, stage '{stage}': '{value}' is worked out by the system and cannot be a fact. Rename it.",
    ),
    "policy.one_of_required": (
        "{document}，环节“{stage}”填报项“{fact}”属于择一组，required 应为 never，现为 {value}。请改正。",
        (
            "{document}, stage '{stage}', fact '{fact}' is one of several alternatives: required must be never, not "
            "{value}."
        ),
    ),
    "policy.one_of_single": (
        "{document}，环节“{stage}”的择一组“{value}”只有一项“{fact}”。请补充其他选项，或改为必填。",
        (
            "{document}, stage '{stage}': the group '{value}' has only one alternative, '{fact}'. Add another, or make "
            "it required."
        ),
    ),
    "policy.one_of_parts": (
        "{document}，环节“{stage}”的择一组“{value}”分属不同部分（{parts}）。一组应属于同一部分，请改正。",
        "{document}, stage '{stage}': the group '{value}' lies in several parts ({parts}). Keep it in one.",
    ),
    "policy.unknown_stage": (
        "{document}，{place}：没有环节“{value}”。现有环节：{known}。",
        "{document}, {place}: there is no stage '{value}'. Stages: {known}.",
    ),
    "policy.unknown_fact": (
        "{document}，{place}：没有适用的填报项“{value}”。可用：{known}。",
        "{document}, {place}: there is no fact '{value}' that fits. Facts: {known}.",
    ),
    "policy.reopens_no_acceptance": (
        "{document}，spot_check.reopens：环节“{value}”不是有整改（rectification）的验收环节。请改为验收环节。",
        (
            "{document}, spot_check.reopens: the stage '{value}' is no acceptance with a rectification. Name one that "
            "is."
        ),
    ),
    "policy.nobody_may": (
        "{document}，{place}：may.{value} 未授权任何角色，无人可以办理。请写明角色，或删去 {place}。",
        "{document}, {place}: nobody may do it, may.{value} names no role. Name one, or remove {place}.",
    ),
    "policy.weight_not_positive": (
        "{document}，sampling.weights：“{tier}”的权重为 {value}，应大于 0。请改正。",
        "{document}, sampling.weights: the weight of '{tier}' is {value}; it must be above 0.",
    ),
}

SENTENCES: dict[str, tuple[str, str]] = {**_REFUSALS, **_MONEY, **_JOURNAL, **_WHY, **_POLICIES}
