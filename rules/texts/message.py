"""Sentences about: messages to people, and the people themselves.

A sentence `message.rung.KEY` speaks for the rung of that key; rungs of other ladders are named by their own title.
"""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "message.duty": (
        "{place}（项目编号 {project}）“{stage}”环节的办理期限为{due}。",
        "Stage “{stage}” of project {project} ({place}) is due by {due}.",
    ),
    "message.duty.matter": (
        "{place}（项目编号 {project}）的{stage}待决定，办理期限为{due}。",
        "A decision is due by {due}: {stage}, project {project} ({place}).",
    ),
    "message.advice.matter": (
        "请在系统中作出决定（同意或不同意）；详情见项目说明（why）。",
        "Please decide it in the system, either way; 'why' tells what is asked.",
    ),
    "message.left": (
        "距到期还有{days}个工作日，请按期完成。",
        "{days} working day(s) are left. Please complete it in time.",
    ),
    "message.today": ("今日到期，请抓紧完成。", "It is due today. Please complete it now."),
    "message.over": ("目前已逾期{days}个工作日。", "It is overdue by {days} working day(s)."),
    "message.rung.overdue": ("请立即办理，并说明逾期原因。", "Please act at once, and state the cause of the delay."),
    "message.rung.supervision-order": ("现予督办，请限期完成。", "This is a supervision order: complete it in time."),
    "message.rung.circular": ("现予通报，请责任单位限期整改。", "This delay is made known to all by circular."),
    "message.rung.interview": (
        "拟约谈责任单位负责人，请做好准备，约谈时间另行通知。",
        "The responsible manager will be called to a regulatory interview; its date will follow.",
    ),
    "message.rung.ministry-report": (
        "现将有关情况上报工业和信息化部。",
        "The matter is reported to the Ministry of Industry and Information Technology.",
    ),
    "message.rung.other": ("本信息级别：{rung}。", "This is: {rung}."),
    "message.reply": (
        "请于{days}个工作日内书面答复办理情况。",
        "A written reply is due within {days} working day(s).",
    ),
    "message.consequence.freeze_retained_payment": ("尾款暂缓拨付。", "The retained payment is frozen."),
    "message.consequence.other": ("后续措施：{code}。", "What follows: {code}."),
    "message.vacant": (
        "因以下岗位空缺或无人在岗，本信息转由您接收：{roles}。",
        "You receive this because these posts are vacant or nobody is present in them: {roles}.",
    ),
    "message.advice": (
        "收到后请在系统中签收；确有困难的，请申请延期或登记障碍。",
        "Please acknowledge it in the system. If it cannot be done in time, ask for more, or report the obstacle.",
    ),
    "person.unknown": (
        "目录中没有此人：{person}。请核对人员编号，或先导入目录。",
        "There is no {person} in the directory. Check the person id, or import the directory first.",
    ),
    "person.unknown_holder": (
        "岗位 {post} 的任职人 {person} 不在目录中。请在 people 下登记此人，或将该岗位留空",
        "Post {post} is held by {person}, who is not in the directory. Add the person under people, or leave it vacant",
    ),
}
