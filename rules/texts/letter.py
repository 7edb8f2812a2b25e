"""Sentences about: letters to people, and what is wrong with the templates and hours of letters."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "letter.headline.reminder": (
        "提醒：{place}“{stage}”距到期还有{days}个工作日",
        "Reminder: {stage} at {place} is due in {days} working day(s)",
    ),
    "letter.headline.today": ("提醒：{place}“{stage}”今日到期", "Reminder: {stage} at {place} is due today"),
    "letter.headline.escalation": (
        "{rung}：{place}“{stage}”已逾期{days}个工作日",
        "{rung}: {stage} at {place} is overdue by {days} working day(s)",
    ),
    "letter.headline.better": (
        "差距缩小，现为“{rung}”：{place}“{stage}”",
        "The gap has shrunk, now {rung}: {stage} at {place}",
    ),
    "letter.headline.caught_up": ("已赶上进度：{place}“{stage}”", "Caught up: {stage} at {place}"),
    "letter.standing.left": ("还有{days}个工作日到期", "{days} working day(s) left"),
    "letter.standing.today": ("今日到期", "due today"),
    "letter.standing.over": ("已逾期{days}个工作日", "overdue by {days} working day(s)"),
    "letter.standing.just_over": ("已逾期", "overdue"),
    "letter.standing.better": ("差距缩小", "the gap has shrunk"),
    "letter.standing.caught_up": ("已赶上进度", "caught up"),
    "letter.step.act": (
        "请抓紧办理，办结后在系统中提交；确有困难的，请申请延期或登记障碍。",
        "Please do it and submit it in the system. If it cannot be done in time, ask for more, or report the obstacle.",
    ),
    "letter.step.reply": (
        "请于{days}个工作日内书面答复办理情况。",
        "Please reply in writing within {days} working day(s).",
    ),
    "letter.step.decide": (
        "请在系统中作出决定（同意或不同意）。",
        "Please decide it in the system, either way.",
    ),
    "letter.step.press": (
        "请督促责任单位抓紧办理。",
        "Please see to it that the responsible party acts.",
    ),
    "letter.next": ("如仍未办结，将于{at}启动“{rung}”程序。", "{rung} on {at}, unless it is done."),
    "letter.group.overdue": ("已逾期", "Overdue"),
    "letter.group.today": ("今日到期", "Due today"),
    "letter.group.ahead": ("即将到期", "Due soon"),
    "letter.group.progress": ("进展", "Progress"),
    "letter.sheet": ("待办清单", "Notices"),
    "letter.file": ("村通待办清单-{day}.xlsx", "cuntong-notices-{day}.xlsx"),
    "letter.column.no": ("序号", "No."),
    "letter.column.group": ("类别", "Sort"),
    "letter.column.rung": ("层级", "Rung"),
    "letter.column.place": ("村", "Village"),
    "letter.column.project": ("项目编号", "Project"),
    "letter.column.stage": ("环节或事项", "Stage or matter"),
    "letter.column.due": ("办理期限", "Due by the end of"),
    "letter.column.days": ("剩余工作日（负数为逾期）", "Working days left (negative: overdue)"),
    "letter.column.standing": ("现状", "How it stands"),
    "letter.column.step": ("需要您办理", "What you do"),
    "letter.column.reply_days": ("书面答复期限（工作日）", "Reply within (working days)"),
    "letter.column.next": ("下一步", "What follows"),
    "letter.column.consequence": ("后续措施", "Consequence"),
    "letter.column.vacant": ("转办说明", "Why you"),
    "letter.column.issued": ("发出时间", "Issued"),
    "letter.column.number": ("信息编号", "Notice no."),
    "letters.stranger": (
        "{file} 不是信函文本，无人会用到它。文件名应为 语言/种类.部分.j2；语言：{languages}；种类：{kinds}；部分：{parts}。请改名或移走",
        "{file} is no text of a letter. Move it away, or name it LANGUAGE/KIND.PART.j2 ({languages}; {kinds}; {parts})",
    ),
    "letters.unreadable": (
        "{file} 无法读作文本：{problem}。请另存为UTF-8",
        "{file} cannot be read as text: {problem}. Save it as UTF-8",
    ),
    "letters.missing": (
        "{document}，{place}：缺少{language}的{letter}信函的“{part}”部分。每种语言、每种信函都须有全部部分，请补齐该文件",
        (
            "{document}, {place}: the part '{part}' of the letter '{letter}' in {language} is missing. Every language and"
            " kind of letter has every part; add the file"
        ),
    ),
    "letters.syntax": (
        "{document}，{place}第{line}行：{language}的{letter}信函“{part}”部分不是有效的Jinja2模板：{problem}。请改正该行",
        (
            "{document}, {place}, line {line}: the part '{part}' of the letter '{letter}' in {language} is no Jinja2"
            " template: {problem}. Correct that line"
        ),
    ),
    "letters.unknown_name": (
        "{document}，{place}第{line}行：{language}的{letter}信函“{part}”部分使用了不存在的变量“{name}”。可用：{known}",
        (
            "{document}, {place}, line {line}: the part '{part}' of the letter '{letter}' in {language} reads '{name}', which"
            " no letter has. There are: {known}"
        ),
    ),
    "letters.render": (
        "{document}，{place}第{line}行：以示例“{sample}”试制{language}的{letter}信函“{part}”部分失败：{problem}。请改正该行",
        (
            "{document}, {place}, line {line}: the part '{part}' of the letter '{letter}' in {language} cannot be made of the"
            " sample '{sample}': {problem}. Correct that line"
        ),
    ),
    "letters.empty": (
        "{document}，{place}：以示例“{sample}”试制，{language}的{letter}信函“{part}”部分为空。信函的每个部分都须有内容",
        (
            "{document}, {place}: of the sample '{sample}' the part '{part}' of the letter '{letter}' in {language} comes out"
            " empty. Every part of a letter says something"
        ),
    ),
    "letters.too_long": (
        (
            "{document}，{place}：以示例“{sample}”试制，{language}的{letter}信函“{part}”部分有{length}个字符，超过上限{longest}。"
            "请缩短该文本，或提高 longest"
        ),
        (
            "{document}, {place}: of the sample '{sample}' the part '{part}' of the letter '{letter}' in {language} has"
            " {length} characters, more than {longest}. Shorten it, or raise longest"
        ),
    ),
    "messaging.office": (
        "{document}，office：办公时间 {since}-{until} 不成立。结束时间须晚于开始时间，且不得跨零点",
        "{document}, office: {since}-{until} are no office hours. They end after they begin, on the same day",
    ),
    "messaging.digest_at": (
        "{document}，digest_at：{value} 不在办公时间 {office} 之内。请改为其中的时间",
        "{document}, digest_at: {value} lies outside the office hours {office}. Choose a time within them",
    ),
    "messaging.jitter": (
        "{document}，jitter_minutes：{value}分钟长于办公时间，最多 {most}",
        "{document}, jitter_minutes: {value} minutes are longer than the office hours; {most} at most",
    ),
    "messaging.always_quiet": (
        "{document}，quiet：静默时间 {quiet} 覆盖了全部办公时间 {office}，汇总信函永远无法发出。请缩短静默时间",
        (
            "{document}, quiet: the quiet hours {quiet} cover all office hours {office}, no digest would ever go out. Shorten"
            " them"
        ),
    ),
    "messaging.level": (
        "{document}，{place}：{value} 不是级别。级别从0起；不设请删去该行",
        "{document}, {place}: {value} is no level. Levels begin at 0; leave the line out for none",
    ),
    "messaging.setting.calendar": ("工作日历；以最新发布的版本为准", "Working days; the version published last counts"),
    "messaging.setting.letters": ("信函模板；以最新发布的版本为准", "Templates; their version published last counts"),
    "messaging.setting.digest_at": (
        "每日汇总的发送时间（当地时间），本人另选的除外",
        "Local time of the daily digest, unless a person chose another",
    ),
    "messaging.setting.office": ("汇总只在工作日的此时段发送", "Digests go out in these hours of working days"),
    "messaging.setting.quiet": (
        "静默时间，任何信息均不发送，紧急的也不例外",
        "Nothing goes out in these hours, urgent or not",
    ),
    "messaging.setting.jitter_minutes": (
        "汇总在发送时间之后的若干分钟内错开发送",
        "Digests are spread over so many minutes after their time",
    ),
    "messaging.setting.worst": (
        "汇总正文详列的条数，其余列入附表",
        "Notices told in full; the others are in the table",
    ),
    "messaging.setting.alone_from_level": (
        "达到此级别的，不等汇总，单独立即发送",
        "Level from which a notice goes alone and at once",
    ),
    "messaging.setting.unsilenced_from_level": (
        "达到此级别的，不得静默",
        "Level from which no silence holds a notice back",
    ),
    "messaging.setting.longest_silence_days": ("静默最长天数（自然日）", "Longest silence, in calendar days"),
    "messaging.setting.promise_days": ("签收链接的有效天数", "Days that a link to answer stays good"),
    "preview.written": ("已写入 {file}", "wrote {file}"),
    "preview.person": (
        "以上为 {person} 此刻将收到的信函（消息{count}条）。未发送，签收链接仅为示意。",
        "What {person} would get now ({count} notices). Nothing was sent; the link to answer is not a real one.",
    ),
    "preview.letter": (
        "以上为发给 {person} 的信函（消息{count}条）。未再发送，签收链接仅为示意。",
        "The letter to {person} ({count} notices). Nothing was sent again; the link to answer is not the real one.",
    ),
    "preview.sample": (
        "以上内容均为虚构（消息{count}条），收件人 {person}。未发送。",
        "All of it is invented ({count} notices to {person}). Nothing was sent.",
    ),
    "preview.one_source": (
        "--person、--letter、--sample 只能选用其一。",
        "Give one of --person, --letter and --sample.",
    ),
    "preview.nothing": (
        "没有等待发给 {person} 的消息（或目录中没有此人）。可用 --letter 查看已写成的信函，或用 --sample 查看示例。",
        "Nothing waits for {person}, or nobody has that id. See a letter that was written with --letter, or --sample.",
    ),
    "preview.emptied": (
        "信函 {key} 中的消息已全部撤回，没有可显示的内容。",
        "Every notice of the letter {key} was taken back; there is nothing to show.",
    ),
    "preview.no_letters": (
        "{file} 是 {found}，不是信函模板。请给出 kind 为 letters 的文件。",
        "{file} is a {found}, no letters. Name a file whose kind is letters.",
    ),
}
