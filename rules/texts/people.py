"""Sentences about: posts and people - who receives a message and why, who stands in, hand-over, refusals on record."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "authority.not_over_post": (
        "{person} 无权安排岗位 {post} 的任职、代理或请假：须由该岗位任职人员本人或其上级岗位办理。",
        (
            "{person} may not arrange who acts in post {post}: that is up to whoever holds it, and to the posts above it. "
            "Ask one of them."
        ),
    ),
    "people.no_reason": (
        "未填写理由。请用 --reason 说明。",
        "No reason is given. State one with --reason.",
    ),
    "absence.backwards": (
        "{person} 的离岗时间无效：末日早于首日。请检查 --since 和 --until。",
        "The absence of {person} ends before it begins. Check --since and --until.",
    ),
    "act.policy_approve": ("批准政策变更", "approve a change of policies"),
    "act.policy_publish": ("申报发布政策", "propose to publish policies"),
    "act.policy_decline": ("不批准政策变更", "decline a change of policies"),
    "act.start": ("启动项目", "start projects"),
    "column.asked_by": ("申请人", "Asked by"),
    "column.at": ("时间", "At"),
    "column.act": ("事项", "Act"),
    "column.by_way_of": ("职责来源", "By way of"),
    "column.matter": ("待办事项", "Matter"),
    "column.reason": ("原因", "Reason"),
    "deputy.is_holder": (
        "{person} 就是岗位 {post} 的任职人，不能同时作代理人。请另指一人，或不写人员以取消代理。",
        "{person} holds post {post} and cannot be its deputy. Name somebody else, or nobody to have none.",
    ),
    "directory.absence_backwards": (
        "{file} 第 {line} 行 {place}：离岗末日早于首日。请改正 since 和 until。",
        "{file}, line {line}, {place}: the absence ends before it begins. Correct since and until.",
    ),
    "directory.own_deputy": (
        "{file} 第 {line} 行 {place}：“{value}”是该岗位的任职人，不能同时作代理人。请另指一人或留空。",
        "{file}, line {line}, {place}: “{value}” holds the post and cannot be its deputy. Name somebody else or nobody.",
    ),
    "handover.done": (
        "已移交：自 {since} 起，{posts} 个岗位、{named} 项项目职责由 {person} 移交 {to}，待发消息已改发现任责任人。",
        (
            "Handed over from {person} to {to} as of {since}: {posts} posts and {named} roles in projects; waiting "
            "messages go to those with the duty now."
        ),
    ),
    "handover.duties": (
        "  在办职责 {count} 项，待发消息 {messages} 条，随岗位移交",
        "  {count} open duties and {messages} waiting messages go with them",
    ),
    "handover.head": (
        "移交：{person} → {to}，自 {since} 起",
        "Hand-over: {person} → {to}, from {since}",
    ),
    "handover.into_past": (
        "移交不能早于今日：{since}。此前的办理和送达均已成事实。请改 --from，或省略以立即移交。",
        "A hand-over cannot begin in the past: {since}. What was done and received before stands. Change --from or leave it out.",
    ),
    "handover.later": (
        "另有 {count} 项项目职责届时移交：{since} 之后请再次运行同一命令。",
        "{count} roles in projects follow then: run the same command again after {since}.",
    ),
    "handover.named": ("  项目中指定的职责 {count} 项：{projects}", "  {count} roles in projects: {projects}"),
    "handover.not_held": (
        "岗位 {post} 现非 {person} 任职。请用 ./cuntong people list 核对。",
        "Post {post} is not held by {person}. See ./cuntong people list.",
    ),
    "handover.other_count": (
        "现应移交 {count} 件，确认的是 {confirmed} 件，未作任何改动。请核对后以 --confirm {count} 重新运行。",
        "{count} things would change hands, not {confirmed}; nothing was changed. Look again, then run with --confirm {count}.",
    ),
    "handover.posts": ("  岗位 {count} 个：{posts}", "  {count} posts: {posts}"),
    "handover.preview": (
        "以上仅为预览，未作改动。确认请加 --confirm {count}。",
        "This is a preview, nothing was changed. To do it add --confirm {count}.",
    ),
    "handover.progress": ("移交项目职责", "Handing over roles in projects"),
    "handover.to_self": (
        "不能移交给本人：{person}。请用 --to 另指一人。",
        "{person} cannot take over from themselves. Name somebody else with --to.",
    ),
    "help.people_absent": ("登记离岗，其间职责转代理人或上级", "Record an absence; duties go to the deputy, else up"),
    "help.people_deputy": ("指定或取消岗位代理人", "Name the deputy of a post, or none"),
    "help.people_duties": ("列出某人的在办职责", "List what a person has to do"),
    "help.people_export": ("导出人员与岗位", "Write people and posts to a file"),
    "help.people_hand_over": (
        "移交岗位与职责；先预览，按件数确认",
        "Hand over posts and duties; shows them first, confirmed by their count",
    ),
    "help.people_resolve": (
        "说明某角色的消息由谁接收、如何得出",
        "Explain who receives a message for a role, and why",
    ),
    "help.people_vacant": ("列出空缺或无人在岗的岗位", "List posts that are vacant or whose holder is away"),
    "help.refusals": ("未予受理的命令", "Commands that were refused"),
    "help.refusals_list": ("列出未予受理的命令，最近的在前", "List commands that were refused, the latest first"),
    "option.no_day": (
        "“{value}”不是日期。请写 2018-09-20，或带时区的完整时间。",
        "“{value}” is no date. Write 2018-09-20, or a full instant with its offset.",
    ),
    "people.absent": (
        "已登记：{person} 自 {since} 至 {until} 离岗。",
        "Recorded: {person} is away from {since} to {until}.",
    ),
    "people.absent.known": (
        "此前已登记：{person} 自 {since} 至 {until} 离岗。",
        "Already on record: {person} is away from {since} to {until}.",
    ),
    "people.acted_by": ("（现由{person}代行）", "(now {person})"),
    "people.away": ("（离岗至 {until}）", "(away until {until})"),
    "people.deputy": ("代理人", "Deputy"),
    "people.deputy.named": ("岗位 {post} 的代理人：{person}。", "Deputy of post {post}: {person}."),
    "people.deputy.none": ("岗位 {post} 不再有代理人。", "Post {post} has no deputy any more."),
    "people.deputy.known": (
        "岗位 {post} 的代理人本来就是：{person}。",
        "Deputy of post {post} was already: {person}.",
    ),
    "people.duties": ("{person} 在办职责 {count} 项。", "{person} has {count} open duties."),
    "people.exported": (
        "已导出到 {file}：人员 {people}，岗位 {posts}。",
        "Written to {file}: {people} people, {posts} posts.",
    ),
    "people.named": ("本项目指定", "named in the project"),
    "people.nobody": ("无人", "nobody"),
    "people.vacancies": (
        "空缺或任职人离岗的岗位 {count} 个，其中 {unmanned} 个无代理人，职责上移。",
        "{count} posts vacant or with their holder away; {unmanned} of them without a deputy: their duties pass up.",
    ),
    "post.unknown": (
        "没有岗位 {post}。请用 ./cuntong people list 查看。",
        "There is no post {post}. See ./cuntong people list.",
    ),
    "refusals.listed": ("共 {count} 条未予受理的命令。", "{count} refused commands shown."),
    "resolution.deputy": (
        "{person} 为岗位 {post} 的代理人，由其接收",
        "{person} is deputy of post {post} and receives it",
    ),
    "resolution.deputy_away": (
        "岗位 {post} 的代理人 {person} 离岗至 {until}",
        "{person}, deputy of post {post}, is away until {until}",
    ),
    "resolution.head": (
        "{at}，项目 {project} 发给{role}的消息由 {person} 接收：",
        "At {at}, messages for {role} of project {project} go to {person}:",
    ),
    "resolution.head.nobody": (
        "{at}，项目 {project} 发给{role}的消息无人可收：",
        "At {at}, messages for {role} of project {project} have nobody to go to:",
    ),
    "resolution.holder": (
        "{person} 为岗位 {post}（{role}）的任职人，由其接收",
        "{person} holds post {post} ({role}) and receives it",
    ),
    "resolution.holder_away": (
        "岗位 {post}（{role}）的任职人 {person} 离岗至 {until}",
        "{person}, who holds post {post} ({role}), is away until {until}",
    ),
    "resolution.named": (
        "{person} 为本项目指定的{role}，由其接收",
        "{person} is named for {role} in this project and receives it",
    ),
    "resolution.named_away": (
        "本项目指定的{role} {person} 离岗至 {until}",
        "{person}, named for {role} in this project, is away until {until}",
    ),
    "resolution.no_post": ("此地没有{role}的岗位", "There is no post of {role} here"),
    "resolution.nobody": (
        "{role}之上再无上级，消息暂存，待岗位到人后发出",
        "Nobody stands above {role}: the message is held until a post is filled",
    ),
    "resolution.superior": ("职责上移至{role}", "The duty passes up to {role}"),
    "resolution.vacant": ("岗位 {post}（{role}）空缺", "Post {post} ({role}) is vacant"),
}
