"""A mail that came back tells of which letter, and whether for good; anything else is refused and breaks nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.bounce import LARGEST_MAIL, LONGEST_DETAIL, read_bounce
from infra.channels.letter import message_id
from schemas.reason import Refusal
from tests.support.returned import returned

KEY = "0123456789abcdef" * 4
OURS = message_id(KEY)


@pytest.mark.parametrize("with_body", [False, True])
@pytest.mark.parametrize(
    ("action", "kind"),
    [("failed", "bounced"), ("FAILED", "bounced"), ("delivered", "delivered"), ("expanded", "delivered")],
)
def test_it_says_which_letter_and_what_became_of_it(action: str, kind: str, *, with_body: bool) -> None:
    found = read_bounce(returned(OURS, action=action, with_body=with_body))
    assert found.event
    assert (found.letter, found.event.letter, found.event.kind) == (KEY, KEY, kind)
    assert found.event.detail == "5.1.1 smtp; 550 5.1.1 no such user"


@pytest.mark.parametrize("action", ["delayed", "relayed", "whatever"])
def test_what_is_not_final_says_nothing(action: str) -> None:
    assert read_bounce(returned(OURS, action=action)).event is None


def test_the_same_report_has_the_same_name_and_another_one_has_not() -> None:
    names = [read_bounce(returned(OURS, own_id=own_id)).event_id for own_id in ("<a@x>", "<a@x>", "<b@x>", "", "")]
    assert names[0] == names[1] != names[2]
    assert names[3] == names[4] not in names[:3]


def test_a_long_answer_with_control_characters_is_one_short_line() -> None:
    found = read_bounce(returned(OURS, diagnostic="smtp; " + "x\x1b[31m\u202e" * 900))
    assert found.event
    assert len(found.event.detail) <= LONGEST_DETAIL
    assert found.event.detail.isprintable()


STRANGE = {
    "nothing": b"",
    "no mail": b"\x00\xff\xfe" * 100,
    "another house's": returned("<abc@elsewhere>"),
    "a key of another form": returned(f"<{KEY.upper()}@cuntong>"),
    "a key and more": returned(f"<{KEY}0@cuntong>"),
    "no action": returned(OURS, action=""),
    "not a report": b"Message-ID: " + OURS.encode() + b"\r\n\r\nhello\r\n",
    "a report in a header of ours alone": b"Message-ID: " + OURS.encode() + b"\r\nAction: failed\r\n\r\n",
    "unknown charset": returned(OURS).replace(b"utf-8", b"no-such-charset").replace(OURS.encode(), b"=?x?q?=ff?="),
    "cut off": returned(OURS)[:300],
    "deep": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(300)),
    "long line": b"Subject: " + b"x" * 1_000_000,
}


@pytest.mark.parametrize("raw", STRANGE.values(), ids=STRANGE)
def test_what_is_no_report_about_a_letter_of_ours_is_refused(raw: bytes) -> None:
    with pytest.raises(Refusal) as refusal:
        read_bounce(raw)
    assert refusal.value.reason.code == "bounce.not_ours"


def test_a_huge_mail_is_not_even_read() -> None:
    with pytest.raises(Refusal) as refusal:
        read_bounce(b"x" * (LARGEST_MAIL + 1))
    assert refusal.value.reason.code == "bounce.too_large"


WHOLE = returned(OURS, with_body=True)


@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)), st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(start: int, end: int, stuff: bytes) -> None:
    first, last = sorted((start, end))
    try:
        found = read_bounce(WHOLE[:first] + stuff + WHOLE[last:])
    except Refusal:
        return
    assert found.letter == KEY or len(found.letter) == len(KEY)
