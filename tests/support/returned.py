"""Mail that came back, as mail servers write it (RFC 3464)."""

from __future__ import annotations

_REPORT = """\
From: MAILER-DAEMON@mx.example.cn
To: cuntong@localhost
Subject: Undelivered Mail Returned to Sender
{own_id}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_report"

--=_report
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.example.cn.

--=_report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.cn
Arrival-Date: Mon, 3 Sep 2018 09:30:00 +0800

Final-Recipient: rfc822; p000@example.cn
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--=_report
Content-Type: {kind}

From: cuntong@localhost
Message-ID: {original}
Subject: digest

{body}
--=_report--
"""


def returned(  # noqa: PLR0913 - what a report is made of
    original: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 no such user",
    own_id: str = "<report-1@mx.example.cn>",
    with_body: bool = False,
) -> bytes:
    """Return a report about a letter.

    Args:
        original: Message-ID of the letter.
        action: What became of it.
        status: Status code.
        diagnostic: What the other server said.
        own_id: Message-ID of the report; empty for none.
        with_body: Whether the whole letter comes back, not just its headers.
    """
    text = _REPORT.format(
        own_id=f"Message-ID: {own_id}\n" if own_id else "",
        action=action,
        status=status,
        diagnostic=diagnostic,
        original=original,
        kind="message/rfc822" if with_body else "text/rfc822-headers",
        body="the whole text" if with_body else "",
    )
    return text.replace("\n", "\r\n").encode()
