"""Sentences about: links in letters - the pages they open, what was answered, and the reasons why not."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "console.off": (
        "签收网页已关闭（CUNTONG_CONSOLE_PORT=0）。请设置一个端口后再运行。",
        "The console is switched off (CUNTONG_CONSOLE_PORT=0). Set a port, then run it again.",
    ),
    "console.port_shared": (
        "签收网页不能与引擎或其网页使用同一端口 {port}。请用 --console-port（CUNTONG_CONSOLE_PORT）指定其他端口。",
        "The console cannot share port {port} with the engine or its page. Name another one with --console-port (CUNTONG_CONSOLE_PORT).",
    ),
    "help.console": (
        "运行签收网页：打开来信中的链接即可签收，并接收送达回执",
        "Run the console: links in letters are answered there, and receipts come in",
    ),
    "up.address_console": ("签收网页：{address}", "Console: {address}"),
    "up.console": ("签收网页", "console"),
    "acknowledge.not_a_stage": (
        "此事项不涉及某一环节，无须签收承诺：请直接办理（待决定的，请在系统中作出决定）。",
        "This is not about a stage, so no date can be promised for it. Please act on it; where a decision waits, decide it.",
    ),
    "link.bad_form": (
        "所填内容无法读取，未作任何办理。请从来信中的链接重新打开后再填。",
        "What was sent cannot be read; nothing was done. Open the link in your letter again and fill the form in.",
    ),
    "link.expired": (
        "此链接已过有效期（{days} 天）。请使用最近一封来信中的链接，或联系上级主管部门的系统管理员。",
        (
            "This link was good for {days} days and is so no more. Use the one in your latest letter, or acknowledge on the "
            "command line: ./cuntong project acknowledge."
        ),
    ),
    "link.no_policy": (
        "此项目的政策暂不可读，目前不能签收。请稍后再试；仍不行的，请联系平台运维。",
        "The policies of this project cannot be read just now. Try again later; if it stays so, ask the operator.",
    ),
    "link.no_secret": (
        "签收链接的密钥文件不可用：{path}（{detail}）。每行一个密钥，至少 32 个字符；请检查文件及权限，或改 CUNTONG_LINK_SECRET_FILE。",
        (
            "The file of the secrets of links cannot be used: {path} ({detail}). It holds one secret a line, of at least 32 "
            "characters. Check it and its permissions, or change CUNTONG_LINK_SECRET_FILE."
        ),
    ),
    "link.note_long": (
        "说明过长：{count} 字，至多 {most} 字。请压缩后重新提交。",
        "The note is too long: {count} characters, at most {most}. Shorten it and send it again.",
    ),
    "link.note_unprintable": (
        "说明中有不能显示的字符。请改为普通文字后重新提交。",
        "The note has characters that cannot be shown. Write it as plain text and send it again.",
    ),
    "link.open_secret": (
        "签收链接的密钥文件 {path} 可被他人读取或不归本用户所有，他人可冒名签收。请执行 chmod 600；可能已被读取的，请换新密钥。",
        (
            "Others can read the file of the secrets of links, {path}, or it is not ours: they could acknowledge as anybody. "
            "chmod 600 it, and change the secret if somebody may have read it."
        ),
    ),
    "link.other_letter": (
        "此事项不在这封信中，未作任何办理。请从来信中的链接重新打开。",
        "That is not in this letter; nothing was done. Open the link in your letter again.",
    ),
    "link.other_origin": (
        "此请求来自其他网站（{origin}），未作任何办理。请从来信中的链接打开后再签收。",
        "This was sent from another site ({origin}); nothing was done. Open the link in your letter and acknowledge there.",
    ),
    "link.too_large": (
        "提交的内容过大，至多 {most} KB，未作任何办理。请精简说明后重新提交。",
        "What was sent is too large, at most {most} KB; nothing was done. Shorten the note and send it again.",
    ),
    "link.too_many": (
        "请求过于频繁。请在 {seconds} 秒后再试。",
        "Too many requests. Try again in {seconds} seconds.",
    ),
    "link.unknown": (
        "此链接无效。请从来信中完整复制链接；仍打不开的，请联系上级主管部门的系统管理员。",
        (
            "This link is not one of ours. Copy it from the letter in full; if that does not help, acknowledge on the "
            "command line: ./cuntong project acknowledge."
        ),
    ),
    "page.about": (
        "{day}来信，发出时间 {created}，共 {total} 项。",
        "Letter of {day}, written {created}: {total} in all.",
    ),
    "page.acknowledge": ("签收", "Acknowledge"),
    "page.acknowledge_all": ("全部签收（{count} 项）", "Acknowledge all ({count})"),
    "page.after": ("下一页", "Next"),
    "page.all": ("以同一日期签收本页 {count} 项", "Acknowledge the {count} on this page with one date"),
    "page.before": ("上一页", "Previous"),
    "page.cannot": ("无法办理", "This cannot be done"),
    "page.done": (
        "已签收，承诺不晚于{promised}办结。在此之前不再催办，逾期未办结的，督办继续。回执：{project} 第 {seq} 号。",
        (
            "Acknowledged, with a promise for {promised}. Nothing is sent before that; if it is not done by then, the "
            "ladder goes on. Receipt: {project}, entry {seq}."
        ),
    ),
    "page.done_count": ("已签收 {count} 项。", "{count} acknowledged."),
    "page.due": ("办理期限", "Due"),
    "page.footer": (
        "本页仅供收件人使用，请勿转发链接。不能按期办结的，请申请延期或登记障碍。",
        "This page is for its receiver alone; do not pass the link on. If it cannot be done in time, ask for more, or report the obstacle.",
    ),
    "page.heading": ("{name}，您好：请签收", "Dear {name}, please acknowledge"),
    "page.level": ("督办情况", "Standing"),
    "page.note": ("说明（可不填）", "Note (may be left out)"),
    "page.part": ("第 {number} 页，共 {pages} 页", "Page {number} of {pages}"),
    "page.parts": ("分页", "Pages"),
    "page.project": ("项目编号", "Project"),
    "page.promised": ("承诺办结日期", "Promised date"),
    "page.refused_count": ("有 {count} 项未能签收，原因见下。", "{count} could not be acknowledged; see below why."),
    "page.repeated": (
        "此前已签收，承诺不晚于{promised}办结，未重复办理。回执：{project} 第 {seq} 号。",
        "Acknowledged before, with a promise for {promised}; nothing was done twice. Receipt: {project}, entry {seq}.",
    ),
    "page.title": ("签收 · 村通", "Acknowledge · Cuntong"),
    "message_reason.bounced": ("退信", "it came back"),
    "message_reason.receipt_arrived": ("对方回执确认已送达", "it arrived, as the other side said later"),
    "receipt.unknown_letter": (
        "没有编号为 {letter} 的信函，回执未登记。请核对退信中的 Message-ID。",
        "There is no letter {letter}; the receipt was not recorded. Check the Message-ID in it.",
    ),
}
