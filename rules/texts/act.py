"""Sentences about: what a person may not do now, and why. Each names the value, the rule and the way out."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    # Who
    "authority.wrong_role": (
        (
            "{person} 无权办理：村 {village} 的此事项由{roles}办理，{person} 现未任此岗位。请由任职人员办理，"
            "或按规定改派。"
        ),
        (
            "{person} may not do this: for village {village} it is up to {roles}, and {person} holds no such post. "
            "Ask a holder of that post, or have the duty reassigned."
        ),
    ),
    "authority.outside_area": (
        (
            "{person} 无权办理：此事项由{roles}办理，但 {person} 的任职辖区或单位不包括村 {village}。"
            "请由该村所在辖区的任职人员办理。"
        ),
        (
            "{person} may not do this: it is up to {roles}, and the area or organisation of {person}'s post does not "
            "include village {village}. Ask the holder of that post for this village."
        ),
    ),
    "authority.own_work": (
        "{person} 须回避：“{stage}”系其本人办理，本人不得验收本人的工作（四眼原则）。请由其他人员办理。",
        (
            "{person} must stand back: '{stage}' is {person}'s own work, and nobody accepts their own work (four "
            "eyes). Ask somebody else."
        ),
    ),
    "authority.own_request": (
        "{person} 须回避：该延期由其本人申请，本人不得批准本人的申请（四眼原则）。请由其他有权人员批准。",
        (
            "{person} must stand back: {person} asked for this extension, and nobody grants their own request (four "
            "eyes). Ask somebody else who may grant it."
        ),
    ),
    "role.unknown": (
        "没有角色“{role}”。可用的角色：{known}。",
        "There is no role '{role}'. Roles to choose from: {known}.",
    ),
    # Which command
    "command.id_reused": (
        "命令编号 {command_id} 已用于另一项内容（流水第 {seq} 条），未作任何变更。请换用新的编号重新提交。",
        (
            "Command id {command_id} was already used for something else (journal entry {seq}); nothing was changed. "
            "Send it again under a new id."
        ),
    ),
    "command.wrong_name": (
        "更新名称“{name}”与命令内容“{act}”不一致，未作任何变更。请以“{act}”为更新名称重新提交。",
        "The update is named '{name}', but the command in it is '{act}'; nothing was changed. Send it as '{act}'.",
    ),
    "command.unreadable": (
        "命令无法读取，未作任何变更：{error}。请对照操作说明核对各项后重新提交。",
        (
            "The command cannot be read, and nothing was changed: {error}. Check its fields against the reference and "
            "send it again."
        ),
    ),
    "act.not_in_plan": (
        "方案“{plan}”未授权任何角色办理“{act}”。如确有需要，应先修订方案中的 may.{act}。",
        "The plan '{plan}' lets nobody do '{act}'. If it is needed, the plan has to be changed first, at may.{act}.",
    ),
    "stage.ends_by_itself": (
        "环节“{stage}”期满自动办结，不能人工办理、延期或上报障碍。",
        "'{stage}' ends by itself when its time is over: it can be neither closed, extended nor obstructed by hand.",
    ),
    "payment.frozen": (
        "尾款已冻结。须凭解冻决定方可结算，请填报“{fact}”：{key}=文号。",
        "The retained payment is frozen and is settled only by a decision that lifts this: add {key}=NUMBER ('{fact}').",
    ),
    "act.not_for_stage": (
        "环节“{stage}”不适用“{act}”：该环节以“{proper}”办结。请改用“{proper}”，或用 --stage 指明其他环节。",
        (
            "'{act}' does not fit the stage '{stage}': that stage is closed by '{proper}'. Use '{proper}', or name "
            "another stage with --stage."
        ),
    ),
    "reason.unknown": (
        "没有原因代码“{code}”（类别 {group}）。可用代码：{known}。",
        "There is no reason code '{code}' (group {group}). Codes to choose from: {known}.",
    ),
    "correct.no_entry": (
        "流水中没有第 {seq} 条，最后一条为第 {last} 条。请按流水核对序号（1 至 {last}）。",
        "The journal has no entry {seq}; its last one is {last}. Look the number up in the journal (1 to {last}).",
    ),
    # The project as a whole
    "project.over": (
        "项目已终结（状态：{status}），不再受理任何事项；记录仍可查阅。",
        "The project is over (status: {status}): nothing can be done any more; its records can still be read.",
    ),
    "project.held": (
        "项目自 {since} 起暂停（{title}，{code}），暂停期间不受理此事项。请先恢复项目（resume）。",
        "The project is on hold since {since} ({title}, {code}); this cannot be done meanwhile. Resume it first.",
    ),
    "project.not_held": (
        "项目未处于暂停状态，无需恢复。",
        "The project is not on hold: there is nothing to resume.",
    ),
    # Which stage
    "stage.unknown": (
        "没有环节“{stage}”。本项目的环节：{known}。",
        "There is no stage '{stage}'. Stages of this project: {known}.",
    ),
    "stage.pending": (
        "环节“{stage}”尚未开始：前置环节尚未办结。当前在办环节：{open}。",
        "The stage '{stage}' has not begun: the stages before it are not done. Open now: {open}.",
    ),
    "stage.done": (
        "环节“{stage}”已办结。当前在办环节：{open}。如需重办，请退回（return）。",
        "The stage '{stage}' is done already. Open now: {open}. To do it again, have it returned.",
    ),
    "stage.none_open": (
        "本项目当前没有在办环节。",
        "No stage of this project is open.",
    ),
    "stage.which": (
        "有多个环节可办理：{open}。请用 --stage 指明其一。",
        "Several stages are possible: {open}. Name one of them with --stage.",
    ),
    "return.not_done": (
        "环节“{stage}”不能退回：只有由人员办结的环节才能退回，该环节未办结或系期满自动办结。请选择已办结的环节。",
        (
            "The stage '{stage}' cannot be returned to: only a stage that a person has closed can, and this one is not "
            "done, or ended by itself. Choose a stage that is done."
        ),
    ),
    "acceptance.in_rectification": (
        "环节“{stage}”正在整改。请先提交整改结果（submit），再行复验。",
        (
            "The stage '{stage}' is under rectification. The rectification has to be submitted first, then it is "
            "checked again."
        ),
    ),
    # Facts
    "fact.unknown": (
        "该环节没有填报项“{fact}”。可填报：{known}。",
        "This stage has no fact '{fact}'. Facts to state: {known}.",
    ),
    "fact.missing": (
        "缺少必填项“{fact}”。请用 {key}=值 补充。",
        "'{fact}' is required and missing. Add {key}=VALUE.",
    ),
    "fact.not_confirmed": (
        "“{fact}”未确认：收到的值为“{value}”。核实属实后填写 {key}=true；不属实的，该环节不得办结。",
        (
            "'{fact}' is not confirmed: the value was '{value}'. State {key}=true once it has been checked; otherwise "
            "the stage cannot be closed."
        ),
    ),
    "fact.not_a_number": (
        "“{fact}”应为数字，收到的值为“{value}”。请改填，例如 {key}=12.5。",
        "'{fact}' must be a number, but the value was '{value}'. Write for example {key}=12.5.",
    ),
    "fact.below_minimum": (
        "“{fact}”为 {value}，未达到下限 {minimum}（{key}）。请核对数值；确未达标的，应先整改。",
        (
            "'{fact}' is {value}, below the least value of {minimum} ({key}). Check the figure; if it is right, the "
            "work has to be mended first."
        ),
    ),
    "fact.not_a_date": (
        "“{fact}”应为日期，收到的值为“{value}”。请按 {key}=2018-05-03 的格式填写。",
        "'{fact}' must be a date, but the value was '{value}'. Write it as {key}=2018-05-03.",
    ),
    # Time
    "extension.pending": (
        "环节“{stage}”已有一项 {days} 天的延期申请待批，不能重复申请。请先批准或驳回该申请。",
        (
            "An extension of {days} days is already asked for at '{stage}'; only one can be pending. It has to be "
            "granted or denied first."
        ),
    ),
    "extension.none_pending": (
        "环节“{stage}”没有待批的延期申请。请由责任方先行申请（request-extension），或用 --stage 指明其他环节。",
        (
            "No extension is asked for at '{stage}'. Whoever holds the duty has to ask first (request-extension); or "
            "name another stage with --stage."
        ),
    ),
    "extension.into_past": (
        "环节“{stage}”延长 {days} 天后的到期时间为 {due}，早于现在。请批准更多天数，或驳回申请。",
        "With {days} more days '{stage}' would be due at {due}, which is past. Grant more days, or deny the request.",
    ),
    "extension.too_long": (
        "申请延期 {days} 天，超过单次上限 {limit} 天。请减少天数，或分次申请。",
        "{days} days are more than one extension may have ({limit}). Take fewer days, or ask again later.",
    ),
    "obstacle.open": (
        "环节“{stage}”有未解除的障碍（{code}），计时已转由责任方承担。请先解除障碍（clear-obstacle）。",
        (
            "An obstacle ({code}) is open at '{stage}', and the clock runs for whoever has to clear it. It has to be "
            "cleared first (clear-obstacle)."
        ),
    ),
    "obstacle.none": (
        "环节“{stage}”没有未解除的障碍。如有障碍，请先上报（report-obstacle）。",
        "No obstacle is open at '{stage}'. If there is one, report it first (report-obstacle).",
    ),
    "acknowledge.nothing": (
        "环节“{stage}”没有新的催办需要签收（尚未发出，或上次承诺后没有新的催办）。",
        "There is nothing new to acknowledge for '{stage}': no reminder yet, or none since your last promise.",
    ),
    "acknowledge.already": (
        "环节“{stage}”已签收，承诺时间为 {promised}，在此之前不能再次签收。请按承诺办理，或申请延期。",
        (
            "'{stage}' is acknowledged already, with a promise for {promised}; a new one is possible only after that. "
            "Keep the promise, or ask for an extension."
        ),
    ),
    "acknowledge.bad_promise": (
        "承诺时间 {promised} 无效：应晚于现在，且不超过 {limit} 个工作日。请另行承诺；确需更久的，请申请延期。",
        (
            "The promise {promised} does not hold: it must lie ahead, and within {limit} working days. Promise another "
            "date; if more time is needed, ask for an extension."
        ),
    ),
    "calendar.outside": (
        "日历 {calendar} 不含 {day}：可计算的年份为 {first} 至 {last} 年。请核对日期。",
        "The calendar {calendar} does not cover {day}: it counts from {first} to {last}. Check the date.",
    ),
}
