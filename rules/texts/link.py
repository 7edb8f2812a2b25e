"""Sentences about: links in letters - the pages they open, what was answered, and the reasons why not."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "acknowledge.not_a_stage": (
        "此事项不涉及某一环节，无须签收承诺：请直接办理（待决定的，请在系统中作出决定）。",
        "This is not about a stage, so no date can be promised for it. Please act on it; where a decision waits, decide it.",
    ),
    "link.expired": (
        "此链接已过有效期（{days} 天）。请使用最近一封来信中的链接，或在命令行签收：./cuntong project acknowledge。",
        (
            "This link was good for {days} days and is so no more. Use the one in your latest letter, or acknowledge on the "
            "command line: ./cuntong project acknowledge."
        ),
    ),
    "link.no_secret": (
        "签收链接的密钥文件不可用：{path}（{detail}）。每行一个密钥，至少 32 个字符；请检查文件及权限，或改 CUNTONG_LINK_SECRET_FILE。",
        (
            "The file of the secrets of links cannot be used: {path} ({detail}). It holds one secret a line, of at least 32 "
            "characters. Check it and its permissions, or change CUNTONG_LINK_SECRET_FILE."
        ),
    ),
    "link.unknown": (
        "此链接无效。请从来信中完整复制链接；仍打不开的，请在命令行签收：./cuntong project acknowledge。",
        (
            "This link is not one of ours. Copy it from the letter in full; if that does not help, acknowledge on the "
            "command line: ./cuntong project acknowledge."
        ),
    ),
}
