"""Sentences about: the inbox of a person, and mail that came back."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "bounce.given_up": (
        "已登记退信：信函 {letter} 未能送达（{detail}），收件人也没有其他渠道。请核对其地址，再用 ./cuntong messages retry {letter} 重发。",
        (
            "Recorded: letter {letter} came back ({detail}), and its receiver has no other channel. Mend the address, then "
            "send it again with ./cuntong messages retry {letter}."
        ),
    ),
    "bounce.known": (
        "此退信此前已登记：信函 {letter}（{detail}）。",
        "Already on record: letter {letter} ({detail}).",
    ),
    "bounce.moved": (
        "已登记退信：信函 {letter} 未能送达（{detail}），改由收件人的下一渠道发送。",
        "Recorded: letter {letter} came back ({detail}); it goes by its receiver's next channel.",
    ),
    "bounce.not_final": (
        "信函 {letter} 的状态为“{action}”，尚无定论，未作登记。",
        "Letter {letter} is “{action}”, which tells nothing for good; nothing was recorded.",
    ),
    "bounce.not_ours": (
        "这不是本系统信函的退信（须为 RFC 3464 格式，并附原信的 Message-ID）。请保存整封退信的原文后重试。",
        "This is no report about a letter of ours (RFC 3464, with the Message-ID of the letter). Save the whole mail as it came, then try again.",
    ),
    "bounce.recorded": (
        "已登记：信函 {letter}（{detail}）。",
        "Recorded: letter {letter} ({detail}).",
    ),
    "bounce.too_large": (
        "退信过大，至多 {most} MB。请核对文件。",
        "The mail is too large, at most {most} MB. Check the file.",
    ),
    "column.todo": ("应办", "To do"),
    "help.inbox": (
        "收件箱：发给本人的全部通知，最近的在前",
        "Inbox: every notice meant for a person, the newest first",
    ),
    "help.messages_bounce": (
        "登记退信：信函改走其他渠道，或待人处理",
        "Record a mail that came back: its letter goes another way, or waits for somebody",
    ),
    "inbox.acknowledged": (
        "{person} 已签收，承诺不晚于{promised}办结",
        "acknowledged by {person}, promised for {promised}",
    ),
    "inbox.listed": (
        "已列出 {person} 最近的 {count} 条，其中待办 {waiting} 条。",
        "{person}: the newest {count} shown, {waiting} of them still ask for something.",
    ),
    "inbox.over": ("已了结", "over"),
}
